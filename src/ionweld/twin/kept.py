"""The finished cells of a sweep: one SQLite file, so that a hundred thousand cells are no hundred thousand files.

What is written is there as a whole or not at all, also after a power cut. Writing is put off for a moment, because each
commit waits for the disk: a sweep that is killed loses the cells of its last second. A file that is damaged counts as
none, and so does a row that is not what it should be.
"""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any, Self

Row = dict[str, Any]
FILE = "cells.sqlite"
_PAUSE_S = 0.5  # between commits


class KeptCells:
    """The file, open for writing; to be used in a `with`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        try:
            self._file = _opened(self.path)
        except sqlite3.DatabaseError:  # it is no such file, or half of one
            self.path.unlink()
            self._file = _opened(self.path)
        self._committed = monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self._file.commit()
        self._file.close()

    def keep(self, rows: Iterable[tuple[str, Row]]) -> None:
        """Keep the summaries of finished cells under their names."""
        texts = [(key, json.dumps(row, allow_nan=False)) for key, row in rows]
        self._file.executemany("INSERT OR REPLACE INTO cells VALUES (?, ?)", texts)
        if monotonic() - self._committed > _PAUSE_S:
            self._file.commit()
            self._committed = monotonic()


def _opened(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE IF NOT EXISTS cells (key TEXT PRIMARY KEY, summary TEXT NOT NULL) WITHOUT ROWID")
    file.commit()
    return file


def kept(path: Path, keys: Iterable[str], needed: Iterable[str]) -> dict[str, Row]:
    """Return those of the summaries that are kept and have all that is needed; none where there is no such file."""
    found: dict[str, Row] = {}
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as file:
            for key in keys:
                known = file.execute("SELECT summary FROM cells WHERE key = ?", (key,)).fetchone()
                row = _row(known[0]) if known else None
                if row is not None and set(needed) <= row.keys():
                    found[key] = row
    except sqlite3.Error:
        return found
    return found


def _row(text: str) -> Row | None:
    try:
        row = json.loads(text)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None
