"""Changes of temperature and stack pressure within a test: when, to what, how slowly, and how long to wait then.

[[program]]
before_cycle = 11                  # while no current flows
temperature = "60 degC"            # what is left out stays as it is
stack_pressure = "5 MPa"
over = "1 h"                       # evenly; without it at once
hold = "2 h"                       # and then a wait; without it the cycle begins
"""

from typing import Any

from pydantic import Field

from ionweld.errors import Fault
from ionweld.spec.part import Part
from ionweld.spec.quantity import Duration, Pause, StackPressure, Temperature


class ProgramStep(Part):
    """A change of temperature, stack pressure or both before a cycle, while no current flows."""

    before_cycle: int = Field(strict=True, gt=0, le=100_000, examples=["11"])
    temperature: Temperature | None = Field(None, examples=['"60 degC"'], description="what is left out stays")
    stack_pressure: StackPressure | None = Field(None, examples=['"5 MPa"'])
    over: Duration | None = Field(None, examples=['"1 h"'], description="time of an even change; at once without it")
    hold: Pause | None = Field(None, examples=['"2 h"'], description="wait at the new conditions before the cycle")


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
