"""A micrograph and element maps: pictures with the length of a pixel and its error."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ionweld.measurement.provenance import IngestReport, Provenance


@dataclass(frozen=True, slots=True)
class PixelScale:
    """The length of a pixel. relative_error: of the scale, which every length inherits; says: where it comes from."""

    metres_per_pixel: float
    relative_error: float
    says: str


@dataclass(frozen=True, slots=True)
class Micrograph:
    """A grey picture, shape (rows, columns), in the instrument's grey levels; scale is None when not known, ask."""

    grey: NDArray[np.float64]
    provenance: Provenance
    scale: PixelScale | None = None
    ingest: IngestReport | None = None


@dataclass(frozen=True, slots=True)
class ElementMaps:
    """EDS counts per pixel for each X-ray line ("F Ka"), all of shape (rows, columns)."""

    counts: dict[str, NDArray[np.float64]]
    provenance: Provenance
    scale: PixelScale | None = None
    ingest: IngestReport | None = None
    details: dict[str, str] = field(default_factory=dict)
