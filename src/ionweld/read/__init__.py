"""One file per instrument format -> measurement; one package per technique, found by looking (see technique.py)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ionweld import rooms
from ionweld.errors import AreaUnknownError, Fault, FileFormatError, InputError, MissingExtraError, UnknownFormatError
from ionweld.read.find import description_beside
from ionweld.read.technique import Glimpse, Likeness, Technique, glimpse_of, said_of
from ionweld.spec.faults import read_toml

# How binary files of cyclers begin, and the suffixes of instruments' binary files that have no beginning of their own.
_MEASURED = (b"NEWARE", b"BIO-LOGIC", b"PAR1", b"\xd0\xcf\x11\xe0", b"\x00\x01\x00\x00Standard")
_LONGEST_NAMES = 200  # letters
_BINARY_SUFFIXES = frozenset((".nda", ".ndax", ".mpr", ".res", ".spa", ".spg", ".brml", ".bcf", ".emd", ".dm3", ".dm4"))


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds of one technique."""

    technique: Technique
    measurements: tuple[Any, ...]


@cache
def techniques() -> dict[str, Technique]:
    """Return every technique by name: those of this room, and those that packages from outside bring."""
    found = {}
    for name in rooms.names("read"):
        module = rooms.part("read", name) if name in rooms.guests() else rooms.part(f"read.{name}", "technique")
        technique = getattr(module, "TECHNIQUE", None)
        if isinstance(technique, Technique):
            found[technique.name] = technique
    return found


def technique_named(name: str, where: str = "--as") -> Technique:
    """Return a technique. Raises InputError with the names there are."""
    known = techniques()
    if name in known:
        return known[name]
    raise InputError(Fault(where, f"{name!r} is no technique", f"Choose of {', '.join(known)}"))


def open_file(
    path: Path, description: Path | None = None, technique: str | None = None, area_m2: float | None = None
) -> tuple[Contents, ...]:
    """Return what a file holds, told by its content and not by its extension; one entry per technique.

    description: a TOML file that says how an unknown csv is to be read; without it, one beside the file that has its name
    and .toml. technique: its name, where a person says it. area_m2: of the cell, for a table of what is per area.
    Raises FileFormatError with what each technique that it looks like saw when none of them understands it.
    """
    if description is not None:
        return (_described(path, description, area_m2),)
    if technique is None and (beside := description_beside(path)) is not None:
        return (_described(path, beside, area_m2),)
    if technique is not None:
        return (_read(technique_named(technique), path, None, area_m2),)
    glimpse = glimpse_of(path)
    likeness = {one: one.recognises(glimpse) for one in techniques().values()}
    sharing = [one for one, like in likeness.items() if one.shares_file and like >= Likeness.ASK]
    found, refused = _attempt(sharing, path, area_m2)
    if found:
        return found
    # whose words stand in the file, or whose numbers run so, knows best what is wrong
    named = [one for one in refused if likeness[one] is Likeness.NAMED]
    faults = [fault for one in named or refused for fault in refused[one]]
    alone = [one for one, like in likeness.items() if like > Likeness.NO and not one.shares_file]
    for one in sorted(alone, key=lambda technique: -likeness[technique]):
        found, refused = _attempt([one], path, area_m2)
        if found:
            return found
        faults = refused[one]
    raise FileFormatError(tuple(dict.fromkeys(faults)) or _unknown(glimpse))


def said_beside(path: Path) -> str | None:
    """Return what a vendor's file or a table of conditions beside this one says of it, as the text of a description.

    None where there is no such file, and where the file holds a second technique that this would leave out. Raises an
    InputError where the file beside it is faulty.
    """
    said = {one: text for one in techniques().values() if (text := one.said_beside(path)) is not None}
    if not said:
        return None
    try:
        held = [contents.technique for contents in open_file(path)]
    except InputError:
        return None
    return said.get(held[0]) if len(held) == 1 else None


