"""Every sign of an event, with what else could have made the same numbers, and which measurement would tell.

Each sentence names the rival first. That a sign fired is evidence, never proof: a cycling table alone cannot tell an
electronic path through the electrolyte from an interface that has become better.
"""

from dataclasses import dataclass
from enum import Enum

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

SHORT_OUTSIDE = "a short outside of the cell: measure the cell's resistance with the leads taken off"


@dataclass(frozen=True, slots=True)
class Known:
    """A sign: the kind of event that it speaks for, its name, and its rivals."""

    kind: EventKind
    label: str
    rivals: tuple[str, ...]


class SignKind(Enum):
    """Every sign that can fire. A new one is a line here and a search that returns it."""

    SUDDEN_DROP = Known(EventKind.SOFT_SHORT, "sudden drop", (COOL, INTERCEPT, LEAK, WIRING, TEMPERATURE))
    FALLING_AND_FLAT = Known(EventKind.SOFT_SHORT, "falling and flat", (COOL, INTERCEPT, LEAK, TEMPERATURE, NOT_STEPS))
    NOISE = Known(
        EventKind.SOFT_SHORT,
        "noise",
        (
            WIRING,
            "a gas bubble or a sliding stack: the noise then follows the pressure, not the current; change the stack pressure",
            COOL,
        ),
    )
    FALL_UNDER_LOAD = Known(
        EventKind.SOFT_SHORT,
        "fall under a rising current",
        (
            (
                "faster kinetics at the higher current: they never lower the voltage itself; step back to a density that was "
                "borne: a short stays, kinetics go back"
            ),
            "heating of the cell by its own current: compare with the logged temperature, or rest and step again",
            WIRING,
        ),
    )
    FALL_AT_ONCE = Known(
        EventKind.SOFT_SHORT,
        "fall at once under one current",
        (
            WIRING,
            "a stack that was pressed harder in that moment: compare with the logged pressure, or release it again",
            "step back to a density that was borne: a short stays, all else goes back",
        ),
    )
    EFFICIENCY_EXCURSION = Known(
        EventKind.SOFT_SHORT,
        "efficiency excursion",
        (
            "an interrupted test or another current in that cycle: look at times and currents of the cycle",
            "a side reaction that started: it does not recover within a cycle, and does not discharge the cell at rest",
            "self-discharge by a short: let the charged cell rest and follow its voltage",
        ),
    )
    LASTING_LOSS = Known(
        EventKind.SOFT_SHORT,
        "lasting loss of efficiency",
        (
            "a side reaction that started: the voltage at rest then stays; a short discharges the charged cell at rest",
            (
                "lithium or cathode that is lost in each cycle: the discharge then falls cycle after cycle, while a leak "
                "lengthens the charge as much as it shortens the discharge, and both stay"
            ),
            "a slower cycle or a smaller capacity: a leak that was there before weighs more; compare the lost charge per hour",
        ),
    )
    CHARGE_LONGER = Known(
        EventKind.SOFT_SHORT,
        "charge longer than discharge",
        (
            "a side reaction that uses up charge: the voltage at rest then stays; a short discharges the cell at rest",
            "formation: it ends after a few cycles",
            "cells of the same build without lithium metal: a leak of the electrolyte itself shows there too",
        ),
    )
    RESISTANCE_GONE = Known(
        EventKind.HARD_SHORT,
        "resistance gone",
        (SHORT_OUTSIDE, "a melted or dissolved electrolyte: open the cell; a filament short is local"),
    )
    VOLTAGE_GONE = Known(
        EventKind.HARD_SHORT,
        "voltage gone",
        (SHORT_OUTSIDE, "a cell that is empty because it was never charged: look at the charge before"),
    )
    WEDGE_GROWTH = Known(
        EventKind.CONTACT_LOSS,
        "wedge growth",
        (
            "an interphase that grows: it makes no wedge; press harder or rest: contact comes back, an interphase stays",
            "depletion in a liquid layer: its wedge falls back within minutes at rest and grows with the current",
            TEMPERATURE,
        ),
    )
    VOLTAGE_RUNS_AWAY = Known(
        EventKind.CONTACT_LOSS,
        "voltage runs away",
        (
            (
                "depletion in a liquid or polymer electrolyte (its limiting current): the voltage then climbs with the square "
                "root of time and falls back within minutes at rest"
            ),
            "a foil that is used up: compare the charge of the half cycle with the lithium that was there",
            "a loose contact outside of the cell: move the cell to another channel",
        ),
    )
    GROWING_POLARISATION = Known(
        EventKind.CONTACT_LOSS,
        "growing polarisation",
        (
            "an interphase that grows, at either electrode: split the impedance, and press or rest the cell",
            "a cathode that degrades: rebuild with a fresh lithium side, or use a third electrode",
            TEMPERATURE,
        ),
    )
    SETTLING = Known(
        EventKind.ACTIVATION,
        "settling from the start",
        (
            (
                "a path for electrons that was there from the first current on: cool the same cell, or look at the intercept of "
                "its impedance; a table of voltages alone cannot tell the two apart"
            ),
            TEMPERATURE,
        ),
    )
    LOGGED_TEMPERATURE = Known(
        EventKind.TEMPERATURE_SWING,
        "follows the logged temperature",
        ("a change of the cell at the same time: hold the temperature to 0.3 K and run on",),
    )
    DAILY = Known(
        EventKind.TEMPERATURE_SWING,
        "repeats every day",
        (
            "another daily habit of the laboratory, as pressure by hand: log the temperature beside the cell",
            "a change of the cell at the same time: hold the temperature to 0.3 K and run on",
        ),
    )
    LOGGED_STEP = Known(
        EventKind.CHANGED_CONDITIONS,
        "follows a logged step",
        (
            "a short that came at the same moment: go back to the conditions before; what they make goes back, a short stays",
            "a change of the cell at the same time: repeat the step later in the test",
        ),
    )
    SHORTED = Known(EventKind.END_OF_LIFE, "hard short", ("see the hard short",))
    WORN = Known(
        EventKind.END_OF_LIFE,
        "resistance",
        (
            "contact loss: press the cell, the resistance falls; an interphase or dried liquid: it stays",
            TEMPERATURE,
        ),
    )
    ADDED_AT_ONCE = Known(
        EventKind.OPEN_LEAD,
        "resistance added at once",
        (
            (
                "a stack that lost its pressure, or a pellet that cracked, in that moment: move the cell to other leads; what a "
                "lead added is gone then, what the cell lost is not"
            ),
            "look at the high-frequency intercept of the impedance: a lead and a crack add to it, a lost interface does not",
        ),
    )
    FADED = Known(
        EventKind.END_OF_LIFE,
        "capacity",
        (
            "lost lithium: fresh lithium or a slow discharge does not bring it back, and the polarisation is unchanged",
            "polarisation: a slow discharge brings the capacity back",
        ),
    )
