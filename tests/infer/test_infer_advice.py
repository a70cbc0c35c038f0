"""Advice over draws: paired, ranked, honest about what is not known. Lives come from a formula, so that each is known."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from command_line import ionweld

from ionweld.errors import ComputationError
from ionweld.infer.advice import Counsel, DrawRunner, Question, Trial, advise
from ionweld.infer.counsel import document, lines, sentence
from ionweld.infer.goal import LONGER_LIFE, Goal, parse_goal
from ionweld.infer.reach import BEYOND, Reach
from ionweld.infer.unknown import carried_over, unknown_draws
from ionweld.spec.cell import CellSpec, load_cell
from ionweld.spec.protocol import load_protocol
from ionweld.twin.calibrated import parameters_for

EXAMPLES = Path(__file__).parents[2] / "examples"
CELL, PROTOCOL = load_cell(EXAMPLES / "bare.toml"), load_protocol(EXAMPLES / "cycling.toml")
DRAWS = unknown_draws(CELL, PROTOCOL, 12, "advice")
Life = Callable[[CellSpec, int], float]


def counsel(goal: Goal, life: Life, draws: int = 12) -> Counsel:
    """Return the advice of a world in which a formula says how long a cell lives (s)."""

    def mapper(_function: object, tasks: Sequence[Trial]) -> Iterator[Reach | None]:
        for one in tasks:
            stage = one.protocol.stages[0]
            longest = 2.0 * stage.half_cycle_time.value * sum(stage.cycles for stage in one.protocol.stages)
            lives = life(one.drawn.cell, int(one.drawn.seed.rsplit("/", 1)[1]))
            yield None if lives < 0.0 else Reach(min(lives, longest), lives > longest)

    question = Question(CELL, PROTOCOL, goal, DRAWS[:draws], "advice")
    return advise(question, mapper, lambda title, total: lambda: None)  # pyright: ignore[reportArgumentType]


def by_pressure(cell: CellSpec, number: int) -> float:
    """A life of 20 h and a little chance, longer with the pressure and with nothing else."""
    return 72000.0 * (1.0 + 0.01 * number) * (cell.stack_pressure.value / 1.5e5) ** 0.25


def test_the_lever_that_is_felt_comes_first_and_the_others_bring_nothing() -> None:
    found = counsel(LONGER_LIFE, by_pressure)
    first, *others = found.advice
    assert first.change == "stack pressure to 1.5 MPa (from 0.15 MPa)"
    assert first.helps == 1.0
    assert first.hurts == 0.0
    assert all((one.gain, one.low, one.high, one.helps) == (0.0, 0.0, 0.0, 0.0) for one in others)
    assert all(one.draws < first.draws == 12 for one in others)  # what helps none of the first few is left at that
    assert found.together is None  # there is nothing to put together
    assert found.reachable is None  # no goal was given
    assert first.change in sentence(found)


def test_gains_are_differences_of_the_same_draw() -> None:
    found = counsel(LONGER_LIFE, by_pressure)
    lives = [by_pressure(DRAWS[number].cell, number) / 3600.0 for number in range(12)]
    pressed = [20.0 * (1.0 + 0.01 * number) * 10.0**0.25 for number in range(12)]
    gains = sorted(b - a for a, b in zip(lives, pressed, strict=True))
    first = found.advice[0]
    assert first.gain == pytest.approx((gains[5] + gains[6]) / 2.0)
    assert gains[0] <= first.low <= gains[1]
    assert gains[-2] <= first.high <= gains[-1]
    assert first.draws == 12
    assert first.unit == "h"


def test_a_goal_is_reached_by_the_lever_that_reaches_it() -> None:
    goal = parse_goal("30 h at 0.1 mA/cm^2")
    found = counsel(goal, by_pressure)
    assert found.reachable is True
    assert found.advice[0].probability == found.advice[0].reaches == 1.0  # 20 h times 1.78
    assert found.as_it_is.reaches is not None
    assert found.as_it_is.reaches < 0.5
    assert "30 h at 0.1 mA/cm^2 is reached with stack pressure" in sentence(found)


def test_a_goal_beyond_every_lever_is_out_of_reach() -> None:
    found = counsel(parse_goal("500 h at 0.1 mA/cm^2"), by_pressure)
    assert found.reachable is False
    assert "out of reach" in sentence(found)


def test_a_goal_that_some_draws_reach_is_doubtful() -> None:
    found = counsel(parse_goal("30 h at 0.1 mA/cm^2"), lambda cell, number: 200000.0 if number % 4 == 1 else 3600.0)
    assert found.reachable is None
    assert "None of these" in sentence(found)


def test_what_takes_two_changes_is_tried_with_both() -> None:
    def both(cell: CellSpec, number: int) -> float:
        hot = 1.0 + (cell.temperature.value - 353.15) / 40.0
        return by_pressure(cell, number) * max(0.1, hot)

    found = counsel(parse_goal("60 h at 0.1 mA/cm^2"), both)  # 20 h times 1.78 times 2
    assert found.together is not None
    assert "stack pressure" in found.together.change
    assert "temperature" in found.together.change
    assert found.together.reaches == 1.0
    assert all(one.reaches == 0.0 for one in found.advice)
    assert found.reachable is True
    assert "takes several changes" in sentence(found)


def test_a_cell_that_outlives_its_test_gains_nothing_that_could_be_seen() -> None:
    found = counsel(parse_goal("10 h at 0.1 mA/cm^2"), by_pressure)
    assert found.as_it_is.alive > 0.5
    assert found.as_it_is.median == pytest.approx(BEYOND * 10.0)
    assert "as it is" in sentence(found)
    assert found.reachable is True


def test_where_every_draw_outlives_its_test_a_lever_is_tried_on_two() -> None:
    found = counsel(LONGER_LIFE, lambda cell, number: 1e9)
    assert found.as_it_is.alive == 1.0
    assert {one.draws for one in found.advice} == {2}
    assert all(one.helps == 0.0 for one in found.advice)


def test_levers_are_tried_on_the_draws_that_die() -> None:
    def one_dies(cell: CellSpec, number: int) -> float:
        return by_pressure(cell, number) if number == 11 else 1e9

    found = counsel(LONGER_LIFE, one_dies)
    assert found.advice[0].change.startswith("stack pressure")  # felt by the last of twelve draws alone
    assert found.advice[0].helps == pytest.approx(1.0 / 12.0)


def test_where_nothing_helps_that_is_the_answer() -> None:
    found = counsel(LONGER_LIFE, lambda cell, number: 36000.0)
    assert "None of these changes helps" in sentence(found)
    assert lines(found, CELL)[0] == sentence(found)  # nothing is borrowed for this pair


def test_draws_that_stall_are_counted_and_left_out() -> None:
    found = counsel(LONGER_LIFE, lambda cell, number: -1.0 if number == 3 else by_pressure(cell, number))
    assert found.stalled == 1
    assert found.advice[0].draws == 11
    assert any("could not be integrated" in text for text in document(found, CELL)["warnings"])
    with pytest.raises(ComputationError, match="no draw"):
        counsel(LONGER_LIFE, lambda cell, number: -1.0, draws=2)


def test_unknown_conditions_are_drawn_and_what_a_lever_sets_is_not() -> None:
    bench = DrawRunner(Question(CELL, PROTOCOL, LONGER_LIFE, DRAWS, "advice"), None, None)  # pyright: ignore
    plain = bench.prepared(())
    assert len({one.drawn.cell.stack_pressure.value for one in plain.trials}) > 6
    pressed = next(one for one in bench.candidates()[0] if one.text.startswith("stack pressure to 1.5 MPa"))
    assert {one.drawn.cell.stack_pressure.value for one in pressed.trials} == {1.5e6}
    for before, after in zip(plain.trials, pressed.trials, strict=True):
        assert before.drawn.parameters == after.drawn.parameters
        assert before.drawn.seed == after.drawn.seed


def test_an_interlayer_is_drawn_anew_and_the_rest_stays() -> None:
    interface = CELL.electrodes.negative.interface.model_copy(update={"interlayer": "Au"})
    negative = CELL.electrodes.negative.model_copy(update={"interface": interface})
    layered = CELL.model_copy(update={"electrodes": CELL.electrodes.model_copy(update={"negative": negative})})
    draws = [one.parameters for one in DRAWS]
    gold = carried_over(draws, CELL, layered, "gold")
    known = parameters_for(layered).quantity("charge_transfer_resistance")
    for before, after in zip(draws, gold, strict=True):
        assert known.low <= after["charge_transfer_resistance"] <= known.high  # pyright: ignore[reportOperatorIssue]
        assert after["film_resistance"] == 0.0
        unmoved = after.properties.keys() - {"charge_transfer_resistance", "film_resistance"}
        assert all(after[name] == before[name] for name in unmoved)
        assert after["stack_pressure"] == before["stack_pressure"]
    assert carried_over(draws, CELL, CELL, "same") is draws


def test_the_range_of_a_calibrated_number_holds_one_deviation() -> None:
    known = parameters_for(CELL).quantity("filament_focus")
    assert known.status == "fitted"
    many = [one.parameters["filament_focus"] for one in unknown_draws(CELL, PROTOCOL, 400, "many")]
    beyond = sum(not known.low <= one <= known.high for one in many) / 400.0  # pyright: ignore[reportOperatorIssue]
    assert beyond == pytest.approx(0.317, abs=0.08)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A test of a few half cycles, so that all levers take seconds."""
    text = (EXAMPLES / "cycling.toml").read_text()
    place = tmp_path_factory.mktemp("advise") / "short.toml"
    place.write_text(text.replace("cycles = 40", "cycles = 1"))
    return place


