"""From the document of a library file to an entry: checked against the schema of its kind, every fault at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from ionweld.errors import Fault, SpecError
from ionweld.spec.entry import Entry
from ionweld.spec.faults import check
from ionweld.spec.matter import (
    Assumptions,
    CathodeMaterial,
    Described,
    Interphase,
    LiquidElectrolyte,
    Metal,
    Numbers,
    SolidElectrolyte,
    rule,
)
from ionweld.spec.pairs import AnodeInterface, CathodeInterface, Interlayer
from ionweld.spec.quantity import Quantity

MODELS: dict[str, type[Described[Any]]] = {
    "solid electrolyte": SolidElectrolyte,
    "metal": Metal,
    "cathode material": CathodeMaterial,
    "liquid electrolyte": LiquidElectrolyte,
    "interphase": Interphase,
    "interlayer": Interlayer,
    "anode interface": AnodeInterface,
    "cathode interface": CathodeInterface,
    "assumptions": Assumptions,
}


def entry_of(document: dict[str, Any], where: str, lookup: Callable[[str], Entry], file: str = "") -> Entry:
    """Return the entry of a document; lookup: gives the entry that it is based on. Raises SpecError with every fault.

    where: what faults name; file: of a person's own entry, where it stands.
    """
    model = MODELS.get(document.get("kind", ""))
    if model is None:
        seen = f"{document['kind']!r} is no kind of entry" if "kind" in document else "is missing"
        raise SpecError(Fault(f"{where}: kind", seen, f"Write one of {', '.join(MODELS)}"))
    base = _base(document, where, lookup)
    checked = check(model, _completed(document, base), where)
    return _entry(document, checked, base, file)


def _base(document: dict[str, Any], where: str, lookup: Callable[[str], Entry]) -> Entry | None:
    if "base" not in document:
        return None
    try:
        base = lookup(str(document["base"]))
    except SpecError as error:
        raise SpecError([Fault(f"{where}: base", fault.seen, fault.mend) for fault in error.faults]) from None
    if base.kind != document["kind"]:
        seen = f"{base.name!r} is of another kind: {base.kind}"
        raise SpecError(Fault(f"{where}: base", seen, f"Name an entry that is a {document['kind']}"))
    return base


def _completed(document: dict[str, Any], base: Entry | None) -> dict[str, Any]:
    """Return the document with the numbers that it takes over."""
    own = document.get("properties")
    if base is None or not isinstance(own, dict):
        return document
    return document | {"properties": _taken_over(base) | own}


def _taken_over(base: Entry) -> dict[str, Quantity]:
    """Return the numbers of the entry that another one starts from: for that other one they are assumptions."""
    reference = base.properties.get("reference_temperature")
    T_0 = reference.value if reference is not None else None
    return {
        name: replace(
            known,
            status="assumed",
            source=f"taken over from {base.name}, not known here; {known.source}",
            at=known.at or T_0,
        )
        for name, known in base.properties.items()
    }


def _entry(document: dict[str, Any], checked: Described, base: Entry | None, file: str) -> Entry:
    own: dict[str, Any] = document["properties"]
    numbers = checked.properties.all()
    return Entry(
        name=checked.name,
        kind=document["kind"],
        about=checked.about,
        properties=numbers,
        symbols={name: _symbol(type(checked).numbers(), name, own, base) for name in numbers},
        priors={name: record["prior_factor"] for name, record in own.items() if "prior_factor" in record},
        borrowed=_borrowed(base, own),
        sides=getattr(checked, "sides", None),
        chemistry=getattr(checked, "chemistry", None) or (base.chemistry if base is not None else None),
        surfaces=(base.surfaces if base is not None else {}) | _changed(checked, "surfaces"),
        under_liquid=_under_liquid(checked, base),
        on=_changed(checked, "on"),
        appearance=getattr(checked, "appearance", None) or (base.appearance if base is not None else None),
        liquid=getattr(checked, "liquid", None) or (base.liquid if base is not None else None),
        deposit=getattr(checked, "deposit", None),
        file=file,
        mechanisms=tuple(getattr(checked, "mechanisms", ())),
    )


def _changed(checked: Described, name: str) -> dict[str, dict[str, Quantity]]:
    return {case: cast(Numbers, some).all() for case, some in getattr(checked, name, {}).items()}


def _under_liquid(checked: Described, base: Entry | None) -> dict[str, Quantity]:
    own = getattr(checked, "under_liquid", None)
    return (base.under_liquid if base is not None else {}) | (cast(Numbers, own).all() if own is not None else {})


def _symbol(numbers: type[Numbers], name: str, own: dict[str, Any], base: Entry | None) -> str:
    known = rule(numbers, name)
    fallback = base.symbols.get(name, name) if base is not None else name
    return known.symbol if known is not None else own.get(name, {}).get("symbol", fallback)


def _borrowed(base: Entry | None, own: dict[str, Any]) -> dict[str, str]:
    if base is None:
        return {}
    return {name: base.borrowed.get(name, base.name) for name in base.properties if name not in own}
