"""Parts of one test, read from several files, as one measurement: order, gaps and cycle counts by stated rules.

order   by the clock, where every part has one; else as given
gap     what the clocks say lies between two parts; without clocks one record's interval, and the gap is not known
cycles  the cycler's own where they go on; where a part begins to count again, its counts go on from the last one
        of the part before, in a column of their own, and the cycler's stand beside it
"""

from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
import polars as pl

from ionweld.errors import Fault, InputError
from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.provenance import Provenance

CLOCK = "Unix Time / s"
OWN_CYCLE = "Cycle Count of the part / 1"  # ours: what the cycler counted, where the joined count is another
PART = "Part / 1"  # ours: which file a row comes from, from 1


@dataclass(frozen=True, slots=True)
class JoinedPart:
    """How one file was put into the test. gap_s: before it, None where it is not known; cycles_added: to its own counts."""

    source: str
    sha256: str
    start_s: float
    gap_s: float | None
    cycles_added: int
    rule: str


def join_parts(
    tests: list[CyclingTest], order: str | None = None
) -> tuple[CyclingTest, tuple[JoinedPart, ...], tuple[str, ...]]:
    """Return the parts as one test, how each was put in, and what a person should look at.

    order: "clock" or "given"; None: by the clock where all have one. Raises InputError where that cannot be, where two
    files have the same content, or where two of them ran at the same time.
    """
    _refuse_twins(tests)
    clocks = [_clock(test) for test in tests]
    by_clock = order == "clock" or (order is None and all(clock is not None for clock in clocks))
    if by_clock:
        known = [(clock, test) for clock, test in zip(clocks, tests, strict=True) if clock is not None]
        if len(known) < len(tests):
            mend = "Give the files in their order, with --order given"
            raise InputError(Fault("order", "clock: not every file says at what time of day it was recorded", mend))
        tests = [test for _, test in sorted(known, key=lambda pair: pair[0][0])]
        clocks = sorted(clock for clock, _ in known)
        _refuse_overlap(tests, [clock for clock in clocks if clock is not None])
    tables, parts = (
        [tests[0].table],
        [JoinedPart(_source(tests[0]), tests[0].provenance.sha256, 0.0, None, 0, "the first part")],
    )
    for number, test in enumerate(tests[1:], start=1):
        gap = _gap(clocks[number - 1], clocks[number]) if by_clock else None
        table, part = _following(tables[-1], test, gap)
        tables.append(table)
        parts.append(part)
    return _whole(tests, tables, parts), tuple(parts), _warnings(tests, parts, by_clock)


def _refuse_twins(tests: list[CyclingTest]) -> None:
    seen = [test.provenance.sha256 for test in tests]
    twins = [_source(test) for i, test in enumerate(tests) if seen[i] and seen[i] in seen[:i]]
    if twins:
        raise InputError(
            [Fault(name, "has the same content as a part before it", "Give each part once") for name in twins]
        )


def _refuse_overlap(tests: list[CyclingTest], clocks: list[tuple[float, float]]) -> None:
    faults = [
        Fault(
            _source(after),
            f"begins before {_source(before)} ends: not parts of one test",
            "Give the parts of one test only",
        )
        for before, after, first, second in zip(tests, tests[1:], clocks, clocks[1:], strict=False)
        if second[0] < first[1]
    ]
    if faults:
        raise InputError(faults)


def _source(test: CyclingTest) -> str:
    return test.provenance.source


def _clock(test: CyclingTest) -> tuple[float, float] | None:
    """Return when a part was recorded, from and to, in seconds of the clock; None where it does not say."""
    if CLOCK not in test.table.columns:
        return None
    clock = test.table[CLOCK].drop_nulls().to_numpy()
    return (float(clock.min()), float(clock.max())) if clock.size else None


def _gap(before: tuple[float, float] | None, after: tuple[float, float] | None) -> float | None:
    return None if before is None or after is None else after[0] - before[1]


