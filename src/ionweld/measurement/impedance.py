"""An impedance spectrum: one sweep, as an instrument or the simulator returns it."""

from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from ionweld.measurement.provenance import IngestReport, Provenance


@dataclass(frozen=True, slots=True)
class SampleGeometry:
    """What turns ohms into conductivities and area-specific resistances. None = not known, ask.

    area_m2: the area that counts, and area_name which one it is ("lithium foil, 6 mm").
    thickness_m: of the pellet between the electrodes.
    interfaces: how many electrode interfaces lie in series.
    """

    area_m2: float | None = None
    area_name: str | None = None
    thickness_m: float | None = None
    interfaces: int | None = None


@dataclass(frozen=True, slots=True)
class Spectrum:
    """One sweep. frequency_Hz, shape (n,), positive; impedance_ohm, complex, shape (n,); in the file's order.

    temperature_from says where the temperature comes from ("given", "file header", "file name"), or None.
    """

    frequency_Hz: NDArray[np.float64]
    impedance_ohm: NDArray[np.complex128]
    provenance: Provenance
    temperature_K: float | None = None
    temperature_from: str | None = None
    geometry: SampleGeometry = SampleGeometry()
    label: str = ""
    ingest: IngestReport | None = None
    extra: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """Return how a person finds the sweep again: its file and, where it holds several, which one."""
        rest = self.label.removeprefix(PurePath(self.provenance.source).stem).strip()
        return f"{self.provenance.source} {rest}".strip()

    @property
    def ingest_lines(self) -> tuple[str, ...]:
        """Return what the reader dropped or doubted, one sentence each."""
        return () if self.ingest is None else (*self.ingest.dropped, *self.ingest.warnings)
