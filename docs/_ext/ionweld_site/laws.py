"""Concepts: the laws, each with its equation, arguments, validity and source, as its docstring has them."""

from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import ionweld.laws
from ionweld_site.markdown import blocks, doc, escaped, page


def modules() -> list[ModuleType]:
    """Return the modules of laws."""
    return [import_module(f"ionweld.laws.{info.name}") for info in iter_modules(ionweld.laws.__path__)]


def laws_of(module: ModuleType) -> list[tuple[str, object]]:
    """Return the laws that a module states, in the order of its text."""
    own = [(name, law) for name, law in getmembers(module, isfunction) if law.__module__ == module.__name__]
    return sorted(
        ((name, law) for name, law in own if not name.startswith("_")), key=lambda one: one[1].__code__.co_firstlineno
    )


def address(law: object) -> str:
    """Return where a law stands, as seen from a neighbouring chapter."""
    module = law.__module__.rpartition(".")[2]
    return f"../laws/{module}.md#{law.__name__}"


def pages(_: Path) -> dict[str, str]:
    """Return one page per module."""
    return {f"laws/{module.__name__.rpartition('.')[2]}.md": _page(module) for module in modules()}


def _page(module: ModuleType) -> str:
    title, _, rest = doc(module).partition("\n")
    parts = blocks(rest)
    for name, law in laws_of(module):
        parts += [f"({name})=\n## {name.replace('_', ' ')}", *_law(name, law)]
    heading, _, detail = title.rstrip(".").partition(":")
    return page(escaped(heading), escaped(detail.strip()[:1].upper() + detail.strip()[1:]), *parts)


def _law(name: str, law: object) -> list[str]:
    known = arguments(law)
    return [f"`{name}({', '.join(known)})`", *blocks(doc(law), words_of(name, known))]


def equations_of(law: object) -> list[str]:
    """Return the equations of a law alone, typeset."""
    made = blocks(doc(law), words_of(law.__name__, arguments(law)))
    return [one for one in made if one.startswith('<div class="equation">')]


def arguments(law: object) -> tuple[str, ...]:
    """Return the names of what a law takes."""
    return law.__code__.co_varnames[: law.__code__.co_argcount]


def words_of(name: str, known: tuple[str, ...]) -> set[str]:
    """Return the words that may stand in the equation of a law as symbols: its arguments, and what it is called."""
    return {*known, *(one.partition("_")[0] for one in known), *name.split("_")}
