"""Reads the TOML of an interface study, runs what it names, and hands the evidence to the verdict.

    name = "welded, after 20 cycles"
    temperature = "80 degC"

    [xps]
    files = ["welded.vms"]
    sputtered = false
    rinsed = true
    claims = ["LiCl Cl 2p 200.1"]

    [sem]
    image = "welded.tif"
    scale = "5 um = 312 px"        # where the file does not say
    between = [0.40, 0.48]         # where several layers were found
    edges = "ridge,steepest"       # what an edge is, where it is not the steepest point
    gap = false                    # true when what is measured is empty

    [eds]
    maps = ["F_Ka.csv", "O_Ka.csv", "continuum.csv"]
    layer = [0.40, 0.48]
    background = "continuum"

    [impedance]
    area_specific_resistance = "120 ohm*cm^2"   # of one interface
    stderr = "10 ohm*cm^2"
    capacitance = "1 uF/cm^2"                   # of the same arc, if known: it tells whether the arc is the layer's
    source = "fit of the arc at 1 kHz"

Instead of [sem], [thickness] with value, stderr and source; every table but one may be missing.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool

from ionweld.analyse.eds.profile import EdsResult, eds_profile
from ionweld.analyse.sem.conventions import parse_edges
from ionweld.analyse.sem.layers import measure_layers
from ionweld.analyse.xps.fit import XpsFit, fit_xps
from ionweld.analyse.xps.flags import parse_claim
from ionweld.errors import Fault
from ionweld.read.eds import read_maps
from ionweld.read.sem import parse_scale, read_micrograph, with_scale
from ionweld.read.xps import join_samples, read_xps
from ionweld.spec.faults import check, read_toml
from ionweld.spec.part import Part
from ionweld.spec.quantity import In, Length, Quantity, Temperature, complaint
from ionweld.verdict.interface import Evidence, Resistance, Thickness

_EVIDENCE = ("xps", "sem", "thickness", "eds", "impedance")


def _window(raw: Any) -> tuple[float, float]:
    numbers = isinstance(raw, list) and len(raw) == 2 and all(type(one) in (int, float) for one in raw)
    if not numbers or not 0.0 <= raw[0] < raw[1] <= 1.0:
        raise complaint(f"{raw!r} is no pair of rising fractions of the picture", "Write it as [0.4, 0.5]")
    return float(raw[0]), float(raw[1])


Window = Annotated[tuple[float, float], BeforeValidator(_window)]
Texts = Annotated[list[str], Field(min_length=1)]
AreaSpecific = Annotated[Quantity, In("ohm*m^2")]


class StatedXps(Part):
    """[xps]: files, and what is known of the sample; None = not said."""

    files: Texts = Field(examples=['["welded.vms"]'])
    species: Texts | None = None
    region: str | None = None
    sputtered: StrictBool | None = None
    rinsed: StrictBool | None = None
    claims: tuple[str, ...] = ()


class StatedPicture(Part):
    """[sem]: a micrograph, and which of its layers is meant."""

    image: str = Field(examples=['"welded.tif"'])
    scale: str | None = None
    between: Window | None = None
    edges: str = "steepest"
    gap: StrictBool = False


class StatedThickness(Part):
    """[thickness]: measured elsewhere."""

    value: Length = Field(examples=['"2 um"'])
    stderr: Length = Field(examples=['"0.1 um"'])
    source: str | None = None
    gap: StrictBool = False


class StatedMaps(Part):
    """[eds]: maps of lines, and where the layer lies in them."""

    maps: Texts = Field(examples=['["F_Ka.csv", "continuum.csv"]'])
    layer: Window = Field(examples=["[0.40, 0.48]"])
    background: str | None = None
    flat: StrictBool = False


class StatedImpedance(Part):
    """[impedance]: of one interface."""

    area_specific_resistance: AreaSpecific = Field(examples=['"120 ohm*cm^2"'])
    stderr: AreaSpecific = Field(examples=['"10 ohm*cm^2"'])
    capacitance: Annotated[Quantity, In("F/m^2")] | None = None
    source: str | None = None


class InterfaceStudy(Part):
    """The file: what was measured of one interface."""

    name: str | None = None
    temperature: Temperature = Field(examples=['"80 degC"'])
    xps: StatedXps | None = None
    sem: StatedPicture | None = None
    thickness: StatedThickness | None = None
    eds: StatedMaps | None = None
    impedance: StatedImpedance | None = None


def load_study(path: Path) -> Evidence:
    """Return the evidence that a study file names; its files are looked for beside it.

    Raises SpecError with every fault of the file at once, and what readers and fits raise.
    """
    study = check(InterfaceStudy, read_toml(path), str(path), _faults)
    folder, given = path.parent, f"given in {path.name}"
    return Evidence(
        study.name or path.stem,
        study.temperature.value,
        study.xps and _xps(folder, study.xps),
        study.eds and _eds(folder, study.eds),
        _thickness(study.thickness, given) if study.thickness else study.sem and _sem(folder, study.sem),
        study.impedance and _resistance(study.impedance, given),
    )


def _faults(document: dict[str, Any]) -> list[Fault]:
    faults = []
    if not any(name in document for name in _EVIDENCE):
        tables = ", ".join(f"[{name}]" for name in _EVIDENCE)
        faults.append(Fault("measurements", "names no measurement", f"Add one of the tables {tables}"))
    if "sem" in document and "thickness" in document:
        faults.append(Fault("thickness", "stands beside [sem]", "Keep one of the two"))
    return faults


def _thickness(said: StatedThickness, given: str) -> Thickness:
    return Thickness(said.value.value, said.stderr.value, said.source or given, said.gap)


def _resistance(said: StatedImpedance, given: str) -> Resistance:
    stored = said.capacitance.value if said.capacitance else None
    return Resistance(said.area_specific_resistance.value, said.stderr.value, said.source or given, stored)


def _sem(folder: Path, said: StatedPicture) -> Thickness:
    edges = parse_edges(said.edges, "sem.edges")
    picture = read_micrograph(folder / said.image)
    if said.scale is not None:
        picture = with_scale(picture, parse_scale(said.scale))
    layer = measure_layers(picture, between=said.between, edges=edges).layers[0]
    rows = f"mean of {len(layer.rows_px)} rows, edges {' and '.join(edges)}"
    source = f"SEM, {said.image}: {rows}, sha256 {picture.provenance.sha256[:12]}"
    return Thickness(layer.thickness_m, layer.stderr_m, source, said.gap)


def _xps(folder: Path, said: StatedXps) -> XpsFit:
    claims = tuple(parse_claim(text) for text in said.claims)
    measurement = join_samples([read_xps(folder / name) for name in said.files], said.sputtered, said.rinsed)
    return fit_xps(measurement, said.species, region=said.region, claims=claims)


def _eds(folder: Path, said: StatedMaps) -> EdsResult:
    return eds_profile(read_maps([folder / name for name in said.maps]), said.layer, not said.flat, said.background)
