"""What if: one cell drawn again and again while fields of it vary over a grid."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Unpack

import polars as pl

from ionweld.api.cells import Cell, Protocol, as_cell, as_protocol
from ionweld.api.keywords import RunKeywords, Running, passes_on
from ionweld.api.quantities import Place, as_text, count, each, is_list, path_of, text_of
from ionweld.api.result import Result
from ionweld.errors import Fault, SpecError
from ionweld.result import plain
from ionweld.spec.fields import fields
from ionweld.spec.variation import parse_variations
from ionweld.twin.cluster import cluster
from ionweld.twin.grid import Base, Grid, grid
from ionweld.twin.own_parameters import parameters_from
from ionweld.twin.pool import workers as processes
from ionweld.twin.sweep import SweepOutcome, run_grid
from ionweld.wording import many

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Vary = Mapping[str, Sequence[Any]] | Sequence[str]


@dataclass(frozen=True, eq=False, repr=False)
class Sweep(Result):
    """A cell over a grid of its fields.

    Attributes
    ----------
    found
        The cells and the points, and which cells could not be simulated and why.
    files : tuple of str
        What was written, where a folder was given.
    """

    found: SweepOutcome
    files: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be said of what was varied, and of voltages that no cell has."""
        from ionweld.report.sweep import remarks

        return tuple(remarks(self.found))

    @property
    def verdict(self) -> str:
        from ionweld.report.sweep import verdict

        failed, cells = self.found.failed.height, self.found.cells.height
        said = f"{many(cells, 'simulated cell')} at {many(len(self.found.points), 'point')}"
        return f"{said}{f', {failed} of them failed' if failed else ''}. {verdict(self.found)}"

    @property
    def warnings(self) -> tuple[str, ...]:
        from ionweld.report.sweep import failures

        failed = [f"{many(one['cells'], 'cell')} failed: {one['reason']}" for one in failures(self.found)]
        return (*self.found.borrowed, *failed, *self.remarks)

    def table(self) -> pl.DataFrame:
        """Return one row per cell: what was varied, how it ended, its overpotentials and the cycles of what happened."""
        return self.found.cells

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.sweep import results

        return plain(results(self.found, list(self.files)))

    def _page(self) -> str:
        from ionweld.report.files import drawings
        from ionweld.report.sweep import page
        from ionweld.report.sweep_figures import figures
        from ionweld.study.landmarks import landmarks

        marks = landmarks(self.found.variations, self.found.first.cell)
        return page(self.found, drawings(figures(self.found, marks)), marks)

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.sweep_figures import draw_first

        draw_first(ax, self.found)


class SweepKeywords(RunKeywords, total=False):
    """How the cells of a sweep are run, as a person says it."""

    scheduler: str | None


@dataclass(frozen=True)
class SweepRunning(Running):
    """How the cells of a sweep are run: here, or by the workers of a cluster."""

    scheduler: str | None = None


@passes_on(SweepRunning)
def sweep(
    cell: Cell | Place,
    protocol: Protocol | Place,
    vary: Vary,
    *,
    n: int = 5,
    parameters: Place | None = None,
    out: Place | None = None,
    **run: Unpack[SweepKeywords],
) -> Sweep:
    """Vary fields of a cell, its protocol or its interface over a grid, `n` cells at each point.

    Parameters
    ----------
    cell, protocol : Cell and Protocol, or paths of their files
    vary : dict
        Field (its path or an ending of it) -> its values, as ``{"stack_pressure": ["0.1 MPa", "1 MPa"]}``, all of a field
        in one unit; or a list of texts as on the command line, ``["stack_pressure=0.1:1:0.1 MPa"]`` (start, stop, step).
    n, seed, workers : int
        As for `ensemble`; cell i has the same chance at every point.
    parameters : path, optional
        As for `simulate`.
    out : path, optional
        Folder for the report, its figures, the tables and results.json; a sweep that was ended goes on in it.
    progress : callable, optional
        As for `reproduce`.
    scheduler : str, optional
        Address of a Dask scheduler ("tcp://10.0.0.1:8786", extra `dask`), whose workers take the place of `workers`.

    Returns
    -------
    Sweep
        One row per cell: what was varied, how it ended, its overpotentials, the cycles of what happened.

    Raises
    ------
    SpecError, OutputError
        For a name that is no field, a value without its unit, a grid of which no point can be run; a folder that cannot be
        written, before anything is simulated.
    ComputationError
        When a worker process or the cluster is lost.

    Examples
    --------
    >>> import ionweld as iw
    >>> protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=2)
    >>> found = iw.sweep("examples/bare.toml", protocol, {"stack_pressure": ["0.1 MPa", "1 MPa"]}, n=1)
    >>> found.table()["stack_pressure / MPa"].to_list()
    [0.1, 1.0]
    """
    said, described, program, draws = SweepRunning(**run), as_cell(cell), as_protocol(protocol), count(n, "n")
    points = _points(described, program, vary, said.seed, parameters, draws)
    kept = TemporaryDirectory() if out is None else nullcontext(path_of(out, "out") / "cells")
    door = cluster(said.scheduler) if said.scheduler else processes(count(said.workers, "workers"), ordered=False)
    with kept as place, door as mapper:
        found = Sweep(run_grid(points, draws, Path(place), mapper, said.started))
    return found if out is None else Sweep(found.found, _written_files(found, points, described, path_of(out, "out")))


def _points(
    cell: Cell,
    protocol: Protocol,
    vary: Vary,
    seed: int,
    parameters: Place | None,
    draws: int,
) -> Grid:
    """Return the grid. Raises SpecError with every fault, each under the name of its field."""
    known = parameters_from(None if parameters is None else path_of(parameters, "parameters"))
    base = Base(str(count(seed, "seed", 0)), cell.document, protocol.document, known, cell.folder)
    named = fields(base.cell, base.protocol, known(cell.spec))
    if not isinstance(vary, Mapping):
        return grid(
            base, parse_variations([text_of(one, "vary", "gap=5:10:1 um") for one in each(vary, "vary")], named), draws
        )
    try:
        written = [_written(field, values) for field, values in vary.items()]
        return grid(base, parse_variations(written, named), draws)
    except SpecError as error:
        raise SpecError([Fault(one.where.removeprefix("vary "), one.seen, one.mend) for one in error.faults]) from None


def _written(field: str, values: Sequence[Any]) -> str:
    """Return one varied field as the command line has it. Raises SpecError when the values are no list."""
    if not is_list(values) or not values:
        raise SpecError(Fault(field, f"{values!r} is no list of values", 'Write ["0.1 MPa", "1 MPa"]'))
    return f"{field}={','.join(str(as_text(value)) for value in values)}"


def _written_files(made: Sweep, points: Grid, cell: Cell, folder: Path) -> tuple[str, ...]:
    from ionweld.report.sweep import write_sweep
    from ionweld.study.landmarks import landmarks

    document = write_sweep(folder, made.found, landmarks(points.variations, cell.spec))
    return tuple(document["files"])
