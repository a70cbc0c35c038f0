"""What mechanisms of filaments have in common: which of them is next to bridge."""

from ionweld.numerics.compiled import inner
from ionweld.simulate.bench import C, N, sides_of, whole


@inner
def longest_open(columns, first, bench):
    """Return the column of the longest filament that has not bridged, and that length over the electrolyte's; or -1, 0.

    columns: the rows of a mechanism, in which the lengths of the negative side's filaments are row `first` (m).
    """
    cell, which, longest = whole(bench), -1, 0.0
    for side in range(sides_of(cell)):
        for i in range(bench.n):
            length = columns[first + side, i]
            if length > longest and cell.columns[C.bridged, i] == 0.0:
                which, longest = i, length
    return which, longest / cell.numbers[N.length]
