"""Fit of one circuit to one spectrum without start values: the best of many starts, and how many agree on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np
from scipy.special import chdtri, fdtri, stdtrit

from ionweld.analyse.eis.arcs import arc_names, in_order
from ionweld.analyse.eis.drt import FEWEST_POINTS, peak_times
from ionweld.analyse.eis.problem import Complex, FitProblem, Real, Weighting, problem, require_finite
from ionweld.analyse.eis.processes import neighbours
from ionweld.analyse.eis.seeds import starts as seed_starts
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.numerics.levenberg import minimise
from ionweld.spec.circuit import Circuit
from ionweld.spec.circuit import circuit as compiled

CONFIDENCE = 0.95
_CELLS = 30  # starts that get a few steps
_REFINED = 16  # the best of them, refined until their costs can be compared
_POLISHED = 3  # the best of those, to the last digit
_ROUGH = 1e-5  # promised decrease of chi2, relative, at which a start rests while others are compared
_FINE = 1e-8  # some 1e-3 standard errors from the optimum
_SAME_COST = 1e-2  # a start agrees when its cost ends within 1 % of the best
_FLAT = 1e-14  # curvature below this (relative) is taken as this: the error becomes huge, not zero
_AT_BOUND = 1e-6
_WRITTEN = 1e-6  # of |Z|: numbers are written with six digits, and what is left below them is arithmetic
_REWEIGHTED = 8  # times a robust fit weighs anew
_STRAY = 2.0  # robust standard deviations beyond which a point counts less
_RAYLEIGH_MEDIAN = float(np.sqrt(2 * np.log(2)))
_CORRELATED = 0.99
_SYSTEMATIC = 0.5
_UNLIKELY = 0.01  # probability at which residuals no longer go with the stated sigma
_POOR = 0.5  # standard error of the logarithm
_UNKNOWN = 10.0  # beyond this an error says only that nothing is known
_ILL_DETERMINED = 0.1  # standard error of ln R beyond which the interval comes from the profile


@dataclass(frozen=True, slots=True)
class FitParameter:
    """One parameter: value, standard error and 95 % interval in `unit`; None where they are not known.

    interval_from: "covariance" (symmetric in ln), "profile" (likelihood ratio) or "fixed".
    """

    name: str
    value: float
    unit: str
    stderr: float | None
    ci95: tuple[float | None, float | None] | None
    interval_from: str


@dataclass(frozen=True, slots=True)
class CircuitFit:
    """A fitted circuit. logs (p,): ln of the unknowns in circuit.names; covariance (p, p) of logs, scaled by chi2.

    residuals: weighted, complex (n,), (Z_model - Z) w; starts: how many were refined; starts_agreeing of them ended
    within 1 % of the best chi2; seeds: cells that were tried with a few steps first.
    """

    spectrum: ImpedanceSpectrum
    problem: FitProblem
    logs: Real
    covariance: Real
    chi2: float
    model_ohm: Complex
    residuals: Complex
    seeds: int
    starts: int
    starts_agreeing: int
    milliseconds: float = field(compare=False)  # a clock's
    warnings: tuple[str, ...]

    @property
    def circuit(self) -> Circuit:
        return self.problem.circuit

    @property
    def reduced_chi2(self) -> float:
        return self.chi2 / max(self.problem.freedom, 1)

    @property
    def noise(self) -> float:
        """Return the variance of a weighted residual."""
        return noise_of(self.problem, self.chi2)

    @property
    def correlation(self) -> Real:
        """Return the correlation of the logarithms, (p, p)."""
        scale = np.sqrt(np.diag(self.covariance))
        return self.covariance / np.outer(scale, scale)

    def value(self, name: str) -> float:
        """Return the parameter `name` in its SI unit."""
        return self.circuit.values(self.logs)[name]


def fit(
    spectrum: ImpedanceSpectrum,
    circuit: str | Circuit,
    *,
    weighting: Weighting = "modulus",
    start: Real | None = None,
    times: Sequence[float] | None = None,
) -> CircuitFit:
    """Return the weighted least-squares fit of `circuit` to `spectrum`.

    start: logarithms of the unknowns, (p,), to refine that one start only; without it the starts are found.
    times: time constants (s) at which arcs are tried as well; by default the peaks of a quick distribution of
    relaxation times. An empty sequence leaves them out.
    Raises SpecError for a wrong circuit, InputError for unusable data, ComputationError when nothing is finite.
    """
    began = perf_counter()
    task = problem(compiled(circuit) if isinstance(circuit, str) else circuit, spectrum, weighting)
    if start is None:
        logs, counts = _search(task, _peaks(task, spectrum) if times is None else times)
    else:
        best = minimise(task.residuals, np.asarray(start, float)[None], task.lower, task.upper, tolerance=_FINE)
        logs, counts = best.points[0], (1, 1, 1)
    if weighting == "robust":
        task, logs = _without_strays(task, logs)
    logs = in_order(task.circuit, logs)
    residuals, slopes = task.residuals(logs[None])
    chi2 = float(np.sum(residuals**2))
    require_finite(chi2, spectrum.provenance.source)
    covariance = _covariance(slopes[0]) * noise_of(task, chi2)
    weighted = residuals[0].view(complex)
    return CircuitFit(
        spectrum, task, logs, covariance, chi2, weighted / task.weights + task.Z, weighted, *counts,
        milliseconds=1e3 * (perf_counter() - began),
        warnings=tuple(_warnings(task, logs, covariance, weighted, counts)),
    )  # fmt: skip


def _without_strays(task: FitProblem, logs: Real) -> tuple[FitProblem, Real]:
    """Return the problem in which stray points count less, and its optimum.

    Weights fall as the size of a residual beyond 2 robust standard deviations (Huber 1964, 10.1214/aoms/1177703732, by
    iterated weights), the deviation being that of the median.
    """
    plain = task.weights
    for _ in range(_REWEIGHTED):
        size = np.abs((task.circuit.impedance(task.omega, logs) - task.Z) * plain)
        usual = _STRAY * float(np.median(size)) / _RAYLEIGH_MEDIAN
        task = replace(task, weights=plain * np.sqrt(np.minimum(1.0, usual / np.maximum(size, 1e-300))))
        logs = minimise(task.residuals, logs[None], task.lower, task.upper, tolerance=_FINE).points[0]
    return task, logs


def noise_of(task: FitProblem, chi2: float) -> float:
    """Return the variance of a weighted residual: data are known to machine precision at best, so it is never 0.

    Where sigma is known it is 1, or larger where the misfit is: the errors are then widened by what the circuit leaves.
    """
    if task.absolute:
        return max(1.0, chi2 / max(task.freedom, 1))
    exact = float(np.sum((np.finfo(float).eps * np.abs(task.Z) * task.weights) ** 2))
    return max(chi2, exact) / max(task.freedom, 1)


def _peaks(task: FitProblem, spectrum: ImpedanceSpectrum) -> tuple[float, ...]:
    useful = arc_names(task.circuit) and len(task.Z) >= FEWEST_POINTS
    return peak_times(spectrum) if useful else ()


def _search(task: FitProblem, times: Sequence[float]) -> tuple[Real, tuple[int, int, int]]:
    """Return the best optimum, and how many starts were seeded, refined, and agree."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # a start that blows up is simply not the best
        seeds = seed_starts(task, _CELLS, times)
        first = minimise(task.residuals, seeds, task.lower, task.upper, tolerance=_ROUGH, iterations=5)
        chosen = first.points[_best(first.costs, _REFINED)]
        second = minimise(task.residuals, chosen, task.lower, task.upper, tolerance=_ROUGH, iterations=20)
        chosen = second.points[_best(second.costs, _POLISHED)]
        last = minimise(task.residuals, chosen, task.lower, task.upper, tolerance=_FINE, iterations=100)
    winner = _best(last.costs, 1)[0]
    agreeing = int(np.sum(second.costs <= last.costs[winner] * (1 + _SAME_COST)))
    return last.points[winner], (len(seeds), len(second.costs), max(agreeing, 1))


