"""Random cells over the whole permitted range: is what the twin says of them monotone, closed and warned of?

    PYTHONPATH=src python benchmarks/random_cells.py [FIRST] [CELLS]

Prints one row for each rule of tests/random_cells.py: how many cells were asked, how many break it, the worst of them and
by which factor; then the books of lithium, voltages without their warning, and cells whose integration stalls. Exit
status 1 where anything is broken.
"""

import sys
from math import exp
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from random_cells import CLOSED, LEAST, RULES, RandomCell, Rule, cycled, random_cell

from ionweld.errors import ComputationError


def asked(rule: Rule, cells: list[RandomCell], stalled: list[str]) -> list[tuple[float, RandomCell]]:
    """Return by how much each cell breaks a rule that is asked of it."""
    found = []
    for cell in cells:
        try:
            broken = rule.broken_by(cell)
        except ComputationError as error:
            stalled.append(f"{rule.name}: {error}")
            continue
        if broken is not None:
            found.append((broken, cell))
    return found


def main() -> int:
    first, count = (
        (int(one) for one in (*sys.argv[1:], "0", "600")[:2]) if len(sys.argv) != 2 else (int(sys.argv[1]), 600)
    )
    cells, stalled, failed = [random_cell(first + number) for number in range(count)], [], 0
    for rule in RULES:
        found = asked(rule, cells, stalled)
        broken = [one for one in found if one[0] > LEAST]
        failed += len(broken)
        worst = max(found, key=lambda one: one[0]) if found else (0.0, None)
        by = f", worst x{exp(worst[0]):.4g} in {worst[1]}" if broken else ""
        print(f"{rule.name:<62} {len(found):>4} asked {len(broken):>4} broken{by}", flush=True)
    runs = [(cycled(cell), cell) for cell in cells]
    silent = [cell for one, cell in runs if one.printed_without_warning]
    books, worst = max(((one.open_books, cell) for one, cell in runs), key=lambda one: one[0])
    print(f"books of lithium open by at most {books:.2g} (limit {CLOSED:g}), in {worst}")
    print(f"{sum(one.largest_V > 100.0 for one, _ in runs)} cells pass 100 V, {len(silent)} without a warning")
    print(f"{len(stalled)} runs stalled", *stalled[:10], sep="\n  ")
    return int(failed + len(silent) + len(stalled) > 0 or books > CLOSED)


if __name__ == "__main__":
    sys.exit(main())
