"""How far long work is, part by part."""

from collections.abc import Callable

Tell = Callable[[int, int, str], None]  # (steps done, of how many, the title of this part)


def unheard(_done: int, _total: int, _part: str) -> None:
    """Tell nobody."""


def by_parts(tell: Tell) -> Callable[[str, int], Callable[[], None]]:
    """Return what long work calls with the title and the size of each of its parts; `tell` hears each step of each."""

    def start(title: str, total: int) -> Callable[[], None]:
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            tell(done, total, title)

        tell(0, total, title)
        return step

    return start
