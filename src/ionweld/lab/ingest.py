"""Files -> project: each is copied, hashed, read, derived and moved in; one that cannot be read stops no other."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ionweld.errors import Fault, InputError, OutputError
from ionweld.lab import catalog
from ionweld.lab.derive import derive
from ionweld.lab.description import read_description
from ionweld.lab.disk import Advance, Copy, copy_in, corner
from ionweld.lab.find import Found, Unreadable
from ionweld.lab.layout import Project
from ionweld.lab.record import Record
from ionweld.lab.stored_files import (
    Arrival,
    Shelved,
    description_is_intact,
    is_whole,
    raw_is_intact,
    shelve,
    shelved,
    stored_name,
)
from ionweld.measurement.provenance import hash_bytes
from ionweld.measurement.store import write_whole

Status = Literal["stored", "already stored", "repaired", "described anew"]


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is in the project now. status: "repaired": it was there, but damaged or incomplete."""

    source: str
    status: Status
    record: Record


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest did, file by file."""

    stored: tuple[Stored, ...]
    unreadable: tuple[Unreadable, ...]
    skipped: tuple[str, ...]


def ingest(
    found: Found, project: Project, description: Path | None, advance: Advance, tell: Callable[[str], None]
) -> Ingested:
    """Store every file of `found` in the project.

    description: how to read these files, if they are csv files of no known format; kept with each of them.
    advance: told how many bytes were read; tell: told one line per file that could not be read.
    Raises SpecError when project.toml or cells.toml has faults (before anything is stored), OutputError when the
    project cannot be written; what was stored until then stays stored.
    """
    read_description(project)
    stored, unreadable = [], list(found.unreadable)
    for refusal in unreadable:
        tell(str(refusal.faults[0]))
    with corner(project) as mine:
        for number, source in enumerate(found.files):
            try:
                copy = copy_in(source, mine / str(number), advance)
                stored.append(_store(source, copy, project, mine, description))
            except OutputError:
                raise
            except InputError as error:
                unreadable.append(Unreadable(str(source), error.faults))
                tell(str(error))
            shutil.rmtree(mine / str(number), ignore_errors=True)
    catalog.refresh(project)
    return Ingested(tuple(stored), tuple(unreadable), found.skipped)


def _store(source: Path, copy: Copy, project: Project, mine: Path, description: Path | None) -> Stored:
    before = shelved(project, copy.sha256)
    said = _copy_description(description, mine / f"{copy.sha256}.toml") if description else None
    if is_whole(project, before) and before.record and said in (None, before.record.description_sha256):
        return Stored(str(source), "already stored", before.record)
    given = mine / f"{copy.sha256}.toml" if said else None
    if given is None and not description_is_intact(before):
        seen = "was stored with a description, which is damaged"
        raise InputError(Fault(str(source), seen, "Give the description again with --description"))
    good = raw_is_intact(before)
    raw = before.raw if good and before.raw else _renamed(copy, stored_name(before))
    try:
        derivation = derive(raw, copy.sha256, mine / f"{copy.sha256}-derived", given or before.description)
    except OutputError:
        raise
    except InputError as error:
        raise InputError([_at(fault, raw, source) for fault in error.faults]) from None
    origin = Arrival(None if good else raw, str(source), given, str(description.resolve()) if description else None)
    status = _status(project, before)
    return Stored(str(source), status, shelve(project, derivation, origin))


def _status(project: Project, before: Shelved) -> Status:
    if is_whole(project, before):
        return "described anew"
    return "repaired" if before.raw or before.record else "stored"


def _copy_description(description: Path, target: Path) -> str:
    """Copy the description into the corner and return its hash."""
    try:
        raw = description.read_bytes()
    except OSError as error:
        raise InputError(Fault(str(description), f"cannot be read: {error.strerror}", "Check --description")) from None
    write_whole(target, raw)
    return hash_bytes(raw)


def _renamed(copy: Copy, name: str | None) -> Path:
    return copy.path if name is None else copy.path.rename(copy.path.with_name(name))


def _at(fault: Fault, place: Path, source: Path) -> Fault:
    """Return the fault as seen from outside: the user knows the source, not the copy."""
    return Fault(fault.where.replace(str(place), str(source)), fault.seen, fault.mend)
