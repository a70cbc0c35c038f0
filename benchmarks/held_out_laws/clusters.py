"""Contact that is lost in clusters: of neighbouring columns all have what is left of the worst one's.

    theta_i = theta_a,i min_k(theta_k / theta_a,k)   over the columns k of its cluster

No law of the twin: for cells that a diagnosis is tested with, and never taught.
"""

from ionweld.simulate.bench import MOMENT, C, hook, sides_of, whole
from ionweld.simulate.mechanism import Mechanism

TOGETHER = 4  # columns


@hook
def _moment(t, at, bench):
    columns = whole(bench).columns
    for side in range(sides_of(whole(bench))):
        for first in range(0, bench.n, TOGETHER):
            worst, last = 1.0, min(first + TOGETHER, bench.n)
            for i in range(first, last):
                worst = min(worst, columns[C.contact + side, i] / columns[C.assembly + side, i])
            for i in range(first, last):
                columns[C.contact + side, i] = worst * columns[C.assembly + side, i]


MECHANISM = Mechanism(
    name="clusters",
    about="contact that is lost in clusters of columns",
    switch="contact_loss",
    hooks={MOMENT: _moment},
)
