"""Virtual cells whose laws are off: the exact ones with the mechanism `discrepancy`, as far off as is believed.

In a share PAST of them lithium reaches the flaws past the interphase, which then drives none.
"""

from dataclasses import replace

from ionweld.simulate.mechanisms import ORDINARY
from ionweld.simulate.mechanisms.discrepancy import EXPONENTS, FOCUSING
from ionweld.spec.entry import Entry

DISCREPANCY = "discrepancy"
FLAWS = ("fracture", "filament")  # it comes before these, which look at what it makes of contact and interphase
PAST = 0.5
RESUPPLY, RESUPPLIED = "resupply_factor", "replenishing_current"
HOW_FAR_OFF = (*EXPONENTS, FOCUSING, RESUPPLY)


def with_discrepancy(parameters: Entry, *, past: bool = False) -> Entry:
    """Return the numbers of a pair whose laws are off by the exponents and factors among them. past: the interphase drives no flaw."""
    names = parameters.mechanisms or ORDINARY
    first = next((place for place, name in enumerate(names) if name in FLAWS), len(names))
    known = parameters.properties
    resupply = known[RESUPPLIED].value * known[RESUPPLY].value
    changed = {RESUPPLIED: known[RESUPPLIED].moved(resupply)}
    if past:
        changed["opening_exponent"] = known["opening_exponent"].moved(0.0)
    return replace(parameters.updated(changed), mechanisms=(*names[:first], DISCREPANCY, *names[first:]))
