"""Spectra of simulated cells: time of one of a degraded cell, and agreement with PyBaMM's own EIS solver.

    python benchmarks/impedance_spectra.py

The lumped cells (one column) are written as PyBaMM models with the charge of every capacitance as a state: plain
capacitors, because a constant-phase element is no differential equation, and no resistance of diffusion, because
PyBaMM would need a mesh for it. PyBaMM's EISSimulation linearises them and solves (j omega M - J) x = b.
"""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import numpy as np
from full_cells import full_parameters, make_full, make_window
from numpy.typing import NDArray
from spine_cells import WELDED, make_cell, make_protocol, parameters

from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.simulate.cell_spectra import cell_spectrum
from ionweld.simulate.impedance import LithiumInterface, Network, ParallelArc, area_specific_impedance, network
from ionweld.simulate.snapshot import BEFORE, moment
from ionweld.simulate.spectra import FrequencySweep

WINDOW = FrequencySweep(1e6, 0.1, 60)
PLATEAU = 3.42
Spectrum = NDArray[np.complex128]


def plain(made: Network) -> Network:
    """Return a network of one column with capacitors of the same time constants, and no resistance of diffusion."""

    def ideal(arc: ParallelArc) -> ParallelArc:
        return ParallelArc(arc.R, (arc.R * arc.Q) ** (1.0 / arc.n) / arc.R, 1.0)

    cathode = made.cathode
    if cathode is not None:
        cathode = replace(cathode, transfer=ideal(cathode.transfer), diffusion=0.0 * cathode.diffusion, active=1.0)
    return replace(
        made,
        grains=ideal(made.grains),
        boundaries=ideal(made.boundaries),
        interfaces=tuple(replace(one, transfer=ideal(one.transfer)) for one in made.interfaces),
        cathode=cathode,
    )


def _dry(pybamm: Any, model: Any, through: Any, number: int, side: LithiumInterface) -> Any:
    """Return the voltage over an empty gap: its void beside constriction in series with the contact's charge transfer."""
    over, transfer = (pybamm.Variable(f"Voltage over {what} {number} [V]") for what in ("void", "contact"))
    theta = float(side.contact[0])
    direct = (over - transfer) / float(side.constriction[0])
    model.rhs[over] = (through - direct) / ((1.0 - theta) * side.void)
    model.rhs[transfer] = (direct - transfer * theta / float(side.transfer.R[0])) / (theta * float(side.transfer.Q[0]))
    model.initial_conditions |= {over: pybamm.Scalar(0.0), transfer: pybamm.Scalar(0.0)}
    return over


