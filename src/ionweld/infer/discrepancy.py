"""Virtual cells whose laws are off: the exact ones with the mechanism `discrepancy`, in powers drawn from what is believed."""

from dataclasses import replace

from ionweld.simulate.mechanisms import ORDINARY
from ionweld.spec.library import Entry

DISCREPANCY = "discrepancy"
FLAWS = ("fracture", "filament")  # it comes before these, which look at what it makes of contact and interphase


def with_discrepancy(parameters: Entry) -> Entry:
    """Return the numbers of a pair whose laws are off by the exponents among them."""
    names = parameters.mechanisms or ORDINARY
    first = next((place for place, name in enumerate(names) if name in FLAWS), len(names))
    return replace(parameters, mechanisms=(*names[:first], DISCREPANCY, *names[first:]))
