"""What is stored under one hash: the raw file, what was derived from it, and the record that says so.

Derived files follow from the raw bytes, their description and the reader alone, and so can be made again. A record is a
JSON file per raw file, written last and readable by people. It is sealed with the hash of its content and written in
one fixed way, so that a flipped bit is found.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from ionweld import __version__
from ionweld.errors import Fault, FileFormatError, InputError, OutputError, why
from ionweld.lab.folder import Advance, ProjectFolder, hash_file, hold, move_in, nothing, protect, writing
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.measurement.provenance import IngestReport, hash_bytes
from ionweld.measurement.store import hash_values, write_whole
from ionweld.read import Contents, open_file

_FORMAT = 1
SHORTEST_HASH = 8  # characters of a hash that name a file
ID_LENGTH = 16  # hexadecimal digits of the raw hash: 64 bits, and the full hash stands in the file itself
_SEAL = re.compile(rb'^ "seal": "([0-9a-f]{64})",\n', re.MULTILINE)
_READ_ONLY_FILE, _READ_ONLY_FOLDER, _WRITABLE_FOLDER = 0o444, 0o555, 0o755
_LATER_FIELDS = ("also", "older_version")  # left out where empty: records from before them stay as they are


@dataclass(frozen=True, slots=True)
class DerivedFile:
    """One derived file: what it holds, and the hashes of its bytes and of its values. kind: as its technique calls it."""

    id: str
    kind: str
    file: str
    sha256: str
    values_sha256: str
    rows: int
    sweeps: int | None = None
    temperatures_K: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One raw file and what was derived from it.

    ingested_at and the sources are None when the record had to be remade. description: how an unknown csv was read.
    also: further names under which the same bytes came; older_version: the hash of the file that this one continues.
    """

    sha256: str
    name: str
    size: int
    reader: str
    software: str
    derived: tuple[DerivedFile, ...]
    ingest: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]
    description_sha256: str | None = None
    description_source: str | None = None
    ingested_at: str | None = None
    source: str | None = None
    also: tuple[str, ...] = ()
    older_version: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a person may call these bytes by."""
        return (self.name, *self.also)


def record_path(records: Path, sha256: str) -> Path:
    """Return where the record of the raw file with this hash is."""
    return records / f"{sha256}.json"


def write_record(path: Path, record: Record) -> Path:
    """Write a record whole or not at all."""
    return write_whole(path, _canonical(record))


def read_record(path: Path) -> Record:
    """Read what write_record wrote. Raises FileFormatError when a single bit of it has changed."""
    try:
        raw = path.read_bytes()
        record = _parse(json.loads(raw))
        if _seal_holds(raw) and record_path(path.parent, record.sha256) == path:
            return record
        seen = "has been changed since it was written"
    except OSError as error:
        seen = f"cannot be read: {why(error)}"
    except (ValueError, TypeError, KeyError, AttributeError):
        seen = "is damaged"
    raise FileFormatError(Fault(str(path), seen, "Run `ionweld project rebuild`: it is remade from the raw file"))


def _canonical(record: Record) -> bytes:
    said = asdict(record)
    content = {"format": _FORMAT} | {key: value for key, value in said.items() if value or key not in _LATER_FIELDS}
    return _json(content | {"seal": hash_bytes(_json(content))})


def _seal_holds(raw: bytes) -> bool:
    """Say whether the seal, a line of its own, is the hash of all other lines."""
    seal = _SEAL.search(raw)
    return seal is not None and hash_bytes(raw[: seal.start()] + raw[seal.end() :]).encode() == seal[1]


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"


def _parse(document: dict[str, Any]) -> Record:
    del document["seal"]  # compared with the rest by read_record
    if document.pop("format") != _FORMAT:
        raise ValueError
    document["derived"] = tuple(
        DerivedFile(**item | {"temperatures_K": tuple(item["temperatures_K"])}) for item in document["derived"]
    )
    document |= {name: tuple(document.get(name, ())) for name in ("ingest", "warnings", "also")}
    return Record(**document)


def by_name(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Return the records by their names and by the beginnings of their hashes: a thousand cells name a thousand files."""
    called: dict[str, list[Record]] = {}
    for record in records:
        for name in (*record.names, record.sha256[:SHORTEST_HASH]):
            called.setdefault(name, []).append(record)
    return called


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derived files of one raw file, still in a corner, and the record that will say so."""

    record: Record
    folder: Path

    def continuing(self, older: Record | None) -> "Derivation":
        """Return the same, as the next version of an older file."""
        return replace(self, record=replace(self.record, older_version=older.sha256 if older else None))


def derive(raw: Path, sha256: str, folder: Path, description: Path | None) -> Derivation:
    """Read the raw file and write what it holds into the new `folder`.

    description: how to read an unknown csv, or None.
    Raises an InputError when no reader understands the file, OutputError when the folder cannot be written.
    """
    held = open_file(raw, description)
    derived = tuple(_write(one, f"{sha256[:ID_LENGTH]}-{number}", folder) for number, one in enumerate(held, start=1))
    found = [measurement for one in held for measurement in one.measurements]
    reports: list[IngestReport] = []
    for item in found:  # the sweeps of one file share one report
        if item.ingest is not None and item.ingest not in reports:
            reports.append(item.ingest)
    record = Record(
        sha256=sha256,
        name=raw.name,
        size=raw.stat().st_size,
        reader=reports[0].reader if reports else found[0].provenance.software,
        software=f"ionweld {__version__}",
        derived=derived,
        ingest=tuple(asdict(report) for report in reports),
        description_sha256=hash_file(description, nothing) if description else None,
        warnings=tuple(dict.fromkeys(text for report in reports for text in report.said)),
    )
    return Derivation(record, folder)


def _write(found: Contents, name: str, folder: Path) -> DerivedFile:
    path = found.technique.write(folder / f"{name}{found.technique.suffix}", found.measurements)
    table = pl.read_parquet(path)
    spectra = [item for item in found.measurements if isinstance(item, ImpedanceSpectrum)]
    return DerivedFile(
        id=name,
        kind=found.technique.kind,
        file=path.name,
        sha256=hash_file(path, nothing),
        values_sha256=hash_values(table),
        rows=table.height,
        sweeps=len(spectra) or None,
        temperatures_K=tuple(spectrum.temperature_K for spectrum in spectra),
    )


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is stored under one hash.

    raw: the raw file: the one on record, or the only one there is; description: how to read it, if there is one;
    record: if it is whole.
    """

    sha256: str
    raw: Path | None
    description: Path | None
    record: Record | None


