"""The protocol behind a measured test: one way, with unlike currents, of full cells, and what no protocol says."""

import numpy as np
import pytest

import ionweld as iw
from ionweld.analyse.cycling.half_cycles import counted_half_cycles
from ionweld.errors import InputError
from ionweld.infer.departures import departures
from ionweld.infer.holds import with_holds
from ionweld.infer.protocol import measured_protocol

LITHIUM = {"material": "Li", "diameter": "8 mm", "thickness": "100 um"}
PELLET = {"material": "Li6PS5Cl", "thickness": "0.6 mm", "diameter": "10 mm"}
CONDITIONS = {"name": "x", "temperature": "25 degC", "stack_pressure": "5 MPa", "electrolyte": PELLET}
SYMMETRIC = iw.Cell(**CONDITIONS, electrodes={"negative": LITHIUM})
CATHODE = {"material": "NMC811", "diameter": "8 mm", "loading": "3 mg/cm^2"}
FULL = iw.Cell(**CONDITIONS, electrodes={"negative": LITHIUM, "positive": CATHODE})
WINDOW = {"lower_voltage": "2.8 V", "upper_voltage": "4.3 V", "first_half_cycle": "charge", "name": "window"}
UNLIKE = iw.Protocol(**WINDOW, stages=[{"c_rate": "0.2 C", "discharge_c_rate": "0.5 C", "cycles": 4, "rest": "10 min"}])


