"""Virtual bare cells of 40 cycles: how many an hour, from the first grid point on, and the same on any number of workers?

    PYTHONPATH=src python benchmarks/many_cells.py [CELLS] [WORKERS]

Cells are swept as a person sweeps them, over stack pressure, `ionweld.sweep`: results are kept in files as they come. Told
is how long a worker is busy with a cell, without its start. Then a grid of 100,000 points is begun and broken off at its first cell.
"""

import resource
import sys
import tempfile
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import ionweld as iw
from ionweld.api.sweep import Sweep

EACH = 20  # cells at each point
BEGUN = 100_000  # points of the grid that is only begun
CELL = iw.Cell(
    name="bare",
    temperature="80 degC",
    stack_pressure="0.15 MPa",
    electrolyte={"material": "Li2OHCl", "mass": "0.15 g", "diameter": "10 mm"},
    electrodes={
        "negative": {"material": "Li", "diameter": "6 mm", "thickness": "100 um", "interface": {"gap": "10 um"}}
    },
)
PROTOCOL = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=40)


def pressures(count: int) -> dict[str, list[str]]:
    """Return as many pressures between 0.1 and 0.2 MPa."""
    return {"stack_pressure": [f"{0.1 + 0.1 * number / count:.7f} MPa" for number in range(count)]}


def swept(cells: int, workers: int) -> tuple[Sweep, float]:
    """Return a sweep, and its wall time."""
    begun = perf_counter()
    found = iw.sweep(CELL, PROTOCOL, pressures(max(cells // EACH, 1)), n=EACH, workers=workers)
    return found, perf_counter() - begun


class EnoughError(Exception):
    """The first cell is there."""


def first_cell() -> tuple[float, float]:
    """Return after how long the first cell of a large grid is there (s), and by what this process has grown (MB)."""
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, perf_counter()

    def stop(*_: object) -> None:
        raise EnoughError

    with tempfile.TemporaryDirectory() as folder:
        grid = pressures(BEGUN)
        with suppress(EnoughError):
            iw.sweep(CELL, PROTOCOL, grid, n=1, workers=2, out=Path(folder) / "sweep", progress=stop)
    return perf_counter() - begun, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024.0


def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    cells, workers = (*given, *(400, 2)[len(given) :])
    swept(EACH, workers)  # compiled, read, and loaded where workers begin
    (_, few_s), (_, all_s) = swept(EACH, workers), swept(cells + EACH, workers)
    print(f"{1e3 * workers * (all_s - few_s) / cells:.1f} ms of a worker's time for each cell")
    print(f"{3600.0 * cells / (all_s - few_s):,.0f} cells an hour on {workers} workers")
    same = [swept(2 * EACH, count)[0].table() for count in (1, 2, 8)]
    print("the same on 1, 2 and 8 workers:", all(one.equals(other) for one, other in pairwise(same)))
    seconds, grown = first_cell()
    print(f"first of {BEGUN:,} grid points after {seconds:.1f} s, {grown:.0f} MB more in this process")


if __name__ == "__main__":
    main()
