"""A sweep: one cell drawn again and again while fields of its specification vary over a grid.

Replicate i has the same seed at every point of the grid, so neighbours differ by what is varied and not by luck. Each
finished cell is kept in a file of its own, named by a hash of all that it depends on: a sweep that was ended halfway
finds it again, and one whose specification has changed does not.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl

from ionweld import __version__
from ionweld.analyse.cycling import SHORTS, diagnose, first_of, summarise
from ionweld.errors import ComputationError, Fault, InputError, SpecError
from ionweld.measurement.store import ensure_folder, write_whole
from ionweld.result import EventKind
from ionweld.simulate.run import Outcome, Run, identity
from ionweld.spec.cell import Cell, parse_cell
from ionweld.spec.fields import replaced
from ionweld.spec.library import Entry, digest
from ionweld.spec.protocol import parse_protocol
from ionweld.spec.variation import Value, Variation, as_quantity
from ionweld.twin.ensemble import Member, Recipe, analysed, run_one
from ionweld.twin.observables import Observable
from ionweld.twin.pool import Mapper

MOST_RUNS = 1_000_000
LARGEST, SHORT, FAILURE, SURVIVES = (
    Observable.model_validate({"id": "", "test": "", **about})
    for about in (
        {"quantity": "overpotential", "statistic": "maximum", "until": EventKind.SUDDEN_DROP.value},
        {"quantity": "event", "statistic": "value", "event": EventKind.SUDDEN_DROP.value},
        {"quantity": "event", "statistic": "value", "event": "failure"},
        {"quantity": "survival", "statistic": "share"},
    )
)
SUMMARY = {
    "outcome": pl.String,
    "cycles": pl.Int64,
    "first_overpotential_V": pl.Float64,
    "largest_overpotential_V": pl.Float64,
    "short_cycle": pl.Float64,
    "failure_cycle": pl.Float64,
    "survives": pl.Boolean,
    "fade_per_cycle": pl.Float64,
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Base:
    """What is varied: the documents of a cell and a protocol, the name of the draw, and how an interface is looked up.

    folder: where the files lie that the cell names.
    """

    name: str
    cell: dict[str, Any]
    protocol: dict[str, Any]
    parameters: Callable[[Cell], Entry]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class GridPoint:
    """One point of the grid. Without a recipe it cannot be run, and `reason` says why."""

    number: int
    values: tuple[Value, ...]
    recipe: Recipe | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep found. cells: one row per cell, in the order of the grid; reused: cells taken from kept files."""

    variations: list[Variation]
    points: list[GridPoint]
    replicates: int
    cells: pl.DataFrame
    reused: int

    @property
    def full(self) -> bool:
        """Whether it is full cells that were swept, which store charge and fade."""
        return any(point.recipe is not None and point.recipe.cell.cathode is not None for point in self.points)

    @property
    def failed(self) -> pl.DataFrame:
        """The cells that could not be simulated, with their reasons."""
        return self.cells.filter(pl.col("status") == "failed")


def grid(base: Base, variations: list[Variation], replicates: int) -> list[GridPoint]:
    """Return all points, the last field varying fastest. Raises SpecError when there are too many, or none can be run."""
    count = replicates
    for variation in variations:
        count *= len(variation.values)
    if count > MOST_RUNS:
        raise SpecError(Fault("vary", f"{count} cells are more than {MOST_RUNS}", "Take larger steps"))
    combinations = product(*(variation.values for variation in variations))
    points, errors = [], []
    for number, values in enumerate(combinations):
        try:
            points.append(GridPoint(number, values, _recipe(base, variations, values)))
        except InputError as error:
            errors.append(error)
            points.append(GridPoint(number, values, None, str(error)))
    if len(errors) == len(points):
        raise errors[0]
    return points


def _recipe(base: Base, variations: list[Variation], values: tuple[Value, ...]) -> Recipe:
    documents, numbers = {"cell": base.cell, "protocol": base.protocol}, {}
    for variation, value in zip(variations, values, strict=True):
        for field in variation.fields:
            root, _, name = field.path.partition(".")
            if root == "parameters":
                numbers[name] = as_quantity(value.raw, field, variation.asked)
            else:
                documents[root] = replaced(documents[root], field.path, value.raw)
    cell, protocol = parse_cell(documents["cell"], folder=base.folder), parse_protocol(documents["protocol"])
    return Recipe(base.name, cell, protocol, base.parameters(cell).updated(numbers))


def sweep(
    variations: list[Variation],
    points: list[GridPoint],
    replicates: int,
    folder: Path,
    mapper: Mapper,
    started: Callable[[str, int], Callable[[], None]],
) -> Sweep:
    """Run every cell that is not yet kept in `folder`; keep each one as soon as it is finished.

    mapper: gives the results of `run_cell` in any order, see twin.pool.workers(ordered=False).
    """
    ensure_folder(folder)
    tasks = {
        (point.number, i): (point.recipe, i) for point in points if point.recipe is not None for i in range(replicates)
    }
    keys = {place: key_of(task) for place, task in tasks.items()}
    kept = {key: row for key in keys.values() if (row := _kept(folder, key)) is not None}
    waiting = [task for place, task in tasks.items() if keys[place] not in kept]
    reused = len(tasks) - len(waiting)
    done = started("cells" + (f" ({reused} more kept from before)" if reused else ""), len(waiting))
    fresh = {}
    for key, row in mapper(run_cell, waiting):
        if row["status"] == "done":
            write_whole(folder / f"{key}.json", json.dumps({"key": key, "summary": row}, allow_nan=False))
        fresh[key] = row
        done()
    known = kept | fresh
    rows = [_row(variations, point, i, keys, known) for point in points for i in range(replicates)]
    return Sweep(variations, points, replicates, _table(variations, rows), reused)


