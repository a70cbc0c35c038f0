"""What a calibration compares of full cells: smooth counterparts of the observables, straight from the states.

Members are averaged, impedances in the logarithm. A cell that dies counts with the cycles that it had, and its
impedance with that of its last state.
"""

from dataclasses import dataclass

import numpy as np

from ionweld.analyse.cycling import cycles
from ionweld.simulate.cell import Run, simulate
from ionweld.simulate.impedance import low_frequency_resistance
from ionweld.simulate.snapshot import BEFORE
from ionweld.spec.cell import Cell
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import WindowProtocol
from ionweld.spec.quantity import Quantity
from ionweld.twin.ensemble import impedance_rest
from ionweld.twin.observables import EFFICIENCY_CYCLES, efficiency_over

NEVER = 1e9  # s between records: only the ends of half cycles are kept
TOLERANCE = 1e-4  # a calibration's residuals are a hundred times coarser; steps are limited by stability, not by this


@dataclass(frozen=True, slots=True)
class FullModel:
    """The full cells of a calibration; `members` bare ones, and one welded: before a bridge, chance does not touch it."""

    bare: Cell
    welded: Cell
    protocol: WindowProtocol
    members: int
    seed: str

    def __call__(self, parameters: Entry) -> dict[str, float]:
        """Return the rows of full cells: C/kg, 1 and ohm."""
        return self._bare(parameters) | self._welded(parameters)

    def _bare(self, parameters: Entry) -> dict[str, float]:
        runs = [_run(self.bare, self.protocol, parameters, f"{self.seed}/full {i}") for i in range(self.members)]
        efficiency = [efficiency_over(cycles(run.measurement, "charge"), EFFICIENCY_CYCLES) for run in runs]
        before = [low_frequency_resistance(run, BEFORE).total for run in runs]
        rest = impedance_rest(parameters)
        after = [low_frequency_resistance(run, len(run.snapshots) - 1, rest).total for run in runs]
        return {
            "full_bare.efficiency_1_to_20": float(np.mean(efficiency)),
            "full_bare.impedance_0": float(np.exp(np.mean(np.log(before)))),
            "full_bare.impedance_40": float(np.exp(np.mean(np.log(after)))),
        }

    def _welded(self, parameters: Entry) -> dict[str, float]:
        run = _run(self.welded, self.protocol, parameters, f"{self.seed}/full welded")
        table = cycles(run.measurement, "charge")
        mass = run.measurement.context.active_mass_kg
        assert mass is not None
        per_mass = 3600.0 / mass * table["discharge_capacity_Ah"]
        least = assumption("dead_capacity").value
        return {
            "full_welded.capacity_1": max(least, float(per_mass[0])),
            "full_welded.capacity_40": max(least, float(per_mass[-1])),
            "full_welded.efficiency_min": float(table["coulombic_efficiency"].fill_null(0.0).to_numpy().min()),
            "full_welded.impedance_0": low_frequency_resistance(run, BEFORE).total,
        }


def _run(cell: Cell, protocol: WindowProtocol, parameters: Entry, seed: str) -> Run:
    """Run a cell that is recorded at the ends of half cycles only."""
    rare = protocol.model_copy(update={"record_every": Quantity(NEVER, "s", "never")})
    return simulate(cell, rare, parameters, seed, tolerance=TOLERANCE)
