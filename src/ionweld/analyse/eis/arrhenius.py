"""Activation energies of a temperature series, by four roads that are shown beside each other.

    ln(sigma T) = ln A - Ea/(k T)        convention "sigma T" (the default, and that of the published pellet series)
    ln(sigma)   = ln A - Ea/(k T)        convention "sigma"; Ea is smaller by about k T

1. separate fits, equal weights: a plain line through the conductivities, errors from its scatter;
2. separate fits, with the covariance of each ln R;
3. joint fit: exponents lie on straight lines in 1/T, and the full covariance of all ln R goes into Ea;
4. joint fit in which each ln R lies on its Arrhenius line as well, so that Ea is an unknown of the fit itself.
A change of slope (Li2OHCl: orthorhombic to cubic) is tested for with the covariance of the separate fits, widened by
what one line leaves unexplained, and reported, not averaged.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from ionweld.analyse.eis.arcs import AT, Arc, arc_names, by_label, name_arcs
from ionweld.analyse.eis.fit import CircuitFit
from ionweld.analyse.eis.geometry import Conduction
from ionweld.analyse.eis.joint import JointFit, Link, joint_fit
from ionweld.analyse.eis.problem import Real
from ionweld.errors import Fault, InputError
from ionweld.laws.constants import F, R
from ionweld.numerics.lines import Break, Line, change_of_slope, straight, with_scatter
from ionweld.spec.circuit import Circuit, Leaf

Convention = Literal["sigma T", "sigma"]
K_EV = R / F  # Boltzmann constant in eV/K
SEPARATE = "separate fits, equal weights"
WEIGHTED = "separate fits, with covariance"
JOINT = "joint fit, full covariance"
LINKED = "joint fit, Arrhenius links"
_DOUBTFUL = 0.05
_INTO_PELLET = ("bulk", "grain boundary", "total")


@dataclass(frozen=True, slots=True)
class Energy:
    """One activation energy: value, standard error and 95 % interval in eV, and the road that led to it."""

    method: str
    Ea_eV: float
    stderr_eV: float
    ci95_eV: tuple[float, float]
    prefactor: float | None
    excess_scatter: float


@dataclass(frozen=True, slots=True)
class Transition:
    """A tested change of slope. kind "none", "bend" or "jump"; temperatures in K, energies (value, error) in eV."""

    kind: str
    T_K: float | None
    T_low_K: float | None
    T_high_K: float | None
    Ea_below_eV: tuple[float, float] | None
    Ea_above_eV: tuple[float, float] | None
    p_value: float
    aicc: dict[str, float]


@dataclass(frozen=True, slots=True)
class Point:
    """Conductivity (or, for an interface, area-specific resistance in ohm cm2) at one temperature."""

    T_K: float
    S_per_cm: float
    stderr: float
    asr_ohm_cm2: float | None


@dataclass(frozen=True, slots=True)
class ArrheniusSeries:
    """The Arrhenius analysis of one resistance (or of their sum, role "total")."""

    role: str
    resistors: tuple[str, ...]
    convention: Convention
    Ea_eV: float
    stderr_eV: float
    method: str
    methods: tuple[Energy, ...]
    sigma: tuple[Point, ...]
    transition: Transition | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Resistance:
    """ln R of one role over the series with its covariance, from separate fits and from the joint one."""

    role: str
    resistors: tuple[str, ...]
    logs: Real
    covariance: Real
    joint_logs: Real
    joint_covariance: Real
    warnings: tuple[str, ...]


def arrhenius(
    fits: Sequence[CircuitFit], geometry: Conduction, *, convention: Convention = "sigma T", prefer_joint: bool = False
) -> tuple[tuple[ArrheniusSeries, ...], JointFit]:
    """Return the Arrhenius analysis of each resistance of a series, and the joint fit behind the third road.

    Raises InputError when a temperature is missing or there are fewer than three.
    """
    T = _temperatures(fits)
    joint = joint_fit(fits, tuple(1 / T), exponent_links(fits[0].circuit))
    found = _resistances(fits, joint)
    if not found:
        seen = f"{fits[0].circuit.text} has no free resistor in series or in an arc"
        raise InputError(Fault("circuit", seen, "Give a circuit such as p(Rb,CPEb)-p(Rgb,CPEgb)-CPE3"))
    linked = arrhenius_fit(fits, convention)
    return tuple(_series(item, T, geometry, convention, prefer_joint, joint, linked) for item in found), joint


def arrhenius_fit(fits: Sequence[CircuitFit], convention: Convention, *, alike: bool = False) -> JointFit:
    """Return the joint fit of a series in which every ln R lies on an Arrhenius line of the given convention."""
    names = [name for name in resistor_roles(fits) if name in fits[0].circuit.names]
    links: dict[str, Link] = {**exponent_links(fits[0].circuit), **dict.fromkeys(names, "arrhenius")}
    return linked_fit(fits, links, convention, alike=alike)


def linked_fit(
    fits: Sequence[CircuitFit], links: Mapping[str, Link], convention: Convention, *, alike: bool = False
) -> JointFit:
    """Return the joint fit of a temperature series with links of one's own; alike: as joint_fit has it."""
    T = _temperatures(fits)
    known = np.log(T / T.mean()) if convention == "sigma T" else np.zeros(len(T))
    return joint_fit(fits, tuple(1 / T), links, dict.fromkeys(links, known), alike=alike)


