"""Cells of a polymer: the gradient of its salt against finite volumes, Sand's time, filaments without cracks, closed books."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ionweld.laws import roughening, salt
from ionweld.result import EventKind
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.simulate.mechanisms import mechanisms_of
from ionweld.simulate.run import Outcome
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.derived import derive, library_parameters
from ionweld.spec.library import Library, entry
from ionweld.spec.protocol import HalfCycleProtocol, parse_protocol
from ionweld.spec.quantity import parse_quantity

GONE = "Salt missing at the negative electrode / 1"


def document(T: str = "70 degC", thickness: str = "0.1 mm", **switches: bool) -> dict[str, Any]:
    lithium = {"material": "Li", "diameter": "14 mm", "thickness": "3 mm"}
    film = {"material": "PEO-LiTFSI", "diameter": "16 mm", "thickness": thickness}
    return {
        "name": "polymer", "temperature": T, "stack_pressure": "0.5 MPa", "electrolyte": film,
        "electrodes": {"negative": lithium}, "mechanisms": switches,
    }  # fmt: skip


def program(
    j: float, hours: float, cycles: int, *, rest: str | None = None, one_way: bool = False
) -> HalfCycleProtocol:
    """Return cycles at a current (mA/cm2)."""
    stage = {"current_density": f"{j} mA/cm^2", "half_cycle_time": f"{hours} h", "cycles": cycles}
    return parse_protocol({
        "name": "test", "first_half_cycle": "charge", "voltage_limit": "5 V", "record_every": f"{hours / 20.0} h",
        "stop_at_short": True, "one_way": one_way, "stages": [stage if rest is None else stage | {"rest": rest}],
    })  # fmt: skip


def run_of(test: HalfCycleProtocol, columns: int = 1, cell: CellSpec | None = None, **conditions: Any) -> SimulatedTest:
    cell = cell or parse_cell(document(**conditions))
    return simulate(cell, test, library_parameters(cell), "s0", columns=columns)


def with_film(**numbers: str) -> CellSpec:
    """Return the cell with some numbers of its electrolyte replaced."""
    peo = entry("PEO-LiTFSI")
    units = {name: peo.quantity(name).unit for name in numbers}
    own = {name: parse_quantity(text, units[name]) for name, text in numbers.items()}
    return parse_cell(document()).of(Library({"PEO-LiTFSI": peo.updated(own)}))


def by_finite_volumes(run: SimulatedTest, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the salt missing at the negative electrode: Fick's second law with the flux at both ends, implicit steps."""
    cells, steps = 400, 4000
    derived, T = run.conditions.derived, run.conditions.cell.temperature.value
    film = entry("PEO-LiTFSI")
    c, t_plus, L = film["salt_concentration"], film["transference_number"], derived.pellet_thickness_m
    D = salt.salt_diffusivity(derived.conductivity_S_per_m, c, t_plus, T)
    h, dt = L / cells, times[-1] / steps
    r = D * dt / h**2
    matrix = np.diag(np.full(cells, 1.0 + 2.0 * r)) - r * np.eye(cells, k=1) - r * np.eye(cells, k=-1)
    matrix[0, 0] = matrix[-1, -1] = 1.0 + r
    inverse, u, seen = np.linalg.inv(matrix), np.zeros(cells), [0.0]
    ends, currents = np.array([leg.end for leg in run.legs]), [leg.current for leg in run.legs]
    for step in range(steps):
        j = currents[int(np.searchsorted(ends, (step + 0.5) * dt))]
        flux = (1.0 - t_plus) * j / 96485.33212  # out of the first cell, where lithium is plated
        u[0] -= flux * dt / h
        u[-1] += flux * dt / h
        u = inverse @ u
        seen.append(-(u[0] - flux * h / (2.0 * D)) / c)
    return np.interp(times, dt * np.arange(steps + 1), seen)


def test_the_gradient_is_that_of_fick() -> None:
    """Up, back and in rest; the one that is drawn off within a tenth of the longest wave's time is known to a twentieth."""
    run = run_of(program(0.5, 0.05, 2, rest="3 min"), filament=False)
    times = run.recorded.time
    limit = run.conditions.number("limiting")
    found, fick = run.states[GONE].to_numpy(), by_finite_volumes(run, times)
    assert np.abs(found - fick).max() < 0.04 * 5.0 / limit
    assert np.abs(found).max() > 0.5 * 5.0 / limit


