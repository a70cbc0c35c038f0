"""The integrator against problems whose solution is known: order, tolerance, events, refusals, and its own count."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ionweld.numerics import ode, steps
from ionweld.numerics.compiled import callback
from ionweld.numerics.ode import NOTHING, STALLED, Account, Output, integrate
from ionweld.numerics.steps import (
    DECAY,
    DECAYS,
    END,
    MEMORY,
    RIGHT_HAND_SIDE,
    WATCH,
    Equations,
    TimeStep,
    Tolerance,
    dense_output,
    error_norm,
    explicit_step,
    exponential_step,
    state_within,
)

NO_WIRING = np.zeros(1, dtype=np.int64)

ALONE = np.empty((0, 2), dtype=np.int64)  # every state counts by its own size


@callback(RIGHT_HAND_SIDE)
def known(t, y, numbers, wiring, dy):
    """y = (exp(sin t), cos t, -sin t): a product with the time, so that the nodes count, and an oscillator."""
    numbers[0] += 1.0
    dy[0] = y[0] * np.cos(t)
    dy[1] = y[2]
    dy[2] = -y[1]


@callback(RIGHT_HAND_SIDE)
def clock(t, y, numbers, wiring, dy):
    dy[0] = 1.0


@callback(RIGHT_HAND_SIDE)
def root(t, y, numbers, wiring, dy):
    """y = (1 - t/2)^2: a step beyond t = 2 meets the root of a negative number."""
    dy[0] = -np.sqrt(y[0])
    numbers[0] += 1.0 if np.isnan(dy[0]) else 0.0


@callback(RIGHT_HAND_SIDE)
def wall(t, y, numbers, wiring, dy):
    dy[0] = 1.0 if y[0] <= 1.0 else np.nan


@callback(RIGHT_HAND_SIDE)
def blow_up(t, y, numbers, wiring, dy):
    """y = 1 / (1 - t)."""
    dy[0] = y[0] ** 2


@callback(WATCH)
def levels(t, y, numbers, wiring, values):
    """One event per level in `numbers[1:]`: the first state rises to it."""
    for i in range(values.size):
        values[i] = y[0] - numbers[1 + i]


@callback(WATCH)
def falling(t, y, numbers, wiring, values):
    values[0] = np.cos(t) - 0.5


@callback(DECAYS)
def none(t, y, numbers, wiring, found):
    found[:] = 0.0


@callback(RIGHT_HAND_SIDE)
def drawn_along(t, y, numbers, wiring, dy):
    """y runs after cos t, and catches up in a thousandth: y = cos t + (y(0) - 1) exp(-1000 t)."""
    numbers[0] += 1.0
    dy[0] = -1000.0 * (y[0] - np.cos(t)) - np.sin(t)


@callback(DECAYS)
def its_own(t, y, numbers, wiring, found):
    found[0] = 1000.0


@callback(RIGHT_HAND_SIDE)
def towards_a_pole(t, y, numbers, wiring, dy):
    """y = -ln(1 - t)."""
    dy[0] = np.exp(y[0])


@callback(RIGHT_HAND_SIDE)
def a_knee(t, y, numbers, wiring, dy):
    """y = t + [t + (1 - t) ln(1 - t)]/100: next to nothing bends until the end, beyond which there is no number."""
    dy[0] = 1.0 - 0.01 * np.log(1.0 - t)


@callback(RIGHT_HAND_SIDE)
def a_bend(t, y, numbers, wiring, dy):
    """y = t + 500 (t - 0.3)^2 from 0.3 on: it can be passed."""
    dy[0] = 1.0 + 1e3 * max(0.0, t - 0.3)


def exact(t: float) -> NDArray[np.float64]:
    return np.array([np.exp(np.sin(t)), np.cos(t), -np.sin(t)])


class Run:
    """One integration from t = 0, with what it left behind."""

    def __init__(self, rhs, start, t_end, *, watch=levels, decays=none, at=(), rtol=1e-8, atol=1e-10, out=()) -> None:
        self.y, self.work = np.array(start, dtype=float), np.zeros(2)
        self.numbers = np.array([0.0, *at])
        self.t_out, self.y_out = np.array(out, dtype=float), np.full((len(out), self.y.size), np.nan)
        events = max(1, len(at)) if watch is falling else len(at)
        self.t, self.event, self.written = integrate(
            Equations(rhs, watch, decays, self.numbers, NO_WIRING), np.ones(events, dtype=np.bool_), (0.0, float(t_end)),
            self.y, Tolerance(rtol, np.full(self.y.size, atol), ALONE), Output(self.t_out, self.y_out),
            Account(self.work, np.zeros(1)),
        )  # fmt: skip


def one_step(t: float, h: float, y: NDArray[np.float64], step=explicit_step, decay: float = 0.0) -> NDArray[np.float64]:
    """Return the memory of a step of the known equations from (t, y)."""
    equations, memory = Equations(known, levels, none, np.zeros(1), NO_WIRING), np.zeros((MEMORY, 3))
    known._pyfunc(t, y, equations.numbers, NO_WIRING, memory[0])
    memory[DECAY] = decay
    step(equations, t, h, y, memory)
    return memory


def slopes(steps: list[float], errors: list[float]) -> NDArray[np.float64]:
    return np.diff(np.log(errors)) / np.diff(np.log(steps))


def test_fixed_steps_converge_with_order_five() -> None:
    errors, steps = [], []
    for count in (32, 64, 128):
        h, y = 2.0 / count, exact(0.0)
        for i in range(count):
            y = one_step(i * h, h, y)[END].copy()
        errors.append(float(np.abs(y - exact(2.0)).max()))
        steps.append(h)
    assert slopes(steps, errors) == pytest.approx(5.0, abs=0.15)


def test_the_last_stage_is_the_slope_at_the_end() -> None:
    memory, slope = one_step(0.3, 0.1, exact(0.3)), np.empty(3)
    known._pyfunc(0.4, memory[END], np.zeros(1), NO_WIRING, slope)
    assert np.array_equal(slope, memory[6])


def test_dense_output_has_order_four_and_meets_both_ends() -> None:
    steps, errors = [0.4, 0.2, 0.1, 0.05], []
    for h in steps:
        y = exact(0.3)
        memory, out, worst = one_step(0.3, h, y), np.empty(3), 0.0
        for share in (0.2, 0.5, 0.8):
            dense_output(share, h, y, memory, out)
            worst = max(worst, float(np.abs(out - exact(0.3 + share * h)).max()))
        errors.append(worst)
        dense_output(0.0, h, y, memory, out)
        assert np.array_equal(out, y)
        dense_output(1.0, h, y, memory, out)
        assert out == pytest.approx(memory[END], rel=1e-14)
    assert slopes(steps, errors) == pytest.approx(5.0, abs=0.3)  # an error of h^5 per step: fourth order


@pytest.mark.parametrize("decay", [0.0, 0.3, 2.0, np.array([7.0, 0.0, 3.0])])
def test_exponential_steps_converge_with_order_four_whatever_decay_they_carry(decay) -> None:
    """Also their own error does, and what lies within a step: each is as good as the step or better, and meets its ends."""
    errors, own, within, steps = [], [], [], []
    for count in (128, 256, 512):
        h, y, out = 32.0 / count, exact(0.0), np.empty(3)
        memory = one_step(0.3, h, exact(0.3), exponential_step, decay)
        own.append(float(memory[5].max()))
        state_within(0.3, TimeStep(0.3, h, True), exact(0.3), memory, out)
        within.append(float(np.abs(out - exact(0.3 + 0.3 * h)).max()))
        for fraction, end in ((0.0, exact(0.3)), (1.0, memory[END])):
            state_within(fraction, TimeStep(0.3, h, True), exact(0.3), memory, out)
            assert out == pytest.approx(end, rel=1e-14)
        for i in range(count // 16):
            y = one_step(i * h, h, y, exponential_step, decay)[END].copy()
        errors.append(float(np.abs(y - exact(2.0)).max()))
        steps.append(h)
    assert slopes(steps, errors)[-1] == pytest.approx(4.0, abs=0.5)
    assert slopes(steps, own)[-1] > 3.2
    assert slopes(steps, within)[-1] > 3.7


def test_an_exponential_step_looks_beside_its_nodes_where_its_parabola_is() -> None:
    """y = t^3, whose slope is a parabola: every stage is exact, and the step finds no error."""
    seen, memory = [], np.zeros((MEMORY, 1))

    def rates(t, y, numbers, wiring, dy) -> None:
        seen.append((t, float(y[0])))
        dy[0] = 3.0 * t**2

    step = getattr(exponential_step, "py_func", exponential_step)
    step(Equations(rates, None, None, np.zeros(1), NO_WIRING), 0.0, 2.0, np.zeros(1), memory)
    assert seen[-2:] == [(1.5, pytest.approx(1.5**3)), (2.0, pytest.approx(8.0))]
    assert memory[5, 0] == pytest.approx(0.0, abs=1e-14)


def test_the_error_of_an_exponential_step_by_hand() -> None:
    """What the end finds beside the last stage, and twice what the fifth finds beside the parabola, at a sixth of the step."""
    memory = np.zeros((MEMORY, 1))
    memory[0], memory[6], memory[END] = 1.0, 3.0, 7.0
    memory[1:5, 0] = 0.4, 0.5, 1.7, 1.0
    steps._weights(2.0, memory)
    steps._close(2.0, np.zeros(1), memory)
    parabola = 0.75 * (2.0 * 0.9 - 2.0 + 0.75 * 2.0 * (2.0 - 0.9))
    assert memory[5, 0] == pytest.approx(2.0 / 6.0 * (2.0 - 1.7 + 2.0 * (parabola - 1.0)))


def test_what_decays_fast_is_carried_in_long_steps() -> None:
    """An explicit step would be held below 3 ms: 1,000 of them and more for these three seconds, whatever the tolerance."""
    times = list(np.linspace(0.0, 3.0, 31))
    run = Run(drawn_along, [1.5], 3.0, decays=its_own, rtol=1e-6, atol=1e-6, out=times)
    known = np.cos(times) + 0.5 * np.exp(-1000.0 * np.array(times))
    assert np.abs(run.y_out[:, 0] - known).max() < 1e-5  # it depends on the time alone, and is not blind to that
    assert run.work[1] < 200
    assert run.work[0] == run.numbers[0]


def test_a_state_at_the_start_of_a_long_step_is_that_of_the_start() -> None:
    run = Run(drawn_along, [1.0], 1.0, decays=its_own, rtol=1e-3, atol=1e-3, out=[0.0, 1e-12, 1.0])
    assert run.y_out[:2, 0] == pytest.approx([1.0, 1.0], abs=1e-9)


def test_an_event_within_a_long_step_is_met() -> None:
    run = Run(drawn_along, [0.3], 3.0, decays=its_own, at=[0.9], rtol=1e-7, atol=1e-7)
    assert run.event == 0
    assert run.t == pytest.approx(np.log(7.0) / 1000.0, abs=2e-6)  # from 0.3 to 0.9 on its way to 1


def test_the_error_follows_the_tolerance() -> None:
    tolerances = [1e-4, 1e-6, 1e-8, 1e-10]
    errors = [
        float(np.abs(Run(known, exact(0.0), 20.0, rtol=tol, atol=tol).y - exact(20.0)).max()) for tol in tolerances
    ]
    assert all(error < 20 * tol for error, tol in zip(errors, tolerances, strict=True))
    assert np.polyfit(np.log(tolerances), np.log(errors), 1)[0] == pytest.approx(1.0, abs=0.15)


def test_a_small_state_beside_a_large_one_may_be_wrong_by_as_much() -> None:
    y, memory = np.array([1.0, 1e-3, 1e-3]), np.zeros((MEMORY, 3))
    memory[END], memory[6] = y, [0.0, 0.04, 0.0]  # the last stage counts a fortieth in the error
    together = np.array([[0, 2]])
    norms = [error_norm(1.0, False, y, memory, Tolerance(1e-3, np.zeros(3), rows)) for rows in (together, ALONE)]
    assert norms == pytest.approx([1.0, 1e3])
    alone = Tolerance(1e-3, np.zeros(3), ALONE)
    assert error_norm(1.0, False, 0.1 * y, memory, alone) == pytest.approx(1e3)  # the larger of both ends is the size


def test_steps_that_have_to_shrink_on_and_on_are_seldom_refused() -> None:
    run = Run(towards_a_pole, [0.0], 1.0 - 1e-6, rtol=1e-6)
    assert run.y[0] > np.log(1e5)
    assert run.work[1] < 50  # 67 where the step after a refused one is only told not to grow


def test_a_wall_is_remembered_and_what_is_none_is_passed() -> None:
    knee, bend = Run(a_knee, [0.0], 1.0 - 1e-6, rtol=1e-6), Run(a_bend, [0.0], 1.0, rtol=1e-6)
    assert knee.work[1] < 23  # 26 where each step goes by the last error alone, wrong by 5e-6
    assert knee.y[0] == pytest.approx(1.0 - 1e-6 + 0.01 * (1.0 - 1e-6 + 1e-6 * np.log(1e-6)), abs=2e-6)
    assert bend.work[1] < 33
    assert bend.y[0] == pytest.approx(1.0 + 500.0 * 0.49, rel=1e-6)


def test_outputs_are_as_good_as_the_steps() -> None:
    times = [0.0, 0.1, 0.1, 3.0, 9.99, 10.0]
    run = Run(known, exact(0.0), 10.0, rtol=1e-9, atol=1e-9, out=times)
    assert run.written == len(times)
    assert run.y_out == pytest.approx(np.array([exact(t) for t in times]), abs=2e-8)
    assert np.array_equal(run.y_out[0], exact(0.0))
    assert run.t == 10.0


def test_the_first_step_is_a_hundredth_of_the_time_in_which_the_solution_changes_by_its_size() -> None:
    y, tolerance = np.array([100.0, 0.0]), Tolerance(1e-3, np.full(2, 1e-3), ALONE)
    assert ode.first_step(1e3, y, np.array([1.0, 0.0]), tolerance) == pytest.approx(0.01 * (100.0 + 101.0))
    assert ode.first_step(1e3, y, np.array([1.0, -5.0]), tolerance) == pytest.approx(0.01 / 5.0)  # of the faster one
    assert ode.first_step(2.0, y, np.array([1.0, 0.0]), tolerance) == 2.0  # where next to nothing changes, in one


def test_a_step_begins_as_long_as_the_last_interval_left_it() -> None:
    work, pace = np.zeros(2), np.array([0.25])
    t, _, _ = integrate(
        Equations(clock, levels, none, np.zeros(1), NO_WIRING), np.zeros(0, dtype=np.bool_), (0.0, 1.0), np.zeros(1),
        Tolerance(1.0, np.ones(1), ALONE), Output(np.empty(0), np.empty((0, 1))), Account(work, pace),
    )  # fmt: skip
    assert (t, work[1], pace[0]) == (1.0, 2.0, 1.25)  # a quarter, then the rest; five times as long is the most


def test_how_a_step_grows() -> None:
    assert ode._growth(1e-4, 1.0, 1.0, 0.0, False, 5.0) == 5.0
    assert ode._growth(1e-4, 1.0, 1.0, 0.0, True, 5.0) == 1.0  # not right after one that was refused
    assert ode._growth(0.5, 1.0, 1.0, 0.0, False, 5.0) == pytest.approx(0.9 * 2.0**0.2)
    assert ode._growth(0.5, 0.25, 1.0, 2.0, False, 4.0) == pytest.approx(0.9 * 2.0**0.25 * 0.5 * 0.5**0.25)
    assert ode._growth(0.5, 0.25, 4.0, 1.0, False, 4.0) == pytest.approx(0.9 * 2.0**0.25)  # no more than the error says
    assert ode._growth(1e9, 1.0, 1.0, 0.0, False, 5.0) == 0.2


@pytest.mark.parametrize(
    ("root", "watch", "most"),
    [
        (0.3, lambda t, y: y - 0.3, 5),
        (0.3, lambda t, y: t - 2.15, 5),
        (0.9, lambda t, y: np.exp(40.0 * (y - 0.9)) - 1.0, 20),  # one end would stay for 50 cuts
        (0.1, lambda t, y: 1.0 - np.exp(-40.0 * (y - 0.1)), 20),
        (0.999, lambda t, y: y - 0.999, 5),
    ],
)
def test_an_event_within_a_step_is_found_in_a_few_looks(root, watch, most) -> None:
    looks, memory = [], np.zeros((MEMORY, 1))
    memory[: END + 1] = 2.0  # of a step of half the time from (2, 0) of the equation dy/dt = 2
    memory[END] = 1.0

    def watched(t, y, numbers, wiring, values) -> None:
        looks.append(t)
        values[0] = watch(t, y[0])

    equations = Equations(clock._pyfunc, watched, none, np.zeros(1), NO_WIRING)
    step = TimeStep(2.0, 0.5, False)
    found = ode._locate(equations, 0, watch(2.5, 1.0), step, np.zeros(1), memory, np.zeros(1))
    assert root - 1e-12 <= found <= root + 1e-6  # never before it
    assert len(looks) <= most


def test_an_event_is_located() -> None:
    run = Run(known, exact(0.0), 3.0, at=[np.exp(0.5)], rtol=1e-11, atol=1e-12, out=[0.1, 0.5, 0.6])
    assert run.event == 0
    assert run.t == pytest.approx(np.pi / 6, abs=1e-9)
    assert run.y == pytest.approx(exact(np.pi / 6), abs=1e-9)
    assert run.written == 2  # nothing is written beyond the event
    assert np.isnan(run.y_out[2]).all()


def test_an_event_is_as_good_as_a_step_to_it() -> None:
    """In one large step: its error falls with the sixth power of the step, that of the dense output with the fifth."""
    steps, errors = [0.8, 0.4, 0.2, 0.1], []
    for h in steps:
        run = Run(known, exact(0.0), h, at=[exact(0.6 * h)[0]], rtol=1.0, atol=100.0)
        assert (run.event, run.work[1]) == (0, 1.0)
        assert run.y[0] == pytest.approx(exact(0.6 * h)[0], rel=1e-13)  # the event is met, at whatever moment
        errors.append(float(np.abs(run.y - exact(0.6 * h)).max()))
    assert slopes(steps, errors) == pytest.approx(6.0, abs=0.5)


def test_of_several_events_in_a_step_the_first_is_returned() -> None:
    for at, first in (([0.7, 0.3, 0.5], 1), ([0.3, 0.7, 0.5], 0), ([0.7, 0.5, 0.3], 2), ([0.4, 0.4, 0.9], 0)):
        run = Run(clock, [0.0], 1.0, at=at, rtol=1.0, atol=100.0)
        assert run.work[1] == 1.0  # one step holds them all
        assert run.event == first
        assert run.t == pytest.approx(min(at), abs=1e-12)
        assert run.y[0] == pytest.approx(min(at), abs=1e-12)


def test_an_event_that_is_true_at_the_start_fires_at_once() -> None:
    run = Run(clock, [0.6], 1.0, at=[0.9, 0.5], out=[0.0, 0.5])
    assert (run.event, run.t, run.written) == (1, 0.0, 0)
    assert run.y[0] == 0.6
    assert run.work[0] == 0.0


def test_only_a_rise_is_an_event() -> None:
    run = Run(clock, [0.0], 2.0, watch=falling)  # at the start cos t - 0.5 lies above 0, so it fires there
    assert (run.event, run.t) == (0, 0.0)
    assert Run(clock, [0.0], 2.0, at=[2.5]).event == NOTHING


def test_a_disarmed_event_is_passed_over() -> None:
    t, event, _ = integrate(
        Equations(clock, levels, none, np.array([0.0, 0.2, 0.8]), NO_WIRING), np.array([False, True]), (0.0, 1.0),
        np.array([0.0]), Tolerance(1e-6, np.array([1e-6]), ALONE), Output(np.empty(0), np.empty((0, 1))),
        Account(np.zeros(2), np.zeros(1)),
    )  # fmt: skip
    assert event == 1
    assert t == pytest.approx(0.8, abs=1e-9)


def test_an_empty_interval_changes_nothing() -> None:
    run = Run(clock, [0.25], 0.0, at=[0.5])
    assert (run.t, run.event, run.y[0]) == (0.0, NOTHING, 0.25)


def test_a_step_that_is_not_a_number_is_tried_again_smaller() -> None:
    run = Run(root, [1.0], 1.999, rtol=1e-3, atol=1e-6)
    assert run.numbers[0] > 0.0  # it did meet the root of a negative number
    assert run.event == NOTHING
    assert run.y[0] == pytest.approx((1.0 - 1.999 / 2.0) ** 2, abs=1e-5)


@pytest.mark.parametrize("rhs", [wall, blow_up])
def test_what_cannot_go_on_stalls_where_it_stops(rhs: object) -> None:
    run = Run(rhs, [0.0 if rhs is wall else 1.0], 2.0, rtol=1e-9, atol=1e-9)
    assert run.event == STALLED
    assert run.t == pytest.approx(1.0, abs=1e-6)
    assert run.work[1] < 20_000


def test_the_work_is_counted_and_bounded() -> None:
    run = Run(known, exact(0.0), 50.0, rtol=1e-6, atol=1e-6)
    assert run.work[0] == run.numbers[0]  # the right-hand side counted its own calls
    assert run.work[0] == 1 + 6 * run.work[1]

    def plain(t: float, y: NDArray[np.float64]) -> list[float]:
        return [y[0] * np.cos(t), y[2], -y[1]]

    other = solve_ivp(plain, (0.0, 50.0), exact(0.0), method="RK45", rtol=1e-6, atol=1e-6)
    assert run.work[0] < 1.4 * other.nfev  # the same method, with the largest error in place of the mean one
