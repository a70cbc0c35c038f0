"""What if: one cell drawn again and again while fields of it vary over a grid."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.api.cells import Cell, Protocol, as_cell, as_protocol
from ionweld.api.progress import unseen
from ionweld.api.quantities import Place, as_text, count, path_of
from ionweld.api.result import Result
from ionweld.errors import Fault, SpecError
from ionweld.result import plain
from ionweld.spec.fields import fields
from ionweld.spec.variation import parse_variations
from ionweld.twin import sweep as grid
from ionweld.twin.calibrated import parameters_for
from ionweld.twin.pool import workers as processes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Sweep(Result):
    """A cell over a grid of its fields. found: with the points, and which cells could not be simulated and why."""

    found: grid.SweepOutcome

    @property
    def verdict(self) -> str:
        failed, cells = self.found.failed.height, self.found.cells.height
        said = f"{cells} simulated cells at {len(self.found.points)} points"
        return said + (f", {failed} of them failed" if failed else "")

    @property
    def warnings(self) -> tuple[str, ...]:
        from ionweld.report.sweep import failures, remarks

        failed = [f"{one['cells']} cells failed: {one['reason']}" for one in failures(self.found)]
        return (*self.found.borrowed, *failed, *remarks(self.found))

    def table(self) -> pl.DataFrame:
        """Return one row per cell: what was varied, how it ended, its overpotentials and the cycles of what happened."""
        return self.found.cells

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.sweep import results

        return plain(results(self.found, []) | {"cells": self.found.cells.to_dicts()})

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.sweep_figures import draw_overpotential

        draw_overpotential(ax, self.found)


def sweep(
    cell: Cell | Place,
    protocol: Protocol | Place,
    vary: Mapping[str, Sequence[Any]],
    *,
    n: int = 5,
    seed: int = 0,
    workers: int = 1,
    folder: Place | None = None,
) -> Sweep:
    """Vary fields of a cell, its protocol or its interface over a grid, `n` cells at each point.

    Parameters
    ----------
    cell, protocol : Cell and Protocol, or paths of their files
    vary : dict
        Field (its path or an ending of it) -> values, as ``{"stack_pressure": ["0.1 MPa", "1 MPa"]}``; all values of a
        field in one unit.
    n, seed, workers : int
        As for `ensemble`; cell i has the same chance at every point.
    folder : path, optional
        Where finished cells are kept, so that a sweep that was ended goes on.

    Raises
    ------
    SpecError
        For a name that is no field, a value without its unit, or a grid of which no point can be run.
    """
    described, program, draws = as_cell(cell), as_protocol(protocol), count(n, "n")
    base = grid.Base(
        str(count(seed, "seed", 0)), described.document, program.document, parameters_for, described.folder
    )
    try:
        known = fields(base.cell, base.protocol, parameters_for(described.spec))
        variations = parse_variations([_written(field, values) for field, values in vary.items()], known)
        points = grid.grid(base, variations, draws)
    except SpecError as error:
        raise SpecError([Fault(one.where.removeprefix("vary "), one.seen, one.mend) for one in error.faults]) from None
    kept = TemporaryDirectory() if folder is None else nullcontext(path_of(folder, "folder"))
    with kept as place, processes(count(workers, "workers"), ordered=False) as mapper:
        return Sweep(grid.sweep(points, draws, Path(place), mapper, unseen))


def _written(field: str, values: Sequence[Any]) -> str:
    """Return one varied field as the command line has it. Raises SpecError when the values are no list."""
    if isinstance(values, str) or not isinstance(values, Sequence) or not values:
        raise SpecError(Fault(field, f"{values!r} is no list of values", 'Write ["0.1 MPa", "1 MPa"]'))
    return f"{field}={','.join(str(as_text(value)) for value in values)}"
