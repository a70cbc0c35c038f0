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

from math import isfinite
from pathlib import Path
from typing import Any

from ionweld.analyse.eds.profile import EdsResult, eds_profile
from ionweld.analyse.sem.conventions import parse_edges
from ionweld.analyse.sem.layers import measure_layers
from ionweld.analyse.xps.fit import XpsFit, fit_xps
from ionweld.analyse.xps.flags import Claim, parse_claim
from ionweld.errors import Fault, SpecError, UnitError
from ionweld.read.eds import read_maps
from ionweld.read.sem import parse_scale, read_micrograph, with_scale
from ionweld.read.xps import join_samples, read_xps
from ionweld.spec.faults import read_toml
from ionweld.units import to_si
from ionweld.verdict.interface import Evidence, Resistance, Thickness

_KEYS: dict[str, set[str]] = {
    "xps": {"files", "species", "region", "sputtered", "rinsed", "claims"},
    "sem": {"image", "scale", "between", "edges", "gap"},
    "thickness": {"value", "stderr", "source", "gap"},
    "eds": {"maps", "layer", "background", "flat"},
    "impedance": {"area_specific_resistance", "stderr", "capacitance", "source"},
}
_REQUIRED: dict[str, tuple[str, ...]] = {
    "xps": ("files",), "sem": ("image",), "thickness": ("value", "stderr"), "eds": ("maps", "layer"),
    "impedance": ("area_specific_resistance", "stderr"),
}  # fmt: skip
_TYPES: dict[str, type | tuple[type, ...]] = {
    "files": list, "species": list, "region": str, "sputtered": bool, "rinsed": bool, "claims": list, "image": str,
    "scale": str, "between": list, "edges": str, "gap": bool, "value": str, "stderr": str, "source": str, "maps": list,
    "layer": list, "background": str, "flat": bool, "area_specific_resistance": str, "capacitance": str,
}  # fmt: skip


def load_study(path: Path) -> Evidence:
    """Return the evidence that a study file names; its files are looked for beside it.

    Raises SpecError with every fault of the file at once, and what readers and fits raise.
    """
    study = read_toml(path)
    faults = _check(path, study)
    if faults:
        raise SpecError(faults)
    folder = path.parent
    numbers: list[Fault] = []
    temperature = _quantity(study.get("temperature"), "K", f"{path}: temperature", numbers)
    thickness = _given_thickness(path, study.get("thickness"), numbers)
    resistance = _resistance(path, study.get("impedance"), numbers)
    if numbers:
        raise SpecError(numbers)
    return Evidence(
        str(study.get("name", path.stem)),
        temperature,
        _xps(folder, study.get("xps")),
        _eds(folder, study.get("eds")),
        thickness or _sem(folder, study.get("sem")),
        resistance,
    )


def _check(path: Path, study: dict[str, Any]) -> list[Fault]:
    """Return every fault of form: unknown keys, missing ones, values of the wrong kind, nothing measured."""
    faults = []
    for key, value in study.items():
        if key in ("name", "temperature"):
            if not isinstance(value, str):
                faults.append(Fault(f"{path}: {key}", f"is {value!r}", 'Write it as text, for example "80 degC"'))
        elif key not in _KEYS or not isinstance(value, dict):
            faults.append(Fault(f"{path}: {key}", "is not known here", f"Known tables: {', '.join(_KEYS)}"))
        else:
            faults += _check_table(path, key, value)
    if "temperature" not in study:
        faults.append(Fault(f"{path}: temperature", "is missing", 'Add temperature = "80 degC"'))
    if not any(key in study for key in _KEYS):
        faults.append(Fault(str(path), "names no measurement", f"Add one of the tables {', '.join(_KEYS)}"))
    if "sem" in study and "thickness" in study:
        faults.append(Fault(f"{path}: thickness", "stands beside [sem]", "Keep one of the two"))
    return faults


