"""How many processes a spectrum shows, and which: a distribution of relaxation times whose peaks are arcs (ZARC).

A peak of a distribution is one arc with its own width, R_0, an inductance and a blocking tail stand beside them, and each
of these terms has to earn its place: arcs are added one by one, and terms taken away again, by the Bayesian information
criterion, which asks for the noise level of nobody. The distribution of an arc is known in closed form,

    gamma(ln tau) = R/(2 pi) sin[(1 - n) pi]/(cosh[n ln(tau/tau_k)] - cos[(1 - n) pi])

A spectrum that arcs of positive resistance do not describe down to its noise is said to be none of a distribution;
arcs of negative resistance are then tried, and named where they do.

Sources: closed form after Cole and Cole 1941 (as in every text on impedance); criterion: Schwarz 1978,
10.1214/aos/1176344136. Counting by BIC instead of by a smoothness prior is our own choice; benchmarks/eis_relaxation_times.py
shows how often it counts right.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ionweld.analyse.eis import arc_sum
from ionweld.analyse.eis.arc_sum import ArcSum, ArcTerms, Complex, Real, WeightedSweep

_MOST_ARCS = 7
_SYSTEMATIC = 0.4  # correlation of neighbouring residuals beyond which a misfit is no noise
_NO_DISTRIBUTION = 3.0  # percent of |Z|: a systematic misfit beyond which a distribution is the wrong picture
_LEAST_MISFIT = 0.3  # percent of |Z|: instruments leave as much, so that no smaller misfit is a fault of the model
_DRAWN_WIDEST = 0.985  # an ideal arc is a line of no width; it is drawn with this exponent
_PER_DECADE = 30
_Z95 = float(ndtri(0.975))
_TAIL_NAMES = ((0.45, 0.55, "Warburg diffusion"), (0.75, 1.01, "a blocking electrode"))


@dataclass(frozen=True, slots=True)
class RelaxationPeak:
    """One process: time constant (s), resistance (ohm, negative for a loop), exponent, tau/R (F), 95 % intervals.

    inside: whether its top lies within the measured window; without, its resistance is an extrapolation.
    """

    tau_s: float
    R_ohm: float
    n: float
    C_F: float
    tau_ci95: tuple[float, float]
    R_ci95: tuple[float, float]
    inside: bool


@dataclass(frozen=True, slots=True)
class Tail:
    """What blocks at low frequency: Z = 1/(Q (j omega)^exponent), with the standard error of the exponent."""

    exponent: float
    exponent_stderr: float
    Q: float

    @property
    def said(self) -> str:
        """Return what such an exponent usually is."""
        usual = next(
            (name for low, high, name in _TAIL_NAMES if low <= self.exponent <= high),
            "neither diffusion nor a blocking electrode alone",
        )
        return f"tail n = {self.exponent:.3g} +- {self.exponent_stderr:.2g}: {usual}"


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of a spectrum, and the distribution that they make.

    R_series_ci95: the 95 % interval of the resistance beside them (ohm), from 0 where it is too small to be seen.
    tau_s (m,), gamma_ohm (m,): the distribution in ohm per unit of ln tau; describes: whether positive arcs describe
    the spectrum, down to its noise or to a few percent; misfit_percent: root mean square of the residuals over |Z|, per
    real number; neighbours: their correlation, about 0 for noise; said: one sentence for a person.
    """

    peaks: tuple[RelaxationPeak, ...]
    R_series_ohm: float
    R_series_ci95: tuple[float, float]
    L_H: float | None
    tail: Tail | None
    tau_s: Real
    gamma_ohm: Real
    describes: bool
    misfit_percent: float
    neighbours: float
    said: str
    model_ohm: Complex

    @property
    def said_of_series(self) -> str:
        """Return the resistance beside the processes, or the limit below which it lies."""
        low, high = self.R_series_ci95
        return f"R {self.R_series_ohm:.4g} ohm" if low > 0.0 else f"R below {high:.2g} ohm (95 %)"


