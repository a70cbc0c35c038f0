"""The fit of a whole pattern: noise, search for phases, cubic against orthorhombic, amounts, limits, quality."""

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.xrd.amounts import phase_results
from ionweld.analyse.xrd.halos import halo_columns
from ionweld.analyse.xrd.model import GLOBALS, PatternModel, PhaseCandidate, Priors, background_terms, candidate
from ionweld.analyse.xrd.quality import POOR_UNEXPLAINED, judge, unexplained_of
from ionweld.analyse.xrd.result import XrdResult
from ionweld.analyse.xrd.search import UNEQUAL, Fitted, fit_model, scan, select, support, with_candidates
from ionweld.errors import Fault, InputError
from ionweld.laws.diffraction import cell_of, metric_of
from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.numerics.threads import one_thread
from ionweld.spec.crystal import Phase, powder_lines
from ionweld.spec.faults import shipped

Floats = NDArray[np.float64]

BACKGROUND_DEGREE = 5
_SMOOTHING_POINTS = 7
_FAR_ABOVE = 3.0  # standard errors
_ROBUST_ROUNDS = 3
_SURE_SUPPORT = 0.85  # of a phase beside another one that nobody named: lines of chance support half of that
_TEXTURE_SEEN = 2.5  # standard errors of ln r
_HUMP_MARGIN_DEG = 3.0  # the hump is part of the model when the scan reaches this far below it


@cache
def priors() -> Priors:
    """Return what is known of the line shapes before any fit."""
    table = shipped("ionweld.spec", "library/xrd_priors.toml")
    return Priors(**{name: (float(row["value"]), float(row["sigma"])) for name, row in table.items()})


def fit_pattern(pattern: Diffractogram, phases: list[Phase], known: Priors | None = None) -> XrdResult:
    """Return which of `phases` a pattern shows, with cells, shares of the mass and upper limits.

    Errors are one standard error and include the zero, the sample's displacement, overlap with every other phase, and
    the misfit that is left (formal errors times the correlated misfit, where there is one). Shares of the mass assume
    a flat, thick, untextured sample whose phases absorb alike. known: of the line shapes before the fit, as a standard
    has shown it. Raises InputError when the wavelength is not known.
    """
    with one_thread():
        return _fit(pattern, phases, known or priors())


def first_fit(pattern: Diffractogram, phases: list[Phase], known: Priors) -> Fitted:
    """Return the plain fit of the phases that a pattern shows, without a word on amounts or limits."""
    radiation = _radiation(pattern)
    everything = [c for phase in phases for c in _candidates(phase, radiation, pattern)]
    empty = fit_model(_empty(pattern, radiation, known), pattern.counts, _first_sigma(pattern))
    return select(empty, _highest(everything))[0]


def _fit(pattern: Diffractogram, phases: list[Phase], known: Priors) -> XrdResult:
    radiation = _radiation(pattern)
    everything = [c for phase in phases for c in _candidates(phase, radiation, pattern)]
    sigma = _first_sigma(pattern)
    empty = _empty(pattern, radiation, known)
    fitted, refused = select(fit_model(empty, pattern.counts, sigma), _highest(everything))
    halos = halo_columns(fitted)
    if halos.shape[1]:
        empty = replace(empty, background=np.hstack([empty.background, halos]))
        fitted, refused = select(fit_model(empty, pattern.counts, sigma), _highest(everything))
    aside = _in_spite_of_others(fitted, empty, pattern, everything)
    fitted, refused = aside or (fitted, refused)
    fitted = _with_strengths_at_cell(fitted, float(pattern.two_theta_deg[-1]))
    fitted, cubic_odds = _choose_symmetry(fitted, everything)
    noise = _noise_of_model(pattern, fitted)
    fitted = _refitted(fitted, _weakened(fitted, noise) if aside else noise)
    quality, warnings = judge(replace(fitted, problem=replace(fitted.problem, sigma=noise)))
    results = phase_results(fitted, _absent(phases, fitted, refused, everything), quality.verdict)
    variance = fitted.solution.covariance[1, 1] * fitted.misfit
    return XrdResult(
        phases=tuple(sorted(results, key=lambda result: [phase.name for phase in phases].index(result.phase))),
        quality=quality,
        cubic_odds=cubic_odds,
        displacement_deg=float(fitted.solution.theta[1]),
        displacement_stderr_deg=float(np.sqrt(variance)),
        hump_deg=float(fitted.solution.theta[3]) if _has_hump(fitted) else None,
        hump_stderr_deg=float(np.sqrt(fitted.solution.covariance[3, 3] * fitted.misfit)) if _has_hump(fitted) else None,
        warnings=(*warnings, *_texture(fitted), *_assumed(phases)),
        model=fitted.solution.model,
        background=_background_of(fitted),
        two_theta_deg=pattern.two_theta_deg,
    )


