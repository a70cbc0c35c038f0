"""A powder diffractogram, as an instrument or the simulator returns it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.measurement.provenance import IngestReport, Provenance


@dataclass(frozen=True, slots=True)
class Radiation:
    """The K-alpha doublet, or one line (kalpha2_ratio 0). Wavelengths in angstrom; `origin` says who named them."""

    kalpha1: float
    kalpha2: float
    kalpha2_ratio: float
    origin: str


@dataclass(frozen=True, slots=True)
class Diffractogram:
    """One scan. two_theta_deg, shape (n,), rising; counts, shape (n,).

    counts_are: "counts" when they are numbers of photons, so that their noise is their square root; "intensity" when
    the file has rates or scaled numbers, so that the noise must be taken from the scatter of the data.
    radiation: None when the file does not say, ask.
    goniometer_radius_m: None when the file does not say.
    """

    two_theta_deg: NDArray[np.float64]
    counts: NDArray[np.float64]
    provenance: Provenance
    counts_are: str = "counts"
    radiation: Radiation | None = None
    goniometer_radius_m: float | None = None
    label: str = ""
    ingest: IngestReport | None = None
