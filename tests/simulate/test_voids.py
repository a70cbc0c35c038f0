"""The ordinary laws of an interface: books of lithium that close, filaments that dissolve, gaps that open, ramps."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from full_cells import full_parameters, make_full, make_window
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from independent_interface import IndependentInterface, Numbers
from scipy.integrate import solve_ivp
from spine_cells import WELDED, cell_document, make_protocol, voltages

from ionweld.analyse.cycling import critical_current
from ionweld.errors import SpecError
from ionweld.laws.voids import void_contact
from ionweld.numerics.ode import NOTHING
from ionweld.simulate.cell import Outcome, SimulatedTest, simulate
from ionweld.simulate.course import CellCourse
from ionweld.simulate.critical import interface_resistances, one_way_charge
from ionweld.simulate.impedance import low_frequency_resistance
from ionweld.simulate.schedule import schedule
from ionweld.simulate.snapshot import BEFORE, moment
from ionweld.simulate.watch import EVENTS
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.library import Entry, assumption, entry
from ionweld.spec.protocol import AnyProtocol, by_time, parse_protocol

FEW = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
V_LI = 13.02e-6 / 96485.33212


def ordinary(**values: float) -> Entry:
    """Return the numbers of the paper's pair under the ordinary laws, some of them, or of the assumptions, replaced."""
    known = replace(entry("Li | Li2OHCl"), mechanisms=())
    stated = {name: known.properties.get(name) or assumption(f"usual_{name}") for name in values}
    changed = {name: replace(stated[name], value=value, low=None, high=None) for name, value in values.items()}
    return replace(known, properties=known.properties | changed)


def with_film(known: Entry, value: float) -> Entry:
    """Return the numbers with a film of a resistance (ohm m2), meant at the paper's temperature."""
    film = replace(known.quantity("charge_transfer_resistance"), value=value, low=None, high=None)
    return replace(known, properties=known.properties | {"film_resistance": film})


def cell(volume: str | None = None, filament: bool = True, **conditions: str) -> CellSpec:
    document: dict[str, Any] = cell_document(volume, **({"stack_pressure": "1 MPa"} | conditions))
    document["electrolyte"] = {"material": "Li2OHCl", "thickness": "1 mm", "diameter": "10 mm"}
    document["electrodes"]["negative"]["thickness"] = "1 mm"
    document["mechanisms"] = {"filament": filament}
    return parse_cell(document)


def steps(*stages: tuple[float, float], rest: str = "0 s", limit: str = "10 kV", first: str = "charge") -> AnyProtocol:
    """Return first half cycles alone (mA/cm2, h): the positive electrode is stripped on charge."""
    listed = [
        {"current_density": f"{j} mA/cm^2", "half_cycle_time": f"{h} h", "cycles": 1, "rest": rest} for j, h in stages
    ]
    document = {"name": "t", "first_half_cycle": first, "voltage_limit": limit, "stages": listed, "one_way": True}
    return parse_protocol(document)


def ramp(**more: Any) -> AnyProtocol:
    rising = {"start": "0.05 mA/cm^2", "factor": "1.5", "half_cycle_time": "0.5 h", "highest": "20 mA/cm^2"}
    document = {"name": "ramp", "first_half_cycle": "charge", "voltage_limit": "20 V", "record_every": "10 min"}
    return parse_protocol(document | {"ramp": rising | more})


# the books


@FEW
@given(
    P=st.sampled_from(["0.02 MPa", "0.3 MPa", "3 MPa", "20 MPa"]),
    T=st.sampled_from(["25 degC", "80 degC"]),
    j=st.sampled_from([0.01, 0.1, 0.5]),
    volume=st.sampled_from([None, "0.1 uL", WELDED]),
    seed=st.sampled_from("abcdef"),
)
def test_every_atom_is_on_the_books(P: str, T: str, j: float, volume: str | None, seed: str) -> None:
    protocol = make_protocol((j, 0.5, 3), (2 * j, 0.3, 2), rest="20 min", limit="1000 V")
    run = simulate(cell(volume, stack_pressure=P, temperature=T), protocol, ordinary(), seed)
    assert run.voids_error < 1e-12
    assert run.lithium_error < 1e-12
    assert run.charge_error < 1e-12
    for name in ("open", "closed", "angle"):
        assert (run.state(name) > -1e-12).all()
    assert (run.conditions.column("assembly") <= 1.0).all()


