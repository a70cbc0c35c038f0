"""The impedance of a cell is that of its states: limits, an independent network solver, and the twin's own equations."""

import cmath
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from full_cells import full_parameters, make_full, make_window
from hypothesis import given, settings
from hypothesis import strategies as st
from spine_cells import WELDED, make_cell, make_protocol, parameters

from ionweld.analyse.eis.kramers_kronig import kramers_kronig
from ionweld.errors import InputError
from ionweld.laws.small_signal import bounded_diffusion
from ionweld.laws.thermal import arrhenius
from ionweld.laws.transport import constriction_resistance
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.simulate.cell_spectra import cell_spectrum, pellet_spectrum, spectrum_of
from ionweld.simulate.impedance import (
    LithiumInterface,
    Network,
    ParallelArc,
    area_specific_impedance,
    low_frequency_resistance,
    network,
    resistances,
)
from ionweld.simulate.interface_shape import shape_of
from ionweld.simulate.snapshot import BEFORE, Moment, at_temperature, half_cycle_of, moment
from ionweld.simulate.spectra import FrequencySweep
from ionweld.spec.derived import conductivity
from ionweld.spec.library import entry
from ionweld.spec.pellet import parse_pellet
from ionweld.spec.quantity import parse_quantity

WINDOW = FrequencySweep(1e6, 0.1, 60)
PELLET = {
    "name": "pellet",
    "electrolyte": {"material": "Li2OHCl", "mass": "0.15 g", "diameter": "10 mm"},
    "electrode": {"diameter": "10 mm"},
}


@cache
def _shorted() -> SimulatedTest:
    """A bare symmetric cell that was cycled until it failed, so that a short lies beside its columns."""
    return simulate(make_cell(), make_protocol((0.1, 0.5, 60)), parameters(filament_focus=4000.0), "impedance")


@cache
def _cycled() -> SimulatedTest:
    return simulate(make_full(), make_window(cycles=3), full_parameters(), "impedance")


@pytest.fixture
def shorted() -> SimulatedTest:
    return _shorted()


@pytest.fixture
def cycled() -> SimulatedTest:
    return _cycled()


def _slow(made: Network) -> complex:
    return complex(area_specific_impedance(made, np.array([1e-9]))[0])


# limits


@pytest.mark.parametrize("half_cycle", [BEFORE, 3, -2])
def test_a_slow_current_through_a_symmetric_cell_meets_the_resistance_of_the_equations(
    shorted: SimulatedTest, half_cycle: int
) -> None:
    seen = moment(shorted, half_cycle if half_cycle >= BEFORE else len(shorted.snapshots) - 1)
    conductance, beside = seen.number("conductance"), seen.number("shunt")
    assert _slow(network(seen)).real == pytest.approx(1.0 / (conductance + beside), rel=1e-9)
    assert resistances(network(seen)).area_specific_total == pytest.approx(1.0 / conductance, rel=1e-12)


def test_the_short_of_a_failed_cell_lies_beside_its_columns(shorted: SimulatedTest) -> None:
    assert network(moment(shorted, 2)).beside == 0.0
    assert network(moment(shorted, len(shorted.snapshots) - 1)).beside > 0.0


def test_a_filament_that_shorts_crosses_the_pellet_and_none_did_before(shorted: SimulatedTest) -> None:
    last = shape_of(shorted, len(shorted.snapshots) - 1)
    assert not shape_of(shorted, BEFORE).bridged.any()
    assert last.bridged.any()
    assert last.filament[last.bridged] == pytest.approx(last.pellet, rel=1e-6)


def test_a_soft_short_is_counted_once() -> None:
    run = simulate(make_cell(WELDED), make_protocol((0.1, 0.5, 2)), parameters(soft_short_growth=1e-4), "soft")
    seen = moment(run, 3)
    assert network(seen).beside == pytest.approx(run.states["Short conductance / S m^-2"][-1], rel=1e-12)
    assert network(seen).beside > 0.0


def _with(seen: Moment, **numbers: float) -> Moment:
    """Return a moment with some of its numbers changed."""
    changed = seen.numbers.copy()
    for name, value in numbers.items():
        changed[seen.conditions.layout.place("numbers", name)] = value
    return replace(seen, numbers=changed)


def _charged(seen: Moment, z: float | np.ndarray) -> Moment:
    """Return a full cell whose columns have this lithiation."""
    y = seen.y.copy()
    y[seen.conditions.layout.state("lithiation", seen.conditions.n)] = z
    return replace(seen, y=y)


