"""The gap between lithium and electrolyte opens by what is stripped and not followed by the stack.

    state     what changes it                      what it becomes
    opening   stripping opens, plating closes it   a stretched layer, liquid used up, then a torn weld

What bridges the gap is the layer, to a limiting strain, and what liquid is left beside the foil. A dry gap has nothing to
lose: its filled fraction is 0 from the start. It comes after `layer`, whose resistance it stretches.
"""

import numpy as np

from ionweld.laws.gap import (
    bridged_fraction,
    followed_share,
    liquid_left,
    opening_rate,
    stretched_resistance,
    stretched_thickness,
)
from ionweld.simulate.bench import MOMENT, RATES, C, N, hook, plating_side, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, RecordedSlot, Setting, Values

SLOTS = Slots(
    shared=(Slot("opening", "m", "by how much the gap is wider than at assembly", sides=True, scale=1e-6),),
    numbers=(
        Slot("followed", "1", "part of a stripped thickness that the stack follows"),
        Slot("strain", "1", "to which the layer stretches before it tears"),
        Slot("gap_liquid", "m", "liquid at assembly, per area of the electrode", sides=True),
        Slot("gap_width", "m", "gap at assembly", sides=True),
    ),
)
Y, OWN = places(SLOTS.shared), places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    fills, area = setting.derived.fills, setting.derived.electrode_area_m2
    return {
        "followed": followed_share(setting.cell.stack_pressure.value, setting.known("stack_half_pressure")),
        "strain": setting.known("limiting_strain"),
        "gap_liquid": np.array([fill.liquid_m3 / area for fill in fills]),
        "gap_width": np.array([fill.gap_m for fill in fills]),
    }


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    strain = own.numbers[OWN.strain]
    for side in range(sides_of(cell)):
        chi_0, u = cell.numbers[N.chi_start + side], own.shared[Y.opening + side]
        if chi_0 == 0.0:
            continue
        x, layer = cell.numbers[N.converted + side], cell.numbers[N.layer_width + side]
        liquid = liquid_left(own.numbers[OWN.gap_liquid + side], 1.0, x, own.numbers[OWN.gap_width + side])
        cell.numbers[N.chi + side] = bridged_fraction(chi_0, u, layer, strain, liquid)
        stretched = stretched_thickness(layer, u, strain)
        for i in range(bench.n):
            cell.columns[C.layer + side, i] = stretched_resistance(cell.columns[C.layer + side, i], layer, stretched)


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    if cell.numbers[N.current] == 0.0:
        return
    plating, current = plating_side(cell), 0.0
    for i in range(bench.n):
        current += cell.columns[C.flow, i] / bench.n
    for side in range(sides_of(cell)):
        j = -current if side == plating else current
        own.shared_rates[Y.opening + side] = opening_rate(j, own.numbers[OWN.followed], cell.numbers[N.v_li])


MECHANISM = Mechanism(
    name="gap",
    about="the gap opens by what is stripped and not followed; liquid and a stretched layer bridge it to a limit",
    switch="layer",
    slots=SLOTS,
    parameters={"stack_half_pressure": "Pa", "limiting_strain": "1"},
    numbers=_numbers,
    hooks={MOMENT: _moment, RATES: _rates},
    seen=(
        RecordedSlot("Opening of the gap, negative / m", "shared", "opening", side=0),
        RecordedSlot("Opening of the gap, positive / m", "shared", "opening", side=1),
    ),
)
