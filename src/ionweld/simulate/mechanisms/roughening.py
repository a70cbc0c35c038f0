"""Filaments in a polymer: lithium roughens as it is plated, and the tip that goes ahead crosses. No crack, no critical current.

    state    what changes it                                           what it becomes
    growth   plating lets a tip grow, the faster the less salt is      the length of the filament; at the thickness of
             left and the less the interface resists; stripping        the electrolyte: a bridge
             takes a part of it back
    held     follows the length at the end of each half cycle          the lithium missing from the foil

Tips begin where the interphase conducts best, one in each column. What a bridge does is for others to say (short, leak).
"""

import numpy as np

from ionweld.laws.filament import flaw_factor
from ionweld.laws.fracture import filament_content
from ionweld.laws.roughening import (
    crossing_growth,
    roughening_rate,
    shear_modulus,
    smoothing_length,
    smoothing_rate,
    tip_height,
    unhindered_share,
)
from ionweld.simulate.bench import BRIDGE, MOMENT, RATES, SETTLE, C, G, N, hook, plating_side, sides_of, view, whole
from ionweld.simulate.filaments import longest_open
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values
from ionweld.simulate.mechanisms.discrepancy import focusing

SLOTS = Slots(
    states=(Slot("growth", "1", "logarithm of a tip's height over the roughness that it began as", sides=True),),
    shared=(Slot("held", "m", "lithium in filaments, as a thickness of their foil", sides=True, scale=1e-6),),
    numbers=(
        Slot("tip", "m", "radius of a tip"),
        Slot("roughness", "m", "that it began as"),
        Slot("farthest", "1", "growth of a tip of twice the thickness; a trial step may ask for more"),
        Slot("thread", "1", "lithium in a filament, as a thickness over its column, per length"),
        Slot("recovered", "1", "part of a filament that stripping takes back"),
        Slot("unhindered", "1", "what the electrolyte's stiffness leaves of roughening"),
        Slot("conducts_lithium", "1", "transference number: of a conductivity, what lasts"),
    ),
    columns=(
        Slot("flaw", "1", "how well the interphase conducts where a tip begins, over the mean", sides=True),
        Slot("length", "m", "length of the filament", sides=True),
    ),
)
Y, B, OWN, D = places(SLOTS.states), places(SLOTS.shared), places(SLOTS.numbers), places(SLOTS.columns)


def _numbers(setting: Setting) -> Values:
    width, roughness, known = (
        setting.known("filament_width"),
        setting.known("interface_roughness"),
        setting.of_electrolyte,
    )
    G = shear_modulus(known("youngs_modulus"), known("poisson_ratio"))
    return {
        "tip": width,
        "roughness": roughness,
        "farthest": crossing_growth(2.0 * setting.derived.pellet_thickness_m, roughness),
        "thread": filament_content(1.0, width, setting.derived.electrode_area_m2 / setting.columns),
        "recovered": setting.known("filament_recovered"),
        "unhindered": unhindered_share(G, setting.lithium["shear_modulus"]),
        "conducts_lithium": known("transference_number"),
    }


def _columns(setting: Setting) -> Values:
    modulus, floor = setting.of_electrolyte("flaw_modulus"), setting.parameters["flaw_floor"]
    sides = ("negative", "positive")[: len(setting.cell.sides)]
    factors = [flaw_factor(setting.flaws(modulus, f"flaw {side}"), floor) for side in sides]
    return {"flaw": focusing(setting.parameters) * np.array(factors)}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    longest, L, farthest = cell.columns[C.filament], cell.numbers[N.length], own.numbers[OWN.farthest]
    for side in range(sides_of(cell)):
        growth, length = own.states[Y.growth + side], own.columns[D.length + side]
        for i in range(bench.n):
            length[i] = tip_height(max(0.0, min(growth[i], farthest)), own.numbers[OWN.roughness])
        for i in range(bench.n):
            longest[i] = max(longest[i], min(length[i], L))
    cell.numbers[N.longest] = longest_open(own.columns, D.length, bench)[1] if cell.numbers[N.growing] > 0.0 else 0.0


@hook
def _bridge(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    cell.columns[C.bridged, longest_open(own.columns, D.length, bench)[0]] = 1.0


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    plating, columns, v = plating_side(cell), cell.columns, cell.numbers[N.v_li]
    if cell.numbers[N.growing] == 0.0 or cell.numbers[N.current] == 0.0:
        return
    tip, recovered, t_plus = own.numbers[OWN.tip], own.numbers[OWN.recovered], own.numbers[OWN.conducts_lithium]
    for side in range(sides_of(cell)):
        salt = cell.numbers[N.salt_left + side]
        for i in range(bench.n):
            if columns[C.bridged, i] > 0.0:
                continue
            j = columns[C.flow, i] * columns[C.share + side, i] / columns[C.contact + side, i]
            R_t = (columns[C.transfer + side, i] + columns[C.film + side, i]) / own.columns[D.flaw + side, i]
            Lambda = smoothing_length(R_t, cell.numbers[N.sigma], t_plus, salt)
            if side == plating:
                rate = own.numbers[OWN.unhindered] * roughening_rate(j, tip, Lambda, v)
            else:
                rate = -smoothing_rate(max(0.0, own.states[Y.growth + side, i]), j, tip, Lambda, recovered, v)
            own.rates[Y.growth + side, i] = rate


@hook
def _settle(t, at, bench):
    """Take from each foil what its filaments have taken since they were settled last."""
    own, cell = view(at, bench), whole(bench)
    for side in range(sides_of(cell)):
        held = 0.0
        for i in range(bench.n):
            held += own.numbers[OWN.thread] * own.columns[D.length + side, i] / bench.n
        cell.shared[G.lithium + side] -= held - own.shared[B.held + side]
        own.shared[B.held + side] = held


def _lithium(course) -> float:
    return float(course.state("held").sum())


def _cut(course, column: int, length: float) -> float:
    """Shorten the filaments of a column; return the lithium that was freed (m of the column)."""
    growth, roughness = course.state("growth")[:, column], course.number("roughness")
    left = np.minimum(growth, crossing_growth(length, roughness))
    freed = course.number("thread") * (tip_height(growth, roughness) - tip_height(left, roughness))
    growth[:] = left
    course.state("held")[:] -= freed / course.n
    return float(freed.sum())


MECHANISM = Mechanism(
    name="roughening",
    about="lithium roughens as it is plated, and a tip that goes ahead crosses a soft electrolyte",
    switch="filament",
    electrolytes="polymer",
    slots=SLOTS,
    parameters={"flaw_floor": "1", "filament_width": "m", "filament_recovered": "1", "interface_roughness": "m"},
    numbers=_numbers,
    columns=_columns,
    hooks={MOMENT: _moment, RATES: _rates, SETTLE: _settle, BRIDGE: _bridge},
    lithium=_lithium,
    cut=_cut,
)
