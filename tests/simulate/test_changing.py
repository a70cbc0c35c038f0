"""Conditions that change evenly, at rest and while the current flows."""

from typing import Any

import numpy as np
import pytest
from full_cells import full_document, full_parameters
from programmed_cells import COLUMNS, protocol, run_of, symmetric, window
from scipy.constants import R
from scipy.integrate import quad

from ionweld.errors import SpecError
from ionweld.simulate.cell import simulate
from ionweld.simulate.run import Outcome, SimulatedTest
from ionweld.spec.cell import parse_cell
from ionweld.spec.derived import library_parameters

# nothing changes but by temperature: no contact is lost, and all is pressed
PLAIN: dict[str, Any] = {
    "mechanisms": {"contact_loss": False, "interphase": False, "filament": False},
    "stack_pressure": "20 MPa",
}
WARMER: dict[str, Any] = {"before_cycle": 2, "temperature": "65 degC", "over": "3 h", "under_current": True}


def resistance(run: SimulatedTest, at: float) -> float:
    """Return |V/j| at a recorded time (ohm m2)."""
    found = run.recorded
    (row,) = np.flatnonzero(found.time == at)[:1]
    return float(abs(found.volts[row] / found.amps[row])) * run.conditions.derived.electrode_area_m2


def number(run: SimulatedTest, leg: int, name: str) -> float:
    return float(run.legs[leg].numbers[run.conditions.layout.place("numbers", name).start])


def test_a_cell_that_only_conducts_is_at_each_moment_that_of_its_temperature() -> None:
    run = run_of(symmetric("LLZO-Ta", **PLAIN), protocol(WARMER))
    found = run.recorded
    for at in (7, 15, 30, 44, -1):
        T = float(found.temperature[at])
        still = run_of(symmetric("LLZO-Ta", temperature=f"{T!r} K", **PLAIN), protocol(cycles=1))
        assert resistance(run, float(found.time[at])) == pytest.approx(resistance(still, 300.0), rel=1e-9)
    assert float(found.temperature[-1]) == 338.15


def test_a_change_goes_on_through_half_cycles_in_a_straight_line() -> None:
    step = WARMER | {"stack_pressure": "3 MPa", "over": "90 min"}
    run = run_of(symmetric(), protocol(step))
    found = run.recorded
    part = np.clip((found.time - 3600.0) / 5400.0, 0.0, 1.0)
    np.testing.assert_allclose(found.temperature, 298.15 + 40.0 * part, atol=0.101)
    np.testing.assert_allclose(found.pressure, 1e6 + 2e6 * part, atol=1.1e4)
    assert (run.outcome, len(run.legs)) == (Outcome.COMPLETED, 12)
    assert [leg.end for leg in run.legs] == pytest.approx([1800.0 * (1 + i) for i in range(12)])
    asked = np.array([leg.start + 300.0 * i for leg in run.legs for i in range(7)])
    assert np.isin(np.round(asked, 6), np.round(found.time, 6)).all()  # every moment that the protocol asks for
    assert max(run.charge_error, run.lithium_error, run.voids_error) < 1e-12


def test_an_interphase_grows_by_the_integral_over_the_temperatures() -> None:
    run, known = run_of(symmetric(), protocol(WARMER)), library_parameters(symmetric())
    E_x, first = known["reaction_activation_energy"], run.state("dose")[1, 0] - run.state("dose_rest")[1, 0]

    def faster(t: float) -> float:
        T = 298.15 + 40.0 * min(1.0, t / 10800.0)
        return float(np.exp(E_x / R * (1.0 / 298.15 - 1.0 / T)))

    grown = run.state("dose")[-1, 0] - run.state("dose_rest")[-1, 0]
    integral = quad(faster, 0.0, 18000.0, points=[10800.0])[0]
    assert grown == pytest.approx(first * (1.0 + integral / 3600.0), rel=1e-4)


