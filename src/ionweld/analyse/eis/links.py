"""Links between the spectra of a series, as a person writes them: "CPE1.n:shared", "R*:arrhenius"."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import cast, get_args

from ionweld.analyse.eis.joint import Link
from ionweld.errors import Fault, InputError
from ionweld.spec.circuit import Circuit

_LINKS = get_args(Link)
_HOW = f"Write NAME:LINK, LINK one of {', '.join(_LINKS)}"


def read_links(texts: Sequence[str], circuit: Circuit, *, temperature: bool) -> dict[str, Link]:
    """Return the link of each unknown that the texts name; the last word on a name holds, what none names is free.

    A name may hold * and ?. temperature: whether the series runs over temperature.
    Raises InputError with every fault: an unknown link or name, an activation energy of what is no resistance.
    """
    links: dict[str, Link] = {}
    faults: list[Fault] = []
    for text in texts:
        pattern, colon, link = (part.strip() for part in text.partition(":"))
        named = [name for name in circuit.names if fnmatchcase(name, pattern)]
        if fault := _fault(text, named, bool(colon), link, circuit, temperature):
            faults.append(fault)
        links |= dict.fromkeys(named, cast(Link, link))
    if faults:
        raise InputError(faults)
    return links


def _fault(text: str, named: list[str], colon: bool, link: str, circuit: Circuit, temperature: bool) -> Fault | None:
    where = f"--link {text!r}"
    if not colon or link not in _LINKS:
        return Fault(where, "is no link" if not colon else f"{link!r} is no link", _HOW)
    if not named:
        return Fault(where, f"{circuit.text} has no such unknown", f"It has {', '.join(circuit.names)}")
    if link != "arrhenius":
        return None
    if not temperature:
        return Fault(where, "the series does not run over temperature", "Give --over temperature, or link it smooth")
    others = [name for name in named if circuit.kinds[circuit.index(name)] != "ohm"]
    seen = f"{', '.join(others)}: no resistance, so it has no activation energy"
    return Fault(where, seen, "Link it smooth: a straight line of its logarithm in 1/T") if others else None
