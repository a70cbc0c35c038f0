"""Files -> project: each is copied, hashed, read, derived and moved in; one that cannot be read stops no other."""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ionweld.errors import Fault, InputError, OutputError
from ionweld.twin.project import catalog
from ionweld.twin.project.derive import derive
from ionweld.twin.project.description import read_description
from ionweld.twin.project.disk import Advance, Copy, copy_in, corner
from ionweld.twin.project.layout import Project
from ionweld.twin.project.record import Record
from ionweld.twin.project.shelf import is_whole, raw_is_intact, shelve, shelved, stored_name

Status = Literal["stored", "already stored", "repaired"]


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is in the project now. status: "repaired" when it was there, but damaged or incomplete."""

    source: str
    status: Status
    record: Record


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that was left out, and why."""

    source: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The files below the given paths, those that cannot be taken, and the hidden ones that were passed over."""

    files: tuple[Path, ...]
    unreadable: tuple[Unreadable, ...]
    skipped: tuple[str, ...]

    def size(self) -> int:
        """Return how many bytes there are to read."""
        return sum(path.stat().st_size for path in self.files)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest did, file by file."""

    stored: tuple[Stored, ...]
    unreadable: tuple[Unreadable, ...]
    skipped: tuple[str, ...]


def find_files(paths: Sequence[Path], project: Project) -> Found:
    """Return the files that the paths mean; folders are searched, without hidden files or the project itself."""
    files: dict[Path, None] = {}
    unreadable, skipped = [], []
    for path in paths:
        if path.is_dir():
            _walk(path, project, files, unreadable, skipped)
        else:
            _take(path, files, unreadable)
    return Found(tuple(files), tuple(unreadable), tuple(skipped))


def _walk(
    root: Path, project: Project, files: dict[Path, None], unreadable: list[Unreadable], skipped: list[str]
) -> None:
    def blocked(error: OSError) -> None:
        unreadable.append(
            _refusal(Path(error.filename), f"cannot be opened: {error.strerror}", "Check its permissions")
        )

    for folder, below, names in os.walk(root, onerror=blocked):
        here = Path(folder)
        below[:] = sorted(name for name in below if name[0] != "." and (here / name).resolve() != project.folder)
        for name in sorted(names) if here.resolve() != project.folder else []:
            if name[0] == ".":
                skipped.append(str(here / name))
            else:
                _take(here / name, files, unreadable)
        if here.resolve() == project.folder:
            below.clear()


def _take(path: Path, files: dict[Path, None], unreadable: list[Unreadable]) -> None:
    if not path.exists():
        unreadable.append(_refusal(path, "does not exist", "Check the path"))
    elif not path.is_file():  # a pipe or a device would hang the reader
        unreadable.append(_refusal(path, "is no regular file", "Give a file or a folder"))
    elif not _is_text(path.name):
        unreadable.append(_refusal(path, "has a name that is no valid text", "Rename it"))
    else:
        files[path.resolve()] = None


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refusal(path: Path, seen: str, mend: str) -> Unreadable:
    shown = str(path).encode(errors="backslashreplace").decode()
    return Unreadable(shown, (Fault(shown, seen, mend),))


def ingest(found: Found, project: Project, advance: Advance, tell: Callable[[str], None]) -> Ingested:
    """Store every file of `found` in the project.

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
                stored.append(_ingest_file(source, project, mine / str(number), advance))
            except OutputError:
                raise
            except InputError as error:
                unreadable.append(Unreadable(str(source), error.faults))
                tell(str(error))
            shutil.rmtree(mine / str(number), ignore_errors=True)
    catalog.refresh(project)
    return Ingested(tuple(stored), tuple(unreadable), found.skipped)


def _ingest_file(source: Path, project: Project, corner_folder: Path, advance: Advance) -> Stored:
    copy = copy_in(source, corner_folder, advance)
    before = shelved(project, copy.sha256)
    if is_whole(project, before):
        assert before.record is not None
        return Stored(str(source), "already stored", before.record)
    derivation = None
    copied: Path | None = copy.path
    if raw_is_intact(before):
        original, copied = before.raw, None
    else:
        original = copied = _renamed(copy, stored_name(before))
    assert original is not None
    derived_folder = corner_folder.with_name(f"{corner_folder.name}-derived")
    try:
        derivation = derive(original, copy.sha256, derived_folder)
    except OutputError:
        raise
    except InputError as error:
        raise InputError([_at(fault, original, source) for fault in error.faults]) from None
    record = shelve(project, derivation, copied, str(source))
    return Stored(str(source), "repaired" if before.raw or before.record else "stored", record)


def _renamed(copy: Copy, name: str | None) -> Path:
    return copy.path if name is None else copy.path.rename(copy.path.with_name(name))


def _at(fault: Fault, place: Path, source: Path) -> Fault:
    """Return the fault as seen from outside: the user knows the source, not the copy."""
    return Fault(fault.where.replace(str(place), str(source)), fault.seen, fault.mend)