@given(z=st.floats(0.05, 0.95))
@settings(max_examples=20, deadline=None)
def test_a_slow_current_through_a_full_cell_meets_what_its_equations_say(z: float) -> None:
    """The voltage of the equations under a small current: its jump is the resistance, its drift the capacitance."""
    cycled = _cycled()
    seen = _charged(moment(cycled, half_cycle_of(cycled, 2, "discharge") or 0), z)
    seen, j, minute = _with(seen, sigma_e=0.0), -1e-3, 60.0
    at_rest, loaded = seen.number("voltage"), _with(seen, current=j)
    jump = loaded.number("voltage") - at_rest
    made = network(seen)
    parts = resistances(made)
    assert jump / j == pytest.approx(parts.area_specific_total + parts.diffusion * parts.area_m2, rel=1e-6)
    assert made.cathode is not None
    moved = np.mean(loaded.column("local")) * minute / seen.number("capacity")  # evened out over the columns
    drift = (_charged(seen, z - moved).number("voltage") - at_rest) / minute
    stored = made.cathode.active * made.cathode.capacitance[0]
    assert j / drift == pytest.approx(stored, rel=1e-3)
    omega = np.array([1e-9])
    Z = area_specific_impedance(made, omega)[0]
    assert -1.0 / (omega[0] * Z.imag) == pytest.approx(stored, rel=1e-3)  # beside it the double layer, 1e-4 of it


def test_a_direct_current_through_a_resting_full_cell_is_its_leak(cycled: SimulatedTest) -> None:
    made = network(moment(cycled, 3))
    Z = area_specific_impedance(made, np.array([1e-14]))
    assert Z[0].real == pytest.approx(1.0 / made.beside, rel=1e-3)


def test_the_parts_of_the_resistance_add_up_and_the_reading_is_near_the_spectrum(cycled: SimulatedTest) -> None:
    parts = low_frequency_resistance(cycled, BEFORE)
    assert parts.total * parts.area_m2 == parts.area_specific_total
    Z = cell_spectrum(cycled, BEFORE, WINDOW).impedance_ohm
    assert Z[-12].real == pytest.approx(parts.total, rel=0.05)
    assert Z[0].real == pytest.approx(parts.grains, rel=0.1)


@given(half_cycle=st.integers(-1, 5), n=st.floats(0.5, 1.0))
@settings(max_examples=15, deadline=None)
def test_a_spectrum_is_passive_and_obeys_kramers_kronig(half_cycle: int, n: float) -> None:
    cycled = _cycled()
    changed = {"interface_exponent": n, "cathode_exponent": n}
    known = {name: parse_quantity(value, "1") for name, value in changed.items()}
    start = cycled.conditions.under(cycled.conditions.parameters.updated(known))
    spectrum = cell_spectrum(replace(cycled, conditions=start), half_cycle, WINDOW)
    assert (spectrum.impedance_ohm.real > 0.0).all()
    assert (spectrum.impedance_ohm.imag < 0.0).all()
    assert kramers_kronig(spectrum).passes


def test_a_welded_interface_has_more_connected_area_so_less_resistance_and_more_capacitance() -> None:
    bare, welded = (
        simulate(make_cell(fill), make_protocol((0.1, 0.5, 1)), parameters(), "one") for fill in (None, WELDED)
    )
    dry, wet = network(moment(bare, BEFORE)), network(moment(welded, BEFORE))
    for one, other in zip(dry.interfaces, wet.interfaces, strict=True):
        assert (one.resistance > other.resistance).all()
        middle = np.array([[2e3]])  # above the arc of charge transfer, below those of layer and constriction
        assert ((1.0 / one.impedance(middle)).imag < (1.0 / other.impedance(middle)).imag).all()


def test_voids_bridge_the_constriction_and_the_layers_dielectric_the_layer_at_high_frequency() -> None:
    """Far above every arc the interface passes all current; a void of vacuum still stores what a plate capacitor would."""
    for fill in (None, WELDED):
        made = network(moment(simulate(make_cell(fill), make_protocol((0.1, 0.5, 2)), parameters(), "one"), 3))
        for side in made.interfaces:
            fast = side.impedance(np.array([[1e14]]))
            assert (np.abs(fast) < 1e-3 * side.resistance).all()
    dry = network(moment(simulate(make_cell(), make_protocol((0.1, 0.5, 2)), parameters(), "one"), 3)).interfaces[0]
    assert dry.void == pytest.approx(8.8541878e-12 / 10e-6, rel=1e-6)


