"""When a spectrum was taken within a test, by the clocks of both files."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl

from ionweld.infer.moments import SpectrumMoment
from ionweld.measurement.cycling import CYCLE, CyclingTest
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.read.cycling.format import UNIX_TIME
from ionweld.read.eis.taken import TAKEN

FARTHEST_S = 30 * 86400.0  # from a test: what was taken longer before or after it is asked


def moment_by_clocks(spectrum: ImpedanceSpectrum, tests: Sequence[CyclingTest]) -> tuple[SpectrumMoment, str] | None:
    """Return the moment, and a sentence that says so; None where a clock is missing, or the moment lies within a cycle."""
    taken, clock = spectrum.provenance.details.get(TAKEN), _clock(tests)
    if taken is None or clock.is_empty():
        return None
    at = datetime.fromisoformat(taken).replace(tzinfo=UTC).timestamp()  # the same clock as the rows, wherever it stands
    begins, ends = float(clock[UNIX_TIME][0]), float(clock[UNIX_TIME][-1])
    if not begins - FARTHEST_S <= at <= ends + FARTHEST_S:
        return None
    if begins < at < ends:
        moment = _after_a_cycle(clock, at) if len(tests) == 1 else None
    else:
        moment = SpectrumMoment("before" if at <= begins else "after")
    return None if moment is None else (moment, _said(spectrum, taken, moment, max(begins - at, at - ends)))


def _clock(tests: Sequence[CyclingTest]) -> pl.DataFrame:
    """Return the moments of all rows that have one, in order, with their cycles."""
    known = [test.table for test in tests if {UNIX_TIME, CYCLE} <= set(test.table.columns)]
    if not known or len(known) < len(tests):
        return pl.DataFrame()
    return pl.concat([table.select(UNIX_TIME, CYCLE) for table in known]).drop_nulls().sort(UNIX_TIME)


def _after_a_cycle(clock: pl.DataFrame, at: float) -> SpectrumMoment | None:
    row = int(np.searchsorted(clock[UNIX_TIME].to_numpy(), at, side="right"))
    cycle, following = (int(clock[CYCLE][place]) for place in (row - 1, row))
    return SpectrumMoment("cycle", cycle) if following > cycle else None


def _said(spectrum: ImpedanceSpectrum, taken: str, moment: SpectrumMoment, away_s: float) -> str:
    near = f", {away_s / 3600.0:.3g} h {moment.when} the test" if moment.cycle is None else ""
    return f"{spectrum.provenance.source}: was taken on {taken.replace('T', ' at ')}{near}: used as {moment.name}="
