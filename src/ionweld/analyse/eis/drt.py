"""Distribution of relaxation times: Tikhonov regularisation with non-negative least squares.

    Z = R + j omega L + B (j omega)^-n + integral g(ln tau)/(1 + j omega tau) d ln tau,   g >= 0

B (j omega)^-n is the blocking tail: without it the distribution of a blocked cell has no finite sum. n is the one
that fits best on a grid. The weight of the second derivative of g is chosen by generalised cross-validation.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from ionweld.analyse.eis.problem import Complex, Real
from ionweld.errors import Fault, InputError
from ionweld.measurement.impedance import Spectrum

FEWEST_POINTS = 8
_PER_DECADE = 10
_COARSE_PER_DECADE = 5
_BEYOND = 10.0  # how far above the window processes are looked for
_TAIL_EXPONENTS = np.arange(0.4, 1.001, 0.025)
_TAIL_WEIGHT = 1e-2  # smooth enough that the distribution cannot imitate the tail while n is looked for
_QUICK_TAILS = (0.6, 0.9)
_WEIGHTS = 10.0 ** np.arange(-7, 1.1, 0.5)
# Plain cross-validation takes one noisy spectrum in a few for a rough distribution; counting each degree of freedom
# 1.4 times is a known cure; that it serves here was seen on the synthetic sets, and no source for it was at hand.
_CAUTION = 1.4
_SMALLEST_PEAK = 0.02  # of the total polarisation; below this a ripple is no process
_LONE = 3  # columns in front of the distribution: R, L, tail


@dataclass(frozen=True, slots=True)
class Peak:
    """One process: time constant at the maximum, resistance under the peak, capacitance tau/R."""

    tau_s: float
    R_ohm: float
    C_F: float


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The distribution: tau (m,) in s, gamma (m,) in ohm per unit of ln tau; and the terms beside it."""

    tau_s: Real
    gamma_ohm: Real
    peaks: tuple[Peak, ...]
    R_series_ohm: float
    L_H: float
    tail_exponent: float | None
    tail_Q: float | None
    weight: float
    residual_rms_percent: float
    model_ohm: Complex


def relaxation_times(spectrum: Spectrum, *, weight: float | None = None) -> Relaxation:
    """Return the distribution of relaxation times; weight: of the regularisation, found by itself when not given.

    Raises InputError for fewer than eight points and for a weight that is negative or not finite.
    """
    omega, Z = _data(spectrum)
    if weight is not None and not 0 <= weight < np.inf:
        raise InputError(Fault("weight", f"{weight:g} cannot weigh anything", "Give a finite number, 0 or more"))
    n, chosen = _tail_and_weight(omega, Z, weight)
    return _solve(omega, Z, n, chosen, _PER_DECADE)


def peak_times(spectrum: Spectrum) -> tuple[float, ...]:
    """Return the time constants (s) of a quick, coarse distribution: good enough to seed a circuit fit."""
    omega, Z = _data(spectrum)
    trials = [_solve(omega, Z, n, _TAIL_WEIGHT, _COARSE_PER_DECADE) for n in _QUICK_TAILS]
    best = min(trials, key=lambda trial: trial.residual_rms_percent)
    return tuple(peak.tau_s for peak in best.peaks)


def _data(spectrum: Spectrum) -> tuple[Real, Complex]:
    if len(spectrum.impedance_ohm) < FEWEST_POINTS:
        seen = f"{len(spectrum.impedance_ohm)} points are too few for a distribution of relaxation times"
        raise InputError(Fault(spectrum.provenance.source, seen, "Give a sweep of eight points or more"))
    return 2 * np.pi * spectrum.frequency_Hz, spectrum.impedance_ohm


def _columns(omega: Real, Z: Complex, n: float, per_decade: int) -> tuple[Real, Complex, Real]:
    """Return tau (m,), the columns (3 + m, n points) and their scale; all columns are made of order one."""
    low, high = 1 / (_BEYOND * omega.max()), 1 / omega.min()  # below the window the tail stands for all
    tau = np.geomspace(low, high, int(per_decade * np.log10(high / low)) + 1)
    step = np.log(tau[1] / tau[0])
    lone = np.array([np.ones_like(omega), 1j * omega, np.exp(-0.5j * np.pi * n) * omega**-n])
    scale = np.ones(_LONE + len(tau))
    scale[:_LONE], scale[_LONE:] = 1 / np.max(np.abs(lone / np.abs(Z)), axis=1), np.abs(Z).max()
    columns = np.vstack([lone, step / (1 + 1j * omega * tau[:, None])])
    return tau, np.asarray(columns * scale[:, None], complex), scale


