"""The simulator against scipy on equations that were written a second time (independent_cell.py)."""

import numpy as np
import pytest
from independent_cell import IndependentCell, Numbers
from numpy.typing import NDArray
from spine_cells import HALF_FILLED, WELDED, make_cell, make_protocol, parameters, voltages

from ionweld.simulate.cell import Outcome, SimulatedTest, simulate
from ionweld.simulate.seeds import stream

AGREEMENT = 1e-5
FAST_SHORT = {"short_growth": 0.5 / 3600.0}  # so that the failure comes a few cycles after the first short
CASES = {
    "bare": (None, 0.0, {}, [(0.1, 0.5, 3)], 0.0, []),
    "bare, to its failure": (None, 0.0, FAST_SHORT, [(0.1, 0.5, 40)], 0.0, ["first short", "failure"]),
    "welded": (WELDED, 1.0, {}, [(0.1, 0.5, 5), (0.4, 0.5, 1)], 0.0, []),
    "half filled, with rests": (HALF_FILLED, 0.5, {}, [(0.1, 0.5, 2), (0.4, 0.5, 4)], 1 / 6, ["first short"]),
    "bare, one column": (None, 0.0, {}, [(0.1, 0.5, 3)], 0.0, []),
    # at 1 MPa creep closes voids within the rests (1/(40 h)), which at 0.15 MPa it does not
    "bare, pressed, with rests": (None, 0.0, {"permanent_loss": 0.5}, [(0.3, 0.5, 4)], 3.0, []),
}
PRESSURES = {"bare, pressed, with rests": 1.0}  # MPa; 0.15 where none is given


def segments_of(stages: list[tuple[float, float, int]], rest: float) -> NDArray[np.float64]:
    """Return the half cycles and rests of a protocol: mA/cm2, start and end in h, cycle."""
    rows, now, cycle = [], 0.0, 0
    for j, hours, cycles in stages:
        for _ in range(cycles):
            cycle += 1
            for current, span in ((j, hours), (0.0, rest), (-j, hours), (0.0, rest)):
                if span:
                    rows.append((current, now, now + span, cycle))
                    now += span
    return np.array(rows)


def numbers_of(run: SimulatedTest, entry, chi: float, pressure: float) -> Numbers:
    """Return the lab's numbers; geometry and temperature are worked out anew here."""
    L_cm = 0.15 / (0.9 * 1.84 * np.pi * 0.5**2)
    sigma = 1e-3 * np.exp(-0.605 / 8.617333262e-5 * (1 / 353.15 - 1 / 373.15))
    drawn = run.conditions
    return Numbers(
        p=entry,
        chi=chi,
        stack_pressure_MPa=pressure,
        rest_h=10.0,
        bulk=run.conditions.derived.spreading_factor * L_cm / sigma,
        sigma=sigma,
        length_um=1e4 * L_cm,
        assembly=drawn.column("assembly"),
        permanent=drawn.column("permanent"),
        flaw=drawn.column("flaw")[0],
    )


@pytest.mark.parametrize("name", CASES)
def test_voltage_and_events_agree(name: str) -> None:
    volume, chi, changed, stages, rest, expected = CASES[name]
    entry = parameters(**changed)
    protocol = make_protocol(*stages, rest=f"{rest} h" if rest else None)
    pressure = PRESSURES.get(name, 0.15)
    cell = make_cell(volume, stack_pressure=f"{pressure} MPa")
    run = simulate(cell, protocol, entry, "s0", columns=1 if "one column" in name else None)
    table = run.measurement.table
    segments = segments_of(stages, rest)
    step, hours = table["Step Count / 1"].to_numpy(), table["Test Time / s"].to_numpy() / 3600.0
    times = [hours[step == i + 1] for i in range(len(segments))]
    other = IndependentCell(numbers_of(run, entry, chi, pressure))
    seen, events = other.run(segments, times, stream("s0", "short").standard_normal(1 + len(segments)))

    assert list(events) == [event.kind for event in run.events] == expected
    for event in run.events:
        assert event.time_s == pytest.approx(3600.0 * events[event.kind], rel=AGREEMENT)
    failed = run.outcome is Outcome.FAILED
    assert len(seen) >= len(table) - failed  # the moment of failure is a row of its own
    mine = np.abs(voltages(run))[: len(seen)]
    assert mine == pytest.approx(np.array(seen), rel=AGREEMENT, abs=1e-12)


def test_contact_at_assembly_is_the_written_one() -> None:
    """theta_e = (P/3) [n A_c(T) t_rest]^(1/n), drawn with a mean of 1 over the columns."""
    A_c = 7.7e-3 * np.exp(-37e3 / 8.31446261815324 * (1 / 353.15 - 1 / 299.0))
    theta_e = 0.15 / 3 * (6.56 * A_c * 36_000.0) ** (1 / 6.56)
    one = simulate(make_cell(), make_protocol((0.1, 0.5, 1)), parameters(), "any", columns=1)
    assert one.conditions.column("assembly") == pytest.approx(theta_e, rel=1e-6)
    many = simulate(make_cell(), make_protocol((0.1, 0.01, 1)), parameters(), "any", columns=4000)
    assert many.conditions.column("assembly").mean() == pytest.approx(theta_e, rel=0.02)


def test_the_voltage_converges_with_the_tolerance() -> None:
    cell, protocol = make_cell(), make_protocol((0.1, 0.5, 5))
    tight = voltages(simulate(cell, protocol, parameters(), "s0", tolerance=1e-12))
    errors = []
    for tolerance in (1e-4, 1e-6, 1e-8):
        run = simulate(cell, protocol, parameters(), "s0", tolerance=tolerance)
        errors.append(float(np.abs(voltages(run) / tight - 1.0).max()))
    assert errors[0] > errors[1] > errors[2]
    assert errors[1] < AGREEMENT
    assert errors[2] < 1e-6


@pytest.mark.parametrize("seed", ["b", "d"])
def test_a_late_short_is_known_to_a_tenth_of_a_second(seed: str) -> None:
    cell, protocol = make_cell(), make_protocol((0.1, 0.5, 40))
    found, tight = (simulate(cell, protocol, parameters(), seed, tolerance=one).events for one in (1e-6, 1e-9))
    assert [event.kind for event in found] == [event.kind for event in tight]
    assert found[0].time_s > 50_000.0
    assert max(abs(one.time_s - other.time_s) for one, other in zip(found, tight, strict=True)) < 0.1
