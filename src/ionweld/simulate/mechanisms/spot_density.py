"""A fixed number of spots of contact, which grow: the current converges onto them, and R falls as P^-0.5."""

from ionweld.laws.transport import distributed_constriction
from ionweld.simulate.bench import MOMENT, C, N, hook, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values

SLOTS = Slots(numbers=(Slot("spots_per_area", "1/m2", "spots of contact per area"),))
OWN = places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    return {"spots_per_area": setting.known("spot_density")}


@hook
def _moment(t, at, bench):
    cell = whole(bench)
    spots_per_area, sigma = view(at, bench).numbers[OWN.spots_per_area], cell.numbers[N.sigma]
    for side in range(sides_of(cell)):
        contact, constriction = cell.columns[C.contact + side], cell.columns[C.constriction + side]
        for i in range(bench.n):
            constriction[i] = distributed_constriction(contact[i], spots_per_area, sigma)


MECHANISM = Mechanism(
    name="spot_density",
    about="current converges onto a fixed number of spots",
    slots=SLOTS,
    parameters={"spot_density": "1/m^2"},
    numbers=_numbers,
    hooks={MOMENT: _moment},
)
