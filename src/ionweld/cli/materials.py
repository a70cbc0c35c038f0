"""`ionweld materials [NAME]`: what the library holds, each number with its range, status and source."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json

if TYPE_CHECKING:
    from ionweld.spec.library import Entry, Library
    from ionweld.spec.quantity import Quantity


def materials(
    name: Annotated[str | None, typer.Argument(help="A material or pair by its name, or a file of your own.")] = None,
    kind: Annotated[str | None, typer.Option(help="List one kind only, such as 'solid electrolyte'.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the materials and pairs that there are, with those in ./materials, or show every number of one of them."""
    from ionweld.spec.own_files import library_with

    library, shown = library_with(name)
    if shown is None:
        entries = _listed(library, kind)
        document: dict[str, Any] = {"materials": [_summary(one) for one in entries]}
    else:
        document = _details(library.entry(shown))
    if as_json:
        emit_json(document)
    elif shown is None:
        _print_list(document["materials"])
    else:
        _print_one(document)


def _listed(library: "Library", kind: str | None) -> list["Entry"]:
    from ionweld.errors import Fault, InputError
    from ionweld.spec.described import MODELS

    if kind is not None and kind not in MODELS:
        raise InputError(Fault("--kind", f"{kind!r} is no kind of entry", f"Write one of {', '.join(MODELS)}"))
    return [library.entry(one) for one in library.names(*([kind] if kind is not None else MODELS))]


def _summary(one: "Entry") -> dict[str, Any]:
    statuses = [known.status for known in one.properties.values()]
    return {
        "name": one.name,
        "kind": one.kind,
        "sides": one.sides,
        "about": one.about,
        "file": one.file or None,
        "numbers": len(statuses),
        "assumed": statuses.count("assumed"),
        "borrowed": len(one.borrowed),
    }


def _details(one: "Entry") -> dict[str, Any]:
    numbers = [_number(name, known, one) for name, known in one.properties.items()]
    surfaces = {
        state: [_number(name, known, one) for name, known in some.items()] for state, some in one.surfaces.items()
    }
    wetted = [_number(name, known, one) for name, known in one.under_liquid.items()]
    return _summary(one) | {
        "chemistry": one.chemistry,
        "values": numbers,
        "surfaces": surfaces,
        "under_liquid": wetted,
    }


def _number(name: str, known: "Quantity", one: "Entry") -> dict[str, Any]:
    return {
        "name": name,
        "symbol": one.symbols.get(name, name),
        "text": known.text,
        "range": known.range_text,
        "value": known.value,
        "low": known.low,
        "high": known.high,
        "unit": known.unit,
        "at_K": known.at,
        "status": known.status,
        "source": known.source,
        "borrowed_from": one.borrowed.get(name),
    }


def _print_list(rows: list[dict[str, Any]]) -> None:
    kinds = dict.fromkeys(row["kind"] for row in rows)
    width = max((len(row["name"]) for row in rows), default=0)
    for kind in kinds:
        emit(f"{kind}")
        for row in (row for row in rows if row["kind"] == kind):
            said = f"{row['numbers']:3} numbers, {row['assumed']:3} assumed"
            said += f", {row['borrowed']} borrowed" if row["borrowed"] else ""
            emit(f"  {row['name']:<{width}}  {said}" + (f"  ({row['file']})" if row["file"] else ""))


def _print_one(document: dict[str, Any]) -> None:
    emit(f"{document['name']}: {document['kind']}. {document['about']}")
    if document["borrowed"]:
        emit(f"{document['borrowed']} of {document['numbers']} numbers are borrowed from other entries")
    _print_numbers(document["values"])
    for state, numbers in document["surfaces"].items():
        emit(f"on a surface that is {state.replace('_', ' ')}:")
        _print_numbers(numbers)
    if document["under_liquid"]:
        emit("under a liquid:")
        _print_numbers(document["under_liquid"])


def _print_numbers(numbers: list[dict[str, Any]]) -> None:
    for one in numbers:
        at = f" at {one['at_K'] - 273.15:.4g} degC" if one["at_K"] is not None else ""
        known = f"{one['text']}{at}" + (f" ({one['range']})" if one["range"] else "")
        emit(f"  {one['name']} {one['symbol']} = {known}, {one['status']}")
        emit(f"      {one['source']}")
