"""A soft short as the rival of compaction: it meets its two rows, counts by its share, and differs where it is said to."""

from dataclasses import replace

import numpy as np
import pytest
from spine_cells import WELDED, make_cell, make_protocol, parameters, voltages

from ionweld.analyse.cycling import cycles
from ionweld.errors import ComputationError
from ionweld.simulate.cell import simulate
from ionweld.simulate.impedance import network
from ionweld.simulate.snapshot import moment
from ionweld.spec.library import Entry
from ionweld.study.calibration import predictive
from ionweld.study.model import load_study
from ionweld.study.rivals import bench_of, rival_of
from ionweld.twin.rivals import (
    Prediction,
    RivalBench,
    RivalReading,
    as_calibrated,
    as_rival,
    conductance_beside,
    predictions,
)

FALL = -0.12
SETTLED, FALLEN = 10, 280  # the cycles between which the paper sees the overpotential fall


@pytest.fixture(scope="module")
def known() -> Entry:
    study = load_study("yu2021")
    assert study.calibration is not None
    assert study.calibrated is not None
    return predictive(study, study.calibration, study.calibrated)[0]


@pytest.fixture(scope="module")
def bench(known: Entry) -> RivalBench:
    study = load_study("yu2021")
    assert study.rivals is not None
    return bench_of(study, study.rivals, known)


@pytest.fixture(scope="module")
def readings(bench: RivalBench, known: Entry) -> tuple[RivalReading, RivalReading]:
    told = as_calibrated(bench, known, "compaction")
    settings = load_study("yu2021").rivals
    assert settings is not None
    return told, as_rival(bench, known, rival_of(settings.rival[0], known), told.settled_V, FALL)


@pytest.fixture(scope="module")
def asr(bench: RivalBench, readings: tuple[RivalReading, RivalReading]) -> dict[str, np.ndarray]:
    """V/j by cycle (ohm m2), worked out from a finer record than the fit saw: with the leak, and without it alone."""
    leaky = readings[1].parameters
    none = replace(leaky.quantity("soft_short_growth"), value=0.0)
    found = {}
    for name, entry in (("leaky", leaky), ("tight", leaky.updated({"soft_short_growth": none}))):
        measured = simulate(bench.cell, bench.protocol, entry, bench.seed).measurement
        found[name] = 1e-4 * cycles(measured, bench.protocol.first_half_cycle)["asr_ohm_cm2"].to_numpy()
    return found


def test_the_soft_short_meets_the_rows_that_it_was_given(
    bench: RivalBench, known: Entry, readings: tuple[RivalReading, RivalReading], asr: dict[str, np.ndarray]
) -> None:
    j = bench.protocol.stages[0].current_density.value
    assert j * asr["leaky"][SETTLED - 1] == pytest.approx(readings[0].settled_V, rel=2e-3)
    assert asr["leaky"][FALLEN - 1] / asr["leaky"][SETTLED - 1] - 1.0 == pytest.approx(FALL, abs=2e-3)
    assert readings[1].parameters["densification_rate"] == 0.0
    assert readings[0].parameters["soft_short_growth"] == 0.0


def test_the_leak_lies_beside_the_cell(
    bench: RivalBench, readings: tuple[RivalReading, RivalReading], asr: dict[str, np.ndarray]
) -> None:
    """Kirchhoff: 1/R with the leak is 1/R without it, and the leak's conductance at that time."""
    growth = readings[1].parameters["soft_short_growth"]
    for cycle in (1, SETTLED, 100, FALLEN):
        leak = growth * 3600.0 * (cycle - 0.5)
        assert 1.0 / asr["leaky"][cycle - 1] == pytest.approx(1.0 / asr["tight"][cycle - 1] + leak, rel=2e-3)
    assert conductance_beside(readings[1], bench) == pytest.approx(growth * 3600.0 * FALLEN, rel=2e-3)


def test_a_short_makes_the_resistance_rise_less_on_cooling(
    bench: RivalBench, readings: tuple[RivalReading, RivalReading], asr: dict[str, np.ndarray]
) -> None:
    found = predictions(bench, readings)
    by_temperature = {one.temperature_K: one.values for one in found if one.temperature_K is not None}
    cooled = [by_temperature[T] for T in sorted(by_temperature, reverse=True)]
    assert len(cooled) == 3
    most = 1.0 / (conductance_beside(readings[1], bench) * asr["leaky"][FALLEN - 1])  # all current through the leak
    for dense, leaky in cooled:
        assert 1.0 < leaky < min(dense, 1.01 * most)
    assert np.all(np.diff(np.array(cooled), axis=0) > 0.0), "colder is more resistive under either reading"


