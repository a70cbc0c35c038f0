"""A sweep: one cell drawn again and again while fields of its specification vary over a grid.

Replicate i has the same seed at every point of the grid, so neighbours differ by what is varied and not by luck. Each
finished cell is kept under a hash of all that it depends on (twin.kept): a sweep that was ended halfway finds it again,
and one whose specification has changed does not. The grid is never held as a whole: it goes to the workers piece by
piece, as values, and they read the specification of each point.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from ionweld import __version__
from ionweld.analyse.cycling import SHORTS, CriticalCurrent, diagnose, first_of, summarise
from ionweld.errors import ComputationError, InputError
from ionweld.measurement.store import ensure_folder
from ionweld.result import EventKind
from ionweld.simulate.run import Outcome, SimulatedTest, identity
from ionweld.spec.borrowed import borrowed
from ionweld.spec.library import digest
from ionweld.spec.variation import Value, Variation
from ionweld.twin.ensemble import Member, Recipe, analysed, run_one
from ionweld.twin.grid import Base, Grid, GridPoint, places_of, point_at
from ionweld.twin.kept import KeptCells, Row, kept
from ionweld.twin.observables import Observable
from ionweld.twin.pool import Mapper

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
    "critical_current_mA_cm2": pl.Float64,
    "failing_current_mA_cm2": pl.Float64,
    "limited_by": pl.String,
}
_KEPT = ("status", "reason", *SUMMARY)  # what is kept of a cell
_MOST_POINTS, _LEAST_PIECES = 16, 64  # of a piece: a message to a worker costs little beside its cells


@dataclass(frozen=True, slots=True)
class SweepOutcome:
    """What a sweep found. cells: one row per cell, in the order of the grid; reused: cells that were kept from before.

    borrowed: what its points borrow from other materials, in sentences.
    """

    variations: list[Variation]
    points: Grid
    replicates: int
    cells: pl.DataFrame
    reused: int
    borrowed: list[str]

    @property
    def full(self) -> bool:
        """Whether it is full cells that were swept, which store charge and fade."""
        return self.first.cell.cathode is not None

    @property
    def ramped(self) -> bool:
        """Whether the currents rise from cycle to cycle: then there are critical ones."""
        return getattr(self.first.protocol, "ramp", None) is not None

    @property
    def first(self) -> Recipe:
        """The first point that can be run."""
        assert self.points.first.recipe is not None
        return self.points.first.recipe

    @property
    def failed(self) -> pl.DataFrame:
        """The cells that could not be simulated, with their reasons."""
        return self.cells.filter(pl.col("status") == "failed")


def _batched(places: Iterator[Any], size: int) -> Iterator[tuple[Any, ...]]:
    return iter(lambda: tuple(islice(places, size)), ())


@dataclass(frozen=True, slots=True)
class Piece:
    """Some points of a grid, for one worker. variations: without their values; kept: the file of finished cells."""

    base: Base
    variations: list[Variation]
    places: tuple[tuple[int, tuple[Value, ...]], ...]
    replicates: int
    kept: Path


@dataclass(frozen=True, slots=True)
class PieceFound:
    """What became of the cells of a piece, by point and replicate; the names of those that were kept; what is borrowed,
    in sentences, and the first point that does."""

    rows: dict[tuple[int, int], Row]
    reused: frozenset[str]
    borrowed: dict[str, int]


def run_grid(
    points: Grid,
    replicates: int,
    folder: Path,
    mapper: Mapper,
    started: Callable[[str, int], Callable[[], None]],
) -> SweepOutcome:
    """Run every cell that is not yet kept in `folder`; keep each one as soon as it is finished.

    mapper: gives the results of `run_piece` in any order, see twin.pool.workers(ordered=False).
    """
    ensure_folder(folder)
    done = started("cells", replicates * len(points))
    found: dict[tuple[int, int], Row] = {}
    reused = 0
    sentences: dict[str, int] = {}
    with KeptCells(folder) as store:
        for one in mapper(run_piece, _pieces(points, replicates, store.path.resolve())):
            fresh = [row for row in one.rows.values() if row["status"] == "done" and row["key"] not in one.reused]
            store.keep((row["key"], {name: row[name] for name in _KEPT}) for row in fresh)
            found |= one.rows
            reused += len(one.reused)
            for sentence, number in one.borrowed.items():
                before = sentences.get(sentence)
                sentences[sentence] = number if before is None else min(number, before)
            for _ in one.rows:
                done()
    rows = (
        {"point": number, "replicate": i, **_varied(points.variations, values), **found[number, i]}
        for number, values in places_of(points.variations)
        for i in range(replicates)
    )
    table = _table(points.variations, rows)
    return SweepOutcome(
        points.variations,
        points,
        replicates,
        table,
        reused,
        sorted(sentences, key=lambda sentence: sentences[sentence]),
    )


def _pieces(points: Grid, replicates: int, file: Path) -> Iterator[Piece]:
    size = min(_MOST_POINTS, 1 + len(points) // _LEAST_PIECES)
    without = [replace(one, values=()) for one in points.variations]
    for places in _batched(places_of(points.variations), size):
        yield Piece(points.base, without, places, replicates, file)


def run_piece(piece: Piece) -> PieceFound:
    """Simulate the cells of a piece that are not kept."""
    made = [point_at(piece.base, piece.variations, number, values) for number, values in piece.places]
    tasks = {
        (one.number, i): (one.recipe, i) for one in made if one.recipe is not None for i in range(piece.replicates)
    }
    keys = {place: key_of(task) for place, task in tasks.items()}
    known = kept(piece.kept, keys.values(), _KEPT)
    rows = {}
    for place, (recipe, i) in tasks.items():
        key = keys[place]
        row = known[key] if key in known else run_cell((recipe, i))
        rows[place] = {"seed": recipe.seed(i), "key": key} | row
    nothing = {"seed": "", "key": "", "status": "failed"}
    rows |= {
        (one.number, i): nothing | {"reason": one.reason}
        for one in made
        if one.recipe is None
        for i in range(piece.replicates)
    }
    return PieceFound(rows, frozenset(known), _borrowed(made))


def _borrowed(made: list[GridPoint]) -> dict[str, int]:
    """Return what points borrow from other materials, in sentences, each with the first that does."""
    first: dict[str, int] = {}
    for one in made:
        said = borrowed(one.recipe.cell, one.recipe.parameters).sentence if one.recipe is not None else ""
        if one.recipe is not None and said:
            first.setdefault(f"{one.recipe.cell.electrolyte.material}: {said}", one.number)
    return first


def key_of(task: tuple[Recipe, int]) -> str:
    """Return the name of a cell: a hash of its specification, parameters and seed, of the library and the version."""
    recipe, number = task
    own = identity(recipe.cell, recipe.protocol, recipe.parameters, recipe.seed(number))
    return sha256(f"{own}\n{_library()}\n{__version__}\n{list(SUMMARY)}".encode()).hexdigest()


@cache
def _library() -> str:
    return digest()


def run_cell(task: tuple[Recipe, int]) -> Row:
    """Simulate one cell and return its summary, or the reason why there is none."""
    try:
        return {"status": "done", "reason": "", **_analysed(*task)}
    except (InputError, ComputationError, ArithmeticError, MemoryError) as error:
        return {"status": "failed", "reason": str(error) or type(error).__name__}


def _analysed(recipe: Recipe, number: int) -> Row:
    done = run_one(recipe, number)
    return summary(analysed(recipe, done, number)) if recipe.cell.cathode is None else full_summary(done)


def full_summary(done: SimulatedTest) -> Row:
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
        **_of_ramp(None),
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
        **_of_ramp(member.critical),
    }


def _of_ramp(found: CriticalCurrent | None) -> Row:
    """Return what a ramp of currents gives: the last density that was borne (0 where the first failed), the first that was
    not (None where all were borne: the critical current lies above), and why."""
    if found is None:
        return dict.fromkeys(("critical_current_mA_cm2", "failing_current_mA_cm2", "limited_by"))
    borne, failing = found.critical_A_m2 or 0.0, found.failing_A_m2
    return {
        "critical_current_mA_cm2": 0.1 * borne,
        "failing_current_mA_cm2": None if failing is None else 0.1 * failing,
        "limited_by": found.cause,
    }


def _varied(variations: list[Variation], values: tuple[Value, ...]) -> Row:
    """Return the values of a point by the columns of the table."""
    return {
        one.label: value.text if value.number is None else value.number
        for one, value in zip(variations, values, strict=True)
    }


def _table(variations: list[Variation], rows: Iterable[Row]) -> pl.DataFrame:
    kinds = {one.label: pl.String if one.values[0].number is None else pl.Float64 for one in variations}
    texts = dict.fromkeys(("seed", "key", "status", "reason"), pl.String)
    schema = {"point": pl.Int64, "replicate": pl.Int64, **kinds, **texts, **SUMMARY}
    return pl.DataFrame([[row.get(name) for name in schema] for row in rows], schema=schema, orient="row")


def summarised(found: SweepOutcome) -> pl.DataFrame:
    """Return one row per point: medians over its cells, the middle 90 % of critical currents, the fraction that survives.

    A cell that never shorts lasts longer than any that does: where it is the median cell, `no_short` is true and
    `short_cycle` is the median number of cycles that the cells ran. bore_all: how many cells bore every current of a ramp;
    where half of them did, `above_ramp` is true and the critical current is a lower bound.
    """
    done = pl.col("status") == "done"
    critical = pl.col("critical_current_mA_cm2")
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
        critical.median(),
        critical.quantile(0.05, "linear").alias("critical_current_p05_mA_cm2"),
        critical.quantile(0.95, "linear").alias("critical_current_p95_mA_cm2"),
        (critical.is_not_null() & pl.col("failing_current_mA_cm2").is_null()).sum().alias("bore_all"),
        pl.col("limited_by").drop_nulls().mode().sort().first(),
    )
    endless = pl.col("short_cycle").is_infinite()
    short = pl.when(endless).then(pl.col("cycles")).otherwise(pl.col("short_cycle"))
    bore_all = (pl.col("bore_all") > 0) & (2 * pl.col("bore_all") >= pl.col("cells"))
    return table.with_columns(endless.alias("no_short"), short.alias("short_cycle"), bore_all.alias("above_ramp"))
