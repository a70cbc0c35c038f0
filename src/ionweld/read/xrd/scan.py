"""What every diffractogram reader checks before it hands a scan on."""

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.pattern import Diffractogram, Radiation
from ionweld.measurement.provenance import IngestReport
from ionweld.read.text import RawFile, provenance_of

FEWEST_POINTS = 50
LARGEST_SCAN = 2_000_000
_DEAD_RUN = 10  # points


def refuse(
    source: RawFile, seen: str, mend: str = "Export the scan again, for example as two columns of text"
) -> FileFormatError:
    """Return the error that says what is wrong with this file."""
    return FileFormatError(Fault(str(source.path), seen, mend))


def make_scan(
    source: RawFile,
    angles: NDArray[np.float64],
    counts: NDArray[np.float64],
    report: IngestReport,
    radiation: Radiation | None = None,
    radius_m: float | None = None,
    label: str = "",
) -> Diffractogram:
    """Return the scan with rising angles; rows without numbers are left out and counted in the report."""
    if len(angles) != len(counts) or len(angles) > LARGEST_SCAN:
        raise refuse(source, f"has {len(angles)} angles and {len(counts)} counts")
    good = np.isfinite(angles) & np.isfinite(counts)
    report = report.without(int(np.sum(~good)), "rows without a number for angle or counts")
    angles, counts = angles[good], counts[good]
    if len(angles) < FEWEST_POINTS:
        raise refuse(source, f"has {len(angles)} points with numbers; a scan needs {FEWEST_POINTS}")
    if angles[0] > angles[-1]:
        angles, counts = angles[::-1], counts[::-1]
    if np.any(np.diff(angles) <= 0.0):
        raise refuse(
            source, "its angles do not rise: it holds several scans, or is damaged", "Export one scan per file"
        )
    if angles[0] < 0.0 or angles[-1] > 180.0 or counts.min() < 0.0 or counts.max() <= 0.0 or counts.max() > 1e15:
        seen = f"angles {angles[0]:g} to {angles[-1]:g} with counts {counts.min():g} to {counts.max():g} are no scan"
        mend = "The first column must be 2 theta in degrees, the second counts, with no background taken off"
        raise refuse(source, seen, mend)
    seen = ~_dead(counts)
    report = report.without(int(np.sum(~seen)), "points of exactly zero counts in a row: a gap of the detector")
    angles, counts = angles[seen], counts[seen]
    kind = "counts" if np.all(counts == np.round(counts)) else "intensity"
    return Diffractogram(
        two_theta_deg=np.ascontiguousarray(angles),
        counts=np.ascontiguousarray(counts),
        provenance=provenance_of(report),
        counts_are=kind,
        radiation=radiation,
        goniometer_radius_m=radius_m,
        label=label or source.path.stem,
        ingest=report,
    )


def _dead(counts: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the points of long runs of exactly zero counts in a scan that has none elsewhere: nothing was counted there."""
    zero = counts == 0.0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], zero, [False])).astype(int)))
    dead = np.zeros(len(counts), bool)
    for first, end in edges.reshape(-1, 2).tolist():
        dead[first:end] = end - first >= _DEAD_RUN
    stray = bool(np.any(zero & ~dead))  # where few counts fall, zeros are counts
    return dead & (not stray) & (np.sum(~dead) >= FEWEST_POINTS)


def radiation_or_none(kalpha1: float, kalpha2: float, ratio: float, origin: str) -> Radiation | None:
    """Return the radiation a file names, or None when its numbers are no X-ray wavelengths."""
    if not 0.05 < kalpha1 < 5.0:
        return None
    doublet = 0.0 < kalpha2 / kalpha1 - 1.0 < 0.02 and 0.0 < ratio <= 1.0
    return Radiation(kalpha1, kalpha2 if doublet else kalpha1, ratio if doublet else 0.0, origin)
