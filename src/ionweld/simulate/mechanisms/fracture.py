"""Filaments as cracks: a flaw is driven open by the overpotential of the lithium plated into it, and dissolves again.

    state     what changes it                                                       what it becomes
    angle     plating above the critical local current; stripping takes it back;    the length of the filament; at the
              stack pressure above the yield stress presses lithium into pores      thickness of the pellet: a bridge
    held      follows the length at the end of each half cycle                      the lithium missing from the foil

Each electrode has filaments of its own, so a short needs a charge in one go besides a current. The critical current
follows from the strength of the flaw, the closing stress of the stack and the charge transfer of the moment: it rises
with temperature as that falls. What a bridge does is for others to say (short, leak).
"""

import numpy as np

from ionweld.laws.filament import filament_rate, flaw_factor
from ionweld.laws.fracture import (
    coated_strength,
    crack_stress,
    critical_overpotential,
    dissolution_rate,
    extrusion_rate,
    filament_content,
    filament_length,
    flaw_load,
    gathered_current,
    percolating_porosity,
    porous_toughness,
    turning_rate,
)
from ionweld.laws.kinetics import charge_transfer_current
from ionweld.laws.resupply import strengthened_stress
from ionweld.simulate.bench import BRIDGE, MOMENT, RATES, SETTLE, C, G, N, hook, plating_side, sides_of, view, whole
from ionweld.simulate.filaments import longest_open
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values
from ionweld.simulate.mechanisms.discrepancy import focusing
from ionweld.simulate.mechanisms.voids import yield_stress

START = 0.1  # of the width: a shorter filament is none to speak of (laws.fracture.dissolution_rate)
ACROSS = 1.0 + 1e-9  # of the thickness: across, whatever the rounding
OPENED_WITHIN = 1.0  # s: a flaw that the stack opens is as good as across at once
ANGLE = 3.0  # with which a bridge comes out within a tenth of a second
SLOTS = Slots(
    states=(
        Slot("angle", "1", "of the filament, whose tangent is its length over its width", sides=True, scale=ANGLE),
    ),
    shared=(
        Slot("held", "m", "lithium in filaments, as a thickness of their foil", sides=True, scale=1e-6),
        Slot("pressed_in", "m", "length that the stack alone has pressed in", scale=1e-6),
    ),
    numbers=(
        Slot("opening_voltage", "V", "local overpotential at which the mean flaw opens"),
        Slot("width", "m", "width of a filament"),
        Slot("steepest", "1", "angle of a filament of twice the thickness; a trial step may ask for more"),
        Slot("thread", "1", "lithium in a filament, as a thickness over its column, per length"),
        Slot("recovered", "1", "part of a filament that stripping takes back"),
        Slot("extrusion", "m/s", "growth that stack pressure alone makes"),
        Slot("cracks_at", "K", "temperature of the charge transfer"),
    ),
    columns=(
        Slot("flaw", "1", "how weak the flaw is, over the mean", sides=True),
        Slot("length", "m", "length of the filament", sides=True),
    ),
)
Y, B, OWN, D = places(SLOTS.states), places(SLOTS.shared), places(SLOTS.numbers), places(SLOTS.columns)


def strength(setting: Setting) -> float:
    """Return the stress at which lithium opens the mean flaw of the pellet (Pa); a denser one is tougher, a coat helps."""
    b, usual = setting.known("toughness_porosity"), setting.of_electrolyte("typical_relative_density")
    denser = porous_toughness(1.0, setting.cell.electrolyte.relative_density.value, b) / porous_toughness(1.0, usual, b)
    toughness = setting.of_electrolyte("fracture_toughness") * denser
    flaw = crack_stress(toughness, setting.of_electrolyte("flaw_size"), setting.known("crack_shape"))
    coat = setting.parameters.properties.get("coat_strength")
    return float(coated_strength(flaw, coat.value if coat is not None else 0.0))


def _opens(setting: Setting) -> bool:
    """Whether the stack alone opens the mean flaw."""
    P = setting.cell.stack_pressure.value
    return bool(3.0 * yield_stress(setting) < P and flaw_load(P, strength(setting)) >= 1.0)


def _extrusion(setting: Setting) -> float:
    """Return how fast the stack alone presses lithium in (m/s): into pores, or through a flaw that it opens."""
    if _opens(setting):
        return setting.derived.pellet_thickness_m / OPENED_WITHIN
    radius, size = setting.known("pore_radius"), setting.known("strengthening_size")
    creeps_at = strengthened_stress(
        setting.known("extrusion_stress"), radius, size, setting.known("strengthening_exponent")
    )
    pores = percolating_porosity(setting.cell.electrolyte.relative_density.value, setting.known("closed_porosity"))
    rate, power = setting.known("extrusion_rate"), setting.known("extrusion_exponent")
    P = setting.cell.stack_pressure.value
    return float(extrusion_rate(P, yield_stress(setting), pores, radius, rate, power, creeps_at))


