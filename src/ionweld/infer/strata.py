"""Which virtual cells are made more often than they are believed, so that rare causes are learnt too, and what takes it back.

    looks     each cell that is simulated is measured twice: with sound equipment, and with a fault of what surrounds it:
              leads in every other cell, a pellet that ages in the rest
    leaking   in every seventh cell whose soft short is off unless something is wrong, there is one of noticeable size

A draw counts as often as it is believed over how often it is made, so that all shares are those of the prior.
"""

from typing import Literal

Fault = Literal["none", "leads", "ageing"]
LOOKS = 2
FAULTY = {"leads": 0.15, "ageing": 0.15}  # how often
LEAKING = 7  # one cell in so many


def run_of(number: int) -> int:
    """Return the number of the simulated cell of a draw."""
    return number // LOOKS


def numbers_of(run: int) -> range:
    """Return the numbers of the draws of a simulated cell."""
    return range(run * LOOKS, (run + 1) * LOOKS)


def fault_of(number: int) -> Fault:
    """Return what is wrong around the cell of a draw."""
    if number % LOOKS == 0:
        return "none"
    return "leads" if run_of(number) % 2 == 0 else "ageing"


def made_to_leak(number: int) -> bool:
    """Return whether a cell is one of those that leak because they are asked to."""
    return run_of(number) % LEAKING == 0


def weight_of(number: int, leaks: bool | None, believed: float) -> float:
    """Return how often a draw counts. leaks: noticeably, None where it is not asked for; believed: how often cells do."""
    fault = fault_of(number)
    looked = 1.0 - sum(FAULTY.values()) if fault == "none" else 2.0 * FAULTY[fault]
    if leaks is None:
        return looked
    made = 1.0 - 1.0 / LEAKING + (1.0 / LEAKING / believed if leaks else 0.0)
    return looked / made
