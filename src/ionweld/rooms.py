"""What stands in a room of the house, found by looking: a technique, a verb or a view is added by writing its file.

A part of the house is a module of the room, `ionweld.read.xrd` or `ionweld.cli.doctor`. A package from outside brings
parts of its own: it names itself in the entry points of the group "ionweld.techniques", and what it has for a room is its
module of the room's last name:

    [project.entry-points."ionweld.techniques"]
    raman = "ionweld_raman"         # ionweld_raman/read.py, ionweld_raman/cli.py, ionweld_raman/glance.py

Nothing is imported by looking, so that the front door stays light.
"""

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

GROUP = "ionweld.techniques"


@cache
def guests() -> dict[str, str]:
    """Return the packages from outside: the name of the technique -> the package."""
    return {point.name: point.value for point in sorted(entry_points(group=GROUP))}


def names(room: str) -> list[str]:
    """Return the names of all parts of a room ("read", "cli", "report.glance"), sorted; guests come with theirs."""
    folder = Path(__file__).parent.joinpath(*room.split("."))
    return sorted({item.name for item in iter_modules([str(folder)])} | set(guests()))


def part(room: str, name: str) -> ModuleType | None:
    """Return the part of that name in a room, or None where the room has none.

    A part that is there and cannot be imported raises what its import raised: it is broken, not missing.
    """
    package = guests().get(name)
    if package is None:
        return import_module(f"ionweld.{room}.{name}") if _stands(room, name) else None
    path = f"{package}.{room.rpartition('.')[2]}"
    return import_module(path) if find_spec(path) is not None else None


def _stands(room: str, name: str) -> bool:
    """Say whether the house has that part; looking at the disk imports nothing."""
    place = Path(__file__).parent.joinpath(*room.split("."), name)
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()
