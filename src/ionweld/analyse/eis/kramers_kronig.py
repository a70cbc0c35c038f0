"""Is a spectrum linear, causal and stable? The linear Kramers-Kronig test.

    Z = R + j omega L + 1/(j omega C) + sum_k R_k/(1 + j omega tau_k),  tau_k fixed and log-spaced over the window

is Kramers-Kronig consistent whatever its (signed) amplitudes. They follow from one linear least-squares problem; the
number of terms rises until mu = 1 - sum |R_k < 0|/sum |R_k >= 0| falls below 0.85. What remains in the residuals is
noise, which is harmless, and slow systematic deviation, which is drift, non-linearity or an artefact.

Source: linear test after Boukamp 1995; mu after Schönleber, Klotz, Ivers-Tiffée 2014, 10.1016/j.electacta.2014.01.034.
"""

from dataclasses import dataclass

import numpy as np

from ionweld.analyse.eis.problem import Complex, Real
from ionweld.errors import Fault, InputError
from ionweld.measurement.impedance import Spectrum

_MU_LIMIT = 0.85
_FEWEST_TERMS = 3
_TRIALS = 14
_NEAR_BEST = 1.3
_MOST_TERMS_PER_POINT = 0.7
_SURE = 2.0  # standard deviations
_OUTLIER = 5.0  # robust standard deviations
_MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class KramersKronig:
    """Outcome of the test. All residuals are in percent of |Z|.

    passes: the systematic part is not significantly above limit_percent and no point stands out;
    systematic_percent: root of the covariance of neighbouring residuals, what noise does not have; noise_percent: the
    rest; residuals: complex (n,).
    """

    passes: bool
    residual_rms_percent: float
    systematic_percent: float
    noise_percent: float
    limit_percent: float
    terms: int
    mu: float
    outliers_Hz: tuple[float, ...]
    residuals: Complex
    model_ohm: Complex
    said: str


def kramers_kronig(spectrum: Spectrum, *, limit_percent: float = 1.0) -> KramersKronig:
    """Return the outcome of the linear Kramers-Kronig test. Raises InputError for fewer than eight points."""
    omega, Z = 2 * np.pi * spectrum.frequency_Hz, spectrum.impedance_ohm
    if len(Z) < 8:
        seen = f"{len(Z)} points are too few for a Kramers-Kronig test"
        raise InputError(Fault(spectrum.provenance.source, seen, "Give a sweep of eight points or more"))
    terms, mu, model = _fit(omega, Z)
    residuals = 100 * (Z - model) / np.abs(Z)
    ordered = residuals[np.argsort(omega)]
    rms = float(np.sqrt(np.mean(np.abs(residuals) ** 2) / 2))
    outliers = _outliers(residuals, 2 * limit_percent)
    # Neighbours share drift but not noise; a lone bad point is named separately and must not count as drift.
    kept = ordered[~outliers[np.argsort(omega)]]
    shared = float(np.mean((kept[1:] * kept[:-1].conj()).real)) / 2 if len(kept) > 1 else 0.0
    systematic = float(np.sqrt(max(shared, 0.0)))
    noise = float(np.sqrt(max(np.mean(np.abs(kept) ** 2) / 2 - systematic**2, 0.0)))
    frequencies = tuple(float(f) for f in spectrum.frequency_Hz[outliers])
    # The covariance of n pairs of pure noise scatters by its variance/sqrt(2 n): only what exceeds that fails.
    scatter = _SURE * float(np.mean(np.abs(kept) ** 2)) / 2 / np.sqrt(2 * max(len(kept) - 1, 1))
    passes = shared - scatter <= limit_percent**2 and not frequencies
    said = _sentence(passes, systematic, limit_percent, frequencies)
    return KramersKronig(
        passes, rms, systematic, noise, limit_percent, terms, mu, frequencies, residuals, model, said
    )  # fmt: skip


def _sentence(passes: bool, systematic: float, limit: float, outliers: tuple[float, ...]) -> str:
    if passes:
        return f"consistent: systematic deviation {systematic:.2g} % of |Z|, limit {limit:g} % beyond noise"
    parts = []
    if systematic > limit:
        parts.append(f"systematic deviation {systematic:.2g} % of |Z| is above {limit:g} %: drift or non-linearity")
    if outliers:
        parts.append("points that stand out: " + ", ".join(f"{f:.4g} Hz" for f in outliers))
    return "; ".join(parts)


def _fit(omega: Real, Z: Complex) -> tuple[int, float, Complex]:
    """Return the number of terms, mu and the model.

    The fewest terms whose mu is below its limit are taken, but only where their misfit is near the best that any
    number reaches: with few terms mu can fall by chance, far from the data.
    """
    most = max(_FEWEST_TERMS, int(_MOST_TERMS_PER_POINT * len(Z)))
    numbers = np.unique(np.geomspace(_FEWEST_TERMS, most, _TRIALS).round().astype(int))
    trials = [(int(number), *_solve(omega, Z, int(number))) for number in numbers]
    misfits = [_misfit(Z, model, number) for number, _, model in trials]
    near = _NEAR_BEST * min(misfits)
    settled = [t for t, misfit in zip(trials, misfits, strict=True) if t[1] < _MU_LIMIT and misfit <= near]
    return settled[0] if settled else trials[int(np.argmin(misfits))]


def _misfit(Z: Complex, model: Complex, terms: int) -> float:
    """Return the misfit per degree of freedom."""
    return float(np.sqrt(np.sum(np.abs((Z - model) / Z) ** 2) / (2 * len(Z) - terms - 3)))


def _solve(omega: Real, Z: Complex, terms: int) -> tuple[float, Complex]:
    tau = np.geomspace(1 / omega.max(), 1 / omega.min(), terms)
    columns = np.vstack([1 / (1 + 1j * omega * tau[:, None]), np.ones_like(omega), 1j * omega, -1j / omega])
    weighted = (columns / np.abs(Z)).view(float)
    norms = np.sqrt(np.sum(weighted**2, axis=1))
    data = (Z / np.abs(Z)).view(float)
    amplitudes = np.linalg.lstsq((weighted / norms[:, None]).T, data, rcond=1e-12)[0] / norms
    R = amplitudes[:terms]
    positive = R[R >= 0].sum()
    mu = 1 - float(-R[R < 0].sum() / positive) if positive > 0 else 0.0
    return mu, amplitudes @ columns


def _outliers(residuals: Complex, least: float) -> np.ndarray:
    size = np.abs(residuals)
    sigma = _MAD_TO_SIGMA * np.median(size)
    return (size > _OUTLIER * sigma) & (size > least)
