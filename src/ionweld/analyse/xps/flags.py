"""What a person should know before believing a fit: one sentence each."""

import re
from dataclasses import dataclass
from math import isfinite

from ionweld.analyse.xps.composition import SpeciesAmount
from ionweld.analyse.xps.model import Model
from ionweld.analyse.xps.whole import WholeLine
from ionweld.errors import Fault, InputError
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.spec.photoelectron import Doublet, SpeciesLine, SurfaceTables, core_lines, surface_tables

_TOLERANCE_EV = 0.3  # how far outside every reference a claimed energy may lie before it is called a contradiction
_RICH_PERCENT = 5.0
_END_EV = 3.0  # nearer to an end of the scan, and the foot of the line is cut off
_FAR_EV = 12.0  # shifts of oxidation and charging together seldom reach that far
_LINE = re.compile(r"([A-Z][a-z]?) \d[spdf].*")


@dataclass(frozen=True, slots=True)
class Claim:
    """An assignment that somebody made: this line of this species at this energy."""

    species: str
    line: str
    energy_eV: float


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim against the table: agrees is None when the table has no such line."""

    claim: Claim
    agrees: bool | None
    says: str


def parse_claim(text: str) -> Claim:
    """Return the assignment that "LiCl Cl 2p 200.1" (or with "eV" behind) makes."""
    words = text.removesuffix("eV").split()
    try:
        energy = float(words[-1])
    except (ValueError, IndexError):
        energy = float("nan")
    if len(words) < 4 or not isfinite(energy):
        mend = 'Write species, line and energy in eV, for example "LiCl Cl 2p 200.1"'
        raise InputError(Fault("claim", f"{text!r} is no assignment", mend))
    return Claim(" ".join(words[:-3]), " ".join(words[-3:-1]), energy)


def check_claim(claim: Claim, tables: SurfaceTables | None = None) -> Checked:
    """Compare a claimed energy with the references of its species, and say what else stands there.

    tables: those that ship, when not given.
    """
    tables = tables or surface_tables()
    species = tables.species.get(claim.species)
    line = next((one for one in species.lines if one.line == claim.line), None) if species else None
    where = f"{claim.species} {claim.line} {claim.energy_eV:g} eV"
    if line is None:
        return Checked(claim, None, f"{where}: the table has no such line; it cannot be checked")
    if line.low_eV - _TOLERANCE_EV <= claim.energy_eV <= line.high_eV + _TOLERANCE_EV:
        return Checked(claim, True, f"{where}: within the references ({_range(line)}; {line.source})")
    return Checked(
        claim, False, f"{where}: outside the references ({_range(line)}; {line.source}){_partner(claim, line, tables)}"
    )


def _range(line: SpeciesLine) -> str:
    return f"{line.low_eV:g} to {line.high_eV:g} eV"


def _partner(claim: Claim, line: SpeciesLine, tables: SurfaceTables) -> str:
    """Say so when the claimed energy is where the weaker partner of the doublet stands."""
    doublet: Doublet | None = tables.doublets.get(claim.line)
    if doublet is None:
        return ""
    low, high = line.low_eV + doublet.splitting_eV, line.high_eV + doublet.splitting_eV
    if low - _TOLERANCE_EV <= claim.energy_eV <= high + _TOLERANCE_EV:
        return (
            f"; the weaker partner of the doublet belongs at {low:.1f} to {high:.1f} eV, so this may be the partner "
            "taken for the line: assign from the tied doublet, never from one number"
        )
    return ""


@dataclass(frozen=True, slots=True)
class Said:
    """What the steps before have to say: why no errors are given, of the scans, of places, of lines counted whole."""

    verdicts: tuple[str, ...]
    scans: tuple[str, ...]
    out_of_range: tuple[str, ...]
    whole: tuple[str, ...]


def all_flags(
    measurement: Photoelectron,
    model: Model | None,
    amounts: tuple[SpeciesAmount, ...],
    whole: tuple[WholeLine, ...],
    said: Said,
    claims: tuple[Claim, ...],
    tables: SurfaceTables,
) -> tuple[str, ...]:
    """Return all that has to be said of a fit. model: None where every line was counted whole."""
    flags = [*said.verdicts, *said.scans, *said.whole]
    fitted = tuple(scan for scan in model.scans) if model else ()
    flags += _not_counted(measurement, {scan.line for scan in fitted} | {one.line for one in whole if one.counted})
    flags += [f"out of range: {one}" for one in said.out_of_range]
    if model is not None:
        flags += _reference_flags(model, amounts)
        flags += _fluoride_flags(measurement, amounts)
    flags += _exposure_flags(measurement, {scan.line for scan in fitted} | {one.line for one in whole})
    checked = [check_claim(claim, tables) for claim in claims]
    flags += [f"claim: {one.says}" for one in checked if one.agrees is not True]
    return tuple(flags)


def _not_counted(measurement: Photoelectron, counted: set[str]) -> list[str]:
    """Say so when elements were measured that are not counted: what is given is no composition of the surface."""
    elements = {line.split()[0] for line in counted}
    lines = [match for region in measurement.regions if (match := _LINE.fullmatch(region.label))]
    others = sorted({match[1] for match in lines} - elements)
    if not others:
        return []
    return [f"atomic percent are shares of what was counted; measured too and not counted: {', '.join(others)}"]


def whole_flags(measurement: Photoelectron, whole: tuple[WholeLine, ...]) -> tuple[str, ...]:
    """Return what has to be said of lines that were counted whole, and of lines that stand in the place of others."""
    flags = []
    for one in whole:
        if one.atoms is None:
            flags.append(
                f"{one.line}: its area is given, no atoms: no sensitivity factor is known; bring it with --tables FILE"
            )
        elif not one.counted:
            flags.append(f"{one.line}: its area is given, no atoms: {one.element} is counted by another line")
        if not one.both_partners:
            flags.append(f"{one.line}: the scan ends before the weaker partner; the stronger one's share is counted")
        if one.seen and min(one.peak_eV - one.energy_eV[0], one.energy_eV[-1] - one.peak_eV) < _END_EV:
            flags.append(f"{one.line}: the line stands at an end of its scan, so that a part of it may be missing")
        flags += _far_from_its_place(one)
    return (*flags, *_shared_places(measurement))


def _far_from_its_place(one: WholeLine) -> list[str]:
    line = core_lines().get(one.line)
    if line is None or not one.seen or abs(one.peak_eV - line.at_eV[0]) <= _FAR_EV:
        return []
    return [f"{one.line}: its highest point is at {one.peak_eV:.1f} eV, the element's stands at {line.at_eV[0]:g} eV"]


def _shared_places(measurement: Photoelectron) -> list[str]:
    """Say so where lines of another element that was measured stand within a narrow scan."""
    labels = {region.label for region in measurement.regions if _LINE.fullmatch(region.label)}
    elements = {label.split()[0] for label in labels}
    flags = []
    for region in measurement.regions:
        low, high = region.binding_energy_eV.min(), region.binding_energy_eV.max()
        others = [
            one.name for one in core_lines().values()
            if region.label in labels and one.element in elements - {region.label.split()[0]}
            and any(low < at < high for at in one.at_eV)
        ]  # fmt: skip
        if others:
            flags.append(
                f"{region.label}: {', '.join(others)} may stand in the same scan, and would be counted with it"
            )
    return flags


def _reference_flags(model: Model, amounts: tuple[SpeciesAmount, ...]) -> list[str]:
    names = {one.name for one in model.species}
    flags = []
    if not any(component.line.fixed for component in model.components):
        flags.append(
            "charge shift: no reference line (adventitious C 1s) is in the fit, so the shift rests on the species"
        )
    flags += _weak_reference(model, amounts)
    if "Li metal" in names:
        flags.append("charge shift: metallic lithium shifts what lies on it by up to several eV (Oswald 2015)")
    missing = {c.line.line for c in model.components} - set(model.tables.sensitivity.value)
    if missing:
        flags.append(f"no sensitivity factor for {', '.join(sorted(missing))}: atomic percent only within that region")
    assumed = {f"{names_} {c.line.line}" for c in model.components if c.line.status == "assumed"
               for names_ in [model.species[c.species].name]}  # fmt: skip
    flags += [f"assumed reference: {one} has no literature value" for one in sorted(assumed)]
    return flags


def _weak_reference(model: Model, amounts: tuple[SpeciesAmount, ...]) -> list[str]:
    """Say so when aliphatic carbon, on which the charge shift rests, is not the strongest of the organic carbons."""
    share = {one.name: one.atomic_percent for one in amounts}
    organic = [one.name for one in model.species if one.role == "organic" and "C" in one.formula]
    if "C-C" in organic and share["C-C"] < max(share[name] for name in organic):
        return ["charge shift: C-C is not the strongest organic carbon; the shift may have locked onto another line"]
    return []


def _fluoride_flags(measurement: Photoelectron, amounts: tuple[SpeciesAmount, ...]) -> list[str]:
    fluoride = next((one for one in amounts if one.name == "LiF" and one.detected), None)
    if fluoride is None or fluoride.atomic_percent < _RICH_PERCENT:
        return []
    if measurement.sputtered:
        return ["LiF: the sample was sputtered, which turns salt residues into LiF (10.1021/acsenergylett.2c01587)"]
    unknown = [
        name for name, value in (("sputtered", measurement.sputtered), ("rinsed", measurement.rinsed)) if value is None
    ]
    if unknown:
        what = f"LiF: say whether the sample was {' and '.join(unknown)} before calling it LiF-rich; "
        return [what + "Ar+ sputtering turns salt residues into LiF (10.1021/acsenergylett.2c01587)"]
    return [] if measurement.rinsed else ["LiF: the sample was not rinsed, so fluoride of salt residues may be counted"]


def _exposure_flags(measurement: Photoelectron, lines: set[str]) -> list[str]:
    if len(lines) < 2:
        return []
    unknown = [one.label for one in measurement.regions if one.label in lines and not (one.dwell_s and one.sweeps)]
    return [f"exposure: the counting time of {', '.join(unknown)} is not known; taken as equal"] if unknown else []
