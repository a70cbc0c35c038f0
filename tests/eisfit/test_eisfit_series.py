"""Series with known truth: activation energies, a phase transition, growth over cycles, geometry, names of arcs."""

from itertools import pairwise

import numpy as np
import pytest

from ionweld.analyse.eis.arcs import by_label, classes, name_arcs, nearest_class
from ionweld.analyse.eis.arrhenius import K_EV, arrhenius, arrhenius_fit
from ionweld.analyse.eis.cycles import changes
from ionweld.analyse.eis.fit import CircuitFit, fit
from ionweld.analyse.eis.geometry import conduction
from ionweld.analyse.eis.joint import at_solution, joint_fit
from ionweld.errors import InputError
from ionweld.measurement.impedance import SampleGeometry
from ionweld.simulate.spectra import frequencies, simulate_spectrum
from ionweld.spec.circuit import circuit

SWEEP = frequencies(1e7, 1.0, 50)
CIRCUIT = "p(Rb,CPEb)-p(Rgb,CPEgb)-CPE1"
FOIL = SampleGeometry(np.pi * 3e-3**2, "foil, 6 mm", 1.15e-3, 2)


def pellet_fits(T: np.ndarray, bulk_eV: np.ndarray | float, seed: int, noise: float = 0.005) -> list[CircuitFit]:
    """Return fits of a simulated pellet whose ln(sigma T) of bulk and grain boundary follow given lines."""
    found = []
    ln_bulk = -np.cumsum(np.diff(1 / T, prepend=1 / T[0]) * np.broadcast_to(bulk_eV, T.shape)) / K_EV
    for place, temperature in enumerate(T):
        R_b = 2e4 * (temperature / T[0]) * np.exp(-ln_bulk[place])
        R_gb = 8e4 * (temperature / T[0]) * np.exp(0.8 / K_EV * (1 / temperature - 1 / T[0]))
        truth = {
            "Rb": R_b, "CPEb.Q": 1e-11, "CPEb.n": 0.98, "Rgb": R_gb, "CPEgb.Q": 3e-9, "CPEgb.n": 0.92, "CPE1.Q": 1e-6,
            "CPE1.n": 0.85,
        }  # fmt: skip
        spectrum = simulate_spectrum(
            CIRCUIT, truth, SWEEP, noise=noise, seed=seed + place, temperature_K=temperature, geometry=FOIL
        )
        found.append(fit(spectrum, CIRCUIT))
    return found


def test_activation_energies_come_back_by_every_road() -> None:
    fits = pellet_fits(np.linspace(320, 400, 6), 0.6, seed=10)
    series, joint = arrhenius(fits, conduction(FOIL))
    truth = {"bulk": 0.6, "grain boundary": 0.8}
    for item in series[:2]:
        assert [energy.Ea_eV for energy in item.methods] == pytest.approx([truth[item.role]] * 4, abs=0.02)
        for energy in item.methods:
            assert abs(energy.Ea_eV - truth[item.role]) < 4 * energy.stderr_eV
        linked = item.methods[-1]
        assert linked.stderr_eV <= item.methods[1].stderr_eV * 1.05  # links add information
    assert [item.role for item in series] == ["bulk", "grain boundary", "total"]
    assert joint.link_p_value > 0.001


def test_the_other_convention_is_lower_by_about_kt() -> None:
    T = np.linspace(320, 400, 6)
    fits = pellet_fits(T, 0.6, seed=20)
    with_T = arrhenius(fits, conduction(FOIL))[0][0]
    without = arrhenius(fits, conduction(FOIL), convention="sigma")[0][0]
    assert with_T.Ea_eV - without.Ea_eV == pytest.approx(K_EV * T.mean(), rel=0.05)


def test_a_phase_transition_is_reported_not_averaged() -> None:
    T = np.arange(318.0, 409.0, 9.0)
    bulk = np.where(T <= 346, 1.0, 0.55)  # steeper below the transition
    series, _ = arrhenius(pellet_fits(T, bulk, seed=30), conduction(FOIL))
    transition = series[0].transition
    assert transition is not None
    assert transition.kind != "none"
    assert transition.T_low_K is not None
    assert transition.T_high_K is not None
    assert transition.T_low_K - 9 <= 345 <= transition.T_high_K + 9
    assert transition.Ea_below_eV is not None
    assert transition.Ea_above_eV is not None
    assert transition.Ea_below_eV[0] == pytest.approx(1.0, abs=0.1)
    assert transition.Ea_above_eV[0] == pytest.approx(0.55, abs=0.05)
    assert any("hides a transition" in warning for warning in series[0].warnings)
    boundary = series[1].transition
    assert boundary is not None
    assert boundary.kind == "none"