@pytest.mark.parametrize(("electrolyte", "degC"), [("Li6PS5Cl", 25), ("Li2OHCl", 70)])
def test_a_change_in_no_time_is_a_step_and_a_slow_one_a_staircase(electrolyte: str, degC: int) -> None:
    cell, end = symmetric(electrolyte, temperature=f"{degC} degC"), {"temperature": f"{degC + 40} degC"}
    at_once = run_of(cell, protocol({"before_cycle": 3} | end))
    quick = run_of(cell, protocol(WARMER | end | {"before_cycle": 3, "over": "0.1 s"}))
    assert resistance(quick, 21600.0) == pytest.approx(resistance(at_once, 21600.0), rel=1e-5)
    stairs = [{"before_cycle": 2 + i, "temperature": f"{degC + 5 + 10 * i} degC"} for i in range(4)]
    chain = run_of(cell, protocol(*stairs, {"before_cycle": 6} | end, cycles=8))
    slow = run_of(cell, protocol(WARMER | end | {"over": "4 h"}, cycles=8))
    assert resistance(slow, 28800.0) == pytest.approx(resistance(chain, 28800.0), rel=2e-3)


def test_a_first_cycle_that_warms_up_is_no_failure_later() -> None:
    """What a cell resisted in its first cycle is of the temperatures of that cycle, all of them."""
    run = run_of(symmetric("LLZO-Ta", **PLAIN), protocol(WARMER | {"before_cycle": 1, "over": "1 h"}))
    still = run_of(symmetric("LLZO-Ta", temperature="65 degC", **PLAIN), protocol())
    ends = [number(one, 3, "first_resistance") for one in (run, still)]
    assert ends[0] == pytest.approx(ends[1], rel=1e-3)


@pytest.mark.parametrize("density", ["0.02 mA/cm^2", "1 mA/cm^2"])
def test_a_warmed_cell_fails_against_what_it_would_have_shown_warm_at_its_current(density: str) -> None:
    """Charge transfer is curved, and the less so the warmer it is: at 1 mA/cm2 that is a factor of two."""
    stages = [{"current_density": density, "half_cycle_time": "6 min", "cycles": 3}]
    warm = {"before_cycle": 2, "temperature": "65 degC"}
    run = run_of(symmetric("LLZO-Ta", **PLAIN), protocol(warm, stages=stages))
    still = run_of(symmetric("LLZO-Ta", temperature="65 degC", **PLAIN), protocol(stages=stages))
    ends = [number(one, 5, "first_resistance") for one in (run, still)]
    assert ends[0] == pytest.approx(ends[1], rel=2e-3)


def test_a_short_grows_through_the_whole_half_cycle() -> None:
    pressed = {"before_cycle": 3, "stack_pressure": "150 MPa", "hold": "1 h"}
    warmer = WARMER | {"before_cycle": 4, "temperature": "30 degC", "over": "1 h"}
    grown = []
    for steps in ((pressed,), (pressed, warmer)):
        run = run_of(symmetric(mechanisms={"contact_loss": False, "interphase": False}), protocol(*steps))
        legs = [i for i, leg in enumerate(run.legs) if leg.cycle in (4, 5)]
        grown.append([number(run, i + 1, "short") / number(run, i, "short") for i in legs])
    assert grown[0] == pytest.approx(grown[1], rel=1e-9)


def test_a_full_cell_changes_under_current() -> None:
    step = {"before_cycle": 2, "temperature": "100 degC", "over": "8 h", "under_current": True}
    cell, at_once = parse_cell(full_document()), {"before_cycle": 2, "temperature": "100 degC"}
    run, cold, hot = (
        simulate(cell, program, full_parameters(), "changing", columns=COLUMNS)
        for program in (window(step), window(), window(at_once))
    )
    given = [
        [-leg.current * (leg.end - leg.start) for leg in one.legs if leg.current < 0.0] for one in (cold, run, hot)
    ]
    assert given[1][0] == given[0][0]
    assert given[0][1] < 0.99 * given[1][1]
    assert given[1][1:] == pytest.approx(given[2][1:], rel=1e-2)
    assert max(run.charge_error, run.lithium_error) < 1e-9
    assert run.energy_error < 1e-5


def test_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(SpecError) as refused:
        protocol(
            {"before_cycle": 2, "temperature": "60 degC", "under_current": True},
            {"before_cycle": 3, "temperature": "40 degC", "under_current": True, "over": "1 h", "hold": "1 h"},
        )
    for part in ("program.0.under_current: takes no time", "program.1.hold: the cycle does not wait"):
        assert part in str(refused.value)
