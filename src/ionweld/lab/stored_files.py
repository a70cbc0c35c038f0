"""The stored files themselves: what is there, whether it is intact, and how a derivation moves in."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from ionweld.errors import Fault, FileFormatError, InputError, OutputError
from ionweld.lab.folder import Advance, ProjectFolder, hash_file, hold, move_in, nothing, protect, writing
from ionweld.lab.record import Derivation, DerivedFile, Record, read_record, record_path, write_record

_READ_ONLY_FILE, _READ_ONLY_FOLDER, _WRITABLE_FOLDER = 0o444, 0o555, 0o755


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


def is_whole(project: ProjectFolder, stored: StoredFile) -> bool:
    """Say whether the record, the raw file and everything derived from it are there and intact."""
    if stored.record is None or not raw_is_intact(stored) or not description_is_intact(stored):
        return False
    return all(derived_is_intact(project, item) for item in stored.record.derived)


def stored_name(stored: StoredFile) -> str | None:
    """Return the name under which these bytes were stored first; it stays, as readers may take meaning from it."""
    if stored.raw is not None:
        return stored.raw.name
    return stored.record.name if stored.record else None


def also_called(project: ProjectFolder, record: Record, name: str, corner: Path) -> Record:
    """Return the record with a further name for the same bytes, written if it is new."""
    if name in record.names:
        return record
    with hold(project.lock):
        latest = stored_file(project, record.sha256).record or record
        if name not in latest.names:
            latest = replace(latest, also=(*latest.also, name))
            write_last(project, latest, corner)
    return latest


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


def continued(project: ProjectFolder, derivation: Derivation, records: dict[str, Record]) -> Record | None:
    """Return the record of the file of the same name whose rows the new one begins with: a test that went on.

    The last row of the older file is left out of the comparison: a program may have been writing it.
    """
    new = derivation.record
    for old in sorted(records.values(), key=lambda record: -record.size):
        same_name = bool(set(old.names) & set(new.names)) and old.sha256 != new.sha256
        if same_name and len(old.derived) == len(new.derived) and old.derived:
            pairs = zip(old.derived, new.derived, strict=True)
            if all(_begins_with(project.data / a.file, derivation.folder / b.file, a.rows, b.rows) for a, b in pairs):
                return old
    return None


def _begins_with(old: Path, new: Path, old_rows: int, new_rows: int) -> bool:
    if old.suffixes != new.suffixes or new_rows <= old_rows or old_rows < 3:
        return False
    try:
        a, b = (pl.read_parquet(path, n_rows=old_rows - 1) for path in (old, new))
    except (OSError, pl.exceptions.PolarsError):
        return False
    common = [name for name in a.columns if name in b.columns and a[name].dtype.is_float()][:3]
    return len(common) >= 2 and a.select(common).equals(b.select(common))
