"""From a cell, its parameters and a seed to the numbers that the equations take, at the cell's own conditions."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ionweld.numerics.steps import Tolerance
from ionweld.simulate import bench
from ionweld.simulate.equations import FIRST, LAST
from ionweld.simulate.layout import Place, SlotLayout
from ionweld.simulate.mechanism import Mechanism, Real, Setting, Values
from ionweld.simulate.mechanisms import mechanisms_of, of_pair
from ionweld.simulate.refusals import FARADAY, refuse_the_impossible
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import Derived, derive
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import AnyProtocol, by_time, by_window
from ionweld.spec.quantity import Quantity

# Of a tolerance, for the two kinds of cells: half cycles of full cells end at a voltage, filaments of symmetric ones bridge
# after weeks, and the errors of either moment add up to less than a tenth of a second
OF_FULL, OF_SYMMETRIC = 0.03, 0.15
_CELL, _OF_CELL = "cell", Place(0, 0, 0, 0)  # the owner of the slots that are no mechanism's, and where they begin


@dataclass(frozen=True)
class StartConditions:
    """What a run starts from: numbers (m,), columns (rows, N), the first state y and what counts as one of it.

    cell, parameters, mechanisms and seed: what all of it follows from; layout: where everything stands.
    """

    setting: Setting
    mechanisms: tuple[Mechanism, ...]
    layout: SlotLayout
    numbers: Real
    columns: Real
    y: Real
    scales: Real

    @property
    def cell(self) -> CellSpec:
        """The cell."""
        return self.setting.cell

    @property
    def parameters(self) -> Entry:
        """The parameters of its interfaces."""
        return self.setting.parameters

    @property
    def derived(self) -> Derived:
        """What follows from the cell by geometry."""
        return self.setting.derived

    @property
    def n(self) -> int:
        """The number of columns."""
        return self.setting.columns

    def errors(self, relative: float) -> Tolerance:
        """Return how much a step may be wrong."""
        places = [
            self.layout.state(name, self.n) for name, (_, slot) in self.layout.slots["states"].items() if slot.together
        ]
        rows = [(row, row + self.n) for place in places for row in range(place.start, place.stop, self.n)]
        return Tolerance(relative, relative * self.scales, np.array(rows, dtype=np.int64).reshape(-1, 2))

    def under(self, parameters: Entry) -> "StartConditions":
        """Return the same numbers, of which those for spectra and for other temperatures follow from other parameters."""
        return replace(self, setting=replace(self.setting, parameters=parameters))

    def number(self, name: str, side: int = 0) -> float:
        """Return a number by its name."""
        return float(self.numbers[self.layout.place("numbers", name).start + side])

    def column(self, name: str) -> Real:
        """Return what is kept of each column under a name, shape (sides or 1, N)."""
        return self.columns[self.layout.place("columns", name)]


@cache
def _layout(mechanisms: tuple[Mechanism, ...]) -> SlotLayout:
    return SlotLayout({_CELL: bench.CELL, **{one.name: one.slots for one in mechanisms}})


@cache
def _hooks(mechanisms: tuple[Mechanism, ...]) -> NDArray[np.int64]:
    """Return what `wiring` writes of all hooks: where the entries of each kind begin, then the entries."""
    entries, starts, first = [], [], bench.W_HOOKS + bench.HOOKS + 1
    for kind in range(bench.HOOKS):
        starts.append(first + len(entries))
        owned = [(one.hooks, _layout(mechanisms).first[one.name]) for one in mechanisms]
        for hooks, at in ((FIRST, _OF_CELL), *owned, (LAST, _OF_CELL)):
            if kind in hooks:
                entries += [hooks[kind].address, *at]
    return np.array([*starts, first + len(entries), *entries], dtype=np.int64)


def wiring(start: StartConditions, numbers: Real, columns: Real) -> NDArray[np.int64]:
    """Return what compiled code reads a cell by. The arrays must outlive it; columns must be contiguous."""
    head = [numbers.ctypes.data, columns.ctypes.data, start.n, start.layout.sizes.states]
    return np.concatenate([np.array(head, dtype=np.int64), _hooks(start.mechanisms)])


def conditions(
    cell: CellSpec, protocol: AnyProtocol, parameters: Entry, seed: str, columns: int | None = None
) -> StartConditions:
    """Return the equations' numbers; `columns` replaces the number that geometry gives (for tests and benchmarks)."""
    refuse_the_impossible(cell, protocol)
    derived = derive(cell, parameters)
    setting = Setting(cell, parameters, derived, seed, columns or derived.columns)
    mechanisms = mechanisms_of(cell, parameters)
    layout = _layout(mechanisms)
    numbers, rows = np.zeros(layout.sizes.numbers), np.zeros((layout.sizes.columns, setting.columns))
    y = np.zeros(layout.states(setting.columns))
    start = StartConditions(setting, mechanisms, layout, numbers, rows, y, _scales(layout, setting, protocol))
    _put(
        numbers,
        layout,
        "numbers",
        {**_cell_numbers(setting), **_limits(protocol), "growing": 1.0, "charged_from": -1.0},
    )
    set_numbers(start, numbers, setting)
    _put(rows, layout, "columns", {"assembly": _assembly(setting)})
    for one in mechanisms:
        _put(rows, layout, "columns", one.columns(setting))
        for name, value in one.states(setting, start.column).items():
            into = y[layout.state(name, setting.columns)]
            into[: np.size(value)] = np.ravel(value)
    return start


