"""What an infrared fit returns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.result import Estimate

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BandResult:
    """One band that was looked for. position_cm1 and stderr are None when it was not detected.

    area: absorbance times cm-1; significance: area over its error and what the flanks of others may be; detection_limit: the area that would be seen at
    three standard errors; upper_limit_95: what an undetected band stays below.
    """

    name: str
    assignment: str
    family: str
    position_cm1: float | None
    stderr: float | None
    width_cm1: float | None
    area: float | None
    area_stderr: float | None
    detected: bool
    significance: float
    detection_limit: float
    upper_limit_95: float | None
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class RegionFit:
    """The fit of one region: where, model and baseline, noise, and by how much errors were enlarged for misfit."""

    name: str
    wavenumber_cm1: Floats
    absorbance: Floats
    model: Floats
    baseline: Floats
    noise: float
    misfit: float


@dataclass(frozen=True, slots=True)
class FtirResult:
    """A fitted spectrum. lioh_share: share of the O-H groups that are LiOH, or None when Li2OHCl is not seen."""

    bands: tuple[BandResult, ...]
    regions: tuple[RegionFit, ...]
    lioh_share: Estimate | None
    verdict: str
    warnings: tuple[str, ...]

    @property
    def said(self) -> str:
        """What was found, in one line."""
        seen = ", ".join(one.name for one in self.bands if one.detected) or "no band"
        return f"{self.verdict} fit; seen: {seen}"
