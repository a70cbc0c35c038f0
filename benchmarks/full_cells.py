"""CPU time of full cells over 40 cycles at 0.2 C against PyBaMM's lithium half cell, in one run; and of an ensemble.

    PYTHONPATH=src python benchmarks/full_cells.py [CELLS]      needs the extra [oracle] for the PyBaMM rows

Ours: the paper's full cells (study yu2021, 21 columns by geometry, protocol figure3: charge to 4.0 V, discharge to 2.5 V,
a record every 300 s), from specification to the measurement's table. The ensemble is the one of `reproduce`: drawn,
simulated and analysed by cycle, on a pool of processes whose start is counted.

PyBaMM: single particle model with the positive electrode against lithium metal, the same limits, cycles and period of
records. Its positive electrode is that of the set Prada2013 (LiFePO4), everything else of Xu2019 (the set for a lithium
half cell); the cathode starts at 97 % lithium. It has no interface that ages and no leak: it does less than ours.

CPU time (user and system, children included) is the best of a few after a first run that compiles or builds. The last
column is the time over that of the first row.
"""

import os
import resource
import sys
import time
from collections.abc import Callable

os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")

from ionweld.simulate.cell import simulate
from ionweld.study.model import load_study
from ionweld.twin import pool
from ionweld.twin.calibrated import parameters_for
from ionweld.twin.ensemble import Recipe, run

CYCLES = 40
UPPER_V, LOWER_V, C_RATE, RECORD_S = 4.0, 2.5, 0.2, 300
START = 0.97  # the lithiated part at which PyBaMM's cathode begins; its potential has no value at 1
FARADAY = 96485.33212


def cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(work: Callable[[], float], repeats: int = 5) -> tuple[float, float, float]:
    """Return the least CPU time, the least wall time, and what the work gave: hours of the test."""
    hours = work()
    best = (float("inf"), float("inf"))
    for _ in range(repeats):
        start, wall = cpu(), time.perf_counter()
        hours = work()
        best = min(best[0], cpu() - start), min(best[1], time.perf_counter() - wall)
    return *best, hours


def recipe(name: str) -> Recipe:
    study = load_study("yu2021")
    cell, protocol = study.cells[name], study.protocols["figure3"]
    stage = protocol.stages[0].model_copy(update={"cycles": CYCLES})
    return Recipe(f"benchmark {name}", cell, protocol.model_copy(update={"stages": [stage]}), parameters_for(cell))


def ours(name: str) -> Callable[[], float]:
    made = recipe(name)

    def work() -> float:
        done = simulate(made.cell, made.protocol, made.parameters, made.seed(0))
        return float(done.measurement.table["Test Time / s"][-1]) / 3600.0

    return work


def pybamm_values():
    import pybamm

    values, lfp = pybamm.ParameterValues("Xu2019"), pybamm.ParameterValues("Prada2013")
    ours_now = [name for name in lfp if name.startswith("Positive ") or "in positive electrode" in name]
    values.update({name: lfp[name] for name in ours_now}, check_already_exists=False)
    most = values["Maximum concentration in positive electrode [mol.m-3]"]
    volume = values["Positive electrode thickness [m]"] * values["Positive electrode active material volume fraction"]
    area = values["Electrode width [m]"] * values["Electrode height [m]"]
    capacity = most * volume * area * FARADAY / 3600.0
    values.update(
        {
            "Nominal cell capacity [A.h]": capacity,
            "Current function [A]": C_RATE * capacity,
            "Lower voltage cut-off [V]": LOWER_V,
            "Upper voltage cut-off [V]": UPPER_V,
            "Initial concentration in positive electrode [mol.m-3]": START * most,
        }
    )
    return values


def pybamm_half_cell(tolerance: float) -> Callable[[], float]:
    import pybamm

    cycle = (f"Charge at {C_RATE}C until {UPPER_V} V", f"Discharge at {C_RATE}C until {LOWER_V} V")
    simulation = pybamm.Simulation(
        pybamm.lithium_ion.SPM({"working electrode": "positive"}),
        parameter_values=pybamm_values(),
        experiment=pybamm.Experiment([cycle] * CYCLES, period=f"{RECORD_S} s"),
        solver=pybamm.IDAKLUSolver(rtol=tolerance, atol=1e-2 * tolerance),
    )
    return lambda: float(simulation.solve(calc_esoh=False)["Time [h]"].entries[-1])


def rows() -> list[tuple[str, Callable[[], float]]]:
    made = [(f"ionweld, {name}, {CYCLES} cycles", ours(name)) for name in ("full_welded", "full_bare")]
    try:
        import pybamm  # noqa: F401
    except ImportError:
        print("PyBaMM is not installed: pip install 'ionweld[oracle]'")
        return made
    return made + [
        (f"PyBaMM SPM half cell, IDAKLU, {tolerance:g}", pybamm_half_cell(tolerance)) for tolerance in (1e-4, 1e-6)
    ]


def ensemble(name: str, cells: int, processes: int) -> float:
    """Return the wall time of an ensemble, with the start of its processes (whose CPU is that of no child of this one)."""
    wall = time.perf_counter()
    with pool.workers(processes) as mapper:
        run(recipe(name), cells, mapper, lambda: None)
    return time.perf_counter() - wall


def main(cells: int) -> None:
    print(f"{'one cell':46}{'CPU s':>9}{'wall s':>9}{'hours':>9}{'times':>8}")
    first = None
    for name, work in rows():
        used, wall, hours = timed(work)
        first = first or used
        print(f"{name:46}{used:9.3f}{wall:9.3f}{hours:9.0f}{used / first:8.1f}", flush=True)
    print(f"\n{'ensembles':46}{'wall s':>9}")
    for name in ("full_welded", "full_bare"):
        print(f"{f'{cells} x {name}, {CYCLES} cycles, 2 processes':46}{ensemble(name, cells, 2):9.1f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
