"""What cannot be simulated, said before anything is: what only shows when a cell and a protocol meet."""

from ionweld.errors import Fault, SpecError
from ionweld.laws.constants import F as FARADAY
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import nominal_charge
from ionweld.spec.library import assumption
from ionweld.spec.protocol import AnyProtocol, HalfCycleProtocol, WindowStage, by_time, by_window

MOST_RECORDS = 2e7  # about 4 GB of states and tables


def refuse_the_impossible(cell: CellSpec, protocol: AnyProtocol) -> None:
    """Raise SpecError for what only shows when cell and protocol meet.

    That is too little lithium, too many records, or a temperature at which the laws of the twin do not hold.
    """
    faults = _temperature_faults(cell, protocol)
    if cell.cathode is not None:  # what it moves is bounded by the voltages, and by the cathode
        stages, nominal = by_window(protocol).stages, nominal_charge(cell)
        half_cycles = [(stage.cycles, sum(stage.time_limits(nominal)) / 2.0) for stage in stages]
        faults += _hold_faults(stages, nominal)
    else:
        program = by_time(protocol)
        faults += _lithium_faults(cell, program)
        half_cycles = [(stage.cycles, stage.half_cycle_time.value) for stage in program.stages]
    waits = [(1, wait.value) for step in protocol.program for wait in (step.over, step.hold) if wait is not None]
    records = sum(
        2.0 * cycles * (seconds / protocol.record_every.value + 2.0) for cycles, seconds in [*half_cycles, *waits]
    )
    if records > MOST_RECORDS:
        seen = f"{protocol.record_every.text!r} gives up to {records:.2g} records"
        faults.append(Fault("protocol: record_every", seen, f"Record less often: at most {MOST_RECORDS:.0e} records"))
    if faults:
        raise SpecError(faults)


def _hold_faults(stages: list[WindowStage], nominal: float) -> list[Fault]:
    """Return a fault for each stage that would hold its voltage down to a current that is not below that of its charge."""
    holds = ((number, stage.rates(nominal)[0], stage.hold(nominal)) for number, stage in enumerate(stages))
    return [
        Fault(
            f"protocol: stages[{number}]",
            f"the voltage is held down to {3600.0 * hold[0]:.3g} C, and the charge runs at {3600.0 * rate:.3g} C",
            "Hold it down to a lower current, or leave it out",
        )
        for number, rate, hold in holds
        if hold is not None and hold[0] >= rate
    ]


def _lithium_faults(cell: CellSpec, protocol: HalfCycleProtocol) -> list[Fault]:
    """Return a fault for each stage by which more lithium is stripped than the thinner foil has: steps one way add up."""
    v = cell.library.entry(cell.electrodes.negative.material)["molar_volume"] / FARADAY
    foil, before, faults = min(side.thickness.value for side in cell.sides), 0.0, []
    for number, stage in enumerate(protocol.stages):
        half_cycle = v * stage.current_density.value * stage.half_cycle_time.value
        moved = before + stage.cycles * half_cycle if protocol.one_way else half_cycle
        before = moved if protocol.one_way else 0.0
        if moved > foil:
            what = "stripping one way takes" if protocol.one_way else "a half cycle strips"
            seen = f"{what} {1e6 * moved:.3g} um of lithium, and the foil has {1e6 * foil:.3g} um"
            faults.append(Fault(f"protocol: stages[{number}]", seen, "Take a thicker foil, or move less charge"))
    return faults


def _temperature_faults(cell: CellSpec, protocol: AnyProtocol) -> list[Fault]:
    """Return a fault for the cell's temperature, and for that of each named point, outside what the laws cover."""
    low, high = assumption("lowest_temperature"), assumption("highest_temperature")
    points = enumerate(protocol.impedance)
    asked = [("cell: temperature", cell.temperature)]
    asked += [(f"protocol: impedance.{i}.temperature", point.temperature) for i, point in points if point.temperature]
    steps = enumerate(protocol.program)
    asked += [(f"protocol: program.{i}.temperature", step.temperature) for i, step in steps if step.temperature]
    mend = f"Stay between {low.text} and {high.text}"
    melts = cell.library.entry(cell.electrodes.negative.material).properties.get("melting_point")
    molten = [
        Fault(
            where,
            f"{cell.electrodes.negative.material} melts at {melts.text}: there is no solid foil to lose contact",
            mend,
        )
        for where, known in asked
        if melts is not None and known.value >= melts.value
    ]
    return molten or [
        Fault(where, f"the twin cannot say what a cell does at {known.text}", mend)
        for where, known in asked
        if not low.value <= known.value <= high.value
    ]
