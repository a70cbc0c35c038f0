"""Dry cells drawn over the whole range that a file may state, and what must be true of each of them.

Each rule compares a cell with the same cell under one condition more (drawn with the same numbers and the same chance), or
looks at one run. It returns by how much the rule is broken: at most 0 where it holds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from math import log
from typing import Any

import numpy as np

from ionweld.report.simulation import UNREAL_V, warnings
from ionweld.result import EventKind
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.simulate.critical import OPEN_WIDE, driven, end_of_life, pressed_in
from ionweld.simulate.seeds import stream
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.entry import Entry
from ionweld.spec.library import material_names
from ionweld.spec.protocol import HalfCycleProtocol, by_time, parse_protocol
from ionweld.twin.ensemble import DrawnCells, Recipe, analysed
from ionweld.twin.library_draws import common_draws

COLUMNS = 6  # few, so that a cell costs milliseconds
LEAST = 1e-6  # relative: what rounding and the integrator's tolerance may break of a rule
CLOSED = 1e-12  # relative: how far the books of lithium may be open
STEP = 1.4
RAMP = tuple(0.05 * STEP**step for step in range(18))  # mA/cm2, to 15


@dataclass(frozen=True)
class RandomCell:
    """Conditions of a dry symmetric cell: SI but for the names; seed: of its library numbers and of its chance."""

    seed: str
    material: str
    celsius: float
    megapascals: float
    density: float
    millimetres: float
    current_mA_cm2: float
    half_cycle_h: float
    filament: bool = True
    interphase: bool = True

    def described(self) -> CellSpec:
        foil = {"material": "Li", "diameter": "6 mm", "thickness": "20 mm"}
        pellet = {"material": self.material, "diameter": "10 mm", "thickness": f"{self.millimetres} mm"}
        return parse_cell({
            "name": "random", "temperature": f"{self.celsius} degC", "stack_pressure": f"{self.megapascals} MPa",
            "mechanisms": {"filament": self.filament, "interphase": self.interphase}, "electrolyte": pellet | {"relative_density": f"{self.density}"}, "electrodes": {"negative": foil},
        })  # fmt: skip

    def parameters(self) -> Entry:
        return common_draws(library_parameters(self.described()), 1, self.seed)[0]

    def run(self, protocol: HalfCycleProtocol) -> SimulatedTest:
        return simulate(self.described(), protocol, self.parameters(), self.seed, columns=COLUMNS, tolerance=1e-5)


def random_cell(number: int) -> RandomCell:
    """Return a cell of the whole permitted range."""
    seed = f"random cell {number}"
    draw = stream(seed)
    materials = material_names("solid electrolyte")
    return RandomCell(
        seed,
        materials[draw.integers(len(materials))],
        float(draw.uniform(-40.0, 150.0)),
        0.0 if draw.random() < 0.05 else float(10.0 ** draw.uniform(-2.0, 2.0)),
        float(draw.uniform(0.7, 1.0)),
        float(10.0 ** draw.uniform(-1.5, 0.5)),
        float(10.0 ** draw.uniform(-2.0, 1.0)),
        float(10.0 ** draw.uniform(-1.3, 0.7)),
    )


def program_of(stages: list[dict[str, Any]], limit: str = "5 V") -> HalfCycleProtocol:
    document = {"name": "random", "first_half_cycle": "charge", "voltage_limit": limit, "record_every": "10 h"}
    return by_time(parse_protocol(document | {"stages": stages, "stop_at_short": True}))


def stage(current: float, hours: float, cycles: int = 1) -> dict[str, Any]:
    return {"current_density": f"{current} mA/cm^2", "half_cycle_time": f"{hours} h", "cycles": cycles}


def first_voltage(cell: RandomCell) -> float:
    """Return |V| at the first moment under current."""
    run = cell.run(program_of([stage(cell.current_mA_cm2, 1e-3)], "1 MV"))
    return float(abs(run.recorded.volts[0]))


def resistance(cell: RandomCell) -> float:
    """Return the whole resistance of the cell as assembled, per area (ohm cm2), at a current at which nothing is curved.

    Without filaments: what pressure has shorted has no resistance.
    """
    return first_voltage(replace(cell, current_mA_cm2=1e-5, filament=False)) / 1e-8


@dataclass(frozen=True)
class Ramped:
    """A test under rising currents: where it ended (mA/cm2, read within the step by the time that passed), and by what.

    driven: see there; None where nothing cracks, as in a polymer.
    """

    critical: float
    by_short: bool
    driven: float | None
    pressed_in: bool


@cache
def ramped(cell: RandomCell) -> Ramped:
    run = cell.run(program_of([stage(j, cell.half_cycle_h) for j in RAMP]))
    event = end_of_life(run)
    ends = 2.0 * 3600.0 * cell.half_cycle_h * np.arange(len(RAMP) + 1)
    rising = np.log([RAMP[0] / STEP, *RAMP])
    critical = float(np.exp(rising[-1] if event is None else np.interp(event.time_s, ends, rising)))
    shorted = event is not None and event.kind is EventKind.FIRST_SHORT
    return Ramped(critical, shorted, driven(run), pressed_in(run))


def critical_current(cell: RandomCell) -> float:
    return ramped(cell).critical


def clean(cell: RandomCell) -> RandomCell:
    return replace(cell, interphase=False)


def clean_critical_current(cell: RandomCell) -> float:
    return critical_current(clean(cell))


def opening_decides(cell: RandomCell, more: RandomCell) -> bool:
    """Whether the critical current is a matter of what opens a flaw, and of nothing that the stack presses in."""
    both = ramped(cell), ramped(more)
    return not any(one.pressed_in for one in both) and all(
        one.driven is not None and one.driven <= OPEN_WIDE for one in both
    )


def charge_decides(cell: RandomCell, more: RandomCell) -> bool:
    """Whether both are so far above what opens a flaw that a charge decides, however the columns share it."""
    both = ramped(cell), ramped(more)
    return not any(one.pressed_in for one in both) and all(
        one.driven is not None and one.driven > OPEN_WIDE for one in both
    )


Number = Callable[[RandomCell], float]


@dataclass(frozen=True)
class Rule:
    """`number` goes in one direction (+1 or -1) when a field is changed.

    where: of which cells, before and after, that is asked; allowed: how far it may go the other way (logarithm).
    """

    name: str
    number: Number
    direction: int
    field: str
    factor: float = 1.0
    added: float = 0.0
    where: Callable[[RandomCell, RandomCell], bool] = lambda cell, more: True
    allowed: float = 0.0

    def broken_by(self, cell: RandomCell) -> float | None:
        """Return by how much the rule is broken, in the logarithm; None where it is not asked."""
        changed = getattr(cell, self.field) * self.factor + self.added
        more = replace(cell, **{self.field: changed})
        if (self.field == "density" and changed > 1.0) or not self.where(cell, more):
            return None
        one, other = self.number(cell), self.number(more)
        return self.direction * log(one / other) - self.allowed


RULES = (
    Rule("resistance falls with pressure", resistance, -1, "megapascals", 2.0, 0.01),
    Rule("resistance falls with temperature", resistance, -1, "celsius", added=15.0),
    Rule("resistance rises with thickness", resistance, +1, "millimetres", 1.5),
    Rule("resistance falls with density", resistance, -1, "density", added=0.05),
    Rule("voltage rises with current", first_voltage, +1, "current_mA_cm2", 1.5),
    Rule(
        "critical current of a short falls with charge", critical_current, -1, "half_cycle_h", 2.0,
        where=lambda one, more: ramped(one).by_short,
    ),
    Rule(  # an interphase that grows faster where it is warmer takes back what charge transfer gains
        "critical current rises with temperature, where opening decides", clean_critical_current, +1, "celsius",
        added=20.0, where=lambda one, more: opening_decides(clean(one), clean(more)),
    ),
    Rule(
        "critical current rises with density, where opening decides", critical_current, +1, "density", added=0.05,
        where=opening_decides,
    ),
    Rule(
        "critical current rises with pressure, where opening decides", critical_current, +1, "megapascals", 2.0, 0.01,
        where=opening_decides,
    ),
    Rule(
        "temperature costs a step of the ramp at most, where charge decides", critical_current, +1, "celsius",
        added=20.0, where=charge_decides, allowed=log(STEP),
    ),
    Rule(
        "density costs a step of the ramp at most, where charge decides", critical_current, +1, "density",
        added=0.05, where=charge_decides, allowed=log(STEP),
    ),
    Rule(
        "pressure costs a step of the ramp at most, where charge decides", critical_current, +1, "megapascals",
        2.0, 0.01, where=charge_decides, allowed=log(STEP),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Cycled:
    """Three cycles without a voltage limit: the largest gap in the books of lithium (relative), |V|, and what is said."""

    open_books: float
    largest_V: float
    warnings: tuple[str, ...]

    @property
    def printed_without_warning(self) -> bool:
        """Whether a voltage that no cell has would be printed as if one had."""
        return self.largest_V > UNREAL_V and not any("no cell does" in one for one in self.warnings)


def cycled(cell: RandomCell) -> Cycled:
    run = cell.run(program_of([stage(cell.current_mA_cm2, cell.half_cycle_h, 3)], "1 MV"))
    drawn = drawn_alone(cell, run)
    return Cycled(max(run.lithium_error, run.voids_error), drawn.members[0].largest_V, tuple(warnings(drawn)))


def drawn_alone(cell: RandomCell, run: SimulatedTest) -> DrawnCells:
    recipe = Recipe(cell.seed, cell.described(), run.protocol, run.conditions.parameters)
    return DrawnCells(recipe, [analysed(recipe, run, 0)], run, 0)


def said_of_ramp(cell: RandomCell) -> str:
    """Return what a report warns of after a test under rising currents."""
    run = cell.run(program_of([stage(j, cell.half_cycle_h) for j in RAMP]))
    return " ".join(warnings(drawn_alone(cell, run)))
