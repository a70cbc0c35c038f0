"""What a course leaves behind: the measurement's table, the states that no instrument sees, and the balances."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.laws.interface import layer_thickness
from ionweld.measurement import cycling as bdf
from ionweld.simulate import watch
from ionweld.simulate.conditions import StartConditions
from ionweld.simulate.course import CellCourse
from ionweld.simulate.legs import Legs
from ionweld.simulate.mechanism import Real
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import Derived, facing_disc
from ionweld.spec.discs import size_text

CONTACT, SHUNT, FILAMENT, OTHERS = 0, 2, 3, 4  # of what is recorded after equations.SEEN_ALWAYS, see course.seen_plan


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded of a test: arrays (m,), one number per moment.

    time, step_time: since the first current, since the start of the leg (s); step: number of the leg, from 1; amps,
    volts: of the whole cell; moved: charge since the start of the leg (C, positive on charge); at_voltage: whether a voltage
    was held; temperature, pressure: at which it was held (K, Pa); seen: as equations.see wrote it, shape (m, slots).
    """

    time: Real
    cycle: NDArray[np.int64]
    step: NDArray[np.int64]
    step_time: Real
    amps: Real
    volts: Real
    moved: Real
    at_voltage: NDArray[np.bool_]
    temperature: Real
    pressure: Real
    seen: Real


def recorded(legs: Legs, area_m2: float) -> Recorded:
    """Return what was recorded in all legs of a test, one after the other."""
    counts, charge = legs.recorded, legs.rows[:, watch.SEEN_CHARGE]
    return Recorded(
        time=legs.times,
        cycle=np.repeat(legs.cycle, counts),
        step=np.repeat(np.arange(1, 1 + len(legs)), counts),
        step_time=legs.times - np.repeat(legs.start, counts),
        amps=legs.rows[:, watch.SEEN_CURRENT] * area_m2,
        volts=legs.rows[:, watch.SEEN_VOLTAGE],
        moved=(charge - np.repeat(charge[np.cumsum(counts) - counts], counts)) * area_m2,
        at_voltage=np.repeat(legs.at_voltage > 0.0, counts),
        temperature=legs.temperature,
        pressure=legs.pressure,
        seen=legs.rows,
    )


def steps_table(found: Recorded) -> pl.DataFrame:
    """Return recorded moments in the columns of the Battery Data Format."""
    amps, moved = found.amps, np.abs(found.moved) / 3600.0
    kind = pl.when(pl.Series(found.at_voltage)).then(pl.lit("CV_CHG"))
    kind = (
        kind.when(pl.col(bdf.CURRENT) > 0).then(pl.lit("CC_CHG")).when(pl.col(bdf.CURRENT) < 0).then(pl.lit("CC_DCH"))
    )
    table = pl.DataFrame(
        {
            bdf.TIME: found.time,
            bdf.VOLTAGE: found.volts,
            bdf.CURRENT: amps,
            bdf.CYCLE: found.cycle,
            bdf.STEP: found.step,
            bdf.STEP_TIME: found.step_time,
            bdf.CHARGING_CAPACITY: np.where(amps > 0.0, moved, 0.0),
            bdf.DISCHARGING_CAPACITY: np.where(amps < 0.0, moved, 0.0),
            bdf.TEMPERATURE: found.temperature - 273.15,
            bdf.PRESSURE: found.pressure,
        }
    )
    place = table.columns.index(bdf.STEP_TIME)
    return table.insert_column(place, table.select(kind.otherwise(pl.lit("REST")).alias(bdf.STEP_TYPE)).to_series())


def conditions_by_cycle(found: Recorded) -> pl.DataFrame:
    """Return the mean temperature and stack pressure of each cycle, while a current flows."""
    flows = found.amps != 0.0
    degC, MPa = found.temperature[flows] - 273.15, 1e-6 * found.pressure[flows]
    table = pl.DataFrame({"cycle": found.cycle[flows], "temperature_degC": degC, "stack_pressure_MPa": MPa})
    return table.group_by("cycle", maintain_order=True).mean()


def context(cell: CellSpec, derived: Derived) -> bdf.CellContext:
    """Return what an analysis needs to know about a cell besides its table."""
    cathode = derived.cathode
    return bdf.CellContext(
        area_m2=derived.electrode_area_m2,
        area_name=_facing(cell),
        interfaces=len(cell.sides),
        active_mass_kg=cathode.active_mass_kg if cathode is not None else None,
        temperature_K=cell.temperature.value,
        stack_pressure_Pa=cell.stack_pressure.value,
    )


def _facing(cell: CellSpec) -> str:
    """Return the name and size of the smaller electrode."""
    smaller = facing_disc(cell)
    return f"{'cathode' if smaller is cell.cathode else 'lithium foil'}, {size_text(smaller)}"


def states_table(start: StartConditions, found: Recorded) -> pl.DataFrame:
    """Return what no instrument sees, at the recorded moments."""
    return pl.DataFrame({bdf.TIME: found.time, bdf.CYCLE: found.cycle} | _states(start, found.seen))


def _states(start: StartConditions, seen: Real) -> dict[str, Real]:
    """Return the recorded states by the titles of their columns."""
    symmetric, others = start.cell.cathode is None, seen[:, watch.SEEN_ALWAYS :]
    found: dict[str, NDArray[Any]] = {"Contact, negative / 1": others[:, CONTACT]}
    if symmetric:
        found |= {"Contact, positive / 1": others[:, CONTACT + 1], "Short conductance / S m^-2": others[:, SHUNT]}
    found["Longest filament / 1"] = others[:, FILAMENT] / start.number("length")
    wanted = [seen for one in start.mechanisms for seen in one.seen]
    for place, one in enumerate(wanted):
        if "positive" in one.title and not symmetric:
            continue
        values = others[:, OTHERS + place]
        found[one.title] = values.astype(np.int64) if one.whole else values
    if start.layout.has("shared", "porosity"):
        thickness = layer_thickness(start.number("dense"), found["Layer porosity / 1"])
        found["Layer thickness / m"] = thickness
    return found | {
        "Largest over mean column current / 1": seen[:, watch.SEEN_PEAK],
        "Area-specific resistance / ohm m^2": seen[:, watch.SEEN_RESISTANCE],
    }


_LEAST_S = 1.0  # of current: against that much a test is judged that ended before any charge had passed


def balances(course: CellCourse) -> tuple[float, float, float, float]:
    """Return the relative gaps of charge, lithium, energy and of the voids' books.

    Charge: applied against columns plus what passed them. Lithium: foils and what the mechanisms hold, against what
    they held at first. Voids: what is missing against what was stripped, plated and brought back. Energy, of full
    cells: supplied against dissipated plus stored.
    """
    charges, largest = course.legs.charges, float(np.abs(course.legs.current).max())
    moved = max(float(np.abs(charges).sum()), _LEAST_S * largest, 1e-30)
    charge = float(course.state("charge")[0] + course.state("charge_past")[0] - charges.sum())
    foils = course.state("lithium")
    symmetric = course.start.cell.cathode is None
    in_foils = float(foils.sum()) if symmetric else float(foils[0])
    lithium = in_foils + course.lithium_held() - course.lithium_at_first
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
