"""What is compared of spectra: modulus and phase on a fixed grid of frequencies, and the resistance between them.

A frequency that was not measured is absent. The real part between two frequencies is what relaxes between them: the arcs,
without a circuit that would have to be chosen. Between two moments at one temperature the differences say what grew.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ionweld.infer.features import Features
from ionweld.infer.moments import SpectrumMoment
from ionweld.measurement.impedance import ImpedanceSpectrum

MODULUS = "ln(|Z| / ohm)"
GRID_HZ = tuple(10.0**power for power in (6, 5.5, 5, 4.5, 4, 3.5, 3, 2, 1, 0, -1))
_OUTSIDE = 0.1  # decades beyond the sweep's end that its last point still stands for


def spectra_features(spectra: Sequence[tuple[SpectrumMoment, ImpedanceSpectrum]]) -> Features:
    """Return the features of all spectra of one cell, each under its moment, and of their changes."""
    looks = {moment: on_grid(spectrum) for moment, spectrum in spectra}
    found: Features = {}
    for moment, look in looks.items():
        found |= {f"{moment.name}: {name}": value for name, value in _of_one(look).items()}
    by_time = sorted(looks, key=_order)
    for early, late in pairwise(by_time):
        if early.temperature_K == late.temperature_K:
            found |= _change(f"{early.name} to {late.name}", looks[early], looks[late])
    return {name: float(value) for name, value in found.items() if np.isfinite(value)}


def _order(moment: SpectrumMoment) -> tuple[float, float]:
    place = {"before": 0.0, "after": np.inf}.get(moment.when)
    return (moment.temperature_K or 0.0, float(moment.cycle or 0) if place is None else place)


def on_grid(spectrum: ImpedanceSpectrum) -> dict[float, complex]:
    """Return a spectrum at the frequencies of the grid that were measured."""
    order = np.argsort(spectrum.frequency_Hz)
    log_f, Z = np.log10(spectrum.frequency_Hz[order]), spectrum.impedance_ohm[order]
    inside = [f for f in GRID_HZ if log_f[0] - _OUTSIDE <= np.log10(f) <= log_f[-1] + _OUTSIDE]
    at = np.log10(inside)
    return dict(zip(inside, np.interp(at, log_f, Z.real) + 1j * np.interp(at, log_f, Z.imag), strict=True))


def _of_one(look: dict[float, complex]) -> Features:
    found: Features = {}
    for f, Z in look.items():
        found[f"{MODULUS} at {f:.3g} Hz"] = float(np.log(abs(Z)))
        found[f"phase at {f:.3g} Hz / rad"] = float(np.angle(Z))
    if len(look) > 1:
        whole = max(Z.real for Z in look.values())
        for (high, first), (low, second) in pairwise(look.items()):
            found[f"share of the real part between {low:.3g} and {high:.3g} Hz"] = (second.real - first.real) / whole
    return found


def _change(name: str, early: dict[float, complex], late: dict[float, complex]) -> Features:
    shared = [f for f in early if f in late]
    found = {f"{name}: ln growth of |Z| at {f:.3g} Hz": float(np.log(abs(late[f] / early[f]))) for f in shared}
    if len(shared) > 1:
        high, low = shared[0], shared[-1]
        grown, total = late[low].real - early[low].real, abs(late[low].real) + abs(early[low].real)
        found[f"{name}: share of the growth that lies at {high:.3g} Hz and above"] = float(
            np.clip((late[high].real - early[high].real) / np.copysign(max(abs(grown), 0.02 * total), grown), -2, 2)
        )
    return found
