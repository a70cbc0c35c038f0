"""How a cycler recorded a test: how often, and with how many digits; a virtual cell's table is made to look the same."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from ionweld.measurement import cycling as bdf
from ionweld.measurement.charge import course

MOST_PER_HALF_CYCLE = 40  # records that are looked at: the shape of a plateau needs no more
MOST_RECORDS = 8000  # of a whole test, at which a long one is still looked at quickly
LEAST_S = 1.0
_MOST_DIGITS = 7
_LOOKED_AT = 2000  # rows
_RUN, _SINCE = "_run", "_since"


@dataclass(frozen=True, slots=True)
class Sampling:
    """Interval between the records that are looked at (s), and decimals of the voltage (V); None where it is not rounded."""

    every_s: float
    volt_digits: int | None


def sampling_of(test: bdf.CyclingTest, half_cycle_s: float) -> Sampling:
    """Return how a test was recorded. half_cycle_s: how long its half cycles usually take."""
    passed = course(test.table)
    steps = passed.flow.seconds[passed.flow.seconds > 0.0]
    own = float(np.median(steps)) if steps.size else LEAST_S
    whole = float(passed.flow.seconds.sum())
    every = max(own, half_cycle_s / MOST_PER_HALF_CYCLE, whole / MOST_RECORDS, LEAST_S)
    return Sampling(every, digits(test.table[bdf.VOLTAGE]))


def digits(values: pl.Series) -> int | None:
    """Return the decimals to which a column is rounded, None for more than seven."""
    some = values.drop_nulls().head(_LOOKED_AT).to_numpy()
    for places in range(_MOST_DIGITS + 1):
        if np.allclose(some, np.round(some, places), rtol=0.0, atol=1e-9):
            return places
    return None


def thinned(test: bdf.CyclingTest, every_s: float) -> bdf.CyclingTest:
    """Return a test with its first record in each interval of each pass of current or rest, and the last of each."""
    passed = course(test.table)
    begun = pl.col(bdf.TIME).first().over(_RUN)
    rows = passed.rows.with_columns(passed.run.alias(_RUN)).with_columns((pl.col(bdf.TIME) - begun).alias(_SINCE))
    place = (pl.col(_SINCE) / every_s + 1e-6).floor()
    fresh = place.ne_missing(place.shift(1)) | pl.col(_RUN).ne_missing(pl.col(_RUN).shift(1))
    last = pl.col(_RUN).ne_missing(pl.col(_RUN).shift(-1))
    return replace(test, table=rows.filter(fresh | last).drop(_RUN, _SINCE))


def rounded(test: bdf.CyclingTest, sampling: Sampling) -> bdf.CyclingTest:
    """Return a virtual cell's test with the digits of the cycler."""
    if sampling.volt_digits is None:
        return test
    return replace(test, table=test.table.with_columns(pl.col(bdf.VOLTAGE).round(sampling.volt_digits)))
