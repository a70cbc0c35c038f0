"""The cathode loses a part of what is active after each cycle, with the lithium in it. Descriptive."""

from ionweld.simulate.mechanism import Mechanism


def _after_cycle(course) -> None:
    active, faded = course.state("active"), course.state("faded")
    lost = course.parameters["capacity_fade"] * active[0]
    lithiation = course.state("lithiation")[0].mean()
    faded[0] += course.number("v_li") * course.number("capacity") * lost * lithiation
    active[0] -= lost


MECHANISM = Mechanism(
    name="cathode_fade",
    about="the cathode loses a part of what is active after each cycle (descriptive)",
    switch="cathode",
    cells="full",
    parameters={"capacity_fade": "1"},
    after_cycle=_after_cycle,
)
