"""Temperature and geometry of a measurement: given by the caller, or in `ionweld-eis.toml` beside the file.

A spectrum's file says neither its area nor its thickness in a way that can be trusted, so these are never taken from
it. A temperature that stands in its header or its name is used when none was given, and the spectrum says so.

    # ionweld-eis.toml: for all files of the folder, and for single ones
    area = "0.503 cm^2"
    area_name = "sputtered gold, 8 mm"
    thickness = "2.1 mm"
    interfaces = 2

    [files."cell-7.txt"]
    temperature = "80 degC"
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from math import isfinite, pi
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, SpecError, UnitError
from ionweld.measurement.impedance import SampleGeometry
from ionweld.read.find import is_file
from ionweld.spec.faults import read_toml
from ionweld.units import to_si

SIDECAR = "ionweld-eis.toml"
KEYS = ("temperature", "area", "diameter", "area_name", "thickness", "interfaces")

_UNITS = {"temperature": "K", "area": "m^2", "diameter": "m", "thickness": "m"}
_NUMBER = r"(?P<number>[+-]?\d{1,4}(?:[.,]\d+)?(?:[eE][+-]?\d{1,2})?)"
_DEGREES = r"deg(?:rees)?[ _.]?C?|[°º℃]\s?C?|celsius"
_IN_HEADER = (
    re.compile(rf"\b(?:temperature|temp\.?|T)\s*[:=]\s*{_NUMBER}\s*(?P<unit>{_DEGREES}|C|K)(?![\w/])", re.IGNORECASE),
    re.compile(
        rf"\b(?:temperature|temp\.?|T)\s*[\[(](?P<unit>{_DEGREES}|C|K)[\])]\s*[:=]\s*{_NUMBER}(?!\w)", re.IGNORECASE
    ),
)
_ROW = re.compile(r"[\s\"]*[+-]?[\d.,]+(?:[eE][+-]?\d+)?\s*[,;\t ]\s*[+-]?\d")
_ALONE = re.compile(rf"\W*{_NUMBER}\s*(?P<unit>{_DEGREES}|C|K)[\s,;:]*", re.IGNORECASE)
# A bare "C" after a small number is a C-rate more often than a temperature, so it needs two digits and no point.
_IN_NAME = re.compile(
    r"(?:(?<![a-z0-9.])(?P<minus>-)|(?<![0-9.]))(?P<number>\d{1,4}(?:\.\d+)?)"
    r"[ _]?(?P<unit>deg(?:rees)?[ _]?c?(?![a-z])|[°º]\s?c?|℃|celsius"
    r"|(?<=\d\d)(?-i:C)(?![a-z0-9])|(?<=\d\d\d)(?-i:K)(?![a-z0-9]))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What belongs to every sweep of a file. given: a person said the temperature, so nothing overrides it."""

    temperature_K: float | None
    temperature_from: str | None
    geometry: SampleGeometry
    warnings: tuple[str, ...] = ()

    @property
    def given(self) -> bool:
        return self.temperature_from in ("given", SIDECAR)


def conditions_of(
    path: Path, preamble: Sequence[str], temperature_K: float | None, geometry: SampleGeometry
) -> Conditions:
    """Return temperature and geometry: what was given first, then the TOML beside the file, then header and name.

    Raises SpecError for a faulty TOML, UnitError for a temperature that is not above 0 K.
    """
    if temperature_K is not None and not (isfinite(temperature_K) and temperature_K > 0):
        raise UnitError(Fault("temperature_K", f"{temperature_K} K is no temperature", "Give a number above 0 K"))
    said = read_sidecar(path.parent / SIDECAR, path.name)
    geometry = merged(geometry, said)
    found, origin, warnings = _found(path, preamble)
    given, given_by = (temperature_K, "given") if temperature_K is not None else (said.get("temperature"), SIDECAR)
    if given is None:
        return Conditions(found, origin, geometry, warnings)
    if found is not None and abs(found - given) > 1:
        warnings = (*warnings, f"the temperature {given_by} is {given:g} K, but the {origin} says {found:g} K")
    return Conditions(given, given_by, geometry, warnings)


def merged(geometry: SampleGeometry, said: dict[str, Any]) -> SampleGeometry:
    """What the caller gave wins, field by field; an area's name belongs to the area it came with."""
    beside = SampleGeometry(said.get("area"), said.get("area_name"), said.get("thickness"), said.get("interfaces"))
    merged = {}
    for field in fields(SampleGeometry):
        own = getattr(geometry, field.name)
        merged[field.name] = own if own is not None else getattr(beside, field.name)
    if geometry.area_m2 is not None:
        merged["area_name"] = geometry.area_name
    return SampleGeometry(**merged)


def _found(path: Path, preamble: Sequence[str]) -> tuple[float | None, str | None, tuple[str, ...]]:
    """Return the temperature in the header or, failing that, in the name; several different ones are none."""
    head = "\n".join(line[:1000] for line in preamble[:1000])
    in_header = (match for pattern in _IN_HEADER for match in pattern.finditer(head))
    places = {"file header": _kelvins(in_header), "file name": _kelvins(_IN_NAME.finditer(path.stem))}
    for origin, kelvins in places.items():
        listed = ", ".join(f"{kelvin:g} K" for kelvin in sorted(kelvins))
        if len(kelvins) > 1:
            return None, None, (f"the {origin} has several temperatures ({listed}); none was used",)
        if kelvins:
            others = sorted(places["file name"] - kelvins)
            differs = (f"the {origin} says {listed}, but the file name {others[0]:g} K",) if others else ()
            return kelvins.pop(), origin, differs
    return None, None, ()


