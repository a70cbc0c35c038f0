"""What a person asks of a simulated instrument, checked before anything is made: every fault is named at once."""

from collections.abc import Collection, Mapping

from ionweld.errors import Fault, InputError

FEWEST_POINTS = 50  # what a reader takes for a scan
MOST_POINTS = 100_000
_LARGEST = 1e9  # of an amount; beyond, sums lose the small ones
_MEND = f"Give a number from 0 to {_LARGEST:g}"
_ROUNDING = 1e-6  # of shares that a person wrote in decimal digits


def check_amounts(
    amounts: Mapping[str, float], where: str, known: Collection[str] | None = None, whole: bool = False
) -> None:
    """Raise InputError for every name that is not known, every amount below zero, and a sample of nothing.

    known: the names that there are, None = checked elsewhere. whole: the amounts are shares that must make 1.
    """
    faults = [_unknown(name, where, known) for name in amounts if known is not None and name not in known]
    wrong = [name for name, amount in amounts.items() if not 0.0 <= amount <= _LARGEST]
    faults += [Fault(where, f"{name} = {amounts[name]:g} is no amount", _MEND) for name in wrong]
    total = sum(amounts.values())
    if not wrong and not total:
        faults.append(Fault(where, "nothing is in the sample", "Name at least one amount above zero"))
    elif not wrong and whole and abs(total - 1.0) > _ROUNDING:
        faults.append(Fault(where, f"the shares make {100.0 * total:g} %, not 100 %", 'Write "A=97 %, B=3 %"'))
    if faults:
        raise InputError(faults)


def _unknown(name: str, where: str, known: Collection[str]) -> Fault:
    return Fault(where, f"{name!r} is not known", f"Choose of {', '.join(known)}")


def check_scan(low: float, high: float, step: float) -> None:
    """Raise InputError when a scan from low to high in steps (all in one unit) has far too few or too many points."""
    points = (high - low) / step if low < high and step > 0.0 else 0.0
    if not FEWEST_POINTS <= points <= MOST_POINTS:
        seen = f"a scan from {low:g} to {high:g} in steps of {step:g} cannot be made"
        mend = f"Give a low and a higher end, and a step that makes {FEWEST_POINTS} to {MOST_POINTS} points"
        raise InputError(Fault("low, high, step", seen, mend))
