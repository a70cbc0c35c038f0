"""Virtual cells whose laws are off: the exact ones with the mechanism `discrepancy`, as far off as is believed.

In a share PAST of them lithium reaches the flaws past the interphase, which then drives none. A share RIVAL has the other
of the twin's two sets of laws for contact, charge transfer and flaws: nobody has proved which of them holds for a pair.
"""

from dataclasses import replace

from ionweld.simulate.mechanisms import ORDINARY, named
from ionweld.simulate.mechanisms.discrepancy import EXPONENTS, FOCUSING
from ionweld.spec.entry import Entry

DISCREPANCY = "discrepancy"
FLAWS = ("fracture", "filament")  # it comes before these, which look at what it makes of contact and interphase
PAST = 0.5
RIVAL = 0.5
# contact that is lost for good and a fixed critical current, in place of voids and an overpotential that cracks open
LASTING = (
    "contact", "soft_contact", "spots", "charge_transfer", "film", "passivation", "layer", "salt", "filament",
    "roughening", "short", "leak", "soft_short", "cathode", "cathode_fade",
)  # fmt: skip
CONTACTS = ("contact", "voids")
RESUPPLY, RESUPPLIED = "resupply_factor", "replenishing_current"
HOW_FAR_OFF = (*EXPONENTS, FOCUSING, RESUPPLY)


def with_rival_laws(parameters: Entry) -> Entry:
    """Return the numbers of a pair under the other set of laws; a pair that has neither contact loss nor flaws keeps its own."""
    names = named(parameters)
    if not (set(names) & set(FLAWS) and set(names) & set(CONTACTS)):
        return parameters
    return replace(parameters, mechanisms=LASTING if "fracture" in names else ORDINARY)


def with_discrepancy(parameters: Entry, *, past: bool = False) -> Entry:
    """Return the numbers of a pair whose laws are off by the exponents and factors among them. past: the interphase drives no flaw."""
    names = named(parameters)
    first = next((place for place, name in enumerate(names) if name in FLAWS), len(names))
    known = parameters.properties
    resupply = known[RESUPPLIED].value * known[RESUPPLY].value
    changed = {RESUPPLIED: known[RESUPPLIED].moved(resupply)}
    if past:
        changed["opening_exponent"] = known["opening_exponent"].moved(0.0)
    return replace(parameters.updated(changed), mechanisms=(*names[:first], DISCREPANCY, *names[first:]))
