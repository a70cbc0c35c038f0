"""Goals as text, the tests in which they show, and how far cells come in them."""

import pytest

from ionweld.errors import InputError, SpecError
from ionweld.infer.goal import LONGER_LIFE, Goal, GoalKind, parse_goal
from ionweld.infer.reach import BEYOND, LONGER, Reach, goal_test, horizon, reach, under_current, usual_goal
from ionweld.result import EventKind
from ionweld.simulate.cell import simulate
from ionweld.spec.cell import CellSpec, parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.protocol import HalfCycleProtocol, WindowProtocol, parse_protocol

SAID = [
    ("400 h at 0.4 mA/cm^2", GoalKind.LIFE, 400 * 3600.0, 4.0, None),
    ("  400   hours  @ 4 A/m^2 ", GoalKind.LIFE, 400 * 3600.0, 4.0, None),
    ("10 days", GoalKind.LIFE, 864000.0, None, None),
    ("200 cycles", GoalKind.CYCLES, 200.0, None, None),
    ("1 cycle at 0.1 mA/cm^2", GoalKind.CYCLES, 1.0, 1.0, None),
    ("critical current 1 mA/cm^2", GoalKind.CRITICAL_CURRENT, 10.0, None, None),
    ("Critical current density of 500 uA/cm^2", GoalKind.CRITICAL_CURRENT, 5.0, None, None),
    ("CCD > 1.2 mA/cm2", GoalKind.CRITICAL_CURRENT, 12.0, None, None),
    ("80 % capacity after 100 cycles", GoalKind.CAPACITY, 0.8, None, 100),
    ("80% of the capacity after 100 cycles", GoalKind.CAPACITY, 0.8, None, 100),
    ("0.9 capacity retention at 50 cycles", GoalKind.CAPACITY, 0.9, None, 50),
]
WRONG = [
    ("", "is empty"),
    ("400 at 0.4 mA/cm^2", "has no unit"),
    ("400 V", "wrong dimension"),
    ("as long as possible", "is no goal"),
    ("400 h at 0.4", "has no unit"),
    ("400 h at 0.4 V", "wrong dimension"),
    ("400 h at -0.4 mA/cm^2", "not above 0"),
    ("-3 h", "not above 0"),
    ("0 cycles", "no number of cycles"),
    ("12.5 cycles", "no number of cycles"),
    ("120 % capacity after 100 cycles", "more than all"),
    ("80 % capacity after many cycles", "no number of cycles"),
    ("critical current 1 mA", "wrong dimension"),
    ("critical current high", "not a number"),
]
LITHIUM = {"material": "Li", "diameter": "6 mm", "thickness": "100 um", "interface": {"gap": "10 um"}}


@pytest.mark.parametrize(("text", "kind", "target", "current", "cycles"), SAID)
def test_a_goal_is_read_with_its_units(text, kind, target, current, cycles) -> None:
    found = parse_goal(text)
    assert (found.kind, found.cycles) == (kind, cycles)
    assert found.target == pytest.approx(target)
    assert found.current == (None if current is None else pytest.approx(current))


@pytest.mark.parametrize(("text", "seen"), WRONG)
def test_what_is_no_goal_is_said(text, seen) -> None:
    with pytest.raises(InputError) as caught:
        parse_goal(text, "the place")
    assert "the place" in str(caught.value)
    assert seen in str(caught.value)


def test_a_goal_is_said_in_the_units_of_a_lab() -> None:
    assert GoalKind.LIFE.written(7200.0) == pytest.approx(2.0)
    assert GoalKind.CRITICAL_CURRENT.written(10.0) == pytest.approx(1.0)
    assert GoalKind.CAPACITY.written(0.8) == pytest.approx(80.0)
    assert GoalKind.CYCLES.written(7.0) == 7.0