def temperature_said(line: str) -> float | None:
    """Return the temperature (K) that a line between tables gives, "T = 80 degC" or "80 degC" alone; None without one."""
    match = next(filter(None, (pattern.search(line) for pattern in _IN_HEADER)), None) or _ALONE.fullmatch(line)
    return next(iter(_kelvins([match])), None) if match else None


def temperatures_between(lines: list[str], rows: list[str]) -> NDArray[np.float64] | None:
    """Return the temperature (K) of each row from lines between them, NaN above the first; None without such a line."""
    titles = {
        at: kelvin for at, line in enumerate(lines) if not _ROW.match(line) and (kelvin := temperature_said(line))
    }
    if not titles:
        return None
    found, kelvin = np.full(len(rows), np.nan), np.nan
    place = 0
    for at, line in enumerate(lines):
        kelvin = titles.get(at, kelvin)
        if place < len(rows) and line is rows[place]:
            found[place] = kelvin
            place += 1
    return found


def _kelvins(matches: Iterable[re.Match[str]]) -> set[float]:
    kelvins = set()
    for match in matches:
        number = float(match["number"].replace(",", "."))
        number = -number if match.groupdict().get("minus") else number
        kelvin = number if match["unit"].lower() == "k" else round(to_si(f"{number} degC", "K"), 6)
        if kelvin > 0:
            kelvins.add(kelvin)
    return kelvins


def read_sidecar(path: Path, name: str) -> dict[str, Any]:
    """Return what the TOML says of the file `name`, in SI units; nothing when there is no TOML.

    Raises SpecError with every fault of the whole TOML, also of parts that are about other files, FileFormatError for none.
    """
    if not path.is_file():
        return {}
    document = read_toml(path)
    faults: list[Fault] = []
    files = document.pop("files", {})
    if not isinstance(files, dict) or not all(isinstance(entry, dict) for entry in files.values()):
        files = {}
        faults.append(Fault(f"{path}: files", "is no table of tables", 'Write [files."name.txt"]'))
    common = _section(document, f"{path}", faults)
    single = {key: _section(entry, f"{path}: files.{key!r}", faults) for key, entry in files.items()}
    missing = [key for key in files if not is_file(path.parent / key)]
    faults += [Fault(f"{path}: files.{key!r}", "names no file beside it", "Check the spelling") for key in missing]
    if faults:
        raise SpecError(faults)
    return _overridden(common, single.get(name, {}))


def described_in(description: Path | None) -> tuple[str | None, dict[str, Any]]:
    """Return the columns that a description of one file says, and its conditions in SI units. Raises SpecError."""
    entries = {} if description is None else read_toml(description)
    columns = entries.pop("columns", None)
    faults: list[Fault] = []
    said = _section({key: value for key, value in entries.items() if key != "technique"}, f"{description}", faults)
    if faults:
        raise SpecError(faults)
    return None if columns is None else str(columns), said


def as_description(said: dict[str, Any]) -> str:
    """Return what read_sidecar said, as a description of one file."""
    lines = [f"# from {SIDECAR}", 'technique = "eis"']
    for key, value in said.items():
        text = f"{value!r} {_UNITS[key]}" if key in _UNITS else value
        lines.append(f"{key} = {json.dumps(text, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def _overridden(common: dict[str, Any], single: dict[str, Any]) -> dict[str, Any]:
    """What is said of one file wins; a new area does not keep the old area's name."""
    if "area" in single:
        common = {key: value for key, value in common.items() if key != "area_name"}
    return {**common, **single}


def _section(entries: dict[str, Any], where: str, faults: list[Fault]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, value in entries.items():
        try:
            said[key] = _value(key, value, f"{where}: {key}")
        except (SpecError, UnitError) as error:
            faults.extend(error.faults)
    if "diameter" in said:
        if "area" in said:
            faults.append(Fault(f"{where}: diameter", "is given beside an area", "Give one of the two"))
        diameter = said.pop("diameter")
        said["area"] = pi * diameter**2 / 4
        said.setdefault("area_name", f"disc of diameter {diameter * 1000:g} mm")
    return said


def _value(key: str, value: object, where: str) -> float | int | str:
    """Return one entry in SI units. Raises SpecError, or UnitError as units.to_si does."""
    if key not in KEYS:
        raise SpecError(Fault(where, "is not a known key", f"Known keys are {', '.join(KEYS)} and files"))
    if key == "area_name":
        if isinstance(value, str):
            return value
        raise SpecError(Fault(where, f"{value!r} is no text", 'Write for example "lithium foil, 6 mm"'))
    if key == "interfaces":
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return value
        raise SpecError(Fault(where, f"{value!r} is no whole number of interfaces", "Write 1 or 2"))
    number = to_si(value if isinstance(value, str) else str(value), _UNITS[key], where)
    if number > 0:
        return number
    raise SpecError(Fault(where, f"{value!r} is not positive", "Write a positive quantity"))
