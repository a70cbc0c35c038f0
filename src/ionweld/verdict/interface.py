"""What an interface is made of and whether that can conduct as it does: XPS, EDS, SEM and impedance joined.

No technique decides alone. XPS sees some nanometres, EDS a micrometre and no lithium, SEM shapes and no chemistry,
impedance a resistance and no phase. Thickness over area-specific resistance is the conductivity that the layer must
have, and each phase that XPS names is asked whether it could have it: if the arc that gave the resistance is the layer's,
which its capacitance tells. Disagreements are said, not averaged away.
"""

from dataclasses import dataclass
from json import dumps
from math import exp, log, sqrt

from ionweld.analyse.eds.profile import EdsResult
from ionweld.analyse.xps.fit import XpsFit
from ionweld.laws.constants import EPSILON_0
from ionweld.result import Estimate
from ionweld.spec.library import Entry, entry

_GAS_CONSTANT = 8.314462618
_FLUORINE_SPECIES = ("LiF", "organic F")
_CANDIDATES = ("LiF", "Li2CO3", "Li2O", "LiCl", "Li2OHCl")
_XPS_DEPTH_M = 1e-8  # some nanometres: the order of the escape depth of photoelectrons, and enough for a comparison
_LEAST_PERCENT = 1.0
_ANOTHER_ARC = 10.0  # times beyond what a plate could hold: rough layers and constant-phase elements are off by less


@dataclass(frozen=True, slots=True)
class Thickness:
    """Thickness of a layer or gap with its standard error, and where it comes from."""

    value_m: float
    stderr_m: float
    source: str
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class Resistance:
    """Area-specific resistance of one interface with its standard error, ohm m^2, and where it comes from.

    capacitance_F_m2: of the same arc, of one interface per area; None = not known.
    """

    value_ohm_m2: float
    stderr_ohm_m2: float
    source: str
    capacitance_F_m2: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was measured of one interface; None = not measured."""

    name: str
    temperature_K: float
    xps: XpsFit | None = None
    eds: EdsResult | None = None
    thickness: Thickness | None = None
    resistance: Resistance | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phase: whether it could carry the layer's conductivity. seen: XPS found it (None = no XPS)."""

    phase: str
    plausible: bool | None
    low_S_per_m: float
    high_S_per_m: float
    status: str
    source: str
    seen: bool | None


@dataclass(frozen=True, slots=True)
class InterfaceVerdict:
    """The joined verdict: consistent / contradictory / incomplete, with each reason as a sentence."""

    name: str
    verdict: str
    conductivity_S_per_m: Estimate | None
    candidates: tuple[Candidate, ...]
    agreements: tuple[str, ...]
    contradictions: tuple[str, ...]
    cautions: tuple[str, ...]
    next_measurement: str


def judge(evidence: Evidence) -> InterfaceVerdict:
    """Join what was measured of an interface.

    sigma = d/R, with relative errors added in quadrature and the 95 % interval taken on a logarithmic scale. There is
    none where the capacitance of the arc is not that of a layer so thick: nothing is contradicted then, the layer was
    not seen.
    """
    another = another_arc(evidence.thickness, evidence.resistance)
    conductivity = None if another else layer_conductivity(evidence.thickness, evidence.resistance)
    candidates = _candidates(evidence, conductivity)
    fluorine, conduction = _fluorine(evidence), _conduction(conductivity, candidates)
    agreements, contradictions = (fluorine[side] + conduction[side] for side in (0, 1))
    complete = bool(agreements) and another is None  # what joins well without the layer's resistance leaves it open
    verdict = "contradictory" if contradictions else ("consistent" if complete else "incomplete")
    return InterfaceVerdict(
        evidence.name, verdict, conductivity, candidates, tuple(agreements), tuple(contradictions),
        tuple(([another] if another else []) + _cautions(evidence, candidates)), _next(evidence, contradictions, another),
    )  # fmt: skip


def layer_conductivity(thickness: Thickness | None, resistance: Resistance | None) -> Estimate | None:
    """Return thickness over area-specific resistance, S/m, or None when one of them was not measured."""
    if thickness is None or resistance is None:
        return None
    value = thickness.value_m / resistance.value_ohm_m2
    relative = sqrt(
        (thickness.stderr_m / thickness.value_m) ** 2 + (resistance.stderr_ohm_m2 / resistance.value_ohm_m2) ** 2
    )
    low, high = value * exp(-1.96 * relative), value * exp(1.96 * relative)
    return Estimate(value, "S/m", value * relative, low, high, "derived")