def test_a_life_that_goes_on_is_not_a_death() -> None:
    assert Reach(10.0, alive=True).reaches(5.0) is True
    assert Reach(10.0, alive=True).reaches(20.0) is None
    assert Reach(10.0, alive=False).reaches(20.0) is False
    assert Reach(36000.0, alive=True).text(GoalKind.LIFE) == ">= 10 h"
    assert Reach(36000.0, alive=False).text(GoalKind.LIFE) == "10 h"


def bare(**changes: object) -> CellSpec:
    electrolyte = {"material": "Li2OHCl", "diameter": "10 mm", "mass": "0.15 g"}
    document = {"name": "bare", "temperature": "80 degC", "stack_pressure": "0.15 MPa", "electrolyte": electrolyte}
    return parse_cell({**document, "electrodes": {"negative": LITHIUM}, **changes})


def full() -> CellSpec:
    slurry = {"active": "60 %", "binder": "15 %", "salt": "15 %", "carbon": "10 %"}
    cathode = {"material": "LiFePO4", "diameter": "6 mm", "loading": "2 mg/cm^2", "coat": "10 um", "slurry": slurry}
    return bare(electrodes={"negative": LITHIUM, "positive": cathode})


def cycling(*stages: tuple[str, int], rest: str | None = None, **more: object) -> HalfCycleProtocol:
    made = [{"current_density": j, "half_cycle_time": "0.5 h", "cycles": n} for j, n in stages]
    made = [one | ({} if rest is None else {"rest": rest}) for one in made]
    found = parse_protocol({"name": "test", "first_half_cycle": "charge", "stages": made, **more})
    assert isinstance(found, HalfCycleProtocol)
    return found


def window(cycles: int = 10) -> WindowProtocol:
    stages = [{"c_rate": "0.5 C", "cycles": cycles}]
    about = {"name": "window", "first_half_cycle": "charge", "upper_voltage": "4 V", "lower_voltage": "2.5 V"}
    found = parse_protocol({**about, "stages": stages})
    assert isinstance(found, WindowProtocol)
    return found


def ramp() -> HalfCycleProtocol:
    rising = {"start": "0.1 mA/cm^2", "step": "0.1 mA/cm^2", "half_cycle_time": "1 h", "highest": "0.5 mA/cm^2"}
    found = parse_protocol({"name": "ramp", "first_half_cycle": "charge", "ramp": rising})
    assert isinstance(found, HalfCycleProtocol)
    return found


def made(
    goal: Goal, protocol: HalfCycleProtocol | WindowProtocol, cell: CellSpec | None = None
) -> HalfCycleProtocol | WindowProtocol:
    return goal_test(goal, cell or bare(), protocol, horizon(goal, cell or bare(), protocol))


def test_a_test_is_as_long_as_its_goal_and_at_its_current() -> None:
    found = made(parse_goal("100 h at 0.4 mA/cm^2"), cycling(("0.1 mA/cm^2", 3), ("0.2 mA/cm^2", 3), rest="1 h"))
    assert isinstance(found, HalfCycleProtocol)
    (stage,) = found.stages
    assert stage.current_density.value == pytest.approx(4.0)
    assert stage.cycles == BEYOND * 100  # of two half cycles of half an hour; rests do not count
    assert stage.rest is not None
    assert found.record_every.value == stage.half_cycle_time.value


def test_the_last_stage_goes_on_and_earlier_ones_stay() -> None:
    found = made(parse_goal("100 cycles"), cycling(("0.1 mA/cm^2", 3), ("0.2 mA/cm^2", 4)))
    assert [one.cycles for one in found.stages] == [3, round(BEYOND * 100) - 3]
    short = made(parse_goal("2 h"), cycling(("0.1 mA/cm^2", 3), ("0.2 mA/cm^2", 4)))
    assert [one.cycles for one in short.stages] == [3]  # 2.4 h end within the first stage


def test_without_a_goal_the_test_is_a_multiple_of_what_it_was() -> None:
    assert [one.cycles for one in made(LONGER_LIFE, cycling(("0.1 mA/cm^2", 4))).stages] == [LONGER * 4]
    assert usual_goal(ramp()).kind is GoalKind.CRITICAL_CURRENT
    assert usual_goal(window()) is LONGER_LIFE