def test_a_series_needs_temperatures() -> None:
    fits = pellet_fits(np.array([320.0, 340.0]), 0.6, seed=40)
    with pytest.raises(InputError, match="three or more"):
        arrhenius(fits, conduction(FOIL))


def cycled(growth: float, seed: int, count: int = 2) -> list[CircuitFit]:
    found = []
    for cycle in range(count):
        factor = growth ** (cycle / (count - 1))
        truth = {
            "Rb": 1000.0, "Rgb": 800.0, "CPEgb.Q": 1e-9, "CPEgb.n": 0.95, "Ri": 2000.0 * factor, "CPEi.Q": 1e-6,
            "CPEi.n": 0.85,
        }  # fmt: skip
        text = "Rb-p(Rgb,CPEgb)-p(Ri,CPEi)"
        found.append(fit(simulate_spectrum(text, truth, SWEEP, noise=0.005, seed=seed + cycle), text))
    return found


@pytest.mark.parametrize("count", [2, 5])
def test_which_resistance_grew(count: int) -> None:
    found, _ = changes(cycled(7.0, seed=50, count=count))
    assert found[0].resistor == "Ri"
    assert found[0].role == "interface"
    assert found[0].verdict == "grew"
    assert found[0].ratio == pytest.approx(7, rel=0.05)
    assert found[0].ratio_ci95[0] < 7 < found[0].ratio_ci95[1] or found[0].ratio == pytest.approx(7, rel=0.02)
    others = {change.resistor: change for change in found[1:]}
    assert set(others) == {"Rb", "Rgb"}
    for change in others.values():
        assert change.ratio_ci95[0] < 1.05
        assert change.ratio_ci95[1] > 0.95
    if count > 2:
        assert found[0].per_cycle == pytest.approx(np.log(7) / (count - 1), rel=0.05)


def test_nothing_grew_is_said_about_as_often_as_meant() -> None:
    found = [change for seed in range(12) for change in changes(cycled(1.0, 100 + 10 * seed))[0]]
    false_alarms = [change.verdict != "unchanged within error" for change in found]
    assert np.mean(false_alarms) <= 0.17  # 5 % is meant; 36 draws


def test_a_joint_fit_without_links_is_the_separate_fits() -> None:
    fits = cycled(2.0, seed=60)
    joint = joint_fit(fits, [0, 1], {})
    assert joint.logs == pytest.approx(np.array([fit.logs for fit in fits]), abs=1e-4)
    size = len(fits[0].logs)
    assert joint.covariance[:size, size:] == pytest.approx(np.zeros((size, size)), abs=1e-12)
    assert at_solution(joint)[0].chi2 == pytest.approx(fits[0].chi2, rel=1e-6)


def test_area_is_said_aloud_and_spreading_is_capped_at_the_rim() -> None:
    plain, spread = conduction(FOIL), conduction(FOIL, 10e-3)
    assert plain.area_m2 == FOIL.area_m2
    assert "cover the whole pellet" in plain.said[1]
    assert spread.area_m2 / FOIL.area_m2 == pytest.approx((1 + np.log(2) / np.pi * 1.15 / 3) ** 2)
    assert "r_eff" in spread.said[1]
    assert conduction(FOIL, 6.2e-3).area_m2 == pytest.approx(np.pi * 3.1e-3**2)
    with pytest.raises(InputError, match="wider than the pellet"):
        conduction(FOIL, 5e-3)
    with pytest.raises(InputError, match="thickness and area"):
        conduction(SampleGeometry())


def test_area_specific_resistance_is_per_interface_and_electrode_area() -> None:
    # 500 ohm cm2 over two interfaces of 0.2827 cm2
    assert conduction(FOIL, 10e-3).area_specific(1000.0) == pytest.approx(1000 * 0.28274 / 2, rel=1e-4)
    assert conduction(SampleGeometry(1e-4, None, 1e-3, None)).area_specific(1000.0) is None


