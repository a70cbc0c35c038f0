"""A soaking study as a person writes it: which files belong to the pristine portion and to each treated one.

wavelength = "Cu"                  # where the diffractograms do not say it
ordinate = "absorbance"            # where the infrared spectra do not say it

[pristine]
xrd = "pristine.xy"
ftir = "pristine.csv"
conductivity = "1.2e-5 S/cm"       # from impedance, all samples at one temperature
conductivity_error = "10 %"

[[treated]]
name = "THF"
xrd = "thf.xy"
ftir = "thf.csv"
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ionweld.errors import Fault, SpecError, UnitError
from ionweld.units import to_si

LARGEST_STUDY_BYTES = 1_000_000
_TOP = {"name", "wavelength", "ordinate", "pristine", "treated"}
_SAMPLE = {"name", "xrd", "ftir", "conductivity", "conductivity_error", "notes"}


@dataclass(frozen=True, slots=True)
class Portion:
    """The files and numbers of one portion; None = not measured. conductivity_S_m with its relative error."""

    name: str
    xrd: Path | None
    ftir: Path | None
    conductivity_S_m: float | None
    conductivity_error: float | None


@dataclass(frozen=True, slots=True)
class SoakingStudy:
    """A pristine portion and the treated ones. wavelength, ordinate: as given, or empty."""

    pristine: Portion
    treated: tuple[Portion, ...]
    wavelength: str
    ordinate: str


def read_soaking_study(path: Path) -> SoakingStudy:
    """Return the study in a TOML file. Raises SpecError that lists every fault with its place."""
    table = _load(path)
    faults: list[Fault] = []
    faults += [_unknown(path, "", key, _TOP) for key in table if key not in _TOP]
    rows = table.get("treated")
    if not isinstance(rows, list) or not rows:
        faults.append(
            Fault(f"{path}: treated", "no treated sample is given", 'Add a table [[treated]] with name = "THF"')
        )
        rows = []
    pristine = _portion(path, "pristine", table.get("pristine"), faults)
    treated = [_portion(path, f"treated[{i}]", row, faults) for i, row in enumerate(rows)]
    names = [portion.name for portion in treated]
    repeated = sorted({name for name in names if names.count(name) > 1})
    faults += [Fault(f"{path}: treated", f"the name {name!r} is used twice", "Name each once") for name in repeated]
    texts = [_text(path, key, table.get(key, ""), faults) for key in ("wavelength", "ordinate")]
    if faults:
        raise SpecError(faults)
    return SoakingStudy(pristine, tuple(treated), *texts)


def _load(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_STUDY_BYTES:
            raise SpecError(
                Fault(str(path), "is too large for a study file", "Give a TOML file that names the samples")
            )
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # ValueError: broken TOML, or no UTF-8
        raise SpecError(
            Fault(str(path), f"cannot be read: {error}", "Give a TOML file that names the samples")
        ) from None


def _portion(path: Path, where: str, row: Any, faults: list[Fault]) -> Portion:
    at = f"{path}: {where}"
    if not isinstance(row, dict):
        faults.append(Fault(at, "is missing", f"Add a table [{where.split('[')[0]}] with xrd and ftir files"))
        return Portion(where, None, None, None, None)
    faults += [_unknown(path, where, key, _SAMPLE) for key in row if key not in _SAMPLE]
    name = _text(path, f"{where}.name", row.get("name", "pristine" if where == "pristine" else ""), faults)
    if not name:
        faults.append(Fault(f"{at}.name", "the sample has no name", 'Write name = "THF"'))
    if not {"xrd", "ftir", "conductivity"} & set(row):
        faults.append(Fault(at, "nothing was measured on this sample", "Give at least one of xrd, ftir, conductivity"))
    if ("conductivity" in row) != ("conductivity_error" in row):
        mend = 'Write both, for example conductivity = "1.2e-5 S/cm" and conductivity_error = "10 %"'
        faults.append(
            Fault(f"{at}.conductivity", "a conductivity needs its error, and an error its conductivity", mend)
        )
    return Portion(
        name=name,
        xrd=_file(path, f"{where}.xrd", row.get("xrd"), faults),
        ftir=_file(path, f"{where}.ftir", row.get("ftir"), faults),
        conductivity_S_m=_quantity(path, f"{where}.conductivity", row.get("conductivity"), "S/m", faults),
        conductivity_error=_quantity(path, f"{where}.conductivity_error", row.get("conductivity_error"), "1", faults),
    )


def _file(path: Path, where: str, value: Any, faults: list[Fault]) -> Path | None:
    if value is None:
        return None
    found = path.parent / _text(path, where, value, faults)
    if not found.is_file():
        faults.append(Fault(f"{path}: {where}", f"{found} does not exist", "Paths are relative to the study file"))
    return found


def _quantity(path: Path, where: str, value: Any, unit: str, faults: list[Fault]) -> float | None:
    if value is None:
        return None
    try:
        number = to_si(_text(path, where, value, faults), unit, f"{path}: {where}")
    except UnitError as error:
        faults += error.faults
        return None
    if not number > 0.0:
        faults.append(Fault(f"{path}: {where}", f"{value!r} is not above zero", "Write a positive number"))
    return number


def _text(path: Path, where: str, value: Any, faults: list[Fault]) -> str:
    if isinstance(value, str):
        return value
    faults.append(Fault(f"{path}: {where}", f"{value!r} is no text", "Write it in quotes"))
    return ""


def _unknown(path: Path, where: str, key: str, known: set[str]) -> Fault:
    place = f"{path}: {where}.{key}" if where else f"{path}: {key}"
    return Fault(place, "is not known", f"Known are {', '.join(sorted(known))}")
