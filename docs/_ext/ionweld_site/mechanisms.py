"""Concepts: the mechanisms of a cell, from the docstrings of their files, with the laws that each uses and its numbers."""

from importlib import import_module
from inspect import isfunction
from pathlib import Path
from types import ModuleType

from ionweld.simulate import mechanisms
from ionweld.simulate.mechanism import Mechanism
from ionweld_site.laws import address, equations_of
from ionweld_site.markdown import blocks, doc, escaped, page, table


def pages(_: Path) -> dict[str, str]:
    """Return an overview and one page per mechanism."""
    found = {name: import_module(f"{mechanisms.__name__}.{name}") for name in mechanisms.mechanism_names()}
    return {"mechanisms/index.md": _overview(found)} | {
        f"mechanisms/{name}.md": _page(module) for name, module in found.items()
    }


def _overview(found: dict[str, ModuleType]) -> str:
    rows = [_row(name, module.MECHANISM) for name, module in found.items()]
    return page(
        "Mechanisms",
        "What can happen in a cell, one file each. A pair of the library names the mechanisms of its interface, or takes "
        "the ordinary ones; a cell leaves one out with its switch, `mechanisms.filament = false`. The numbers that a "
        "mechanism reads are those of the pair or the electrolyte ([materials](../materials/index.md)).",
        table(["mechanism", "what it is", "ordinary", "cells", "electrolytes", "switch"], rows),
        "```{toctree}\n:hidden:\n\n" + "\n".join(found) + "\n```",
    )


def _row(name: str, one: Mechanism) -> list[str]:
    switch = f"`{one.switch}`" if one.switch else ""
    ordinary = "yes" if name in mechanisms.ORDINARY else ""
    return [f"[{name.replace('_', ' ')}]({name}.md)", escaped(one.about), ordinary, one.cells, one.electrolytes, switch]


def _page(module: ModuleType) -> str:
    one = module.MECHANISM
    title, *rest = blocks(doc(module))
    slots = [
        [f"`{slot.name}`", slot.unit, escaped(slot.meaning), kind]
        for kind in ("states", "shared", "columns", "numbers")
        for slot in getattr(one.slots, kind)
    ]
    kept = ["## What it keeps", table(["name", "unit", "what it is", "kind"], slots)] if slots else []
    read = [[f"`{name}`", escaped(unit)] for name, unit in one.parameters.items()]
    numbers = ["## Numbers of the library that it reads", table(["number", "unit"], read)] if read else []
    return page(one.name.replace("_", " ").capitalize(), title, *rest, *_laws(module), *numbers, *kept)


def _laws(module: ModuleType) -> list[str]:
    """Return the laws that a mechanism calls, each with its first paragraph and its equations."""
    used = [one for one in vars(module).values() if isfunction(one) and one.__module__.startswith("ionweld.laws.")]
    if not used:
        return []
    parts = ["## Its laws"]
    for law in used:
        said = escaped(doc(law).split("\n\n")[0].replace("\n", " "))
        parts += [f"[{law.__name__.replace('_', ' ')}]({address(law)}): {said}", *equations_of(law)]
    return parts
