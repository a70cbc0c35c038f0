"""Reference: every number of the library, with its range, status and source."""

import re
from pathlib import Path

from ionweld.spec.described import MODELS
from ionweld.spec.entry import Entry
from ionweld.spec.library import Library
from ionweld.spec.quantity import Quantity
from ionweld_site.markdown import escaped, page, table

KELVIN = 273.15


def pages(_: Path) -> dict[str, str]:
    """Return an overview and one page per entry."""
    library = Library()
    by_kind = {kind: [library.entry(name) for name in library.names(kind)] for kind in MODELS}
    entries = [one for some in by_kind.values() for one in some]
    return {"materials/index.md": _overview(by_kind, entries)} | {
        f"materials/{_file(one)}.md": _page(one) for one in entries
    }


def _file(one: Entry) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", one.name).strip("-").lower()


def _overview(by_kind: dict[str, list[Entry]], entries: list[Entry]) -> str:
    said = (
        "Each number has a unit, a range, a status and a source. *Assumed* says that nobody measured it here; *borrowed* "
        "says that it is another material's, and every output that uses it counts it in its first line. What a cell's file "
        "may leave out is in [assumptions](assumptions.md). `ionweld materials NAME` prints the same."
    )
    parts = [said]
    for kind, some in by_kind.items():
        rows = [[f"[{escaped(one.name)}]({_file(one)}.md)", *_counts(one), escaped(one.about)] for one in some]
        parts += [f"## {kind.capitalize()}", table(["entry", "numbers", "assumed", "borrowed", "about"], rows)]
    return page(
        "Materials", *parts, "```{toctree}\n:hidden:\n\n" + "\n".join(dict.fromkeys(map(_file, entries))) + "\n```"
    )


def _counts(one: Entry) -> list[str]:
    statuses = [known.status for known in one.properties.values()]
    return [str(len(statuses)), str(statuses.count("assumed")), str(len(one.borrowed))]


def _page(one: Entry) -> str:
    parts = [f"{one.kind.capitalize()}. {escaped(one.about)}"]
    if one.borrowed:
        parts.append(f"{len(one.borrowed)} of {len(one.properties)} numbers are borrowed from other entries.")
    if one.mechanisms:
        links = [f"[{name.replace('_', ' ')}](../mechanisms/{name}.md)" for name in one.mechanisms]
        parts.append(f"Its mechanisms: {', '.join(links)}.")
    parts += [_number(one, name, known) for name, known in one.properties.items()]
    for word, groups in (("On a surface that is", one.surfaces), ("On", one.on)):
        for state, some in groups.items():
            parts += [f"## {word} {escaped(state.replace('_', ' '))}"]
            parts += [_number(one, name, known) for name, known in some.items()]
    return page(escaped(one.name), *parts)


def _number(one: Entry, name: str, known: Quantity) -> str:
    """Return one number as a term and what is known of it: readable on any width of page."""
    at = f" at {known.at - KELVIN:.4g} degC" if known.at is not None else ""
    symbol = one.symbols.get(name, name)
    term = f"`{name}`" + (f" {escaped(symbol)}" if symbol != name else "") + f" = {escaped(known.text)}{at}"
    extent = f" ({escaped(known.range_text)})" if known.range_text else ""
    borrowed = f", borrowed from {escaped(one.borrowed[name])}" if name in one.borrowed else ""
    return f"{term}\n: **{known.status}**{extent}{borrowed}. {escaped(known.source)}"
