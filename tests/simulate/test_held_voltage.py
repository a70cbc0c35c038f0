"""A voltage that is held after a charge: the current that it drives, what ends it, and what it puts into the cathode."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import ionweld as iw
from ionweld.api.simulated import Run
from ionweld.errors import SpecError
from ionweld.laws.cathode import plateau_potential
from ionweld.report.full_cell import profiles
from ionweld.simulate.cell import simulate
from ionweld.simulate.snapshot import half_cycle_of, moment
from ionweld.spec.derived import library_parameters

CELL = iw.Cell(
    name="full",
    temperature="25 degC",
    stack_pressure="5 MPa",
    electrolyte={"material": "Li6PS5Cl", "diameter": "10 mm", "thickness": "0.5 mm"},
    electrodes={
        "negative": {"material": "Li", "diameter": "10 mm", "thickness": "100 um"},
        "positive": {"material": "NMC811", "diameter": "10 mm", "loading": "5 mg/cm^2"},
    },
)
LIMITS = {"lower_voltage": "2.8 V", "upper_voltage": "4.2 V", "record_every": "10 s"}
STEP, AMPS, VOLTS, TIME = "Step Count / 1", "Current / A", "Voltage / V", "Test Time / s"
RESISTANCE = "Area-specific resistance / ohm m^2"
INTO, HELD = "Step Charging Capacity / Ah", "CV_CHG"


def run(cell: iw.Cell = CELL, cycles: int = 2, **stage) -> Run:
    return iw.simulate(cell, iw.Protocol.full(**LIMITS, cycles=cycles, **({"c_rate": "0.2 C"} | stage)), seed=1)


def held_rows(found: Run) -> pl.DataFrame:
    return found.test.table().filter(pl.col("Step Type") == HELD)


@pytest.fixture(scope="module")
def held() -> Run:
    return run(hold_c_rate="0.05 C")


def test_the_voltage_stays_and_the_current_falls_to_its_end(held: Run) -> None:
    rows = held_rows(held)
    assert rows[VOLTS].to_numpy() == pytest.approx(4.2, abs=1e-12)
    for (_,), step in rows.group_by(STEP, maintain_order=True):
        amps = step[AMPS].to_numpy()
        assert amps[0] == pytest.approx(4.0 * amps[-1], rel=1e-5)  # from 0.2 C, where the charge ended, to 0.05 C
        assert np.all(np.diff(amps) < 0.0)


def test_the_current_is_what_the_voltage_drives_against_the_cathode() -> None:
    protocol = iw.Protocol.full(**LIMITS, cycles=1, c_rate="0.2 C", hold_time="3 h").spec
    parameters = library_parameters(CELL.spec)
    leak = replace(parameters.quantity("electronic_leak"), value=1e-20)
    found = simulate(CELL.spec, protocol, parameters.updated({"electronic_leak": leak}), "s", columns=1)
    held = (found.measurement.table["Step Type"] == HELD).to_numpy()
    z, R = (found.states[name].to_numpy()[held] for name in ("Lithiated fraction, mean / 1", RESISTANCE))
    shape = [found.conditions.number(name) for name in ("plateau", "slope", "edge")]
    drives = (4.2 - plateau_potential(z, *shape)) / R
    flows = found.measurement.table[AMPS].to_numpy()[held] / found.conditions.derived.electrode_area_m2
    assert flows == pytest.approx(drives, rel=1e-9)
    assert flows[-1] < 0.7 * flows[0]
    capacity, t = found.conditions.number("capacity"), found.measurement.table[TIME].to_numpy()[held]
    assert capacity * (z[0] - z[-1]) == pytest.approx(np.trapezoid(flows, t), rel=1e-4)


def test_the_counter_is_the_integral_of_the_current(held: Run) -> None:
    for (_,), step in held_rows(held).group_by(STEP, maintain_order=True):
        integral = np.trapezoid(step[AMPS].to_numpy(), step[TIME].to_numpy()) / 3600.0
        assert step[INTO][-1] == pytest.approx(integral, rel=1e-4)  # records 10 s apart
    assert held.test.table()[INTO].to_numpy().min() == 0.0


def test_held_long_enough_a_cathode_is_as_empty_at_any_current() -> None:
    still = iw.Cell(**CELL.to_dict() | {"mechanisms": {"filament": False}})
    stages = [{"c_rate": rate} | hold for hold in ({"hold_c_rate": "0.001 C"}, {}) for rate in ("0.2 C", "0.05 C")]
    left = [run(still, 1, **stage).states["Lithiated fraction, mean / 1"].min() for stage in stages]
    assert left[0] == pytest.approx(left[1], abs=1e-3)
    assert left[2] > left[3] + 0.03


def test_a_hold_that_ends_at_once_adds_nothing() -> None:
    none, short = run(cycles=1), run(cycles=1, hold_c_rate="0.1999 C")
    charges = [one.table()["charge_capacity_mAh_g"][0] for one in (none, short)]
    assert charges[1] == pytest.approx(charges[0], rel=1e-3)
    assert charges[1] > charges[0]


def test_a_hold_for_a_time_takes_that_time_and_is_no_time_limit() -> None:
    found = run(hold_time="1 h", rest="10 min")
    for (_,), step in held_rows(found).group_by(STEP, maintain_order=True):
        assert step[TIME][-1] - step[TIME][0] == pytest.approx(3600.0)
    assert [event.kind.name for event in found.events] == []


def test_books_are_closed(held: Run) -> None:
    found = held.found.typical
    assert max(found.charge_error, found.lithium_error, found.voids_error) < 1e-12
    assert found.energy_error < 1e-5


def test_no_current_flows_in_a_rest_after_a_hold(held: Run) -> None:
    """What is looked at after a held charge, or rested from there, is a cell with open ends."""
    found = held.found.typical
    charged = half_cycle_of(found, 1, "charge")
    assert charged is not None
    assert found.legs[charged].at_voltage == 4.2
    at_once, later = moment(found, charged), moment(found, charged, 3600.0)
    assert at_once.number("current") == later.number("current") == 0.0
    assert at_once.number("voltage") < 4.2
    assert later.state("lithiation").mean() == pytest.approx(
        at_once.state("lithiation").mean(), abs=1e-3
    )  # the leak alone
    again = moment(run(hold_c_rate="0.05 C", cycles=1, rest="1 h").found.typical, charged + 1)  # the test's own rest
    assert later.state("lithiation") == pytest.approx(again.state("lithiation"), abs=1e-6)


def test_a_voltage_is_held_while_the_temperature_changes() -> None:
    """Warmed evenly through charge, hold and discharge: the hold lasts its time, and the current follows the resistance."""
    warm = {"before_cycle": 1, "temperature": "60 degC", "over": "20 h", "under_current": True}
    protocol = iw.Protocol.full(**LIMITS, cycles=2, c_rate="0.2 C", hold_time="2 h").to_dict() | {"program": [warm]}
    still, warmed = run(hold_time="2 h"), iw.simulate(CELL, iw.Protocol(**protocol), seed=1)
    for (_,), step in held_rows(warmed).group_by(STEP, maintain_order=True):
        assert step[TIME][-1] - step[TIME][0] == pytest.approx(7200.0)
        assert step[VOLTS].to_numpy() == pytest.approx(4.2, abs=1e-9)
    assert warmed.test.table()[STEP].unique().len() == still.test.table()[STEP].unique().len() == 6
    found = warmed.found.typical
    assert max(found.charge_error, found.lithium_error, found.voids_error) < 1e-12


def test_the_figure_of_a_charge_shows_what_was_held(held: Run) -> None:
    (axes,) = profiles(held.found).axes
    charged = axes.lines[0]
    assert charged.get_linestyle() == "--"
    into, volts = (np.asarray(one, dtype=float) for one in charged.get_data())
    assert into.max() == pytest.approx(held.table()["charge_capacity_mAh_g"][0], rel=1e-4)
    assert np.all(np.diff(into) >= 0.0)
    assert volts[into > into.max() - 2.0] == pytest.approx(4.2, abs=1e-9)


def test_a_hold_above_the_current_of_its_charge_is_refused() -> None:
    for hold in ({"hold_c_rate": "0.2 C"}, {"hold_current_density": "1 mA/cm^2"}):
        with pytest.raises(SpecError, match=r"the voltage is held down to .*, and the charge runs at 0\.2 C"):
            run(**hold)
    with pytest.raises(SpecError, match="hold_c_rate and hold_current_density are both given"):
        run(hold_c_rate="0.1 C", hold_current_density="0.1 mA/cm^2")
