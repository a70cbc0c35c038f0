"""Where the numbers of a panel come from: what made them, of which file, and what a person said, with file and line.

Each panel with numbers brings one such record; a click on any of its numbers shows it, with what the number's own row and
column add: the interval, the meaning of the column, a file and line of its own.
"""

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_SECTIONS = ("Returns", "Notes")
_SHORT_OF = "---"


def origin(
    name: str,
    status: str,
    files: Sequence[str | Path] = (),
    said: Sequence[Mapping[str, Any]] = (),
    meanings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the record of what a public function gives.

    status: measured, fitted, calculated or simulated; said: what a person said, as `given` and `said_of_a_cell` give it;
    meanings: of columns, by their name.
    """
    import ionweld as iw

    text = inspect.getdoc(getattr(iw, name)) or ""
    return {
        "status": status,
        "made_by": f"ionweld.{name}",
        "how": text.partition("\n")[0],
        "sources": [words for section in _SECTIONS if (words := _section(text, section))],
        "files": [str(one) for one in files],
        "said": list(said),
        "meanings": dict(meanings or {}),
    }


def _section(text: str, title: str) -> str:
    """Return what a docstring says under a title, in one line."""
    lines = text.splitlines()
    heads = [at for at, line in enumerate(lines[1:]) if line.startswith(_SHORT_OF) and lines[at] == title]
    if not heads:
        return ""
    rest = lines[heads[0] + 2 :]
    ends = [at - 1 for at, line in enumerate(rest) if line.startswith(_SHORT_OF)]
    return " ".join(line.strip() for line in rest[: ends[0] if ends else None] if line.strip())


def given(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what was typed into the panel itself; what is empty is left out."""
    return [
        {"name": name, "value": str(value), "status": "given on this panel", "file": None, "line": None}
        for name, value in options.items()
        if value not in (None, "", [], ())
    ]


def said_of_a_cell(project: str | Path, cell: str) -> list[dict[str, Any]]:
    """Return what the project's cells.toml says of a cell, each with its line."""
    import tomllib

    from ionweld.spec.written import lines_of

    path = Path(project) / "cells.toml"
    text = path.read_text("utf-8")
    lines = lines_of(text)
    for number, one in enumerate(tomllib.loads(text).get("cell", [])):
        if one.get("name") == cell:
            return [
                {
                    "name": key.replace("_", " "),
                    "value": str(value),
                    "status": "said of the cell",
                    "file": str(path),
                    "line": lines.get(f"cell.{number}.{key}"),
                }
                for key, value in one.items()
                if key != "measurement"
            ]
    return []


def listed_in(module: str, file: str, table: str) -> dict[str, dict[str, Any]]:
    """Return by its name where each entry of a list that the package ships is written."""
    import tomllib
    from importlib import resources

    from ionweld.spec.written import lines_of

    text = resources.files(module).joinpath(file).read_text("utf-8")
    lines = lines_of(text)
    return {
        str(one.get("name")): {"file": f"{module.replace('.', '/')}/{file}", "line": lines.get(f"{table}.{number}")}
        for number, one in enumerate(tomllib.loads(text)[table])
    }