def another_arc(thickness: Thickness | None, resistance: Resistance | None) -> str | None:
    """Return, as a sentence, that the arc stores far more or less than the layer could; None where it may be its own.

    C = epsilon_r epsilon_0/d for a layer of thickness d. Source: plate capacitor; epsilon_r over the library's range.
    """
    if thickness is None or resistance is None or resistance.capacitance_F_m2 is None:
        return None
    known, C = entry("Li | Li2OHCl").quantity("layer_permittivity"), resistance.capacitance_F_m2
    plate = [EPSILON_0 * (edge or known.value) for edge in (known.low, known.high)]
    low, high = (epsilon / thickness.value_m for epsilon in plate)
    if low / _ANOTHER_ARC <= C <= high * _ANOTHER_ARC:
        return None
    nm, size = " to ".join(f"{1e9 * epsilon / C:.2g}" for epsilon in plate), "thin" if high < C else "thick"
    return (
        f"impedance: the arc stores {100.0 * C:.2g} uF/cm2, a layer of {1e6 * thickness.value_m:.3g} um could store "
        f"{100.0 * low:.2g} to {100.0 * high:.2g}: the arc is of something else, "
        f"as {size} as {nm} nm if it were a plate, and its resistance not the layer's"
    )


def conductivity_range(material: Entry, temperature_K: float) -> tuple[float, float]:
    """Return the lowest and highest conductivity of a material at a temperature, S/m.

    sigma(T) = sigma(T0) exp(-Ea/R (1/T - 1/T0)) where the library has an activation energy; its range as it stands
    otherwise, which is then a range of orders of magnitude.
    """
    sigma = material.quantity("conductivity")
    low, high = sigma.low or sigma.value, sigma.high or sigma.value
    if "conductivity_activation_energy" not in material.properties:
        return low, high
    energy, reference = material["conductivity_activation_energy"], material["conductivity_temperature"]
    factor = exp(-energy / _GAS_CONSTANT * (1.0 / temperature_K - 1.0 / reference))
    return low * factor, high * factor


def _candidates(evidence: Evidence, conductivity: Estimate | None) -> tuple[Candidate, ...]:
    seen = _seen(evidence)
    found = []
    for name in _CANDIDATES:
        material = entry(name)
        low, high = conductivity_range(material, evidence.temperature_K)
        plausible = None
        if conductivity is not None and conductivity.low is not None and conductivity.high is not None:
            plausible = conductivity.low <= high and conductivity.high >= low
        sigma = material.quantity("conductivity")
        found.append(
            Candidate(name, plausible, low, high, sigma.status, sigma.source, None if seen is None else name in seen)
        )
    return tuple(found)


def _seen(evidence: Evidence) -> set[str] | None:
    if evidence.xps is None or not evidence.xps.quality.good:
        return None
    return {one.name for one in evidence.xps.species if one.detected and one.atomic_percent >= _LEAST_PERCENT}


def _fluorine(evidence: Evidence) -> tuple[list[str], list[str]]:
    """Compare the fluorine that XPS sees with that of EDS."""
    seen = _seen(evidence)
    profile = next((one for one in evidence.eds.profiles if one.line.startswith("F ")), None) if evidence.eds else None
    if seen is None or profile is None:
        return [], []
    by_xps = [name for name in _FLUORINE_SPECIES if name in seen]
    enriched = profile.verdict.startswith("enriched")
    caveat = " (its line overlaps " + ", ".join(o.split(" overlaps ")[1].split(" (")[0] for o in profile.overlaps) + ")"
    caveat = caveat if profile.overlaps else ""
    if by_xps and enriched:
        return [f"fluorine: XPS finds {' and '.join(by_xps)}, and EDS finds it enriched in the layer{caveat}"], []
    if by_xps:
        return [], [f"fluorine: XPS finds {' and '.join(by_xps)}, but EDS says: {profile.verdict} in the layer"]
    if enriched:
        return [], [f"fluorine: EDS finds it enriched in the layer{caveat}, but XPS finds no fluorine species"]
    return ["fluorine: neither XPS nor EDS finds it in the layer"], []


