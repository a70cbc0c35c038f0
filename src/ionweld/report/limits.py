"""What is read off a simulated test of limits: of the typical cell, over chance, and over what nobody measured.

Critical current and what ended it, life, charge one way, resistance and contact of each interface. A cell that outlived its
test, or bore every current of its ramp, is a lower bound; so is a quantile that falls among such cells.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ionweld.report.page import Marked, paragraph, table
from ionweld.twin.ensemble import DrawnCells, Member, band
from ionweld.units import from_si

_SIDES = ("negative", "positive")
_SHARES = (0.05, 0.5, 0.95)
Bound = tuple[float, bool]  # a number, and whether it is a lower bound


@dataclass(frozen=True, slots=True)
class LimitQuantity:
    """A number that is read off a cell, in `unit`; of: None where a cell has none. name: how it is called."""

    name: str
    unit: str
    of: Callable[[Member], Bound | None]


@dataclass(frozen=True, slots=True)
class Spread:
    """Quantiles (5, 50, 95 %) of a number, each with whether it is a lower bound; n cells have the number, of `total`."""

    low: Bound
    median: Bound
    high: Bound
    n: int
    total: int

    def __str__(self) -> str:
        if not self.n:
            return "none"
        low, median, high = map(shown, (self.low, self.median, self.high))
        return median if low == high else f"{median} ({low} to {high})"


def shown(found: Bound) -> str:
    """Return a number as people read it: "> 5" for a lower bound."""
    return f"{'> ' if found[1] else ''}{found[0]:.3g}"


def quantities(found: DrawnCells) -> list[LimitQuantity]:
    """Return what can be read off the cells of an ensemble."""
    typical = found.members[found.typical_number]
    sides = _SIDES[: len(typical.limits.contact[0])] if typical.limits is not None else ()
    stores, one_way = found.recipe.cell.cathode is not None, _one_way(typical) is not None
    return [
        *([LimitQuantity("critical current", "mA/cm^2", _critical)] if _ramped(found) else []),
        *([LimitQuantity("charge one way", "mAh/cm^2", _one_way)] if one_way else []),
        *([LimitQuantity("life", "cycles", _life)] if not (stores or one_way or _ramped(found)) else []),
        *[
            LimitQuantity(f"{what}, {side}, {when}", unit, _of_side(read, at, place))
            for what, unit, read in (("interface resistance", "ohm*cm^2", _resistance), ("contact", "1", _contact))
            for place, side in enumerate(sides)
            for at, when in enumerate(("as assembled", "at the end"))
        ],
    ]


def _ramped(found: DrawnCells) -> bool:
    return any(member.critical is not None for member in found.members)


def _critical(member: Member) -> Bound | None:
    known = member.critical
    if known is None:
        return None
    return from_si(known.critical_A_m2 or 0.0, "A/m^2", "mA/cm^2"), known.failing_A_m2 is None


def _life(member: Member) -> Bound | None:
    if member.limits is None:
        return None
    ended = member.limits.ended_cycle
    return (float(member.cycles.height), True) if ended is None else (float(ended), False)


def _one_way(member: Member) -> Bound | None:
    if member.limits is None or member.limits.one_way_C_m2 is None:
        return None
    return from_si(member.limits.one_way_C_m2, "C/m^2", "mAh/cm^2"), member.limits.ended_cycle is None


def _resistance(member: Member, at: int, place: int) -> float | None:
    return None if member.limits is None else from_si(member.limits.resistance_ohm_m2[at][place], "ohm*m^2", "ohm*cm^2")


def _contact(member: Member, at: int, place: int) -> float | None:
    return None if member.limits is None else member.limits.contact[at][place]


def _of_side(read: Callable[[Member, int, int], float | None], at: int, place: int) -> Callable[[Member], Bound | None]:
    def of(member: Member) -> Bound | None:
        value = read(member, at, place)
        return None if value is None else (value, False)

    return of


def spread(values: Sequence[Bound | None]) -> Spread:
    """Return the quantiles of numbers some of which are lower bounds; a bound counts as at least its number."""
    known = sorted(value for value in values if value is not None)
    if not known:
        nothing = (float("nan"), False)
        return Spread(nothing, nothing, nothing, 0, len(values))
    numbers, bounds = (np.array(part, dtype=float) for part in zip(*known, strict=True))
    places = np.array(_SHARES) * (len(known) - 1)
    at = np.interp(places, np.arange(len(known)), numbers).tolist()
    beyond = [bool(bounds[: int(np.ceil(place)) + 1].any()) for place in places]
    low, median, high = zip(at, beyond, strict=True)
    return Spread(low, median, high, len(known), len(values))


def document(found: DrawnCells) -> dict[str, Any]:
    """Return what the JSON document holds of limits, in the units that people use."""
    typical = found.members[found.typical_number]
    answer: dict[str, Any] = {"limits": _spreads(found), "says": lines(found)}
    if typical.limits is not None:
        (before, after), (first, last) = typical.limits.resistance_ohm_m2, typical.limits.contact
        answer["interface_resistance_ohm_cm2"] = {
            when: [from_si(R, "ohm*m^2", "ohm*cm^2") for R in side]
            for when, side in (("before", before), ("after", after))
        }
        answer["contact_fraction"] = {side: [start, end] for side, start, end in zip(_SIDES, first, last, strict=False)}
    if (passed := _one_way(typical)) is not None:
        answer["one_way_charge_mAh_cm2"] = passed[0]
    if _ramped(found):
        answer["critical_current"] = _critical_document(found)
    return answer


def _spreads(found: DrawnCells) -> list[dict[str, Any]]:
    """Return each number of the typical cell with its spread over chance, and over what is unknown where that was asked."""
    rows = []
    for one in quantities(found):
        row: dict[str, Any] = {"quantity": one.name, "unit": one.unit, "typical": _plain(one.of(_typical(found)))}
        row["chance"] = _spread_document(spread([one.of(member) for member in found.members]))
        if found.unknown:
            row["unknown"] = _spread_document(spread([one.of(member) for member in found.unknown]))
        rows.append(row)
    return rows


def _typical(found: DrawnCells) -> Member:
    return found.members[found.typical_number]


def _plain(value: Bound | None) -> dict[str, Any] | None:
    return None if value is None else {"value": value[0], "lower_bound": value[1]}


def _spread_document(found: Spread) -> dict[str, Any]:
    quantiles = zip(("p05", "median", "p95"), (found.low, found.median, found.high), strict=True)
    return {name: _plain(value) for name, value in quantiles} | {"n": found.n, "total": found.total}


def _critical_document(found: DrawnCells) -> dict[str, Any]:
    """Return the critical current over the cells (mA/cm2): a cell that bore every current counts with the last."""
    known = [member.critical for member in found.members if member.critical is not None]
    return {
        "sentence": critical_sentence(found),
        "band_mA_cm2": asdict(band([from_si(one.critical_A_m2 or 0.0, "A/m^2", "mA/cm^2") for one in known])),
        "causes": _causes(found.members),
        "bore_all": sum(one.failing_A_m2 is None for one in known),
        "charge_mAh_cm2": asdict(band([from_si(one.charge_C_m2, "C/m^2", "mAh/cm^2") for one in known])),
    }


def _causes(members: Sequence[Member]) -> dict[str, int]:
    return dict(Counter(str(member.critical.cause) for member in members if member.critical is not None))


def critical_sentence(found: DrawnCells) -> str | None:
    """Return the critical current in one sentence, with its bands and causes; None where there was no ramp."""
    if not _ramped(found):
        return None
    chance, causes = spread([_critical(member) for member in found.members]), _causes(found.members)
    why = ", ".join(f"{cause} in {count}" for cause, count in causes.items())
    over = f"5-95 % of chance: {shown(chance.low)} to {shown(chance.high)}"
    if found.unknown:
        wide = spread([_critical(member) for member in found.unknown])
        over += f"; over what is unknown: {shown(wide.low)} to {shown(wide.high)}"
    return f"critical current {shown(chance.median)} mA/cm2 ({over}); cause: {why} of {chance.total} cells"


def lines(found: DrawnCells) -> list[str]:
    """Return what the command line says of limits, one line each."""
    typical = _typical(found)
    said = [] if (sentence := critical_sentence(found)) is None else [sentence]
    said += [_line(found, one) for one in quantities(found) if one.of in (_life, _one_way)]
    if typical.limits is None:
        return said
    columns = zip(_SIDES, *typical.limits.resistance_ohm_m2, *typical.limits.contact, strict=False)
    for side, before, after, first, last in columns:
        ohms = [f"{from_si(R, 'ohm*m^2', 'ohm*cm^2'):.3g}" for R in (before, after)]
        said.append(f"{side} interface: {' -> '.join(ohms)} ohm cm2, contact {first:.2g} -> {last:.2g}")
    return said


def _line(found: DrawnCells, one: LimitQuantity) -> str:
    """Return a number over the cells that chance alone tells apart, and over what is unknown where that was asked."""
    over = [f"{one.name}: {spread([one.of(member) for member in found.members])} {one.unit}"]
    if found.unknown:
        over.append(f"over what is unknown {spread([one.of(member) for member in found.unknown])}")
    return "; ".join(over)


def limits_table(found: DrawnCells) -> str:
    """Return the table of the report, with what its columns mean."""
    header = ["", "unit", "typical cell", f"median (5 to 95 %) of {len(found.members)} cells by chance"]
    header += [f"of {len(found.unknown)} cells over what is unknown"] if found.unknown else []
    rows = []
    for one in quantities(found):
        value = one.of(_typical(found))
        if value is None:
            continue
        spreads = [
            spread([one.of(member) for member in members]) for members in (found.members, found.unknown) if members
        ]
        numbers = [Marked(text, "number") for text in (shown(value), *map(str, spreads))]
        rows.append((one.name, one.unit, *numbers))
    note = "A number with > is a lower bound: the cell outlived its test, or bore every current."
    failed = f" {found.failed_unknown} more could not be simulated." if found.failed_unknown else ""
    return (table(header, rows) + paragraph(note + failed)) if rows else ""
