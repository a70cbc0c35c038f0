"""A project folder: where things are, how one is begun, and moves that survive a kill.

Locks die with their process, work in progress has a private corner, and what is finished moves in by one rename.
"""

import json
import os
import shutil
import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ionweld.errors import Fault, InputError, OutputError, why
from ionweld.measurement.store import ensure_folder, sync_folder, write_whole
from ionweld.read.find import FoundFile, is_file

_CHUNK = 1 << 20
_PATIENCE_S = 120.0
Advance = Callable[[int], None]

_PROJECT = """\
# What this project is. `ionweld project list` says what is missing.
name = {name}

# The treatments that are compared, each with a sentence.
[treatments]
# untreated = "as pressed"
# coated = "3 uL of liquid electrolyte on each side, solidified in place"
"""

_CELLS = """\
# One [[cell]] per cell that was built. Every quantity carries its unit; what is left out is asked for, never assumed.
#
# [[cell]]
# name = "cell 1"
# treatment = "untreated"           # one of project.toml
# replicate = 1                     # 1, 2, 3 ... within a treatment and a pair of electrodes
# kind = "symmetric"                # "symmetric", "full" or "half"
# positive = "Li"
# negative = "Li"
# first_half_cycle = "charge"       # or "discharge"
# area = "28.3 mm^2"
# area_name = "lithium foil, 6 mm"
# interfaces = 2                    # lithium interfaces that the current crosses in series
# thickness = "0.96 mm"             # of the electrolyte; asked for when there are impedance spectra
# active_mass = "3.1 mg"            # of the cathode; asked for in full and half cells
#
# [[cell.measurement]]
# file = "bare_1.csv"               # the name of a stored file, or the first 8 or more characters of its hash
# state = "before cycling"
# temperature = "80 degC"           # asked for when the file does not say it
"""


@dataclass(frozen=True, slots=True)
class ProjectFolder:
    """A project folder. Only paths: nothing is read or made by looking at them."""

    folder: Path

    @property
    def about(self) -> Path:
        return self.folder / "project.toml"

    @property
    def cells(self) -> Path:
        return self.folder / "cells.toml"

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def descriptions(self) -> Path:
        return self.folder / "descriptions"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def records(self) -> Path:
        return self.folder / "records"

    @property
    def catalog(self) -> Path:
        return self.folder / "catalog.sqlite"

    @property
    def incoming(self) -> Path:
        return self.folder / ".incoming"

    @property
    def folders(self) -> tuple[Path, ...]:
        return self.raw, self.descriptions, self.data, self.records, self.incoming

    @property
    def lock(self) -> Path:
        return self.folder / ".lock"


def open_project(folder: Path) -> ProjectFolder:
    """Return the project in `folder`. Raises InputError when there is none."""
    project = ProjectFolder(folder.resolve())
    if not is_file(project.about):
        mend = "Name a project folder with --project; `ionweld ingest` makes one"
        raise InputError(Fault(str(folder), "is no project: it holds no project.toml", mend))
    return project


def begin_project(folder: Path) -> ProjectFolder:
    """Return the project in `folder`, made first if the folder is empty or does not exist.

    Raises InputError when the folder holds other things, OutputError when it cannot be written.
    """
    project = refuse_foreign(folder)
    ensure_folder(project.folder)
    for part in project.folders:
        ensure_folder(part)
    if not project.cells.exists():
        write_whole(project.cells, _CELLS)
    if not project.about.exists():  # last: a folder with project.toml is complete
        write_whole(project.about, _PROJECT.format(name=_toml_text(project.folder.name)))
    return project


def refuse_foreign(folder: Path) -> ProjectFolder:
    """Return where a project is or may begin; nothing is made.

    Raises InputError for a folder with other things in it; what an interrupted beginning has left is not one of them.
    """
    project = ProjectFolder(folder.resolve())
    if is_file(project.about):
        return project
    ours = {part.name for part in (*project.folders, project.cells)}
    try:
        names = [item.name for item in project.folder.iterdir()]
    except FileNotFoundError:
        return project
    except OSError as error:
        fault = Fault(str(project.folder), f"cannot be written: {why(error)}", "Name another folder with --project")
        raise OutputError(fault) from None
    foreign = sorted(name for name in names if name[0] != "." and name not in ours)
    if foreign:
        seen = f"holds other things ({', '.join(foreign[:3])}) and no project.toml"
        raise InputError(Fault(str(project.folder), seen, "Name a new or an empty folder with --project"))
    return project


