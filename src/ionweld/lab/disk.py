"""Moves that survive a kill: locks that die with their process, a private corner for work in progress, renames."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ionweld.errors import Fault, InputError, OutputError
from ionweld.lab.layout import Project
from ionweld.measurement.store import sync_folder

_CHUNK = 1 << 20
_PATIENCE_S = 120.0
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Copy:
    """A file copied into the corner: where it is now, its hash and its size."""

    path: Path
    sha256: str
    size: int


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn what the system or SQLite says about a full disk or a read-only folder into an OutputError on `place`."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except sqlite3.Error as error:
        reason = str(error)
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
def corner(project: Project) -> Iterator[Path]:
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


def sweep(project: Project) -> None:
    """Remove what killed processes left in .incoming. The project's lock must be held."""
    for left in project.incoming.iterdir():
        with suppress(OutputError), hold(left / ".lock", patience_s=0.0):  # refused: its process is alive
            shutil.rmtree(left, ignore_errors=True)


def copy_in(source: Path, folder: Path, advance: Advance) -> Copy:
    """Copy `source` into `folder` under its own name, hashing on the way: it is read once.

    Raises InputError when the source cannot be read, OutputError when the copy cannot be written.
    """
    target = folder / source.name
    digest, size = sha256(), 0
    with writing(folder):
        folder.mkdir()
        with target.open("wb") as out:
            for chunk in _chunks(source):
                digest.update(chunk)
                out.write(chunk)
                size += len(chunk)
                advance(len(chunk))
            out.flush()
            os.fsync(out.fileno())
        sync_folder(folder)
    return Copy(target, digest.hexdigest(), size)


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
        reason = error.strerror or type(error).__name__
        raise InputError(Fault(str(path), f"cannot be read: {reason}", "Check the path and its permissions")) from None


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
