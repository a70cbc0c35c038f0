"""What a person should know before believing a fit: one sentence each."""

import re
from dataclasses import dataclass
from math import isfinite

from ionweld.analyse.xps.composition import SpeciesAmount
from ionweld.analyse.xps.model import Model
from ionweld.errors import Fault, InputError
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.spec.photoelectron import Doublet, SpeciesLine, SurfaceTables, surface_tables

_TOLERANCE_EV = 0.3  # how far outside every reference a claimed energy may lie before it is called a contradiction
_RICH_PERCENT = 5.0
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


def all_flags(
    measurement: Photoelectron,
    model: Model,
    amounts: tuple[SpeciesAmount, ...],
    out_of_range: tuple[str, ...],
    verdicts: tuple[str, ...],
    left_out: tuple[str, ...],
    claims: tuple[Claim, ...],
) -> tuple[str, ...]:
    """Return all that has to be said of a fit."""
    flags = list(verdicts)
    flags += [f"not fitted: {one}" for one in left_out]
    flags += _not_counted(measurement, model)
    flags += [f"out of range: {one}" for one in out_of_range]
    flags += _reference_flags(model, amounts)
    flags += _fluoride_flags(measurement, amounts)
    flags += _exposure_flags(model)
    checked = [check_claim(claim, model.tables) for claim in claims]
    flags += [f"claim: {one.says}" for one in checked if one.agrees is not True]
    return tuple(flags)


def _not_counted(measurement: Photoelectron, model: Model) -> list[str]:
    """Say so when elements were measured whose lines are not in the fit: what is given is no composition of the surface."""
    fitted = {scan.line.split()[0] for scan in model.scans}
    lines = [match for region in measurement.regions if (match := _LINE.fullmatch(region.label))]
    others = sorted({match[1] for match in lines} - fitted)
    if not others:
        return []
    return [f"atomic percent are shares of what was fitted; measured too and not counted: {', '.join(others)}"]


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


def _exposure_flags(model: Model) -> list[str]:
    if len(model.scans) < 2:
        return []
    unknown = [scan.line for scan in model.scans if scan.exposure_s is None]
    return [f"exposure: the counting time of {', '.join(unknown)} is not known; taken as equal"] if unknown else []
