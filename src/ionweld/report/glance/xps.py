"""Photoelectron spectra at first sight: every region over binding energy; how many, and where the strongest peaks."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from ionweld.measurement.photoelectron import Photoelectron
from ionweld.report.figure import OKABE_ITO
from ionweld.report.glance import Glance, GlanceNumber


def glance(samples: Sequence[Photoelectron]) -> Glance:
    """Return the first sight of one sample, energies as written: no charge is corrected."""
    (sample,) = samples
    strongest = max(sample.regions, key=lambda region: float(np.max(region.intensity)))
    top = int(np.argmax(strongest.intensity))
    name = strongest.label or "the strongest region"
    numbers = (
        GlanceNumber("regions", len(sample.regions)),
        GlanceNumber(f"peak of {name}, as written", float(strongest.binding_energy_eV[top]), "eV"),
        GlanceNumber("intensity there", float(strongest.intensity[top]), strongest.intensity_unit),
    )
    return Glance(numbers, lambda axes: _draw(axes, sample), _table(sample))


def _table(sample: Photoelectron) -> pl.DataFrame:
    parts = [
        pl.DataFrame(
            {
                "Line": [region.label] * region.intensity.size,
                "Binding Energy / eV": region.binding_energy_eV,
                "Intensity / 1": region.intensity,
            }
        )
        for region in sample.regions
    ]
    return pl.concat(parts)


def _draw(axes: Axes, sample: Photoelectron) -> None:
    for place, region in enumerate(sample.regions):
        height = float(np.max(np.abs(region.intensity))) or 1.0
        label, colour = region.label or f"region {place + 1}", OKABE_ITO[place % len(OKABE_ITO)]
        axes.plot(region.binding_energy_eV, region.intensity / height, color=colour, lw=0.7, label=label)
    axes.invert_xaxis()
    axes.set_xlabel("binding energy as written / eV")
    axes.set_ylabel("intensity / highest of its region")
    axes.legend(loc="upper left")
