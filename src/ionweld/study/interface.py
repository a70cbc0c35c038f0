"""The joined verdict on the welded interface of a study: what XPS, EDS, SEM and impedance say together.

Composition and thickness are those of the simulated samples. The resistance is that of the twin's welded cells, as a
laboratory would get it: a spectrum of the cell is simulated and its arc fitted, R_arc area / interfaces.
"""

from dataclasses import dataclass

import numpy as np

from ionweld.analyse.eds.profile import EdsResult
from ionweld.analyse.eis.fit import Fit, FitParameter, fit, parameters
from ionweld.analyse.sem.layers import SemResult
from ionweld.analyse.xps.fit import XpsFit
from ionweld.measurement.impedance import SampleGeometry
from ionweld.simulate.spectra import frequencies, simulate_spectrum
from ionweld.spec.cell import Part
from ionweld.twin.ensemble import Ensemble
from ionweld.twin.interface_verdict import Evidence, InterfaceVerdict, Resistance, Thickness, judge
from ionweld.units import to_si

_CM2 = 1e-4
_CIRCUIT = "Rb-p(Ri,CPEi)"


class InterfaceSample(Part):
    """How the impedance of the welded cell is measured: capacitance per area and exponent of an interface, noise."""

    capacitance: str
    exponent: float
    noise: str
    highest: str
    lowest: str
    points: int
    seed: int


@dataclass(frozen=True, slots=True)
class Joined:
    """What was put together, and the verdict; truth_ohm_m2: the resistance of one interface that was put in."""

    evidence: Evidence
    verdict: InterfaceVerdict
    truth_ohm_m2: float
    spectrum: Fit
    cycle: int


def join(
    sample: InterfaceSample, xps: XpsFit, eds: EdsResult, section: SemResult, welded: Ensemble, cycle: int
) -> Joined:
    """Return the joined verdict on the interface of the welded cells after `cycle` cycles."""
    cell, derived = welded.recipe.cell, welded.typical.conditions.derived
    area, interfaces = derived.electrode_area_m2, len(cell.sides)
    asr = [member.cycles["asr_ohm_cm2"][cycle - 1] for member in welded.members if member.cycles.height >= cycle]
    truth = (_CM2 * float(np.median(asr)) - derived.bulk_resistance_ohm_m2) / interfaces
    found = _measured(sample, derived.bulk_resistance_ohm_m2, truth, area, interfaces, cell.temperature.value)
    arc = _parameter(found, "Ri")
    source = f"simulated spectrum of the cell at cycle {cycle}, arc of {_CIRCUIT} over {interfaces} interfaces"
    layer = section.layers[0]
    evidence = Evidence(
        f"{cell.name}, after {cycle} cycles",
        cell.temperature.value,
        xps,
        eds,
        Thickness(layer.thickness_m, layer.stderr_m, "simulated cross section"),
        Resistance(arc.value * area / interfaces, (arc.stderr or 0.0) * area / interfaces, source),
    )
    return Joined(evidence, judge(evidence), truth, found, cycle)


def _measured(
    sample: InterfaceSample, pellet: float, interface: float, area: float, interfaces: int, temperature: float
) -> Fit:
    """Return the fit of a simulated spectrum: the pellet in series with the interfaces (both in ohm m^2)."""
    capacitance = to_si(sample.capacitance, "F/m^2") * area / interfaces
    truth = {"Rb": pellet / area, "Ri": interface * interfaces / area, "CPEi.Q": capacitance, "CPEi.n": sample.exponent}
    sweep = frequencies(to_si(sample.highest, "Hz"), to_si(sample.lowest, "Hz"), sample.points)
    spectrum = simulate_spectrum(
        _CIRCUIT, truth, sweep, noise=to_si(sample.noise, "1"), seed=sample.seed, temperature_K=temperature,
        geometry=SampleGeometry(area, interfaces=interfaces), label="welded cell",
    )  # fmt: skip
    return fit(spectrum, _CIRCUIT)


def _parameter(found: Fit, name: str) -> FitParameter:
    return next(one for one in parameters(found) if one.name == name)
