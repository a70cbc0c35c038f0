"""An infrared spectrum at first sight: absorbance over wavenumber; the strongest band, its height, and the noise."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from ionweld.measurement.infrared import InfraredSpectrum
from ionweld.report.figure import OKABE_ITO
from ionweld.report.glance import Glance, GlanceNumber


def glance(spectra: Sequence[InfraredSpectrum]) -> Glance:
    """Return the first sight of one spectrum."""
    (one,) = spectra
    top = int(np.argmax(one.absorbance))
    # The second difference sees no band that is wider than a few points: what is left is noise.
    noise = 1.4826 * float(np.median(np.abs(np.diff(one.absorbance, 2)))) / 6**0.5
    numbers = (
        GlanceNumber("strongest band", float(one.wavenumber_cm1[top]), "1/cm"),
        GlanceNumber("its absorbance", float(one.absorbance[top])),
        GlanceNumber("noise of the absorbance", noise),
    )
    drawn = pl.DataFrame({"Wavenumber / cm^-1": one.wavenumber_cm1, "Absorbance / 1": one.absorbance})
    return Glance(numbers, lambda axes: _draw(axes, one), drawn)


def _draw(axes: Axes, one: InfraredSpectrum) -> None:
    axes.plot(one.wavenumber_cm1, one.absorbance, color=OKABE_ITO[0], lw=0.7)
    axes.set_xlim(one.wavenumber_cm1[-1], one.wavenumber_cm1[0])
    axes.set_xlabel(r"wavenumber / $\mathrm{cm^{-1}}$")
    axes.set_ylabel("absorbance")
