"""Changes of temperature and stack pressure within a test: when, to what, how slowly, and how long to wait then.

[[program]]
before_cycle = 11                  # while no current flows
temperature = "60 degC"            # what is left out stays as it is
stack_pressure = "5 MPa"
over = "1 h"                       # evenly; without it at once
hold = "2 h"                       # and then a wait; without it the cycle begins

[[program]]
before_cycle = 21
temperature = "25 degC"
over = "10 h"
under_current = true               # the cycles go on meanwhile, from the first current of this one
"""

from typing import Any

from pydantic import Field

from ionweld.errors import Fault
from ionweld.spec.part import Part
from ionweld.spec.quantity import Duration, Pause, StackPressure, Temperature


class ProgramStep(Part):
    """A change of temperature, stack pressure or both: before a cycle, while no current flows, or from its current on."""

    before_cycle: int = Field(strict=True, gt=0, le=100_000, examples=["11"])
    temperature: Temperature | None = Field(None, examples=['"60 degC"'], description="what is left out stays")
    stack_pressure: StackPressure | None = Field(None, examples=['"5 MPa"'])
    over: Duration | None = Field(None, examples=['"1 h"'], description="time of an even change; at once without it")
    hold: Pause | None = Field(None, examples=['"2 h"'], description="wait at the new conditions before the cycle")
    under_current: bool = Field(
        False, description="the change runs from the cycle's first current on, while cycles go on"
    )


def program_faults(document: dict[str, Any], cycles: int | None) -> list[Fault]:
    """Return the faults between the fields of the steps of a protocol's program; cycles: of the whole test."""
    steps = document.get("program")
    if not isinstance(steps, list):
        return []
    found, begun = [], 0
    for i, step in enumerate(one for one in steps if isinstance(one, dict)):
        where, before = f"program.{i}", step.get("before_cycle")
        if "temperature" not in step and "stack_pressure" not in step:
            found.append(Fault(where, "changes nothing", "Give a temperature, a stack_pressure, or both"))
        if step.get("under_current") is True:
            found += _under_current(where, step)
        if not isinstance(before, int):
            continue
        if cycles is not None and before > cycles:
            seen = f"never begins: the test has {cycles} cycle{'s' if cycles > 1 else ''}"
            found.append(Fault(f"{where}.before_cycle", seen, "Name one of them"))
        if before <= begun:
            seen = f"cycle {before} does not come after that of the step before it ({begun})"
            found.append(Fault(f"{where}.before_cycle", seen, "Write the steps in their order, one for a cycle"))
        begun = max(begun, before)
    return found


def _under_current(where: str, step: dict[str, Any]) -> list[Fault]:
    """Return the faults of a change that runs while the current flows."""
    found = []
    if "over" not in step:
        found.append(Fault(f"{where}.under_current", "takes no time", 'Give over = "1 h", or leave under_current out'))
    if "hold" in step:
        found.append(Fault(f"{where}.hold", "the cycle does not wait for a change under current", "Leave hold out"))
    return found
