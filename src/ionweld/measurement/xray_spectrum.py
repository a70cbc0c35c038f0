"""An X-ray spectrum of an energy-dispersive detector, as an instrument returns it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.measurement.provenance import IngestReport, Provenance


@dataclass(frozen=True, slots=True)
class XraySpectrum:
    """One spectrum. energy_keV, shape (n,), rising; counts, shape (n,), numbers of photons.

    live_time_s, beam_keV: None when the file does not say.
    """

    energy_keV: NDArray[np.float64]
    counts: NDArray[np.float64]
    provenance: Provenance
    live_time_s: float | None = None
    beam_keV: float | None = None
    label: str = ""
    ingest: IngestReport | None = None
