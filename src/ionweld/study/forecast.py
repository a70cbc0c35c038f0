"""What the twin forecasts for a number of another paper: draws over what is not known of the cell, and over chance.

Nothing is refitted. A cell is built from what the paper says; what it does not say is assumed, with a range. Each draw
moves all numbers of the library's interface and all conditions within their ranges, simulates the test and reads the
number off it. Cells of one material share their draws and their chance, so that two of them differ, draw by draw, in
what was done to them alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, inf, log, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import ComputationError, Fault, InputError, SpecError
from ionweld.result import EventKind
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.simulate.conditions import conditions
from ionweld.simulate.critical import ENDS, end_of_life
from ionweld.simulate.impedance import low_frequency_resistance
from ionweld.simulate.snapshot import BEFORE
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.conditions import placed
from ionweld.spec.derived import conductivity, conductivity_share, interface_entry, library_parameters
from ionweld.spec.library import Entry, entry
from ionweld.spec.protocol import HalfCycleProtocol, by_time, parse_protocol
from ionweld.study.validation_rows import CONDITIONS, Kind, MeasuredRow
from ionweld.twin.library_draws import common_draws, with_conditions, without_rivals

ROOM = "25 degC"
ETHER, ITS_GAP, ITS_VOLUME = "1 M LiTFSI in DOL:DME 1:1", "5 um", "3 uL"
RAMP_FROM, RAMP_STEPS, RAMP_FACTOR = 0.05, 25, 1.25  # mA/cm2; steps of a test of the critical current
HALF_CYCLE_H = 0.5  # where a test of the critical current does not say
AT_ONCE = ("interface_resistance", "conductivity")  # numbers that need no test
READ_AT_ONCE = 8  # times the draws for these: they cost little, and scatter most
SOONEST_S = 1.0  # an end at once counts as one so late: forecasts are compared by their logarithms
LOOKED_FOR = 3.0  # times the measured life or charge: no more is simulated; of a bound it is enough to pass it
TOLERANCE = 2.5e-4  # of which a symmetric cell takes OF_SYMMETRIC
APART = 1.2  # a pressure and its neighbour, for an exponent
UNKNOWN = {  # what a paper leaves out, with its range
    "stack_pressure": ("1 MPa", "0.1 MPa", "10 MPa"),
    "thickness": ("0.8 mm", "0.4 mm", "1.5 mm"),
}
FILM = ("0.1 mm", "0.03 mm", "0.3 mm")  # thickness of a polymer, which is cast and not pressed
MOLTEN = ("60 degC", "50 degC", "80 degC")  # temperature of a polymer: nobody cycles PEO where it is crystalline
UNSAID = ("polished",)  # states of a surface that go without saying, besides as received
FOIL = "1 mm"  # thick: where a paper does not say it, a test does not end because the lithium is used up
ATTACHED_IN = "5 min"  # where lithium was pressed on before the test; at such pressures it hardly matters
ATMOSPHERE = ("0.1 MPa", "0.02 MPa", "0.1 MPa")  # no pressure beyond it: what the wrapping passes on


@dataclass(frozen=True, slots=True)
class Forecast:
    """Draws of a number (SI), NaN where one stalls. Empty where the library lacks what the cell needs: `why` says what.

    copies: how many values stand for one simulated cell.
    """

    values: NDArray[np.float64]
    why: str = ""
    copies: int = 1


@dataclass(frozen=True, slots=True)
class ForecastTask:
    """A row, and how many draws of it are taken."""

    row: MeasuredRow
    draws: int


def forecast(task: ForecastTask) -> Forecast:
    """Return the forecast of a row."""
    row = task.row
    try:
        values = KINDS[row.kind](row, task.draws * (READ_AT_ONCE if row.kind in AT_ONCE else 1))
    except (InputError, ComputationError) as error:
        return Forecast(np.empty(0), str(error).splitlines()[0])
    return Forecast(np.array(values))


def what_is_simulated(row: MeasuredRow) -> str:
    """Return all of a row that its forecast follows from: rows of which it is the same have the same forecast."""
    return repr((row.kind, row.material, looked_for(row), *(getattr(row, name) for name in CONDITIONS)))


def cell_document(row: MeasuredRow) -> dict[str, Any]:
    """Return the cell of a row as a person would write it. Raises InputError where the library lacks what it needs."""
    pellet: dict[str, Any] = {"material": row.material, "diameter": "10 mm"}
    soft = entry(row.material).chemistry == "polymer"
    pellet["thickness"] = row.thickness.text if row.thickness else _assumed(*(FILM if soft else UNKNOWN["thickness"]))
    if row.relative_density is not None:
        pellet["relative_density"] = f"{100.0 * row.relative_density:g} %"
    pressure = row.stack_pressure
    told = (
        pressure.text
        if pressure and pressure.value > 0.0
        else _assumed(*(ATMOSPHERE if pressure else UNKNOWN["stack_pressure"]))
    )
    lithium = {"material": "Li", "diameter": "8 mm", "thickness": FOIL, "interface": _interface(row)}
    cell = {
        "name": row.material,
        "temperature": row.temperature.text if row.temperature else _assumed(*MOLTEN) if soft else ROOM,
        "stack_pressure": told,
        "electrolyte": pellet,
        "electrodes": {"negative": lithium},
    }
    if row.direction == "plating":
        cell["mechanisms"] = {"contact_loss": False}  # the electrode that is stripped has no part in the number
    if row.attached_at is not None:
        pressed = {"temperature": ROOM, "stack_pressure": row.attached_at.text, "time": ATTACHED_IN}
        cell["formation"] = [pressed]
    return cell


def _assumed(value: str, low: str, high: str) -> dict[str, Any]:
    return {"assumed": value, "range": [low, high], "why": "not said by the paper, or not seen"}


def _interface(row: MeasuredRow) -> dict[str, Any]:
    """Return what lies between lithium and pellet; free texts that no entry of the library describes are refused later."""
    made: dict[str, Any] = {}
    if row.surface not in ("", "as received"):
        made["surface"] = row.surface
    if row.interlayer:
        made["interlayer"] = row.interlayer
    if row.liquid:
        liquid = ETHER if row.liquid == "ether" else row.liquid
        made |= {"liquid": liquid, "volume": ITS_VOLUME, "gap": ITS_GAP}
    return made


def _draws(row: MeasuredRow, protocol: HalfCycleProtocol, count: int) -> list[tuple[CellSpec, Entry]]:
    """Return cells under drawn conditions with their drawn parameters; what is not known of a surface is drawn too."""
    described = [parse_cell(one, row.material) for one in surfaces(cell_document(row), row)]
    each = [
        [(placed(cell, one), one) for one in common_draws(_unknown(cell, protocol), count, _seed(row))]
        for cell in described
    ]
    return [each[number % len(each)][number] for number in range(count)]


def _unknown(cell: CellSpec, protocol: HalfCycleProtocol) -> Entry:
    return without_rivals(with_conditions(library_parameters(cell), cell, protocol))


def surfaces(document: dict[str, Any], row: MeasuredRow) -> list[dict[str, Any]]:
    """Return the cell with each surface that it may have: where a paper says nothing, as it came, or polished.

    A treatment is what a paper is about, and would have been said, as would a coat, an interlayer or a liquid.
    """
    if row.surface or row.interlayer or row.liquid:
        return [document]
    known = interface_entry(parse_cell(document, row.material)).surfaces
    interface = document["electrodes"]["negative"]["interface"]
    found = [interface, *(interface | {"surface": name} for name in sorted(known) if name in UNSAID)]
    lithium = document["electrodes"]["negative"]
    return [document | {"electrodes": {"negative": lithium | {"interface": one}}} for one in found]


def _seed(row: MeasuredRow) -> str:
    return f"validate/{row.material}"


def _simulated(
    row: MeasuredRow, protocol: HalfCycleProtocol, count: int, read: Callable[[SimulatedTest], float]
) -> list[float]:
    drawn = enumerate(_draws(row, protocol, count))
    return [_read(cell, protocol, parameters, number, read) for number, (cell, parameters) in drawn]


def _read(
    cell: CellSpec, protocol: HalfCycleProtocol, parameters: Entry, number: int, read: Callable[[SimulatedTest], float]
) -> float:
    """Return what is read off one draw; NaN where its integration stalls, which is counted and said."""
    try:
        return read(simulate(cell, protocol, parameters, f"validate/{number}", tolerance=TOLERANCE))
    except ComputationError:
        return nan


def _protocol(stages: list[dict[str, Any]], record_every_s: float, one_way: bool = False) -> HalfCycleProtocol:
    document = {
        "name": "validation",
        "first_half_cycle": "charge",
        "voltage_limit": "5 V",
        "stop_at_short": True,
        "one_way": one_way,
        "record_every": f"{record_every_s} s",
        "stages": stages,
    }
    return by_time(parse_protocol(document))


def _stage(current_A_m2: float, half_cycle_s: float, cycles: int = 1) -> dict[str, Any]:
    return {"current_density": f"{current_A_m2} A/m^2", "half_cycle_time": f"{half_cycle_s} s", "cycles": cycles}


def _half_cycle(row: MeasuredRow, current: float) -> float:
    """Return how long a half cycle takes (s): as said, from the charge that it moves, or as is usual."""
    if row.half_cycle is not None:
        return row.half_cycle.value
    return row.charge_per_half_cycle.value / current if row.charge_per_half_cycle is not None else 3600.0 * HALF_CYCLE_H


def _current(row: MeasuredRow) -> float:
    if row.current is None or row.current.value == 0.0:
        seen = "no current is known to have flowed" if row.current is None else "no current flowed"
        raise SpecError(Fault(row.material, seen, "Only a cell under current is simulated"))
    return row.current.value


def _end_s(run: SimulatedTest) -> float | None:
    """Return when a cell shorted or reached the voltage limit; None where it lived."""
    event = end_of_life(run)
    return None if event is None else event.time_s


def _lost_s(run: SimulatedTest) -> float:
    """Return when a cell ended or an interface had lost its contact; without end where neither happened."""
    ends = (*ENDS, EventKind.CONTACT_LOST)
    return min((event.time_s for event in run.events if event.kind in ends), default=inf)


def looked_for(row: MeasuredRow) -> float:
    """Return the largest value of a row's number that is looked for (SI): what outlives it counts with it."""
    if row.kind not in ("life", "one_way_charge"):
        return inf
    return (LOOKED_FOR if row.relation == "=" else 1.05) * row.measured