def logged(*halves: tuple[float, float]) -> iw.Cycling:
    """A test of a resistor of 100 ohm: current (A) and time (s) of each half cycle."""
    cycles, time, amps, start = [], [], [], 0.0
    for number, (current, lasted) in enumerate(halves):
        t = np.linspace(0.0, lasted, 61)
        time += list(start + t)
        amps += [current] * t.size
        cycles += [1 + number // 2] * t.size
        start = time[-1] + 1.0
    volts = 100.0 * np.array(amps)
    return table(time, amps, volts, {"Cycle Count / 1": cycles})


def table(time, amps, volts, more=None) -> iw.Cycling:
    rows = {"Test Time / s": time, "Current / A": amps, "Voltage / V": volts} | (more or {})
    return iw.Cycling.from_table({name: list(map(float, values)) for name, values in rows.items()}, label="mine")


@pytest.mark.parametrize("rest", ["10 min", None])
def test_a_test_that_strips_on_and_on_is_read_back_as_one(rest) -> None:
    more = {} if rest is None else {"rest": rest}
    strip = iw.Protocol.strip(current_density="0.1 mA/cm^2", half_cycle_time="1 h", steps=5, **more)
    measured = iw.simulate(SYMMETRIC, strip, seed=1).test
    again = iw.Protocol.from_measured(measured)
    assert again.to_dict()["one_way"] is True
    moved = [iw.simulate(SYMMETRIC, one, seed=1).test.table()["Current / A"].to_numpy() for one in (strip, again)]
    assert all((one >= 0.0).all() for one in moved)
    assert measured_protocol(counted_half_cycles(measured.data), "symmetric", None, "x").seconds == pytest.approx(
        5 * (3600.0 + (600.0 if rest else 0.0)), rel=2e-2
    )


def test_charges_and_discharges_of_unlike_currents_are_simulated_and_read_back() -> None:
    test = iw.simulate(FULL, UNLIKE, seed=1).test
    amps = test.table()["Current / A"].to_numpy()
    assert amps.min() == pytest.approx(-2.5 * amps.max())
    (stage,) = iw.Protocol.from_measured(test, cell=FULL).to_dict()["stages"]
    assert (stage["c_rate"], stage["discharge_c_rate"], stage["cycles"]) == ("0.2 C", "0.5 C", 4)
    assert stage["rest"] == "600 s"


def test_the_discharge_has_its_own_time_limit_and_enters_the_identity_of_a_run() -> None:
    charge, discharge = UNLIKE.spec.stages[0].time_limits(nominal=1.0)
    assert charge == pytest.approx(2.5 * discharge)
    alike = iw.Protocol(**WINDOW, stages=[{"c_rate": "0.2 C", "cycles": 4, "rest": "10 min"}])
    digests = {iw.simulate(FULL, one, seed=1).test.data.provenance.sha256 for one in (alike, UNLIKE)}
    assert len(digests) == 2


def test_a_full_cell_wants_its_cathode_to_say_what_1_c_is() -> None:
    test = iw.simulate(FULL, UNLIKE, seed=1).test
    with pytest.raises(InputError, match="is a test of a full cell"):
        iw.Protocol.from_measured(test)
    with pytest.raises(InputError, match="is a test of a full cell"):
        iw.Protocol.from_measured(test, cell=SYMMETRIC)


@pytest.mark.parametrize(
    ("halves", "said"),
    [
        ([(1e-3, 3600.0), (-2e-3, 1800.0)] * 4, "the second half cycle of a cycle runs at 2 times the current"),
        (
            [(1e-3, 3600.0), (2e-3, 3600.0), (-1e-3, 3600.0), (-2e-3, 3600.0)] * 3,
            "half cycles follow one of the same direction",
        ),
    ],
)
def test_what_no_protocol_says_is_refused_or_said(halves, said) -> None:
    test = logged(*halves)
    with pytest.raises(InputError, match=said):
        iw.Protocol.from_measured(test, area="1 cm^2")
    (line,) = departures(counted_half_cycles(test.data), "symmetric")
    assert said in line
    assert "the virtual cells run" in line


def held_at_the_end(way: int) -> iw.Cycling:
    """Return cycles without numbered steps whose charges (1) or discharges (-1) are held from their middle on."""
    t = np.linspace(0.0, 4.0, 81)
    falls, even = np.where(t < 2.0, 1.0, np.exp(-(t - 2.0))), np.ones(t.size)
    time, amps, volts = [], [], []
    for cycle in range(4):
        time += list(3600.0 * (8.2 * cycle + t)) + list(3600.0 * (8.2 * cycle + 4.1 + t))
        amps += [*(1e-4 * (falls if way == 1 else even)), *(-1e-4 * (falls if way == -1 else even))]
        volts += [*np.minimum(3.6 + 0.3 * t, 4.2), *np.maximum(4.1 - 0.3 * t, 3.5)]
    return table(time, amps, volts)


def test_a_charge_that_is_held_at_its_voltage_is_read_off() -> None:
    (stage,) = iw.Protocol.from_measured(held_at_the_end(1), cell=FULL).to_dict()["stages"]
    rates = [float(stage[name].split()[0]) for name in ("c_rate", "hold_c_rate")]
    assert rates[1] / rates[0] == pytest.approx(np.exp(-2.0), rel=1e-3)


def test_a_discharge_that_is_held_is_refused_and_said() -> None:
    held = held_at_the_end(-1)
    (line,) = departures(with_holds(held.data, counted_half_cycles(held.data)), "full")
    assert line.startswith("the current of most discharges falls at their end")
    with pytest.raises(InputError, match="as at a held voltage"):
        iw.Protocol.from_measured(held, cell=FULL)


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"hold_c_rate": "0.05 C"}, "0.05 C"),
        ({"hold_c_rate": "0.05 C", "rest": "10 min"}, "0.05 C"),
        ({"hold_c_rate": "0.1 C", "discharge_c_rate": "0.5 C"}, "0.1 C"),
        ({}, None),
    ],
)
def test_a_voltage_that_was_held_is_read_back(said, read, numbered) -> None:
    protocol = iw.Protocol(**WINDOW, stages=[{"c_rate": "0.2 C", "cycles": 3} | said])
    rows = iw.simulate(FULL, protocol, seed=1).test.table()
    time, amps, volts = (rows[name].to_numpy() for name in ("Test Time / s", "Current / A", "Voltage / V"))
    steps = {name: rows[name].to_numpy() for name in ("Step Count / 1", "Cycle Count / 1")} if numbered else {}
    (stage,) = iw.Protocol.from_measured(table(time, amps, volts, steps), cell=FULL).to_dict()["stages"]
    assert (stage["c_rate"], stage.get("hold_c_rate"), stage["cycles"]) == ("0.2 C", read, 3)


def test_cells_and_protocols_that_do_otherwise_are_not_equal() -> None:
    document = UNLIKE.to_dict()
    assert iw.Protocol(**document) == UNLIKE
    stages = [{name: one for name, one in document["stages"][0].items() if name != "discharge_c_rate"}]
    assert iw.Protocol(**document | {"stages": stages}) != UNLIKE
    strip = iw.Protocol.strip(current_density="0.1 mA/cm^2", half_cycle_time="1 h", steps=5).to_dict()
    assert iw.Protocol(**strip) != iw.Protocol(**strip | {"one_way": False})
    assert iw.Cell(**SYMMETRIC.to_dict()) == SYMMETRIC
    assert iw.Cell(**SYMMETRIC.to_dict() | {"mechanisms": {"filament": False}}) != SYMMETRIC
