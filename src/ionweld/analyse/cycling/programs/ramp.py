"""Critical current density: symmetric cells whose current rises from step to step.

    critical       the last density that was borne: no short and no contact loss at it
    first failing  the first density at which one was found, and which: the cause
    shorted        the density of the first short: contact is often lost before it
    censored       nothing was found: the critical density lies above the highest that was tried

The charge per half cycle belongs to the number: what a foil bears depends on how much lithium is moved.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from ionweld.analyse.cycling.diagnose import SHORTS, diagnose
from ionweld.analyse.cycling.half_cycles import counted_half_cycles, with_sure_ends
from ionweld.analyse.cycling.limits import Limits
from ionweld.analyse.cycling.program import Analysis, Curve, Plot, Subject
from ionweld.analyse.cycling.ramp_signs import is_known, rising
from ionweld.analyse.cycling.summary import CyclingSummary
from ionweld.measurement import cycling as bdf
from ionweld.result import EventKind

Cause = Literal["short", "contact loss", "none"]
SHORT, LOST_CONTACT, NONE = get_args(Cause)


@dataclass(frozen=True, slots=True)
class CriticalCurrent:
    """The highest current density of a ramp that was borne, the first that was not (A/m2), and why.

    critical: None when the first current already failed; failing: None when every current was borne, so that the
    critical one lies above. charge: of a half cycle at the critical current, or at the first where that failed (C/m2).
    """

    critical_A_m2: float | None
    failing_A_m2: float | None
    cause: Cause
    charge_C_m2: float


def critical_current(measurement: bdf.CyclingTest) -> CriticalCurrent | None:
    """Return the critical current of a symmetric cell; None where its test is no ramp, or its area is not known."""
    halves = with_sure_ends(measurement, counted_half_cycles(measurement))
    summary = CyclingSummary(halves, pl.DataFrame(), ())
    findings = diagnose(measurement, summary, "symmetric")
    found = find(Subject(measurement, summary, "symmetric", findings))
    if found is None or measurement.context.area_m2 is None:
        return None
    borne, failing = (found.document[name] for name in ("borne_mA_cm2", "first_failing_mA_cm2"))
    cause = found.document["cause"]
    return CriticalCurrent(
        None if borne is None else 10.0 * borne,
        None if failing is None else 10.0 * failing,
        NONE if cause is None else SHORT if cause in _SHORTS else LOST_CONTACT,
        3.6e4 * found.document["charge_mAh_cm2"],
    )


def find(subject: Subject) -> Analysis | None:
    """Return the critical current density of a ramp; without an area, currents alone."""
    halves = subject.summary.without_sweeps().half_cycles
    known = is_known(subject.measurement)
    ramp = rising(halves, Limits(), known) if subject.kind == "symmetric" else []
    if not ramp:
        return None
    steps = [_step(halves[start:end]) for start, end in ramp]
    ended_s = float(halves["start_s"][ramp[-1][1] - 1] + halves["duration_s"][ramp[-1][1] - 1])
    failed, cause = _failure(subject, steps, ended_s, (*SHORTS, EventKind.CONTACT_LOSS))
    document = _document(steps, failed, cause) | _shorted(steps, *_failure(subject, steps, ended_s, SHORTS))
    return Analysis("ramp", "Current ramp", document, (_says(document),), tuple(steps), _plots(steps, document))


def _step(rows: pl.DataFrame) -> dict[str, Any]:
    density = float(rows["current_density_mA_cm2"].to_numpy().mean()) if _areal(rows) else None
    amps = float(rows["current_A"].abs().to_numpy().mean())
    area_cm2 = None if density is None else 1e3 * amps / density
    charge = 1e3 * float(rows["capacity_Ah"].to_numpy().mean())
    return {
        "density_mA_cm2": density,
        "current_A": amps,
        "cycle": rows["cycle"][0],
        "start_s": float(rows["start_s"][0]),
        "half_cycles": rows.height,
        "charge_mAh_cm2": None if area_cm2 is None else charge / area_cm2,
        "resistance_ohm": float((rows["end_V"] / rows["current_A"].abs()).to_numpy().max()),
        "end_V": float(rows["end_V"].to_numpy().max()),
    }


_SHORTS = [str(kind) for kind in SHORTS]


def _areal(rows: pl.DataFrame) -> bool:
    return "current_density_mA_cm2" in rows.columns


def _failure(
    subject: Subject, steps: list[dict[str, Any]], ended_s: float, kinds: tuple[EventKind, ...]
) -> tuple[int | None, str | None]:
    """Return the step in which the cell failed first in one of these ways, and in which."""
    ends = [found for found in subject.findings if found.kind in kinds]
    first = next((found for found in ends if found.time_s <= ended_s), None)
    if first is None:
        return None, None
    starts = [step["start_s"] for step in steps]
    return max(0, int(np.searchsorted(starts, first.time_s, side="right")) - 1), str(first.kind)


def _document(steps: list[dict[str, Any]], failed: int | None, cause: str | None) -> dict[str, Any]:
    borne = steps[-1] if failed is None else steps[failed - 1] if failed else None
    failing = None if failed is None else steps[failed]
    return {
        "critical_current_density_mA_cm2": borne["density_mA_cm2"] if borne and failing else None,
        "first_failing_mA_cm2": failing["density_mA_cm2"] if failing else None,
        "cause": cause,
        "charge_mAh_cm2": (borne or failing or steps[0])["charge_mAh_cm2"],
        "borne_mA_cm2": borne["density_mA_cm2"] if borne else None,
        "borne_A": borne["current_A"] if borne else None,
        "first_failing_A": failing["current_A"] if failing else None,
        "censored": failing is None,
        "steps": steps,
    }


def _shorted(steps: list[dict[str, Any]], at: int | None, cause: str | None) -> dict[str, Any]:
    """Return where the cell shorted, which may be later than where it failed: contact is lost before."""
    step = {} if at is None else steps[at]
    return {
        "shorted_mA_cm2": step.get("density_mA_cm2"),
        "shorted_A": step.get("current_A"),
        "short": cause,
    }


def _says(document: dict[str, Any]) -> str:
    borne = _named(document["borne_mA_cm2"], document["borne_A"])
    failing = _named(document["first_failing_mA_cm2"], document["first_failing_A"])
    charge = document["charge_mAh_cm2"]
    moved = "" if charge is None else f", {charge:.3g} mAh/cm2 per half cycle"
    if document["censored"]:
        return f"no short and no contact loss up to {borne}{moved}: the critical current density lies above it"
    if borne is None:
        return f"{document['cause']} already at the first step, {failing}{moved}: the critical current density lies below it"
    later = _named(document["shorted_mA_cm2"], document["shorted_A"])
    then = f"; {document['short']} at {later}" if later and later != failing else ""
    return f"critical current density {borne}{moved}: the last that was borne; {document['cause']} at {failing}{then}"


def _named(density: float | None, amps: float | None) -> str | None:
    if density is not None:
        return f"{density:.4g} mA/cm2"
    return None if amps is None else f"{1e3 * amps:.4g} mA (no area given)"


def _plots(steps: list[dict[str, Any]], document: dict[str, Any]) -> tuple[Plot, ...]:
    areal = steps[0]["density_mA_cm2"] is not None
    x = np.array([step["density_mA_cm2"] if areal else 1e3 * step["current_A"] for step in steps])
    y = np.array([step["resistance_ohm"] for step in steps])
    label = "current density / mA cm$^{-2}$" if areal else "current / mA"
    curve = Curve("at the end of a half cycle, the largest of a step", x, y)
    return (Plot("ramp", label, "end resistance / ohm", (curve,), f"Current ramp: {_says(document)}."),)