def _following(before: pl.DataFrame, test: CyclingTest, gap_s: float | None) -> tuple[pl.DataFrame, JoinedPart]:
    """Return a part's table in the time, the steps and the cycles of the test that `before` ends."""
    table = test.table
    end, interval = (
        float(before[bdf.TIME].to_numpy().max()),
        float(np.median(np.diff(table[bdf.TIME].to_numpy()[:1000]))),
    )
    start = end + (max(gap_s, 0.0) if gap_s is not None else max(interval, 0.0))
    shift = start - float(table[bdf.TIME].to_numpy().min())
    made = [(pl.col(bdf.TIME) + shift).alias(bdf.TIME)]
    if {bdf.STEP} <= set(before.columns) & set(table.columns):
        made.append((pl.col(bdf.STEP) + before[bdf.STEP].max()).alias(bdf.STEP))
    added, rule = _count(before, table)
    counts = [name for name in (bdf.CYCLE, bdf.DERIVED_CYCLE) if name in table.columns]
    made += [(pl.col(name) + added).alias(name) for name in counts]
    own = [pl.col(counts[0]).alias(OWN_CYCLE)] if counts and added else []
    return table.with_columns(own).with_columns(made), JoinedPart(
        _source(test), test.provenance.sha256, start, gap_s, added, rule
    )


def _count(before: pl.DataFrame, table: pl.DataFrame) -> tuple[int, str]:
    name = next((one for one in (bdf.CYCLE, bdf.DERIVED_CYCLE) if one in table.columns and one in before.columns), None)
    if name is None:
        return 0, "no cycles are counted"
    last, first = int(before[name].max() or 0), int(table[name].min() or 0)  # pyright: ignore[reportArgumentType] - counts
    if first >= last:
        return 0, "the cycler's own count goes on"
    if _goes_on(before, table):
        return (
            last - first,
            f"it goes on with the half cycle that the part before was in: its cycle {first} is cycle {last}",
        )
    return last - first + 1, f"it counts again from {first}: its cycle {first} is cycle {last + 1}"


def _goes_on(before: pl.DataFrame, table: pl.DataFrame) -> bool:
    """Return whether a part begins, at once, in the direction in which the part before ended, in that one's last row."""
    ended, begun = float(before[bdf.CURRENT][-1] or 0.0), float(table[bdf.CURRENT][0] or 0.0)
    return ended * begun > 0.0


def _whole(tests: list[CyclingTest], tables: list[pl.DataFrame], parts: list[JoinedPart]) -> CyclingTest:
    numbered = [table.with_columns(pl.lit(i).alias(PART)) for i, table in enumerate(tables, start=1)]
    table = _counted(pl.concat(numbered, how="diagonal_relaxed"))
    digest = sha256("".join(part.sha256 for part in parts).encode()).hexdigest()
    first = tests[0].provenance
    provenance = Provenance(
        first.kind, " + ".join(part.source for part in parts), digest, first.software, dict(first.details)
    )
    return replace(tests[0], table=table, provenance=provenance)


def _counted(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with the joined count under a name that says so, where it is not the cycler's own."""
    if OWN_CYCLE not in table.columns:
        return table
    joined = next(name for name in (bdf.CYCLE, bdf.DERIVED_CYCLE) if name in table.columns)
    own = pl.coalesce(OWN_CYCLE, joined).alias(OWN_CYCLE)
    return table.with_columns(own).rename({joined: bdf.DERIVED_CYCLE})


def _warnings(tests: list[CyclingTest], parts: list[JoinedPart], by_clock: bool) -> tuple[str, ...]:
    """Say how the parts were joined, and what the readers of all but the first had to say (that one's report stays)."""
    said = (
        [] if by_clock else ["the parts stand in the order given; how long the pauses between them were is not known"]
    )
    for number, part in enumerate(parts[1:], start=2):
        gap = "" if part.gap_s is None else f", {part.gap_s / 3600.0:.3g} h after the part before"
        said.append(f"part {number}, {part.source}{gap}: {part.rule}")
    read = [(_source(test), test.ingest) for test in tests[1:] if test.ingest is not None]
    return (*said, *(f"{source}: {text}" for source, report in read for text in report.said))