def test_a_microampere_heals_no_more_than_its_lithium() -> None:
    """Strip 1 mAh/cm2, then plate two minutes at 1 uA/cm2."""
    lonely = cell(stack_pressure="1 Pa", filament=False)
    alone = ordinary(replenishing_current=0.0, vacancy_supersaturation=1e-6)
    stripped = simulate(lonely, steps((1.0, 1.0)), alone, "s0")
    missing = (stripped.state("open") + stripped.state("closed"))[-1, 1]
    assert missing.mean() == pytest.approx(V_LI * 3.6e4, rel=1e-3)  # through the contact
    healed = heal(stripped, steps((0.001, 1 / 30), first="discharge"))
    came = V_LI * 0.01 * 120.0
    assert 0.0 < missing.mean() - healed.mean() <= came * (1 + 1e-9)


def heal(run: SimulatedTest, plating: AnyProtocol) -> np.ndarray:
    """Plate what a run stripped, and return what is missing at its stripped interface then (m)."""
    start = replace(run.conditions, y=run.snapshots[-1].copy())
    course = CellCourse(start, 1e-6, np.zeros(EVENTS, dtype=np.bool_))
    assert course.run(schedule(start.cell, by_time(plating))) == NOTHING
    return (course.state("open") + course.state("closed"))[1]


def test_waiting_heals_only_by_what_creep_and_diffusion_bring() -> None:
    run = simulate(cell(), steps((0.5, 1.0), rest="5 h"), ordinary(), "s0")
    missing = (run.state("open") + run.state("closed"))[:, 1].mean(axis=1)
    returned = run.state("returned")[:, 1]
    assert missing[0] > missing[1] > 0.0
    assert missing[0] - missing[1] == pytest.approx(returned[1] - returned[0], rel=1e-9)


def test_plateaus_are_wedges_because_voids_are_covered_before_they_are_filled() -> None:
    run = simulate(cell(), make_protocol((0.2, 1.0, 4)), ordinary(replenishing_current=0.0), "s0")
    step = run.measurement.table["Step Count / 1"].to_numpy()
    volts = np.abs(voltages(run))[step == 8]
    assert volts[-1] > volts[2]
    assert run.states["Occluded voids, negative / m"].to_numpy().max() > 0.0


def test_contact_is_the_law_of_open_voids() -> None:
    run = simulate(cell(), steps((0.5, 1.0)), ordinary(), "s0")
    assembly, h_open = run.conditions.column("assembly")[1], run.state("open")[-1, 1]
    depth, residual = run.conditions.number("void_depth"), run.conditions.number("residual")
    assert run.states["Contact, positive / 1"].to_numpy()[-1] == pytest.approx(
        void_contact(assembly, h_open, depth, residual).mean(), rel=1e-5
    )


def test_contact_while_plating_follows_the_two_stores_from_where_it_began() -> None:
    """As in the table of laws.voids: a skin covers open voids, and filling takes open and occluded ones alike."""
    seen = moment(simulate(cell(filament=False), steps((0.5, 1.0)), ordinary(), "s0"), 0)
    start, y, numbers = seen.conditions, seen.y.copy(), seen.numbers.copy()
    rows = {name: y[start.layout.state(name, start.n)].reshape(2, -1) for name in ("open", "closed", "deposit")}
    rows["closed"][1], rows["deposit"][1] = 3e-6, 5e-9
    numbers[start.layout.place("numbers", "current")] = -1.0  # the positive electrode, stripped before, is plated
    plated = replace(seen, y=y, numbers=numbers)
    skin, lifting = seen.number("skin"), seen.number("lifting")

    def filling(_d: float, h: np.ndarray) -> list[float]:
        bridged, filled = h[0] / skin, (1.0 - lifting) * h / (h.sum() + skin)
        return [-bridged - filled[0], bridged - filled[1]]

    for i in (0, start.n - 1):
        began = [rows["open"][1, i], rows["closed"][1, i]]
        ended = solve_ivp(filling, (0.0, 5e-9), began, rtol=1e-10, atol=1e-18).y[:, -1]
        expected = [
            void_contact(plated.column("pressed")[1, i], h, seen.number("void_depth"), seen.number("residual"))
            for h in (ended[0], began[0])
        ]
        assert plated.column("contact")[1, i] == pytest.approx(expected[0], rel=1e-7)
        assert seen.column("contact")[1, i] == pytest.approx(expected[1], rel=1e-7)
        assert expected[0] > 1.01 * expected[1]


def test_pressure_brings_every_column_to_full_contact() -> None:
    run = simulate(cell(stack_pressure="20 MPa"), make_protocol((0.01, 0.1, 1)), ordinary(), "s0")
    assert (run.conditions.column("assembly") == 1.0).all()