def _best(costs: Real, count: int) -> np.ndarray:
    return np.argsort(np.where(np.isfinite(costs), costs, np.inf))[:count]


def _covariance(slopes: Real) -> Real:
    """Return the inverse of the normal matrix of slopes (p, m); flat directions get a huge variance, not none."""
    scale = np.maximum(np.sqrt(np.einsum("pm,pm->p", slopes, slopes)), 1e-150)
    values, vectors = np.linalg.eigh((slopes / scale[:, None]) @ (slopes / scale[:, None]).T)
    inverse = (vectors / np.maximum(values, _FLAT * values.max())) @ vectors.T
    return inverse / np.outer(scale, scale)


def _warnings(
    task: FitProblem, logs: Real, covariance: Real, residuals: Complex, counts: tuple[int, int, int]
) -> list[str]:
    names = task.circuit.names
    notes = [
        f"{names[index]} runs to its limit {np.exp(logs[index]):.3g}: the data do not determine it"
        for index in np.flatnonzero(at_bound(task, logs))
    ]
    errors = np.sqrt(np.diag(covariance))
    known = errors < _UNKNOWN
    notes += [f"the data do not determine {names[i]}" for i in np.flatnonzero(~known & ~at_bound(task, logs))]
    poor = known & (errors > _POOR)
    notes += [f"{names[i]} is poorly determined ({percent(errors[i])})" for i in np.flatnonzero(poor)]
    correlation = covariance / np.outer(errors, errors)
    rows, columns = np.nonzero(np.triu((np.abs(correlation) > _CORRELATED) & known[:, None] & known, 1))
    notes += [
        f"{names[i]} and {names[j]} are correlated ({correlation[i, j]:+.3f})"
        for i, j in zip(rows, columns, strict=True)
    ]
    shared, off = neighbours(task.omega, residuals), np.abs(residuals) / (task.weights * np.abs(task.Z))
    if shared > _SYSTEMATIC and off.max() > _WRITTEN:
        notes.append(
            f"the residuals are systematic (correlation of neighbours {shared:.2f}): the circuit does not describe the "
            "spectrum down to its noise, and the intervals, which assume independent noise, are too narrow"
        )
    elif set(task.circuit.kinds) <= {"ohm", "inductance"}:
        low, high = task.omega.min() / (2 * np.pi), task.omega.max() / (2 * np.pi)
        notes.append(
            f"no arc from {low:.3g} to {high:.3g} Hz: a resistance alone, as of a short, or of contacts and leads. In the "
            "cold that of ions rises, that of a short hardly"
        )
    notes += _against_sigma(task, float(np.sum(np.abs(residuals) ** 2)))
    if counts[1] > 1 and counts[2] < 2:
        notes.append(f"only 1 of {counts[1]} starts led to this optimum: compare with a simpler circuit")
    return notes


