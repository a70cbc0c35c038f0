"""A diffractogram at first sight: counts over 2 theta; the strongest line, its spacing, and how many lines stand out."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from ionweld.measurement.pattern import Diffractogram
from ionweld.report.figure import OKABE_ITO
from ionweld.report.glance import Glance, GlanceNumber

_BACKGROUND_DEG = 4.0  # wider than any line
_STANDS_OUT = 6.0  # times the noise


def glance(scans: Sequence[Diffractogram]) -> Glance:
    """Return the first sight of one scan."""
    (scan,) = scans
    lines = _lines(scan)
    drawn = pl.DataFrame({"2 Theta / deg": scan.two_theta_deg, "Intensity / 1": scan.counts})
    return Glance(
        (*_strongest(scan, lines), GlanceNumber("lines that stand out", len(lines))),
        lambda axes: _draw(axes, scan),
        drawn,
    )


def _lines(scan: Diffractogram) -> NDArray[np.intp]:
    """Return where lines stand six times the noise above what lies around them."""
    from scipy.signal import find_peaks

    step = float(np.median(np.diff(scan.two_theta_deg)))
    net = scan.counts - median_filter(scan.counts, max(3, round(_BACKGROUND_DEG / step)))
    noise = 1.4826 * float(np.median(np.abs(np.diff(scan.counts)))) / 2**0.5 or 1e-12
    places, _ = find_peaks(
        net, height=_STANDS_OUT * noise, prominence=_STANDS_OUT * noise, distance=max(1, round(0.2 / step))
    )
    return places[np.argsort(net[places])[::-1]]


def _strongest(scan: Diffractogram, lines: NDArray[np.intp]) -> tuple[GlanceNumber, GlanceNumber]:
    if not len(lines):
        none = "no line stands out"
        return GlanceNumber("strongest line", None, "deg", none), GlanceNumber("its spacing", None, "angstrom", none)
    angle = float(scan.two_theta_deg[lines[0]])
    place = GlanceNumber("strongest line at 2 theta", angle, "deg")
    if scan.radiation is None:
        return place, GlanceNumber("its spacing", None, "angstrom", "the file does not say the wavelength")
    return place, GlanceNumber("its spacing", scan.radiation.kalpha1 / (2 * np.sin(np.radians(angle / 2))), "angstrom")


def _draw(axes: Axes, scan: Diffractogram) -> None:
    axes.plot(scan.two_theta_deg, scan.counts, color=OKABE_ITO[0], lw=0.7)
    axes.set_xlabel(r"2$\theta$ / deg")
    axes.set_ylabel("counts" if scan.counts_are == "counts" else "intensity")
