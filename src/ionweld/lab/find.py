"""Which files the given paths mean, which cannot be taken and why, and which were passed over."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ionweld.errors import Fault, InputError
from ionweld.lab.layout import Project


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that was left out, and why."""

    source: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The files below the given paths. skipped: hidden things, links to folders, and the project itself."""

    files: tuple[Path, ...]
    unreadable: tuple[Unreadable, ...]
    skipped: tuple[str, ...]
    size: int  # bytes to read


def find_files(paths: Sequence[Path], project: Project) -> Found:
    """Return the files that the paths mean; folders are searched to the bottom, in the order of names.

    Raises InputError when there is nothing at all.
    """
    search = _Search(project.folder)
    for path in paths:
        if _is_folder(path):
            search.walk(path)
        else:
            search.take(path)
    if not search.files and not search.unreadable:
        where = ", ".join(map(str, paths))
        raise InputError(Fault(where, "holds no file that could be taken", "Name instrument files or a folder of them"))
    files, size = tuple(search.files), sum(search.files.values())
    return Found(files, tuple(search.unreadable), tuple(search.skipped), size)


@dataclass(slots=True)
class _Search:
    """What was found so far; files with their size, each once however often it is named."""

    project: Path
    files: dict[Path, int] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def walk(self, root: Path) -> None:
        for folder, below, names in os.walk(root, onerror=self._blocked):
            here = Path(folder)
            if here.resolve().is_relative_to(self.project):
                self.skipped.append(_shown(here))
                below.clear()
                continue
            passed_over = [
                name for name in below + names if name[0] == "." or (name in below and (here / name).is_symlink())
            ]
            self.skipped += sorted(_shown(here / name) for name in passed_over)
            below[:] = sorted(set(below) - set(passed_over))
            for name in sorted(set(names) - set(passed_over)):
                self.take(here / name)

    def take(self, path: Path) -> None:
        """Note the file and its size, or why it cannot be taken."""
        try:
            if not path.exists():
                self._refuse(path, "does not exist", "Check the path")
            elif not path.is_file():  # a pipe or a device would hang the reader
                self._refuse(path, "is no regular file", "Give a file or a folder")
            elif path.name[0] == "." or _shown(path) != str(path):
                self._refuse(path, "has a hidden name, or one that is no valid text", "Rename it")
            else:
                self.files[path.resolve()] = path.stat().st_size
        except OSError as error:
            self._blocked(error, path)

    def _blocked(self, error: OSError, path: Path | None = None) -> None:
        where = path or Path(os.fsdecode(error.filename))
        self._refuse(where, f"cannot be opened: {error.strerror}", "Check the path and its permissions")

    def _refuse(self, path: Path, seen: str, mend: str) -> None:
        self.unreadable.append(Unreadable(_shown(path), (Fault(_shown(path), seen, mend),)))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _shown(path: Path) -> str:
    """Return the path as text that any terminal can show, whatever bytes its name is made of."""
    return str(path).encode(errors="backslashreplace").decode()
