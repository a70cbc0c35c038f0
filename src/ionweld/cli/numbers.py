"""Numbers as a person writes them on the command line: with units, by name, and every fault of them at once."""

from collections.abc import Collection, Mapping

from ionweld.errors import Fault, InputError, together

FEWEST_POINTS = 50  # what a reader takes for a scan
MOST_POINTS = 100_000
_LARGEST = 1e9  # of an amount; beyond, sums lose the small ones
_MEND = f"Give a number from 0 to {_LARGEST:g}"
_ROUNDING = 1e-6  # of shares that a person wrote in decimal digits


def between(text: str, unit: str, where: str, low: float, high: float) -> float:
    """Return a quantity in `unit`. Raises UnitError, or InputError when it is outside of low to high."""
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
    """Return "LiF=20 %, Li2CO3=40 %" as numbers.

    known: the names that there are, None = checked elsewhere. whole: the amounts are shares that must make 1. Raises
    InputError for every name that is not known and every amount below zero, for a sample of nothing, and for amounts of
    which some have a per cent sign and some have none.
    """
    found = named_numbers(text, {}, where, example)
    if 0 < text.count("%") < len(found):
        raise InputError(Fault(where, "some amounts are in % and some are not", "Write all of them alike"))
    if faults := _amount_faults(found, where, known, whole):
        raise InputError(faults)
    return found


def _amount_faults(amounts: Mapping[str, float], where: str, known: Collection[str] | None, whole: bool) -> list[Fault]:
    unknown = [name for name in amounts if known is not None and name not in known]
    faults = [Fault(where, f"{name!r} is not known", f"Choose of {', '.join(known or ())}") for name in unknown]
    wrong = [name for name, amount in amounts.items() if not 0.0 <= amount <= _LARGEST]
    faults += [Fault(where, f"{name} = {amounts[name]:g} is no amount", _MEND) for name in wrong]
    total = sum(amounts.values())
    if not wrong and not total:
        faults.append(Fault(where, "nothing is in the sample", "Name at least one amount above zero"))
    elif not wrong and whole and abs(total - 1.0) > _ROUNDING:
        faults.append(Fault(where, f"the shares make {100.0 * total:g} %, not 100 %", 'Write "A=97 %, B=3 %"'))
    return faults


def scan_of(texts: tuple[str, str, str], unit: str, ends: tuple[float, float]) -> tuple[float, float, float]:
    """Return --low, --high and --step in `unit`; ends: how far an instrument goes.

    Raises InputError, also when a scan from low to high has far too few or too many points.
    """
    from ionweld.units import to_si

    low, high, step = together(
        lambda: between(texts[0], unit, "--low", *ends),
        lambda: between(texts[1], unit, "--high", *ends),
        lambda: to_si(texts[2], unit, "--step"),
    )
    points = (high - low) / step if low < high and step > 0.0 else 0.0
    if not FEWEST_POINTS <= points <= MOST_POINTS:
        seen = f"a scan from {low:g} to {high:g} in steps of {step:g} cannot be made"
        mend = f"Give a low and a higher end, and a step that makes {FEWEST_POINTS} to {MOST_POINTS} points"
        raise InputError(Fault("low, high, step", seen, mend))
    return low, high, step
