"""A collector without lithium of its own: what is plated on it can be stripped, and no more.

The deposit is a film above some thickness and islands below, so that the last of it gives way over a small charge: the
contact of the stripped electrode falls with what is left, the voltage runs to its limit, and the half cycle ends. Plating
finds the whole collector. It comes after `voids`, whose contact it lessens.
"""

from ionweld.laws.assembly import covered_fraction
from ionweld.simulate.bench import MOMENT, C, G, N, hook, plating_side, view, whole
from ionweld.simulate.layout import NEGATIVE, Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values

LEAST = 1e-12  # of the contact: a spot, so that the voltage has a value when nothing is left
SLOTS = Slots(numbers=(Slot("closed_film", "m", "thickness above which a deposit is a film"),))
OWN = places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    return {"closed_film": setting.known("closed_film")}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    if cell.numbers[N.current] == 0.0 or plating_side(cell) == NEGATIVE:
        return
    left = max(0.0, cell.shared[G.lithium + NEGATIVE])
    covered = max(LEAST, covered_fraction(left, own.numbers[OWN.closed_film]))
    for i in range(bench.n):
        cell.columns[C.contact + NEGATIVE, i] *= covered


MECHANISM = Mechanism(
    name="inventory",
    about="a collector without lithium of its own gives back what was plated on it, and no more",
    cells="full",
    slots=SLOTS,
    parameters={"closed_film": "m"},
    numbers=_numbers,
    hooks={MOMENT: _moment},
)