def processes_of(omega: Real, Z: Complex) -> Processes:
    """Return the processes of an impedance Z (n,) in ohm at angular frequencies omega (n,) in rad/s."""
    sweep = WeightedSweep(omega, Z, 1 / np.abs(Z))
    positive = _pruned(sweep, _grown(sweep, arc_sum.alone(sweep, ArcTerms((), True, True)), 1))
    best = positive
    if _misfit(_residuals(sweep, positive)) > _NO_DISTRIBUTION and not _is_noise(sweep, positive):
        turned = _pruned(sweep, _grown(sweep, positive, -1))
        best = turned if _is_noise(sweep, turned) else positive
    return _result(sweep, best, positive)


def _bic(sweep: WeightedSweep, found: ArcSum) -> float:
    """Return N ln(cost/N) + p ln N; data are known to machine precision at best."""
    exact = sweep.data * np.finfo(float).eps ** 2
    return float(sweep.data * np.log(max(found.cost, exact) / sweep.data) + found.shape.size * np.log(sweep.data))


def _grown(sweep: WeightedSweep, found: ArcSum, sign: int) -> ArcSum:
    """Return the sum with as many arcs more, of one sign, as earn their place.

    Where one arc earns nothing and the misfit is no noise, two are tried at once and from more starts: a broad arc may
    hide a pair.
    """
    last, starts = found, arc_sum.FEW_STARTS
    while len(last.shape.signs) < _MOST_ARCS and last.shape.size + 3 < sweep.data // 2:
        last = arc_sum.with_another(sweep, last, sign, starts)
        if _bic(sweep, last) < _bic(sweep, found):
            found = last
        elif starts == arc_sum.FEW_STARTS and not _is_noise(sweep, found):
            last, starts = found, arc_sum.MANY_STARTS
        elif len(last.shape.signs) - len(found.shape.signs) > 1 or _is_noise(sweep, found):
            break
    return found


def _pruned(sweep: WeightedSweep, found: ArcSum) -> ArcSum:
    """Return the sum without the terms that earn nothing: the one that is missed least goes first."""
    while True:
        smaller = [arc_sum.without(sweep, found, shape, kept) for shape, kept in _smaller(found)]
        best = min(smaller, key=lambda one: _bic(sweep, one), default=None)
        if best is None or _bic(sweep, best) > _bic(sweep, found):
            return found
        found = best


def _smaller(found: ArcSum) -> list[tuple[ArcTerms, Real]]:
    """Return every shape with one term less, with ln tau and ln n of the arcs that stay."""
    shape, arcs = found.shape, found.arcs[:, 1:]
    smaller = [(shape.without_arc(place), np.delete(arcs, place, axis=0)) for place in range(len(arcs))]
    if shape.inductance:
        smaller.append((ArcTerms(shape.signs, False, shape.tail), arcs))
    if shape.tail:
        smaller.append((ArcTerms(shape.signs, shape.inductance, False), arcs))
    return smaller


def _residuals(sweep: WeightedSweep, found: ArcSum) -> Complex:
    Z = arc_sum.model(sweep, found.shape, found.logs[None])[0][0]
    return (Z - sweep.Z) / np.abs(sweep.Z)


def _misfit(residuals: Complex) -> float:
    return 100.0 * float(np.sqrt(np.mean(np.abs(residuals) ** 2) / 2))


def neighbours(omega: Real, residuals: Complex) -> float:
    """Return the correlation of residuals at neighbouring frequencies: about 0 for noise, towards 1 for a misfit."""
    ordered = residuals[np.argsort(omega)]
    power = float(np.mean(np.abs(ordered) ** 2))
    return float(np.mean((ordered[1:] * ordered[:-1].conj()).real)) / power if power > 0 and len(ordered) > 2 else 0.0


def _is_noise(sweep: WeightedSweep, found: ArcSum) -> bool:
    residuals = _residuals(sweep, found)
    return _misfit(residuals) < _LEAST_MISFIT or neighbours(sweep.omega, residuals) < _SYSTEMATIC


