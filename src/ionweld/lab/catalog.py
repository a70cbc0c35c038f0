"""catalog.sqlite: an index of the records and the description, for queries. It holds nothing of its own.

It is always made as a whole and moved in with one rename: a reader sees the old one or the new one, a kill leaves the
old one, and there is no write-ahead log, which does not work on the network drives that labs have.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from os import W_OK, access
from typing import Any

from ionweld.lab.cells import Assigned, AssignedFile, BuiltCell, ProjectDescription, assign, read_description, si
from ionweld.lab.folder import ProjectFolder, hold, move_in, writing
from ionweld.lab.stored import DerivedFile, Record, hashes, stored_file
from ionweld.spec.quantity import Quantity

_SCHEMA = """
CREATE TABLE stamp (description TEXT NOT NULL, records TEXT NOT NULL);
CREATE TABLE treatment (name TEXT PRIMARY KEY, description TEXT NOT NULL);
CREATE TABLE cell (
  name TEXT PRIMARY KEY, treatment TEXT NOT NULL REFERENCES treatment, replicate INTEGER NOT NULL,
  kind TEXT, positive TEXT, negative TEXT, first_half_cycle TEXT, area_m2 REAL, area_name TEXT, interfaces INTEGER,
  thickness_m REAL, active_mass_kg REAL, temperature_K REAL, stack_pressure_Pa REAL, note TEXT);
CREATE TABLE file (
  sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, reader TEXT NOT NULL, software TEXT NOT NULL,
  ingested_at TEXT, source TEXT);
CREATE TABLE measurement (
  id TEXT PRIMARY KEY, file TEXT NOT NULL REFERENCES file, kind TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
  values_sha256 TEXT NOT NULL, rows INTEGER NOT NULL, sweeps INTEGER, temperatures_K TEXT NOT NULL,
  cell TEXT REFERENCES cell, state TEXT, note TEXT);
CREATE TABLE warning (file TEXT NOT NULL REFERENCES file, text TEXT NOT NULL);
CREATE TABLE ask (place TEXT NOT NULL, missing TEXT NOT NULL, how TEXT NOT NULL);
"""
_LIST = """
SELECT m.id, m.kind, m.path, m.file AS sha256, f.name, f.reader, m.rows, m.sweeps, m.temperatures_K, m.cell, m.state
FROM measurement m JOIN file f ON f.sha256 = m.file ORDER BY m.cell, f.name, m.id
"""
_OF_FILES = "SELECT id, file, kind, path, sha256, values_sha256, rows, sweeps FROM measurement"
_TABLES = ("treatment", "cell", "file", "measurement", "warning", "ask")
_CELL = (
    "name", "treatment", "replicate", "kind", "positive", "negative", "first_half_cycle", "area", "area_name",
    "interfaces", "thickness", "active_mass", "temperature", "stack_pressure", "note",
)  # fmt: skip


def read_records(project: ProjectFolder) -> list[Record]:
    """Return every whole record, by name and hash; damaged ones are verify's business."""
    found = (stored_file(project, sha).record for sha in hashes(project))
    return sorted((record for record in found if record), key=lambda record: (record.name, record.sha256))


@dataclass(frozen=True, slots=True)
class Laid:
    """A project as it stands, nothing loaded yet."""

    project: ProjectFolder
    description: ProjectDescription
    assigned: Assigned

    @property
    def groups(self) -> list[list[BuiltCell]]:
        """The cells by design and treatment, replicates in their order."""
        cells = sorted(self.description.cells, key=lambda cell: (cell.design, cell.replicate))
        return [list(group) for _, group in groupby(cells, key=lambda cell: cell.design)]

    def files_of(self, cell: BuiltCell) -> list[AssignedFile]:
        """Return the files of a cell, in the order of cells.toml."""
        mine = {item.said: item for item in self.assigned.files if item.cell is cell}
        return [mine[said] for said in cell.measurement if said in mine]


def lay_out(project: ProjectFolder) -> Laid:
    """Return every file in its place. Raises SpecError for a faulty description."""
    description = read_description(project)
    return Laid(project, description, assign(description, read_records(project)))


