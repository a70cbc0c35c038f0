"""The opened folder: what a name in an address means on the disk, and nothing outside of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from ionweld.errors import Fault, InputError, OutputError
from ionweld.web.crew import Crew

if TYPE_CHECKING:
    from ionweld.api.project import Project

DROPPED = "dropped"  # the folder in which files lie that were dragged onto the page
_PROJECT = "project"
_DEEPEST = 3
_LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page works on. folder: resolved; read_only: nothing is written; crew: who does long work.

    seen: what files hold, by name, size and time of change, so that every tab is quick after the first.
    earlier: what stood in the files of each project before each change of this page, with the version that it made.
    """

    folder: Path
    read_only: bool
    crew: Crew
    seen: dict[tuple[str | int, ...], list[dict[str, Any]]] = field(default_factory=dict)
    earlier: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)

    def place(self, name: str) -> Path:
        """Return what a name below the folder means, links followed. Raises InputError when it is not there."""
        path = self._inside(name)
        if not path.exists():
            raise InputError(Fault(name, "is not there any more", "Look at the folder again"))
        return path

    def new_place(self, name: str) -> Path:
        """Return where something new may be written below the folder. Raises OutputError in read-only mode."""
        self.refuse_read_only()
        return self._inside(name)

    def name_of(self, path: Path) -> str:
        """Return the name below the folder by which addresses mean a path."""
        return path.resolve().relative_to(self.folder).as_posix()

    def refuse_read_only(self) -> None:
        """Raise OutputError where nothing may be written."""
        if self.read_only:
            mend = "Start `ionweld lab` without --read-only to change something"
            raise OutputError(Fault("", "This page only reads", mend))

    def projects(self) -> list[str]:
        """Return the project folders below the opened one, the nearest first; "" is the opened folder itself."""
        found = [path.parent for path in _project_files(self.folder, _DEEPEST)]
        return sorted(
            (self.name_of(path).removeprefix(".") for path in found), key=lambda name: (name.count("/"), name)
        )

    def project_name(self, asked: str | None) -> str:
        """Return which project is meant: the one asked for, else the nearest, else a new one in the folder."""
        if asked is not None:
            self._inside(asked)
            return asked
        return next(iter(self.projects()), _PROJECT)

    def project(self, asked: str | None) -> "Project":
        """Return a project, there or not yet. Raises InputError for a place outside."""
        import ionweld as iw

        return iw.Project.open(self._inside(self.project_name(asked)))

    def _inside(self, name: str) -> Path:
        try:
            path = (self.folder / name).resolve()
            path.exists()
        except (OSError, ValueError, RuntimeError):  # a zero byte, a circle of links, longer than any name
            path = Path("/")
        if not path.is_relative_to(self.folder):
            shown = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}..."
            raise InputError(Fault(shown, "lies outside of the opened folder", f"Choose what lies in {self.folder}"))
        return path


def _project_files(folder: Path, deep: int) -> Iterator[Path]:
    """Yield the project.toml of each project: a folder that has raw/ beside it."""
    about = folder / "project.toml"
    if about.is_file() and (folder / "raw").is_dir():
        yield about
    elif deep:
        below = sorted(one for one in _folders(folder) if not one.is_symlink() and one.name[0] != ".")
        for one in below:
            yield from _project_files(one, deep - 1)


def _folders(folder: Path) -> list[Path]:
    try:
        return [one for one in folder.iterdir() if one.is_dir()]
    except OSError:
        return []


def _desk(request: Request) -> Any:
    return request.app.state.desk


DeskHere = Annotated[Desk, Depends(_desk)]
