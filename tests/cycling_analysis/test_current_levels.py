"""A current that is set anew in one direction parts a half cycle where no column of steps does; nothing else does."""

import numpy as np
import polars as pl
import pytest

from ionweld.analyse.cycling import find_events, half_cycles
from ionweld.analyse.cycling.programs.ramp import critical_current
from ionweld.measurement.cycling import CellContext, CyclingTest
from ionweld.measurement.provenance import Provenance

OHMS, AMPS = 300.0, 1e-4
NOISE = np.random.default_rng(4)


def cell(amps: np.ndarray, volts: np.ndarray | None = None, cycles: int = 3) -> CyclingTest:
    """Return a symmetric cell of constant resistance whose half cycles have these currents, a row a minute, no steps."""
    volts = OHMS * amps if volts is None else volts
    once = pl.DataFrame({"Voltage / V": np.r_[volts, -volts], "Current / A": np.r_[amps, -amps]})
    table = pl.concat([once] * cycles).with_columns(
        (60.0 * pl.int_range(pl.len()).cast(pl.Float64)).alias("Test Time / s"),
        (pl.int_range(pl.len()) // once.height + 1).alias("Cycle Count / 1"),
        pl.col("Voltage / V") + 2e-5 * pl.Series(NOISE.normal(size=once.height * cycles)),
    )
    return CyclingTest(table, Provenance("measured", "table", "", ""), CellContext(area_m2=1e-4))


def amps_of(test: CyclingTest) -> list[float]:
    return [abs(amps) for amps in half_cycles(test)["current_A"].to_list()]


@pytest.mark.parametrize("second", [0.3, 1.5, 4.0])
def test_two_levels_are_two_half_cycles_of_one_resistance(second):
    test = cell(AMPS * np.r_[np.ones(20), np.full(20, second)])
    halves = half_cycles(test)
    assert amps_of(test) == pytest.approx([AMPS, second * AMPS] * 6)
    ohms = halves["overpotential_V"] / halves["current_A"].abs()
    np.testing.assert_allclose(ohms.to_numpy(), OHMS, rtol=2e-3)
    moved = halves["capacity_Ah"].sum()
    assert moved == pytest.approx(
        6 * AMPS / 60 * (19 + 20 * second + (1 - second) / 2), rel=1e-6
    )  # the step in between counts
    assert find_events(test) == []


def test_three_levels_are_three_half_cycles():
    levels = np.repeat([1.0, 2.0, 0.5], 12)
    assert amps_of(cell(AMPS * levels)) == pytest.approx([AMPS, 2 * AMPS, 0.5 * AMPS] * 6)


def test_a_ramp_in_one_direction_without_steps_has_its_critical_current():
    levels = np.repeat(np.arange(1.0, 13.0), 30)  # 0.1 to 1.2 mA/cm2, a short from the ninth on
    volts = AMPS * levels * np.where(levels < 9.0, OHMS, 60.0)
    first = pl.DataFrame({"Test Time / s": 60.0 * np.arange(5), "Voltage / V": 0.0, "Current / A": 0.0})
    rows = pl.DataFrame(
        {"Test Time / s": 300.0 + 60.0 * np.arange(levels.size), "Voltage / V": volts, "Current / A": AMPS * levels}
    )
    table = pl.concat([first, rows]).with_columns(pl.lit(1).alias("Cycle Count / 1"))
    test = CyclingTest(table, Provenance("measured", "table", "", ""), CellContext(area_m2=1e-4))
    assert amps_of(test) == pytest.approx([AMPS * level for level in range(1, 13)])
    found = critical_current(test)
    assert found is not None
    assert (found.critical_A_m2, found.failing_A_m2) == (pytest.approx(8.0), pytest.approx(9.0))


def test_a_current_logged_too_coarsely_is_one_level():
    written = AMPS * np.repeat([1.0, 1.5, 1.0, 1.5], 10)  # of a constant current: the voltage does not follow
    assert len(amps_of(cell(written, np.full(40, OHMS * 1.25 * AMPS)))) == 6
    flickers = AMPS * np.where(NOISE.random(60) < 0.5, 1.0, 1.5)
    assert len(amps_of(cell(flickers, np.full(60, OHMS * 1.25 * AMPS)))) == 6


def test_a_decay_at_constant_voltage_and_a_single_record_are_no_levels():
    decay = np.r_[np.ones(20), 0.7 * np.exp(-np.arange(20) / 6.0)]
    assert len(amps_of(cell(AMPS * decay))) == 6
    drifts = np.r_[np.ones(20), np.linspace(0.8, 0.6, 20)]  # by a third of the step before it
    assert len(amps_of(cell(AMPS * drifts))) == 6
    pulse = np.ones(40)
    pulse[20] = 2.0
    assert len(amps_of(cell(AMPS * pulse))) == 6
