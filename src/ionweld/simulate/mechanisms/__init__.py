"""The mechanisms of a cell, one file each, found by being in this folder.

A pair of the library names the mechanisms of its interface (`mechanisms = [...]` in its file), or takes ORDINARY, which
"ordinary" among the names stands for; a cell switches one off in its `[mechanisms]`.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ionweld.errors import Fault, SpecError
from ionweld.simulate.mechanism import Mechanism
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import dissolves_salt, electrolyte_entry
from ionweld.spec.library import Entry

# In this order they are asked: contact first, then what fills the gap, because others look at both
ORDINARY = (
    "voids", "soft_contact", "spot_density", "layer", "gap", "butler_volmer", "film", "passivation", "salt", "fracture",
    "roughening", "short", "leak", "soft_short", "cathode", "cathode_fade",
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


def named(parameters: Entry) -> tuple[str, ...]:
    """Return the names of a pair's mechanisms, those that are ordinary spelt out."""
    names = parameters.mechanisms or ("ordinary",)
    return tuple(one for name in names for one in (ORDINARY if name == "ordinary" else (name,)))


def of_pair(cell: CellSpec, parameters: Entry) -> tuple[Mechanism, ...]:
    """Return the mechanisms of a pair for this kind of cell and electrolyte, whatever the cell switches off."""
    full, coated = cell.cathode is not None, cell.cathode is not None and cell.cathode.coat is not None
    part_of = {"all": True, "full": full, "uncoated": not coated}
    soft = dissolves_salt(electrolyte_entry(cell))
    made_of = {"all": True, "polymer": soft, "ceramic": not soft}
    there = map(mechanism, named(parameters))
    return tuple(one for one in there if part_of[one.cells] and made_of[one.electrolytes])


def mechanisms_of(cell: CellSpec, parameters: Entry) -> tuple[Mechanism, ...]:
    """Return the mechanisms of a cell: those of its pair, without what the cell switches off."""
    off = {name for name, on in cell.switches.items() if not on}
    return tuple(one for one in of_pair(cell, parameters) if one.switch not in off)
