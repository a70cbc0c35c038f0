"""By how much the laws may be wrong: contact, interphase and flaws as the other mechanisms have them, in other powers.

    contact loss  theta = theta_a (theta/theta_a)^a           a = 1: as its law says
    interphase    R_t = R_0 + R_0 ((R_t - R_0)/R_0)^b         b = 1; a parabola becomes t^(b/2)
    flaws         see j/theta_f and R_0, where theta_f = theta_a (theta/theta_a)^c (R_0/R_t)^d
                  c, d = 1: lost contact and interphase both drive them, as local current and overpotential
                  and f times that current: they open more easily, or less, than the law of their mean says; f = 1

No cell has it unless it is asked for. A diagnosis draws such cells besides those of the exact laws, so that what it says
does not hang on the form of a law that nobody has proved (Kennedy and O'Hagan 2001, 10.1111/1467-9868.00294). a holds for
contact that is worked out at each moment; one that is a state of the integrator keeps its own law.
"""

from ionweld.numerics.compiled import inner
from ionweld.simulate.bench import MOMENT, RATES, C, hook, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, Setting, Values
from ionweld.simulate.mechanisms.charge_transfer import clean_resistance
from ionweld.spec.entry import Entry

SLOTS = Slots(
    numbers=(
        Slot("uncovered", "ohm m2", "charge transfer without an interphase"),
        Slot("contact_exponent", "1", "power of the contact that is left"),
        Slot("interphase_exponent", "1", "power of what the interphase adds"),
        Slot("focus_exponent", "1", "power in which lost contact drives flaws"),
        Slot("opening_exponent", "1", "power in which the interphase drives flaws"),
    ),
)
OWN = places(SLOTS.numbers)
EXPONENTS = ("contact_exponent", "interphase_exponent", "focus_exponent", "opening_exponent")
FOCUSING = "flaw_focusing"  # f; the mechanisms of flaws ask for it
STATE = "contact"  # the mechanism whose contact is a state


def focusing(parameters: Entry) -> float:
    """Return by how much more of the current flaws feel than their law says: 1 but where laws are off."""
    off = MECHANISM.name in parameters.mechanisms and FOCUSING in parameters.properties
    return parameters[FOCUSING] if off else 1.0


def _numbers(setting: Setting) -> Values:
    found = {name: setting.known(name) for name in EXPONENTS}
    if STATE in setting.parameters.mechanisms:
        found["contact_exponent"] = 1.0
    return found | {"uncovered": clean_resistance(setting, setting.temperature)}


@inner
def _powered(value, reference, exponent):
    """Return a number over its reference in another power."""
    return reference * (value / reference) ** exponent if value > 0.0 else value


@hook
def _moment(t, at, bench):
    numbers, columns = view(at, bench).numbers, whole(bench).columns
    a, b, R_0 = numbers[OWN.contact_exponent], numbers[OWN.interphase_exponent], numbers[OWN.uncovered]
    for side in range(sides_of(whole(bench))):
        for i in range(bench.n):
            theta_a = columns[C.assembly + side, i]
            columns[C.contact + side, i] = _powered(columns[C.contact + side, i], theta_a, a)
            columns[C.transfer + side, i] = R_0 + _powered(columns[C.transfer + side, i] - R_0, R_0, b)


@hook
def _rates(t, at, bench):
    """Show the flaws, whose rates are worked out next, what drives them; the next moment is worked out anew."""
    numbers, columns = view(at, bench).numbers, whole(bench).columns
    c, d, R_0 = numbers[OWN.focus_exponent], numbers[OWN.opening_exponent], numbers[OWN.uncovered]
    for side in range(sides_of(whole(bench))):
        for i in range(bench.n):
            R_t = columns[C.transfer + side, i]
            touching = _powered(columns[C.contact + side, i], columns[C.assembly + side, i], c)
            columns[C.contact + side, i] = touching * (R_0 / R_t) ** d
            columns[C.transfer + side, i] = R_0


MECHANISM = Mechanism(
    name="discrepancy",
    about="by how much the laws of contact, interphase and flaws may be wrong",
    slots=SLOTS,
    parameters=dict.fromkeys(EXPONENTS, "1")
    | {"charge_transfer_resistance": "ohm*m^2", "charge_transfer_activation_energy": "J/mol"},
    numbers=_numbers,
    hooks={MOMENT: _moment, RATES: _rates},
)
