"""How long work says how far it has come: nothing in a notebook, a line on the command line."""

from collections.abc import Callable

Progress = Callable[[str, int], Callable[[], None]]  # (title, how many steps) -> what is called after each


def unseen(_title: str, _total: int) -> Callable[[], None]:
    """Show no progress: in a notebook the result itself is shown."""
    return lambda: None


def by_hundredths(started: Progress, title: str, total: int) -> Callable[[int], None]:
    """Return what hears how much more is done, of `total`, and makes a step of each hundredth."""
    step, done, steps = started(title, 100), 0, 0

    def advance(more: int) -> None:
        nonlocal done, steps
        done += more
        while steps < 100 * done // max(total, 1) and steps < 100:
            steps += 1
            step()

    return advance