@given(chi=st.floats(0.0, 1.0), theta=st.floats(1e-4, 1.0), layer=st.floats(1e-6, 1e3), spot=st.floats(1e-7, 1e-3))
def test_an_interface_takes_up_power_at_every_frequency_however_far_its_gap_is_filled(
    chi: float, theta: float, layer: float, spot: float
) -> None:
    constriction = float(constriction_resistance(theta, spot, 0.03))  # none is left where all touches
    side = LithiumInterface(
        ParallelArc(np.array([0.01]), np.array([0.01]), 0.9),
        ParallelArc(np.array([layer]), np.array([5e-5]), 1.0),
        np.array([theta]),
        np.array([constriction]),
        chi,
        9e-7,
    )
    Z = side.impedance(np.geomspace(1e-3, 1e12, 40)[:, None])
    assert (Z.real > 0.0).all()
    assert (Z.imag < 0.0).all()
    assert Z[0, 0].real == pytest.approx(side.resistance[0], rel=0.05)


def test_the_parts_of_an_interface_are_what_each_adds() -> None:
    bare, welded = (
        network(moment(simulate(make_cell(fill), make_protocol((0.1, 0.5, 2)), parameters(), "one"), 3)).interfaces[0]
        for fill in (None, WELDED)
    )
    for side in (bare, welded):
        assert sum(side.parts) == pytest.approx(1.0 / np.mean(1.0 / side.resistance), rel=1e-12)
    assert bare.parts[1] == pytest.approx(0.0, abs=1e-15), "a dry gap has no layer"
    assert bare.parts[2] > 0.0
    assert welded.parts[1] == pytest.approx(float(welded.layer.R[0]), rel=1e-9)
    assert welded.parts[2] == pytest.approx(0.0, abs=1e-15), "no current converges where all of the gap conducts"


# an independent solver of networks


Edges = list[tuple[int, int, complex]]


def _interface_edges(
    side: LithiumInterface, i: int, omega: float, start: int, free: int, weight: float
) -> tuple[Edges, int]:
    """Return the branches of one interface from `start` to a new node: contact, filled gap and void; and that node."""
    theta, chi, end = side.contact[i], side.filled, free
    Y_t = 1.0 / side.transfer.R[0] + side.transfer.Q[0] * (1j * omega) ** side.transfer.n
    Y_L = 1.0 / side.layer.R[0] + 1j * omega * side.layer.Q[0]
    edges = [(start, end, weight * (1.0 - chi) * (1.0 - theta) * 1j * omega * side.void)]
    contrast = chi * (1.0 / Y_t + chi / Y_L) / (1.0 / Y_t + 1.0 / Y_L)
    steps = [theta * Y_t]
    steps += [theta * Y_L / chi] if chi > 0.0 else []
    steps += [1.0 / (side.constriction[i] * (1.0 - contrast))] if chi < 1.0 else []
    branches = [steps]
    branches += [[chi * (1.0 - theta) * Y_t, chi * (1.0 - theta) * Y_L]] if chi > 0.0 else []
    free += 1
    for branch in branches:
        node = start
        for y in branch[:-1]:
            edges.append((node, free, weight * y))
            node, free = free, free + 1
        edges.append((node, end, weight * branch[-1]))
    return edges, end


def _nodal(made: Network, omega: float) -> complex:
    """Return Z of the network by Kirchhoff's laws: a matrix of admittances between numbered nodes, solved for 1 A."""
    edges: Edges = [(0, 1, made.beside)]
    n, free = made.columns.size, 2

    def of(arc: ParallelArc, i: int) -> complex:
        R, Q = (np.broadcast_to(value, n)[i] for value in (arc.R, arc.Q))
        return 1.0 / R + Q * (1j * omega) ** arc.n

    cathode = made.cathode
    for i in range(n):
        for weight, blocked in ((made.active, False), (1.0 - made.active, True)):
            if weight == 0.0:
                continue
            weight, node = weight / n, 0
            for arc in (made.grains, made.boundaries):
                edges.append((node, free, weight * of(arc, i)))
                node, free = free, free + 1
            for side in made.interfaces:
                more, node = _interface_edges(side, i, omega, node, free, weight)
                edges += more
                free = max(max(a, b) for a, b, _ in edges) + 1
            if cathode is None:
                edges.append((node, 1, 1e12))  # a wire
                continue
            Q = np.broadcast_to(cathode.transfer.Q, n)[i]
            edges.append((node, 1, weight * Q * (1j * omega) ** cathode.transfer.n))
            if not blocked:
                R = np.broadcast_to(cathode.transfer.R, n)[i]
                edges.append((node, free, weight / R))
                edges.append((free, 1, weight / _diffusion(omega, cathode.diffusion[i], cathode.capacitance[i])))
                free += 1
    matrix = np.zeros((free, free), dtype=complex)
    for a, b, y in edges:
        matrix[[a, b], [a, b]] += y
        matrix[[a, b], [b, a]] -= y
    matrix = np.delete(np.delete(matrix, 1, 0), 1, 1)  # node 1 is ground
    one_ampere = np.zeros(len(matrix))
    one_ampere[0] = 1.0
    return np.linalg.solve(matrix, one_ampere)[0]


