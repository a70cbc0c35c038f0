"""Missing lithium keeps its books: small integrations of one interface, with the laws of laws.voids alone."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent_interface import IndependentInterface, Numbers
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.special import wrightomega

from ionweld.laws import voids

Array = NDArray[np.float64]
V = 13.02e-6 / 96485.33212  # m3/C
MA_CM2, MAH_CM2 = 10.0, 3.6e4  # A/m2, C/m2
OPEN, CLOSED, MOMENT, MOVED, LIFTED, RETURNED = range(6)
REFERENCE = 1e-6  # m: a store of this size counts as one


@dataclass(frozen=True)
class Interface:
    """One column: theta_a, depth of voids, skin, lifted part, residual; resupply (A/m2) and closure by creep (1/s)."""

    theta_a: float = 0.4
    depth: float = 10e-6
    skin: float = 30e-9
    lifting: float = 0.05
    residual: float = 1e-3
    j_rep: float = 0.0
    k_c: float = 0.0

    def contact(self, y: Array) -> Array:
        # a trial step of the integrator may ask for less than nothing
        return voids.void_contact(self.theta_a, np.maximum(y[OPEN], 0.0), self.depth, self.residual)

    def rates(self, _t: float, y: Array, j: float) -> Array:
        """Return the rates of the states OPEN ... RETURNED; j is positive when lithium is stripped (A/m2)."""
        h_open, h_closed = y[OPEN], y[CLOSED]
        missing, cover = h_open + h_closed, voids.mean_cover(y[MOMENT], h_closed, self.skin)
        back = voids.returned_rate(self.contact(y), self.theta_a, self.j_rep, V)
        plated, stripped = max(-j, 0.0), max(j, 0.0)
        bridged = voids.bridging_rate(h_open, plated, self.skin, V)
        reopened = voids.reopening_rate(h_closed, stripped, cover, self.skin, V)
        fill_open = voids.filling_rate(h_open, missing, plated, self.lifting, self.skin, V)
        fill_closed = voids.filling_rate(h_closed, missing, plated, self.lifting, self.skin, V)
        shrinking = reopened + fill_closed + self.k_c * h_closed
        lifted = voids.lifted_rate(missing, plated, self.lifting, self.skin, V)
        return np.array(
            [
                V * stripped + reopened - bridged - fill_open - back - self.k_c * h_open,
                bridged - shrinking,
                voids.cover_moment_rate(h_closed, plated, shrinking, cover, V),
                V * j,
                lifted,
                back + self.k_c * missing,
            ]
        )

    def run(self, y: Array, j: float, charge: float, points: int = 2) -> Array:
        """Return the states over `charge` (C/m2) moved at j (A/m2), shape (6, points)."""
        end = charge / abs(j)
        scale = np.array([REFERENCE, REFERENCE, REFERENCE**2, REFERENCE, REFERENCE, REFERENCE])
        solved = solve_ivp(
            lambda t, z: self.rates(t, z * scale, j) / scale, (0.0, end), y / scale, t_eval=np.linspace(0.0, end, points),
            method="LSODA", rtol=1e-9, atol=1e-12,
        )  # fmt: skip
        assert solved.success
        return solved.y * scale[:, None]

    def cycle(self, cycles: int, j: float, charge: float) -> tuple[Array, Array]:
        """Strip and plate in turn; return the states at the ends of all strippings and of all platings."""
        y, stripped, plated = np.zeros(6), [], []
        for _ in range(cycles):
            y = self.run(y, j, charge)[:, -1]
            stripped.append(y)
            y = self.run(y, -j, charge)[:, -1]
            plated.append(y)
        return np.array(stripped).T, np.array(plated).T


def imbalance(y: Array) -> float:
    return float(y[OPEN] + y[CLOSED] - (y[MOVED] + y[LIFTED] - y[RETURNED]))


interfaces = st.builds(
    Interface,
    theta_a=st.floats(0.01, 1.0),
    depth=st.floats(1e-6, 30e-6),
    skin=st.floats(3e-9, 300e-9),
    lifting=st.floats(0.0, 1.0),
    residual=st.floats(0.0, 0.1),
    j_rep=st.floats(0.0, 5.0),
    k_c=st.floats(0.0, 1e-4),
)
steps = st.lists(st.tuples(st.floats(0.01, 5.0), st.booleans(), st.floats(1e-4, 1.0)), min_size=1, max_size=5)


@settings(max_examples=12)
@given(interfaces, steps)
def test_lithium_balance_closes_whatever_is_done(interface: Interface, steps: list[tuple[float, bool, float]]) -> None:
    y, turnover = np.zeros(6), 0.0
    for j, stripping, charge in steps:
        y = interface.run(y, j if stripping else -j, charge * MAH_CM2)[:, -1]
        turnover += V * charge * MAH_CM2
        # what is missing is a difference of integrals of some micrometres each, which scipy's method sums in many steps
        assert abs(imbalance(y)) <= 1e-11 * max(turnover, REFERENCE)
        assert min(y[OPEN], y[CLOSED], y[MOMENT] / REFERENCE) >= -1e-9 * REFERENCE
        assert interface.residual * interface.theta_a <= interface.contact(y) <= interface.theta_a * (1.0 + 1e-9)
        assert y[LIFTED] >= 0.0
        assert y[RETURNED] >= -1e-18


def test_a_microampere_heals_no_more_than_its_lithium() -> None:
    """Strip 1 mAh/cm2, plate 2 min at 1 uA/cm2: what is missing falls by at most that charge, and contact by a skin."""
    interface = Interface()
    stripped = interface.run(np.zeros(6), 0.1 * MA_CM2, MAH_CM2)[:, -1]
    charge = 1e-3 * MA_CM2 * 120.0
    plated = interface.run(stripped, -1e-3 * MA_CM2, charge)[:, -1]
    healed = stripped[OPEN] + stripped[CLOSED] - plated[OPEN] - plated[CLOSED]
    assert 0.5 * V * charge <= healed <= V * charge * (1.0 + 1e-9)
    gain = interface.contact(plated) - interface.contact(stripped)
    assert 0.0 < gain < 0.01


def test_waiting_heals_nothing_without_creep() -> None:
    interface = Interface()
    stripped = interface.run(np.zeros(6), MA_CM2, 0.5 * MAH_CM2)[:, -1]
    assert np.all(interface.rates(0.0, stripped, 0.0) == 0.0)


def test_contact_returns_within_a_skin_and_voids_stay_below_it() -> None:
    interface = Interface(lifting=1.0)
    stripped = interface.run(np.zeros(6), MA_CM2, MAH_CM2)[:, -1]
    plated = interface.run(stripped, -MA_CM2, 12.0 * interface.skin / V)[:, -1]
    assert interface.contact(stripped) < 0.7 * interface.theta_a
    assert interface.contact(plated) > 0.99 * interface.theta_a
    assert plated[CLOSED] == pytest.approx(stripped[OPEN], rel=1e-3)
    assert voids.mean_cover(plated[MOMENT], plated[CLOSED], interface.skin) == pytest.approx(
        11.0 * interface.skin, rel=0.01
    )


def test_stripping_reaches_a_covered_void_after_its_cover() -> None:
    """Thickly covered voids come back later than thinly covered ones."""
    interface = Interface(lifting=1.0)
    stripped = interface.run(np.zeros(6), MA_CM2, MAH_CM2)[:, -1]
    contacts = []
    for cover in (0.1e-6, 1e-6, 10e-6):
        covered = interface.run(stripped, -MA_CM2, cover / V)[:, -1]
        contacts.append(float(interface.contact(interface.run(covered, MA_CM2, 0.2e-6 / V)[:, -1])))
    assert contacts == sorted(contacts)
    assert contacts[2] > contacts[0] + 0.05


def test_stripping_rises_like_a_wedge_and_hysteresis_is_behind_it() -> None:
    """1/theta rises over a stripping half cycle and has fallen after a small part of the plating one."""
    interface, charge = Interface(), 0.05 * MAH_CM2
    _, plated = interface.cycle(20, 0.1 * MA_CM2, charge)
    down = interface.run(plated[:, -1], 0.1 * MA_CM2, charge, 11)
    up = interface.run(down[:, -1], -0.1 * MA_CM2, charge, 11)
    stripping, plating = 1.0 / interface.contact(down), 1.0 / interface.contact(up)
    assert np.all(np.diff(stripping) > 0.0)
    both = stripping + plating  # two equal electrodes in series, out of phase
    after_the_skin = 4
    assert both[-1] > 1.02 * both[after_the_skin]
    assert plating[after_the_skin] - plating[-1] < 0.1 * (plating[0] - plating[-1])


def test_low_currents_leave_a_steady_contact_for_many_cycles() -> None:
    """Far below what creep resupplies, contact loses no more after the first cycles; far above it, it goes on losing."""
    supplied = Interface(theta_a=0.8, j_rep=10.0, k_c=1e-5)
    stripped, _ = supplied.cycle(60, 0.5, 0.25 * MAH_CM2)
    contact = supplied.contact(stripped)
    assert contact[-1] == pytest.approx(contact[10], rel=1e-3)
    assert contact[-1] > 0.9 * supplied.theta_a
    starved = replace(supplied, j_rep=0.01, k_c=0.0)
    lost, _ = starved.cycle(60, 0.5, 0.25 * MAH_CM2)
    assert starved.contact(lost)[-1] < 0.9 * starved.contact(lost)[10]


def test_plating_gives_all_lithium_back_and_contact_reaches_one() -> None:
    interface = Interface(theta_a=1.0)
    stripped = interface.run(np.zeros(6), MA_CM2, 0.5 * MAH_CM2)[:, -1]
    plated = interface.run(stripped, -MA_CM2, 1.5 * MAH_CM2)[:, -1]
    assert interface.contact(stripped) < 0.9
    assert interface.contact(plated) == pytest.approx(1.0, abs=1e-9)
    assert plated[OPEN] + plated[CLOSED] < 1e-9 * REFERENCE


@settings(max_examples=30)
@given(interfaces, st.floats(0.0, 3e-6), st.floats(0.0, 3e-6), st.floats(0.0, 3e-6), st.floats(0.0, 1e-6))
def test_plating_has_a_closed_form(
    interface: Interface, h_open: float, h_closed: float, cover: float, deposit: float
) -> None:
    """Without creep, the three closed forms are the integral of the rates."""
    interface = replace(interface, j_rep=0.0, k_c=0.0)
    deposit = deposit if deposit > 1e-12 else 0.0  # less than an atom: the integrator would not move
    start = np.array([h_open, h_closed, h_closed * cover, 0.0, 0.0, 0.0])
    end = interface.run(start, -1.0, deposit / V)[:, -1] if deposit else start
    missing = voids.plated_missing(h_open + h_closed, deposit, interface.lifting, interface.skin)
    still_open = voids.plated_open(h_open, h_open + h_closed, missing, deposit, interface.skin)
    mean = voids.plated_cover(cover, h_open, h_open + h_closed, deposit, interface.skin)
    assert missing == pytest.approx(end[OPEN] + end[CLOSED], rel=1e-5, abs=1e-7 * REFERENCE)
    assert still_open == pytest.approx(end[OPEN], rel=1e-5, abs=1e-7 * REFERENCE)
    assert mean * (missing - still_open) == pytest.approx(end[MOMENT], rel=1e-5, abs=1e-6 * REFERENCE**2)


def test_filling_is_wrights_omega_function() -> None:
    """Against scipy, from voids of no depth to voids of 0.1 mm."""
    start, deposit = np.meshgrid([0.0, 1e-12, 1e-9, 1e-8, 1e-6, 1e-4], [0.0, 1e-10, 1e-8, 1e-6, 1e-4])
    skin, lifting = 1e-8, 0.05
    relative = np.maximum(start / skin, 1e-30)
    expected = skin * wrightomega(relative + np.log(relative) - (1.0 - lifting) * deposit / skin)
    found = voids.plated_missing(start, deposit, lifting, skin)
    assert np.allclose(found, expected, rtol=1e-13, atol=0.0)


def test_two_statements_of_the_same_physics_agree() -> None:
    """The laws, integrated here in SI, against the independent cell in lab units: one bare column, three cycles."""
    interface = Interface(theta_a=0.35, depth=6e-6, skin=20e-9, lifting=0.4, j_rep=0.6, k_c=2e-6)
    mine, _ = interface.cycle(3, 1.0, 0.05 * MAH_CM2)
    numbers = Numbers(
        T=353.15, P=0.1, bulk=200.0, sigma=3e-4, length=1000.0, R_t=100.0, assembly=np.full((2, 1), 0.35),
        flaw=np.ones((2, 1)), depth=6.0, skin=0.02, lifting=0.4, residual=1e-3, j_rep=0.06, k_c=2e-6 * 3600.0,
        strength=1e4,
    )  # fmt: skip
    cell, y, t = IndependentInterface(numbers), IndependentInterface(numbers).start(), 0.0
    for half in range(5):  # the positive side, stripped first
        _, y, _ = cell.advance(y, t, 0.1 if half % 2 == 0 else -0.1, 0.5, np.zeros(0))
        t += 0.5
    columns, shared = cell.split(y)
    assert columns[1, OPEN, 0] == pytest.approx(1e6 * mine[OPEN, -1], rel=1e-5)
    assert columns[1, CLOSED, 0] == pytest.approx(1e6 * mine[CLOSED, -1], rel=1e-5)
    assert columns[1, MOMENT, 0] == pytest.approx(1e12 * mine[MOMENT, -1], rel=1e-5)
    assert shared[1, -3:] == pytest.approx(1e6 * mine[MOVED:, -1], rel=1e-5)
    assert cell.imbalance(y) < 1e-12


@given(st.floats(0.0, 0.9), st.floats(0.01, 1.0), st.floats(0.1, 10.0))
def test_contact_rests_where_supply_meets_stripping(ratio: float, theta_a: float, j_rep: float) -> None:
    theta = theta_a * (1.0 - ratio)
    assert voids.returned_rate(theta, theta_a, j_rep, V) == pytest.approx(V * ratio * j_rep, abs=1e-24)


@given(st.floats(0.01, 1.0), st.floats(0.0, 1e-3), st.floats(1e-6, 3e-5), st.floats(0.0, 0.1))
def test_first_voids_take_their_area(theta_a: float, h_open: float, depth: float, residual: float) -> None:
    assert voids.void_contact(theta_a, 0.0, depth, residual) == pytest.approx(theta_a)
    small = 1e-5 * depth * theta_a
    assert theta_a - voids.void_contact(theta_a, small, depth, residual) == pytest.approx(small / depth, rel=1e-3)
    assert residual * theta_a <= voids.void_contact(theta_a, h_open, depth, residual) <= theta_a * (1 + 1e-12)


@given(st.floats(0.0, 1e-5), st.floats(0.0, 1e-5), st.floats(1e-9, 10.0), st.floats(0.0, 1.0), st.floats(1e-9, 1e-6))
def test_plated_lithium_is_shared_out_whole(
    h_open: float, h_closed: float, j: float, lifting: float, skin: float
) -> None:
    missing = h_open + h_closed
    filled = sum(voids.filling_rate(store, missing, j, lifting, skin, V) for store in (h_open, h_closed))
    assert filled + voids.lifted_rate(missing, j, lifting, skin, V) == pytest.approx(V * j, rel=1e-12, abs=1e-30)
    assert 0.0 <= filled <= V * j * (1.0 + 1e-12)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1e8), st.floats(1e5, 1e6))
def test_pressure_keeps_lithium_in_the_voids(free: float, P: float, yield_stress: float) -> None:
    share = voids.lifted_share(free, P, yield_stress)
    assert 0.0 <= share <= free
    assert share >= voids.lifted_share(free, 2.0 * P, yield_stress)
    assert voids.lifted_share(free, 0.0, yield_stress) == free
