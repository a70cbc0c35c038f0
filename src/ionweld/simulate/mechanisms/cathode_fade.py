"""The cathode loses a part of what is active after each cycle, with the lithium in it (cathode). Descriptive."""

from ionweld.simulate.mechanism import Mechanism, Setting, Values


def _numbers(setting: Setting) -> Values:
    return {"fade": setting.parameters["capacity_fade"]}


MECHANISM = Mechanism(
    name="cathode_fade",
    about="the cathode loses a part of what is active after each cycle (descriptive)",
    switch="cathode",
    cells="full",
    parameters={"capacity_fade": "1"},
    numbers=_numbers,
)
