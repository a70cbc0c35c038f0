"""Features of tests and spectra: limits, symmetries, and that nothing missing is made up."""

import numpy as np
import polars as pl
import pytest

from ionweld.infer.features import test_features as features_of_test
from ionweld.infer.joint_features import joint_features
from ionweld.infer.moments import SpectrumMoment
from ionweld.infer.sampling import Sampling, digits, rounded, thinned
from ionweld.infer.spectrum_features import on_grid, spectra_features
from ionweld.measurement.cycling import CURRENT, CYCLE, STEP, TIME, VOLTAGE, CellContext, CyclingTest
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.measurement.provenance import Provenance

ORIGIN = Provenance("measured", "a.csv", "0", "test")
BEFORE, AFTER = SpectrumMoment("before"), SpectrumMoment("after")


def symmetric_test(ohms, *, flip=1.0, current=1e-4, half_cycle_s=1800.0, wedge=0.0, every_s=60.0) -> CyclingTest:
    """Return a test whose half cycles have these resistances; wedge: growth of |V| within each, relative."""
    rows = {TIME: [], VOLTAGE: [], CURRENT: [], CYCLE: [], STEP: []}
    inner = np.arange(0.0, half_cycle_s + 1.0, every_s)
    for step, R in enumerate(ohms):
        amps = flip * current * (1 if step % 2 == 0 else -1)
        shape = 1.0 + wedge * inner / half_cycle_s
        rows[TIME] += (step * half_cycle_s + inner).tolist()
        rows[VOLTAGE] += (amps * R * shape).tolist()
        rows[CURRENT] += [amps] * inner.size
        rows[CYCLE] += [1 + step // 2] * inner.size
        rows[STEP] += [1 + step] * inner.size
    return CyclingTest(pl.DataFrame(rows), ORIGIN, CellContext(area_m2=1e-4))


def found(test, whole_s=40 * 1800.0):
    return features_of_test(test, "symmetric", whole_s)


def test_a_constant_resistance_has_no_growth_no_wedge_and_no_drop():
    seen = found(symmetric_test([500.0] * 40))
    assert seen["ln(resistance at first / ohm)"] == pytest.approx(np.log(500.0))
    for part in ("10%", "50%", "100%"):
        assert seen[f"ln growth of the resistance at {part} of its life"] == pytest.approx(0.0, abs=1e-12)
    assert seen["largest wedge"] == pytest.approx(0.0, abs=1e-9)
    assert seen["a sudden drop"] == 0.0
    assert seen["share of the protocol that was run"] == pytest.approx(1.0)
    assert not any("drop" in name and "fall" in name for name in seen)  # there was none: nothing is said of it


def test_a_drop_divides_the_test_and_what_follows_is_told_apart():
    seen = found(symmetric_test([500.0] * 20 + [250.0] * 20))
    assert seen["a sudden drop"] == 1.0
    assert seen["ln fall in the sudden drop"] == pytest.approx(np.log(0.5))
    assert seen["ln fall that lasts"] == pytest.approx(np.log(0.5))
    assert seen["ln(half cycles until the first sudden drop, or the end)"] == pytest.approx(np.log(20))
    assert seen["ln growth of the resistance at 100% of its life"] == pytest.approx(0.0, abs=1e-12)


def test_a_lead_that_opens_for_a_while_ends_no_life_and_is_told():
    opened, stays = [500.0] * 8 + [1500.0] * 6 + [500.0] * 26, [500.0] * 8 + [1500.0] * 32
    added, left = "ln of what leaps add at most, over the resistance at first", "share of what leaps add that stays"
    for ohms, share in ((opened, 0.0), (stays, 1.0)):
        seen = found(symmetric_test(ohms))
        assert seen["a sudden drop"] == 0.0
        assert seen["ln(half cycles until the first sudden drop, or the end)"] == pytest.approx(np.log(40))
        assert seen[added] == pytest.approx(np.log(2.0), abs=1e-3)
        assert seen[left] == pytest.approx(share, abs=1e-9)
    assert left not in found(symmetric_test([500.0] * 40))


def test_what_a_cycler_records_after_the_failure_changes_nothing():
    dead = [500.0] * 20 + [20.0]
    short, long = found(symmetric_test(dead)), found(symmetric_test([*dead, *[20.0] * 19]))
    assert short["failed: the resistance is gone"] == long["failed: the resistance is gone"] == 1.0
    assert short == pytest.approx(long)


def test_the_sign_of_the_current_is_a_convention():
    ohms = np.exp(np.linspace(6.0, 6.5, 40))
    one, other = found(symmetric_test(ohms, wedge=0.1)), found(symmetric_test(ohms, wedge=0.1, flip=-1.0))
    assert one.keys() == other.keys()
    for name in one:
        sign = -1.0 if "charge over discharge" in name else 1.0
        assert other[name] == pytest.approx(sign * one[name], abs=1e-9), name


def test_growth_and_wedge_are_read_off_as_they_were_made():
    seen = found(symmetric_test(500.0 * np.exp(0.02 * np.arange(40)), wedge=0.2))
    assert seen["ln growth of the resistance at 100% of its life"] == pytest.approx(0.02 * 37.5, abs=0.021)
    assert seen["wedge of the plateaus at 50% of its life"] == pytest.approx(0.2 * (1680 / 1800) / 1.1, rel=0.01)
    assert seen["ln of what a reversal leaves at 50% of its life"] < -0.1


def test_no_test_at_all_has_no_features():
    assert found(symmetric_test([500.0])) == {}


def test_a_cell_that_is_gone_in_its_second_half_cycle_is_still_looked_at():
    seen = found(symmetric_test([500.0, 20.0, 20.0, 20.0]))
    assert seen["failed: the resistance is gone"] == 1.0
    assert all(np.isfinite(value) for value in seen.values())


def test_a_rise_of_the_current_is_seen_where_there_is_one():
    one, other = symmetric_test([500.0] * 20), symmetric_test([400.0] * 20, current=2e-4)
    table = pl.concat(
        [one.table, other.table.with_columns(pl.col(TIME) + 36000.0, pl.col(STEP) + 20, pl.col(CYCLE) + 10)]
    )
    seen = found(CyclingTest(table, ORIGIN, CellContext(area_m2=1e-4)))
    assert seen["ln change of the resistance at the first rise of the current"] == pytest.approx(np.log(0.8))
    assert "ln change of the resistance at the first rise of the current" not in found(one)


def test_thinning_keeps_the_ends_of_half_cycles_and_nothing_else_changes():
    test = symmetric_test([500.0] * 8, wedge=0.1, every_s=10.0)
    thin = thinned(test, 120.0)
    assert thin.table.height < test.table.height / 8
    one, other = found(test), found(thin)
    for name in one.keys() & other.keys():
        assert other[name] == pytest.approx(one[name], abs=0.02), name


def test_digits_are_those_of_the_cycler():
    assert digits(pl.Series([0.1, 0.1234, -0.2])) == 4
    assert digits(pl.Series([1 / 3, 0.1])) is None
    test = rounded(symmetric_test([501.234567] * 2), Sampling(60.0, 4))
    assert test.table[VOLTAGE].abs().max() == pytest.approx(0.0501)


def spectrum(R, C, extra=0.0, low=0.1):
    f = np.geomspace(1e6, low, 60)
    return ImpedanceSpectrum(f, extra + 100.0 + R / (1.0 + 2j * np.pi * f * R * C), ORIGIN)


def test_a_spectrum_says_where_its_resistance_lies_and_what_grew():
    seen = spectra_features([(BEFORE, spectrum(300.0, 1e-6)), (AFTER, spectrum(600.0, 1e-6))])
    assert seen["before: ln(|Z| / ohm) at 0.1 Hz"] == pytest.approx(np.log(400.0), rel=1e-3)
    assert seen["before to after: ln growth of |Z| at 0.1 Hz"] == pytest.approx(np.log(700 / 400), abs=1e-3)
    assert seen["before to after: share of the growth that lies at 1e+06 Hz and above"] == pytest.approx(0.0, abs=1e-3)
    shares = [value for name, value in seen.items() if name.startswith("before: share")]
    assert sum(shares) == pytest.approx(300 / 400, abs=0.01)


def test_a_lead_that_grew_is_growth_at_the_highest_frequency():
    seen = spectra_features([(BEFORE, spectrum(300.0, 1e-6)), (AFTER, spectrum(300.0, 1e-6, extra=200.0))])
    assert seen["before to after: share of the growth that lies at 1e+06 Hz and above"] == pytest.approx(1.0, abs=1e-3)


def test_frequencies_that_were_not_measured_are_absent():
    seen = spectra_features([(AFTER, spectrum(300.0, 1e-6, low=100.0))])
    assert "after: ln(|Z| / ohm) at 100 Hz" in seen
    assert "after: ln(|Z| / ohm) at 1 Hz" not in seen
    assert not any(" to " in name for name in seen)


def test_spectra_at_different_temperatures_are_not_compared():
    hot = SpectrumMoment("after", temperature_K=373.15)
    seen = spectra_features([(BEFORE, spectrum(300.0, 1e-6)), (hot, spectrum(100.0, 1e-6))])
    assert any(name.startswith("after@100degC: ") for name in seen)
    assert not any(" to " in name for name in seen)


@pytest.mark.parametrize(("root", "linear"), [(0.4, 0.0), (0.0, 0.3), (0.2, 0.1)])
def test_the_law_of_growth_is_read_off_as_it_was_made(root, linear):
    t = np.arange(1, 41) / 40.0
    seen = found(symmetric_test(500.0 * (1.0 + root * np.sqrt(t) + linear * t)))
    first = 1.0 + root * np.sqrt(t[:2]).mean() + linear * t[:2].mean()  # roughly: of logarithms
    assert seen["growth with the root of time, over the resistance at first"] == pytest.approx(root / first, abs=2e-3)
    assert seen["growth with time, over the resistance at first"] == pytest.approx(linear / first, abs=2e-3)
    assert seen["ln of what no such law tells, over the resistance at first"] == pytest.approx(np.log(1e-3), abs=0.01)


def test_what_was_added_is_told_beside_what_relaxes_below_a_frequency():
    """A pellet of 100 ohm and an arc of 300 ohm, cycled from 400 to 550 ohm: half of the arc was added."""
    test = found(symmetric_test(np.linspace(400.0, 550.0, 40)))
    seen = joint_features(test, on_grid(spectrum(300.0, 1e-6)))
    at_last = np.exp(test["ln growth of the resistance at 100% of its life"]) * np.exp(
        test["ln(resistance at first / ohm)"]
    )
    added = at_last - np.exp(test["ln(resistance at first / ohm)"])
    assert seen["added in cycling over what is below 1e+06 Hz before"] == pytest.approx(added / 300.0, rel=1e-3)
    assert seen["ln(resistance below 1e+06 Hz before / ohm)"] == pytest.approx(np.log(300.0), abs=1e-3)
    volts = np.exp(seen["ln(voltage over what is below 1e+06 Hz, before the first sudden drop / V)"])
    assert volts == pytest.approx(1e-4 * (300.0 + added), rel=1e-3)
    assert seen["ln(resistance at first in cycling over that at 0.1 Hz before)"] == pytest.approx(0.0, abs=0.01)
    assert joint_features({}, on_grid(spectrum(300.0, 1e-6))) == {}


@pytest.mark.parametrize(("times", "more"), [(1.0, 0.0), (2.5, np.log(2.5)), (0.3, 0.0)])
def test_a_last_charge_that_goes_on_is_told_and_one_that_was_cut_short_says_nothing(times, more):
    """A shorted full cell charges on and gives nothing back."""
    rows, start = {TIME: [], VOLTAGE: [], CURRENT: [], CYCLE: [], STEP: []}, 0.0
    lasts = [3600.0, 3600.0] * 3 + [3600.0 * times]
    for step, last in enumerate(lasts):
        inner, into = np.arange(0.0, last + 1.0, 60.0), step % 2 == 0
        rows[TIME] += (start + inner).tolist()
        rows[VOLTAGE] += ((3.5 if into else 3.3) + 1e-6 * inner).tolist()
        rows[CURRENT] += [1e-4 if into else -1e-4] * inner.size
        rows[CYCLE] += [1 + step // 2] * inner.size
        rows[STEP] += [1 + step] * inner.size
        start += last
    test = CyclingTest(pl.DataFrame(rows), ORIGIN, CellContext(area_m2=1e-4))
    assert features_of_test(test, "full", start)["ln of the last charge over that before, if more"] == pytest.approx(
        more, abs=0.02
    )