def pybamm_spectrum(made: Network, z_0: float, edge: float, f: NDArray[np.float64]) -> Spectrum:
    """Return the spectrum of the same network by PyBaMM: voltages over the capacitors and the lithiation as states."""
    import pybamm

    current = pybamm.FunctionParameter("Current function [A]", {"Time [s]": pybamm.t})
    model = pybamm.BaseModel("lumped cell")
    model.param = pybamm.LithiumIonParameters()  # of which its current control takes the nominal capacity
    through = current if made.beside == 0.0 else pybamm.Variable("Column current [A]")
    filled = [arc for side in made.interfaces if side.filled == 1.0 for arc in (side.transfer, side.layer)]
    volts = pybamm.Scalar(0.0)
    for number, arc in enumerate([made.grains, made.boundaries, *filled]):
        over = pybamm.Variable(f"Voltage over arc {number} [V]")
        model.rhs[over] = (through - over / float(arc.R[0])) / float(np.broadcast_to(arc.Q, 1)[0])
        model.initial_conditions[over] = pybamm.Scalar(0.0)
        volts = volts + over
    for number, side in enumerate(side for side in made.interfaces if side.filled == 0.0):
        volts = volts + _dry(pybamm, model, through, number, side)
    cathode = made.cathode
    if cathode is not None:
        over, z = pybamm.Variable("Voltage over cathode [V]"), pybamm.Variable("Lithiated fraction")
        R, Q = float(cathode.transfer.R[0]), float(np.broadcast_to(cathode.transfer.Q, 1)[0])
        potential = PLATEAU - edge * pybamm.log(z / (1 - z))
        rest = PLATEAU - edge * np.log(z_0 / (1 - z_0))
        faradaic = (over - potential + rest) / R  # the double layer is charged to the potential at rest
        model.rhs[over] = (through - faradaic) / Q
        capacity = float(cathode.capacitance[0]) * edge / (z_0 * (1 - z_0))
        model.rhs[z] = -faradaic / capacity
        model.initial_conditions |= {over: pybamm.Scalar(0.0), z: pybamm.Scalar(z_0)}
        volts = volts + over
    if made.beside > 0.0:
        model.algebraic[through] = volts * made.beside + through - current
        model.initial_conditions[through] = pybamm.Scalar(0.0)
    model.variables = {"Voltage [V]": -volts, "Current [A]": current}  # PyBaMM counts discharge as positive
    values = {"Current function [A]": 0.0, "Nominal cell capacity [A.h]": 1.0}
    simulation = pybamm.EISSimulation(model, pybamm.ParameterValues(values), skip_surface_form_check=True)
    return np.asarray(simulation.solve(f).impedance)


def lumped_cells() -> list[tuple[str, Network, float, float]]:
    """Return networks of one column with the lithiation and plateau edge of their cathode."""
    found = []
    for name, volume in (("symmetric, bare", None), ("symmetric, welded", WELDED)):
        run = simulate(make_cell(volume), make_protocol((0.1, 0.5, 3)), parameters(), "bench", columns=1)
        found.append((name, plain(network(moment(run, 3))), 0.5, 1.0))
    shorted = replace(found[0][1], beside=50.0)
    found.append(("symmetric, shorted", shorted, 0.5, 1.0))
    run = simulate(make_full(), make_window(cycles=2), full_parameters(), "bench", columns=1)
    for half_cycle in (BEFORE, 2):
        seen = moment(run, half_cycle)
        z, edge = float(seen.y[-1]), 0.012
        found.append((f"full, {seen.said}", plain(network(seen)), z, edge))
    return found


def best_of(work, repeats: int = 50) -> float:
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


def timing(run: SimulatedTest) -> None:
    last = len(run.snapshots) - 1
    print(f"{'a degraded cell, 60 points':44}{'ms':>9}")
    print(f"{'spectrum with noise and provenance':44}{best_of(lambda: cell_spectrum(run, last, WINDOW)):9.2f}")
    print(f"{'the same after a rest of 2 h':44}{best_of(lambda: cell_spectrum(run, last, WINDOW, rest_s=7200.0)):9.2f}")


def main() -> None:
    timing(simulate(make_full(), make_window(cycles=20), full_parameters(), "bench"))
    try:
        import pybamm

        print(
            f"\n{'lumped cell against PyBaMM ' + pybamm.__version__:60}{'largest error':>15}{'ours ms':>9}{'PyBaMM ms':>11}"
        )
    except ImportError:
        print("PyBaMM is not installed: pip install 'ionweld[oracle]'")
        return
    f = WINDOW.grid()
    for name, made, z, edge in lumped_cells():
        ours = area_specific_impedance(made, 2.0 * np.pi * f)
        start = time.perf_counter()
        theirs = pybamm_spectrum(made, z, edge, f)
        took = 1e3 * (time.perf_counter() - start)
        error = np.max(np.abs(theirs / ours - 1.0))
        mine = best_of(lambda made=made: area_specific_impedance(made, 2.0 * np.pi * f))
        print(f"{name:60}{error:15.1e}{mine:9.2f}{took:11.1f}", flush=True)
        assert error < 1e-6, "the two solvers disagree"


if __name__ == "__main__":
    main()
