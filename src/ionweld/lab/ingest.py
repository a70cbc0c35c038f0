"""Files -> project: each is copied, hashed, read, derived and moved in; one that cannot be read stops no other.

Every file gets one answer:

    stored              new here
    same as             these bytes are here already; a second name is kept beside the first
    newer version of    it goes on where a stored file ended, so it takes the place of that one under all its names
    repaired            what was here was damaged or incomplete
    described anew      read again, with another description
    description of      how another of these files is to be read: kept with that one
    another instrument  no measurement, but something that another verb takes
    not data            nothing that an instrument wrote: left where it is
    not read            an instrument's file that no reader understands, or that is damaged: the faults say why
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import polars as pl

from ionweld.errors import Fault, InputError, OutputError, why
from ionweld.lab import catalog
from ionweld.lab.cells import read_description
from ionweld.lab.folder import Advance, Copy, ProjectFolder, copy_in, corner, hold
from ionweld.lab.stored import (
    Arrival,
    Derivation,
    Record,
    StoredFile,
    derive,
    derived_is_intact,
    description_is_intact,
    raw_is_intact,
    store,
    stored_file,
    stored_name,
    write_last,
)
from ionweld.measurement.provenance import hash_bytes
from ionweld.measurement.store import write_whole
from ionweld.read import said_beside, why_left_out
from ionweld.read.find import FoundFile, FoundFiles, Refusal, description_beside, on_disk

Answer = Literal[
    "stored",
    "same as",
    "newer version of",
    "repaired",
    "described anew",
    "description of",
    "another instrument",
    "not data",
    "not read",
]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one file. of: the name of the stored file that an answer speaks of; verb: that takes it."""

    source: str
    answer: Answer
    record: Record | None = None
    of: str | None = None
    verb: str | None = None
    faults: tuple[Fault, ...] = ()


def ingest(
    found: FoundFiles, project: ProjectFolder, description: Path | None, advance: Advance, tell: Callable[[str], None]
) -> list[Ingested]:
    """Store every file of `found` in the project, and return what became of each, in the order in which they were found.

    description: how to read these files, if they are csv files of no known format; kept with each of them. One that lies
    beside a file, under its name and .toml, is taken where none is given.
    advance: told how many bytes were read; tell: told one line per file that could not be read.
    Raises SpecError when project.toml or cells.toml has faults (before anything is stored), OutputError when the
    project cannot be written; what was stored until then stays stored.
    """
    read_description(project)
    answers = {refusal.source: _refused(refusal, tell) for refusal in found.refused}
    with corner(project) as mine:
        desk = _Desk(project, mine, description, {record.sha256: record for record in catalog.read_records(project)})
        for file in sorted(found.files, key=lambda one: one.size):  # so that a longer version comes after the shorter
            answers[file.shown] = desk.take(file, advance)
            for fault in answers[file.shown].faults:
                tell(str(fault))
    catalog.refresh(project)
    order = [*(file.shown for file in found.files), *(refusal.source for refusal in found.refused)]
    return [answers[source] for source in order]


def _refused(refusal: Refusal, tell: Callable[[str], None]) -> Ingested:
    tell(str(refusal.faults[0]))
    return Ingested(refusal.source, "not read", faults=refusal.faults)