def critical_current(row: MeasuredRow, count: int) -> list[float]:
    """Return the current at which the cell ends under rising current, or, of stripping alone, the one creep can feed.

    Within a step it is read by the time that passed, so that no forecast is rounded to the steps.
    """
    if row.direction == "stripping":
        return [float(stripping_current(cell, one)) for cell, one in _draws(row, _rest(), count)]
    currents = [10.0 * RAMP_FROM * RAMP_FACTOR**step for step in range(RAMP_STEPS)]
    ramp = _protocol([_stage(j, _half_cycle(row, j)) for j in currents], 3600.0)
    ends = np.cumsum([0.0, *(2.0 * stage.half_cycle_time.value for stage in ramp.stages)])
    rising = np.log([currents[0] / RAMP_FACTOR, *currents])

    def reached(run: SimulatedTest) -> float:
        end = _end_s(run)
        return float(np.exp(rising[-1] if end is None else np.interp(end, ends, rising)))

    return _simulated(row, ramp, count, reached)


def stripping_current(cell: CellSpec, parameters: Entry) -> float:
    """Return the largest current (A/m2) under which a contact can last however long it is stripped."""
    return conditions(cell, _rest(), parameters, "validate").number("resupply")


def _rest() -> HalfCycleProtocol:
    """Return a test that hardly does anything: what is read is the cell as assembled."""
    return _protocol([_stage(0.01, 10.0)], 10.0)


