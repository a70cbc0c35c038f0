"""Which files the given paths mean, zip archives and `.gz` opened; which cannot be taken and why, and which were passed over.

Limits of an archive: 10,000 members, 2 GiB unpacked in all, and 200 times its own size once that is more than 64 MiB. What
is larger, says less than it holds, is encrypted or names a place outside of itself is refused; nothing is unpacked to where
its name says. A `.gz` is an archive of one file, under the same limits. A zip that is an instrument's own file (.xlsx, .ndax, .rasx) is left closed for its reader.
"""

import gzip
import os
import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from ionweld.errors import Fault, InputError, why

MOST_MEMBERS = 10_000
LARGEST_UNPACKED_BYTES = 2**31
LARGEST_RATIO, RATIO_COUNTS_FROM_BYTES = 200.0, 2**26
_ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
_OWN_CONTAINERS = (
    "[Content_Types].xml",
    "data.ndc",
    "Data0/Profile0.txt",
    "Experiment0/DataContainer.xml",
    "Experiment0/RawData0.xml",
    "mimetype",
    "META-INF/MANIFEST.MF",
)
_SHORTEST_GZIP = 18  # bytes: head and tail around nothing
_FOLDER_TABLE = "ionweld-eis.toml"  # says something of several files beside it
_OF_A_FOLDER = "the spectra beside it"
_BROKEN = (
    BadZipFile, zlib.error, LZMAError, OSError, ValueError, NotImplementedError, OverflowError, RuntimeError, EOFError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to be read: on the disk, or a member of a zip archive there. size: in bytes, as the archive says.

    beside: of a member, what its archive holds beside it to say what it is; describes: what this one describes.
    """

    path: Path
    size: int
    member: str | None = None
    beside: tuple["FoundFile", ...] = ()
    describes: str | None = None

    @property
    def shown(self) -> str:
        """The place as text that any terminal can show."""
        return shown(self.path) + (f":{shown(self.member)}" if self.member else "")

    @property
    def name(self) -> str:
        """The name alone."""
        return self.member.replace("\\", "/").rpartition("/")[2] if self.member else self.path.name

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the bytes. Raises InputError when they cannot be read."""
        try:
            if self.member is None:
                with self.path.open("rb") as stream:
                    yield stream
            elif begins_with(self.path, GZIP):
                with gzip.open(self.path) as stream:
                    yield cast("IO[bytes]", stream)
            else:
                with ZipFile(self.path) as archive, archive.open(self.member) as stream:
                    yield stream
        except _BROKEN as error:
            reason = why(error)
            raise InputError(
                Fault(self.shown, f"cannot be read: {reason}", "Check the path and its permissions")
            ) from None

    def chunks(self, length: int = 2**20) -> Iterator[bytes]:
        """Yield the bytes in pieces. Raises InputError, also where a member holds more than its archive says."""
        done = 0
        with self.open() as stream:
            while chunk := stream.read(length):
                done += len(chunk)
                if self.member and done > self.size:
                    seen = "holds more than its archive says: a zip bomb?"
                    raise InputError(Fault(self.shown, seen, "Pack the files again"))
                yield chunk


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was left out, and why."""

    source: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files below the given paths. skipped: hidden things, links to folders, and the project itself."""

    files: tuple[FoundFile, ...]
    refused: tuple[Refusal, ...]
    skipped: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes to read."""
        return sum(file.size for file in self.files)


def find_files(paths: Sequence[Path], besides: Path | None = None) -> FoundFiles:
    """Return the files that the paths mean; folders are searched to the bottom, in the order of names, but not `besides`.

    Raises InputError when there is nothing at all.
    """
    search = _Search(besides.resolve() if besides else None)
    for path in paths:
        if _is_folder(path):
            search.walk(path)
        else:
            search.take(path)
    if not search.files:
        if search.refused:
            raise InputError(tuple(fault for refusal in search.refused for fault in refusal.faults))
        where = ", ".join(map(shown, paths))
        raise InputError(Fault(where, "holds no file that could be taken", "Name instrument files or a folder of them"))
    return FoundFiles(tuple(search.files.values()), tuple(search.refused), tuple(search.skipped))


@dataclass(slots=True)
class _Search:
    """What was found so far; each file once however often it is named."""

    besides: Path | None
    files: dict[tuple[Path, str | None], FoundFile] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def walk(self, root: Path) -> None:
        for folder, below, names in os.walk(root, onerror=self._blocked):
            here = Path(folder)
            if self.besides and here.resolve().is_relative_to(self.besides):
                self.skipped.append(shown(here))
                below.clear()
                continue
            passed_over = [
                name for name in below + names if name[0] == "." or (name in below and (here / name).is_symlink())
            ]
            self.skipped += sorted(shown(here / name) for name in passed_over)
            below[:] = sorted(set(below) - set(passed_over))
            for name in sorted(set(names) - set(passed_over)):
                self.take(here / name)

    def take(self, path: Path) -> None:
        """Note the file and its size, or what its archive holds, or why it cannot be taken."""
        try:
            if not path.exists():
                self._refuse(shown(path), "does not exist", "Check the path")
            elif not path.is_file():  # a pipe or a device would hang the reader
                self._refuse(shown(path), "is no regular file", "Give a file or a folder")
            elif path.name[0] == "." or _is_no_text(path.name):
                self._refuse(shown(path), "has a hidden name, or one that is no valid text", "Rename it")
            elif not self._take_members(path):
                bare = path.with_suffix("").name if path.suffix == ".toml" else ""
                told = [name for name in (bare, f"{bare}.gz") if bare and is_file(path.with_name(name))]
                describes = told[0] if told else _of_a_folder(path.name)
                self._add(FoundFile(path.resolve(), path.stat().st_size, describes=describes))
        except OSError as error:
            self._blocked(error, path)

    def _add(self, file: FoundFile) -> None:
        self.files[file.path, file.member] = file

    def _take_members(self, path: Path) -> bool:
        """Note the members of an archive; say whether this is one that is to be opened."""
        if begins_with(path, GZIP):
            self._take_packed(path)
            return True
        if not begins_with(path, _ZIP):
            return False
        try:
            with ZipFile(path) as archive:
                members = archive.infolist()
        except _BROKEN as error:
            self._refuse(shown(path), f"is a damaged zip archive: {error}", "Pack or copy it again")
            return True
        if any(member.filename in _OWN_CONTAINERS for member in members):
            return False
        seen = _too_much(members, path.stat().st_size)
        if seen:
            self._refuse(shown(path), seen, "Unpack it yourself, and give the folder of its files")
            return True
        names = {member.filename: member for member in members}
        for member in sorted(members, key=lambda one: one.filename):
            self._take_member(path.resolve(), member, names)
        return True

    def _take_packed(self, path: Path) -> None:
        """Note the one file of a `.gz`, whose length stands in its last four bytes."""
        name = path.stem if path.suffix.lower() == ".gz" else f"{path.name} unpacked"
        size = struct.unpack("<I", _tail(path))[0] if path.stat().st_size > _SHORTEST_GZIP else 0
        seen = _too_large(size, path.stat().st_size)
        if name.lower().endswith(".tar") or path.suffix.lower() == ".tgz":
            seen = "is a tar archive"
        if seen:
            self._refuse(shown(path), seen, "Unpack it yourself, and give the folder of its files")
        else:
            said = path.with_name(f"{name}.toml")
            beside = (FoundFile(said.resolve(), said.stat().st_size),) if is_file(said) else ()
            self._add(FoundFile(path.resolve(), size, name, beside))

    def _take_member(self, path: Path, member: ZipInfo, names: dict[str, ZipInfo]) -> None:
        beside = [FoundFile(path, names[name].file_size, name) for name in _beside(member.filename) if name in names]
        described = member.filename.removesuffix(".toml")
        name = PurePosixPath(described).name
        describes = name if described != member.filename and described in names else _of_a_folder(f"{name}.toml")
        found = FoundFile(path, member.file_size, member.filename, tuple(beside), describes)
        if member.is_dir():
            return
        seen = _not_to_be_trusted(member)
        if seen:
            self._refuse(found.shown, seen, "Pack the files again, or unpack them yourself")
        elif any(part[:1] == "." for part in PurePosixPath(member.filename).parts) or _is_mac_shadow(member):
            self.skipped.append(found.shown)
        else:
            self._add(found)

    def _blocked(self, error: OSError, path: Path | None = None) -> None:
        where = path or Path(os.fsdecode(error.filename))
        self._refuse(shown(where), f"cannot be opened: {why(error)}", "Check the path and its permissions")

    def _refuse(self, where: str, seen: str, mend: str) -> None:
        self.refused.append(Refusal(where, (Fault(where, seen, mend),)))


def _tail(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(-4, os.SEEK_END)
        return stream.read(4)


def begins_with(path: Path, magic: bytes) -> bool:
    """Say whether a file's first bytes are these."""
    with path.open("rb") as stream:
        return stream.read(len(magic)) == magic


def _too_much(members: Sequence[ZipInfo], size: int) -> str | None:
    """Return why an archive is not opened at all, or None."""
    if len(members) > MOST_MEMBERS:
        return f"holds {len(members)} files; at most {MOST_MEMBERS} are taken from an archive"
    return _too_large(sum(member.file_size for member in members), size)


def _too_large(total: int, size: int) -> str | None:
    if total > LARGEST_UNPACKED_BYTES:
        return f"would unpack to {total / 1e9:.1f} GB; at most {LARGEST_UNPACKED_BYTES / 1e9:.1f} GB are taken"
    if total > RATIO_COUNTS_FROM_BYTES and total > LARGEST_RATIO * size:
        return f"would unpack to {total / 1e6:.0f} MB, {total / max(1, size):.0f} times its size: a zip bomb?"
    return None


def _not_to_be_trusted(member: ZipInfo) -> str | None:
    """Return why a member is not taken, or None."""
    name = member.filename
    outside = name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or name[1:2] == ":"
    if outside or not PurePosixPath(name).name:
        return "names a place outside of its archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link, no file"
    if member.flag_bits & 1:
        return "is encrypted"
    return None


def _beside(name: str) -> list[str]:
    """Return under which names a member's description may stand, or what an instrument wrote of it."""
    place = PurePosixPath(name)
    names = [f"{place.name}.toml", f"{place.stem}.txt", f"{place.stem}-tif.hdr", _FOLDER_TABLE]
    return [str(place.with_name(one)) for one in names if one != place.name]


def _of_a_folder(name: str) -> str | None:
    return _OF_A_FOLDER if name == _FOLDER_TABLE else None


def _is_mac_shadow(member: ZipInfo) -> bool:
    return member.filename.startswith("__MACOSX/")


def is_file(path: Path) -> bool:
    """Say whether there is a file; a name that none can have, or a place that may not be looked at, holds none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_no_text(name: str) -> bool:
    return name.encode(errors="replace").decode() != name


def shown(name: Path | str) -> str:
    """Return a name as text that any terminal can show: control characters and bytes that are no text escaped."""
    text = str(name).encode(errors="backslashreplace").decode()
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def description_beside(path: Path) -> Path | None:
    """Return the description beside a file, `cell.csv.toml` beside `cell.csv` and `cell.csv.gz`; None where there is none."""
    names = [path.name, path.stem] if path.suffix.lower() == ".gz" else [path.name]
    return next((beside for name in names if is_file(beside := path.with_name(f"{name}.toml"))), None)


@contextmanager
def on_disk(found: FoundFile, folder: Path) -> Iterator[Path]:
    """Give a file of the disk itself, or a copy of a member in `folder` with what is said beside it; copies go again."""
    if found.member is None:
        yield found.path
        return
    copies = [_copied(one, folder) for one in (found, *found.beside)]
    try:
        yield copies[0]
    finally:
        for copy in copies:
            copy.unlink(missing_ok=True)


def _copied(found: FoundFile, folder: Path) -> Path:
    place = folder / found.name
    with place.open("wb") as out:
        for chunk in found.chunks():
            out.write(chunk)
    return place
