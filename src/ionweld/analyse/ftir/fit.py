"""The fit of an infrared spectrum, region by region: bands of bounded shape on a baseline that is fitted with them.

Areas and baseline are amplitudes, solved for; positions, widths, the share of Lorentz and the skew of each band are
shapes, searched within their bounds (numerics/varpro.py). A baseline that is drawn first and then held would give the
bands errors that are too small, so it is part of the fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.ftir.amounts import lioh_share
from ionweld.analyse.ftir.model import LORENTZ_SHARE, SHAPES, RegionModel
from ionweld.analyse.ftir.result import BandResult, FtirResult, RegionFit
from ionweld.analyse.ftir.vapour import lines_in, shows_vapour
from ionweld.errors import Fault, InputError
from ionweld.laws.infrared import band as band_shape
from ionweld.measurement.infrared import InfraredSpectrum
from ionweld.numerics import varpro
from ionweld.numerics.limits import correlated_misfit, misfit_of, upper_limit
from ionweld.numerics.threads import one_thread
from ionweld.spec.entry import Entry
from ionweld.spec.infrared import InfraredBand, InfraredRegion, OwnBands, bands, regions

Floats = NDArray[np.float64]

DETECTED = 3.0  # standard errors
_COVERED = 0.98  # of a region that a spectrum must reach to be fitted there
_FEWEST_POINTS = 40
_FINE_POINTS = 401
_POOR_MISFIT = 30.0  # on standard errors: beyond this no number is worth giving
# Error of a lopsided band's place, in widths, times its skew: so far off were fits to noiseless bands that an exponential had
# made lopsided, which is another formula for the same thing.
_SKEWED_PLACE = 0.08
# Of the flanks of other bands beneath one, so much is no sign of it; and so much times their skew.
_FLANK, _SKEWED_FLANK = 0.03, 0.2
_SMALL = 0.5  # a band so near another, and so small beside it, is no band of its own


def fit_infrared(
    spectrum: InfraredSpectrum, electrolyte: Entry | None = None, own: OwnBands | None = None
) -> FtirResult:
    """Return the bands of a spectrum with positions, areas, intervals and detection limits.

    electrolyte: whose bands are looked for beside those of what forms on it; None = of all that come with ionweld. own:
    further bands and regions. Errors are one standard error and include the baseline, overlap, and the misfit that is
    left. Raises InputError when the spectrum covers none of the regions that are known.
    """
    looked_at = regions(electrolyte, own)
    covered = [region for region in looked_at if _covers(spectrum, region)]
    if not covered:
        x = spectrum.wavenumber_cm1
        mend = "Record at least 2700 to 3850 1/cm, where the O-H bands stand"
        raise InputError(Fault(spectrum.label, f"the spectrum covers {x[0]:.0f} to {x[-1]:.0f} 1/cm only", mend))
    with one_thread():
        known = tuple(bands(electrolyte, own).values())
        dry = [_Dry.of(spectrum, region, known) for region in covered if _has_bands(region, known)]
        moist = [one.model.region.name for one in dry if one.shows_vapour]
        fits = [_Fit.of(one, bool(moist)) for one in dry]  # what stands in the beam stands before every region
    found = [result for fit in fits for result in fit.bands()]
    poor = [fit.model.region.name for fit in fits if fit.misfit > _POOR_MISFIT**2]
    return FtirResult(
        bands=tuple(found),
        regions=tuple(fit.curve() for fit in fits),
        lioh_share=lioh_share(found),
        verdict="poor" if poor else "good",
        warnings=tuple(_warnings(found, [one.name for one in looked_at if one not in covered], poor, moist, fits)),
    )


def _has_bands(region: InfraredRegion, known: tuple[InfraredBand, ...]) -> bool:
    return any(band.region == region.name for band in known)


def _covers(spectrum: InfraredSpectrum, region: InfraredRegion) -> bool:
    x = spectrum.wavenumber_cm1
    inside = (x >= region.lowest) & (x <= region.highest)
    if inside.sum() < _FEWEST_POINTS:
        return False
    return x[inside][-1] - x[inside][0] >= _COVERED * (region.highest - region.lowest) - 4.0


def _warnings(
    found: list[BandResult], missing: list[str], poor: list[str], moist: list[str], fits: "list[_Fit]"
) -> list[str]:
    said = [f"the {name} region is not fitted well: its numbers are not given" for name in poor]
    if missing:
        said.append(f"the spectrum does not cover: {', '.join(missing)}")
    organic = {band.name for band in found if band.detected and band.family == "organic"}
    if organic and organic <= {"CH_asymmetric", "CH_symmetric"}:
        said.append("C-H residue without a second band: it does not say which solvent")
    if moist:
        said.append(
            f"lines of water vapour in the {' and '.join(moist)} region: fitted line by line; purge, or measure again"
        )
    enlarged = [fit for fit in fits if 1.0 < fit.misfit <= _POOR_MISFIT**2]
    said += [
        f"{fit.model.region.name}: errors were enlarged {np.sqrt(fit.misfit):.1f} times for misfit" for fit in enlarged
    ]
    return said


@dataclass(frozen=True)
class _Dry:
    """One region, fitted as if no water vapour were in the beam."""

    model: RegionModel
    y: Floats
    noise: float
    solution: varpro.Solution

    @staticmethod
    def of(spectrum: InfraredSpectrum, region: InfraredRegion, bands: tuple[InfraredBand, ...]) -> "_Dry":
        inside = (spectrum.wavenumber_cm1 >= region.lowest) & (spectrum.wavenumber_cm1 <= region.highest)
        x, y = spectrum.wavenumber_cm1[inside], spectrum.absorbance[inside]
        model = RegionModel(x, region, tuple(band for band in bands if band.region == region.name), np.empty(0))
        noise = _noise(y)
        return _Dry(model, y, noise, varpro.fit(model.problem(y, np.full_like(y, noise)), model.shapes()))

    @property
    def shows_vapour(self) -> bool:
        """Whether what the fit leaves over has the lines of water vapour."""
        return shows_vapour(self.model.x, (self.y - self.solution.model) / self.noise)


@dataclass(frozen=True)
class _Fit:
    """One region with its solution."""

    model: RegionModel
    y: Floats
    noise: float
    sigma: Floats
    solution: varpro.Solution
    misfit: float
    flanks: dict[int, int] = field(default_factory=dict)  # band -> the band whose flank it is

    @staticmethod
    def of(dry: _Dry, moist: bool) -> "_Fit":
        y, noise, solution = dry.y, dry.noise, dry.solution
        model = replace(dry.model, lines=lines_in(dry.model.x)) if moist else dry.model
        if len(model.lines):  # with vapour not yet seen, bands had gone astray, and its lines were taken for noise
            solution = varpro.fit(model.problem(y, np.full_like(y, noise)), model.shapes())
            noise = _noise(y - solution.model)
        sigma = np.hypot(noise, model.missed(solution.theta, solution.amplitudes))
        fit = _fitted(model, y, noise, sigma, solution.theta)
        return replace(fit, flanks=fit._found_flanks())

    def _found_flanks(self) -> dict[int, int]:
        """Return the bands that are no more than the flank of another, with the other.

        Of a lopsided band two make a better fit, whatever the second is. It is a band of its own where its area is sure and
        it lowers chi2, relative to the misfit of the first alone, by more than its freedom is worth (BIC).
        """
        areas, theta = self.solution.amplitudes, self.solution.theta
        unsure = areas < DETECTED * np.sqrt(np.diag(self.solution.covariance)[len(theta) :] * self.misfit)
        found = {}
        for host in range(len(self.model.bands)):
            for one in self.model.beneath(theta, areas, host):
                alone = replace(self.model, without=frozenset({one}))
                trial = _fitted(alone, self.y, self.noise, self.sigma, theta)
                gain = (trial.solution.chi2 - self.solution.chi2) / max(1.0, trial._misfit_at(host))
                little = gain < (SHAPES + 1) * np.log(len(self.y)) or areas[one] < _SMALL * areas[host]
                if little or unsure[one]:
                    found[one] = host
        return found

    def bands(self) -> list[BandResult]:
        return [self._band(index) for index in range(len(self.model.bands))]

    def curve(self) -> RegionFit:
        which = self.model.baseline
        baseline = self._columns(which) @ self.solution.amplitudes[which]
        name, error = self.model.region.name, float(np.sqrt(self.misfit))
        return RegionFit(name, self.model.x, self.y, self.solution.model, baseline, self.noise, error)

    def _columns(self, which: Sequence[int]) -> Floats:
        return self.model.columns(self.solution.theta, which)

    def _band(self, index: int) -> BandResult:
        band, theta = self.model.bands[index], self.solution.theta
        parts = [index, *(one for one, host in self.flanks.items() if host == index)]
        amplitudes, no_band = self.solution.amplitudes[parts], index in self.flanks
        area = 0.0 if no_band else float(amplitudes.sum())
        doubtful = float(amplitudes[0] if no_band else amplitudes[1:].sum())
        width, skew = float(theta[SHAPES * index + 1]), abs(float(theta[SHAPES * index + 3]))
        enlarged = self._enlarged(index)
        at = len(theta) + np.array(parts)
        variance = float(self.solution.covariance[np.ix_(at, at)].sum()) * enlarged
        there = float(np.sqrt(variance))
        error = float(np.hypot(there, doubtful))  # whose a flank is says nothing of whether the band is there
        fixed_area, fixed_error = self._at_usual_shape(index)
        beside = self._beside(index)
        fixed_error = float(np.hypot(fixed_error, beside))
        significance = area / float(np.hypot(there, beside)) if there > 0.0 else 0.0
        poor = self.misfit > _POOR_MISFIT**2
        inside = band.lowest < theta[SHAPES * index] < band.highest
        detected = bool(inside and min(significance, area / fixed_error) > DETECTED and not poor)
        place, shift = self._place(parts)
        place_variance = float(self.solution.covariance[SHAPES * index, SHAPES * index]) * enlarged
        position_error = float(np.sqrt(place_variance + shift**2 + (_SKEWED_PLACE * skew * width) ** 2))
        return BandResult(
            name=band.name,
            assignment=band.assignment,
            family=band.family,
            position_cm1=place if detected else None,
            stderr=position_error if detected else None,
            width_cm1=width if detected else None,
            area=None if poor else area,
            area_stderr=None if poor else (error or fixed_error),
            detected=detected,
            significance=significance,
            detection_limit=DETECTED * fixed_error,
            upper_limit_95=None if detected or poor else max(upper_limit(fixed_area, fixed_error), _limit(area, error)),
            status=band.status,
            source=band.source,
        )

    def _place(self, parts: list[int]) -> tuple[float, float]:
        """Return where a band with what is its flank has its maximum (cm-1), and how far that is from its own."""
        own, width = self.solution.theta[SHAPES * parts[0] : SHAPES * parts[0] + 2]
        if len(parts) == 1:
            return float(own), 0.0
        x = np.linspace(own - width, own + width, _FINE_POINTS)
        together = replace(self.model, x=x).columns(self.solution.theta, parts) @ self.solution.amplitudes[parts]
        place = float(x[np.argmax(together)])
        return place, place - float(own)

    def _beside(self, index: int) -> float:
        """Return how much of an area may be no more than what the flanks of other bands have beneath it."""
        theta = self.solution.theta
        place, width = theta[SHAPES * index : SHAPES * index + 2]
        others = [i for i in range(len(self.model.bands)) if i != index]
        share = _FLANK + _SKEWED_FLANK * np.abs(theta[[SHAPES * i + 3 for i in others]])
        under = self._columns(others) @ (share * self.solution.amplitudes[others])
        return float(width * np.interp(place, self.model.x, under))

    def _enlarged(self, index: int) -> float:
        """Return the factor on the variances of one band: the misfit at its own place, at least the general one."""
        return 1.0 if self.misfit == 1.0 else max(self.misfit, self._misfit_at(index))

    def _misfit_at(self, index: int) -> float:
        """Return how many times larger the misfit at the place of one band makes its variances."""
        own = self._columns([index])[:, 0]
        residual = (self.y - self.solution.model) / self.sigma
        lags = self.model.lags_of(self.solution.theta[SHAPES * index + 1])
        slope = np.gradient(own)
        return max(correlated_misfit(residual, weight / self.sigma, lags) for weight in (own, slope))

    def _at_usual_shape(self, index: int) -> tuple[float, float]:
        """Return area and error of a band at its usual place and width, all other amplitudes free to give way."""
        band = self.model.bands[index]
        column = band_shape(self.model.x, band.position, band.width, LORENTZ_SHARE[0]) / self.sigma
        free = [int(i) for i in np.flatnonzero(self.solution.free) if i != index]
        others = self._columns(free) / self.sigma[:, None]
        basis = np.linalg.qr(others)[0]
        rest = column - basis @ (basis.T @ column)
        own = self._columns([index])[:, 0]
        wanted = (self.y - self.solution.model + own * self.solution.amplitudes[index]) / self.sigma
        size = float(rest @ rest)
        return float(rest @ wanted) / size, float(np.sqrt(self.misfit / size))


def _fitted(model: RegionModel, y: Floats, noise: float, sigma: Floats, start: Floats) -> _Fit:
    """Return the fit of a region from a start."""
    solution = varpro.fit(model.problem(y, sigma), model.shapes(start))
    return _Fit(model, y, noise, sigma, solution, misfit_of((y - solution.model) / sigma, model.lags))


def _limit(area: float, error: float) -> float:
    return upper_limit(area, error) if error > 0.0 else 0.0


def _noise(y: Floats) -> float:
    """Return the noise of one point from second differences, which a baseline and broad bands do not reach."""
    second = (y[2:] - 2.0 * y[1:-1] + y[:-2]) / np.sqrt(6.0)
    noise = float(np.median(np.abs(second)) / 0.6745)
    return max(noise, 1e-9 * max(float(np.abs(y).max()), 1e-3))
