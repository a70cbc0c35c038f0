"""Sweeps that stand side by side, told apart by a number, a temperature or a word in the names of their columns.

f1/Hz, Zre1/ohm, Zim1/ohm, f2/Hz, Zre2/ohm, Zim2/ohm
f/Hz, Zre/ohm, Zim/ohm, f/Hz.1, Zre/ohm.1, Zim/ohm.1       # as a table library writes repeated names
f/Hz, Zre_25C/ohm, Zim_25C/ohm, Zre_60C/ohm, Zim_60C/ohm
freq, Z' cell A, -Z'' cell A, Z' cell B, -Z'' cell B       # a sweep that is called a fit is none
"""

import re
from collections import defaultdict

from ionweld.read.eis.immittance import recipe
from ionweld.read.eis.vocabulary import understand

_MARK = r"[ ._#@-]*\(?(?P<mark>\d+(?:\.\d+)? ?(?:[°º]?C|degC|K)?)\)?"
_AT_END = re.compile(rf"(?P<name>.*?[^\d\s.]){_MARK}(?P<unit>)")
_BEFORE_UNIT = re.compile(rf"(?P<name>.*?[^\d\s.]){_MARK}(?P<unit>\s*[/(\[].+|_[A-Za-z]+)")
_BETWEEN_WORDS = re.compile(r"([ _:]+)")
_MOST_WORDS = 5  # of a column's name; longer ones are prose
_OTHER_QUANTITY = re.compile(
    r"(?:[eiuvy]|ewe|ece|voltage|volt|potential|current|admittance|permittivity|epsilon|ε)[ _]?(?:ac|\d)?",
    re.IGNORECASE,
)  # "E Real" beside "Z Real": of no impedance
_FEWEST_COLUMNS = 5  # a frequency and two sweeps
_COMPUTED = re.compile(r"fit|calc|model|sim|theor|resid|err", re.IGNORECASE)


def without_numbers(fields: list[str]) -> list[str]:
    """Return the names without what tells the sweeps apart, so that each sweep has the same; others as they are.

    They change only where two marks or more each name a whole impedance, with a frequency of its own or the common one.
    """
    if len(fields) < _FEWEST_COLUMNS:
        return fields
    parted = [_parted(field) for field in fields]
    roles: dict[str, set[str]] = defaultdict(set)
    for name, mark in parted:
        if column := understand(name):
            roles[mark].add(column.role)
    common = roles[""] & {"frequency"}
    sweeps = {mark for mark, found in roles.items() if recipe(found | common)}
    if len(sweeps) < 2:
        return fields
    measured = {mark for mark in sweeps if not _COMPUTED.search(mark)}
    return [name if mark in measured else field for field, (name, mark) in zip(fields, parted, strict=True)]


def _parted(field: str) -> tuple[str, str]:
    """Return a column's name and its mark; the mark is empty where the name is understood as it is, or not at all."""
    for pattern in (_BEFORE_UNIT, _AT_END):
        match = pattern.fullmatch(field.strip())
        if match and understand(match["name"] + match["unit"]):
            return match["name"] + match["unit"], match["mark"]
    return (field, "") if _is_known(field) else _without_words(field)


def _is_known(name: str) -> bool:
    column = understand(name)
    return column is not None and column.factor is not None


def _without_words(field: str) -> tuple[str, str]:
    """Return the longest name that is understood without some neighbouring words of the field, and these as its mark."""
    words = _BETWEEN_WORDS.split(field.strip())
    if len(words) > 2 * _MOST_WORDS:
        return field, ""
    spans = [(first, last) for first in range(0, len(words), 2) for last in range(first + 1, len(words) + 1, 2)]
    labels = [(first, last) for first, last in spans if not words[first].startswith(("(", "[", "/"))]  # no unit is one
    for first, last in sorted(labels, key=lambda label: label[1] - label[0]):
        name, mark = "".join([*words[:first], *words[last + 1 :]]).strip(" _:"), "".join(words[first:last])
        if _is_known(name):
            of_another = "z" not in name.lower() and _OTHER_QUANTITY.fullmatch(mark)
            return (field, "") if of_another else (name, mark)
    return field, ""
