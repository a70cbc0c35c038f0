"""How far long work is, of all of its parts together."""

from collections.abc import Callable

Tell = Callable[[int, int], None]


def unheard(_done: int, _total: int) -> None:
    """Tell nobody."""


def together(tell: Tell) -> Callable[[str, int], Callable[[], None]]:
    """Return what long work calls with the title and the size of each of its parts; `tell` hears all of them as one."""
    counted = {"done": 0, "total": 0}

    def start(_title: str, total: int) -> Callable[[], None]:
        counted["total"] += total

        def step() -> None:
            counted["done"] += 1
            tell(counted["done"], counted["total"])

        return step

    return start
