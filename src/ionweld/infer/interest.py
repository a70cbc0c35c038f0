"""The parameters that a posterior is given of: contact, interphase, filaments, layer, leak; each as the cell has it."""

import numpy as np

from ionweld.simulate.mechanisms.discrepancy import focusing
from ionweld.simulate.run import SimulatedTest

UNITS = {
    "contact_at_assembly": "1",
    "interphase_growth": "ohm*cm^2/h^0.5",
    "critical_current": "mA/cm^2",
    "void_depth": "um",
    "layer_solid_conductivity": "S/cm",
    "soft_short_growth": "S/cm^2/h",
    "electronic_leak": "S/cm",
    "capacity_fade": "% per cycle",
}
_FROM_SI = {
    "interphase_growth": 1e4 * 3600.0**0.5,
    "critical_current": 0.1,
    "void_depth": 1e6,
    "layer_solid_conductivity": 1e-2,
    "soft_short_growth": 0.36,
    "electronic_leak": 1e-2,
    "capacity_fade": 100.0,
}


def parameters_of_interest(run: SimulatedTest) -> dict[str, float]:
    """Return the parameters of a virtual cell in the units of UNITS; those of a liquid only where there is one."""
    known, start, cell = run.conditions.parameters, run.conditions, run.conditions.cell
    names = ["interphase_growth", "void_depth"]
    names += ["electronic_leak", "capacity_fade"] if cell.cathode is not None else ["soft_short_growth"]
    names += ["layer_solid_conductivity"] if any(side.interface.liquid for side in cell.sides) else []
    found = {"contact_at_assembly": float(np.mean(start.column("assembly")[: len(cell.sides)]))}
    found |= {name: known[name] * _FROM_SI[name] for name in names if name in known.properties}
    return found | {"critical_current": critical_current(run)}


def critical_current(run: SimulatedTest) -> float:
    """Return the critical local current (mA/cm2): of the pair, or what opens the mean flaw at the first charge transfer."""
    start, layout = run.conditions, run.conditions.layout
    to_unit = _FROM_SI["critical_current"] / focusing(start.parameters)
    if layout.has("numbers", "critical"):
        return to_unit * start.number("critical")
    if not layout.has("numbers", "opening_voltage"):
        return float("nan")
    from ionweld.laws.kinetics import charge_transfer_current
    from ionweld.simulate.snapshot import BEFORE, moment

    seen = moment(run, BEFORE)
    transfer = float(np.mean(seen.column("transfer")[0]))
    return to_unit * float(
        charge_transfer_current(start.number("opening_voltage"), transfer, start.number("cracks_at"))
    )
