"""An interphase of the pair: one that stops itself (parabolic), or one that conducts electrons and never stops (linear).

Its growth is activated (half of E_x in the parabolic constant); conduction through it falls and rises with temperature as
charge transfer does. So what has grown hot is less of a hindrance hot than cold. Under a liquid a part of the growth
goes on, where the pair says how much.
"""

from ionweld.laws.kinetics import interphase_dose_rate, mixed_conducting_interphase, passivating_interphase
from ionweld.laws.thermal import arrhenius
from ionweld.simulate.bench import MOMENT, C, N, hook, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values
from ionweld.simulate.mechanisms.charge_transfer import clean_resistance

SLOTS = Slots(
    numbers=(
        Slot("growth", "ohm m2/s^0.5", "parabolic constant on the dry contact, as it conducts now"),
        Slot("growth_wet", "ohm m2/s^0.5", "the same under a liquid"),
        Slot("growth_linear", "ohm m2/s", "growth of an interphase that conducts electrons"),
    ),
)
OWN = places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    p, T = setting.parameters, setting.cycled_at
    conducts = clean_resistance(setting, setting.temperature) / p["charge_transfer_resistance"]
    E_x, T_0 = p["reaction_activation_energy"], p.meant_at("interphase_growth")
    parabolic = arrhenius(p["interphase_growth"], 0.5 * E_x, T, T_0) * conducts
    known = p.properties
    wet = p["interphase_under_liquid"] if "interphase_under_liquid" in known else 0.0
    linear = p["interphase_linear_growth"] if "interphase_linear_growth" in known else 0.0
    return {
        "growth": parabolic,
        "growth_wet": wet * parabolic,
        "growth_linear": arrhenius(linear, E_x, T, T_0) * conducts,
    }


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    rest, grows = cell.numbers[N.rest], t + cell.numbers[N.formed]
    for side in range(sides_of(cell)):
        rate = interphase_dose_rate(own.numbers[OWN.growth], own.numbers[OWN.growth_wet], cell.numbers[N.chi + side])
        grown = passivating_interphase(rate * (grows + rest), rate * rest)
        grown += mixed_conducting_interphase(own.numbers[OWN.growth_linear], grows)
        for i in range(bench.n):
            cell.columns[C.transfer + side, i] += grown


MECHANISM = Mechanism(
    name="passivation",
    about="an interphase of the pair that stops itself, or never does",
    switch="interphase",
    slots=SLOTS,
    parameters={"interphase_growth": "ohm*m^2/s^0.5", "reaction_activation_energy": "J/mol"},
    numbers=_numbers,
    hooks={MOMENT: _moment},
)
