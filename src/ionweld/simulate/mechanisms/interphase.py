"""An interphase that grows where lithium touches the dry electrolyte, and limits its own growth (Wagner's parabola).

It adds to the charge transfer, in series and inside the same arc. Under a liquid that fills the gap it does not grow. In
a cell that is cooled, what has grown keeps its thickness: its resistance follows that of charge transfer.
"""

from ionweld.laws.interface import interphase_resistance
from ionweld.simulate.bench import MOMENT, C, N, hook, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values
from ionweld.simulate.mechanisms.charge_transfer import clean_resistance

SLOTS = Slots(numbers=(Slot("growth", "ohm m2/s^0.5", "parabolic growth of the interphase's resistance"),))
OWN = places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    T = setting.cycled_at
    growth = setting.parameters.rate_at("interphase_growth", "reaction_activation_energy", T)
    if setting.grown_K is not None:
        growth = growth * clean_resistance(setting, setting.temperature) / clean_resistance(setting, T)
    return {"growth": growth}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    rest, grows = cell.numbers[N.rest], t + cell.numbers[N.formed]
    for side in range(sides_of(cell)):
        grown = interphase_resistance(own.numbers[OWN.growth], grows, rest, cell.numbers[N.chi + side])
        for i in range(bench.n):
            cell.columns[C.transfer + side, i] += grown


MECHANISM = Mechanism(
    name="interphase",
    about="an interphase that grows on the dry contact",
    switch="interphase",
    slots=SLOTS,
    parameters={"interphase_growth": "ohm*m^2/s^0.5", "reaction_activation_energy": "J/mol"},
    numbers=_numbers,
    hooks={MOMENT: _moment},
)
