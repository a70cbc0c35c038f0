"""A current or a voltage that was swept: the critical current of a symmetric cell, or what was swept and is not judged.

    critical   the current at which a short or a loss of contact was seen while the current rose: it was borne until then
    censored   nothing was seen: the critical current lies above the highest

A sweep moves less charge than a ramp of steps before it reaches a current, so the two numbers are not the same.
"""

from typing import Any

import numpy as np
import polars as pl

from ionweld.analyse.cycling.half_cycles import plateaus
from ionweld.analyse.cycling.program import Analysis, Subject
from ionweld.analyse.cycling.sweeping import rate
from ionweld.measurement import cycling as bdf
from ionweld.measurement.charge import floats

_NO_PLATEAU = (
    "there is no plateau: efficiencies and resistances of these cycles mean nothing, and no event is looked for"
)


def find(subject: Subject) -> Analysis | None:
    """Return what sweeps of the current, or of the voltage, give; None where there are none."""
    halves = subject.summary.half_cycles
    for what, made in (("current", _of_current), ("voltage", _of_voltage)):
        swept = halves.filter(pl.col("swept") == what)
        if swept.height:
            document, said = made(subject, swept)
            return Analysis(
                "sweep", f"Sweep of the {what}", {"swept": what, "sweeps": swept.height} | document, (said,)
            )
    return None


def _of_current(subject: Subject, swept: pl.DataFrame) -> tuple[dict[str, Any], str]:
    area = subject.measurement.context.area_m2
    courses = plateaus(subject.measurement, swept["half_cycle"].to_list(), settled=False)
    highest = max(float(amps.max()) for _, _, amps in courses)
    pace = float(np.nanmedian([rate(time, amps) for time, _, amps in courses]))
    document: dict[str, Any] = {"highest_A": highest, "rate_A_s": pace}
    said = f"it rose to {_named(highest, area)}, by {_named(60.0 * pace, area)} a minute"
    if subject.kind != "symmetric":
        return document, f"{said}; {_NO_PLATEAU} (--cell symmetric, where it is one, gives the critical current)"
    event = next(
        (event for event in subject.findings if "charge_Ah" in event.numbers), None
    )  # those of sweep_signs have it
    document |= {"censored": event is None, "cause": str(event.kind) if event else None}
    if event is None:
        return document, f"{said}; no short and no contact loss: the critical current lies above it"
    critical, charge = event.numbers["current_A"], event.numbers["charge_Ah"]
    document |= {"critical_A": critical, "charge_Ah": charge, "time_s": event.time_s}
    moved = f"{1e3 * charge:.3g} mAh"
    if area is not None:
        areal = 0.1 * charge / area
        document |= {"critical_current_density_mA_cm2": 0.1 * critical / area, "charge_mAh_cm2": areal}
        moved = f"{areal:.3g} mAh/cm2"
    return document, f"{said}; {event.kind} at {_named(critical, area)}, after {moved} in this sweep"


def _of_voltage(subject: Subject, swept: pl.DataFrame) -> tuple[dict[str, Any], str]:
    table = subject.measurement.table
    time, volts = floats(table[bdf.TIME]), floats(table[bdf.VOLTAGE])
    spans = zip(swept["start_s"], swept["start_s"] + swept["duration_s"], strict=True)
    rows = [(time >= start) & (time <= end) for start, end in spans]
    pace = float(np.nanmedian([rate(time[inside], volts[inside]) for inside in rows]))
    alone = swept.height == subject.summary.half_cycles.height  # then it goes on where no current answers
    seen = volts if alone else volts[np.logical_or.reduce(rows)]
    low, high = float(np.nanmin(seen)), float(np.nanmax(seen))
    said = f"between {low:.4g} and {high:.4g} V, by {1e3 * pace:.3g} mV/s (cyclic or linear voltammetry)"
    return {"lowest_V": low, "highest_V": high, "rate_V_s": pace}, f"{said}; {_NO_PLATEAU}"


def _named(amps: float, area_m2: float | None) -> str:
    return f"{1e3 * amps:.4g} mA" if area_m2 is None else f"{0.1 * amps / area_m2:.4g} mA/cm2"
