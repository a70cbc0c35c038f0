"""Charge transfer of a pair, beyond small currents: eta = (2RT/F) asinh(j/2 j_0), per area that touches.

The resistance at small current is that of the pair, with its surface and its activation energy; what the interphase adds
counts with it. The equations straighten the curve at the current of each column (equations.evaluate), so a spectrum,
taken at no current, sees the resistance at small current.
"""

from ionweld.simulate.bench import MOMENT
from ionweld.simulate.layout import Slots
from ionweld.simulate.mechanism import Mechanism, Setting, Values
from ionweld.simulate.mechanisms import charge_transfer as linear


def _numbers(setting: Setting) -> Values:
    return {"clean": linear.clean_resistance(setting, setting.temperature), "curved_at": setting.temperature}


MECHANISM = Mechanism(
    name="butler_volmer",
    about="charge transfer of the pair, by Butler and Volmer",
    slots=Slots(numbers=linear.SLOTS.numbers),
    parameters=linear.MECHANISM.parameters,
    numbers=_numbers,
    hooks={MOMENT: linear.MECHANISM.hooks[MOMENT]},
    storage=linear.MECHANISM.storage,
)
