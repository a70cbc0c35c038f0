"""What else could have made the same numbers, and which measurement would tell: for each kind and sign of an event.

Each sentence names the rival first. That a sign fired is evidence, never proof: a cycling table alone cannot tell an
electronic path through the electrolyte from an interface that has become better.
"""

from ionweld.result import EventKind

COOL = (
    "activation or compaction of the interface: cool the same cell. Ion transport freezes with its activation energy, an "
    "electronic path hardly does, so a shorted cell's V/j stays far below what its own Arrhenius line predicts"
)
INTERCEPT = (
    "activation or compaction of the interface: follow the high-frequency intercept of the impedance. An electronic path "
    "lowers it together with the rest, a better charge transfer leaves it (hold the temperature to 0.3 K); but a layer whose "
    "own arc lies above the window belongs to the intercept, and lowers it too when it becomes dense"
)
LEAK = (
    "activation or compaction of the interface: in a full cell of the same build an electronic path shows as charge that "
    "does not come back, and as self-discharge at rest; a better interface does not"
)
NOT_STEPS = "steps of the current do not tell an ohmic short from a better interface: both are linear"
TEMPERATURE = "a change of temperature: compare with the logged temperature, or with a second cell in the same chamber"
WIRING = "a loose contact outside of the cell, or a change of the current range: move the cell to another channel"

RIVALS: dict[tuple[EventKind, str], tuple[str, ...]] = {
    (EventKind.SOFT_SHORT, "sudden drop"): (COOL, INTERCEPT, LEAK, WIRING, TEMPERATURE),
    (EventKind.SOFT_SHORT, "falling and flat"): (COOL, INTERCEPT, LEAK, TEMPERATURE, NOT_STEPS),
    (EventKind.SOFT_SHORT, "noise"): (
        WIRING,
        "a gas bubble or a sliding stack: the noise then follows the pressure, not the current; change the stack pressure",
        COOL,
    ),
    (EventKind.SOFT_SHORT, "efficiency excursion"): (
        "an interrupted test or another current in that cycle: look at times and currents of the cycle",
        "a side reaction that started: it does not recover within a cycle, and does not discharge the cell at rest",
        "self-discharge by a short: let the charged cell rest and follow its voltage",
    ),
    (EventKind.SOFT_SHORT, "lasting loss of efficiency"): (
        "a side reaction that started: the voltage at rest then stays; a short discharges the charged cell at rest",
        (
            "lithium or cathode that is lost in each cycle: the discharge then falls cycle after cycle, while a leak "
            "lengthens the charge as much as it shortens the discharge, and both stay"
        ),
        "a slower cycle or a smaller capacity: a leak that was there before weighs more; compare the lost charge per hour",
    ),
    (EventKind.SOFT_SHORT, "charge longer than discharge"): (
        "a side reaction that uses up charge: the voltage at rest then stays; a short discharges the cell at rest",
        "formation: it ends after a few cycles",
        "cells of the same build without lithium metal: a leak of the electrolyte itself shows there too",
    ),
    (EventKind.HARD_SHORT, "resistance gone"): (
        "a short outside of the cell: measure the cell's resistance with the leads taken off",
        "a melted or dissolved electrolyte: open the cell; a filament short is local",
    ),
    (EventKind.HARD_SHORT, "voltage gone"): (
        "a short outside of the cell: measure the cell's resistance with the leads taken off",
        "a cell that is empty because it was never charged: look at the charge before",
    ),
    (EventKind.CONTACT_LOSS, "wedge growth"): (
        "an interphase that grows: it makes no wedge; press harder or rest: contact comes back, an interphase stays",
        "depletion in a liquid layer: its wedge falls back within minutes at rest and grows with the current",
        TEMPERATURE,
    ),
    (EventKind.CONTACT_LOSS, "growing polarisation"): (
        "an interphase that grows, at either electrode: split the impedance, and press or rest the cell",
        "a cathode that degrades: rebuild with a fresh lithium side, or use a third electrode",
        TEMPERATURE,
    ),
    (EventKind.END_OF_LIFE, "hard short"): ("see the hard short",),
    (EventKind.END_OF_LIFE, "resistance"): (
        "contact loss: press the cell, the resistance falls; an interphase or dried liquid: it stays",
        TEMPERATURE,
    ),
    (EventKind.END_OF_LIFE, "capacity"): (
        "lost lithium: fresh lithium or a slow discharge does not bring it back, and the polarisation is unchanged",
        "polarisation: a slow discharge brings the capacity back",
    ),
}
