"""A simulated cell at a moment in a handful of numbers, for programs that know a cell as one column: PyBaMM, BPX.

    V = U(z) + j (R_pellet + R_interface + R_c [1 + b/(1 - y)])       full cell, j > 0 on charge

What the columns of a cell do to each other is lumped into R_interface at the moment that is asked for; what changes it
later (contact lost or won, an interphase that grows, a filament) is not there.
"""

from dataclasses import dataclass

from scipy.constants import R as GAS
from scipy.constants import physical_constants

from ionweld.laws.cathode import plateau_potential
from ionweld.simulate.impedance import network, resistances
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import BEFORE, Moment, half_cycle_of, moment

FARADAY = physical_constants["Faraday constant"][0]


@dataclass(frozen=True, slots=True)
class LumpedCathode:
    """The cathode, per electrode area: charge of full lithiation (C/m2), lithiated fraction, R_c (ohm m2), its growth b.

    plateau, slope, edge (V): of its potential, see laws.cathode.plateau_potential; nominal: what 1 C means (C/m2).
    """

    material: str
    capacity: float
    lithiation: float
    resistance: float
    growth: float
    plateau: float
    slope: float
    edge: float
    nominal: float

    def potential(self, z):
        """Return the equilibrium voltage against lithium (V) at a lithiated fraction z, a number or an array."""
        return plateau_potential(z, self.plateau, self.slope, self.edge)


@dataclass(frozen=True, slots=True)
class LumpedCell:
    """A cell at a moment. SI units, resistances per electrode area (ohm m2).

    thickness, conductivity: of the pellet, the spreading of the current towards its rim counted in; interface: of all
    lithium interfaces together; exchange_current: of the lithium (A/m2), None where charge transfer is linear and counted
    in `interface`; said: what moment it is.
    """

    name: str
    said: str
    temperature: float
    area: float
    thickness: float
    conductivity: float
    interface: float
    exchange_current: float | None
    cathode: LumpedCathode | None


def lumped(run: SimulatedTest, after_cycle: int | None = None) -> LumpedCell:
    """Return a cell as assembled, or after a cycle. Raises ComputationError when the cell cannot be taken there."""
    seen = moment(run, _half_cycle(run, after_cycle))
    parts = resistances(network(seen))
    derived, area = seen.conditions.derived, parts.area_m2
    pellet = area * (parts.grains + parts.boundaries)
    curved = any(one.name == "butler_volmer" for one in seen.conditions.mechanisms)
    transfer = parts.lithium * _transfer_share(seen) if curved else 0.0
    series = parts.layer + parts.constriction + parts.spread + parts.lithium - transfer
    T = seen.conditions.cell.temperature.value
    return LumpedCell(
        name=seen.conditions.cell.name,
        said=seen.said,
        temperature=T,
        area=area,
        thickness=derived.pellet_thickness_m,
        conductivity=derived.pellet_thickness_m / pellet,
        interface=area * series,
        exchange_current=GAS * T / (FARADAY * area * transfer) if curved else None,
        cathode=_cathode(seen),
    )


def _transfer_share(seen: Moment) -> float:
    """Return the share of curved charge transfer in what the lithium interfaces resist; the rest is film, by Ohm's law."""
    transfer, film = seen.column("transfer"), seen.column("film")
    return float(transfer.sum() / (transfer + film).sum())


def _half_cycle(run: SimulatedTest, after_cycle: int | None) -> int:
    if after_cycle is None:
        return BEFORE
    found = half_cycle_of(run, after_cycle)
    return len(run.snapshots) - 1 if found is None else found


def _cathode(seen: Moment) -> LumpedCathode | None:
    described, charge = seen.conditions.cell.cathode, seen.conditions.derived.cathode
    if described is None or charge is None:
        return None
    active = seen.number("active")
    return LumpedCathode(
        material=described.material,
        capacity=active * seen.number("capacity"),
        lithiation=float(seen.state("lithiation")[0].mean()),
        resistance=seen.number("cathode_resistance") / active,
        growth=seen.number("cathode_growth"),
        plateau=seen.number("plateau"),
        slope=seen.number("slope"),
        edge=seen.number("edge"),
        nominal=charge.nominal_C_per_m2,
    )