def _roughness(count: int, per_decade: int) -> Real:
    """Return the second-difference operator on g, (count, 3 + count), independent of the density of the grid."""
    rows = np.zeros((count, _LONE + count))
    inner = rows[:, _LONE:]
    np.fill_diagonal(inner, -2.0)
    np.fill_diagonal(inner[1:], 1.0)
    np.fill_diagonal(inner[:, 1:], 1.0)
    return rows * (per_decade / np.log(10)) ** 1.5


def _system(omega: Real, Z: Complex, n: float, per_decade: int) -> tuple[Real, Complex, Real, Real, Real]:
    tau, columns, scale = _columns(omega, Z, n, per_decade)
    matrix = (columns / np.abs(Z)).view(float).T
    return tau, columns, scale, matrix, (Z / np.abs(Z)).view(float)


def _tail_and_weight(omega: Real, Z: Complex, weight: float | None) -> tuple[float, float]:
    """Return the exponent of the tail with the least penalised misfit, then the weight that cross-validation picks."""
    n = float(min(_TAIL_EXPONENTS, key=lambda n: _penalised(omega, Z, n)))
    if weight is not None:
        return n, weight
    tau, _, _, matrix, data = _system(omega, Z, n, _COARSE_PER_DECADE)
    rough = _roughness(len(tau), _COARSE_PER_DECADE)
    return n, float(min(_WEIGHTS, key=lambda trial: _cross_validation(matrix, data, rough, trial)))


def _penalised(omega: Real, Z: Complex, n: float) -> float:
    """Return misfit plus roughness at a weight that leaves the distribution too stiff to imitate the tail."""
    tau, _, _, matrix, data = _system(omega, Z, n, _COARSE_PER_DECADE)
    rough = np.sqrt(_TAIL_WEIGHT) * _roughness(len(tau), _COARSE_PER_DECADE)
    return float(nnls(np.vstack([matrix, rough]), np.concatenate([data, np.zeros(len(rough))]))[1])


def _cross_validation(matrix: Real, data: Real, rough: Real, weight: float) -> float:
    """Return |residual|^2/(N - 1.4 trace H)^2 of the fit without signs, H being its smoother."""
    normal = matrix.T @ matrix + weight * rough.T @ rough
    normal[np.diag_indices(_LONE)] += 1e-10
    smoother = matrix @ np.linalg.solve(normal, matrix.T)
    left = data - smoother @ data
    return float(left @ left / (len(data) - _CAUTION * np.trace(smoother)) ** 2)


def _solve(omega: Real, Z: Complex, n: float, weight: float, per_decade: int) -> Relaxation:
    tau, columns, scale, matrix, data = _system(omega, Z, n, per_decade)
    rough = np.sqrt(weight) * _roughness(len(tau), per_decade)
    amplitudes = nnls(np.vstack([matrix, rough]), np.concatenate([data, np.zeros(len(rough))]), maxiter=2000)[0]
    model = amplitudes @ columns
    numbers = amplitudes * scale
    gamma = numbers[_LONE:]
    tail = numbers[2]
    rms = 100 * float(np.sqrt(np.mean(np.abs((Z - model) / Z) ** 2) / 2))
    return Relaxation(
        tau, gamma, _peaks(tau, gamma), float(numbers[0]), float(numbers[1]), n if tail > 0 else None,
        float(1 / tail) if tail > 0 else None, weight, rms, model,
    )  # fmt: skip


def _peaks(tau: Real, gamma: Real) -> tuple[Peak, ...]:
    """Return the maxima of g with the area between the minima around each; a parabola finds the top."""
    padded = np.concatenate([[0.0], gamma, [0.0]])
    tops = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]))
    step = np.log(tau[1] / tau[0])
    found = []
    for place, top in enumerate(tops):
        left = tops[place - 1] + int(np.argmin(gamma[tops[place - 1] : top + 1])) if place else 0
        right = top + int(np.argmin(gamma[top : tops[place + 1] + 1])) if place + 1 < len(tops) else len(tau)
        R = float(gamma[left:right].sum() * step)
        before, here, after = padded[top : top + 3]
        bend = before - 2 * here + after
        shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
        found.append((float(tau[top] * np.exp(step * shift)), R))
    total = sum(R for _, R in found)
    return tuple(Peak(t, R, t / R) for t, R in found if total > 0 and _SMALLEST_PEAK * total < R)