def _conduction(conductivity: Estimate | None, candidates: tuple[Candidate, ...]) -> tuple[list[str], list[str]]:
    """Ask whether the phases that XPS sees could carry the conductivity that thickness and resistance ask for."""
    if conductivity is None:
        return [], []
    asked = f"{conductivity.value / 100:.1e} S/cm"
    present = [one for one in candidates if one.seen]
    able = [one.phase for one in present if one.plausible]
    if able:
        return [f"conduction: the layer needs {asked}, which {' and '.join(able)} could have"], []
    if not present:
        return [], []
    best = max(present, key=lambda one: one.high_S_per_m)
    if best.high_S_per_m >= conductivity.value:
        return [], [f"conduction: the layer has {asked}, less than any phase that XPS sees: contact is partial"]
    times = 10 ** round(log(conductivity.value / best.high_S_per_m, 10))
    names = " and ".join(one.phase for one in present)
    what = f"conduction: thickness over resistance asks for {asked}, about {times:g} times the best of {names}; "
    return [], [what + "the current goes through something else: a swollen organic part, liquid, or spots that touch"]


def _cautions(evidence: Evidence, candidates: tuple[Candidate, ...]) -> list[str]:
    cautions = []
    if evidence.xps is not None and not evidence.xps.quality.good:
        cautions.append("XPS: the fit is bad or its assignment not sure, so its species are not used")
    if evidence.xps is not None:
        cautions += [f"XPS: {flag}" for flag in evidence.xps.flags if flag.startswith(("LiF", "claim", "charge"))]
    thickness = evidence.thickness
    if evidence.xps is not None and thickness is not None and thickness.value_m > 5 * _XPS_DEPTH_M:
        layer = f"{thickness.value_m * 1e6:.3g} um"
        cautions.append(f"depth: XPS sees some nanometres of a layer of {layer}; the rest may differ")
    if evidence.thickness is not None and evidence.thickness.is_gap:
        cautions.append("SEM: a gap was measured; current crosses it only where something bridges it")
    if thickness is not None and evidence.resistance is not None and evidence.resistance.capacitance_F_m2 is None:
        cautions.append(
            "impedance: without the capacitance of the arc nobody knows whether its resistance is the layer's"
        )
    if any(one.status == "assumed" for one in candidates):
        cautions.append("conductivities marked assumed are orders of magnitude, without a checked source")
    return cautions


def _next(evidence: Evidence, contradictions: list[str], another: str | None) -> str:
    missing = [
        (evidence.resistance, "impedance of the cell, for the resistance of the interface"),
        (evidence.thickness, "a cross section (SEM), for the thickness"),
        (evidence.xps, "XPS of all regions, for the species"),
        (evidence.eds, "EDS across the layer, for where the elements are"),
    ]
    for have, what in missing:
        if have is None:
            return what
    if any(one.startswith("fluorine") for one in contradictions):
        return "an F K map with a longer count and the continuum taken off, and XPS at a second spot"
    if another:
        return (
            "impedance at a higher frequency, 10 to 100 MHz, where the layer's own arc may lie; where it cannot be "
            "separated there either, cells with a second thickness of the pellet or of the layer"
        )
    if any(one.startswith("conduction") for one in contradictions):
        return "impedance at several temperatures: the activation energy tells a swollen organic part from a ceramic"
    return "impedance at several temperatures, to compare the activation energy with that of the phases found"


def twin_snippet(thickness: Thickness) -> str:
    """Return the measured gap, or layer, as the line of TOML that stands under the interface of an electrode of a cell.

    The range is the 95 % interval on a logarithmic scale, on which a thickness is never below zero.
    """
    um = 1e6 * thickness.value_m
    factor = exp(1.96 * thickness.stderr_m / thickness.value_m)
    field = "gap" if thickness.is_gap else "layer"
    source = dumps(thickness.source, ensure_ascii=False)  # a text of JSON is a text of TOML
    return (
        "# under [electrodes.negative.interface] of a cell, and [electrodes.positive.interface] where it has one\n"
        f'{field} = {{ measured = "{um:.4g} um", range = ["{um / factor:.4g} um", "{um * factor:.4g} um"], '
        f"source = {source} }}\n"
    )
