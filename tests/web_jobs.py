"""Jobs for a crew to do, as screens have them: functions of a module."""

import os
import time
from collections.abc import Callable

from ionweld.errors import Fault, InputError


def double(number: int) -> int:
    """Return at once."""
    return 2 * number


def slow(steps: int, tell: Callable[[int, int, str], None]) -> str:
    """Tell of each step on the way."""
    for step in range(steps):
        tell(step + 1, steps, "steps")
        time.sleep(0.02)
    return "done"


def wrong() -> None:
    """Be given what cannot be."""
    raise InputError(Fault("here", "is wrong", "Do it otherwise"))


def broken() -> None:
    """Have a fault of one's own."""
    raise ZeroDivisionError("by nothing")


def crash() -> None:
    """Take the process down."""
    os._exit(3)
