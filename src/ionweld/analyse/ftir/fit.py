"""The fit of an infrared spectrum, region by region: bands of bounded shape on a baseline that is fitted with them.

Areas and baseline are amplitudes, solved for; positions, widths, the share of Lorentz and the skew of each band are
shapes, searched within their bounds (numerics/varpro.py). A baseline that is drawn first and then held would give the
bands errors that are too small, so it is part of the fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.ftir.amounts import lioh_share
from ionweld.analyse.ftir.model import LORENTZ_SHARE, SHAPES, RegionModel
from ionweld.analyse.ftir.result import BandResult, FtirResult, RegionFit
from ionweld.analyse.ftir.vapour import lines_seen
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
_POOR_MISFIT = 30.0  # on standard errors: beyond this no number is worth giving
_SHAPE_NOISE = 0.02  # of the absorbance of the bands: how well their formula follows them, as noise of each point
_SHAPE_ERROR = 0.03  # of what other bands have under a band: no formula follows their flanks better than that
# Error of a lopsided band, times its skew: of its area, and of its place in widths. So far off were fits to noiseless bands
# that an exponential had made lopsided, which is another formula for the same thing.
_SKEWED_AREA, _SKEWED_PLACE = 0.2, 0.08
_LEAST_PLACE = 0.008  # in widths: so far off were those whose skew was not noticed
_CLOSE, _SMALL = 0.75, 0.5  # a band so near another (in widths), and so small beside it, is no band of its own


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
        fits = [_Fit.of(spectrum, region, known) for region in covered if _has_bands(region, known)]
    found = [result for fit in fits for result in fit.bands()]
    poor = [fit.model.region.name for fit in fits if fit.misfit > _POOR_MISFIT**2]
    return FtirResult(
        bands=tuple(found),
        regions=tuple(fit.curve() for fit in fits),
        lioh_share=lioh_share(found),
        verdict="poor" if poor else "good",
        warnings=tuple(_warnings(found, [one.name for one in looked_at if one not in covered], poor, fits)),
    )


def _has_bands(region: InfraredRegion, known: tuple[InfraredBand, ...]) -> bool:
    return any(band.region == region.name for band in known)


def _covers(spectrum: InfraredSpectrum, region: InfraredRegion) -> bool:
    x = spectrum.wavenumber_cm1
    inside = (x >= region.lowest) & (x <= region.highest)
    if inside.sum() < _FEWEST_POINTS:
        return False
    return x[inside][-1] - x[inside][0] >= _COVERED * (region.highest - region.lowest) - 4.0


def _warnings(found: list[BandResult], missing: list[str], poor: list[str], fits: "list[_Fit]") -> list[str]:
    said = [f"the {name} region is not fitted well: its numbers are not given" for name in poor]
    if missing:
        said.append(f"the spectrum does not cover: {', '.join(missing)}")
    organic = {band.name for band in found if band.detected and band.family == "organic"}
    if organic and organic <= {"CH_asymmetric", "CH_symmetric"}:
        said.append("C-H residue without a second band: it does not say which solvent")
    moist = [fit.model.region.name for fit in fits if len(fit.model.lines)]
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
class _Fit:
    """One region with its solution."""

    model: RegionModel
    y: Floats
    noise: float
    sigma: Floats
    solution: varpro.Solution
    misfit: float

    @staticmethod
    def of(spectrum: InfraredSpectrum, region: InfraredRegion, bands: tuple[InfraredBand, ...]) -> "_Fit":
        inside = (spectrum.wavenumber_cm1 >= region.lowest) & (spectrum.wavenumber_cm1 <= region.highest)
        x, y = spectrum.wavenumber_cm1[inside], spectrum.absorbance[inside]
        dry = RegionModel(x, region, tuple(band for band in bands if band.region == region.name), np.empty(0))
        noise = _noise(y)
        solution = varpro.fit(dry.problem(y, np.full_like(y, noise)), dry.shapes())
        model = replace(dry, lines=lines_seen(x, (y - solution.model) / noise))
        if len(model.lines):  # with vapour not yet seen, bands had gone astray, and its lines were taken for noise
            solution = varpro.fit(model.problem(y, np.full_like(y, noise)), model.shapes())
            noise = _noise(y - solution.model)
        which = range(len(model.bands))
        sigma = np.hypot(noise, _SHAPE_NOISE * (model.columns(solution.theta, which) @ solution.amplitudes[which]))
        solution = varpro.fit(model.problem(y, sigma), model.shapes(solution.theta))
        return _Fit(model, y, noise, sigma, solution, misfit_of((y - solution.model) / sigma, model.lags))

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
        area = float(self.solution.amplitudes[index])
        at = len(theta) + index
        skew, beside = abs(float(theta[SHAPES * index + 3])), self._beside(index)
        enlarged = self._enlarged(index)
        taken = sum(self.solution.amplitudes[i] for i in self._flanks(index))
        error = _hypot(self.solution.covariance[at, at] * enlarged + taken**2, beside, _SKEWED_AREA * skew * area)
        fixed_area, fixed_error = self._at_usual_shape(index)
        fixed_error = _hypot(fixed_error**2, beside, 0.0)
        significance = area / error if error > 0.0 else 0.0
        poor = self.misfit > _POOR_MISFIT**2
        own = band.lowest < theta[SHAPES * index] < band.highest
        own = own and not any(index in self._flanks(other) for other in range(len(self.model.bands)))
        detected = own and min(significance, area / fixed_error) > DETECTED and not poor
        variance = self.solution.covariance[SHAPES * index, SHAPES * index] * enlarged
        width = float(theta[SHAPES * index + 1])
        position_error = _hypot(variance, _SKEWED_PLACE * skew * width, _LEAST_PLACE * width)
        return BandResult(
            name=band.name,
            assignment=band.assignment,
            family=band.family,
            position_cm1=float(theta[SHAPES * index]) if detected else None,
            stderr=position_error if detected else None,
            width_cm1=float(theta[SHAPES * index + 1]) if detected else None,
            area=None if poor else area,
            area_stderr=None if poor else (error or fixed_error),
            detected=detected,
            significance=significance,
            detection_limit=DETECTED * fixed_error,
            upper_limit_95=None if detected or poor else max(upper_limit(fixed_area, fixed_error), _limit(area, error)),
            status=band.status,
            source=band.source,
        )

    def _flanks(self, index: int) -> list[int]:
        """Return the bands that may be no more than the flank of this one: close to it, and much smaller."""
        theta, areas = self.solution.theta, self.solution.amplitudes
        end = SHAPES * len(self.model.bands)
        places, widths = theta[0:end:SHAPES], theta[1:end:SHAPES]
        return [
            i
            for i in range(len(self.model.bands))
            if i != index
            and abs(places[i] - places[index]) < _CLOSE * 0.5 * (widths[i] + widths[index])
            and areas[i] < _SMALL * areas[index]
        ]

    def _beside(self, index: int) -> float:
        """Return the error of an area that comes from the flanks of the other bands beneath it."""
        theta = self.solution.theta
        place, width = theta[SHAPES * index : SHAPES * index + 2]
        others = [i for i in range(len(self.model.bands)) if i != index]
        share = _SHAPE_ERROR + _SKEWED_AREA * np.abs(theta[[SHAPES * i + 3 for i in others]])
        under = self._columns(others) @ (share * self.solution.amplitudes[others])
        return float(width * np.interp(place, self.model.x, under))

    def _enlarged(self, index: int) -> float:
        """Return the factor on the variances of one band: the misfit at its own place, at least the general one."""
        if self.misfit == 1.0:
            return 1.0
        own = self._columns([index])[:, 0]
        residual = (self.y - self.solution.model) / self.sigma
        lags = self.model.lags_of(self.solution.theta[SHAPES * index + 1])
        slope = np.gradient(own)
        return max(self.misfit, *(correlated_misfit(residual, weight / self.sigma, lags) for weight in (own, slope)))

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


def _hypot(variance: float, one: float, other: float) -> float:
    """Return the standard error that a variance and two further errors make."""
    return float(np.sqrt(variance + one**2 + other**2))


def _limit(area: float, error: float) -> float:
    return upper_limit(area, error) if error > 0.0 else 0.0


def _noise(y: Floats) -> float:
    """Return the noise of one point from second differences, which a baseline and broad bands do not reach."""
    second = (y[2:] - 2.0 * y[1:-1] + y[:-2]) / np.sqrt(6.0)
    noise = float(np.median(np.abs(second)) / 0.6745)
    return max(noise, 1e-9 * max(float(np.abs(y).max()), 1e-3))