def hashes(project: ProjectFolder) -> list[str]:
    """Return every hash under which something is stored, sorted."""
    raw = {item.name for item in project.raw.glob("*") if item.is_dir()}
    return sorted(raw | {item.stem for item in project.records.glob("*.json") if item.name[0] != "."})


def stored_file(project: ProjectFolder, sha256: str) -> StoredFile:
    """Return what is stored under `sha256`."""
    files = [item for item in (project.raw / sha256).glob("*") if item.is_file() and item.name[0] != "."]
    path = record_path(project.records, sha256)
    record = None
    if path.exists():
        try:
            record = read_record(path)
        except FileFormatError:
            record = None
    named = [item for item in files if record is not None and item.name == record.name]
    raw = next(iter(named or files)) if named or len(files) == 1 else None
    description = description_path(project, sha256)
    return StoredFile(sha256, raw, description if description.exists() else None, record)


def description_path(project: ProjectFolder, sha256: str) -> Path:
    """Return where the description of the raw file with this hash is, if it has one."""
    return project.descriptions / f"{sha256}.toml"


def raw_is_intact(stored: StoredFile, advance: Advance = nothing) -> bool:
    """Say whether the raw file is there and still has its hash."""
    return stored.raw is not None and _hash(stored.raw, advance) == stored.sha256


