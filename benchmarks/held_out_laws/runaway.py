"""Filaments that start gently and run away: their excess over the critical current counts squared, and length speeds them up.

    dl/dt = v Gamma j (1 - j_c/j_star)^2 (1 + a l/L)   above j_c, else 0

with the names of laws.filament.filament_rate and L the thickness of the pellet. No law of the twin: for cells that a
diagnosis is tested with, and never taught.
"""

from dataclasses import replace

from ionweld.laws.filament import filament_rate, local_current
from ionweld.simulate.bench import RATES, C, N, hook, plating_side, view, whole
from ionweld.simulate.mechanisms.filament import MECHANISM as FILAMENT
from ionweld.simulate.mechanisms.filament import OWN, D, Y

AVALANCHE = 9.0  # a: one that is nearly across grows ten times as fast


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    side, columns, v = plating_side(cell), cell.columns, cell.numbers[N.v_li]
    if side < 0 or cell.numbers[N.growing] == 0.0:
        return
    weight, total, chi = 1e-30, 0.0, cell.numbers[N.chi + side]
    for i in range(bench.n):
        j = columns[C.flow, i]
        weight += j
        total += j * local_current(j, columns[C.share + side, i], columns[C.contact + side, i], chi)
    focus, j_c, taken = own.numbers[OWN.focus], own.numbers[OWN.critical], 0.0
    for i in range(bench.n):
        if columns[C.bridged, i] == 0.0:
            at_the_flaw = own.columns[D.flaw, i] * total / weight
            excess = max(0.0, 1.0 - j_c / max(at_the_flaw, j_c))
            longer = 1.0 + AVALANCHE * own.states[Y.filament, i] / cell.numbers[N.length]
            rate = filament_rate(columns[C.flow, i], at_the_flaw, j_c, focus, v) * excess * longer
            own.rates[Y.filament, i] = rate
            taken += rate
    cell.numbers[N.sunk + side] += taken / focus / bench.n


MECHANISM = replace(
    FILAMENT, name="runaway", about="filaments of another law of growth", hooks=dict(FILAMENT.hooks) | {RATES: _rates}
)
