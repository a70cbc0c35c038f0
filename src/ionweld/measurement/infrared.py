"""An infrared spectrum, as an instrument or the simulator returns it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ionweld.measurement.provenance import IngestReport, Provenance

Ordinate = Literal["absorbance", "transmittance"]


@dataclass(frozen=True, slots=True)
class InfraredSpectrum:
    """One spectrum. wavenumber_cm1, shape (n,), rising; absorbance (decadic), shape (n,).

    recorded_as: what the file held; transmittance was turned into -log10 T. None when the file does not say: ask.
    """

    wavenumber_cm1: NDArray[np.float64]
    absorbance: NDArray[np.float64]
    recorded_as: Ordinate
    provenance: Provenance
    label: str = ""
    ingest: IngestReport | None = None
