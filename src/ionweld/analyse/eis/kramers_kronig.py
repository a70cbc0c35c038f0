"""Is a spectrum linear, causal and stable? The linear Kramers-Kronig test, judged against the noise that is there.

    Z = R + j omega L + 1/(j omega C) + sum_k R_k/(1 + j omega tau_k),  tau_k fixed and log-spaced beyond the window

is Kramers-Kronig consistent whatever its (signed) amplitudes, and follows from one linear least-squares problem. What it
leaves of consistent data is noise, whose size is read from the residuals themselves: sigma^2 = a^2 + b^2 |Z|^2, so constant,
in proportion to the modulus, or both. Then four faults are asked for, each by the best estimate of its
size that the model leaves room for, against what noise alone would give:

    spike    one point off
    step     everything below a frequency off by one factor: a change of range, a contact
    drift    a factor that grows from some point of the sweep to the last
    other    residuals whose neighbours are alike: non-linearity, or a drift of another course

A fault counts where noise gives it once in a hundred spectra at most, and where it is larger than the limit.
Source: linear test after Boukamp 1995; the score test of each fault: Rao 1948 (as in every text on statistics).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ionweld.analyse.eis.problem import Complex, Real
from ionweld.errors import Fault, InputError
from ionweld.measurement.impedance import ImpedanceSpectrum

FEWEST_POINTS = 8
_PER_DECADE = 4.0
_BEYOND = 10.0
_MOST_TERMS = 0.4  # of the real numbers that there are
_RANK = 1e-9
_RARE = 0.01  # how often noise alone may look like one kind of fault
_RAYLEIGH_MEDIAN = float(np.sqrt(2 * np.log(2)))
_CONSTANT_OVER_PROPORTIONAL = (0.0, *np.geomspace(1e-6, 1e2, 33))  # of the noise, at the median |Z|
_DRIFT_BEGINS = (0.0, 0.2, 0.4, 0.6)  # of the sweep
_LINEAR = 50.0  # percent
_LAGS = 4
_DRAWS = 300
_PASSES = 4  # of spikes taken out, noise read anew
_SMALLEST_NOISE = 1e-6  # of |Z|: numbers are written with six digits


@dataclass(frozen=True, slots=True)
class SweepFault:
    """A fault of a sweep: its kind, size and standard error in percent of |Z|, where it lies (Hz, None: everywhere)."""

    kind: str
    percent: float
    stderr_percent: float
    at_Hz: float | None

    @property
    def said(self) -> str:
        """Return the fault in words."""
        size = f"{self.percent:+.2g} +- {self.stderr_percent:.1g} % of |Z|"
        if self.kind == "spike":
            return f"the point at {self.at_Hz:.4g} Hz stands out by {abs(self.percent):.2g} % of |Z|"
        if self.kind == "step":
            return f"a step of {size} at {self.at_Hz:.4g} Hz: a change of range or of a contact"
        if self.kind == "drift":
            return f"a drift of {size} over the sweep: the sample changed while it was measured"
        return f"a systematic deviation of {self.percent:.2g} % of |Z|: drift or non-linearity"


@dataclass(frozen=True, slots=True)
class KramersKronig:
    """Outcome of the test. All residuals are in percent of |Z|.

    passes: no fault is both surer than noise and larger than limit_percent; systematic_percent: root of the covariance of
    neighbouring residuals beyond what noise gives, 0 where there is none; noise_percent: the median noise;
    noise_constant: share of its constant part at the median |Z|, 0 to 1; residuals: complex (n,).
    """

    passes: bool
    residual_rms_percent: float
    systematic_percent: float
    noise_percent: float
    noise_constant: float
    limit_percent: float
    terms: int
    faults: tuple[SweepFault, ...]
    residuals: Complex
    model_ohm: Complex

    @property
    def outliers(self) -> tuple[float, ...]:
        """Return the frequencies of single points that stand out."""
        return tuple(fault.at_Hz for fault in self.faults if fault.kind == "spike" and fault.at_Hz is not None)

    @property
    def noise_said(self) -> str:
        """Return the noise in words."""
        kind = (
            "in proportion to |Z|"
            if self.noise_constant < 0.2
            else "constant"
            if self.noise_constant > 0.95
            else "mixed"
        )
        return f"noise {self.noise_percent:.2g} % of |Z| ({kind})"

    @property
    def said(self) -> str:
        """Return the outcome in words."""
        if self.passes:
            return f"consistent: {self.noise_said}, no fault above {self.limit_percent:g} %"
        return "; ".join(fault.said for fault in self.faults) + f"; {self.noise_said}"


@dataclass(frozen=True, slots=True)
class _Smooth:
    """A linear consistent model in units of the noise. left: what it cannot imitate, (2n, 2n); residuals: (2n,)."""

    left: Real
    residuals: Real
    model: Complex
    terms: int


def kramers_kronig(spectrum: ImpedanceSpectrum, *, limit_percent: float = 1.0) -> KramersKronig:
    """Return the outcome of the linear Kramers-Kronig test. Raises InputError for fewer than eight points."""
    order = np.argsort(-spectrum.frequency_Hz, kind="stable")
    omega, Z = 2 * np.pi * spectrum.frequency_Hz[order], spectrum.impedance_ohm[order]
    if len(Z) < FEWEST_POINTS:
        seen = f"{len(Z)} points are too few for a Kramers-Kronig test"
        raise InputError(Fault(spectrum.provenance.source, seen, "Give a sweep of eight points or more"))
    kept, smooth, sigma, constant = _cleaned(omega, Z, limit_percent)
    residuals = np.empty(len(Z), complex)
    residuals[order] = 100 * (Z - smooth.model) / np.abs(Z)
    model = np.empty(len(Z), complex)
    model[order] = smooth.model
    relative = 100 * sigma / np.abs(Z)
    systematic, sure = _alike(smooth, kept)
    shared = systematic * float(np.median(relative))
    faults = [
        *_spike_faults(omega, Z, smooth, kept),
        *_gain_faults(*_gain(omega, smooth, sigma, kept), len(Z), limit_percent),
    ]
    rms = float(np.sqrt(np.mean(np.abs(residuals) ** 2) / 2))
    if not faults and sure and max(shared, rms) > limit_percent:
        faults.append(SweepFault("other", max(shared, rms), 0.0, None))
    return KramersKronig(
        passes=not faults,
        residual_rms_percent=rms,
        systematic_percent=shared if sure else 0.0,
        noise_percent=float(np.median(relative)),
        noise_constant=constant,
        limit_percent=limit_percent,
        terms=smooth.terms,
        faults=tuple(faults),
        residuals=residuals,
        model_ohm=model,
    )


def _cleaned(omega: Real, Z: Complex, limit: float) -> tuple[NDArray[np.bool_], _Smooth, Real, float]:
    """Return the points without spikes, their model, the noise of all points (ohm), and the share of its constant part."""
    kept = np.ones(len(Z), bool)
    smooth, sigma, constant = _smoothed(omega, Z, np.abs(Z), kept), np.abs(Z), 0.0
    for _ in range(_PASSES):
        sigma, constant = _noise(Z, smooth, sigma, kept)
        smooth = _smoothed(omega, Z, sigma, kept)
        spike, standing = _spike(smooth, sigma, Z, kept, limit)
        # the edge of a step stands out too, but the step explains more
        if spike is None or _gain(omega, smooth, sigma, kept)[1] > standing:
            break
        kept[spike] = False
        smooth = _smoothed(omega, Z, sigma, kept)
    return kept, smooth, sigma, constant


def _smoothed(omega: Real, Z: Complex, sigma: Real, kept: NDArray[np.bool_]) -> _Smooth:
    """Return the consistent model of the points that are kept, weighted by their noise."""
    low, high = 1 / (_BEYOND * omega.max()), _BEYOND / omega.min()
    most = int(_MOST_TERMS * 2 * kept.sum())
    terms = min(max(3, int(_PER_DECADE * np.log10(high / low))), most)
    tau = np.geomspace(low, high, terms)
    columns = np.asarray(
        np.vstack([1 / (1 + 1j * omega * tau[:, None]), np.ones_like(omega), 1j * omega, -1j / omega]), complex
    )
    weighted = ((columns * kept) / sigma).view(float)
    weighted /= np.sqrt(np.sum(weighted**2, axis=1, keepdims=True))
    u, s, _ = np.linalg.svd(weighted.T, full_matrices=False)
    basis = u[:, s > _RANK * s[0]]
    data = (Z * kept / sigma).view(float)
    residuals = data - basis @ (basis.T @ data)
    left = np.diag(np.repeat(kept, 2).astype(float)) - basis @ basis.T
    model = np.where(kept, Z - residuals.view(complex) * sigma, _without_point(columns, Z, sigma, kept))
    return _Smooth(left, residuals, model, terms)


def _without_point(columns: Complex, Z: Complex, sigma: Real, kept: NDArray[np.bool_]) -> Complex:
    """Return the model at all points from the amplitudes that the kept ones give."""
    if kept.all():
        return Z
    weighted = np.ascontiguousarray(columns[:, kept] / sigma[kept]).view(float)
    norms = np.sqrt(np.sum(weighted**2, axis=1))
    data = (Z[kept] / sigma[kept]).view(float)
    amplitudes = np.linalg.lstsq((weighted / norms[:, None]).T, data, rcond=_RANK)[0] / norms
    return amplitudes @ columns


def _noise(Z: Complex, smooth: _Smooth, sigma: Real, kept: NDArray[np.bool_]) -> tuple[Real, float]:
    """Return the noise of each point (ohm), a and b |Z| added in squares, and the share of a at the median |Z|.

    It is read from how much a residual differs from its neighbours, which a slow deviation does not touch: the ratio of
    a to b by maximum likelihood of these (their size is Rayleigh distributed), the level by their median.
    """
    ohm = (smooth.residuals.view(complex) * sigma)[kept]
    size = np.abs(Z)[kept]
    if len(ohm) < FEWEST_POINTS - 2:
        return sigma, 0.0
    bends = np.maximum(np.abs(ohm[2:] - 2 * ohm[1:-1] + ohm[:-2]) / np.sqrt(6), 1e-12 * size[1:-1])
    shapes = [np.hypot(ratio * np.median(size), size[1:-1]) for ratio in _CONSTANT_OVER_PROPORTIONAL]
    likely = [-2 * np.sum(np.log(shape)) - len(bends) * np.log(np.mean((bends / shape) ** 2)) for shape in shapes]
    best = int(np.argmax(likely))
    shape = np.hypot(_CONSTANT_OVER_PROPORTIONAL[best] * np.median(size), np.abs(Z))
    room = float(np.trace(smooth.left)) / (2 * kept.sum())
    level = float(np.median(bends / shapes[best])) / _RAYLEIGH_MEDIAN / np.sqrt(max(room, 0.05))
    share = _CONSTANT_OVER_PROPORTIONAL[best] / np.hypot(1.0, _CONSTANT_OVER_PROPORTIONAL[best])
    return np.maximum(level * shape, _SMALLEST_NOISE * np.abs(Z)), float(share)


def _spike(smooth: _Smooth, sigma: Real, Z: Complex, kept: NDArray[np.bool_], limit: float) -> tuple[int | None, float]:
    """Return the point that stands out most, if noise does not explain it, and by how many standard deviations.

    A fifth of the points at most is left out.
    """
    size = np.abs(smooth.residuals.view(complex))
    room = np.maximum(np.diag(smooth.left).reshape(-1, 2).mean(axis=1), 0.05)
    standing = np.where(kept, size / np.sqrt(room), 0.0)
    worst = int(np.argmax(standing))
    # the largest of n complex numbers of noise exceeds this in one spectrum of a hundred
    surely = standing[worst] > np.sqrt(-2 * np.log(_RARE / len(Z)))
    off = 100 * size[worst] / room[worst] * sigma[worst] / abs(Z[worst])
    counts = surely and off > 2 * limit and kept.sum() > 0.8 * len(Z)
    return worst if counts else None, float(standing[worst])


def _spike_faults(omega: Real, Z: Complex, smooth: _Smooth, kept: NDArray[np.bool_]) -> list[SweepFault]:
    return [
        SweepFault(
            "spike", 100 * float(abs((Z[i] - smooth.model[i]) / smooth.model[i])), 0.0, float(omega[i] / (2 * np.pi))
        )
        for i in np.flatnonzero(~kept)
    ]


def _gain(omega: Real, smooth: _Smooth, sigma: Real, kept: NDArray[np.bool_]) -> tuple[SweepFault, float]:
    """Return the step or drift that the residuals show most surely, and how many standard errors it is."""
    count = len(omega)
    passed = np.cumsum(1.0 / omega)  # a point takes its periods, so that time passes at low frequency
    point = np.linspace(0.0, 1.0, count)
    # what drifts may be an arc that begins within the sweep
    ramps = [np.maximum(point - start, 0.0) / (1.0 - start) for start in _DRIFT_BEGINS]
    trials = [("drift", course, None) for course in (*ramps, passed / passed[-1])]
    trials += [
        ("step", (np.arange(count) >= k).astype(float), float(np.sqrt(omega[k - 1] * omega[k]) / (2 * np.pi)))
        for k in range(2, count - 1)
    ]
    columns = np.array([(smooth.model * gain * kept / sigma).view(float) for _, gain, _ in trials])
    room = np.einsum("kn,kn->k", columns @ smooth.left, columns)
    known = room > 1e-12 * np.einsum("kn,kn->k", columns, columns)
    amounts = np.where(known, columns @ smooth.residuals, 0.0) / np.where(known, room, 1.0)
    sureness = np.abs(amounts) * np.sqrt(np.where(known, room, 0.0))
    best = int(np.argmax(sureness))
    kind, _, at = trials[best]
    # what neither noise nor this fault explains makes its size less sure
    rest = float(np.sum(smooth.residuals**2) - sureness[best] ** 2) / max(float(np.trace(smooth.left)), 1.0)
    excess = np.sqrt(max(rest, 1.0))
    error = excess / np.sqrt(room[best]) if known[best] else np.inf
    return SweepFault(kind, 100 * float(amounts[best]), 100 * float(error), at), float(sureness[best]) / excess


def _gain_faults(fault: SweepFault, sureness: float, points: int, limit: float) -> list[SweepFault]:
    """Return the step or drift if noise does not give it, anywhere in the sweep, and it is larger than the limit.

    The estimate is linear in the size: what it calls enormous is there, but is neither a step nor a drift.
    """
    surely = sureness > -float(ndtri(_RARE / 2 / points))
    return [fault] if surely and limit < abs(fault.percent) < _LINEAR else []


def _alike(smooth: _Smooth, kept: NDArray[np.bool_]) -> tuple[float, bool]:
    """Return how much neighbouring residuals share, in units of the noise, and whether noise would not give it."""
    seen = _shared(smooth.residuals[None], kept)[0]
    draws = np.random.default_rng(0).standard_normal((_DRAWS, len(smooth.residuals)))
    noise = _shared(draws @ smooth.left, kept)
    beyond = seen - float(noise.mean())
    sure = beyond > -float(ndtri(_RARE)) * float(noise.std())
    return float(np.sqrt(max(beyond, 0.0))), bool(sure)


def _shared(residuals: Real, kept: NDArray[np.bool_]) -> Real:
    """Return the mean covariance of residuals up to a few points apart, per real number, (draws,)."""
    points: Complex = np.ascontiguousarray(residuals).view(np.complex128)[:, kept]
    pairs = [np.mean((points[:, lag:] * points[:, :-lag].conj()).real, axis=1) / 2 for lag in range(1, _LAGS + 1)]
    return np.mean(pairs, axis=0)


def consistency(spectrum: ImpedanceSpectrum) -> tuple[str, ...]:
    """Return what the test finds wrong with a spectrum that is being fitted, as a warning; nothing for short ones."""
    if len(spectrum.frequency_Hz) < FEWEST_POINTS:
        return ()
    result = kramers_kronig(spectrum)
    return () if result.passes else (f"not consistent by Kramers-Kronig: {result.said}",)
