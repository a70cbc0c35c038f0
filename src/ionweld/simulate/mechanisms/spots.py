"""Spots of contact of one radius: the current converges onto them, the more of them the less (Cooper, Mikic, Yovanovich)."""

from ionweld.laws.transport import constriction_resistance
from ionweld.simulate.bench import MOMENT, C, N, hook, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values

SLOTS = Slots(numbers=(Slot("spot", "m", "radius of a spot of contact"),))
OWN = places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    return {"spot": setting.parameters["spot_radius"]}


@hook
def _moment(t, at, bench):
    cell = whole(bench)
    spot, sigma = view(at, bench).numbers[OWN.spot], cell.numbers[N.sigma]
    for side in range(sides_of(cell)):
        contact, constriction = cell.columns[C.contact + side], cell.columns[C.constriction + side]
        for i in range(bench.n):
            constriction[i] = constriction_resistance(contact[i], spot, sigma)


MECHANISM = Mechanism(
    name="spots",
    about="current converges onto spots of one radius",
    slots=SLOTS,
    parameters={"spot_radius": "m"},
    numbers=_numbers,
    hooks={MOMENT: _moment},
)
