"""The weighted least-squares problem of one spectrum and one circuit: residuals, derivatives, bounds, chi2.

    chi2 = sum over points of w^2 [(Re Z - Re Z_model)^2 + (Im Z - Im Z_model)^2],  w = 1/|Z| (modulus, robust), 1/ohm (unit)
                                                                        or 1/sigma (sigma)

with the measured |Z|, as the published pellet series has it. Real and imaginary part count as two data. Where sigma is known,
chi2 has a size of its own (about one per degree of freedom); otherwise only the fit tells how large the noise is.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import ComputationError, Fault, InputError
from ionweld.measurement.impedance import SIGMA, ImpedanceSpectrum
from ionweld.spec.circuit import Circuit
from ionweld.spec.circuit.elements import Kind

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]
Weighting = Literal["modulus", "unit", "robust", "sigma"]

# How far a parameter may leave the scale that the data spans; at such a bound it no longer changes the fit.
_ROOM = 1e4
_LOWEST_EXPONENT = 0.2


@dataclass(frozen=True, slots=True)
class FitProblem:
    """What a fit minimises. omega (n,), Z (n,) in ohm, weights (n,) in 1/ohm; bounds (p,) of the logarithms.

    absolute: whether the weights are those of a known noise, so that chi2 has a size of its own.
    """

    circuit: Circuit
    omega: Real
    Z: Complex
    weights: Real
    lower: Real
    upper: Real
    absolute: bool = False

    @property
    def data(self) -> int:
        """Return how many real numbers are fitted."""
        return 2 * len(self.Z)

    @property
    def freedom(self) -> int:
        """Return data minus unknowns."""
        return self.data - len(self.circuit.names)

    def residuals(self, logs: Real, _rows: NDArray[np.intp] | None = None) -> tuple[Real, Real]:
        """Return weighted residuals (k, 2n) of model minus data, and their derivatives (k, p, 2n)."""
        Z, slopes = self.circuit.slopes(self.omega, logs)
        # A complex array seen as reals has real and imaginary part side by side: both are residuals.
        return ((Z - self.Z) * self.weights).view(float), (slopes * self.weights).view(float)

    def chi2(self, logs: Real) -> Real:
        """Return the sum of squared weighted residuals for logs of shape (..., p)."""
        return np.sum(np.abs((self.circuit.impedance(self.omega, logs) - self.Z) * self.weights) ** 2, axis=-1)


def problem(circuit: Circuit, spectrum: ImpedanceSpectrum, weighting: Weighting = "modulus") -> FitProblem:
    """Return the problem of fitting `circuit` to `spectrum`. Raises InputError when the data cannot carry it."""
    omega = 2 * np.pi * np.asarray(spectrum.frequency_Hz, float)
    Z = np.asarray(spectrum.impedance_ohm, complex)
    _check(circuit, spectrum, omega, Z)
    lower, upper = bounds(circuit, omega, np.abs(Z))
    return FitProblem(circuit, omega, Z, _weights(spectrum, Z, weighting), lower, upper, weighting == "sigma")


def _weights(spectrum: ImpedanceSpectrum, Z: Complex, weighting: Weighting) -> Real:
    if weighting != "sigma":
        return np.ones(len(Z)) if weighting == "unit" else 1 / np.abs(Z)
    sigma = spectrum.extra.get(SIGMA)
    mend = 'Say it yourself (--sigma "0.5 % + 0.1 ohm"), or choose other weights'
    if sigma is None:
        raise InputError(Fault(spectrum.where, "has no column with its standard deviation (sigma, in ohm)", mend))
    if not (np.all(np.isfinite(sigma)) and np.all(sigma > 0)):
        raise InputError(Fault(spectrum.where, "a standard deviation is zero, negative or missing", mend))
    return 1 / sigma


def _check(circuit: Circuit, spectrum: ImpedanceSpectrum, omega: Real, Z: Complex) -> None:
    where = spectrum.provenance.source
    if not (np.all(np.isfinite(omega)) and np.all(omega > 0) and np.all(np.isfinite(Z)) and np.all(np.abs(Z) > 0)):
        seen = "a frequency or an impedance is zero, negative or not a number"
        raise InputError(Fault(where, seen, "Remove such rows before the fit"))
    if 2 * len(Z) <= len(circuit.names):
        seen = f"{len(Z)} points cannot determine the {len(circuit.names)} parameters of {circuit.text}"
        raise InputError(Fault(where, seen, "Use a simpler circuit or a longer sweep"))
    if np.ptp(omega) == 0:
        raise InputError(Fault(where, "all points have one frequency", "Give a sweep over frequency"))


def bounds(circuit: Circuit, omega: Real, modulus: Real) -> tuple[Real, Real]:
    """Return the bounds of ln(parameter), shape (p,) each, from the scale of the data."""
    small, large = modulus.min() / _ROOM, modulus.max() * _ROOM
    slow, fast = omega.min(), omega.max()
    reach: dict[Kind, tuple[float, float]] = {
        "ohm": (small, large),
        "siemens": (1 / (large * max(fast, 1.0)), 1 / (small * min(slow, 1.0))),
        "inductance": (small / fast, large / slow),
        "diffusion": (small * slow**0.5, large * fast**0.5),
        "time": (1 / (_ROOM * fast), _ROOM / slow),
        "exponent": (_LOWEST_EXPONENT, 1.0),
    }
    logs = np.log(np.array([reach[kind] for kind in circuit.kinds]))
    return logs[:, 0], logs[:, 1]


def require_finite(chi2: float, where: str) -> None:
    """Raise ComputationError when no start led to a number."""
    if not np.isfinite(chi2):
        raise ComputationError(f"{where}: the fit found no finite solution; try a simpler circuit")