def _diffusion(omega: float, R_d: float, C: float) -> complex:
    s = cmath.sqrt(3j * omega * R_d * C)
    return 3.0 * R_d / s * (1.0 + cmath.exp(-2.0 * s)) / (1.0 - cmath.exp(-2.0 * s))


@pytest.mark.parametrize("half_cycle", [BEFORE, 1, 4, 5])
def test_a_full_cell_agrees_with_kirchhoffs_laws(cycled: SimulatedTest, half_cycle: int) -> None:
    made, omega = network(moment(cycled, half_cycle)), np.geomspace(1e-3, 1e8, 12)
    assert area_specific_impedance(made, omega) == pytest.approx([_nodal(made, w) for w in omega], rel=1e-9)


def test_a_symmetric_cell_agrees_with_kirchhoffs_laws(shorted: SimulatedTest) -> None:
    omega = np.geomspace(1e-3, 1e8, 12)
    for half_cycle in (BEFORE, len(shorted.snapshots) - 1):
        made = network(moment(shorted, half_cycle))
        assert area_specific_impedance(made, omega) == pytest.approx([_nodal(made, w) for w in omega], rel=1e-9)


@pytest.mark.parametrize("volume", ["3 uL", "0.1 uL"])
def test_a_filled_gap_agrees_with_kirchhoffs_laws_and_with_the_equations(volume: str) -> None:
    run = simulate(make_full(volume), make_window(cycles=2), full_parameters(), "filled")
    made, omega = network(moment(run, 3)), np.geomspace(1e-3, 1e9, 13)
    assert made.interfaces[0].filled == (1.0 if volume == "3 uL" else pytest.approx(0.354, rel=0.01))
    assert area_specific_impedance(made, omega) == pytest.approx([_nodal(made, w) for w in omega], rel=1e-9)


def test_diffusion_is_the_limit_of_a_ladder_of_resistors_and_capacitors() -> None:
    R_d, C, n = 0.2, 5e3, 2000
    for omega in (1e-5, 1e-3, 1e-2):
        Z = 0j
        for link in range(n):  # from the blocked end: half a resistor on each side of every capacitor
            far = np.inf if link == 0 else 3 * R_d / n + Z
            Z = 1.0 / (1j * omega * C / n + 1.0 / far)
        Z += 1.5 * R_d / n
        assert bounded_diffusion(omega, R_d, C) == pytest.approx(Z, rel=1e-3)


@given(st.floats(1e-6, 1e6))
def test_diffusion_without_resistance_is_a_capacitor(omega: float) -> None:
    assert bounded_diffusion(omega, 0.0, 2.0) == pytest.approx(-1j / (2.0 * omega), rel=1e-12)


# moments


def test_a_rest_lets_the_contact_heal_and_changes_nothing_in_the_run(cycled: SimulatedTest) -> None:
    last = half_cycle_of(cycled, 3, "discharge") or 0
    before = cycled.snapshots.copy()
    fresh, rested = (low_frequency_resistance(cycled, last, rest).lithium for rest in (0.0, 7200.0))
    assert rested < fresh
    assert (cycled.snapshots == before).all()


def test_a_discharged_cell_may_rest_for_days(cycled: SimulatedTest) -> None:
    """Its leak goes on to fill the cathode: contact heals, the tail blocks, and the arcs stay finite."""
    last = len(cycled.snapshots) - 1
    fresh, rested = (low_frequency_resistance(cycled, last, hours * 3600.0) for hours in (0.0, 200.0))
    assert rested.lithium < fresh.lithium
    assert rested.diffusion > 1e6 * fresh.diffusion
    assert rested.total == pytest.approx(fresh.total, rel=0.9)


def test_half_cycles_are_found_by_cycle_and_direction(cycled: SimulatedTest) -> None:
    assert [half_cycle_of(cycled, 2, way) for way in ("charge", "discharge", None)] == [2, 3, 3]
    assert half_cycle_of(cycled, 4) is None


