"""The protocol that a cycler ran, read off a measured test, as the document of a protocol's file."""

from functools import partial
from typing import Any, Literal

from ionweld.analyse.cycling.half_cycles import counted_half_cycles
from ionweld.api.quantities import positive
from ionweld.api.reading import measured
from ionweld.errors import Fault, InputError
from ionweld.infer.protocol import MeasuredStage, measured_protocol
from ionweld.read.cycling import read_cycling_file


def document_of(test: Any, area: Any, first: Literal["charge", "discharge"] | None) -> dict[str, Any]:
    """Return the document of a protocol of a symmetric cell, its current densities by the area. Raises InputError."""
    area_m2 = positive(area, "m^2", "area")
    data = measured(test, "cycling", "test", partial(read_cycling_file, area_m2=area_m2), area)
    known = area_m2 or data.context.area_m2
    if known is None:
        raise InputError(Fault("area", "is not said by the test", 'Give area="0.2827 cm^2"'))
    found = measured_protocol(counted_half_cycles(data), "symmetric", first, data.provenance.source)
    return {
        "name": f"as measured: {data.provenance.source}",
        "first_half_cycle": found.first,
        "voltage_limit": f"{found.limits_V[1]:.6g} V",
        "stages": [_stage(stage, known) for stage in found.stages],
    }


def _stage(stage: MeasuredStage, area_m2: float) -> dict[str, Any]:
    said = {
        "current_density": f"{0.1 * stage.current_A / area_m2:.4g} mA/cm^2",
        "half_cycle_time": f"{stage.half_cycle_s:.4g} s",
        "cycles": stage.cycles,
    }
    return said | ({"rest": f"{stage.rest_s:.4g} s"} if stage.rest_s > 0.0 else {})
