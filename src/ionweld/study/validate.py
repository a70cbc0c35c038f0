"""Hold the twin's laws against other papers' critical currents; nothing is refitted, and a miss is shown as a miss.

The critical stripping current is the replenishing current of `laws.contact`: the largest one under which a contact can
last however long it is stripped. A test of finite capacity may bear more, because it ends before the contact is gone.
"""

from dataclasses import dataclass
from importlib.resources import as_file, files
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ionweld.errors import Fault, SpecError
from ionweld.laws.contact import assembly_contact, replenishing_current
from ionweld.laws.thermal import arrhenius
from ionweld.spec.cell import Part
from ionweld.spec.faults import check, read_toml
from ionweld.spec.library import Entry, assumption, entry
from ionweld.spec.quantity import Pressure, Temperature, parse_quantity
from ionweld.units import from_si, written_unit

EXPONENT = "exponent of contact resistance over pressure"
Relation = Literal["=", ">", "<"]


class Source(Part):
    """A paper, and whether its DOI could be checked."""

    citation: str
    doi: str | None = None
    arxiv: str | None = None
    doi_checked: bool
    doi_how: str


class Measured(Part):
    """A number of another paper. relation: ">" where the true one is larger, such as a current that was borne."""

    id: str
    source: str
    interface: str
    quantity: str
    relation: Relation
    measured: str
    temperature: Temperature
    stack_pressure: Pressure
    role: Literal["calibrated", "predicted"]
    value_checked: bool
    value_how: str
    miss: str = ""


class Table(Part):
    """What validation.toml holds."""

    agreement_factor: float = Field(gt=1.0)
    agreement_why: str
    source: dict[str, Source]
    row: list[Measured]

    @model_validator(mode="after")
    def _sources_known(self) -> "Table":
        for row in self.row:
            if row.source not in self.source:
                raise SpecError(Fault(row.id, f"its source {row.source!r} is not listed", "Add it under [source]"))
        return self


@dataclass(frozen=True, slots=True)
class Compared:
    """A measured number beside the predicted one, in `unit`; low and high: over the ranges of the law's parameters.

    status: "holds" or "miss"; why: by which rule, or what the miss says.
    """

    about: Measured
    source: Source
    unit: str
    measured: float
    predicted: float
    predicted_low: float
    predicted_high: float
    status: Literal["holds", "miss"]
    why: str

    @property
    def ratio(self) -> float:
        """Predicted over measured."""
        return self.predicted / self.measured


def load_table() -> Table:
    """Return the numbers of other papers."""
    with as_file(files("ionweld.study").joinpath("validation.toml")) as path:
        return check(Table, read_toml(path), path.name)


def validate(told: Table) -> list[Compared]:
    """Return every row with what the laws predict for it."""
    return [_compare(row, told) for row in told.row]


def _compare(row: Measured, told: Table) -> Compared:
    exponent = row.quantity == EXPONENT
    unit, si = written_unit(row.measured), "1" if exponent else "A/m^2"
    measured = parse_quantity(row.measured, si, "any").value
    T, P, interface = row.temperature.value, row.stack_pressure.value, entry(row.interface)
    if exponent:
        best = low = high = contact_exponent(T, P, assumption("rest").value)
    else:
        best, (low, high) = float(critical_current(T, P, interface)), _spread(T, P, interface)
    holds, why = _judge(best, measured, row.relation, told.agreement_factor)
    written = "" if exponent else unit
    return Compared(
        about=row,
        source=told.source[row.source],
        unit=unit,
        measured=from_si(measured, si, written),
        predicted=from_si(best, si, written),
        predicted_low=from_si(low, si, written),
        predicted_high=from_si(high, si, written),
        status="holds" if holds else "miss",
        why=why if holds else row.miss or why,
    )


def _judge(predicted: float, measured: float, relation: Relation, factor: float) -> tuple[bool, str]:
    rounding = 1.0 + 1e-9  # a bound that is met exactly is met
    if relation == ">":
        return predicted * rounding >= measured, "the measured current is borne"
    if relation == "<":
        return predicted <= measured * rounding, "the measured current is not borne"
    return max(predicted / measured, measured / predicted) <= factor, f"within a factor of {factor:g}"


def critical_current(
    T: float | NDArray[np.float64], P: float | NDArray[np.float64], interface: Entry
) -> float | NDArray[np.float64]:
    """Return the critical stripping current (A/m2) at a temperature (K) and stack pressure (Pa)."""
    names = ("replenishing_current", "replenishing_activation_energy")
    k_rep, E_rep = (interface[name] for name in names)
    return replenishing_current(arrhenius(k_rep, E_rep, T, interface.meant_at("replenishing_current")), P)


def _spread(T: float, P: float, interface: Entry) -> tuple[float, float]:
    """Return the lowest and highest prediction over the ranges of the law's two parameters."""
    known = [interface.quantity(name) for name in ("replenishing_current", "replenishing_activation_energy")]
    ranges = [(one.low or one.value, one.high or one.value) for one in known]
    T_0 = interface.meant_at("replenishing_current")
    ends = [float(replenishing_current(arrhenius(k, E, T, T_0), P)) for k, E in product(*ranges)]
    return min(ends), max(ends)


def contact_exponent(T: float, P: float, t_rest: float) -> float:
    """Return d ln R / d ln P of a contact made by creep at a fixed rest time (s), where R = R_t / theta."""
    lithium = entry("Li")
    n, stress = lithium["creep_exponent"], lithium["creep_stress"]
    rate = arrhenius(lithium["creep_rate"], lithium["creep_activation_energy"], T, lithium["creep_temperature"])
    pressures = np.array([0.99 * P, 1.01 * P])
    theta = assembly_contact(pressures, t_rest, rate, n, stress)
    return float(-np.diff(np.log(theta))[0] / np.diff(np.log(pressures))[0])