def _hash(path: Path, advance: Advance = nothing) -> str | None:
    """Return the hash of a file; None when it is not there or the disk can no longer read it."""
    try:
        return hash_file(path, advance)
    except InputError:
        return None


def description_is_intact(stored: StoredFile) -> bool:
    """Say whether the description is the one on record; without a record there is nothing to compare it with."""
    found = _hash(stored.description) if stored.description else None
    return stored.record is None or stored.record.description_sha256 == found


def derived_is_intact(project: ProjectFolder, derived: DerivedFile) -> bool:
    """Say whether a derived file is there and still has its hash."""
    return _hash(project.data / derived.file) == derived.sha256


def stored_name(stored: StoredFile) -> str | None:
    """Return the name under which these bytes were stored first; it stays, as readers may take meaning from it."""
    if stored.raw is not None:
        return stored.raw.name
    return stored.record.name if stored.record else None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What comes from outside: None for a copy means that what is stored is good.

    copy: the raw file, in a folder of its own in the corner; description: a copy of how to read it, in the corner too.
    """

    copy: Path | None
    source: str
    description: Path | None
    description_source: str | None


def store(project: ProjectFolder, derivation: Derivation, arrival: Arrival | None) -> Record:
    """Move a raw file and what was derived from it in, the record last, and return the record.

    arrival: None when all was derived again from what is stored.
    """
    with hold(project.lock):
        before = stored_file(project, derivation.record.sha256)
        record = _with_origin(derivation.record, before.record, arrival)
        if arrival and arrival.copy is not None:
            _move_raw_in(project, before, arrival.copy)
        if arrival and arrival.description is not None:
            move_in(arrival.description, description_path(project, record.sha256))
        for item in record.derived:
            move_in(derivation.folder / item.file, project.data / item.file)
        write_last(project, record, derivation.folder)
        if before.raw or before.record:
            _drop_superseded(project, record)
    return record


def _with_origin(record: Record, before: Record | None, arrival: Arrival | None) -> Record:
    """Return the record with when and whence the raw file came first, and whence its description came last."""
    if before is not None:
        came = {"ingested_at": before.ingested_at, "source": before.source, "also": before.also}
        kept = replace(record, **came, older_version=record.older_version or before.older_version)
        return replace(kept, description_source=_latest_description(before, arrival))
    if arrival is None:
        return record
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    return replace(record, ingested_at=moment, source=arrival.source, description_source=arrival.description_source)


def _latest_description(before: Record, arrival: Arrival | None) -> str | None:
    return arrival.description_source if arrival and arrival.description else before.description_source


def _move_raw_in(project: ProjectFolder, before: StoredFile, copy: Path) -> None:
    place = project.raw / before.sha256
    if stored_name(before) not in (None, copy.name):
        seen = "was stored at this very moment by another process, under another name"
        raise OutputError(Fault(copy.name, seen, "Run the same command again"))
    protect(copy, _READ_ONLY_FILE)
    if place.is_dir():  # damaged or interrupted: one rename puts the good bytes in place of the bad ones
        protect(place, _WRITABLE_FOLDER)
        move_in(copy, place / copy.name)
    else:
        move_in(copy.parent, place)
    protect(place, _READ_ONLY_FOLDER)


def write_last(project: ProjectFolder, record: Record, folder: Path) -> None:
    """Write the record in the corner, then move it in: a kill leaves no temporary file beside the records."""
    target = record_path(project.records, record.sha256)
    move_in(write_record(record_path(folder, record.sha256), record), target)


def _drop_superseded(project: ProjectFolder, record: Record) -> None:
    """Remove derived files of the same raw file that an earlier reader made and this one does not."""
    current = {item.file for item in record.derived}
    stem = record.derived[0].id.rpartition("-")[0]
    with writing(project.data):
        for path in project.data.glob(f"{stem}-*.parquet"):
            if path.name not in current:
                path.unlink()
