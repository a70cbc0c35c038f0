"""Numbers as a person writes them on the command line: with units, by name, and every fault of them at once."""

from collections.abc import Collection


def between(text: str, unit: str, where: str, low: float, high: float) -> float:
    """Return a quantity in `unit`. Raises UnitError, or InputError when it is outside of low to high."""
    from ionweld.errors import Fault, InputError
    from ionweld.units import to_si

    value = to_si(text, unit, where)
    if not low <= value <= high:
        allowed = f"{low:g} to {high:g}" + ("" if unit == "1" else f" {unit}")
        raise InputError(Fault(where, f"{text!r} is out of range", f"Give a value from {allowed}"))
    return value


def named_numbers(text: str, units: dict[str, str], where: str, example: str) -> dict[str, float]:
    """Return "R0=100, CPE1.Q=1e-6" as numbers; a value may carry a unit (R0=1 kohm). units: SI unit by name.

    Raises InputError that lists every part that is no name=number, or names something twice.
    """
    from ionweld.errors import Fault, InputError

    found: dict[str, float] = {}
    faults: list[Fault] = []
    for part in filter(None, (item.strip() for item in text.replace(";", ",").split(","))):
        name, mark, value = (piece.strip() for piece in part.rpartition("="))  # a species may be called C=O
        if not mark or not name or name in found:
            seen = f"{part!r} is given twice" if name in found else f"{part!r} is no name=value"
            faults.append(Fault(where, seen, f'Write "{example}"'))
            continue
        try:
            found[name] = _number(value, units.get(name, "1"), f"{where} {name}")
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


def _number(text: str, unit: str, where: str) -> float:
    from ionweld.units import to_si

    try:
        return float(text)
    except ValueError:
        return to_si(text, unit, where)


def amounts_of(
    text: str, where: str, example: str, known: Collection[str] | None = None, whole: bool = False
) -> dict[str, float]:
    """Return "LiF=20 %, Li2CO3=40 %" as numbers. Raises InputError for what simulate.limits.check_amounts refuses.

    Amounts of which some have a per cent sign and some have none are refused too.
    """
    from ionweld.errors import Fault, InputError
    from ionweld.simulate.limits import check_amounts

    found = named_numbers(text, {}, where, example)
    if 0 < text.count("%") < len(found):
        raise InputError(Fault(where, "some amounts are in % and some are not", "Write all of them alike"))
    check_amounts(found, where, known, whole)
    return found


def scan_of(texts: tuple[str, str, str], unit: str, ends: tuple[float, float]) -> tuple[float, float, float]:
    """Return --low, --high and --step in `unit`; ends: how far an instrument goes. Raises InputError."""
    from ionweld.errors import together
    from ionweld.simulate.limits import check_scan
    from ionweld.units import to_si

    low, high, step = together(
        lambda: between(texts[0], unit, "--low", *ends),
        lambda: between(texts[1], unit, "--high", *ends),
        lambda: to_si(texts[2], unit, "--step"),
    )
    check_scan(low, high, step)
    return low, high, step