def test_a_steady_current_takes_its_part_of_the_limit_and_its_voltage() -> None:
    run, without = (run_of(program(0.8, 1.0, 1), filament=False, salt=on) for on in (True, False))
    u = 8.0 / run.conditions.number("limiting")
    half = run.recorded.time == 3600.0
    assert run.states[GONE].to_numpy()[half] == pytest.approx(u, rel=1e-6)
    drop = salt.gradient_voltage(u, entry("PEO-LiTFSI")["transference_number"], 343.15)
    assert (run.recorded.volts - without.recorded.volts)[half] == pytest.approx(drop, rel=1e-4)
    assert drop > 0.01


@pytest.mark.parametrize("times", [3.0, 8.0])
def test_above_the_limiting_current_a_cell_dies_at_the_time_of_sand(times: float) -> None:
    limit = run_of(program(0.1, 0.1, 1)).conditions.number("limiting")
    run = run_of(program(times * limit / 10.0, 1.0, 1))
    assert run.outcome is Outcome.VOLTAGE_LIMIT
    film = entry("PEO-LiTFSI")
    D = salt.salt_diffusivity(
        run.conditions.derived.conductivity_S_per_m, film["salt_concentration"], film["transference_number"], 343.15
    )
    expected = salt.sand_time(D, film["salt_concentration"], film["transference_number"], times * limit)
    assert run.events[0].time_s == pytest.approx(expected, rel=0.08)


def test_a_filament_crosses_after_the_charge_that_its_law_says() -> None:
    """One column, one way, at little depletion: v q/(w + Lambda) = ln(1 + L/h)."""
    run = run_of(program(0.05, 10000.0, 1, one_way=True), interphase=False)
    short = next(event for event in run.events if event.kind is EventKind.FIRST_SHORT)
    start = run.conditions
    left = 1.0 - 0.5 / start.number("limiting")
    Lambda = roughening.smoothing_length(
        start.number("clean"), start.number("sigma"), start.number("conducts_lithium"), left
    )
    rate = roughening.roughening_rate(0.5, start.number("tip"), Lambda, start.number("v_li"))
    crossing = roughening.crossing_growth(1e-4, start.number("roughness"))
    assert short.time_s == pytest.approx(crossing / (rate * start.number("unhindered")), rel=1e-3)


@pytest.mark.parametrize(("j", "T"), [(0.1, "60 degC"), (0.3, "60 degC"), (0.1, "80 degC"), (0.3, "80 degC")])
def test_cells_at_usual_currents_live_for_hundreds_of_hours(j: float, T: str) -> None:
    run = run_of(program(j, 2.0, 1500), columns=60, T=T)
    ended = [event.time_s / 3600.0 for event in run.events]
    assert 100.0 < min(ended, default=6000.0) <= 6000.0
    assert run.lithium_error < 1e-12
    assert run.charge_error < 1e-12


def test_a_larger_current_is_always_sooner_and_more_than_in_proportion() -> None:
    charges = []
    for j in (0.3, 0.6, 1.2):
        run = run_of(program(j, 1.0, 600), columns=20)
        charges.append(j * next(event.time_s for event in run.events if event.kind is EventKind.FIRST_SHORT))
    assert charges[0] > charges[1] > charges[2]


def test_a_stiff_film_keeps_lithium_flat() -> None:
    stiff = run_of(program(1.0, 1.0, 100), cell=with_film(youngs_modulus="20 GPa"))
    assert stiff.outcome is Outcome.COMPLETED
    assert stiff.states["Longest filament / 1"].max() == 0.0


def test_contact_of_a_soft_film_is_whole_and_is_not_lost() -> None:
    run = run_of(program(0.5, 5.0, 2), columns=20, filament=False)
    assert run.states["Contact, negative / 1"].min() == run.states["Contact, positive / 1"].min() == 1.0
    hard = simulate(
        with_film(youngs_modulus="1 GPa"), program(0.1, 0.1, 1), library_parameters(parse_cell(document())), "s0"
    )
    assert 0.0 < hard.conditions.column("assembly").mean() < 0.1


def test_one_that_gives_no_transference_number_cracks_and_says_so() -> None:
    peo = entry("PEO-LiTFSI")
    left = {name: known for name, known in peo.properties.items() if name != "transference_number"}
    cell = parse_cell(document()).of(Library({"PEO-LiTFSI": replace(peo, properties=left)}))
    names = {one.name for one in mechanisms_of(cell, library_parameters(cell))}
    assert {"fracture", "voids"} <= names
    assert not {"salt", "roughening", "soft_contact"} & names
    assert any("not to be believed" in one for one in derive(cell, library_parameters(cell)).warnings)
    own = {one.name for one in mechanisms_of(parse_cell(document()), library_parameters(cell))}
    assert {"salt", "roughening", "soft_contact"} <= own
    assert not {"fracture", "voids", "filament", "contact"} & own
    assert not any("believed" in one for one in derive(parse_cell(document()), library_parameters(cell)).warnings)
