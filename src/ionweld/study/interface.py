"""The joined verdict on the welded interface of a study: what XPS, EDS, SEM and impedance say together.

Composition and thickness are those of the simulated samples. Resistance and capacitance are those of the twin's welded
cell, as a laboratory would get them: its spectrum is taken and the arc of its interfaces fitted, R_arc area / interfaces.
"""

from dataclasses import dataclass

import numpy as np

from ionweld.analyse.eds.profile import EdsResult
from ionweld.analyse.eis.arcs import Arc, name_arcs
from ionweld.analyse.eis.fit import CircuitFit, fit, parameters
from ionweld.analyse.sem.layers import SemResult
from ionweld.analyse.xps.fit import XpsFit
from ionweld.simulate.cell_spectra import cell_spectrum
from ionweld.simulate.impedance import Resistances, low_frequency_resistance
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import half_cycle_of
from ionweld.simulate.spectra import FrequencySweep
from ionweld.study.settings import InterfaceSample
from ionweld.twin.ensemble import DrawnCells
from ionweld.twin.impedance_reading import PAPER_CIRCUIT
from ionweld.units import to_si
from ionweld.verdict.interface import Evidence, InterfaceVerdict, Resistance, Thickness, judge


@dataclass(frozen=True, slots=True)
class Joined:
    """What was put together, and the verdict; states: what the cell's states hold, all interfaces together."""

    evidence: Evidence
    verdict: InterfaceVerdict
    states: Resistances
    interfaces: int
    cycle: int


def join(
    sample: InterfaceSample, xps: XpsFit, eds: EdsResult, section: SemResult, welded: DrawnCells, cycle: int
) -> Joined:
    """Return the joined verdict on the interface of the typical welded cell after `cycle` cycles."""
    run, layer = welded.typical, section.layers[0]
    cell, half_cycle = run.conditions.cell, half_cycle_of(run, cycle) or 0
    evidence = Evidence(
        f"{cell.name}, after {cycle} cycles",
        cell.temperature.value,
        xps,
        eds,
        Thickness(layer.thickness_m, layer.stderr_m, "simulated cross section"),
        _resistance(sample, run, half_cycle, cycle),
    )
    return Joined(evidence, judge(evidence), low_frequency_resistance(run, half_cycle), len(cell.sides), cycle)


def _resistance(sample: InterfaceSample, run: SimulatedTest, half_cycle: int, cycle: int) -> Resistance:
    """Return what the arc of the interfaces says of one of them."""
    sweep = FrequencySweep(
        to_si(sample.highest, "Hz"), to_si(sample.lowest, "Hz"), sample.points, to_si(sample.noise, "1")
    )
    found = fit(cell_spectrum(run, half_cycle, sweep, seed=sample.seed), PAPER_CIRCUIT)
    row = next(one for one in parameters(found) if one.name == "Ri")
    area, interfaces = run.conditions.derived.electrode_area_m2, len(run.conditions.cell.sides)
    source = f"simulated spectrum of the cell at cycle {cycle}, arc Ri of {PAPER_CIRCUIT} over {interfaces} interfaces"
    return Resistance(
        row.value * area / interfaces,
        (row.stderr or 0.0) * area / interfaces,
        source,
        _arc(found).C_eff_F * interfaces / area,
    )


def _arc(found: CircuitFit) -> Arc:
    omega = 2.0 * np.pi * found.spectrum.frequency_Hz
    return next(one for one in name_arcs(found.circuit, found.logs, omega) if one.resistor == "Ri")
