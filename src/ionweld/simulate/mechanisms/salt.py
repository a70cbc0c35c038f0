"""Salt in a polymer: the current draws it away from the plated electrode, and above a limit uses it up.

    state    what changes it                       what it becomes
    wave_k   the current; diffusion evens it out   a voltage against the current, salt at the electrodes (roughening)

One gradient serves all columns: as wide as the electrolyte is thick, they even out among each other as fast as across it.
Three waves of the series are followed; a last one stands for all shorter, and fades so that their mean delay is theirs. That
counts while the salt of a short pulse lies near the electrode; steady gradients are exact.
"""

import numpy as np

from ionweld.laws.salt import gradient_voltage, limiting_current, relaxation_time, salt_diffusivity
from ionweld.numerics.compiled import inner
from ionweld.simulate.bench import DECAYS, MOMENT, RATES, C, N, has_cathode, hook, view, whole
from ionweld.simulate.layout import NEGATIVE, POSITIVE, Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, RecordedSlot, Setting, Values

_K = np.array([1.0, 3.0, 5.0])
_PARTS = 8.0 / (np.pi * _K) ** 2
_LEFT = 1.0 - _PARTS.sum()
_LAG = np.pi**2 / 12.0 - (_PARTS / _K**2).sum()  # of all waves, in times of the longest, less those that are followed
WAVES = len(_K) + 1
PARTS = (*_PARTS.tolist(), float(_LEFT))  # of a steady gradient, in each wave
FADING = (*(_K**2).tolist(), float(_LEFT / _LAG))  # over that of the longest
SLOTS = Slots(
    shared=tuple(
        Slot(f"wave_{k}", "1", "part of the salt's gradient, at an electrode, over the mean") for k in range(WAVES)
    ),
    numbers=(
        Slot("limiting", "A/m2", "current density that uses up the salt"),
        Slot("evens_out", "s", "time in which the longest wave fades"),
        Slot("transference", "1", "transference number of lithium"),
        Slot("salt_at", "K", "temperature of the salt"),
        Slot("depletion", "1", "salt missing at the negative electrode, over the mean"),
    ),
)
Y, OWN = places(SLOTS.shared), places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    c, t_plus = setting.of_electrolyte("salt_concentration"), setting.of_electrolyte("transference_number")
    L, T = setting.derived.pellet_thickness_m, setting.temperature
    D = salt_diffusivity(setting.derived.conductivity_S_per_m, c, t_plus, T)
    return {
        "limiting": limiting_current(D, c, t_plus, L),
        "evens_out": relaxation_time(D, L),
        "transference": t_plus,
        "salt_at": T,
    }


@hook
def _moment(t, at, bench):
    own, cell, missing = view(at, bench), whole(bench), 0.0
    for k in range(WAVES):
        missing += own.shared[Y.wave_0 + k]
    own.numbers[OWN.depletion] = missing
    cell.numbers[N.salt_left + NEGATIVE], cell.numbers[N.salt_left + POSITIVE] = 1.0 - missing, 1.0 + missing
    cell.numbers[N.gradient] = gradient_voltage(missing, own.numbers[OWN.transference], own.numbers[OWN.salt_at])


@inner
def _through(bench):
    """Return the mean current density through the columns, positive on charge (A/m2)."""
    cell, total = whole(bench), 0.0
    for i in range(bench.n):
        total += cell.columns[C.local, i]
    return total / bench.n * (cell.numbers[N.active] if has_cathode(cell) else 1.0)


@hook
def _rates(t, at, bench):
    own = view(at, bench)
    pace, steady = 1.0 / own.numbers[OWN.evens_out], _through(bench) / own.numbers[OWN.limiting]
    for k in range(WAVES):
        own.shared_rates[Y.wave_0 + k] = pace * FADING[k] * (PARTS[k] * steady - own.shared[Y.wave_0 + k])


@hook
def _decays(t, at, bench):
    own = view(at, bench)
    for k in range(WAVES):
        own.shared_rates[Y.wave_0 + k] = FADING[k] / own.numbers[OWN.evens_out]


MECHANISM = Mechanism(
    name="salt",
    about="the current draws salt away from the plated electrode, and above a limit uses it up",
    switch="salt",
    electrolytes="polymer",
    slots=SLOTS,
    numbers=_numbers,
    hooks={MOMENT: _moment, RATES: _rates, DECAYS: _decays},
    seen=(RecordedSlot("Salt missing at the negative electrode / 1", "numbers", "depletion"),),
)