@pytest.mark.parametrize("volume", [None, WELDED])
def test_a_full_cell_keeps_the_same_books(volume: str | None) -> None:
    pair = replace(full_parameters(), mechanisms=())
    run = simulate(make_full(volume, stack_pressure="1 MPa"), make_window(cycles=6), pair, "s0")
    for error in (run.charge_error, run.lithium_error, run.energy_error, run.voids_error):
        assert error < 1e-12
    assert [event.kind for event in run.events] == ["first bridge"]  # at 80 degC a filament crosses within a charge
    assert run.states["Occluded voids, negative / m"].to_numpy().max() > 0.0


# a second time, independently


@pytest.mark.parametrize(("volume", "chi"), [(None, 0.0), (WELDED, 1.0)])
def test_voltage_agrees_with_the_independent_interface(volume: str | None, chi: float) -> None:
    """By another hand, in lab units, plating integrated instead of in closed form."""
    changed = ordinary(
        replenishing_current=2e-6, interphase_growth=0.0, void_depth=5e-6, conversion_rate=0.0, densification_rate=0.0
    )
    changed = with_film(changed, 2e-3)
    made = cell(volume, filament=False, stack_pressure="0.5 MPa")
    run = simulate(made, make_protocol((0.3, 0.5, 2), limit="100 V"), changed, "s0", columns=4, tolerance=1e-8)
    c = run.conditions
    other = IndependentInterface(
        Numbers(
            T=353.15, P=0.5, bulk=1e4 * c.number("bulk"), sigma=1e-2 * c.number("sigma"), length=1e6 * c.number("length"),
            R_t=1e4 * c.number("clean"), film=20.0, assembly=c.column("assembly"), flaw=np.ones((2, 4)),
            depth=1e6 * c.number("void_depth"), skin=1e6 * c.number("skin"), lifting=c.number("lifting"),
            residual=c.number("residual"), j_rep=0.1 * c.number("resupply"), k_c=c.number("closure") * 3600.0, spots=1e4, strength=1e3,
            chi_0=chi, followed=c.number("followed"), strain=c.number("strain"),
            liquid=1e6 * c.number("gap_liquid"),
        )
    )  # fmt: skip
    table = run.measurement.table
    step, times = table["Step Count / 1"].to_numpy(), table["Step Time / s"].to_numpy() / 3600.0
    rows, _, short = other.cycle(0.3, 0.5, 2, times[step == 1])
    assert short is None
    mine = np.abs(voltages(run)).reshape(rows.shape)
    # while plating covers a void, the simulator leaves out what diffuses back into it
    assert mine == pytest.approx(1e-3 * rows, rel=1e-4)


# filaments


def test_a_film_resists_as_charge_transfer_does_but_drives_no_filament() -> None:
    """Warmer, it conducts better by the activation energy of charge transfer; a spectrum and a current see all of it."""
    found = []
    for value in (0.0, 5e-3):
        known = with_film(ordinary(residual_depth_floor=1.0), value)
        protocol = make_protocol((1.0, 0.1, 1), limit="1000 V")
        found.append(simulate(cell(temperature="60 degC"), protocol, known, "s0", columns=1))
    plain, filmed = found
    assert plain.state("angle").max() > 0.1
    assert filmed.state("angle").max() == pytest.approx(plain.state("angle").max(), rel=1e-6)
    E_t = filmed.conditions.parameters["charge_transfer_activation_energy"]
    R_f = 5e-3 * np.exp(E_t / 8.31446261815324 * (1 / 333.15 - 1 / 353.15))
    added = 2.0 * R_f / filmed.conditions.column("assembly")[0, 0]
    assert voltages(filmed)[0] - voltages(plain)[0] == pytest.approx(10.0 * added, rel=1e-9)
    lowest = [low_frequency_resistance(run, BEFORE).area_specific_total for run in found]
    assert lowest[1] - lowest[0] == pytest.approx(added, rel=1e-9)


def test_a_filament_of_one_electrode_dissolves_when_that_is_stripped() -> None:
    weak = ordinary()
    run = simulate(cell(temperature="60 degC"), make_protocol((1.0, 0.1, 1), limit="1000 V"), weak, "s0")
    filament = run.state("angle")
    assert filament[0, 0].max() > 0.0  # the charge plates the negative electrode
    assert filament[0, 1].max() == 0.0
    assert filament[1, 0].max() < filament[0, 0].max()
    assert filament[1, 1].max() > 0.0


def test_a_short_needs_a_charge_in_one_go() -> None:
    """The same current, the same charge in all: short half cycles last, a long one does not."""
    shorted = {}
    for half, cycles in {0.05: 40, 4.0: 1}.items():
        protocol, all_back = make_protocol((1.0, half, cycles), limit="1000 V"), ordinary(filament_recovered=1.0)
        shorted[half] = bool(simulate(cell(temperature="60 degC"), protocol, all_back, "s0").events)
    assert shorted == {0.05: False, 4.0: True}


