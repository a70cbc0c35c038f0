"""What is oxidised at the cathode in the first charges: against an integration by hand, in the books, and where it is not."""

from dataclasses import replace

import numpy as np
import pytest
from full_cells import full_document, full_parameters, make_window

from ionweld.analyse.cycling import cycles
from ionweld.laws.cathode import plateau_potential
from ionweld.simulate.cell import simulate
from ionweld.simulate.mechanisms import ORDINARY, named
from ionweld.simulate.run import SimulatedTest
from ionweld.spec.cell import parse_cell
from ionweld.spec.library import Entry

FILM = "cathode_film"
SHARE, RATE = 0.08, 0.05 / 3600.0  # of 2 mg/cm2 of 170 mAh/g, and 1/s at 80 degC


def filming(**values: float) -> Entry:
    """Return the pair with a film, and without any other way of electrons past the cathode."""
    known = full_parameters(electronic_leak=0.0, **values)
    numbers = {
        name: replace(known.quantity("usable_fraction"), value=value, low=None, high=None)
        for name, value in (("film_share", SHARE), ("film_rate", RATE))
    }
    return replace(known, properties=known.properties | numbers, mechanisms=(*known.mechanisms, FILM))


def run_of(entry: Entry, **conditions: str) -> SimulatedTest:
    cell = parse_cell(full_document(**conditions) | {"mechanisms": {"filament": False}})  # which take from the foil too
    return simulate(cell, make_window(cycles=3), entry, "s0", tolerance=1e-8)


@pytest.fixture(scope="module")
def filmed() -> SimulatedTest:
    return run_of(filming())


def test_the_film_grows_as_an_integration_by_hand_says(filmed: SimulatedTest) -> None:
    """dx/dt = k (1 - x) V <1/U>: ln(1 - x) falls by the integral, here by trapezia of 5 min over 30 h."""
    table, drawn = filmed.measurement.table, filmed.conditions
    t, V = (table[name].to_numpy() for name in ("Test Time / s", "Voltage / V"))
    z = filmed.states["Lithiated fraction, mean / 1"].to_numpy()
    U = plateau_potential(z, drawn.number("plateau"), drawn.number("slope"), drawn.number("edge"))
    x = filmed.states["Film on the cathode / 1"].to_numpy()
    by_hand = 1.0 - np.exp(-RATE * np.trapezoid(V / U, t))
    assert by_hand > 0.7
    assert x[-1] == pytest.approx(by_hand, rel=5e-3)


def test_what_the_film_takes_is_the_cathodes_loss_and_the_salts_debt(filmed: SimulatedTest) -> None:
    """All current plates lithium, the cathode's and the salt's; what is missing of the efficiency is the film's charge."""
    whole = SHARE * 2e-2 * 170.0 * 3600.0  # kg/m2 times Ah/kg, C/m2
    taken = whole * filmed.state("filmed")[:, 0]
    assert filmed.state("charge_past")[:, 0] == pytest.approx(taken, rel=1e-12)
    through = (filmed.state("charge") + filmed.state("charge_past"))[:, 0]
    assert filmed.state("lithium")[:, 0] == pytest.approx(filmed.conditions.number("v_li") * through, rel=1e-12)
    assert max(filmed.charge_error, filmed.lithium_error, filmed.energy_error) < 1e-12


def test_the_loss_is_that_of_formation(filmed: SimulatedTest) -> None:
    """The efficiency begins low and rises, by about what the film takes; without one it is that of the cathode alone."""
    bare = run_of(replace(filming(), mechanisms=full_parameters().mechanisms))
    lost = [1.0 - cycles(run.measurement, "charge")["coulombic_efficiency"].to_numpy() for run in (filmed, bare)]
    extra = lost[0] - lost[1]
    assert (np.diff(extra) < 0.0).all()
    table = cycles(filmed.measurement, "charge")
    moved = table["charge_capacity_Ah"].to_numpy() * 3600.0 / filmed.measurement.context.area_m2
    taken = np.diff(filmed.state("charge_past")[1::2, 0], prepend=0.0)
    assert extra == pytest.approx(taken / moved, rel=0.05)  # beside it the depth of the cycle shifts a little


def test_a_film_grows_faster_in_the_heat(filmed: SimulatedTest) -> None:
    cold = run_of(filming(), temperature="70 degC")
    factor = np.exp(50e3 / 8.314462618 * (1 / 343.15 - 1 / 353.15))
    assert cold.conditions.number("film_speed") * factor == pytest.approx(filmed.conditions.number("film_speed"))


def test_no_cell_has_a_film_that_does_not_ask_for_it() -> None:
    assert FILM not in ORDINARY
    assert named(replace(full_parameters(), mechanisms=("ordinary", FILM))) == (*ORDINARY, FILM)
    assert named(replace(full_parameters(), mechanisms=())) == ORDINARY
    cell = parse_cell(full_document() | {"mechanisms": {"cathode": False}})
    off = simulate(cell, make_window(cycles=1), filming(), "s0")
    assert not off.conditions.layout.has("shared", "filmed")
    assert off.state("charge_past")[-1, 0] == 0.0