def _described(path: Path, description: Path, area_m2: float | None) -> Contents:
    """Return what a file holds as its owner describes it: `technique` names what it is, and is cycling where left out."""
    said = read_toml(description)
    chosen = technique_named(str(said.get("technique", "cycling")), f"{description}: technique")
    if chosen.read_described is None:
        said_of(description, chosen.name)
    return _read(chosen, path, description, area_m2)


def _attempt(
    candidates: list[Technique], path: Path, area_m2: float | None
) -> tuple[tuple[Contents, ...], dict[Technique, tuple[Fault, ...]]]:
    """Return what these techniques read in the file, and the faults of those that knew it and read nothing."""
    found: list[Contents] = []
    refused: dict[Technique, tuple[Fault, ...]] = {}
    for one in candidates:
        try:
            found.append(_read(one, path, None, area_m2))
        except (MissingExtraError, AreaUnknownError):
            raise
        except UnknownFormatError:
            continue
        except FileFormatError as error:
            refused[one] = error.faults
    return tuple(found), refused


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a file gave no measurement, and what is to be said. verb: that goes on from it, where one does; technique: of that verb."""

    answer: Literal["another instrument", "not data", "not read"]
    faults: tuple[Fault, ...] = ()
    verb: str | None = None
    technique: str | None = None


def why_left_out(path: Path, shown: str, error: InputError) -> LeftOut:
    """Return what a file is that could not be read: what is no data, or goes with another verb, is no fault."""
    if isinstance(error, MissingExtraError):
        return LeftOut("not read", error.faults)
    if isinstance(error, AreaUnknownError):
        like = glimpse_of(path)
        known = (one for one in techniques().values() if one.read_sized is not None)
        sized = max(known, key=lambda technique: technique.recognises(like))
        verb = f'{sized.next.replace("{file}", shown)} --area "0.785 cm^2"'
        return LeftOut("not read", error.faults, verb, sized.name)
    glimpse = glimpse_of(path)
    verb = next((verb for one in techniques().values() if (verb := one.companion(glimpse))), None)
    if verb:
        return LeftOut("another instrument", verb=verb.replace("{file}", shown))
    likeness = {one.name: one.recognises(glimpse) for one in techniques().values()}
    if not _is_data(glimpse, set(likeness.values())):
        return LeftOut("not data")
    # a table that looks like no other technique: a person says what its columns are, in a draft that is made for it
    unknown = glimpse.is_tabular and not any(like for name, like in likeness.items() if name != "cycling")
    return LeftOut("not read", error.faults, f"ionweld cycling describe {shown}" if unknown else None)


def _is_data(glimpse: Glimpse, alike: set[Likeness]) -> bool:
    """Say whether a file looks like one that an instrument wrote. alike: how much it looks like one of each technique."""
    if glimpse.head.startswith(_MEASURED) or glimpse.path.suffix.lower() in _BINARY_SUFFIXES:
        return True
    if glimpse.head.startswith(b"PK\x03\x04"):
        return b"xl/" in glimpse.head
    named = bool(alike & {Likeness.BARE, Likeness.NAMED})
    return named or glimpse.columns.is_table or glimpse.is_tabular or not glimpse.head.strip()


def _read(technique: Technique, path: Path, description: Path | None, area_m2: float | None) -> Contents:
    if area_m2 is not None and technique.read_sized is not None:
        measurements = technique.read_sized(path, description, area_m2)
    elif description is not None and technique.read_described is not None:
        measurements = technique.read_described(path, description)
    else:
        measurements = technique.read(path)
    if not measurements:
        raise FileFormatError(Fault("", "holds no measurement", "Export the file again"))
    return Contents(technique, tuple(measurements))


def _unknown(glimpse: Glimpse) -> Fault:
    seen = f"looks like no file of {', '.join(technique.kind for technique in techniques().values())}"
    above = [line.strip() for line in glimpse.columns.header if line.strip()]
    if glimpse.columns.is_table and above:
        seen += f"; above its numbers stands {above[-1][:_LONGEST_NAMES]!r}"
    return Fault(str(glimpse.path), seen, "Say what it is, for example --as xrd, or describe a csv with --description")
