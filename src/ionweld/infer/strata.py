"""Which virtual cells are made more often than they are believed, so that rare causes are learnt too, and what takes it back.

    looks     each cell that is simulated is measured three times: with sound equipment, with faulty leads, with a pellet that
              ages
    leaking   in every seventh cell whose soft short is off unless something is wrong, there is one of noticeable size

A draw counts as often as it is believed over how often it is made, so that all shares are those of the prior.
"""

from typing import Literal

Fault = Literal["none", "leads", "ageing"]
SHARES: dict[Fault, float] = {"none": 0.7, "leads": 0.15, "ageing": 0.15}  # how often each is believed
FAULTS = tuple(SHARES)
LOOKS = len(FAULTS)
LEAKING = 7  # one cell in so many


def run_of(number: int) -> int:
    """Return the number of the simulated cell of a draw."""
    return number // LOOKS


def numbers_of(run: int) -> range:
    """Return the numbers of the draws of a simulated cell."""
    return range(run * LOOKS, (run + 1) * LOOKS)


def fault_of(number: int) -> Fault:
    """Return what is wrong around the cell of a draw."""
    return FAULTS[number % LOOKS]


def made_to_leak(number: int) -> bool:
    """Return whether a cell is one of those that leak because they are asked to."""
    return run_of(number) % LEAKING == 0


def weight_of(number: int, leaks: bool | None, believed: float) -> float:
    """Return how often a draw counts. leaks: noticeably, None where it is not asked for; believed: how often cells do."""
    looked = SHARES[fault_of(number)]
    if leaks is None:
        return looked
    made = 1.0 - 1.0 / LEAKING + (1.0 / LEAKING / believed if leaks else 0.0)
    return looked / made
