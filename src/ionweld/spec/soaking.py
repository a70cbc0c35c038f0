"""A soaking study as a person writes it: which files belong to the pristine portion and to each treated one.

wavelength = "Cu"                  # where the diffractograms do not say it
ordinate = "absorbance"            # where the infrared spectra do not say it

electrolyte = "Li2OHCl"            # what was soaked: a name of the library or "./my_electrolyte.toml"

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

from pathlib import Path
from typing import Any

from pydantic import Field

from ionweld.errors import Fault, SpecError
from ionweld.spec.faults import check, read_toml
from ionweld.spec.part import Part
from ionweld.spec.quantity import Conductivity, Fraction

LARGEST_STUDY_BYTES = 1_000_000
_MEASURED = ("xrd", "ftir", "conductivity")
_FILES = ("xrd", "ftir")


class SoakedPortion(Part):
    """The files and numbers of one portion; None = not measured."""

    name: str = Field(min_length=1, examples=['"THF"'])
    xrd: Path | None = Field(None, description="diffractogram, relative to the study file")
    ftir: Path | None = Field(None, description="infrared spectrum, relative to the study file")
    conductivity: Conductivity | None = Field(None, examples=['"1.2e-5 S/cm"'])
    conductivity_error: Fraction | None = Field(None, examples=['"10 %"'], description="relative")
    notes: str | None = None


class SoakingStudy(Part):
    """A pristine portion and the treated ones. wavelength, ordinate: as given, or empty."""

    name: str = ""
    wavelength: str = ""
    ordinate: str = ""
    electrolyte: str = Field(
        "Li2OHCl", description="what was soaked: of the library, or a file beside the study that says how it looks"
    )
    pristine: SoakedPortion = Field(examples=['{ xrd = "pristine.xy", ftir = "pristine.csv" }'])
    treated: list[SoakedPortion] = Field(min_length=1, examples=['[{ name = "THF", xrd = "thf.xy" }]'])


def read_soaking_study(path: Path) -> SoakingStudy:
    """Return the study in a TOML file. Raises SpecError that lists every fault with its place, or FileFormatError."""
    if path.is_file() and path.stat().st_size > LARGEST_STUDY_BYTES:
        raise SpecError(Fault(str(path), "is too large for a study file", "Give a TOML file that names the samples"))
    document = read_toml(path)
    if isinstance(pristine := document.get("pristine"), dict):
        document["pristine"] = {"name": "pristine"} | pristine
    if isinstance(own := document.get("electrolyte"), str) and own.endswith(".toml"):
        document["electrolyte"] = str(path.parent / own)
    for _, portion in _portions(document):
        portion |= {name: str(path.parent / portion[name]) for name in _FILES if isinstance(portion.get(name), str)}
    return check(SoakingStudy, document, str(path), _between)


def _portions(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    treated = document.get("treated")
    rows = [("pristine", document.get("pristine"))]
    rows += [(f"treated.{i}", row) for i, row in enumerate(treated if isinstance(treated, list) else [])]
    return [(where, row) for where, row in rows if isinstance(row, dict)]


def _between(document: dict[str, Any]) -> list[Fault]:
    """Return the faults that lie between the fields, and in what they name."""
    portions = _portions(document)
    names = [portion.get("name") for _, portion in portions]
    faults = [
        Fault("treated", f"the name {name!r} is used twice", "Name each once")
        for name in dict.fromkeys(names)
        if name is not None and names.count(name) > 1
    ]
    return faults + [fault for where, portion in portions for fault in _portion_faults(where, portion)]


def _portion_faults(where: str, portion: dict[str, Any]) -> list[Fault]:
    faults = []
    if not portion.keys() & set(_MEASURED):
        mend = "Give at least one of xrd, ftir, conductivity"
        faults.append(Fault(where, "nothing was measured on this sample", mend))
    if ("conductivity" in portion) != ("conductivity_error" in portion):
        mend = 'Write both, for example conductivity = "1.2e-5 S/cm" and conductivity_error = "10 %"'
        seen = "a conductivity needs its error, and an error its conductivity"
        faults.append(Fault(f"{where}.conductivity", seen, mend))
    for name in _FILES:
        if isinstance(portion.get(name), str) and not Path(portion[name]).is_file():
            seen = f"{portion[name]} does not exist"
            faults.append(Fault(f"{where}.{name}", seen, "Paths are relative to the study file"))
    return faults