def _result(sweep: WeightedSweep, best: ArcSum, positive: ArcSum) -> Processes:
    covariance = arc_sum.covariance(sweep, best)
    residuals = _residuals(sweep, best)
    peaks = _peaks(sweep, best, covariance)
    low, high = sweep.times
    tau = np.geomspace(low, high, int(_PER_DECADE * np.log10(high / low)) + 1)
    misfit, noise = _misfit(_residuals(sweep, positive)), _is_noise(sweep, positive)
    series = float(np.exp(best.logs[0]))
    reach = _Z95 * series * float(np.sqrt(covariance[0, 0]))
    return Processes(
        peaks,
        series,
        (max(series - reach, 0.0), series + reach),
        float(np.exp(best.logs[1])) if best.shape.inductance else None,
        _tail(sweep, best, covariance) if best.shape.tail else None,
        tau,
        sum((distribution(tau, peak) for peak in peaks), np.zeros_like(tau)),
        noise or misfit < _NO_DISTRIBUTION,
        _misfit(residuals),
        neighbours(sweep.omega, residuals),
        _sentence(peaks, misfit, noise, best.shape.signs != positive.shape.signs),
        residuals * np.abs(sweep.Z) + sweep.Z,
    )


def _peaks(sweep: WeightedSweep, found: ArcSum, covariance: Real) -> tuple[RelaxationPeak, ...]:
    first = 1 + found.shape.inductance
    errors = np.sqrt(np.diag(covariance))[first:]
    inside = 1 / sweep.omega.max(), 1 / sweep.omega.min()
    peaks = []
    for place, (sign, (ln_R, ln_tau, ln_n)) in enumerate(zip(found.shape.signs, found.arcs, strict=True)):
        R, tau = sign * float(np.exp(ln_R)), float(np.exp(ln_tau))
        ends_R = sorted(sign * end for end in _interval(ln_R, errors[3 * place]))
        times = _interval(ln_tau, errors[3 * place + 1])
        peaks.append(
            RelaxationPeak(
                tau, R, float(np.exp(ln_n)), tau / R, times, (ends_R[0], ends_R[1]), inside[0] <= tau <= inside[1]
            )
        )
    return tuple(sorted(peaks, key=lambda peak: peak.tau_s))


def _interval(ln: float, error: float) -> tuple[float, float]:
    half = min(_Z95 * float(error), 50.0)
    return float(np.exp(ln - half)), float(np.exp(ln + half))


def _tail(sweep: WeightedSweep, found: ArcSum, covariance: Real) -> Tail:
    m = float(np.exp(found.logs[-1]))
    at_lowest = float(np.exp(found.logs[-2]))
    return Tail(m, m * float(np.sqrt(covariance[-1, -1])), float(1.0 / (at_lowest * sweep.omega.min() ** m)))


def distribution(tau: Real, peak: RelaxationPeak) -> Real:
    """Return the distribution of one arc in ohm per unit of ln tau, shape of tau. An ideal arc is drawn a little wide."""
    n = min(peak.n, _DRAWN_WIDEST)
    turn = (1.0 - n) * np.pi
    return peak.R_ohm / (2 * np.pi) * np.sin(turn) / (np.cosh(n * np.log(tau / peak.tau_s)) - np.cos(turn))


def _sentence(peaks: tuple[RelaxationPeak, ...], misfit: float, noise: bool, turned: bool) -> str:
    count = f"{len(peaks)} process{'es' if len(peaks) != 1 else ''}"
    if noise:
        return f"{count}, misfit {misfit:.2g} % of |Z|, which looks like noise"
    if misfit < _NO_DISTRIBUTION:
        return f"{count}; the misfit, {misfit:.2g} % of |Z|, is systematic, so intervals are too narrow"
    seen = f"a distribution of positive resistances cannot describe this: systematic misfit {misfit:.2g} % of |Z|"
    if turned:
        at = ", ".join(f"{1 / (2 * np.pi * peak.tau_s):.3g} Hz" for peak in peaks if peak.R_ohm < 0.0)
        return f"{seen}; {count} with a negative one (an inductive loop) near {at} do"
    return f"{seen}, and neither can loops: look at the Kramers-Kronig test first"
