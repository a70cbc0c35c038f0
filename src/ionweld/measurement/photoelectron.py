"""An XPS measurement: the regions that were scanned on one spot of one sample."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ionweld.measurement.provenance import IngestReport, Provenance

IntensityUnit = Literal["counts", "counts/s", "arbitrary"]


@dataclass(frozen=True, slots=True)
class Region:
    """One scan. binding_energy_eV and intensity, shape (n,), in the file's order; None = the file does not say.

    label: what the file calls it ("C 1s", "survey"), or "".
    dwell_s: time per channel and sweep, so that counts = counts/s * dwell_s * sweeps.
    transmission: relative transmission of the analyser at each channel, where the file has it.
    energy_from: how binding energies came about ("as written", "photon energy - kinetic energy").
    """

    label: str
    binding_energy_eV: NDArray[np.float64]
    intensity: NDArray[np.float64]
    intensity_unit: IntensityUnit
    dwell_s: float | None = None
    sweeps: int | None = None
    photon_energy_eV: float | None = None
    pass_energy_eV: float | None = None
    transmission: NDArray[np.float64] | None = None
    energy_from: str = "as written"


@dataclass(frozen=True, slots=True)
class Photoelectron:
    """An XPS measurement. sputtered and rinsed: what was done to the sample; None = not known, ask."""

    regions: tuple[Region, ...]
    provenance: Provenance
    sputtered: bool | None = None
    rinsed: bool | None = None
    ingest: IngestReport | None = None
    details: dict[str, str] = field(default_factory=dict)