def exponent_links(circuit: Circuit) -> dict[str, Link]:
    """Return the default links of a temperature series: exponents of the arcs on lines in 1/T, all else free."""
    return {arc.n: "smooth" for arc in arc_names(circuit) if arc.n in circuit.names}


def _temperatures(fits: Sequence[CircuitFit]) -> Real:
    missing = [fit.spectrum.provenance.source for fit in fits if fit.spectrum.temperature_K is None]
    if missing:
        seen = f"the temperature of {', '.join(missing)} is not known"
        raise InputError(Fault("temperature", seen, "Give --temperature once per file, in the same order"))
    T = np.array([fit.spectrum.temperature_K for fit in fits], float)
    if len(np.unique(T)) < 3:
        seen = f"there are {len(np.unique(T))} different temperatures"
        raise InputError(Fault("temperature", seen, "An activation energy with an error needs three or more"))
    return T


def resistor_roles(fits: Sequence[CircuitFit]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return for each resistor in series or in an arc its role over the whole series, and the warnings about it."""
    arcs = [name_arcs(fit.circuit, fit.logs, fit.problem.omega, fit.spectrum.geometry) for fit in fits]
    roles = {}
    for place, first in enumerate(arcs[0]):
        seen: list[Arc] = [row[place] for row in arcs]
        votes = Counter(arc.role for arc in seen if arc.role)
        role = votes.most_common(1)[0][0] if votes else first.resistor
        notes = [f"named {role} in {votes[role]} of {len(seen)} spectra"] if votes and votes[role] < len(seen) else []
        warned = Counter(note.partition(AT)[0] for arc in seen for note in (arc.warning or "").split("; ") if note)
        notes += [f"{note} (in {count} of {len(seen)} spectra)" for note, count in warned.items()]
        roles[first.resistor] = (role, tuple(notes))
    for term in fits[0].circuit.tree.children:
        if isinstance(term, Leaf) and term.element.symbol == "R":
            role = by_label(term.name)
            note = () if role else ("an intercept: every ohmic part of the cell and its leads together",)
            roles[term.name] = (role or "series", note)
    return roles


def _resistances(fits: Sequence[CircuitFit], joint: JointFit) -> list[_Resistance]:
    roles = resistor_roles(fits)
    free = {name: role for name, role in roles.items() if name in fits[0].circuit.names}
    found = [_resistance(fits, joint, role, (name,), notes) for name, (role, notes) in free.items()]
    pellet = tuple(name for name, (role, _) in free.items() if role in ("bulk", "grain boundary"))
    if len(pellet) > 1:
        found.append(_resistance(fits, joint, "total", pellet, ()))
    return found


def _resistance(
    fits: Sequence[CircuitFit], joint: JointFit, role: str, names: tuple[str, ...], notes: tuple[str, ...]
) -> _Resistance:
    places = [fits[0].circuit.index(name) for name in names]
    logs = np.array([fit.logs for fit in fits])[:, places]
    share = np.exp(logs - np.logaddexp.reduce(logs, axis=1)[:, None])  # d ln(sum R)/d ln R
    own = [w @ fit.covariance[np.ix_(places, places)] @ w for fit, w in zip(fits, share, strict=True)]
    together = joint.logs[:, places]
    share = np.exp(together - np.logaddexp.reduce(together, axis=1)[:, None])
    width = joint.logs.shape[1]
    spread = np.zeros((len(fits), len(fits) * width))
    for row in range(len(fits)):
        spread[row, row * width + np.array(places)] = share[row]
    return _Resistance(
        role, names, np.logaddexp.reduce(logs, axis=1), np.diag(own), np.logaddexp.reduce(together, axis=1),
        spread @ joint.covariance @ spread.T, notes,
    )  # fmt: skip


def _series(
    item: _Resistance,
    T: Real,
    geometry: Conduction,
    convention: Convention,
    prefer_joint: bool,
    joint: JointFit,
    linked: JointFit,
) -> ArrheniusSeries:
    factor = np.log(geometry.conductivity(1.0))
    shift = factor + (np.log(T) if convention == "sigma T" else 0.0)
    y, y_joint = shift - item.logs, shift - item.joint_logs
    lines = {
        SEPARATE: straight(1 / T, y),
        WEIGHTED: straight(1 / T, y, item.covariance),
        JOINT: straight(1 / T, y_joint, item.joint_covariance),
    }
    methods = tuple(_energy(name, line, len(T)) for name, line in lines.items())
    if len(item.resistors) == 1:
        methods += (linked_energy(linked, item.resistors[0]),)
    chosen = methods[2] if prefer_joint else methods[0]
    logs, covariance = (item.joint_logs, item.joint_covariance) if prefer_joint else (item.logs, item.covariance)
    points = tuple(
        _point(temperature, log, error, geometry, item.role)
        for temperature, log, error in zip(T, logs, np.sqrt(np.diag(covariance)), strict=True)
    )
    transition = _transition(change_of_slope(1 / T, y, with_scatter(1 / T, y, item.covariance)))
    warnings = (*item.warnings, *_cautions(transition, joint, linked, methods))
    return ArrheniusSeries(
        item.role, item.resistors, convention, chosen.Ea_eV, chosen.stderr_eV, chosen.method, methods, points,
        transition, warnings,
    )  # fmt: skip


def _energy(method: str, line: Line, count: int) -> Energy:
    value, error = -line.slope * K_EV, line.slope_error * K_EV
    half = float(stdtrit(count - 2, 0.975)) * error
    return Energy(method, value, error, (value - half, value + half), float(np.exp(line.intercept)), line.excess)


def linked_energy(linked: JointFit, resistor: str) -> Energy:
    """Return the activation energy of one resistance from a joint fit with Arrhenius links."""
    value, error = (K_EV * part for part in linked.slope(resistor))
    freedom = sum(fit.problem.freedom for fit in linked.fits)
    half = float(stdtrit(freedom, 0.975)) * error
    return Energy(LINKED, value, error, (value - half, value + half), None, linked.excess)


def _point(T: float, log: float, error: float, geometry: Conduction, role: str) -> Point:
    R = float(np.exp(log))
    sigma = geometry.conductivity(R)
    asr = None if role in _INTO_PELLET else geometry.area_specific(R)
    return Point(float(T), sigma, sigma * float(error), asr)


def _transition(found: Break | None) -> Transition | None:
    if found is None:
        return None
    if found.kind == "none" or found.at is None or found.low is None or found.high is None:
        return Transition("none", None, None, None, None, None, found.p_value, found.aicc)
    # x is 1/T: the left side of the break is the hot one.
    hot, cold = ((-side[0] * K_EV, side[1] * K_EV) for side in (found.left or (0, 0), found.right or (0, 0)))
    return Transition(found.kind, 1 / found.at, 1 / found.high, 1 / found.low, cold, hot, found.p_value, found.aicc)


def energies_said(series: Sequence[ArrheniusSeries]) -> str:
    """Return the activation energies of a series of spectra in one line."""
    energies = ", ".join(f"{one.role} {one.Ea_eV:.3f} ± {one.stderr_eV:.3f} eV" for one in series)
    return f"Ea from ln({series[0].convention}) against 1/T: {energies}"


def said_of(transition: Transition | None) -> str:
    """Return the outcome of the test for a change of slope as a sentence."""
    if transition is None:
        return "not tested, which takes six temperatures"
    if transition.kind == "none" or not transition.Ea_below_eV or not transition.Ea_above_eV:
        return f"none found (p = {transition.p_value:.2g})"
    (cold, cold_error), (hot, hot_error) = transition.Ea_below_eV, transition.Ea_above_eV
    return (
        f"{transition.kind} at {transition.T_K:.1f} K ({transition.T_low_K:.1f} to {transition.T_high_K:.1f} K, "
        f"p = {transition.p_value:.2g}): Ea {cold:.4f} +- {cold_error:.4f} eV below, {hot:.4f} +- {hot_error:.4f} eV above"
    )


def _cautions(
    transition: Transition | None, joint: JointFit, linked: JointFit, methods: tuple[Energy, ...]
) -> list[str]:
    notes = []
    if transition and transition.kind != "none" and transition.T_K and transition.T_low_K and transition.T_high_K:
        notes.append(
            f"the slope changes near {transition.T_K:.0f} K ({transition.T_low_K:.0f} to {transition.T_high_K:.0f} K, "
            f"p = {transition.p_value:.3f}): one activation energy for the whole range hides a transition"
        )
    if joint.link_p_value < _DOUBTFUL:
        notes.append(
            f"{JOINT}: exponents are not on lines in 1/T (p = {joint.link_p_value:.2g}); trust the separate fits"
        )
    if len(methods) > 3 and linked.link_p_value < _DOUBTFUL:
        notes.append(f"{LINKED}: the resistances are not all on Arrhenius lines (p = {linked.link_p_value:.2g})")
    low, high = min(m.Ea_eV for m in methods), max(m.Ea_eV for m in methods)
    if high - low > 2 * min(m.stderr_eV for m in methods):
        notes.append(f"the roads differ: {low:.3f} to {high:.3f} eV")
    return notes
