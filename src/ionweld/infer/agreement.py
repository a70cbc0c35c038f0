"""Whether files that are given together are of one symmetric cell: their resistance is that of the half cycles beside them."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.analyse.cycling.joined import JoinedPart
from ionweld.infer.moments import SpectrumMoment
from ionweld.measurement.impedance import ImpedanceSpectrum

Real = NDArray[np.float64]
BESIDE, APART = 2, 2.0  # half cycles beside a spectrum or a join, and how many times its resistance may be theirs
MOSTLY_NOISE = 0.5  # over polarisation: a half cycle with more has no resistance to be seen


def disagreeing(
    halves: pl.DataFrame,
    spectra: Sequence[tuple[SpectrumMoment, ImpedanceSpectrum]],
    parts: Sequence[JoinedPart] = (),
) -> list[str]:
    """Return what is to be said of spectra, and of files put together, that are more than APART from the half cycles beside them."""
    seen = halves.filter(pl.col("noise_V") < MOSTLY_NOISE * pl.col("overpotential_V"))
    R = (seen["overpotential_V"] / seen["current_A"].abs()).cast(pl.Float64).to_numpy()
    starts = seen["start_s"].cast(pl.Float64).to_numpy()
    return [*_of_spectra(R, spectra), *_of_parts(R, starts, parts)]


def _of_spectra(R: Real, spectra: Sequence[tuple[SpectrumMoment, ImpedanceSpectrum]]) -> list[str]:
    beside, said = {"before": ("first", R[:BESIDE]), "after": ("last", R[-BESIDE:])}, []
    for moment, one in spectra:
        which, near = beside.get(moment.when, ("", R[:0]))
        lowest = int(np.argmin(one.frequency_Hz))
        Z, f = float(one.impedance_ohm[lowest].real), float(one.frequency_Hz[lowest])
        if moment.temperature_K is None and _apart(Z, near):
            numbers = f"{Z:.3g} ohm at {f:.3g} Hz, and the {which} half cycles {np.median(near):.3g} ohm"
            said.append(
                f"{moment.name}: the spectrum has {numbers}: of another cell, per another area, or changed by a rest?"
            )
    return said


def _of_parts(R: Real, starts: Real, parts: Sequence[JoinedPart]) -> list[str]:
    said = []
    for number, part in enumerate(parts[1:], start=2):
        last, first = R[starts < part.start_s][-BESIDE:], R[starts >= part.start_s][:BESIDE]
        if first.size and _apart(float(np.median(first)), last):
            numbers = f"{np.median(first):.3g} ohm, and the last ones before it {np.median(last):.3g} ohm"
            said.append(
                f"part {number}, {part.source}: its first half cycles have {numbers}: is it a file of this cell?"
            )
    return said


def _apart(value: float, near: Real) -> bool:
    return bool(near.size) and not 1.0 / APART < value / float(np.median(near)) < APART