def _against_sigma(task: FitProblem, chi2: float) -> list[str]:
    """Compare what is left with the sigma that was stated; nothing where none was."""
    freedom = max(task.freedom, 1)
    low, high = chdtri(freedom, [1 - _UNLIKELY / 2, _UNLIKELY / 2])
    if not task.absolute or low <= chi2 <= high:
        return []
    ratio = np.sqrt(chi2 / freedom)
    if ratio < 1:
        return [f"the residuals are {ratio:.2g} times the stated sigma: it is too large, and so are the errors"]
    blame = "either it is too small or the circuit does not describe the spectrum"
    return [f"the residuals are {ratio:.3g} times the stated sigma: {blame}; the errors were widened by this factor"]


def percent(fraction: float) -> str:
    """Return a relative error for a person: two digits, never a power of ten."""
    return f"{100 * fraction:.2g} %" if fraction < 0.995 else f"{100 * fraction:.0f} %"


def at_bound(task: FitProblem, logs: Real) -> np.ndarray:
    """Return which unknowns sit on a bound; an exponent of 1 is a plain capacitor, and no fault."""
    high = (logs >= task.upper - _AT_BOUND) & np.array([kind != "exponent" for kind in task.circuit.kinds])
    return high | (logs <= task.lower + _AT_BOUND)