@dataclass(slots=True)
class _Desk:
    """Where files are taken in: the project, a private corner, the description for all, and what is on record so far."""

    project: ProjectFolder
    mine: Path
    description: Path | None
    records: dict[str, Record]

    def take(self, file: FoundFile, advance: Advance) -> Ingested:
        """Store one file, or say why not. Raises OutputError when the project cannot be written."""
        place = self.mine / "arriving"
        try:
            marks = sorted({record.size for record in self.records.values() if record.size < file.size})
            return self._store(file, copy_in(file, place, advance, marks))
        except OutputError:
            raise
        except InputError as error:
            return _left_out(file, place / file.name, error)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _store(self, file: FoundFile, copy: Copy) -> Ingested:
        before = stored_file(self.project, copy.sha256)
        described, said = self._said(file, self.mine / f"{copy.sha256}.toml")
        whole = _is_whole(self.project, before)
        if whole and before.record and said in (None, before.record.description_sha256):
            record = _also_called(self.project, before.record, file.name, self.mine)
            return self._done(Ingested(file.shown, "same as", record, record.name))
        given = self.mine / f"{copy.sha256}.toml" if said else None
        if given is None and not description_is_intact(before):
            seen = "was stored with a description, which is damaged"
            raise InputError(Fault(file.shown, seen, "Give the description again with --description"))
        good = raw_is_intact(before)
        raw = before.raw if good and before.raw else _renamed(copy, stored_name(before))
        derivation = self._derive(raw, file, copy, given or before.description)
        origin = Arrival(None if good else raw, str(file.path), given, described)  # of a zip: the archive, to repeat it
        record = store(self.project, derivation, origin)
        return self._done(_answer(file, record, before, whole, self.records))

    def _said(self, file: FoundFile, kept: Path) -> tuple[str | None, str | None]:
        """Keep how a file is to be read; return where that was said, and its hash: None for each where nothing is."""
        if file.member and not file.beside and self.description is None:
            return None, None
        with on_disk(file, self.mine) as place:
            description = self.description or description_beside(place)
            if description is not None:
                own = file.member and self.description is None
                return f"{file.shown}.toml" if own else str(description.resolve()), _copy_description(description, kept)
            text = said_beside(place)  # a vendor's file, as it is to be kept
            return None, hash_bytes(write_whole(kept, text).read_bytes()) if text else None

    def _derive(self, raw: Path, file: FoundFile, copy: Copy, description: Path | None) -> Derivation:
        folder = self.mine / f"{copy.sha256}-derived"
        try:
            derivation = derive(raw, copy.sha256, folder, description)
        except OutputError:
            raise
        except InputError as error:
            raise type(error)([_at(fault, raw, file.shown) for fault in error.faults]) from None
        older = [self.records[sha] for sha in copy.beginnings if sha in self.records]
        return derivation.continuing(older[-1] if older else continued(self.project, derivation, self.records))

    def _done(self, ingested: Ingested) -> Ingested:
        assert ingested.record is not None
        self.records[ingested.record.sha256] = ingested.record
        return ingested


def _copy_description(description: Path | None, place: Path) -> str | None:
    """Copy a description into the corner and return its hash; None where there is none."""
    if description is None:
        return None
    try:
        raw = description.read_bytes()
    except OSError as error:
        fault = Fault(str(description), f"cannot be read: {why(error)}", "Check --description")
        raise InputError(fault) from None
    write_whole(place, raw)
    return hash_bytes(raw)


def _answer(file: FoundFile, record: Record, before: StoredFile, whole: bool, records: dict[str, Record]) -> Ingested:
    if whole:
        return Ingested(file.shown, "described anew", record)
    if before.raw or before.record:
        return Ingested(file.shown, "repaired", record)
    older = records.get(record.older_version or "")
    if older is not None:
        return Ingested(file.shown, "newer version of", record, older.name)
    return Ingested(file.shown, "stored", record)


def _left_out(file: FoundFile, copy: Path, error: InputError) -> Ingested:
    if not copy.exists():
        return Ingested(file.shown, "not read", faults=error.faults)
    if file.describes:
        return Ingested(file.shown, "description of", of=file.describes)
    left = why_left_out(copy, file.shown, error)
    return Ingested(file.shown, left.answer, verb=left.verb, faults=left.faults)


def _renamed(copy: Copy, name: str | None) -> Path:
    return copy.path if name is None else copy.path.rename(copy.path.with_name(name))


def _at(fault: Fault, place: Path, source: str) -> Fault:
    """Return the fault as seen from outside: the user knows the source, not the copy."""
    return Fault(fault.where.replace(str(place), source), fault.seen, fault.mend)


def _is_whole(project: ProjectFolder, stored: StoredFile) -> bool:
    """Say whether the record, the raw file and everything derived from it are there and intact."""
    if stored.record is None or not raw_is_intact(stored) or not description_is_intact(stored):
        return False
    return all(derived_is_intact(project, item) for item in stored.record.derived)


def _also_called(project: ProjectFolder, record: Record, name: str, corner: Path) -> Record:
    """Return the record with a further name for the same bytes, written if it is new."""
    if name in record.names:
        return record
    with hold(project.lock):
        latest = stored_file(project, record.sha256).record or record
        if name not in latest.names:
            latest = replace(latest, also=(*latest.also, name))
            write_last(project, latest, corner)
    return latest


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