def test_at_another_temperature_only_what_is_activated_changes(cycled: SimulatedTest) -> None:
    seen = moment(cycled, 3)
    warm, cold = network(seen), network(at_temperature(seen, parse_quantity("60 degC", "K")))
    share = conductivity(entry("Li2OHCl"), 353.15) / conductivity(entry("Li2OHCl"), 333.15)
    assert pytest.approx([share]) == cold.grains.R / warm.grains.R
    factor = arrhenius(1.0, -cycled.conditions.parameters["cathode_activation_energy"], 333.15, 353.15)
    assert cold.cathode is not None
    assert warm.cathode is not None
    assert pytest.approx([factor]) == cold.cathode.transfer.R / warm.cathode.transfer.R
    assert cold.cathode.capacitance == pytest.approx(warm.cathode.capacitance)
    assert network(at_temperature(seen, parse_quantity("80 degC", "K"))).columns == pytest.approx(warm.columns)


def test_an_interphase_that_has_grown_stays_when_the_cell_is_cooled() -> None:
    grown = simulate(make_cell(), make_protocol((0.1, 0.5, 2)), parameters(interphase_growth=1e-4), "one")
    hot = moment(grown, 3)
    cold = at_temperature(hot, parse_quantity("60 degC", "K"))
    factor = arrhenius(1.0, -parameters()["charge_transfer_activation_energy"], 333.15, 353.15)
    assert hot.column("transfer").min() > 1.1 * hot.number("clean")
    assert cold.column("transfer") == pytest.approx(factor * hot.column("transfer"))


# as an instrument returns it


def test_a_spectrum_says_where_it_comes_from_and_is_the_same_again(cycled: SimulatedTest) -> None:
    noisy = replace(WINDOW, noise=0.005)
    one, same, other = (cell_spectrum(cycled, 3, noisy, seed=seed) for seed in ("a", "a", "b"))
    assert one.impedance_ohm.tolist() == same.impedance_ohm.tolist() != other.impedance_ohm.tolist()
    assert one.provenance == same.provenance
    assert one.provenance.kind == "simulated"
    assert len({one.provenance.sha256, other.provenance.sha256, cell_spectrum(cycled, 1, noisy).provenance.sha256}) == 3
    assert one.geometry.area_m2 == cycled.measurement.context.area_m2
    exact = cell_spectrum(cycled, 3, WINDOW).impedance_ohm
    assert np.std(np.abs(one.impedance_ohm / exact - 1.0)) < 0.005


def test_impossible_sweeps_are_refused(cycled: SimulatedTest) -> None:
    seen = moment(cycled, 3)
    for sweep in (replace(WINDOW, low_Hz=1e7), replace(WINDOW, points=1), replace(WINDOW, noise=1.0)):
        with pytest.raises(InputError):
            spectrum_of(cycled, seen, sweep)


def test_the_intercepts_of_a_pellet_are_its_resistance() -> None:
    pellet = parse_pellet(PELLET)
    spectrum = pellet_spectrum(pellet, 353.15, FrequencySweep(1e10, 1.0, 400))
    tail = np.argmin(-np.imag(spectrum.impedance_ohm[200:300])) + 200
    sigma, area = conductivity(entry("Li2OHCl"), 353.15), spectrum.geometry.area_m2 or 0.0
    R = (spectrum.geometry.thickness_m or 0.0) / (sigma * area)
    assert spectrum.impedance_ohm[tail].real == pytest.approx(R, rel=0.05)
    assert abs(spectrum.impedance_ohm[0]) < 0.02 * R


def test_the_dielectric_arc_of_a_hot_pellet_lies_far_above_any_window() -> None:
    grains = network(moment(simulate(make_cell(), make_protocol((0.1, 0.5, 1)), parameters(), "one"), BEFORE)).grains
    assert 3e7 < float(1.0 / (2.0 * np.pi * grains.R * grains.Q)[0]) < 3e8
    assert float(grains.Q[0]) * np.pi * 9e-6 == pytest.approx(3e-12, rel=0.05)


def test_below_its_transition_the_electrolyte_conducts_like_its_other_phase() -> None:
    known, T_c = entry("Li2OHCl"), entry("Li2OHCl")["transition_temperature"]
    assert conductivity(known, T_c) / conductivity(known, T_c - 1e-6) == pytest.approx(
        known["transition_drop"], rel=1e-4
    )
    inverse = np.array([1.0 / (T_c - 30.0), 1.0 / (T_c - 5.0)])
    slope = np.diff(np.log([conductivity(known, 1.0 / x) for x in inverse]))[0] / np.diff(inverse)[0]
    assert -slope * 8.314462618 == pytest.approx(known["orthorhombic_activation_energy"], rel=1e-9)
    assert conductivity(entry("LLZO"), 298.15) == pytest.approx(entry("LLZO")["conductivity"])