def _numbers(setting: Setting) -> Values:
    P, V_m = setting.cell.stack_pressure.value, setting.lithium["molar_volume"]
    width = setting.known("filament_width")
    return {
        "opening_voltage": critical_overpotential(strength(setting), P, V_m),
        "width": width,
        "steepest": np.arctan(2.0 * setting.derived.pellet_thickness_m / width),
        "thread": filament_content(1.0, width, setting.derived.electrode_area_m2 / setting.columns),
        "recovered": setting.known("filament_recovered"),
        "extrusion": _extrusion(setting),
        "cracks_at": setting.temperature,
    }


def _columns(setting: Setting) -> Values:
    modulus, floor = setting.of_electrolyte("flaw_modulus"), setting.parameters["flaw_floor"]
    sides = ("negative", "positive")[: len(setting.cell.sides)]
    factors = [flaw_factor(setting.flaws(modulus, f"flaw {side}"), floor) for side in sides]
    return {"flaw": focusing(setting.parameters) * np.array(factors)}


def _states(setting: Setting, _drawn) -> Values:
    """Start with the filaments of the negative electrode that the stack has pressed in at rest."""
    numbers, L = _numbers(setting), setting.derived.pellet_thickness_m
    pressed = L * ACROSS if _opens(setting) else min(numbers["extrusion"] * setting.cell.rest.value, L)
    angle = np.arctan(pressed / numbers["width"])
    held = np.array([numbers["thread"] * pressed])
    return {"angle": np.full(setting.columns, angle), "held": held, "pressed_in": pressed}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    longest, L = cell.columns[C.filament], cell.numbers[N.length]
    for side in range(sides_of(cell)):
        angle, length = own.states[Y.angle + side], own.columns[D.length + side]
        for i in range(bench.n):
            length[i] = 0.0
            if angle[i] != 0.0:  # mostly there is none, and a tangent costs more than all else here
                length[i] = filament_length(min(angle[i], own.numbers[OWN.steepest]), own.numbers[OWN.width])
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
    plating, columns, v, L = plating_side(cell), cell.columns, cell.numbers[N.v_li], cell.numbers[N.length]
    if cell.numbers[N.growing] == 0.0:
        return
    width = own.numbers[OWN.width]
    at_one_ohm = charge_transfer_current(own.numbers[OWN.opening_voltage], 1.0, own.numbers[OWN.cracks_at])
    for side in range(sides_of(cell)):
        for i in range(bench.n):
            if columns[C.bridged, i] > 0.0:
                continue
            length, j = own.columns[D.length + side, i], columns[C.flow, i]
            Gamma = gathered_current(length, width, L)
            if side == plating:
                j_c = at_one_ohm / columns[C.transfer + side, i]  # in proportion to what the interface conducts
                local = j * columns[C.share + side, i] / columns[C.contact + side, i]
                rate = filament_rate(j, own.columns[D.flaw + side, i] * local, j_c, Gamma, v)
            elif cell.numbers[N.current] != 0.0:
                # what the stack has pressed in stays: it refills an open pore at once
                grown = max(0.0, length - own.shared[B.pressed_in])
                rate = -dissolution_rate(grown, j, Gamma, own.numbers[OWN.recovered], START * width, v)
            else:
                rate = 0.0
            own.rates[Y.angle + side, i] = turning_rate(rate + own.numbers[OWN.extrusion], Gamma, width)
    own.shared_rates[B.pressed_in] = own.numbers[OWN.extrusion]


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
    angles, width = course.state("angle")[:, column], course.number("width")
    left = np.minimum(angles, np.arctan(length / width))
    freed = course.number("thread") * (filament_length(angles, width) - filament_length(left, width))
    angles[:] = left
    course.state("held")[:] -= freed / course.n
    return float(freed.sum())


MECHANISM = Mechanism(
    name="fracture",
    about="filaments open flaws above a critical overpotential, and stripping dissolves them",
    switch="filament",
    electrolytes="ceramic",
    slots=SLOTS,
    parameters={
        "flaw_floor": "1",
        "filament_width": "m",
        "filament_recovered": "1",
        "crack_shape": "1",
        "toughness_porosity": "1",
        "closed_porosity": "1",
        "pore_radius": "m",
        "extrusion_rate": "1/s",
        "extrusion_exponent": "1",
        "extrusion_stress": "Pa",
        "strengthening_size": "m",
        "strengthening_exponent": "1",
    },
    numbers=_numbers,
    columns=_columns,
    states=_states,
    hooks={MOMENT: _moment, RATES: _rates, SETTLE: _settle, BRIDGE: _bridge},
    lithium=_lithium,
    cut=_cut,
)