def set_numbers(start: StartConditions, numbers: Real, setting: Setting) -> None:
    """Fill in what depends on the cell's conditions, of the cell itself and of its mechanisms."""
    _put(numbers, start.layout, "numbers", _cell_numbers(setting))
    for one in start.mechanisms:
        _put(numbers, start.layout, "numbers", one.numbers(setting))


def conditions_at(
    start: StartConditions, numbers: Real, temperature: Quantity, stack_pressure: Quantity
) -> StartConditions:
    """Return the same cell at another temperature and pressure, and fill in its numbers; what has grown stays."""
    cell = start.cell.model_copy(update={"temperature": temperature, "stack_pressure": stack_pressure})
    other = replace(start.setting, cell=cell, derived=derive(cell, start.parameters))
    set_numbers(start, numbers, other)
    return replace(start, setting=other)


def pressing(start: StartConditions, now: StartConditions) -> float:
    """Return how fast creep presses contact (1/s), over the dose at assembly; 0 as long as nothing presses harder.

    start: the cell as assembled, whose stack has pressed in its rest what it can; now: the same at conditions of its test.
    """
    n, made = start.number("creep_exponent"), _made(start.setting)
    return max(0.0, _creep_dose(now.setting, n) - _creep_dose(start.setting, n)) / made**n


def _creep_dose(setting: Setting, n: float) -> float:
    """Return the creep dose of a second at the conditions of a setting."""
    second = {"rest": Quantity(1.0, "s", "1 s"), "formation": []}
    return _made(replace(setting, cell=setting.cell.model_copy(update=second))) ** n


def _put(into: Real, layout: SlotLayout, kind: str, values: Values) -> None:
    """Write values under their names; a value per side may leave out the sides that the cell does not have."""
    for name, value in values.items():
        place = layout.place(kind, name)
        rows = np.shape(value)[0] if np.ndim(value) == into.ndim else 1
        into[place.start : place.start + rows] = value


def _cell_numbers(setting: Setting) -> Values:
    cell, derived, lithium = setting.cell, setting.derived, setting.lithium
    filled = np.array([fill.chi for fill in derived.fills])
    return {
        "chi": filled,
        "chi_start": filled,
        "sides": float(len(cell.sides)),
        "bulk": derived.bulk_resistance_ohm_m2,
        "sigma": derived.conductivity_S_per_m,
        "length": derived.pellet_thickness_m,
        "creep_exponent": lithium["creep_exponent"],
        "v_li": lithium["molar_volume"] / FARADAY,
        "contact_lost": assumption("contact_lost_fraction").value,
        "failure": assumption("failure_fraction").value,
    }


def _limits(protocol: AnyProtocol) -> Values:
    if hasattr(protocol, "upper_voltage"):
        window = by_window(protocol)
        return {"upper": window.upper_voltage.value, "lower": window.lower_voltage.value}
    return {"limit": by_time(protocol).voltage_limit.value}


def _assembly(setting: Setting) -> Real:
    """Return the contact at assembly of each column: what the pair's mechanism makes, spread over the columns.

    It is there whether or not contact is lost later; the cap stands after the spread, so pressure brings all to 1.
    """
    made = _made(setting)
    modulus, names = setting.parameters["contact_modulus"], ("negative", "positive")[: len(setting.cell.sides)]
    spread = np.array([setting.weibull(modulus, f"contact {name}") for name in names])
    return np.clip(made * spread, assumption("least_contact").value, 1.0)


def _made(setting: Setting) -> float:
    """Return the contact that the pair's mechanism makes at assembly, before its spread."""
    return next((one.assembly(setting) for one in of_pair(setting.cell, setting.parameters) if one.assembly), 1.0)


def _scales(layout: SlotLayout, setting: Setting, protocol: AnyProtocol) -> Real:
    """Return the size of each state that counts as one, for the absolute tolerance."""
    sizes, n = _sizes(setting, protocol), setting.columns
    found = np.ones(layout.states(n))
    for kind in ("states", "shared"):
        for name, (_, slot) in layout.slots[kind].items():
            found[layout.state(name, n)] = sizes[slot.scale] if isinstance(slot.scale, str) else slot.scale
    return found


def _sizes(setting: Setting, protocol: AnyProtocol) -> dict[str, float]:
    """Return the sizes that only a cell and its test know, by their names."""
    # a filament bridges after a hundred of these: so the moment comes out within a tenth of a second
    length, charge = 0.01 * setting.derived.pellet_thickness_m, setting.derived.cathode
    if charge is None:
        stage = by_time(protocol).stages[0]
        moved, time = stage.current_density.value * stage.half_cycle_time.value, stage.half_cycle_time.value
        return {"length": length, "charge": moved, "voltage_time": time}
    length /= OF_FULL  # of which nothing ends
    window = by_window(protocol)
    moved, volts = charge.nominal_C_per_m2, window.upper_voltage.value
    time = volts * (1.0 / window.stages[0].rates(moved)[0])
    return {"length": length, "charge": moved, "voltage_time": time, "energy": volts * moved}
