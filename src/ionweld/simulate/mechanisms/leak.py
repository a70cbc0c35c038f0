"""Electrons that leak through the pellet of a full cell, and what a bridge does there.

A filament shortens their way; a bridged column leaks through the cathode's polymer coat alone. After each half cycle a
bridge may burn back, to an even part of the thickness. Burning back is descriptive, not mechanism. The coat conducts
electrons like the pellet (assumed) where the pair of the cathode does not say how well it does. Without a coat the pellet
leaks as it was pressed, and a bridge is a short (short), which does not burn back.
"""

import numpy as np

from ionweld.laws.cathode import electronic_leak
from ionweld.simulate.bench import AFTER, MOMENT, C, N, hook, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, RecordedSlot, Setting, Values

SLOTS = Slots(
    shared=(Slot("burnt", "m", "lithium in burnt filaments", scale=1e-6),),
    numbers=(
        Slot("sigma_e", "S/m", "conductivity of the pellet for electrons"),
        Slot("coat", "m", "thickness of pellet that conducts electrons as badly as the polymer coat, 0 without one"),
    ),
)
OWN = places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    cathode = setting.cell.cathode
    assert cathode is not None
    sigma_e = _conducts(setting, "electronic_leak")
    own = "coat_electronic_conductivity" in setting.parameters.properties
    sigma_coat = _conducts(setting, "coat_electronic_conductivity") if own else sigma_e
    hinders = 1.0 if sigma_coat == sigma_e else sigma_e / sigma_coat if sigma_coat > 0.0 else np.inf
    return {"sigma_e": sigma_e, "coat": cathode.coat.value * hinders if cathode.coat is not None else 0.0}


def _conducts(setting: Setting, name: str) -> float:
    """Return a conductivity for electrons at the cell's temperature (S/m)."""
    return setting.parameters.rate_at(name, "leak_activation_energy", setting.temperature)


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    coat = own.numbers[OWN.coat]
    for i in range(bench.n):
        filament = cell.columns[C.filament, i] if coat > 0.0 else 0.0
        cell.columns[C.leak, i] += electronic_leak(own.numbers[OWN.sigma_e], cell.numbers[N.length], filament, coat)


@hook
def _after(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    if own.numbers[OWN.coat] > 0.0 and cell.numbers[N.current] != 0.0:
        for i in range(bench.n):
            if cell.columns[C.bridged, i] > 0.0:
                cell.numbers[N.asks] = 1.0


def _between(course) -> None:
    """Let bridges burn back, each with this probability, to an even part of the thickness."""
    cutters = [one.cut for one in course.start.mechanisms if one.cut is not None]
    bridged, n, draws = course.column("bridged")[0], course.n, course.start.setting.draws("burn back")
    # for every half cycle and column, so that one bridge does not shift another's: those of half cycles before are left out
    draws.bit_generator.advance(2 * n * (course.half_cycles - 1))
    chance, place = draws.random((2, n))
    burnt = course.state("burnt")
    for i in np.flatnonzero((bridged > 0.0) & (chance < course.parameters["burn_back_probability"])):
        burnt[0] += sum(cut(course, i, place[i] * course.number("length")) for cut in cutters) / n
        bridged[i] = 0.0


def _lithium(course) -> float:
    return float(course.state("burnt")[0])


MECHANISM = Mechanism(
    name="leak",
    about="electrons leak through the pellet, and past a bridge through the coat",
    cells="full",
    slots=SLOTS,
    parameters={"electronic_leak": "S/m", "leak_activation_energy": "J/mol", "burn_back_probability": "1"},
    numbers=_numbers,
    hooks={MOMENT: _moment, AFTER: _after},
    between=_between,
    seen=(
        RecordedSlot("Bridged columns / 1", "columns", "bridged", "sum", whole=True),
        RecordedSlot("Electronic leak / S m^-2", "columns", "leak", "mean"),
    ),
    lithium=_lithium,
)
