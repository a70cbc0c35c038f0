"""What a fit reads off the spectrum of a simulated cell, beside what the cell's states hold.

The circuit that papers on such cells usually name has three resistances, Rb, Rgb and Ri: no place for the cathode, none
for diffusion, and none for columns that differ. So even a perfect spectrum is misread where those matter, and the table
shows by how much. The fuller circuit has a place for each arc of the states that lies in an instrument's window; what
is faster (the grains, the welded layer, the constriction towards the contact) is one intercept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from ionweld.analyse.eis.fit import CONFIDENCE, CircuitFit, fit
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.numerics.threads import one_thread
from ionweld.simulate.impedance import Resistances

PAPER_CIRCUIT = "Rb-p(Rgb,CPEgb)-p(Ri,CPEi)"
FAST, TRANSFER = "grains, layer and constriction", "charge transfer of lithium"
FULLER_CIRCUIT = "Rb-p(Rgb,CPEgb)-p(Ri,CPEi)-p(Rc,CPEc)-CPEw"


@dataclass(frozen=True, slots=True)
class Reading:
    """One resistance of the states (ohm) beside the fitted one with its 95 % interval; inside: state within interval.

    what: in words; resistors: of the circuit, whose sum is compared.
    """

    what: str
    resistors: tuple[str, ...]
    state_ohm: float
    fitted_ohm: float
    low_ohm: float
    high_ohm: float

    @property
    def inside(self) -> bool:
        """Return whether the interval holds what the states hold."""
        return self.low_ohm <= self.state_ohm <= self.high_ohm


@dataclass(frozen=True, slots=True)
class ReadSpectrum:
    """A spectrum, its states, and both readings. warnings: of the two fits."""

    spectrum: ImpedanceSpectrum
    states: Resistances
    paper: tuple[Reading, ...]
    fuller: tuple[Reading, ...]
    fits: tuple[CircuitFit, CircuitFit]


def read_spectrum(spectrum: ImpedanceSpectrum, states: Resistances) -> ReadSpectrum:
    """Return how well the paper's circuit and a fuller one recover the states of a cell from its spectrum.

    Raises InputError for a spectrum that cannot be fitted.
    """
    with one_thread():
        paper, fuller = fit(spectrum, PAPER_CIRCUIT), fit(spectrum, FULLER_CIRCUIT)
    beyond = states.cathode + states.spread + states.fading
    fast = states.grains + states.layer + states.constriction
    common = ((FAST, ("Rb",), fast), ("grain boundaries", ("Rgb",), states.boundaries))
    lithium = (TRANSFER, ("Ri",), states.lithium)
    return ReadSpectrum(
        spectrum,
        states,
        _readings(
            paper,
            *common,
            lithium,
            ("charge transfer, cathode and crowding of the current", ("Ri",), states.lithium + beyond),
            ("total", ("Rb", "Rgb", "Ri"), states.total),
        ),
        _readings(
            fuller,
            *common,
            lithium,
            ("cathode and crowding of the current", ("Rc",), beyond),
            ("total", ("Rb", "Rgb", "Ri", "Rc"), states.total),
        ),
        (paper, fuller),
    )


def _readings(fitted: CircuitFit, *rows: tuple[str, tuple[str, ...], float]) -> tuple[Reading, ...]:
    return tuple(Reading(what, names, state, *sum_of(fitted, names)) for what, names, state in rows)


def sum_of(fitted: CircuitFit, resistors: Sequence[str]) -> tuple[float, float, float]:
    """Return the sum of fitted resistances and its 95 % interval (ohm), with the covariance between them."""
    places = [fitted.circuit.index(name) for name in resistors]
    values = np.exp(fitted.logs[places])
    total = float(values.sum())
    share = values / total  # d ln(sum R)/d ln R
    error = float(np.sqrt(share @ fitted.covariance[np.ix_(places, places)] @ share))
    half = float(stdtrit(max(fitted.problem.freedom, 1), 0.5 + CONFIDENCE / 2)) * error
    return total, total * float(np.exp(-half)), total * float(np.exp(half))


def misread(found: ReadSpectrum) -> tuple[str, ...]:
    """Return, as sentences, where the paper's three resistances say something else than the states."""
    states, said = found.states, []
    by_what = {row.what: row for row in found.paper}
    interface, boundary = by_what[TRANSFER], by_what["grain boundaries"]
    if not boundary.inside:
        said.append(
            f"Rgb reads {boundary.fitted_ohm:.0f} ohm, the grain boundaries have {states.boundaries:.0f}: with one arc for "
            "all interfaces, part of theirs is taken for grain boundaries"
        )
    if not interface.inside:
        hidden = [("cathode", states.cathode), ("unequal columns", states.spread), ("faded cathode", states.fading)]
        listed = ", ".join(f"{name} {ohm:.0f}" for name, ohm in hidden if ohm > 0.01 * states.total)
        said.append(
            f"Ri reads {interface.fitted_ohm:.0f} ohm, charge transfer of lithium has {states.lithium:.0f}: the circuit has no "
            f"place for the rest ({listed} ohm)"
        )
    if not by_what["total"].inside:
        said.append(
            f"the total reads {by_what['total'].fitted_ohm:.0f} ohm, the states have {states.total:.0f}: "
            "the tail of diffusion is drawn into the last arc"
        )
    return tuple(said)
