"""Impedance at first sight: the Nyquist plot; how many sweeps, and the resistances at both ends."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.report.figure import OKABE_ITO
from ionweld.report.glance import Glance, GlanceNumber

_MOST_DRAWN = 12


def glance(spectra: Sequence[ImpedanceSpectrum]) -> Glance:
    """Return the first sight of all sweeps of a file; the numbers are those of the first sweep."""
    first = spectra[0]
    high, low = int(np.argmax(first.frequency_Hz)), int(np.argmin(first.frequency_Hz))
    numbers = (
        GlanceNumber("sweeps", len(spectra)),
        GlanceNumber(f"Re Z at {first.frequency_Hz[high]:.3g} Hz", float(first.impedance_ohm[high].real), "ohm"),
        GlanceNumber(f"Re Z at {first.frequency_Hz[low]:.3g} Hz", float(first.impedance_ohm[low].real), "ohm"),
    )
    return Glance(
        numbers, lambda axes: _draw(axes, spectra), pl.concat([_table(*item) for item in enumerate(spectra, 1)])
    )


def _table(number: int, spectrum: ImpedanceSpectrum) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Sweep / 1": np.full(spectrum.frequency_Hz.size, number),
            "Frequency / Hz": spectrum.frequency_Hz,
            "Real Impedance / ohm": spectrum.impedance_ohm.real.copy(),
            "Imaginary Impedance / ohm": spectrum.impedance_ohm.imag.copy(),
        }
    )


def _draw(axes: Axes, spectra: Sequence[ImpedanceSpectrum]) -> None:
    for place, spectrum in enumerate(spectra[:_MOST_DRAWN]):
        colour = OKABE_ITO[place % len(OKABE_ITO)]
        axes.plot(spectrum.impedance_ohm.real, -spectrum.impedance_ohm.imag, ".-", color=colour, lw=0.6, ms=3)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel(r"Re $Z$ / $\Omega$")
    axes.set_ylabel(r"$-$Im $Z$ / $\Omega$")
