"""A film that lies between lithium and electrolyte since assembly: the first interphase, formed as the two met.

Ohm's law, R_f = thickness / conductivity per area that touches, in series with charge transfer and inside the same arc of
a spectrum. It conducts with temperature as charge transfer does. It resists, but does not drive flaws: lithium builds its
pressure in pores and cracks behind the film, where it flows in faster than it creeps out, so the local current decides
(Ning et al. 2023, 10.1038/s41586-023-05970-4, from memory). What grows later drives them (passivation): an assumption,
whose power a diagnosis draws (discrepancy). A treated surface, a dry layer or a liquid may have another film or none.
"""

from ionweld.simulate.bench import MOMENT, C, hook, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values

SLOTS = Slots(numbers=(Slot("film", "ohm m2", "resistance of the film, per connected area"),))
OWN = places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    p = setting.parameters
    if "film_resistance" not in p.properties:
        return {"film": 0.0}
    return {"film": p.resistance_at("film_resistance", "charge_transfer_activation_energy", setting.temperature)}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    for side in range(sides_of(cell)):
        for i in range(bench.n):
            cell.columns[C.film + side, i] += own.numbers[OWN.film]


MECHANISM = Mechanism(
    name="film",
    about="the interphase that is there at assembly",
    slots=SLOTS,
    numbers=_numbers,
    hooks={MOMENT: _moment},
)
