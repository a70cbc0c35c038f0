"""All elements that a circuit can hold, found in parts/ (one file each) and in packages from outside."""

from ionweld.rooms import names, part
from ionweld.spec.circuit.element import SCALING, Element, Kind, Parameter

__all__ = ["ALIASES", "ELEMENTS", "SCALING", "SYMBOLS", "Element", "Kind", "Parameter", "element"]

_FOUND = [part("spec.circuit.parts", name) for name in names("spec.circuit.parts")]
ELEMENTS: dict[str, Element] = {module.ELEMENT.symbol: module.ELEMENT for module in _FOUND if module is not None}
# Other spellings: Q, T and O are those of circuit description codes, TLMQ that of impedance.py.
ALIASES: dict[str, str] = {alias: symbol for symbol, one in ELEMENTS.items() for alias in one.aliases}
SYMBOLS: tuple[str, ...] = tuple(sorted([*ELEMENTS, *ALIASES], key=len, reverse=True))


def element(symbol: str) -> Element:
    """Return the element that `symbol` (or another spelling of it) stands for."""
    return ELEMENTS[ALIASES.get(symbol, symbol)]
