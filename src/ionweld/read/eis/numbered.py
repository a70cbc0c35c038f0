"""Sweeps that stand side by side, told apart by a number or a temperature in the names of their columns.

f1/Hz, Zre1/ohm, Zim1/ohm, f2/Hz, Zre2/ohm, Zim2/ohm
f/Hz, Zre/ohm, Zim/ohm, f/Hz.1, Zre/ohm.1, Zim/ohm.1       # as a table library writes repeated names
f/Hz, Zre_25C/ohm, Zim_25C/ohm, Zre_60C/ohm, Zim_60C/ohm
"""

import re
from collections import defaultdict

from ionweld.read.eis.immittance import recipe
from ionweld.read.eis.vocabulary import understand

_MARK = r"[ ._#@-]*\(?(?P<mark>\d+(?:\.\d+)? ?(?:[°º]?C|degC|K)?)\)?"
_AT_END = re.compile(rf"(?P<name>.*?[^\d\s.]){_MARK}(?P<unit>)")
_BEFORE_UNIT = re.compile(rf"(?P<name>.*?[^\d\s.]){_MARK}(?P<unit>\s*[/(\[].+|_[A-Za-z]+)")


def without_numbers(fields: list[str]) -> list[str]:
    """Return the names without what tells the sweeps apart, so that each sweep has the same; others as they are.

    They change only where two marks or more each name a whole impedance, with a frequency of its own or the common one.
    """
    parted = [_parted(field) for field in fields]
    roles: dict[str, set[str]] = defaultdict(set)
    for name, mark in parted:
        if column := understand(name):
            roles[mark].add(column.role)
    common = roles[""] & {"frequency"}
    sweeps = {mark for mark, found in roles.items() if recipe(found | common)}
    if len(sweeps) < 2:
        return fields
    return [name if mark in sweeps else field for field, (name, mark) in zip(fields, parted, strict=True)]


def _parted(field: str) -> tuple[str, str]:
    """Return a column's name and its mark; the mark is empty where the name is not understood without it."""
    for pattern in (_BEFORE_UNIT, _AT_END):
        match = pattern.fullmatch(field.strip())
        if match and understand(match["name"] + match["unit"]):
            return match["name"] + match["unit"], match["mark"]
    return field, ""