def test_a_critical_current_is_a_ramp_beyond_it() -> None:
    goal = parse_goal("critical current 1 mA/cm^2")
    found = made(goal, cycling(("0.1 mA/cm^2", 4)))
    currents = [one.current_density.value for one in found.stages]  # pyright: ignore[reportAttributeAccessIssue]
    assert currents == sorted(currents)
    assert currents[0] == pytest.approx(1.0)
    assert currents[-1] > 10.0
    assert found.stop_at_short  # pyright: ignore[reportAttributeAccessIssue]
    own = made(goal, ramp())
    steps = [one.current_density.value for one in own.stages]  # pyright: ignore[reportAttributeAccessIssue]
    assert steps == pytest.approx([1.0 * n for n in range(1, 13)])


def test_a_full_cell_runs_the_cycles_of_its_goal() -> None:
    assert made(parse_goal("80 % capacity after 77 cycles"), window(), full()).stages[-1].cycles == 77
    assert made(parse_goal("100 h"), window(), full()).stages[-1].cycles == BEYOND * 25  # of four hours


@pytest.mark.parametrize(
    ("goal", "protocol", "cell", "seen"),
    [
        ("400 h", ramp(), bare(), "rise until the cell ends"),
        ("80 % capacity after 9 cycles", cycling(("0.1 mA/cm^2", 4)), bare(), "no capacity to keep"),
        ("400 h at 0.4 mA/cm^2", window(), full(), "as its protocol says"),
        ("critical current 1 mA/cm^2", window(), full(), "between voltages"),
        ("9999999 h", cycling(("0.1 mA/cm^2", 4)), bare(), "cycles"),
        ("400 h", window(), bare(), "end at voltages"),
    ],
)
def test_a_goal_that_a_cell_cannot_have_is_refused(goal, protocol, cell, seen) -> None:
    with pytest.raises(SpecError, match=seen):
        made(parse_goal(goal), protocol, cell)


def run_of(protocol: HalfCycleProtocol, goal: Goal) -> object:
    cell = bare()
    test = goal_test(goal, cell, protocol, horizon(goal, cell, protocol))
    return simulate(cell, test, library_parameters(cell), "goal", tolerance=1e-4)


def test_a_life_ends_with_the_first_short_and_counts_no_rests() -> None:
    goal = parse_goal("60 h at 0.4 mA/cm^2")
    run = run_of(cycling(("0.4 mA/cm^2", 4), rest="1 h"), goal)
    short = next(one for one in run.events if one.kind is EventKind.FIRST_SHORT)
    found = reach(goal, run)
    halves = int(short.time_s // 5400.0)  # each half cycle of 0.5 h is followed by 1 h of rest
    assert not found.alive
    assert found.value == pytest.approx(halves * 1800.0 + min(1800.0, short.time_s - halves * 5400.0))
    assert under_current(run, 5400.0) == pytest.approx(1800.0)
    assert reach(parse_goal("60 cycles at 0.4 mA/cm^2"), run).value == short.cycle - 1


def test_a_cell_that_outlives_its_test_is_alive() -> None:
    goal = parse_goal("1 h at 0.01 mA/cm^2")
    found = reach(goal, run_of(cycling(("0.01 mA/cm^2", 4)), goal))
    assert found == Reach(pytest.approx(7200.0), alive=True)  # 1.2 h, in whole cycles


def test_a_ramp_is_read_as_the_last_current_that_was_borne() -> None:
    goal = parse_goal("critical current 3 mA/cm^2")
    run = run_of(ramp(), goal)
    found = reach(goal, run)
    last = next(one for one in run.events if one.kind is EventKind.FIRST_SHORT).cycle
    assert not found.alive
    assert found.value == pytest.approx(1.0 * (last - 1))  # A/m2: it rises by 0.1 mA/cm2 in each cycle
