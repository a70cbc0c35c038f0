"""Impedance spectra at named points of a test: when, in what state, and in which window of the instrument."""

from typing import Any, Literal

from pydantic import Field

from ionweld.errors import Fault
from ionweld.spec.faults import readable
from ionweld.spec.library import assumption
from ionweld.spec.part import Part
from ionweld.spec.quantity import Duration, Frequency, Share, Temperature

State = Literal["end of charge", "end of discharge", "rested"]


class ImpedancePoint(Part):
    """A spectrum at one moment of a test. The test goes on as if it had not been interrupted."""

    when: Literal["before"] | None = Field(None, examples=['"before"'], description="before the first current")
    after_cycle: int | None = Field(None, strict=True, gt=0, le=100_000, examples=["40"])
    state: State | None = Field(
        None,
        examples=['"end of discharge"'],
        description="needed after a cycle: after which half cycle of it, or rested after the whole of it",
    )
    rest: Duration | None = Field(None, examples=['"2 h"'], description="how long a rested cell has rested")
    temperature: Temperature | None = Field(None, examples=['"80 degC"'], description="if not that of the cell")
    highest_frequency: Frequency = Field(default_factory=lambda: assumption("highest_frequency"))
    lowest_frequency: Frequency = Field(default_factory=lambda: assumption("lowest_frequency"))
    points: int = Field(60, strict=True, ge=2, le=1000, examples=["60"])
    noise: Share = Field(default_factory=lambda: assumption("impedance_noise"), description="fraction of |Z|, per part")
    why: str | None = Field(None, description="why this moment and this state")

    @property
    def name(self) -> str:
        """Return a name for the file of this spectrum."""
        if self.after_cycle is None:
            return "before"
        return f"after_cycle_{self.after_cycle}_{str(self.state).replace(' ', '_')}"


def impedance_faults(document: dict[str, Any], cycles: int | None) -> list[Fault]:
    """Return the faults between the fields of the points of a protocol's document; cycles: of the whole test."""
    points = document.get("impedance")
    if not isinstance(points, list):
        return []
    found = [_faults(point, f"impedance.{i}", cycles) for i, point in enumerate(points) if isinstance(point, dict)]
    return [*(fault for row in found for fault in row), *_twice(points)]


def _faults(point: dict[str, Any], where: str, cycles: int | None) -> list[Fault]:
    after, faults = point.get("after_cycle"), []
    if ("when" in point) == ("after_cycle" in point):
        seen = "when and after_cycle are both given" if "when" in point else "neither when nor after_cycle is given"
        faults.append(Fault(where, seen, 'Write when = "before", or after_cycle = 40'))
    elif after is None:
        faults += [
            Fault(f"{where}.{name}", "before the first current a cell has no such state", "Remove it")
            for name in ("state", "rest")
            if name in point
        ]
    else:
        faults += _state_faults(point, where)
    if isinstance(after, int) and cycles is not None and after > cycles:
        faults.append(Fault(f"{where}.after_cycle", f"the test has {cycles} cycles", "Name one of them"))
    return [*faults, *_sweep_faults(point, where)]


def _state_faults(point: dict[str, Any], where: str) -> list[Fault]:
    if "state" not in point:
        mend = 'Write state = "end of charge", "end of discharge" or "rested": the impedance depends on it'
        return [Fault(f"{where}.state", "is missing", mend)]
    if (point["state"] == "rested") == ("rest" in point):
        return []
    seen = "a rested cell has rested for some time" if point["state"] == "rested" else "only a rested cell has rested"
    mend = 'Add rest = "2 h"' if point["state"] == "rested" else 'Remove it, or write state = "rested"'
    return [Fault(f"{where}.rest", seen, mend)]


def _sweep_faults(point: dict[str, Any], where: str) -> list[Fault]:
    faults = []
    high, low = (readable(point, (f"{name}_frequency",), "Hz") for name in ("highest", "lowest"))
    high, low = high or assumption("highest_frequency"), low or assumption("lowest_frequency")
    if high.value <= low.value:
        seen = f"the highest frequency ({high.text}) is not above the lowest ({low.text})"
        faults.append(Fault(f"{where}.highest_frequency", seen, "Exchange or mend the two"))
    noise = readable(point, ("noise",), "1", "not negative")
    if noise is not None and noise.value >= 1.0:
        faults.append(Fault(f"{where}.noise", f"{noise.text!r} is no part of |Z|", 'Write it as "0.5 %"'))
    return faults


def _twice(points: list[Any]) -> list[Fault]:
    """Return a fault for every point whose spectrum would take the place of another one's."""
    keys = [(p.get("after_cycle"), p.get("state")) for p in points if isinstance(p, dict)]
    return [
        Fault(f"impedance.{i}", "is the same moment as an earlier one", "Name each moment once")
        for i, key in enumerate(keys)
        if key in keys[:i]
    ]