def test_the_verb_prints_one_document_with_the_fields_of_the_contract(short: Path) -> None:
    goal = ["--goal", "2 h at 0.1 mA/cm^2", "--draws", "2", "--workers", "1"]
    done = ionweld("advise", EXAMPLES / "bare.toml", short, *goal, "--json")
    assert done.status == 0, done.err
    found = done.document
    assert found["reachable"] in (True, False, None)
    assert found["advice"]
    for one in found["advice"]:
        assert {"change", "gain", "low", "high", "probability"} <= one.keys()
        assert one["low"] <= one["gain"] <= one["high"]
        assert 0.0 <= one["probability"] <= 1.0
    assert {one["name"] for one in found["silent"]} >= {"liquid volume", "current density", "pulsed current"}


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (["--goal", "400 at 0.4 mA/cm^2"], "--goal"),
        (["--goal", "80 % capacity after 9 cycles"], "no capacity to keep"),
        (["--goal", "400 h at 60 mA/cm^2"], "of lithium, and the foil has"),
        (["--goal", "999999999 h"], "cycles"),
    ],
)
def test_a_goal_that_cannot_be_is_refused_with_a_mend(words, seen) -> None:
    done = ionweld("advise", EXAMPLES / "bare.toml", EXAMPLES / "cycling.toml", *words)
    assert done.status == 2
    assert seen in done.err
    assert not done.out
