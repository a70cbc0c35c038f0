"""Charge transfer between lithium and the electrolyte: the resistance of a clean contact, per connected area.

It is thermally activated, and beside it lies the double layer, a constant-phase element. Linear: the local current stays
below the exchange current.
"""

from ionweld.laws.small_signal import phase_element
from ionweld.simulate.bench import MOMENT, C, hook, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Storage, Values

SLOTS = Slots(numbers=(Slot("clean", "ohm m2", "resistance of a clean contact, per connected area"),))
OWN = places(SLOTS.numbers)


def clean_resistance(setting: Setting, T: float) -> float:
    """Return the resistance of a clean contact (ohm m2) at a temperature (K)."""
    return setting.parameters.resistance_at("charge_transfer_resistance", "charge_transfer_activation_energy", T)


def _numbers(setting: Setting) -> Values:
    return {"clean": clean_resistance(setting, setting.temperature)}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    for side in range(sides_of(cell)):
        for i in range(bench.n):
            cell.columns[C.transfer + side, i] += own.numbers[OWN.clean]


def _storage(seen, side: int) -> Storage:
    exponent = seen.parameters["interface_exponent"]
    return Storage(phase_element(seen.number("clean"), seen.parameters["interface_capacitance"], exponent), exponent)


MECHANISM = Mechanism(
    name="charge_transfer",
    about="charge transfer between lithium and the electrolyte",
    slots=SLOTS,
    parameters={
        "charge_transfer_resistance": "ohm*m^2",
        "charge_transfer_activation_energy": "J/mol",
        "interface_capacitance": "F/m^2",
        "interface_exponent": "1",
    },
    numbers=_numbers,
    hooks={MOMENT: _moment},
    storage=_storage,
)
