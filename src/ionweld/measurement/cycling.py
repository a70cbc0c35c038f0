"""A cycling measurement: one time series in the columns of the Battery Data Format (ontology 1.3.0)."""

from dataclasses import dataclass

import polars as pl

from ionweld.measurement.provenance import IngestReport, Provenance

BDF_ONTOLOGY = "1.3.0"

TIME = "Test Time / s"
VOLTAGE = "Voltage / V"
CURRENT = "Current / A"  # positive = charging the object
CYCLE = "Cycle Count / 1"
DERIVED_CYCLE = "Derived Cycle / 1"  # ours, beside the ontology's names: where the file counts no cycles
STEP = "Step Count / 1"
STEP_TYPE = "Step Type"
STEP_TIME = "Step Time / s"
TEMPERATURE = "Ambient Temperature / degC"
SENSOR = "Temperature T1 / degC"  # of a cycler's own thermometer, wherever it was put
PRESSURE = "Applied Pressure / Pa"
CHARGING_CAPACITY = "Step Charging Capacity / Ah"
DISCHARGING_CAPACITY = "Step Discharging Capacity / Ah"
REQUIRED = (TIME, VOLTAGE, CURRENT)


_TEMPERATURES = (TEMPERATURE, "Surface Temperature / degC", SENSOR)


def logged_temperature(table: pl.DataFrame) -> str | None:
    """Return the column that tells the temperature of a cell or its room, None where none was logged."""
    return next((name for name in _TEMPERATURES if name in table.columns), None)


@dataclass(frozen=True, slots=True)
class CellContext:
    """What a table of times, voltages and currents does not say, and an analysis needs. None = not known, ask.

    area_m2: the area that current densities refer to, and area_name what it is ("lithium foil, 6 mm").
    interfaces: how many lithium interfaces the current crosses in series (2 in a symmetric cell, 1 in a full cell).
    active_mass_kg: mass of the active material of the cathode.
    """

    area_m2: float | None = None
    area_name: str | None = None
    interfaces: int | None = None
    active_mass_kg: float | None = None
    temperature_K: float | None = None
    stack_pressure_Pa: float | None = None


@dataclass(frozen=True, slots=True)
class CyclingTest:
    """A cycling test. `table` has at least the columns REQUIRED; it is never changed after it was made."""

    table: pl.DataFrame
    provenance: Provenance
    context: CellContext = CellContext()
    ingest: IngestReport | None = None