def test_conductivity_of_a_unit_cube() -> None:
    assert conduction(SampleGeometry(1e-4, None, 1e-2)).conductivity(1.0) == pytest.approx(1.0)  # S/cm


def test_classes_cover_their_own_readings() -> None:
    rows = classes()
    assert [row.role for row in rows] == ["bulk", "grain boundary", "interface", "cathode"]
    for left, right in pairwise(rows):
        assert left.high_F_per_cm == right.low_F_per_cm
    for capacitance, role in ((1e-12, "bulk"), (1e-9, "grain boundary"), (1e-6, "interface"), (1e-4, "cathode")):
        assert nearest_class(capacitance).role == role


def test_four_arcs_get_four_names() -> None:
    text = "p(R1,C1)-p(R2,C2)-p(R3,C3)-p(R4,C4)"
    made = circuit(text)
    values = {"R1": 1e4, "C1": 2e-12, "R2": 1e4, "C2": 1e-9, "R3": 1e3, "C3": 1e-6, "R4": 1e3, "C4": 3e-4}
    logs = np.log([values[name] for name in made.names])
    cube = SampleGeometry(1e-4, None, 1e-2)
    arcs = name_arcs(made, logs, np.geomspace(1, 1e9, 10), cube)
    assert [arc.role for arc in arcs] == ["bulk", "grain boundary", "interface", "cathode"]
    assert [arc.warning for arc in arcs] == [None] * 4
    narrow = name_arcs(made, logs, np.geomspace(1e3, 1e5, 10), cube)
    assert "above the measured window" in (narrow[0].warning or "")
    assert "below the measured window" in (narrow[3].warning or "")


def test_labels_speak_where_geometry_is_missing() -> None:
    assert [by_label(name) for name in ("Rb", "Rgb", "Ri", "Rc", "R1")] == [
        "bulk", "grain boundary", "interface", "cathode", None,
    ]  # fmt: skip
    made = circuit("p(Ri,C1)-p(R2,C2)")
    arcs = name_arcs(made, np.log([1e3, 1e-6, 1e3, 1e-3]), np.geomspace(0.1, 1e5, 10))
    assert [arc.role for arc in arcs] == ["interface", None]
    assert arcs[0].role_from == "label"
    assert "give thickness and area" in (arcs[1].warning or "")


@pytest.mark.parametrize("seed", [300, 301, 302])
def test_a_series_without_noise_is_met_to_the_last_digit(seed: int) -> None:
    fits = pellet_fits(np.linspace(320, 400, 5), 0.6, seed=seed, noise=0.0)
    series, _ = arrhenius(fits, conduction(FOIL))
    assert series[0].Ea_eV == pytest.approx(0.6, abs=1e-6)
    slope, error = arrhenius_fit(fits, "sigma T").slope("Rb")
    # R T^-1 carries the activation energy; the offset ln(T/T_ref) is a known part and no slope
    assert slope * K_EV == pytest.approx(0.6, abs=1e-6)
    assert np.isfinite(error)


def test_linked_parameters_stay_within_their_bounds() -> None:
    # half of the arc of a blocked pellet: its exponent runs to 1, and no further
    fits = pellet_fits(np.linspace(320, 400, 4), 0.6, seed=400, noise=0.02)
    names = fits[0].circuit.names
    joint = joint_fit(fits, [1.0, 2.0, 3.0, 4.0], {name: "smooth" for name in names if name.endswith(".n")})
    for fitted, logs in zip(fits, joint.logs, strict=True):
        assert np.all(logs <= fitted.problem.upper + 1e-9)
        assert np.all(logs >= fitted.problem.lower - 1e-9)


def test_the_slope_of_a_link_is_per_unit_of_its_coordinate() -> None:
    fits = pellet_fits(np.linspace(330, 390, 4), 0.6, seed=500)
    links = {name: "smooth" for name in fits[0].circuit.names if name.startswith("R")}
    one = joint_fit(fits, [0.0, 1.0, 2.0, 3.0], links).slope("Rgb")
    ten = joint_fit(fits, [0.0, 10.0, 20.0, 30.0], links).slope("Rgb")
    back = joint_fit(fits, [3.0, 2.0, 1.0, 0.0], links).slope("Rgb")
    assert one == pytest.approx((10.0 * ten[0], 10.0 * ten[1]), rel=1e-6)
    assert back[0] == pytest.approx(-one[0], rel=1e-6)