def refresh(project: ProjectFolder) -> None:
    """Make the catalogue anew from the files and move it in; whatever stood there before does not matter.

    Raises SpecError when the description has faults, OutputError when the folder cannot be written.
    """
    making = project.incoming / project.catalog.name
    with hold(project.lock), writing(project.catalog):
        project.incoming.mkdir(exist_ok=True)
        for left in project.incoming.glob(f"{making.name}*"):  # of a killed process: the lock is ours
            left.unlink()
        with closing(sqlite3.connect(making, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            _fill(connection, project)
            connection.execute("COMMIT")
        move_in(making, project.catalog)


@contextmanager
def reading(project: ProjectFolder) -> Iterator[sqlite3.Connection]:
    """Open a catalogue in step with the files: the one on disk, or one in memory where nothing can be written."""
    if not access(project.folder, W_OK):
        with closing(fresh(project)) as connection:
            yield connection
        return
    if not in_step(project):
        refresh(project)
    with closing(open_read_only(project)) as connection:
        yield connection


def fresh(project: ProjectFolder) -> sqlite3.Connection:
    """Return a catalogue in memory, made from the files alone."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    _fill(connection, project)
    return connection


def in_step(project: ProjectFolder) -> bool:
    """Say whether the catalogue on disk was made from the files as they are now."""
    if not project.catalog.is_file():
        return False
    try:
        with closing(open_read_only(project)) as connection:
            return connection.execute("SELECT * FROM stamp").fetchall() == [_stamp(project)]
    except (sqlite3.Error, UnicodeDecodeError):  # the message about a damaged name can itself be no text
        return False


def is_of_this_description(connection: sqlite3.Connection, project: ProjectFolder) -> bool:
    """Say whether a catalogue was made from project.toml and cells.toml as they are now, which a person may edit."""
    return connection.execute("SELECT description FROM stamp").fetchall() == [(_stamp(project)[0],)]


def open_read_only(project: ProjectFolder) -> sqlite3.Connection:
    """Open the catalogue on disk so that nothing can change it. Raises sqlite3.Error when that fails."""
    return sqlite3.connect(f"{project.catalog.as_uri()}?mode=ro", uri=True)


def content(connection: sqlite3.Connection) -> dict[str, list[tuple]]:
    """Return all rows of all tables, sorted; not the stamp, which a copy of the folder changes."""
    return {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in _TABLES}  # noqa: S608 - our own names


def content_of_files(connection: sqlite3.Connection) -> dict[str, list[tuple]]:
    """Return what follows from the stored files alone, whatever the description says of the cells."""
    queries = {"file": "SELECT * FROM file", "warning": "SELECT * FROM warning", "measurement": _OF_FILES}
    return {name: sorted(connection.execute(query), key=repr) for name, query in queries.items()}


def _stamp(project: ProjectFolder) -> tuple[str, str]:
    """Return what changes whenever the description does, and whenever a record does: for that, size and time suffice."""
    said, records = sha256(), sha256()
    for path in (project.about, project.cells):
        said.update(path.read_bytes() if path.exists() else b"")
    for path in sorted(project.records.glob("*.json")):
        state = path.stat()
        records.update(f"{path.name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return said.hexdigest(), records.hexdigest()


def _fill(connection: sqlite3.Connection, project: ProjectFolder) -> None:
    stamp, laid = _stamp(project), lay_out(project)
    for statement in _SCHEMA.split(";"):
        connection.execute(statement)
    _insert(connection, "stamp", [stamp])
    _insert(connection, "treatment", list(laid.description.treatments.items()))
    _insert(connection, "cell", [_cell_row(cell) for cell in laid.description.cells])
    _fill_files(connection, laid.assigned)
    _insert(connection, "ask", [(ask.where, ask.missing, ask.how) for ask in laid.assigned.asks])


def _fill_files(connection: sqlite3.Connection, assigned: Assigned) -> None:
    for item in assigned.files:
        record = item.record
        row = (
            record.sha256,
            record.name,
            record.size,
            record.reader,
            record.software,
            record.ingested_at,
            record.source,
        )
        _insert(connection, "file", [row])
        _insert(connection, "measurement", [_measurement_row(item, derived) for derived in record.derived])
        _insert(connection, "warning", [(record.sha256, text) for text in record.warnings])


def _cell_row(cell: BuiltCell) -> tuple:
    values = (getattr(cell, name) for name in _CELL)
    return tuple(si(value) if isinstance(value, Quantity) else value for value in values)


def _measurement_row(item: AssignedFile, derived: DerivedFile) -> tuple:
    said = item.said
    return (
        derived.id, item.record.sha256, derived.kind, f"data/{derived.file}", derived.sha256, derived.values_sha256,
        derived.rows, derived.sweeps, json.dumps(item.temperatures(derived)), item.cell.name if item.cell else None,
        said.state if said else None, said.note if said else None,
    )  # fmt: skip


def _insert(connection: sqlite3.Connection, table: str, rows: list[tuple]) -> None:
    for row in rows:
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - our own names


def summary(project: ProjectFolder) -> dict[str, Any]:
    """Return treatments, cells, measurements, warnings and what is to be asked, as plain data."""
    with reading(project) as connection:
        connection.row_factory = sqlite3.Row
        measurements = [dict(row) for row in connection.execute(_LIST)]
        return {
            "project": str(project.folder),
            "treatments": _rows(connection, "treatment ORDER BY name"),
            "cells": _rows(connection, "cell ORDER BY treatment, replicate, name"),
            "measurements": [row | {"temperatures_K": json.loads(row["temperatures_K"])} for row in measurements],
            "warnings": [{"sha256": row["file"], "text": row["text"]} for row in _rows(connection, "warning")],
            "asks": [
                {"where": row["place"], "missing": row["missing"], "how": row["how"]}
                for row in _rows(connection, "ask")
            ],
        }


def _rows(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - our own names
