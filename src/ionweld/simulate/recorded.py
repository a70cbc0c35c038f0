"""What a course leaves behind: the measurement's table, the states that no instrument sees, and the balances."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.laws.interface import layer_thickness
from ionweld.measurement import cycling as bdf
from ionweld.simulate import equations as eq
from ionweld.simulate.course import CellCourse
from ionweld.simulate.mechanism import Real
from ionweld.simulate.run import steps_table

CONTACT, SHUNT, FILAMENT, OTHERS = 0, 2, 3, 4  # of what is recorded after equations.SEEN_ALWAYS, see course.seen_plan


def recorded(course: CellCourse) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the measurement's table, and what no instrument sees, at the same moments."""
    legs = course.legs
    lengths = [leg.times.size for leg in legs]
    seen = np.concatenate([leg.rows for leg in legs])
    time = np.concatenate([leg.times for leg in legs])
    cycle = np.repeat([leg.cycle for leg in legs], lengths)
    when = {
        "time": time,
        "cycle": cycle,
        "step": np.repeat(np.arange(1, 1 + len(legs)), lengths),
        "step_time": time - np.repeat([leg.start for leg in legs], lengths),
    }
    amps = np.repeat([leg.current for leg in legs], lengths) * course.start.derived.electrode_area_m2
    table = steps_table(course.start.cell, seen[:, eq.SEEN_VOLTAGE], amps, when)
    return table, pl.DataFrame({bdf.TIME: time, bdf.CYCLE: cycle} | _states(course, seen))


def _states(course: CellCourse, seen: Real) -> dict[str, Real]:
    """Return the recorded states by the titles of their columns."""
    symmetric, others = course.start.cell.cathode is None, seen[:, eq.SEEN_ALWAYS :]
    found: dict[str, NDArray[Any]] = {"Contact, negative / 1": others[:, CONTACT]}
    if symmetric:
        found |= {"Contact, positive / 1": others[:, CONTACT + 1], "Short conductance / S m^-2": others[:, SHUNT]}
    found["Longest filament / 1"] = others[:, FILAMENT] / course.number("length")
    wanted = [seen for one in course.start.mechanisms for seen in one.seen]
    for place, one in enumerate(wanted):
        if "positive" in one.title and not symmetric:
            continue
        values = others[:, OTHERS + place]
        found[one.title] = values.astype(np.int64) if one.whole else values
    if course.layout.has("shared", "porosity"):
        thickness = layer_thickness(course.number("dense"), found["Layer porosity / 1"])
        found["Layer thickness / m"] = thickness
    return found | {
        "Largest over mean column current / 1": seen[:, eq.SEEN_PEAK],
        "Area-specific resistance / ohm m^2": seen[:, eq.SEEN_RESISTANCE],
    }


def balances(course: CellCourse) -> tuple[float, float, float, float]:
    """Return the relative gaps of charge, lithium, energy and of the voids' books.

    Charge: applied against columns plus what passed them. Lithium: foils and what the mechanisms hold, against what
    they held at first. Voids: what is missing against what was stripped, plated and brought back. Energy, of full cells: supplied against dissipated plus stored.
    """
    charges = np.array([leg.current * (leg.end - leg.start) for leg in course.legs])
    moved = max(float(np.abs(charges).sum()), 1e-30)
    charge = float(course.state("charge")[0] + course.state("charge_past")[0] - charges.sum())
    first = CellCourse(course.start, course.tolerance, course.armed).lithium_held()
    foils = course.state("lithium")
    symmetric = course.start.cell.cathode is None
    in_foils = float(foils.sum()) if symmetric else float(foils[0])
    lithium = in_foils + course.lithium_held() - first
    return (
        abs(charge) / moved,
        abs(lithium) / (moved * course.number("v_li")),
        0.0 if symmetric else _energy_gap(course, moved),
        _voids_gap(course) / (moved * course.number("v_li")),
    )


def _voids_gap(course: CellCourse) -> float:
    """Return by how much lithium that mechanisms keep books of does not add up (m)."""
    return sum(one.imbalance(course) for one in course.start.mechanisms if one.imbalance is not None)


def _energy_gap(course: CellCourse, moved: float) -> float:
    supplied, spent = course.state("supplied")[0], course.state("dissipated")[0] + course.state("stored")[0]
    return abs(float(supplied - spent)) / (moved * course.number("plateau"))
