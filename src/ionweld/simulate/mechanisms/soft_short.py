"""A soft short that was there from the first current and grows in proportion to time: a rival reading, off by default.

Carried by electrons past the columns; it hardly changes with temperature. Its growth is 0 unless a cell's parameters say
otherwise.
"""

from ionweld.laws.filament import soft_short_conductance
from ionweld.simulate.bench import MOMENT, N, hook, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values

SLOTS = Slots(numbers=(Slot("soft_growth", "S/m2/s", "growth of the soft short"),))
OWN = places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    return {"soft_growth": setting.parameters["soft_short_growth"]}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    cell.numbers[N.shunt] += soft_short_conductance(own.numbers[OWN.soft_growth], t)


MECHANISM = Mechanism(
    name="soft_short",
    about="a soft short that grows in proportion to time",
    switch="soft_short",
    slots=SLOTS,
    parameters={"soft_short_growth": "S/m^2/s"},
    numbers=_numbers,
    hooks={MOMENT: _moment},
)
