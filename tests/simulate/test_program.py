"""Temperature and stack pressure that change within a test."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from full_cells import full_document, full_parameters
from programmed_cells import COLUMNS, protocol, run_of, symmetric, window
from scipy.constants import R
from spine_cells import cell_document, make_cell, voltages

from ionweld.errors import SpecError
from ionweld.result import EventKind
from ionweld.simulate.cell import simulate
from ionweld.simulate.cell_spectra import cell_spectrum
from ionweld.simulate.conditions import conditions, conditions_at
from ionweld.simulate.impedance import low_frequency_resistance
from ionweld.simulate.run import Outcome, SimulatedTest, identity
from ionweld.simulate.snapshot import moment
from ionweld.simulate.spectra import FrequencySweep
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.library import entry
from ionweld.spec.protocol import parse_protocol
from ionweld.twin.ensemble import Recipe, analysed

HARDER = {"before_cycle": 3, "stack_pressure": "3 MPa"}
V_LI = 13.02e-6 / 96485.33212  # m3/C


@cache
def full(*temperatures: str) -> SimulatedTest:
    steps = [{"before_cycle": 2 + i, "temperature": T, "over": "30 min"} for i, T in enumerate(temperatures)]
    steps += [{"before_cycle": 4, "stack_pressure": "0.4 MPa", "hold": "1 h"}] if temperatures else []
    return simulate(parse_cell(full_document()), window(*steps), full_parameters(), "program", columns=COLUMNS)


@pytest.mark.parametrize("cell", [symmetric(), make_cell()], ids=["voids", "contact"])
def test_a_program_of_constant_values_is_none(cell: CellSpec) -> None:
    constant = {"temperature": f"{cell.temperature.value} K", "stack_pressure": f"{cell.stack_pressure.value} Pa"}
    still = run_of(cell, protocol(HARDER | constant, {"before_cycle": 5} | constant))
    plain = run_of(cell, protocol())
    assert voltages(still).tobytes() == voltages(plain).tobytes()
    assert still.snapshots.tobytes() == plain.snapshots.tobytes()
    start = plain.conditions
    numbers = start.numbers.copy()
    conditions_at(start, numbers, cell.temperature, cell.stack_pressure)
    assert numbers.tobytes() == start.numbers.tobytes()
    known = library_parameters(cell)
    assert identity(cell, protocol(HARDER), known, "0") != identity(cell, protocol(), known, "0")


STILL = {"mechanisms": {"interphase": False}}


@pytest.mark.parametrize("cell", [symmetric(**STILL), parse_cell(cell_document() | STILL)], ids=["voids", "contact"])
def test_pressing_harder_lowers_the_resistance_the_more_and_the_longer(cell: CellSpec) -> None:
    found = []
    for factor, hold in ((1.0, "1 min"), (1.5, "1 min"), (1.5, "1 h"), (1.5, "10 h"), (2.0, "10 h"), (20.0, "10 h")):
        P = factor * cell.stack_pressure.value
        step = {"before_cycle": 2, "stack_pressure": f"{P} Pa", "hold": hold}
        found.append(low_frequency_resistance(run_of(cell, protocol(step, cycles=2)), 2).total)
    assert all(later < earlier for earlier, later in pairwise(found)), found


def test_a_contact_pressed_in_the_test_is_that_of_a_cell_pressed_before_it() -> None:
    """Contact grows with the dose of creep, whenever it came; the stack at assembly has gone on without effect."""
    later = run_of(symmetric(), protocol({"before_cycle": 1, "stack_pressure": "3 MPa", "hold": "2 h"}, cycles=1))
    formed = {"temperature": "25 degC", "stack_pressure": "3 MPa", "time": "2 h"}
    before = run_of(symmetric(formation=[formed]), protocol(cycles=1))
    expected = before.conditions.column("assembly")
    np.testing.assert_allclose(moment(later, 0).column("pressed"), expected, rtol=2e-3)


def test_pressure_taken_away_leaves_the_contact_and_slows_the_resupply() -> None:
    run = run_of(symmetric(stack_pressure="3 MPa"), protocol({"before_cycle": 2, "stack_pressure": "0.1 MPa"}))
    first, last = moment(run, 0), moment(run, len(run.legs) - 1)
    np.testing.assert_array_equal(first.column("pressed"), last.column("pressed"))
    assert last.number("resupply") < 0.2 * first.number("resupply")


def test_a_contact_pressed_wider_loses_as_much_to_the_same_charge() -> None:
    for_a_while = (
        {"before_cycle": 1, "stack_pressure": "0.3 MPa", "hold": "1 h"},
        {"before_cycle": 2, "stack_pressure": "0.15 MPa"},
    )
    lost = []
    for steps in ((), for_a_while):
        program = protocol(*steps, cycles=2, record_every="10 s")
        run = simulate(make_cell(), program, library_parameters(make_cell()), "one", columns=1)
        table = run.measurement.table
        stripped = ((table["Cycle Count / 1"] == 2) & (table["Current / A"] > 0.0)).to_numpy()
        contact = run.states["Contact, positive / 1"].to_numpy()[stripped]
        lost.append((contact[0], contact[0] - contact[1]))
    (narrow, first), (wide, second) = lost
    assert wide > 1.4 * narrow
    assert second == pytest.approx(first, rel=0.05)
    assert first == pytest.approx(10.0 * V_LI * 1.0 / run.conditions.number("void_depth"), rel=0.05)


def test_a_warm_step_follows_the_pellet() -> None:
    run = run_of(symmetric("LLZO-Ta"), protocol({"before_cycle": 3, "temperature": "60 degC"}))
    cold, warm = (moment(run, leg).number("bulk") for leg in (3, 4))
    E_a = entry("LLZO-Ta")["conductivity_activation_energy"]
    assert cold / warm == pytest.approx(np.exp(E_a / R * (1.0 / 298.15 - 1.0 / 333.15)), rel=1e-9)
    assert warm == run_of(symmetric("LLZO-Ta", temperature="60 degC"), protocol(cycles=1)).conditions.number("bulk")


def test_an_even_change_is_a_straight_line_at_rest() -> None:
    step = {"before_cycle": 3, "temperature": "65 degC", "stack_pressure": "3 MPa", "over": "2 h", "hold": "1 h"}
    run = run_of(symmetric(), protocol(step))
    change, wait = run.legs[4], run.legs[5]
    assert (change.current, change.end - change.start) == (0.0, pytest.approx(7200.0))
    part = (change.times - change.start) / 7200.0
    np.testing.assert_allclose(change.temperature, 298.15 + 40.0 * part, atol=0.5)
    np.testing.assert_allclose(change.pressure, 1e6 + 2e6 * part, atol=2.5e4)
    assert (wait.end - wait.start, wait.temperature[0], wait.pressure[-1]) == (pytest.approx(3600.0), 338.15, 3e6)
    table = run.measurement.table
    assert table["Ambient Temperature / degC"].to_list()[-1] == pytest.approx(65.0)
    assert table["Test Time / s"].is_sorted()
    assert len(run.legs) == 14
    assert run.legs[6].cycle == 3


def test_balances_close_through_all_changes() -> None:
    steps = [
        {
            "before_cycle": 1 + i,
            "temperature": f"{T} degC",
            "stack_pressure": f"{P} MPa",
            "over": "20 min",
            "hold": hold,
        }
        for i, (T, P, hold) in enumerate([(60, 0.1, "0 h"), (40, 2.0, "1 h"), (90, 8.0, "0 h"), (80, 0.2, "2 h")])
    ]
    for run in (run_of(symmetric(), protocol(*steps)), run_of(make_cell("3 uL"), protocol(*steps))):
        assert run.outcome is Outcome.COMPLETED
        assert max(run.charge_error, run.lithium_error, run.voids_error) < 1e-12
    changed = full("75 degC", "90 degC")
    assert max(changed.charge_error, changed.lithium_error) < 1e-9
    assert changed.energy_error < 1e-5


def test_a_full_cell_gives_less_when_it_is_colder() -> None:
    def given(run: SimulatedTest) -> list[float]:
        return [-leg.current * (leg.end - leg.start) for leg in run.legs if leg.current < 0.0]

    plain, changed = given(full()), given(full("75 degC", "90 degC"))
    assert changed[0] == plain[0]
    assert changed[1] < plain[1]
    assert changed[2] > plain[2]


def test_an_interphase_grows_as_fast_as_each_temperature_says() -> None:
    cell, hot = symmetric("LAGP"), {"before_cycle": 3, "temperature": "60 degC"}
    run, known = run_of(cell, protocol(hot)), library_parameters(cell)
    faster = np.exp(known["reaction_activation_energy"] / R * (1.0 / 298.15 - 1.0 / 333.15))
    cold = run.state("linear")[3, 0]
    assert cold > 0.0
    assert run.state("linear")[-1, 0] == pytest.approx(cold + 2.0 * cold * faster, rel=1e-6)
    formed = {"temperature": "60 degC", "stack_pressure": "1 MPa", "time": "2 h"}
    begun = run_of(symmetric("LAGP", formation=[formed]), protocol(cycles=1)).state("linear")
    assert begun[1, 0] == pytest.approx(0.5 * cold * (1.0 + 2.0 * faster), rel=1e-6)
    parabolic = run_of(symmetric(), protocol(hot))
    grown = parabolic.state("dose")[:, 0] - parabolic.state("dose_rest")[:, 0]
    E_x = library_parameters(symmetric())["reaction_activation_energy"]
    faster = np.exp(E_x / R * (1.0 / 298.15 - 1.0 / 333.15))
    assert grown[-1] == pytest.approx(grown[3] * (1.0 + 2.0 * faster), rel=1e-6)


def test_heating_and_pressing_is_no_failure_and_a_crack_is() -> None:
    mild = {"before_cycle": 3, "temperature": "90 degC", "stack_pressure": "5 MPa"}
    assert run_of(symmetric(stack_pressure="0.01 MPa"), protocol(mild)).outcome is Outcome.COMPLETED
    run = run_of(symmetric(), protocol({"before_cycle": 3, "stack_pressure": "150 MPa", "hold": "1 h"}))
    first = run.events[0]
    assert (first.kind, first.cycle) == (EventKind.FIRST_SHORT, 3)
    assert first.time_s == pytest.approx(7200.0, abs=1.1)


def test_a_spectrum_is_of_the_conditions_of_its_moment() -> None:
    run = run_of(symmetric(), protocol({"before_cycle": 3, "temperature": "60 degC"}))
    sweep = FrequencySweep(1e6, 0.1, 30, 0.0)
    before, after = (cell_spectrum(run, leg, sweep) for leg in (3, 4))
    assert (before.temperature_K, after.temperature_K) == (298.15, 333.15)
    back = cell_spectrum(run, 4, sweep, temperature=symmetric().temperature)
    assert abs(after.impedance_ohm[-1]) < 0.3 * abs(before.impedance_ohm[-1])
    assert abs(back.impedance_ohm[-1]) == pytest.approx(abs(before.impedance_ohm[-1]), rel=0.05)


def test_every_fault_of_a_program_is_named() -> None:
    with pytest.raises(SpecError) as refused:
        protocol(
            {"before_cycle": 9, "temperature": "60 degC"},
            {"before_cycle": 2},
            {"before_cycle": 3, "stack_pressure": "-1 MPa"},
        )
    said = str(refused.value)
    for part in ("program.0.before_cycle", "never begins: the test has 6 cycles", "program.1", "changes nothing"):
        assert part in said
    assert "does not come after" in said
    assert "stack_pressure" in said
    cell, molten = symmetric(), protocol({"before_cycle": 2, "temperature": "190 degC"})
    with pytest.raises(SpecError, match=r"program\.0\.temperature.*\n?.*melts"):
        conditions(cell, molten, library_parameters(cell), "0")
    ramp = {"start": "0.1 mA/cm^2", "step": "0.1 mA/cm^2", "half_cycle_time": "1 h", "highest": "0.5 mA/cm^2"}
    late = {"name": "r", "first_half_cycle": "charge", "ramp": ramp}
    with pytest.raises(SpecError, match="the test has 5 cycles"):
        parse_protocol(late | {"program": [{"before_cycle": 6, "temperature": "60 degC"}]})


def test_the_analysis_of_a_programmed_cell_takes_its_events_from_the_states() -> None:
    step = {"before_cycle": 3, "stack_pressure": "150 MPa", "hold": "1 h"}
    recipe = Recipe("pressed", symmetric(), protocol(step), library_parameters(symmetric()))
    run = run_of(symmetric(), protocol(step))
    member = analysed(recipe, run, 0)
    assert [(event.kind, event.cycle) for event in member.events] == [(event.kind, event.cycle) for event in run.events]
    assert member.cycles["stack_pressure_MPa"].to_list()[1:3] == pytest.approx([1.0, 150.0])
