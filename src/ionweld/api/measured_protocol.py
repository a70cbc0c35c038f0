"""The protocol that a cycler ran, read off a measured test, as the document of a protocol's file."""

from functools import partial
from typing import Any

from ionweld.analyse.cycling.half_cycles import counted_half_cycles
from ionweld.api.quantities import positive
from ionweld.api.reading import measured
from ionweld.errors import Fault, InputError
from ionweld.infer.departures import departures
from ionweld.infer.holds import with_holds
from ionweld.infer.protocol import (
    CellKind,
    Direction,
    MeasuredProtocol,
    MeasuredStage,
    first_voltages,
    kind_of,
    measured_protocol,
)
from ionweld.read.cycling import read_cycling_file
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import Derived, derive


def document_of(test: Any, area: Any, first: Direction | None, cell: CellSpec | None) -> dict[str, Any]:
    """Return the document of a protocol: of a symmetric cell by its area, of a full one by its cathode.

    Raises InputError where neither is said, and for a test that no protocol says.
    """
    area_m2, derived = positive(area, "m^2", "area"), None if cell is None else derive(cell)
    data = measured(test, "cycling", "test", partial(read_cycling_file, area_m2=area_m2), area)
    halves, where = counted_half_cycles(data), data.provenance.source
    volts = first_voltages(halves)
    kind: CellKind = "symmetric" if volts is None else kind_of(volts)
    halves = with_holds(data, halves) if kind == "full" else halves
    if otherwise := departures(halves, kind):
        mend = "Write the protocol by hand, or give the file to `ionweld diagnose`, which says what it takes"
        raise InputError([Fault(where, one.partition(": the virtual cells")[0], mend) for one in otherwise])
    found = measured_protocol(halves, kind, first, where)
    if kind == "full":
        return {"name": f"as measured: {where}"} | _window(found, derived, where)
    return {"name": f"as measured: {where}"} | _by_time(found, area_m2 or data.context.area_m2, derived)


def _by_time(found: MeasuredProtocol, area_m2: float | None, derived: Derived | None) -> dict[str, Any]:
    known = area_m2 or (None if derived is None else derived.electrode_area_m2)
    if known is None:
        raise InputError(Fault("area", "is not said by the test", 'Give area="0.2827 cm^2", or cell='))
    said = {
        "first_half_cycle": found.first,
        "voltage_limit": f"{found.limits_V[1]:.6g} V",
        "stages": [
            {
                "current_density": f"{0.1 * stage.current_A / known:.4g} mA/cm^2",
                "half_cycle_time": f"{stage.half_cycle_s:.4g} s",
            }
            | _counted(stage)
            for stage in found.stages
        ],
    }
    return said | ({"one_way": True} if found.one_way else {})


def _window(found: MeasuredProtocol, derived: Derived | None, where: str) -> dict[str, Any]:
    if derived is None or derived.cathode is None:
        mend = "Give cell=, the description of the full cell: its cathode says what 1 C is"
        raise InputError(Fault(where, "is a test of a full cell", mend))
    nominal_C = derived.cathode.nominal_C_per_m2 * derived.electrode_area_m2
    lower, upper = (f"{volts:.4g} V" for volts in found.limits_V)
    return {
        "first_half_cycle": "charge",
        "lower_voltage": lower,
        "upper_voltage": upper,
        "stages": [_rates(stage, nominal_C) | _counted(stage) for stage in found.stages],
    }


def _rates(stage: MeasuredStage, nominal_C: float) -> dict[str, str]:
    amps = {"c_rate": stage.current_A, "discharge_c_rate": stage.discharge_A, "hold_c_rate": stage.hold_A}
    return {name: f"{3600.0 * one / nominal_C:.4g} C" for name, one in amps.items() if one is not None}


def _counted(stage: MeasuredStage) -> dict[str, Any]:
    return {"cycles": stage.cycles} | ({"rest": f"{stage.rest_s:.4g} s"} if stage.rest_s > 0.0 else {})
