"""Filaments as cracks: a flaw is driven open by the overpotential of the lithium plated into it, and dissolves again.

    state     what changes it                                                       what it becomes
    filament  plating above the critical local current; stripping takes it back;    at the thickness of the pellet: a
              stack pressure above the yield stress presses lithium into pores      bridge

Each electrode has filaments of its own, so a short needs a charge in one go besides a current. The critical current
follows from the strength of the flaw, the closing stress of the stack and the charge transfer of the moment: it rises
with temperature as that falls. What a bridge does is for others to say (short, leak).
"""

import numpy as np

from ionweld.laws.filament import flaw_factor
from ionweld.laws.fracture import (
    coated_strength,
    crack_stress,
    critical_current,
    critical_overpotential,
    dissolution_rate,
    extrusion_rate,
    filament_content,
    flaw_load,
    gathered_current,
    penetration_rate,
    percolating_porosity,
    porous_toughness,
)
from ionweld.laws.resupply import strengthened_stress
from ionweld.numerics.compiled import inner
from ionweld.simulate.bench import BRIDGE, MOMENT, RATES, C, N, hook, plating_side, sides_of, view, whole
from ionweld.simulate.layout import NEGATIVE, POSITIVE, Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values
from ionweld.simulate.mechanisms.voids import yield_stress

START = 0.1  # of the width: a shorter filament is none to speak of (laws.fracture.dissolution_rate)
SLOTS = Slots(
    states=(Slot("filament", "m", "length of the filament", sides=True, scale="length"),),
    numbers=(
        Slot("opening_voltage", "V", "local overpotential at which the mean flaw opens"),
        Slot("width", "m", "width of a filament"),
        Slot("thread", "1", "lithium in a filament, as a thickness over its column, per length"),
        Slot("recovered", "1", "part of a filament that stripping takes back"),
        Slot("extrusion", "m/s", "growth that stack pressure alone makes"),
        Slot("cracks_at", "K", "temperature of the charge transfer"),
    ),
    columns=(Slot("flaw", "1", "how weak the flaw is, over the mean", sides=True),),
)
Y, OWN, D = places(SLOTS.states), places(SLOTS.numbers), places(SLOTS.columns)


def strength(setting: Setting) -> float:
    """Return the stress at which lithium opens the mean flaw of the pellet (Pa); a denser one is tougher, a coat helps."""
    b, usual = setting.known("toughness_porosity"), setting.of_electrolyte("typical_relative_density")
    denser = porous_toughness(1.0, setting.cell.electrolyte.relative_density.value, b) / porous_toughness(1.0, usual, b)
    toughness = setting.of_electrolyte("fracture_toughness") * denser
    flaw = crack_stress(toughness, setting.of_electrolyte("flaw_size"), setting.known("crack_shape"))
    coat = setting.parameters.properties.get("coat_strength")
    return float(coated_strength(flaw, coat.value if coat is not None else 0.0))


def _numbers(setting: Setting) -> Values:
    P, V_m = setting.cell.stack_pressure.value, setting.lithium["molar_volume"]
    width = setting.known("filament_width")
    radius, size = setting.known("pore_radius"), setting.known("strengthening_size")
    creeps_at = strengthened_stress(
        setting.known("extrusion_stress"), radius, size, setting.known("strengthening_exponent")
    )
    pores = percolating_porosity(setting.cell.electrolyte.relative_density.value, setting.known("closed_porosity"))
    return {
        "opening_voltage": critical_overpotential(strength(setting), P, V_m),
        "width": width,
        "thread": filament_content(1.0, width, setting.derived.electrode_area_m2 / setting.columns),
        "recovered": setting.known("filament_recovered"),
        "extrusion": extrusion_rate(
            P, yield_stress(setting), pores, radius, setting.known("extrusion_rate"),
            setting.known("extrusion_exponent"), creeps_at,
        ),
        "cracks_at": setting.temperature,
    }  # fmt: skip


