"""A film on the cathode: what wets its conductors is oxidised in the first charges, until the film covers them.

    state     what changes it                               what it becomes
    filmed    first order in what is still bare, at any     a current that charges the cell without charging the
              time: a film also takes from what is stored   cathode: the loss of formation

A liquid or a polymer pays it at the positive electrode, so the coulombic efficiency sees it. What a liquid uses up at
lithium it does not see as long as there is more of the foil than of the cathode. The cation that goes through the pellet
instead of one of the cathode's comes out of the salt: that is booked as the salt's debt. Its small drop of voltage in the
pellet is left out. No cell has it unless the pair of its metal names it: how much and how fast are assumed for all cathodes.
"""

import numpy as np

from ionweld.laws.cathode import film_conductance
from ionweld.laws.thermal import arrhenius
from ionweld.simulate.bench import MOMENT, RATES, C, N, hook, view, whole
from ionweld.simulate.layout import NEGATIVE, Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, RecordedSlot, Setting, Values

SLOTS = Slots(
    shared=(Slot("filmed", "1", "part of the cathode's conductors that the film covers"),),
    numbers=(
        Slot("film_charge", "C/m2", "charge that the whole film takes"),
        Slot("film_speed", "1/s", "rate at which the film covers what is bare"),
        Slot("oxidising", "S/m2", "conductance of the oxidation, mean over the columns; worked out anew"),
    ),
)
Y, OWN = places(SLOTS.shared), places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    charge = setting.derived.cathode
    assert charge is not None
    energy, at = setting.known("film_activation_energy"), setting.known("film_temperature")
    return {
        "film_charge": setting.known("film_share") * charge.theoretical_C_per_m2,
        "film_speed": float(arrhenius(setting.known("film_rate"), energy, setting.temperature, at)),
    }


@hook
def _moment(t, at, bench):
    own, cell, n = view(at, bench), whole(bench), bench.n
    charge, speed, oxidising = own.numbers[OWN.film_charge], own.numbers[OWN.film_speed], 0.0
    for i in range(n):
        conductance = film_conductance(charge, speed, own.shared[Y.filmed], cell.columns[C.potential, i])
        cell.columns[C.leak, i] += conductance
        oxidising += conductance / n
    own.numbers[OWN.oxidising] = oxidising


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    current = own.numbers[OWN.oxidising] * cell.numbers[N.voltage]
    own.shared_rates[Y.filmed] = current / own.numbers[OWN.film_charge]
    cell.numbers[N.sunk + NEGATIVE] -= cell.numbers[N.v_li] * current


def _lithium(course) -> float:
    return -float(np.sum(course.state("filmed"))) * course.number("v_li") * course.number("film_charge")


MECHANISM = Mechanism(
    name="cathode_film",
    about="what wets the cathode is oxidised in the first charges, until its film covers the conductors",
    switch="cathode",
    cells="full",
    slots=SLOTS,
    parameters={"film_share": "1", "film_rate": "1/s", "film_activation_energy": "J/mol", "film_temperature": "K"},
    numbers=_numbers,
    hooks={MOMENT: _moment, RATES: _rates},
    seen=(RecordedSlot("Film on the cathode / 1", "shared", "filmed"),),
    lithium=_lithium,
)
