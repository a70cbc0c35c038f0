"""Reference: the public names of `import ionweld`, by room, and the results that they give."""

from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path

import ionweld
from ionweld_site.markdown import doc, escaped, page, table

ROOMS = {  # module of ionweld.api -> how a person calls it; what is not named here stands under its own name
    "cells": "Cells and protocols",
    "twin": "The twin",
    "sweep": "The twin: sweeps",
    "studies": "Published studies",
    "measurements": "Measurements",
    "reading": "Files of instruments",
    "looking": "What a file is",
    "impedance": "Impedance",
    "cycling": "Cycling",
    "surfaces": "XRD, FTIR, XPS",
    "pictures": "SEM, EDS",
    "verdicts": "What joins techniques",
    "diagnosis": "Why a cell fails",
    "materials": "The library",
    "project": "A laboratory's project",
}


def pages(_: Path) -> dict[str, str]:
    """Return an overview, one page per public name, and one of what they return."""
    modules = list(dict.fromkeys(sorted(ionweld.PUBLIC.values(), key=_place)))
    texts = {f"api/{name}.md": _page(name) for name in ionweld.PUBLIC}
    return {"api/index.md": _overview(modules), "api/results.md": _results(modules)} | texts


def _place(module: str) -> int:
    return list(ROOMS).index(module) if module in ROOMS else len(ROOMS)


def _overview(modules: list[str]) -> str:
    said = (
        "`import ionweld as iw` loads nothing: each name is imported when it is first used. Quantities are text with a "
        "unit, arrays are numpy, tables are polars; a bare number for a quantity is refused with the way to write it."
    )
    parts = [said]
    for module in modules:
        own = [name for name, where in ionweld.PUBLIC.items() if where == module]
        rows = [[f"[`iw.{name}`]({name}.md)", escaped(doc(getattr(ionweld, name)).splitlines()[0])] for name in own]
        parts += [f"## {ROOMS.get(module, module.capitalize())}", table(["name", "what it is"], rows)]
    parts += ["## Results and errors", "[What they return](results.md), with `ionweld.errors` at the end."]
    return page("Python", *parts, "```{toctree}\n:hidden:\n\n" + "\n".join([*ionweld.PUBLIC, "results"]) + "\n```")


def _page(name: str) -> str:
    found = getattr(ionweld, name)
    kind = "autoclass" if isclass(found) else "autofunction"
    members = "\n   :members:\n   :inherited-members: list" if isclass(found) else ""
    return page(f"ionweld.{name}", f"```{{eval-rst}}\n.. {kind}:: ionweld.{name}{members}\n```")


def _results(modules: list[str]) -> str:
    """Return the page of the classes that public names return and that are no public names themselves."""
    said = (
        "Every result has a one-line `repr`, shows itself in a notebook, and has `.table()`, `.to_dict()`, `.to_csv()` and "
        "`.plot()`."
    )
    parts = [said]
    rooms = [import_module(f"ionweld.api.{name}") for name in ("result", *modules)]
    classes = dict.fromkeys(found for room in rooms for _, found in getmembers(room, isclass))
    for found in classes:
        own = found.__module__.startswith("ionweld.api.") and not found.__name__.startswith("_")
        if own and found.__name__ not in ionweld.PUBLIC:
            directive = f".. autoclass:: {found.__module__}.{found.__name__}\n   :members:"
            parts += [f"## {found.__name__}", f"```{{eval-rst}}\n{directive}\n```"]
    errors = "```{eval-rst}\n.. automodule:: ionweld.errors\n   :members:\n```"
    return page("Results and errors", *parts, "## Errors", errors)
