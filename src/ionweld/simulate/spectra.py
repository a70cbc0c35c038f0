"""Spectra of a known circuit with known noise, as the same measurement type that readers return."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld import __version__
from ionweld.errors import Fault, InputError
from ionweld.measurement.impedance import ImpedanceSpectrum, SampleGeometry
from ionweld.measurement.provenance import Provenance, hash_bytes
from ionweld.spec.circuit import Circuit
from ionweld.spec.circuit import circuit as compiled

_UNKNOWN = SampleGeometry()
MOST_POINTS = 100_000  # a thousand times what an instrument measures
COLUMNS = ("frequency_Hz", "Z_real_ohm", "Z_imag_ohm")


def frequencies(high_Hz: float, low_Hz: float, points: int) -> NDArray[np.float64]:
    """Return a sweep from high to low, `points` frequencies in equal ratios. Raises InputError for nonsense."""
    if not (0 < low_Hz < high_Hz < float("inf")) or not 2 <= points <= MOST_POINTS:
        seen = f"a sweep of {points} points from {high_Hz:g} Hz to {low_Hz:g} Hz cannot be made"
        raise InputError(Fault("sweep", seen, f"Give a high and a lower low frequency and 2 to {MOST_POINTS} points"))
    return np.geomspace(high_Hz, low_Hz, points)


@dataclass(frozen=True, slots=True)
class FrequencySweep:
    """What the instrument does: from the highest to the lowest frequency, and how noisy it is.

    noise: standard deviation of the real and of the imaginary part, independent, as a fraction of |Z|.
    """

    high_Hz: float
    low_Hz: float
    points: int
    noise: float = 0.0

    def grid(self) -> NDArray[np.float64]:
        """Return the frequencies (Hz), from high to low. Raises InputError for a sweep that cannot be made."""
        return frequencies(self.high_Hz, self.low_Hz, self.points)


def shaken(exact: NDArray[np.complex128], noise: float, rng: np.random.Generator) -> NDArray[np.complex128]:
    """Return a spectrum with Gaussian noise, a fraction of |Z|. Raises InputError for a noise that is no fraction."""
    if not 0 <= noise < 1:
        raise InputError(Fault("noise", f"{noise:g} is no fraction of |Z|", "Give a number from 0 to below 1"))
    shake = rng.standard_normal((2, len(exact)))
    return exact + noise * np.abs(exact) * (shake[0] + 1j * shake[1])


def simulate_spectrum(
    circuit: str | Circuit,
    parameters: Mapping[str, float],
    frequency_Hz: NDArray[np.float64],
    *,
    noise: float,
    seed: int,
    temperature_K: float | None = None,
    geometry: SampleGeometry = _UNKNOWN,
) -> ImpedanceSpectrum:
    """Return the spectrum of a circuit with Gaussian noise.

    parameters: every unknown of the circuit by name, in SI units; noise: standard deviation of the real and of the
    imaginary part, independent, as a fraction of |Z|; seed: the same seed gives the same spectrum.
    Raises SpecError for a wrong circuit and InputError that lists every missing, unknown or non-positive parameter.
    """
    made = compiled(circuit) if isinstance(circuit, str) else circuit
    logs = _logs(made, parameters)
    Z = shaken(made.impedance(2 * np.pi * frequency_Hz, logs), noise, np.random.default_rng(seed))
    details = {name: repr(float(value)) for name, value in parameters.items()} | {
        "noise": repr(noise),
        "seed": str(seed),
    }
    identity = repr((made.text, sorted(details.items()), frequency_Hz.tolist()))
    provenance = Provenance("simulated", made.text, hash_bytes(identity.encode()), f"ionweld {__version__}", details)
    source = "given" if temperature_K is not None else None
    return ImpedanceSpectrum(frequency_Hz, Z, provenance, temperature_K, source, geometry)


def _logs(made: Circuit, parameters: Mapping[str, float]) -> NDArray[np.float64]:
    known = ", ".join(made.names)
    faults = [
        Fault("parameters", f"{name} is missing", f"Needed: {known}") for name in made.names if name not in parameters
    ]
    faults += [
        Fault("parameters", f"the circuit {made.text} has no {name}", f"Known: {known}")
        for name in parameters
        if name not in made.names
    ]
    for name, kind in zip(made.names, made.kinds, strict=True):
        value = parameters.get(name, 1.0)
        if not 0 < value < float("inf") or (kind == "exponent" and value > 1):
            faults.append(Fault("parameters", f"{name} = {value:g} is out of range", "Positive; an exponent at most 1"))
    if faults:
        raise InputError(faults)
    return np.log([parameters[name] for name in made.names])


def as_csv(spectrum: ImpedanceSpectrum) -> str:
    """Return the spectrum as csv text with the columns frequency_Hz, Z_real_ohm, Z_imag_ohm (negative = capacitive)."""
    rows = zip(spectrum.frequency_Hz.tolist(), spectrum.impedance_ohm.tolist(), strict=True)
    return "\n".join([",".join(COLUMNS), *(f"{f!r},{Z.real!r},{Z.imag!r}" for f, Z in rows), ""])
