"""Spectra that do not say when they were taken: the clocks of both files do, or a person is asked."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from ionweld.infer.clocks import FARTHEST_S, moment_by_clocks
from ionweld.measurement.cycling import CYCLE, CyclingTest
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.measurement.provenance import Provenance
from ionweld.read.cycling.format import UNIX_TIME
from ionweld.read.eis.taken import TAKEN

BEGUN = datetime.fromisoformat("2018-04-23T12:00:00+00:00").timestamp()
HOUR = 3600.0


def cycled(cycles: list[int], begun: float = BEGUN, clock: str = UNIX_TIME) -> CyclingTest:
    """Return a test with a row in each hour, which lies in the cycle that is given for it."""
    table = pl.DataFrame({clock: [begun + HOUR * row for row in range(len(cycles))], CYCLE: cycles})
    return CyclingTest(table, Provenance("measured", "test.csv", "0", "by hand"))


def spectrum(taken: str | None) -> ImpedanceSpectrum:
    details = {} if taken is None else {TAKEN: taken}
    f = np.geomspace(1e5, 1.0, 5)
    return ImpedanceSpectrum(f, f * (1 - 1j), Provenance("measured", "z.mpt", "0", "by hand", details))


@pytest.mark.parametrize(
    ("taken", "moment", "said"),
    [
        ("2018-04-23T11:30:00", "before", "0.5 h before the test"),
        ("2018-04-23T12:00:00", "before", "0 h before the test"),
        ("2018-04-23T19:00:00", "after", "2 h after the test"),
        ("2018-04-23T13:30:00", None, ""),  # within cycle 1
        ("2018-04-23T14:00:00", "cycle:1", ""),  # with its last row
        ("2018-04-23T14:30:00", "cycle:1", "on 2018-04-23 at 14:30:00: used as cycle:1="),
        ("2018-04-23T16:59:59", None, ""),  # within cycle 2
        ("2018-03-01T12:00:00", None, ""),  # another cell's, perhaps
        ("2018-07-01T12:00:00", None, ""),
        (None, None, ""),
    ],
)
def test_clocks_say_the_moment_or_nothing(taken: str | None, moment: str | None, said: str) -> None:
    found = moment_by_clocks(spectrum(taken), [cycled([1, 1, 1, 2, 2, 2])])
    assert (found and found[0].name) == moment
    assert said in (found[1] if found else "")


def test_parts_are_one_test_outside_of_which_a_moment_is_clear() -> None:
    parts = [cycled([1, 1, 2, 2]), cycled([1, 1], BEGUN + 10 * HOUR)]
    later, between = spectrum("2018-04-24T00:00:00"), spectrum("2018-04-23T18:00:00")
    assert (found := moment_by_clocks(later, parts)) is not None
    assert found[0].name == "after"
    assert moment_by_clocks(between, parts) is None  # each part counts its own cycles


def test_a_test_without_a_clock_asks() -> None:
    assert moment_by_clocks(spectrum("2018-04-23T11:30:00"), [cycled([1, 1], clock="Test Time / s")]) is None
    mixed = [cycled([1, 1]), cycled([1, 1], clock="Test Time / s")]
    assert moment_by_clocks(spectrum("2018-04-23T11:30:00"), mixed) is None
    assert FARTHEST_S == 30 * 24 * HOUR
