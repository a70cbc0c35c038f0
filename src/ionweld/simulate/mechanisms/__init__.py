"""The mechanisms of a cell, one file each, found by being in this folder.

A pair of the library names the mechanisms of its interface (`mechanisms = [...]` in its file), or takes ORDINARY; a cell
switches one off in its `[mechanisms]`.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ionweld.errors import Fault, SpecError
from ionweld.simulate.mechanism import Mechanism
from ionweld.spec.cell import Cell
from ionweld.spec.library import Entry

# In this order they are asked: contact first, because others look at it
ORDINARY = (
    "contact", "charge_transfer", "interphase", "layer", "filament", "short", "leak", "soft_short", "cathode",
    "cathode_fade",
)  # fmt: skip


def mechanism_names() -> list[str]:
    """Return the names of all mechanisms there are."""
    return sorted(module.name for module in iter_modules(__path__))


@cache
def mechanism(name: str) -> Mechanism:
    """Return a mechanism by the name of its file. Raises SpecError when there is none."""
    if name not in mechanism_names():
        known = ", ".join(mechanism_names())
        raise SpecError(Fault("library: mechanisms", f"{name!r} is no mechanism", f"Known: {known}"))
    return import_module(f"{__name__}.{name}").MECHANISM


def mechanisms_of(cell: Cell, parameters: Entry) -> tuple[Mechanism, ...]:
    """Return the mechanisms of a cell: those of its pair for this kind of cell, without what the cell switches off."""
    kind = "symmetric" if cell.cathode is None else "full"
    named = [mechanism(name) for name in parameters.mechanisms or ORDINARY]
    off = {name for name, on in cell.switches.items() if not on}
    return tuple(one for one in named if one.cells in ("all", kind) and one.switch not in off)
