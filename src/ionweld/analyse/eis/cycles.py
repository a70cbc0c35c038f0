"""Before and after: which resistance grew over a series of cycles, with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from ionweld.analyse.eis.arcs import arc_names
from ionweld.analyse.eis.arrhenius import resistor_roles
from ionweld.analyse.eis.fit import CircuitFit
from ionweld.analyse.eis.joint import JointFit, Link, joint_fit
from ionweld.numerics.lines import straight


@dataclass(frozen=True, slots=True)
class ResistanceChange:
    """How one resistance changed from the first spectrum to the last.

    ratio and its 95 % interval; delta_ohm; verdict "grew", "fell" or "unchanged within error"; per_cycle: growth of
    ln R per step and its standard error, with three spectra or more; R_ohm: all values in order.
    """

    resistor: str
    role: str
    R_ohm: tuple[float, ...]
    ratio: float
    ratio_ci95: tuple[float, float]
    delta_ohm: float
    verdict: str
    per_cycle: float | None
    per_cycle_stderr: float | None
    warnings: tuple[str, ...]


def changes(
    fits: Sequence[CircuitFit],
    positions: Sequence[float] | None = None,
    links: Mapping[str, Link] | None = None,
    *,
    alike: bool = False,
) -> tuple[tuple[ResistanceChange, ...], JointFit]:
    """Return how each resistance changed, largest change first, from a joint fit of the series.

    Exponents of the arcs lie on a straight line over the cycles (for two spectra they are shared); all else is
    free. positions: numbers of the cycles, (s,), 0, 1, 2... when not given; links: in place of these; alike: as
    joint_fit has it.
    """
    steps = np.arange(len(fits), dtype=float) if positions is None else np.asarray(positions, float)
    circuit = fits[0].circuit
    joint = joint_fit(fits, tuple(steps), _exponents(fits) if links is None else links, alike=alike)
    roles = resistor_roles(fits)
    found = [_change(name, role, notes, joint, steps) for name, (role, notes) in roles.items() if name in circuit.names]
    return tuple(sorted(found, key=lambda change: -abs(change.delta_ohm))), joint


def _exponents(fits: Sequence[CircuitFit]) -> dict[str, Link]:
    """Return the default links; a line through two spectra is no constraint, so before and after share their exponents."""
    circuit = fits[0].circuit
    link: Link = "smooth" if len(fits) > 2 else "shared"
    return {arc.n: link for arc in arc_names(circuit) if arc.n in circuit.names}


def _change(name: str, role: str, notes: tuple[str, ...], joint: JointFit, steps: np.ndarray) -> ResistanceChange:
    place = joint.place(name)
    logs, covariance = joint.logs.ravel()[place], joint.covariance[np.ix_(place, place)]
    freedom = sum(fit.problem.freedom for fit in joint.fits)
    error = np.sqrt(max(covariance[0, 0] + covariance[-1, -1] - 2 * covariance[0, -1], 0.0))
    rise, half = logs[-1] - logs[0], stdtrit(freedom, 0.975) * error
    low, high = float(np.exp(rise - half)), float(np.exp(rise + half))
    verdict = "grew" if low > 1 else "fell" if high < 1 else "unchanged within error"
    trend = straight(steps, logs, covariance) if len(steps) > 2 else None
    R = np.exp(logs)
    return ResistanceChange(
        name, role, tuple(float(r) for r in R), float(np.exp(rise)), (low, high), float(R[-1] - R[0]), verdict,
        trend.slope if trend else None, trend.slope_error if trend else None, notes,
    )  # fmt: skip