def _radiation(pattern: Diffractogram) -> Radiation:
    if pattern.radiation is None:
        fault = Fault(
            pattern.label,
            "the file does not name its wavelength",
            'Give it: --wavelength Cu or 1.540593; in a study, wavelength = "Cu"',
        )
        raise InputError(fault)
    return pattern.radiation


def _candidates(phase: Phase, radiation: Radiation, pattern: Diffractogram) -> list[PhaseCandidate]:
    end = float(pattern.two_theta_deg[-1]) + 1.0
    found = [candidate(phase, radiation, end)]
    if phase.distortion is not None:
        found.append(candidate(phase, radiation, end, phase.distortion))
    return found


def _highest(everything: list[PhaseCandidate]) -> list[PhaseCandidate]:
    return [c for c in everything if c.lattice == c.phase.lattice]


def _empty(pattern: Diffractogram, radiation: Radiation, known: Priors) -> PatternModel:
    two_theta = pattern.two_theta_deg
    return PatternModel(
        two_theta=two_theta,
        radiation=radiation,
        candidates=(),
        priors=known,
        background=background_terms(two_theta, BACKGROUND_DEGREE),
        hump=bool(two_theta[0] < known.hump_position[0] - _HUMP_MARGIN_DEG),
    )


def _first_sigma(pattern: Diffractogram) -> Floats:
    """Return the noise of each point: the square root of the smoothed counts, or scaled to the scatter of the data."""
    kernel = np.ones(_SMOOTHING_POINTS) / _SMOOTHING_POINTS
    padded = np.pad(pattern.counts, _SMOOTHING_POINTS // 2, mode="edge")
    smooth = np.maximum(np.convolve(padded, kernel, mode="valid"), 1e-3 * pattern.counts.max())
    if pattern.counts_are == "counts":
        return np.sqrt(np.maximum(smooth, 1.0))
    return np.sqrt(smooth * _scatter(pattern.counts, smooth))


def _scatter(counts: Floats, variance: Floats) -> float:
    """Return by how much the scatter of the data exceeds `variance`, from second differences (robust to lines)."""
    second = (counts[2:] - 2.0 * counts[1:-1] + counts[:-2]) / np.sqrt(6.0 * variance[1:-1])
    return max(float(np.median(np.abs(second)) / 0.6745) ** 2, 1e-12)


def _noise_of_model(pattern: Diffractogram, fitted: Fitted) -> Floats:
    """Return the noise that the model predicts, to fit with once more: noise from the data itself biases low counts."""
    floor = 1.0 if pattern.counts_are == "counts" else 1e-3 * pattern.counts.max()
    variance = np.maximum(fitted.solution.model, floor)
    if pattern.counts_are != "counts":
        variance = variance * _scatter(pattern.counts, variance)
    return np.sqrt(variance)


def _refitted(fitted: Fitted, sigma: Floats) -> Fitted:
    return fit_model(fitted.model, fitted.problem.y, sigma, fitted.solution.theta)


def _with_strengths_at_cell(fitted: Fitted, end_deg: float) -> Fitted:
    """Return the fit with line strengths and densities at the cells that were found, not at those it started from."""
    model, theta = fitted.model, fitted.solution.theta
    found = [_at_cell(c, model.metric(theta, i), model.radiation, end_deg) for i, c in enumerate(model.candidates)]
    return fit_model(replace(model, candidates=tuple(found)), fitted.problem.y, fitted.problem.sigma, theta)


def _at_cell(c: PhaseCandidate, metric: Floats, radiation: Radiation, end_deg: float) -> PhaseCandidate:
    a, b, length_c, alpha, beta, gamma = (float(x) for x in cell_of(c.lattice, metric))
    phase = replace(c.phase, cell=(a, b, length_c, alpha, beta, gamma))
    return replace(c, phase=phase, lines=powder_lines(phase, radiation.kalpha1, end_deg + 1.0, c.lattice))


def _choose_symmetry(fitted: Fitted, everything: list[PhaseCandidate]) -> tuple[Fitted, float | None]:
    """Return the fit with a cubic cell or its orthorhombic distortion, whichever BIC prefers, and the odds of cubic."""
    for c in everything:
        if c.lattice == c.phase.lattice:
            continue
        others = tuple(k for k in fitted.model.candidates if k.phase.name != c.phase.name)
        cubic = next((k for k in fitted.model.candidates if k.phase.name == c.phase.name), None)
        gain, best = scan(with_candidates(fitted, others) if cubic else fitted, c)
        if gain <= 0.0:
            continue
        distorted = _distorted(fitted, others, best, best.metric)
        if cubic and distorted.solution.chi2 > fitted.solution.chi2:  # the cubic cell is one of its own
            distorted = _distorted(fitted, others, c, metric_of(c.lattice, cubic.phase.cell) * UNEQUAL)
        more = len(best.metric) - len(cubic.metric) if cubic else best.shapes + 1
        log_odds = _log_odds(fitted, distorted, more)
        if cubic and log_odds < 0.0:
            fitted = _from_globals_of(distorted, fitted)
            log_odds = _log_odds(fitted, distorted, more)
        if log_odds < 0.0:
            fitted = distorted
        if cubic or log_odds < 0.0:
            return fitted, float(np.exp(np.clip(log_odds, -300.0, 300.0)))
    return fitted, None


def _distorted(fitted: Fitted, others: tuple[PhaseCandidate, ...], c: PhaseCandidate, metric: Floats) -> Fitted:
    start = _at_cell(c, metric, fitted.model.radiation, float(fitted.model.two_theta[-1]))
    return _refit(fitted, (*others, replace(start, metric=metric)))


def _log_odds(fitted: Fitted, other: Fitted, more: int) -> float:
    """Return by BIC the logarithm of the odds of a fit against another one that has so many parameters more."""
    difference = (fitted.solution.chi2 - other.solution.chi2) / other.misfit
    return float(0.5 * (more * np.log(len(fitted.problem.y)) - difference))


def _from_globals_of(other: Fitted, fitted: Fitted) -> Fitted:
    """Return the fit from where another one found zero, widths and hump, where that is better: they are not the cell's."""
    start = fitted.solution.theta.copy()
    start[:GLOBALS] = other.solution.theta[:GLOBALS]
    again = fit_model(fitted.model, fitted.problem.y, fitted.problem.sigma, start)
    return again if again.solution.chi2 < fitted.solution.chi2 else fitted


def _refit(fitted: Fitted, candidates: tuple[PhaseCandidate, ...]) -> Fitted:
    """Return the fit with other candidates, starting from what is known of those that stay."""
    model = replace(fitted.model, candidates=candidates)
    start = model.start_from(fitted.model, fitted.solution.theta)
    return fit_model(model, fitted.problem.y, fitted.problem.sigma, start)


def _absent(
    phases: list[Phase], fitted: Fitted, refused: list[PhaseCandidate], everything: list[PhaseCandidate]
) -> list[PhaseCandidate]:
    shown = {c.phase.name for c in fitted.model.candidates}
    best = {c.phase.name: c for c in (*_highest(everything), *refused)}
    return [best[phase.name] for phase in phases if phase.name not in shown]


def _has_hump(fitted: Fitted) -> bool:
    return fitted.model.hump and bool(fitted.solution.amplitudes[len(fitted.model.candidates)] > 0.0)


def _background_of(fitted: Fitted) -> Floats:
    model = fitted.model
    which = list(range(len(model.candidates), model.width))
    return model.columns(fitted.solution.theta, which) @ fitted.solution.amplitudes[which]


def _in_spite_of_others(
    fitted: Fitted, empty: PatternModel, pattern: Diffractogram, everything: list[PhaseCandidate]
) -> tuple[Fitted, list[PhaseCandidate]] | None:
    """Return a fit in which what stands above it counts little; None where most of the pattern is explained anyway.

    The lines of a phase that is not in the list pull the whole fit towards themselves and hide the phases that are.
    """
    if unexplained_of(fitted) < POOR_UNEXPLAINED:
        return None
    sigma = fitted.problem.sigma
    weak = _weakened(fit_model(empty, pattern.counts, sigma), sigma)
    trial, others = select(fit_model(empty, pattern.counts, weak), _highest(everything))
    for _ in range(_ROBUST_ROUNDS):
        trial = _refitted(trial, _weakened(trial, sigma))
    sure = all(support(trial, i) > _SURE_SUPPORT for i in range(len(trial.model.candidates)))
    return (trial, others) if trial.model.candidates and sure else None


def _weakened(fitted: Fitted, sigma: Floats) -> Floats:
    """Return the noise enlarged where the counts stand far above the model (Cauchy's weights, on that side alone)."""
    above = np.maximum(fitted.problem.y - fitted.solution.model, 0.0) / sigma
    return sigma * np.sqrt(1.0 + (above / _FAR_ABOVE) ** 2)


def _texture(fitted: Fitted) -> list[str]:
    """Return a sentence for each phase whose lines show that its grains lie unevenly."""
    said = []
    for index, c in enumerate(fitted.model.candidates):
        lean = fitted.model.log_march(fitted.solution.theta, index)
        if lean is None:
            continue
        value, at = lean
        if abs(value) > _TEXTURE_SEEN * float(np.sqrt(fitted.solution.covariance[at, at] * fitted.misfit)):
            said.append(
                f"{c.phase.name}: its grains lie unevenly about c (texture, March-Dollase r = {np.exp(value):.2f})"
            )
    return said


def _assumed(phases: list[Phase]) -> list[str]:
    return [f"{phase.name}: {phase.source}" for phase in phases if phase.status == "assumed"]
