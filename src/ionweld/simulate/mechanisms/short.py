"""What the first bridge does where no coat holds it up: a soft short, whose conductance grows by half cycles.

    event             what follows
    first bridge      a conductance beside the columns, about that of the cell; the other filaments stop
    half cycle        the conductance grows by a factor, with noise
    a tenth of the first resistance is left: a symmetric cell has failed (watched by the equations)

A full cell whose cathode has no coat is shorted in the same way: lithium touches what conducts the cathode's electrons.
All of it is descriptive, not mechanism.
"""

import numpy as np

from ionweld.laws.filament import first_short_conductance, short_growth
from ionweld.simulate.bench import AFTER, BRIDGE, MOMENT, N, hook, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values

SLOTS = Slots(
    numbers=(
        Slot("short", "S/m2", "conductance of the short"),
        Slot("short_spread", "1", "spread of the first conductance"),
        Slot("short_growth", "1/s", "growth of its logarithm"),
        Slot("short_noise", "1", "noise of that growth, per half cycle"),
        Slot("first_normal", "1", "standard normal number of the first bridge"),
        Slot("normal", "1", "standard normal number of this half cycle or rest"),
    ),
)
OWN = places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    return {name: setting.parameters[name] for name in ("short_spread", "short_growth", "short_noise")}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    cell.numbers[N.shunt] += own.numbers[OWN.short]


@hook
def _bridge(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    resistance, normal = 1.0 / cell.numbers[N.conductance], own.numbers[OWN.first_normal]
    own.numbers[OWN.short] = first_short_conductance(resistance, own.numbers[OWN.short_spread], normal)
    cell.numbers[N.growing] = 0.0  # the bridge takes the current: the other filaments stop


@hook
def _after(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    if own.numbers[OWN.short] > 0.0 and cell.numbers[N.current] != 0.0:
        duration, normal = t - cell.numbers[N.started], own.numbers[OWN.normal]
        own.numbers[OWN.short] *= short_growth(
            own.numbers[OWN.short_growth], duration, own.numbers[OWN.short_noise], normal
        )


def _drawn(setting: Setting, legs: int) -> Values:
    normal = setting.draws("short").standard_normal(1 + legs)
    return {"first_normal": np.full(legs, normal[0]), "normal": normal[1:]}


MECHANISM = Mechanism(
    name="short",
    about="the first bridge is a soft short that grows, where no coat lies before the positive electrode (descriptive)",
    switch="filament",
    cells="uncoated",
    slots=SLOTS,
    parameters={"short_spread": "1", "short_growth": "1/s", "short_noise": "1"},
    numbers=_numbers,
    hooks={MOMENT: _moment, BRIDGE: _bridge, AFTER: _after},
    drawn=_drawn,
)
