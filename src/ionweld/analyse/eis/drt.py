"""Distribution of relaxation times of a spectrum: `relaxation_times` in full, `peak_times` as a quick look.

The full one is a sum of arcs (processes). The quick one seeds circuit fits: Tikhonov regularisation with non-negative
least squares on a coarse grid,

    Z = R + j omega L + B (j omega)^-n + integral g(ln tau)/(1 + j omega tau) d ln tau,   g >= 0
"""

import numpy as np
from scipy.optimize import nnls

from ionweld.analyse.eis.problem import Complex, Real
from ionweld.analyse.eis.processes import Processes, processes_of
from ionweld.errors import Fault, InputError
from ionweld.measurement.impedance import ImpedanceSpectrum

FEWEST_POINTS = 8
_PER_DECADE = 5
_BEYOND = 10.0  # how far above the window processes are looked for
_TAILS = (0.6, 0.9)
_SMOOTHNESS = 1e-2
_SMALLEST_PEAK = 0.02  # of the total polarisation; below this a ripple is no process
_LONE = 3  # columns in front of the distribution: R, L, tail


def relaxation_times(spectrum: ImpedanceSpectrum) -> Processes:
    """Return the processes of a spectrum and their distribution. Raises InputError for fewer than eight points."""
    omega, Z = _data(spectrum)
    return processes_of(omega, Z)


def peak_times(spectrum: ImpedanceSpectrum) -> tuple[float, ...]:
    """Return the time constants (s) of a quick, coarse distribution: good enough to seed a circuit fit."""
    omega, Z = _data(spectrum)
    trials = [_regularised(omega, Z, n) for n in _TAILS]
    return min(trials, key=lambda trial: trial[0])[1]


def _data(spectrum: ImpedanceSpectrum) -> tuple[Real, Complex]:
    omega, Z = 2 * np.pi * spectrum.frequency_Hz, spectrum.impedance_ohm
    where = spectrum.provenance.source
    if len(Z) < FEWEST_POINTS:
        seen = f"{len(Z)} points are too few for a distribution of relaxation times"
        raise InputError(Fault(where, seen, "Give a sweep of eight points or more"))
    if np.ptp(omega) == 0 or not (np.all(np.isfinite(Z)) and np.all(np.abs(Z) > 0)):
        seen = "all points have one frequency, or an impedance is zero or not a number"
        raise InputError(Fault(where, seen, "Remove such rows, and give a sweep over frequency"))
    return omega, Z


def _regularised(omega: Real, Z: Complex, n: float) -> tuple[float, tuple[float, ...]]:
    """Return the misfit and the time constants at the maxima, for a tail of this exponent."""
    low, high = 1 / (_BEYOND * omega.max()), 1 / omega.min()  # below the window the tail stands for all
    tau = np.geomspace(low, high, int(_PER_DECADE * np.log10(high / low)) + 1)
    columns = _columns(omega, Z, n, tau)
    matrix, data = (columns / np.abs(Z)).view(float).T, (Z / np.abs(Z)).view(float)
    rough = np.sqrt(_SMOOTHNESS) * _roughness(len(tau))
    try:
        amplitudes, misfit = nnls(np.vstack([matrix, rough]), np.concatenate([data, np.zeros(len(rough))]))
    except RuntimeError:  # scipy gives up on some blocking cells; a fit has its own grid of starts besides
        return np.inf, ()
    return misfit, _maxima(tau, amplitudes[_LONE:])


def _columns(omega: Real, Z: Complex, n: float, tau: Real) -> Complex:
    """Return the columns (3 + m, n points), all made of order one."""
    lone = np.array([np.ones_like(omega), 1j * omega, np.exp(-0.5j * np.pi * n) * omega**-n])
    lone /= np.max(np.abs(lone / np.abs(Z)), axis=1, keepdims=True)
    step = np.log(tau[1] / tau[0])
    return np.vstack([lone, np.abs(Z).max() * step / (1 + 1j * omega * tau[:, None])])


def _roughness(count: int) -> Real:
    """Return the second-difference operator on g, (count, 3 + count), independent of the density of the grid."""
    rows = np.zeros((count, _LONE + count))
    inner = rows[:, _LONE:]
    np.fill_diagonal(inner, -2.0)
    np.fill_diagonal(inner[1:], 1.0)
    np.fill_diagonal(inner[:, 1:], 1.0)
    return rows * (_PER_DECADE / np.log(10)) ** 1.5


def _maxima(tau: Real, gamma: Real) -> tuple[float, ...]:
    """Return the time constants at the maxima of g that hold more than a ripple; a parabola finds the top."""
    padded = np.concatenate([[0.0], gamma, [0.0]])
    tops = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]))
    step = np.log(tau[1] / tau[0])
    found = []
    for place, top in enumerate(tops):
        left = tops[place - 1] + int(np.argmin(gamma[tops[place - 1] : top + 1])) if place else 0
        right = top + int(np.argmin(gamma[top : tops[place + 1] + 1])) if place + 1 < len(tops) else len(tau)
        before, here, after = padded[top : top + 3]
        bend = before - 2 * here + after
        shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
        found.append((float(tau[top] * np.exp(step * shift)), float(gamma[left:right].sum())))
    total = sum(area for _, area in found)
    return tuple(time for time, area in found if total > 0 and _SMALLEST_PEAK * total < area)
