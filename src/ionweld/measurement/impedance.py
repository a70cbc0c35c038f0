"""An impedance spectrum: one sweep, as an instrument or the simulator returns it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, InputError
from ionweld.measurement.provenance import IngestReport, Provenance

_SAME = 1e-9  # a frequency at the end of a window is inside, whatever rounding did
_FEWEST = 3
SIGMA = "Standard Deviation / ohm"


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
class ImpedanceSpectrum:
    """One sweep. frequency_Hz, shape (n,), positive; impedance_ohm, complex, shape (n,); in the file's order.

    temperature_from says where the temperature comes from ("given", "file header", "file name"), or None.
    extra: further columns by name; that called SIGMA holds the standard deviation of Re Z and of Im Z (ohm), where known.
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

    def within(self, low_Hz: float, high_Hz: float, without_Hz: Sequence[float] = ()) -> "ImpedanceSpectrum":
        """Return the sweep between two frequencies, without the points nearest to some; its report says how many left.

        Raises InputError when fewer than three points are left.
        """
        f = self.frequency_Hz
        kept = (f >= low_Hz * (1 - _SAME)) & (f <= high_Hz * (1 + _SAME))
        for masked in without_Hz:
            kept[int(np.argmin(np.abs(np.log(f / masked))))] = False
        if kept.sum() < _FEWEST:
            seen = f"{int(kept.sum())} of {f.size} points lie between {low_Hz:g} and {high_Hz:g} Hz"
            raise InputError(Fault(self.where, seen, "Give a wider window"))
        left = int((~kept).sum())
        if not left:
            return self
        said = f"{left} of {f.size} points were left out, as was asked: outside {low_Hz:g} to {high_Hz:g} Hz, or named"
        ingest = self.ingest and replace(self.ingest, dropped=(*self.ingest.dropped, said))
        extra = {name: values[kept] for name, values in self.extra.items()}
        return replace(self, frequency_Hz=f[kept], impedance_ohm=self.impedance_ohm[kept], ingest=ingest, extra=extra)

    def with_sigma(self, share: float, constant_ohm: float) -> "ImpedanceSpectrum":
        """Return the sweep with sigma^2 = (share |Z|)^2 + constant^2 in each part, whatever its file said."""
        sigma = np.hypot(share * np.abs(self.impedance_ohm), constant_ohm)
        return replace(self, extra={**self.extra, SIGMA: sigma})

    @property
    def where(self) -> str:
        """Return how a person finds the sweep again: its file and, where it holds several, which one."""
        rest = self.label.removeprefix(PurePath(self.provenance.source).stem).strip()
        return f"{self.provenance.source} {rest}".strip()

    @property
    def ingest_lines(self) -> tuple[str, ...]:
        """Return what the reader dropped or doubted, one sentence each."""
        return () if self.ingest is None else (*self.ingest.dropped, *self.ingest.warnings)