def key_of(task: tuple[Recipe, int]) -> str:
    """Return the name of a cell: a hash of its specification, parameters and seed, of the library and the version."""
    recipe, number = task
    own = identity(recipe.cell, recipe.protocol, recipe.parameters, recipe.seed(number))
    return sha256(f"{own}\n{_library()}\n{__version__}\n{list(SUMMARY)}".encode()).hexdigest()


@cache
def _library() -> str:
    return digest()


def _kept(folder: Path, key: str) -> Row | None:
    """Return what was kept of a finished cell; a file that is not what it should be counts as none."""
    try:
        found = json.loads((folder / f"{key}.json").read_bytes())
        return found["summary"] if found["key"] == key and SUMMARY.keys() <= found["summary"].keys() else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def run_cell(task: tuple[Recipe, int]) -> tuple[str, Row]:
    """Simulate one cell and return its name and its summary, or the reason why there is none."""
    try:
        return key_of(task), {"status": "done", "reason": "", **_analysed(*task)}
    except (InputError, ComputationError, ArithmeticError, MemoryError) as error:
        return key_of(task), {"status": "failed", "reason": str(error) or type(error).__name__}


def _analysed(recipe: Recipe, number: int) -> Row:
    done = run_one(recipe, number)
    return summary(analysed(recipe, done, number)) if recipe.cell.cathode is None else full_summary(done)


def full_summary(done: Run) -> Row:
    """Return what a sweep keeps of a full cell: signs, polarisation and fade as in a measured file.

    overpotential: half the difference of the mean voltages of charge and discharge, before the first sign of a short;
    failure_cycle: where 80 % of the first capacity is left; fade_per_cycle: (1 - Q_last/Q_first)/(cycles - 1) of the
    discharge capacity.
    """
    found = summarise(done.measurement, "full", "charge")
    events = diagnose(done.measurement, found, "full")
    short, end = first_of(events, *SHORTS), first_of(events, EventKind.END_OF_LIFE)
    capacity = found.cycles["discharge_capacity_Ah"].to_list()
    sound = found.cycles if short is None else found.cycles.head(max(1, short.cycle - 1))
    volts = sound["overpotential_V"].drop_nulls().to_list()
    fades = len(capacity) > 1 and capacity[0] > 0.0
    return {
        "outcome": done.outcome.value,
        "cycles": found.cycles.height,
        "first_overpotential_V": volts[0] if volts else None,
        "largest_overpotential_V": max(volts, default=None),
        "short_cycle": None if short is None else float(short.cycle),
        "failure_cycle": None if end is None else float(end.cycle),
        "survives": done.outcome is Outcome.COMPLETED and short is None,
        "fade_per_cycle": (1.0 - capacity[-1] / capacity[0]) / (len(capacity) - 1) if fades else None,
    }


def summary(member: Member) -> Row:
    """Return what a sweep keeps of a symmetric cell, read off its table by the analysis."""
    return {
        "outcome": member.outcome.value,
        "cycles": member.cycles.height,
        "first_overpotential_V": float(member.cycles["overpotential_V"][0]),
        "largest_overpotential_V": LARGEST.of(member),
        "short_cycle": SHORT.of(member),
        "failure_cycle": FAILURE.of(member),
        "survives": bool(SURVIVES.of(member)),
        "fade_per_cycle": None,
    }


def _row(
    variations: list[Variation],
    point: GridPoint,
    replicate: int,
    keys: dict[tuple[int, int], str],
    found: dict[str, Row],
) -> Row:
    varied = {
        one.label: value.text if value.number is None else value.number
        for one, value in zip(variations, point.values, strict=True)
    }
    place = {"point": point.number, "replicate": replicate, **varied}
    if point.recipe is None:
        return place | {"seed": "", "key": "", "status": "failed", "reason": point.reason}
    key = keys[point.number, replicate]
    return place | {"seed": point.recipe.seed(replicate), "key": key} | found[key]


def _table(variations: list[Variation], rows: list[Row]) -> pl.DataFrame:
    kinds = {one.label: pl.String if one.values[0].number is None else pl.Float64 for one in variations}
    texts = dict.fromkeys(("seed", "key", "status", "reason"), pl.String)
    schema = {"point": pl.Int64, "replicate": pl.Int64, **kinds, **texts, **SUMMARY}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")


def summarised(found: Sweep) -> pl.DataFrame:
    """Return one row per point: medians over its cells, and the fraction that survives.

    A cell that never shorts lasts longer than any that does: where it is the median cell, `no_short` is true and
    `short_cycle` is the median number of cycles that the cells ran.
    """
    done = pl.col("status") == "done"
    lasted = pl.col("short_cycle").fill_null(float("inf")).filter(done)
    table = found.cells.group_by("point", maintain_order=True).agg(
        *(pl.col(one.label).first() for one in found.variations),
        done.sum().alias("cells"),
        (~done).sum().alias("failed"),
        pl.col("cycles").median(),
        pl.col("first_overpotential_V").median(),
        pl.col("largest_overpotential_V").median(),
        lasted.quantile(0.5, "lower").alias("short_cycle"),
        pl.col("survives").mean().alias("surviving"),
        pl.col("fade_per_cycle").median(),
    )
    endless = pl.col("short_cycle").is_infinite()
    short = pl.when(endless).then(pl.col("cycles")).otherwise(pl.col("short_cycle"))
    return table.with_columns(endless.alias("no_short"), short.alias("short_cycle"))