def _toml_text(text: str) -> str:
    """Return `text` as a TOML string: JSON's escapes are a subset of TOML's."""
    return json.dumps(text, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Copy:
    """A file copied into the corner: where it is now, its hash and its size. beginnings: hashes of its first bytes."""

    path: Path
    sha256: str
    size: int
    beginnings: tuple[str, ...]


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn what the system or SQLite says about a full disk or a read-only folder into an OutputError on `place`."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = why(error)
    else:
        return
    mend = "Free some space, or make the folder writable, and run the same command again; what was stored is intact"
    raise OutputError(Fault(str(place), f"cannot be written: {reason}", mend))


@contextmanager
def hold(lock: Path, patience_s: float = _PATIENCE_S) -> Iterator[None]:
    """Hold a lock that only one process can have; the system gives it back when the process dies.

    SQLite's own file locks are used, as they exist on every system. Raises OutputError when it stays taken.
    """
    connection = _take(lock, patience_s)
    try:
        yield
    finally:
        connection.close()


def _take(lock: Path, patience_s: float) -> sqlite3.Connection:
    with writing(lock):
        connection = sqlite3.connect(lock, timeout=patience_s, isolation_level=None)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            connection.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                fault = Fault(str(lock), "is held by another ionweld process", "Wait until that is done")
                raise OutputError(fault) from None
            raise
    return connection


@contextmanager
def corner(project: ProjectFolder) -> Iterator[Path]:
    """Make a private folder for work in progress, on the project's own disk; sweep the corners of dead processes."""
    with ExitStack() as stack:
        with writing(project.folder):
            for part in project.folders:  # a copy of the project may have lost its empty folders
                part.mkdir(exist_ok=True)
        with hold(project.lock):
            sweep(project)
            with writing(project.incoming):
                mine = Path(tempfile.mkdtemp(dir=project.incoming))
            stack.callback(shutil.rmtree, mine, ignore_errors=True)
            stack.enter_context(hold(mine / ".lock"))
        yield mine


def sweep(project: ProjectFolder) -> None:
    """Remove what killed processes left in .incoming. The project's lock must be held."""
    for left in project.incoming.iterdir():
        with suppress(OutputError), hold(left / ".lock", patience_s=0.0):  # refused: its process is alive
            shutil.rmtree(left, ignore_errors=True)


class MarkedHash:
    """A SHA-256 that also gives the hash of the beginning at each of some rising sizes, the marks."""

    def __init__(self, marks: Sequence[int] = ()) -> None:
        self.size, self.beginnings = 0, list[str]()
        self._digest, self._marks = sha256(), deque(marks)

    def update(self, chunk: bytes) -> None:
        """Take the next bytes."""
        while self._marks and self._marks[0] <= self.size + len(chunk):
            part = chunk[: self._marks.popleft() - self.size]
            self._take(part)
            chunk = chunk[len(part) :]
            self.beginnings.append(self._digest.hexdigest())
        self._take(chunk)

    def _take(self, part: bytes) -> None:
        self._digest.update(part)
        self.size += len(part)

    @property
    def sha256(self) -> str:
        """Of all bytes so far."""
        return self._digest.hexdigest()


def copy_in(source: FoundFile, folder: Path, advance: Advance, marks: Sequence[int] = ()) -> Copy:
    """Copy `source` into `folder` under its own name, hashing on the way: it is read once.

    marks: rising sizes at which the hash of the beginning is wanted.
    Raises InputError when the source cannot be read, OutputError when the copy cannot be written.
    """
    target, digest = folder / source.name, MarkedHash(marks)
    with writing(folder):
        folder.mkdir()
        with target.open("wb") as out:
            for chunk in source.chunks(_CHUNK):
                digest.update(chunk)
                out.write(chunk)
                advance(len(chunk))
            out.flush()
            os.fsync(out.fileno())
        sync_folder(folder)
    return Copy(target, digest.sha256, digest.size, tuple(digest.beginnings))


def beginnings(path: Path, marks: Sequence[int]) -> tuple[str, ...]:
    """Return the hashes of the beginning of a file at these rising sizes."""
    digest = MarkedHash(marks)
    for chunk in _chunks(path):
        digest.update(chunk)
    return tuple(digest.beginnings)


def hash_file(path: Path, advance: Advance) -> str:
    """Return the SHA-256 of a file, read in pieces. Raises InputError when it cannot be read."""
    digest = sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
        advance(len(chunk))
    return digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise InputError(
            Fault(str(path), f"cannot be read: {why(error)}", "Check the path and its permissions")
        ) from None


def move_in(source: Path, target: Path) -> None:
    """Rename `source` to `target` on the same disk and make the rename outlive a power cut."""
    with writing(target):
        source.replace(target)
        sync_folder(target.parent)


def protect(path: Path, mode: int) -> None:
    """Make a raw file or folder read-only, where the disk knows such a thing (a memory stick may not)."""
    with suppress(OSError):
        path.chmod(mode)


def nothing(_: int) -> None:
    """Advance no progress bar."""