def interface_resistance(row: MeasuredRow, count: int) -> list[float]:
    """Return the resistance of one interface as assembled, per area."""
    return _simulated(row, _rest(), count, _of_one_interface)


def _of_one_interface(run: SimulatedTest) -> float:
    found = low_frequency_resistance(run, BEFORE)
    sides = len(run.conditions.cell.sides)
    return (found.lithium + found.layer + found.constriction) * found.area_m2 / sides


def life(row: MeasuredRow, count: int) -> list[float]:
    """Return when a cell under constant current ends; one that outlives the simulated time counts with that time."""
    current = _current(row)
    half, longest = _half_cycle(row, current), looked_for(row)
    protocol = _protocol([_stage(current, half, max(1, ceil(longest / (2.0 * half))))], half)

    def lived(run: SimulatedTest) -> float:
        end = _end_s(run)
        return longest if end is None else max(end, SOONEST_S)

    return _simulated(row, protocol, count, lived)


def one_way_charge(row: MeasuredRow, count: int) -> list[float]:
    """Return the charge that passes in one direction before contact is lost or the cell ends, three times the measured at most."""
    current = _current(row)
    longest = looked_for(row) / current
    protocol = _protocol([_stage(current, longest)], longest / 20.0, one_way=True)
    return _simulated(row, protocol, count, lambda run: current * max(min(_lost_s(run), longest), SOONEST_S))


def ionic_conductivity(row: MeasuredRow, count: int) -> list[float]:
    """Return the conductivity of the library's pellet at the row's temperature and density."""
    T = row.temperature.value if row.temperature is not None else 298.15
    known = entry(row.material)
    share = 1.0 if row.relative_density is None else conductivity_share(known, row.relative_density)
    return [share * conductivity(one, T) for one in common_draws(known, count, _seed(row))]


def pressure_exponent(row: MeasuredRow, count: int) -> list[float]:
    """Return d ln R/d ln P of an interface as assembled."""
    found = []
    for number, (cell, parameters) in enumerate(_draws(row, _rest(), count)):
        P = cell.stack_pressure
        pressed = [
            cell.model_copy(update={"stack_pressure": replace(P, value=P.value * factor)}) for factor in (1.0, APART)
        ]
        low, high = (_read(one, _rest(), parameters, number, _of_one_interface) for one in pressed)
        found.append(log(high / low) / log(APART))
    return found


KINDS: dict[Kind, Callable[[MeasuredRow, int], list[float]]] = {
    "critical_current": critical_current,
    "interface_resistance": interface_resistance,
    "life": life,
    "one_way_charge": one_way_charge,
    "conductivity": ionic_conductivity,
    "pressure_exponent": pressure_exponent,
}
