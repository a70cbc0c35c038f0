"""Filaments: above a critical local current lithium is driven into a flaw of the electrolyte, one in each column.

    state      what changes it                          what it becomes
    filament   local current above the critical one     at the thickness of the pellet: a bridge

What a bridge does is for others to say: a soft short in a symmetric cell (short), a leak of its column in a full one
(leak). It takes its lithium from the foil that is plated. In a symmetric cell all stop growing at the first bridge,
which takes the current.
"""

import numpy as np

from ionweld.laws.filament import filament_rate, flaw_factor, local_current
from ionweld.numerics.compiled import inner
from ionweld.simulate.bench import BRIDGE, MOMENT, RATES, C, N, hook, plating_side, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values
from ionweld.simulate.mechanisms.discrepancy import focusing

SLOTS = Slots(
    states=(Slot("filament", "m", "length of the filament", scale="length", together=True),),
    numbers=(
        Slot("critical", "A/m2", "critical local current density"),
        Slot("focus", "1", "how much thinner than its column a filament is"),
    ),
    columns=(
        Slot("flaw", "1", "by how much the flaw focuses the current"),
        Slot("driving", "A/m2", "current density at the busier path of the column's interface"),
    ),
)
Y, OWN, D = places(SLOTS.states), places(SLOTS.numbers), places(SLOTS.columns)


def _numbers(setting: Setting) -> Values:
    p = setting.parameters
    return {"critical": p["critical_current"], "focus": p["filament_focus"]}


def _columns(setting: Setting) -> Values:
    p = setting.parameters
    return {"flaw": focusing(p) * flaw_factor(setting.flaws(p["flaw_modulus"], "flaw"), p["flaw_floor"])}


@inner
def _longest_open(at, bench):
    """Return the column with the longest filament that has not bridged, and that length over the pellet's; or -1, 0."""
    own, cell, which, longest = view(at, bench), whole(bench), -1, 0.0
    for i in range(bench.n):
        length = own.states[Y.filament, i]
        if length > longest and cell.columns[C.bridged, i] == 0.0:
            which, longest = i, length
    return which, longest / cell.numbers[N.length]


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    cell.numbers[N.longest] = _longest_open(at, bench)[1] if cell.numbers[N.growing] > 0.0 else 0.0
    length, found = own.states[Y.filament], cell.columns[C.filament]
    for i in range(bench.n):
        found[i] = length[i]


@hook
def _bridge(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    which = _longest_open(at, bench)[0]
    cell.columns[C.bridged, which], own.states[Y.filament, which] = 1.0, cell.numbers[N.length]


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    side, columns, n = plating_side(cell), cell.columns, bench.n
    if side < 0 or cell.numbers[N.growing] == 0.0:
        return
    flow, share, contact, bridged = (
        columns[C.flow],
        columns[C.share + side],
        columns[C.contact + side],
        columns[C.bridged],
    )
    driving, flaw, rates = own.columns[D.driving], own.columns[D.flaw], own.rates[Y.filament]
    weight, total, taken, chi = 0.0, 0.0, 0.0, cell.numbers[N.chi + side]
    for i in range(n):
        driving[i] = local_current(flow[i], share[i], contact[i], chi)
    for i in range(n):
        weight += flow[i]
        total += flow[i] * driving[i]
    focused = total / weight if weight > 0.0 else 0.0
    critical, focus, v = own.numbers[OWN.critical], own.numbers[OWN.focus], cell.numbers[N.v_li]
    for i in range(n):
        rate = filament_rate(flow[i], flaw[i] * focused, critical, focus, v)
        rates[i] = rate if bridged[i] == 0.0 else 0.0
    for i in range(n):
        taken += rates[i]
    cell.numbers[N.sunk + side] += taken / focus / n


def _lithium(course) -> float:
    return float(np.mean(course.state("filament")[0])) / course.number("focus")


def _cut(course, column: int, length: float) -> float:
    """Shorten the filament of a column; return the lithium that was freed (m of the column)."""
    filament = course.state("filament")[0]
    freed = float((filament[column] - length) / course.number("focus"))
    filament[column] = length
    return freed


MECHANISM = Mechanism(
    name="filament",
    about="filaments that grow above a critical local current",
    switch="filament",
    electrolytes="ceramic",
    slots=SLOTS,
    parameters={"critical_current": "A/m^2", "filament_focus": "1", "flaw_modulus": "1", "flaw_floor": "1"},
    numbers=_numbers,
    columns=_columns,
    hooks={MOMENT: _moment, RATES: _rates, BRIDGE: _bridge},
    lithium=_lithium,
    cut=_cut,
)