def parameters(result: CircuitFit, *, profiles: bool = False) -> tuple[FitParameter, ...]:
    """Return every parameter with its uncertainty; with `profiles`, resistances that are ill-determined get theirs
    from the profile likelihood instead of the covariance."""
    values = result.circuit.values(result.logs)
    bound = at_bound(result.problem, result.logs)
    rows = []
    for slot in result.circuit.slots:
        if slot.free is None:
            rows.append(FitParameter(slot.name, values[slot.name], slot.unit, None, None, "fixed"))
            continue
        error = float(np.sqrt(result.covariance[slot.free, slot.free]))
        interval, source = covariance_interval(result, slot.free), "covariance"
        if profiles and slot.kind == "ohm" and (error > _ILL_DETERMINED or bound[slot.free]):
            interval, source = profile_interval(result, slot.free), "profile"
        known = not bound[slot.free] and error < _UNKNOWN
        stderr = values[slot.name] * error if known else None
        ci95 = interval if known or source == "profile" else None
        rows.append(FitParameter(slot.name, values[slot.name], slot.unit, stderr, ci95, source))
    return tuple(rows)


def covariance_interval(result: CircuitFit, index: int) -> tuple[float, float]:
    """Return the 95 % interval exp(ln p -+ t s) of one unknown, cut at its bounds."""
    t = stdtrit(max(result.problem.freedom, 1), 0.5 + CONFIDENCE / 2)
    half = t * np.sqrt(result.covariance[index, index])
    ends = np.clip(
        result.logs[index] + np.array([-half, half]), result.problem.lower[index], result.problem.upper[index]
    )
    return float(np.exp(ends[0])), float(np.exp(ends[1]))


_PROFILE_POINTS = 24
_PROFILE_REACH = 8.0  # standard errors on either side
_PROFILE_WIDEST = 12.0  # in ln
_PROFILE_SWEEPS = 2
_PROFILE_TOLERANCE = 1e-6


def profile_interval(result: CircuitFit, index: int) -> tuple[float | None, float | None]:
    """Return the 95 % interval of one unknown from the profile of chi2; None at an end that the data leave open.

    chi2(p) <= chi2_min [1 + F(0.95; 1, v)/v], v = degrees of freedom, all other unknowns refitted at each p.
    """
    task, freedom = result.problem, max(result.problem.freedom, 1)
    limit = 1 + float(fdtri(1, freedom, CONFIDENCE)) / freedom
    error = np.sqrt(result.covariance[index, index])
    reach = min(_PROFILE_REACH * error, _PROFILE_WIDEST) if np.isfinite(error) else _PROFILE_WIDEST
    offsets = reach * np.linspace(0, 1, _PROFILE_POINTS + 1)[1:]
    low, high = (_crossing(result, index, sign * offsets, limit) for sign in (-1, 1))
    ends = [end if end is not None and task.lower[index] < end < task.upper[index] else None for end in (low, high)]
    return tuple(None if end is None else float(np.exp(end)) for end in ends)  # type: ignore[return-value]


def _crossing(result: CircuitFit, index: int, offsets: Real, limit: float) -> float | None:
    """Return ln p where the profile along `offsets` crosses `limit` (relative chi2), or None."""
    task = result.problem
    values = np.clip(result.logs[index] + offsets, task.lower[index], task.upper[index])
    lean = result.covariance[index] / result.covariance[index, index]
    begin = result.logs + np.clip(np.outer(values - result.logs[index], lean), -20, 20)
    low, high = (np.tile(bound, (len(values), 1)) for bound in (task.lower, task.upper))
    low[:, index] = high[:, index] = values
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = minimise(task.residuals, begin, low, high, tolerance=_PROFILE_TOLERANCE)
        points, costs = found.points, found.costs
        for _ in range(_PROFILE_SWEEPS):  # a point that got stuck starts again from its neighbour's optimum
            again = np.vstack([result.logs, points[:-1]])
            found = minimise(task.residuals, again, low, high, tolerance=_PROFILE_TOLERANCE)
            better = found.costs < costs
            points, costs = np.where(better[:, None], found.points, points), np.minimum(costs, found.costs)
    ratio = np.concatenate([[1.0], costs / result.chi2])
    beyond = np.flatnonzero(ratio > limit)
    if not beyond.size:
        return None
    end = beyond[0]
    # The profile is close to a parabola: interpolate the root of its rise.
    before, after = np.sqrt(np.maximum(ratio[[end - 1, end]] - 1, 0))
    share = (np.sqrt(limit - 1) - before) / (after - before)
    places = np.concatenate([[result.logs[index]], values])
    return float(places[end - 1] + share * (places[end] - places[end - 1]))
