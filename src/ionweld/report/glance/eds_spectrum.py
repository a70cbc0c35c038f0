"""An X-ray spectrum at first sight: counts over energy; the strongest line, its counts, and counts in all."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from ionweld.measurement.xray_spectrum import XraySpectrum
from ionweld.report.figure import OKABE_ITO
from ionweld.report.glance import Glance, GlanceNumber

_ZERO_PEAK_keV = 0.15  # below it stands the noise of the electronics


def glance(spectra: Sequence[XraySpectrum]) -> Glance:
    """Return the first sight of one spectrum."""
    (one,) = spectra
    lines = np.where(one.energy_keV > _ZERO_PEAK_keV, one.counts, -1.0)
    top = int(np.argmax(lines))
    numbers = (
        GlanceNumber("strongest channel", float(one.energy_keV[top]), "keV"),
        GlanceNumber("counts there", float(one.counts[top])),
        GlanceNumber("counts in all", float(one.counts.sum())),
    )
    drawn = pl.DataFrame({"Energy / keV": one.energy_keV, "Counts / 1": one.counts})
    return Glance(numbers, lambda axes: _draw(axes, one), drawn)


def _draw(axes: Axes, one: XraySpectrum) -> None:
    axes.step(one.energy_keV, one.counts, where="mid", color=OKABE_ITO[0], lw=0.7)
    axes.set_xlabel("energy / keV")
    axes.set_ylabel("counts")
