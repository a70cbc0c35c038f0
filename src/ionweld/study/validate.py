"""Hold the twin against other papers: a forecast with its band for each number, and how good the forecasts are.

The score counts numbers of papers that were held out, with "=", whose value was seen: the share inside the 90 % band, the
median distance in decades, and the skill: 1 minus the twin's median distance over that of a naive forecast, the median of
the told numbers of the same class and kind. Before that, told papers move and widen all forecasts (study.told).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ionweld.study.forecast import Forecast, ForecastTask, forecast, what_is_simulated
from ionweld.study.ordered import OrderedPair, ordered_pairs
from ionweld.study.told import LEVELS, Lesson, Told, learned
from ionweld.study.validation_rows import UNITS, Kind, MeasuredRow, PaperRow, ValidationPaper
from ionweld.twin.pool import Mapper
from ionweld.units import from_si

Lessons = dict[tuple[Kind, str], Lesson]  # by kind and class; "" for classes that nobody told of


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A measured number beside the forecast (median, 5 and 95 %) and the naive one, in `unit`; None where there is none.

    status: "holds" where the band holds the number, or reaches to the right side of a bound; "miss"; "not predicted".
    """

    about: MeasuredRow
    paper: ValidationPaper
    unit: str
    measured: float
    predicted: float | None
    low: float | None
    high: float | None
    naive: float | None
    status: Literal["holds", "miss", "not predicted"]
    why: str

    @property
    def ratio(self) -> float | None:
        """Predicted over measured."""
        return None if self.predicted is None else self.predicted / self.measured

    @property
    def counts(self) -> bool:
        """Whether the row enters the score."""
        known = self.predicted is not None and self.about.value_checked
        return known and self.paper.split == "held_out" and self.about.relation == "="

    @property
    def decades(self) -> float:
        """How far the forecast lies from the number, in decades; of an exponent, by its difference."""
        return _apart(self.predicted or 0.0, self.measured)

    @property
    def width(self) -> float:
        """How wide the band is, in decades."""
        return _apart(self.high or 0.0, self.low or 0.0)


def _apart(one: float, other: float) -> float:
    return abs(float(np.log10(one / other))) if one * other > 0.0 else abs(one - other)


@dataclass(frozen=True, slots=True)
class Validation:
    """Every row beside its forecast. physics: the same of the twin alone, before told papers moved it by `lessons`.

    pairs: numbers of one paper that differ in one condition; the lessons, which are factors, do not touch their order.
    """

    rows: list[ComparedRow]
    physics: list[ComparedRow]
    lessons: Lessons
    pairs: list[OrderedPair]

    @property
    def score(self) -> "Score":
        """How good the forecasts of held-out numbers are."""
        return score(self.rows, self.pairs)

    @property
    def score_of_physics(self) -> "Score":
        """The same, of the twin alone."""
        return score(self.physics, self.pairs)


@dataclass(frozen=True, slots=True)
class Score:
    """How good the forecasts of held-out numbers are. skill: by kind and over "all"; None where nothing is told.

    ordered_pairs: numbers of one paper that differ in one condition alone; right_order: the share that is forecast in order;
    the two of told papers besides, which prove little.
    """

    rows: int
    inside_90: float | None
    median_abs_log10_ratio: float | None
    median_width_decades: float | None
    skill: dict[str, float | None]
    ordered_pairs: int
    right_order: float | None
    told_pairs: int
    told_right_order: float | None


def validate(
    papers: tuple[ValidationPaper, ...], draws: int, mapper: Mapper, done: Callable[[], None] = lambda: None
) -> Validation:
    """Return every row beside its forecast, with and without what was told; `done` is called after each."""
    rows = [(paper, row) for paper in papers for row in paper.row]
    simulated = [what_is_simulated(row) for _, row in rows]
    unlike = dict(zip(reversed(simulated), (row for _, row in reversed(rows)), strict=True))  # the first of its like
    coming = iter(mapper(forecast, [ForecastTask(unlike[one], draws) for one in dict.fromkeys(simulated)]))
    made: dict[str, Forecast] = {}
    for one in simulated:
        if one not in made:
            made[one] = next(coming)
        done()
    found = [made[one] for one in simulated]
    moved = taught(rows, found)
    both = _compared(papers, rows, moved), _compared(papers, rows, found)
    return Validation(*both, lessons(rows, found), ordered_pairs(rows, found))


def _compared(papers: tuple[ValidationPaper, ...], rows: list[PaperRow], found: list[Forecast]) -> list[ComparedRow]:
    return [
        compare(paper, row, one, naive(papers, paper.class_, row))
        for (paper, row), one in zip(rows, found, strict=True)
    ]


