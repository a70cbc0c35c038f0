"""An interphase of the pair: one that stops itself (parabolic), or one that conducts electrons and never stops (linear).

    state     what changes it                                       what it becomes
    dose      time, faster when hot (half of E_x in its root)       parabolic growth, as it conducts at the reference
    linear    time, faster when hot                                 linear growth, as it conducts at the reference

Conduction through it falls and rises with temperature as charge transfer does. So what has grown hot is less of a
hindrance hot than cold. Under a liquid a part of the growth goes on, where the pair says how much.
"""

import numpy as np

from ionweld.laws.kinetics import interphase_dose_rate, mixed_conducting_interphase, passivating_interphase
from ionweld.laws.thermal import arrhenius
from ionweld.simulate.bench import MOMENT, RATES, C, N, hook, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Real, Setting, Values
from ionweld.simulate.mechanisms.charge_transfer import clean_resistance

SLOTS = Slots(
    shared=(
        Slot("dose", "ohm2 m4", "parabolic dose since assembly", sides=True, scale=1e-8),
        Slot("dose_rest", "ohm2 m4", "the part of it that counts with the charge transfer at assembly", sides=True),
        Slot("linear", "ohm m2", "linear growth since assembly", scale=1e-4),
    ),
    numbers=(
        Slot("conducts", "1", "resistance of what has grown, over that at the reference temperature"),
        Slot("growth", "ohm m2/s^0.5", "parabolic constant on the dry contact"),
        Slot("growth_wet", "ohm m2/s^0.5", "the same under a liquid"),
        Slot("growth_linear", "ohm m2/s", "growth of an interphase that conducts electrons"),
    ),
)
Y, OWN = places(SLOTS.shared), places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    conducts = clean_resistance(setting, setting.temperature) / setting.parameters["charge_transfer_resistance"]
    dry, wet, linear = _growth(setting, setting.temperature)
    return {"conducts": conducts, "growth": dry, "growth_wet": wet, "growth_linear": linear}


def _growth(setting: Setting, T: float) -> tuple[float, float, float]:
    """Return the parabolic constants, dry and under a liquid, and the linear one, of growth at a temperature (K)."""
    p, known = setting.parameters, setting.parameters.properties
    E_x, T_0 = p["reaction_activation_energy"], p.meant_at("interphase_growth")
    dry = float(arrhenius(p["interphase_growth"], 0.5 * E_x, T, T_0))
    wet = p["interphase_under_liquid"] if "interphase_under_liquid" in known else 0.0
    linear = p["interphase_linear_growth"] if "interphase_linear_growth" in known else 0.0
    return dry, wet * dry, float(arrhenius(linear, E_x, T, T_0))


def _states(setting: Setting, _drawn) -> Values:
    """Start with what rest and formation have made; charge transfer is meant with what the rest has made."""
    filled, cell = np.array([fill.chi for fill in setting.derived.fills]), setting.cell
    rest = _dose(setting, setting.temperature, filled) * cell.rest.value
    formed = sum(_dose(setting, step.temperature.value, filled) * step.time.value for step in cell.formation)
    linear = sum(
        mixed_conducting_interphase(_growth(setting, step.temperature.value)[2], step.time.value)
        for step in cell.formation
    )
    return {"dose": rest + formed, "dose_rest": rest, "linear": linear}


def _dose(setting: Setting, T: float, chi: Real) -> Real:
    dry, wet, _ = _growth(setting, T)
    return interphase_dose_rate(dry, wet, chi)


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    for side in range(sides_of(cell)):
        dose = max(own.shared[Y.dose + side], own.shared[Y.dose_rest + side])  # a trial step may ask for less
        grown = passivating_interphase(dose, own.shared[Y.dose_rest + side]) + own.shared[Y.linear]
        for i in range(bench.n):
            cell.columns[C.transfer + side, i] += own.numbers[OWN.conducts] * grown


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    dry, wet = own.numbers[OWN.growth], own.numbers[OWN.growth_wet]
    for side in range(sides_of(cell)):
        own.shared_rates[Y.dose + side] = interphase_dose_rate(dry, wet, cell.numbers[N.chi + side])
    own.shared_rates[Y.linear] = own.numbers[OWN.growth_linear]


MECHANISM = Mechanism(
    name="passivation",
    about="an interphase of the pair that stops itself, or never does",
    switch="interphase",
    slots=SLOTS,
    parameters={"interphase_growth": "ohm*m^2/s^0.5", "reaction_activation_energy": "J/mol"},
    numbers=_numbers,
    states=_states,
    hooks={MOMENT: _moment, RATES: _rates},
)
