"""What a person reads off a simulated test of limits: one-way charge, resistances."""

from dataclasses import dataclass

import numpy as np

from ionweld.laws.kinetics import charge_transfer_current
from ionweld.result import EventKind
from ionweld.simulate.impedance import network
from ionweld.simulate.run import CellEvent, SimulatedTest
from ionweld.simulate.snapshot import BEFORE, moment

ENDS = (EventKind.FIRST_SHORT, EventKind.VOLTAGE_LIMIT, EventKind.FAILURE)
OPEN_WIDE = 10.0  # times the current that opens a flaw


@dataclass(frozen=True, slots=True)
class CellLimits:
    """What is read off one simulated cell besides its cycles; by lithium interface, the negative one first.

    resistance_ohm_m2: of each interface, as assembled and at the end; contact: share of its area that touches (1), the
    same. one_way_C_m2: charge of a test in one direction, else None. ended_cycle: where a short or the voltage limit
    ended a symmetric cell; None where it outlived its test.
    """

    resistance_ohm_m2: tuple[tuple[float, ...], tuple[float, ...]]
    contact: tuple[tuple[float, ...], tuple[float, ...]]
    one_way_C_m2: float | None
    ended_cycle: int | None


def cell_limits(run: SimulatedTest, *, one_way: bool = False) -> CellLimits:
    """Return what is read off a run. one_way: its protocol strips one electrode on and on."""
    states, end = run.states, end_of_life(run)
    touching = [title for title in states.columns if title.startswith("Contact, ")]
    first, last = (tuple(float(states[title][at]) for title in touching) for at in (0, -1))
    before, after = (interface_resistances(run, at) for at in (BEFORE, len(run.snapshots) - 1))
    passed = one_way_charge(run) if one_way else None
    return CellLimits((before, after), (first, last), passed, None if end is None else end.cycle)


def driven(run: SimulatedTest) -> float | None:
    """Return the last current at the weakest flaw, over what opens that flaw in the cell as assembled (1).

    Above OPEN_WIDE the growth of a filament is within a tenth of its fastest: the charge of a half cycle decides when it
    is through, and what moves the opening (temperature, density, pressure) hardly matters. None where nothing cracks.
    """
    start = run.conditions
    if not cracks(run):
        return None
    seen = moment(run, len(run.legs) - 1)  # at the conditions of the end
    opens = charge_transfer_current(seen.number("opening_voltage"), seen.number("clean"), seen.temperature)
    last = run.recorded.cycle == run.recorded.cycle[-1]
    current = np.abs(run.recorded.amps[last]).max() / start.derived.electrode_area_m2
    flaw, contact = (start.column(name)[: len(start.cell.sides)] for name in ("flaw", "assembly"))  # lithium's sides
    return float((flaw / contact).max() * current / opens)


def pressed_in(run: SimulatedTest) -> bool:
    """Whether the stack alone presses lithium into pores or a flaw, which needs three times its yield stress."""
    if not cracks(run):
        return False
    return moment(run, len(run.legs) - 1).state("pressed_in")[0] > 0.0


def cracks(run: SimulatedTest) -> bool:
    """Whether filaments open flaws in it, by the strength of its electrolyte."""
    return "opening_voltage" in run.conditions.layout.slots["numbers"]


def end_of_life(run: SimulatedTest) -> CellEvent | None:
    """Return the event with which a symmetric cell ended: a short, or the voltage limit; None where it lived."""
    return next((event for event in run.events if event.kind in ENDS), None)


def one_way_charge(run: SimulatedTest) -> float:
    """Return the charge that passed one way until the test ended (C/m2)."""
    return float(abs(run.state("charge")[-1, 0] + run.state("charge_past")[-1, 0]))


def interface_resistances(run: SimulatedTest, half_cycle: int) -> tuple[float, ...]:
    """Return the area-specific resistance of each lithium interface after a half cycle (ohm m2).

    half_cycle: from 0, rests count; snapshot.BEFORE for the cell as assembled.
    """
    sides = network(moment(run, half_cycle)).interfaces
    return tuple(float(1.0 / np.mean(1.0 / side.resistance)) for side in sides)