def test_stack_pressure_alone_shorts_a_cell() -> None:
    run = simulate(cell(stack_pressure="300 MPa"), make_protocol((0.001, 0.1, 1)), ordinary(), "s0")
    assert run.events[0].kind == "first short"
    assert run.events[0].time_s == 0.0


# the gap


def test_a_welded_gap_that_loses_190_um_of_lithium_tears() -> None:
    run = simulate(cell(WELDED, stack_pressure="0.01 MPa"), steps((0.2, 200.0)), ordinary(), "s0")
    opening = run.states["Opening of the gap, positive / m"].to_numpy()
    assert opening[-1] > 50e-6
    torn = moment(run, 0)
    assert torn.number("chi", 1) < 0.5 * torn.number("chi_start", 1)
    assert torn.number("chi", 0) == torn.number("chi_start", 0)  # the plated side has gained, not lost
    assert abs(voltages(run)[-1]) > 1.1 * abs(voltages(run)[len(voltages(run)) // 50])


# ramps, and what is read off them


def test_a_ramp_rises_until_the_short() -> None:
    run = simulate(cell(), ramp(), ordinary(), "s0")
    found = critical_current(run.measurement)
    assert run.outcome is Outcome.SHORTED
    assert found.cause == "short"
    assert found.critical_A_m2 is not None
    assert found.failing_A_m2 == pytest.approx(1.5 * found.critical_A_m2, rel=1e-5)  # cycles are told in five digits


def test_a_ramp_that_is_borne_ends_with_the_charge_of_its_last_half_cycle() -> None:
    run = simulate(cell(), ramp(highest="0.08 mA/cm^2"), ordinary(), "s0")
    found = critical_current(run.measurement)
    assert (found.cause, found.failing_A_m2) == ("none", None)
    assert found.critical_A_m2 == pytest.approx(0.75, rel=1e-4)
    assert found.charge_C_m2 == pytest.approx(0.75 * 1800.0, rel=1e-4)


def test_a_hotter_cell_bears_more() -> None:
    found = [
        critical_current(simulate(cell(temperature=f"{T} degC"), ramp(), ordinary(), "s0").measurement)
        for T in (40, 60, 90)
    ]
    currents = [one.critical_A_m2 or 0.0 for one in found]
    assert currents[0] <= currents[1] <= currents[2]
    assert currents[0] < currents[2]


def test_charge_per_half_cycle_makes_the_time() -> None:
    protocol = parse_protocol(
        {
            "name": "r", "first_half_cycle": "charge", "voltage_limit": "5 V",
            "ramp": {"start": "1 mA/cm^2", "step": "1 mA/cm^2", "half_cycle_charge": "1 mAh/cm^2", "highest": "3 mA/cm^2"},
        }
    )  # fmt: skip
    assert [stage.half_cycle_time.value for stage in protocol.stages] == pytest.approx([3600.0, 1800.0, 1200.0])
    assert [stage.current_density.value for stage in protocol.stages] == pytest.approx([10.0, 20.0, 30.0])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"factor": "0.9"}, "does not rise"),
        ({"step": "0.1 mA/cm^2"}, "step and factor"),
        ({"highest": "0.01 mA/cm^2"}, "below the start"),
        ({"half_cycle_charge": "1 mAh/cm^2"}, "half_cycle_time and half_cycle_charge"),
        ({"factor": "1.0000001"}, "1000 steps"),
        ({"start": "fast"}, "'fast'"),
    ],
)
def test_a_ramp_that_cannot_be_is_refused(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(SpecError, match=said) as caught:
        ramp(**wrong)
    assert len(caught.value.faults) == 1, "stages are not missing because a ramp is wrong"


def test_one_way_charge_and_resistance_of_each_side() -> None:
    lonely, alone = (
        cell(stack_pressure="0.1 MPa", filament=False),
        ordinary(replenishing_current=0.0, vacancy_supersaturation=1e-6),
    )
    run = simulate(lonely, steps((5.0, 10.0), limit="5 V"), alone, "s0")
    assert run.outcome is Outcome.VOLTAGE_LIMIT
    assert one_way_charge(run) == pytest.approx(50.0 * run.events[-1].time_s, rel=1e-9)
    before, after = interface_resistances(run, BEFORE), interface_resistances(run, 0)
    assert len(before) == 2
    assert after[1] > before[1]  # the positive electrode was stripped
    for told, half_cycle in ((before, BEFORE), (after, 0)):
        whole = low_frequency_resistance(run, half_cycle)
        beside_pellet = whole.area_specific_total - whole.area_m2 * (whole.grains + whole.boundaries)
        assert 0.7 * beside_pellet < sum(told) < beside_pellet * (1.0 + 1e-9)  # each side's columns by themselves
