"""What every reader of X-ray spectra checks before it hands one on."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.provenance import IngestReport
from ionweld.measurement.xray_spectrum import XraySpectrum
from ionweld.read.text import RawFile, provenance_of

FEWEST_CHANNELS = 64
_HIGHEST_keV = 200.0


def refuse(source: RawFile, seen: str, mend: str = "Export the spectrum again as EMSA/MAS (.msa)") -> FileFormatError:
    """Return the error that says what is wrong with this file."""
    return FileFormatError(Fault(str(source.path), seen, mend))


def make_spectrum(
    source: RawFile,
    report: IngestReport,
    energy_keV: NDArray[np.float64],
    counts: NDArray[np.float64],
    known: dict[str, float | None],
) -> XraySpectrum:
    """Return the spectrum. known: live_time_s and beam_keV, where the file says them. Raises FileFormatError."""
    if len(energy_keV) != len(counts) or len(counts) < FEWEST_CHANNELS:
        raise refuse(source, f"has {len(counts)} channels; a spectrum needs {FEWEST_CHANNELS}")
    if not (np.all(np.isfinite(energy_keV)) and np.all(np.isfinite(counts))):
        raise refuse(source, "has channels that are no numbers")
    if np.any(np.diff(energy_keV) <= 0.0) or energy_keV[-1] > _HIGHEST_keV or energy_keV[-1] <= 0.0:
        raise refuse(
            source, f"its channels run from {energy_keV[0]:g} to {energy_keV[-1]:g} keV, which no detector does"
        )
    if counts.min() < 0.0 or counts.max() <= 0.0:
        raise refuse(source, "has negative counts, or none at all")
    if np.any(counts != np.rint(counts)):
        said = "its numbers are no whole counts: a rate or a processed spectrum, whose errors are not sqrt(N)"
        report = replace(report, warnings=(*report.warnings, said))
    return XraySpectrum(
        energy_keV, counts, provenance_of(report), known.get("live_time_s"), known.get("beam_keV"), source.path.stem, report
    )  # fmt: skip
