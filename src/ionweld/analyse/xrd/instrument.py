"""What an instrument does to every line, measured with a standard whose cell is certified.

With the cell held, the lines of the standard leave zero, displacement, width and axial tail to the fit; what is found of the
instrument (not the displacement, which is the standard's own) is what is known before the next fit.
"""

from dataclasses import dataclass, replace

import numpy as np

from ionweld.analyse.xrd.fit import first_fit, priors
from ionweld.analyse.xrd.model import Priors
from ionweld.errors import Fault, InputError
from ionweld.measurement.pattern import Diffractogram
from ionweld.numerics.threads import one_thread
from ionweld.spec.crystal import Phase

_HELD = 1e-6  # relative: the cell of a standard is certified to some 1e-6, and it moves no further
_LEAST_ERROR_DEG = 1e-4
_OPEN_ZERO_DEG = 0.2  # of an instrument that is to be measured nothing is taken for granted
_ZERO, _WIDTH, _TAIL = 0, 2, 5  # places of the instrument's shapes in the model


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument by its standard: each shape (deg) with its standard error; known: what the next fit starts from."""

    standard: str
    zero_deg: tuple[float, float]
    width_deg: tuple[float, float]
    axial_tail_deg: tuple[float, float]
    known: Priors

    @property
    def said(self) -> str:
        """The instrument in one line."""
        shapes = {"zero": self.zero_deg, "width": self.width_deg, "axial tail": self.axial_tail_deg}
        told = ", ".join(f"{name} {value:.4f} +- {error:.4f} deg" for name, (value, error) in shapes.items())
        return f"instrument from {self.standard}: {told}"


def instrument_of(pattern: Diffractogram, standard: Phase) -> Instrument:
    """Return the instrument that a pattern of a standard shows.

    Raises InputError when the pattern does not show the standard with the cell that it is said to have.
    """
    held = replace(standard, cell_tolerance=_HELD, distortion=None)
    with one_thread():
        fitted = first_fit(pattern, [held], replace(priors(), zero=(0.0, _OPEN_ZERO_DEG)))
    if not fitted.model.candidates:
        seen = f"shows no {standard.name} with its cell {standard.cell[0]:.5f} A"
        mend = "Give the pattern of the standard, and its certified cell as a .cif"
        raise InputError(Fault(f"standard {pattern.label}", seen, mend))
    theta, errors = fitted.solution.theta, np.sqrt(np.diag(fitted.solution.covariance) * fitted.misfit)
    zero, width, tail = ((float(theta[at]), max(float(errors[at]), _LEAST_ERROR_DEG)) for at in (_ZERO, _WIDTH, _TAIL))
    known = replace(priors(), zero=zero, instrument_width=width, axial_tail=tail)
    return Instrument(standard.name, zero, width, tail, known)