def _check_table(path: Path, table: str, content: dict[str, Any]) -> list[Fault]:
    faults = [
        Fault(f"{path}: {table}.{key}", "is not known here", f"Known: {', '.join(sorted(_KEYS[table]))}")
        for key in content
        if key not in _KEYS[table]
    ]
    faults += [
        Fault(f"{path}: {table}.{key}", f"is {value!r}", f"Write it as a TOML {_kind(key)}")
        for key, value in content.items()
        if key in _KEYS[table] and not _fits(key, value)
    ]
    faults += [
        Fault(f"{path}: {table}.{key}", "is missing", "Add it") for key in _REQUIRED[table] if key not in content
    ]
    return faults


def _fits(key: str, value: Any) -> bool:
    if key in ("between", "layer"):
        numbers = isinstance(value, list) and len(value) == 2 and all(type(one) in (int, float) for one in value)
        return numbers and 0 <= value[0] < value[1] <= 1
    if not isinstance(value, _TYPES[key]):
        return False
    return not isinstance(value, list) or (bool(value) and all(isinstance(one, str) for one in value))


def _kind(key: str) -> str:
    if key in ("between", "layer"):
        return "list of two rising fractions, [0.4, 0.5]"
    return {list: "list of texts", str: "text", bool: "true or false"}[_TYPES[key]]  # type: ignore[index]


def _quantity(raw: Any, unit: str, where: str, faults: list[Fault]) -> float:
    """Return a positive SI number; faults are collected, so that a file with several shows them all."""
    try:
        value = to_si(str(raw), unit, where)
    except UnitError as error:
        faults += error.faults
        return float("nan")
    if not (value > 0 and isfinite(value)):
        faults.append(Fault(where, f"{raw!r} is not above zero", "Write a positive number"))
    return value


def _given_thickness(path: Path, table: dict[str, Any] | None, faults: list[Fault]) -> Thickness | None:
    if table is None:
        return None
    value = _quantity(table["value"], "m", f"{path}: thickness.value", faults)
    error = _quantity(table["stderr"], "m", f"{path}: thickness.stderr", faults)
    return Thickness(value, error, table.get("source", f"given in {path.name}"), table.get("gap", False))


def _resistance(path: Path, table: dict[str, Any] | None, faults: list[Fault]) -> Resistance | None:
    if table is None:
        return None
    where = f"{path}: impedance"
    value = _quantity(table["area_specific_resistance"], "ohm*m^2", f"{where}.area_specific_resistance", faults)
    error = _quantity(table["stderr"], "ohm*m^2", f"{where}.stderr", faults)
    stored = table.get("capacitance")
    C = None if stored is None else _quantity(stored, "F/m^2", f"{where}.capacitance", faults)
    return Resistance(value, error, table.get("source", f"given in {path.name}"), C)


def _sem(folder: Path, table: dict[str, Any] | None) -> Thickness | None:
    if table is None:
        return None
    edges = parse_edges(table.get("edges", "steepest"), "sem.edges")
    picture = read_micrograph(folder / table["image"])
    if "scale" in table:
        picture = with_scale(picture, parse_scale(table["scale"]))
    between = (float(table["between"][0]), float(table["between"][1])) if "between" in table else None
    layer = measure_layers(picture, between=between, edges=edges).layers[0]
    rows = f"mean of {len(layer.rows_px)} rows, edges {' and '.join(edges)}"
    source = f"SEM, {table['image']}: {rows}, sha256 {picture.provenance.sha256[:12]}"
    return Thickness(layer.thickness_m, layer.stderr_m, source, table.get("gap", False))


def _xps(folder: Path, table: dict[str, Any] | None) -> XpsFit | None:
    if table is None:
        return None
    claims: tuple[Claim, ...] = tuple(parse_claim(text) for text in table.get("claims", []))
    parts = [read_xps(folder / name) for name in table["files"]]
    measurement = join_samples(parts, table.get("sputtered"), table.get("rinsed"))
    return fit_xps(measurement, table.get("species"), region=table.get("region"), claims=claims)


def _eds(folder: Path, table: dict[str, Any] | None) -> EdsResult | None:
    if table is None:
        return None
    maps = read_maps([folder / name for name in table["maps"]])
    layer = (float(table["layer"][0]), float(table["layer"][1]))
    return eds_profile(maps, layer, not table.get("flat", False), table.get("background"))