def lessons(rows: list[PaperRow], found: list[Forecast]) -> Lessons:
    """Return what told papers teach about each kind of number ("" for the class), and about each class from there.

    Exponents, which may have either sign, are left alone.
    """
    told = [
        (paper.class_, row.kind, _told(row, one))
        for (paper, row), one in zip(rows, found, strict=True)
        if _teaches(paper, row, one)
    ]
    learnt: Lessons = {}
    for kind in UNITS:
        general = learned([one for _, of, one in told if of == kind])
        if general is None:
            continue
        learnt[kind, ""] = general
        for class_ in sorted({name for name, of, _ in told if of == kind}):
            own = learned([one for name, of, one in told if (name, of) == (class_, kind)], general.shift)
            learnt[kind, class_] = own or general
    return learnt


def _teaches(paper: ValidationPaper, row: MeasuredRow, found: Forecast) -> bool:
    seen = paper.split == "told" and row.relation == "=" and row.value_checked
    return seen and UNITS[row.kind][2] == "positive" and bool(np.isfinite(found.values).any())


def _told(row: MeasuredRow, found: Forecast) -> Told:
    drawn = np.log10(found.values[np.isfinite(found.values)])
    return Told(float(np.log10(row.measured) - np.median(drawn)), float(drawn.std()))


def taught(rows: list[PaperRow], found: list[Forecast]) -> list[Forecast]:
    """Return the forecasts as told papers move and widen them."""
    learnt, moved = lessons(rows, found), []
    for (paper, row), one in zip(rows, found, strict=True):
        lesson = learnt.get((row.kind, paper.class_), learnt.get((row.kind, "")))
        moved.append(replace(one, values=lesson.applied(one.values), copies=len(LEVELS)) if lesson else one)
    return moved


def naive(papers: tuple[ValidationPaper, ...], class_: str, row: MeasuredRow) -> float | None:
    """Return the median (SI) of what was told of the same kind, in the same class where there is any."""
    told = [
        (paper.class_, one.measured)
        for paper in papers
        for one in paper.row
        if paper.split == "told" and one.kind == row.kind and one.relation == "=" and one.value_checked
    ]
    same = [value for name, value in told if name == class_] or [value for _, value in told]
    return float(np.median(same)) if same else None


def compare(paper: ValidationPaper, row: MeasuredRow, found: Forecast, guess: float | None) -> ComparedRow:
    """Return a row beside its forecast."""
    si, unit, _ = UNITS[row.kind]
    measured = from_si(row.measured, si, unit)
    told = None if guess is None else from_si(guess, si, unit)
    values = found.values[np.isfinite(found.values)]
    if not values.size:
        why = found.why or f"none of {found.values.size // found.copies} draws could be simulated to its end"
        return ComparedRow(row, paper, unit, measured, None, None, None, told, "not predicted", why)
    low, middle, high = (from_si(float(q), si, unit) for q in np.quantile(values, [0.05, 0.5, 0.95]))
    holds, why = judge(low, high, measured, row.relation)
    stalled = (found.values.size - values.size) // found.copies
    why += f"; {stalled} of {found.values.size // found.copies} draws could not be simulated" if stalled else ""
    return ComparedRow(row, paper, unit, measured, middle, low, high, told, "holds" if holds else "miss", why)


def judge(low: float, high: float, measured: float, relation: str) -> tuple[bool, str]:
    """Return whether a 90 % band agrees with a number or with a bound, and by which rule."""
    if relation == ">":
        return (
            high >= measured,
            "a bound: the band reaches above it" if high >= measured else "all of the band lies below",
        )
    if relation == "<":
        return (
            low <= measured,
            "a bound: the band reaches below it" if low <= measured else "all of the band lies above",
        )
    inside = low <= measured <= high
    return inside, "inside the 90 % band" if inside else "above the band" if measured > high else "below the band"


def score(rows: list[ComparedRow], pairs: list[OrderedPair]) -> Score:
    """Return how good the forecasts are."""
    counted = [row for row in rows if row.counts]
    held_out, told = ([pair.right for pair in pairs if pair.split == split] for split in ("held_out", "told"))
    kinds = sorted({row.about.kind for row in counted})
    return Score(
        len(counted),
        _mean([row.status == "holds" for row in counted]),
        _median([row.decades for row in counted]),
        _median([row.width for row in counted]),
        {
            "all": _skill(counted),
            **{kind: _skill([row for row in counted if row.about.kind == kind]) for kind in kinds},
        },
        len(held_out),
        _mean(held_out),
        len(told),
        _mean(told),
    )


def _skill(rows: list[ComparedRow]) -> float | None:
    both = [(row.decades, _apart(row.naive, row.measured)) for row in rows if row.naive is not None]
    if not both:
        return None
    twin, guessed = (float(np.median(column)) for column in zip(*both, strict=True))
    return 1.0 - twin / guessed if guessed > 0.0 else None


def _mean(values: list[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _median(values: list[float]) -> float | None:
    return float(np.median(values)) if values else None