def _columns(setting: Setting) -> Values:
    modulus, floor = setting.of_electrolyte("flaw_modulus"), setting.parameters["flaw_floor"]
    sides = ("negative", "positive")[: len(setting.cell.sides)]
    return {"flaw": np.array([flaw_factor(setting.weibull(modulus, f"flaw {side}"), floor) for side in sides])}


def _states(setting: Setting, _drawn) -> Values:
    P, yields = setting.cell.stack_pressure.value, 3.0 * yield_stress(setting)
    if yields < P and flaw_load(P, strength(setting)) >= 1.0:  # the stack alone opens the pellet
        return {"filament": np.full(setting.columns, setting.derived.pellet_thickness_m)}
    pressed = _numbers(setting)["extrusion"] * setting.cell.rest.value
    return {"filament": np.full(setting.columns, min(pressed, setting.derived.pellet_thickness_m))}


@inner
def _longest_open(own, cell, n):
    """Return the column of the longest filament that has not bridged, and that length over the pellet's."""
    which, longest = -1, 0.0
    for side in range(sides_of(cell)):
        for i in range(n):
            length = own.states[Y.filament + side, i] / cell.numbers[N.length]
            if cell.columns[C.bridged, i] == 0.0 and length > longest:
                which, longest = i, length
    return which, longest


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    cell.numbers[N.longest] = _longest_open(own, cell, bench.n)[1] if cell.numbers[N.growing] > 0.0 else 0.0
    for i in range(bench.n):
        longest = own.states[Y.filament + NEGATIVE, i]
        if sides_of(cell) > 1:
            longest = max(longest, own.states[Y.filament + POSITIVE, i])
        cell.columns[C.filament, i] = min(longest, cell.numbers[N.length])


@hook
def _bridge(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    cell.columns[C.bridged, _longest_open(own, cell, bench.n)[0]] = 1.0


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    plating, columns, v, L = plating_side(cell), cell.columns, cell.numbers[N.v_li], cell.numbers[N.length]
    if cell.numbers[N.growing] == 0.0:
        return
    width, T = own.numbers[OWN.width], own.numbers[OWN.cracks_at]
    for side in range(sides_of(cell)):
        for i in range(bench.n):
            if columns[C.bridged, i] > 0.0:
                continue
            length, j = own.states[Y.filament + side, i], columns[C.flow, i]
            Gamma = gathered_current(length, width, L)
            if side == plating:
                j_c = critical_current(own.numbers[OWN.opening_voltage], columns[C.transfer + side, i], T)
                local = j * columns[C.share + side, i] / columns[C.contact + side, i]
                rate = penetration_rate(j, own.columns[D.flaw + side, i] * local, j_c, Gamma, v)
            elif cell.numbers[N.current] != 0.0:
                # what the stack has pressed in stays: it refills an open pore at once
                grown = max(0.0, length - own.numbers[OWN.extrusion] * (t + cell.numbers[N.rest]))
                rate = -dissolution_rate(grown, j, Gamma, own.numbers[OWN.recovered], START * width, v)
            else:
                rate = 0.0
            rate += own.numbers[OWN.extrusion]
            own.rates[Y.filament + side, i] = rate
            cell.numbers[N.sunk + side] += rate * own.numbers[OWN.thread] / bench.n


def _lithium(course) -> float:
    return float(course.number("thread") * np.sum(course.state("filament").mean(axis=1)))


def _cut(course, column: int, length: float) -> float:
    """Shorten the filaments of a column; return the lithium that was freed (m of the column)."""
    filaments = course.state("filament")[:, column]
    left = np.minimum(filaments, length)
    freed = float(course.number("thread") * (filaments - left).sum())
    filaments[:] = left
    return freed


MECHANISM = Mechanism(
    name="fracture",
    about="filaments open flaws above a critical overpotential, and stripping dissolves them",
    switch="filament",
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
    hooks={MOMENT: _moment, RATES: _rates, BRIDGE: _bridge},
    lithium=_lithium,
    cut=_cut,
)