def test_a_denser_layer_lowers_the_intercept_too_so_that_it_is_no_test(
    bench: RivalBench, known: Entry, readings: tuple[RivalReading, RivalReading]
) -> None:
    """The layer's own arc lies above an instrument's window: most of what compaction takes is missing at 1 MHz."""
    dense, leaky = next(one.values for one in predictions(bench, readings) if "Re Z" in one.experiment)
    run = simulate(bench.cell, bench.protocol, known, bench.seed)
    at = [network(moment(run, 2 * cycle - 1)) for cycle in (SETTLED, FALLEN)]
    fast = [2.0 * one.interfaces[0].layer.R[0] + one.grains.R[0] + one.boundaries.R[0] for one in at]
    expected = 100.0 * (fast[1] / fast[0] - 1.0)
    assert expected < -1.0
    assert dense == pytest.approx(expected, rel=0.2)  # grain boundaries and layer lie partly in the window
    assert leaky < 0.0


def test_without_growth_the_numbers_are_the_very_same() -> None:
    """A growth too small to change any sum leaves every voltage as it is, bit for bit; a real one does not."""
    cell, protocol = make_cell(WELDED), make_protocol((0.1, 0.5, 3))
    none, tiny, real = (
        voltages(simulate(cell, protocol, parameters(soft_short_growth=growth), "soft"))
        for growth in (0.0, 1e-300, 1e-4)
    )
    assert none.tobytes() == tiny.tobytes()
    assert not np.array_equal(none, real)


def test_a_test_that_ends_before_the_fall_says_so(bench: RivalBench, known: Entry) -> None:
    short = [bench.protocol.stages[0].model_copy(update={"cycles": SETTLED})]
    early = replace(bench, protocol=bench.protocol.model_copy(update={"stages": short}))
    with pytest.raises(ComputationError, match=f"cycle {FALLEN}"):
        as_calibrated(early, known, "compaction")


def test_the_best_separated_experiment_comes_first(
    bench: RivalBench, readings: tuple[RivalReading, RivalReading]
) -> None:
    found = predictions(bench, readings)
    separations = [one.separation for one in found]
    assert separations == sorted(separations, reverse=True)
    assert 0.0 <= separations[-1] < separations[0] <= 1.0
    assert found[-1].experiment.startswith("V/j across the step"), "both readings are ohmic"


def test_the_cold_depends_on_an_activation_energy_that_nobody_measured(
    bench: RivalBench, readings: tuple[RivalReading, RivalReading]
) -> None:
    cooled = [one for one in predictions(bench, readings) if one.temperature_K is not None]
    for one in cooled:
        assert one.ranges is not None
        for value, (low, high) in zip(one.values, one.ranges, strict=True):
            assert low < value < high
        assert ("a rival could show the same" in one.tells) is (one.separation == 0.0)
        assert "assumed" in one.tells
    others = [one for one in predictions(bench, readings) if one.temperature_K is None]
    assert all(one.ranges is None for one in others)


@pytest.mark.parametrize(
    ("unit", "ranges", "separation"),
    [
        ("1", ((9.8, 18.1), (7.8, 12.0), (4.7, 5.9)), 0.0),
        ("1", ((8.0, 10.0), (2.0, 4.0), (5.0, 6.0)), 0.25),
        ("1", ((1.0, 2.0), (4.0, 5.0), (8.0, 9.0)), 0.5),
        ("%", ((98.0, 98.0), (50.0, 50.0), (0.0, 0.0)), 0.48),
        ("%", ((-4.6, -4.6), (-1.8, -1.8), (-6.0, -6.0)), 0.0),  # a short of some size between the two would do it
    ],
)
def test_separation_is_the_gap_to_any_short(unit, ranges, separation: float) -> None:
    one = Prediction("x", unit, tuple(low for low, _ in ranges), "", ranges)
    assert one.separation == pytest.approx(separation)
