"""CPU time of the simulator against PyBaMM and scipy on the same equations, and of ensembles. Prints a table.

    PYTHONPATH=src python benchmarks/spine.py          needs the extra [oracle] for the PyBaMM rows

The lumped cell (one column, chi = 1, 100 x 0.1, 200 x 0.2, 100 x 0.4 mA/cm2, half cycles of 0.5 h) is solved by all;
the error is that of the voltage at the end of every half cycle, against a run at a tolerance of 1e-10. CPU time (user
and system, children included) is the best of three after a first run that compiles or builds; wall time depends on
what else the machine does.
"""

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from spine_cells import WELDED, make_cell, make_protocol, parameters

from ionweld.laws.kinetics import interphase_dose_rate
from ionweld.numerics.compiled import compiled
from ionweld.simulate import watch
from ionweld.simulate.bench import SETTLE, N, bench_of, run_hooks
from ionweld.simulate.cell import simulate
from ionweld.simulate.conditions import conditions, wiring
from ionweld.spec.quantity import Quantity

STAGES = ((0.1, 0.5, 100), (0.2, 0.5, 200), (0.4, 0.5, 100))
HALF = 1800.0
CURRENTS = np.concatenate([np.tile([10.0 * j, -10.0 * j], n) for j, _, n in STAGES])  # A/m2
Array = NDArray[np.float64]
Row = tuple[str, Callable[[], Array]]


def cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(work: Callable[[], Array], repeats: int = 3) -> tuple[float, float, Array]:
    """Return the least CPU time, the least wall time, and what the work gave."""
    work()
    best = (np.inf, np.inf)
    result = np.empty(0)
    for _ in range(repeats):
        start, wall = cpu(), time.perf_counter()
        result = work()
        best = min(best[0], cpu() - start), min(best[1], time.perf_counter() - wall)
    return *best, result


# the lumped cell in ionweld, and in scipy with the same compiled right-hand side


def lumped(tolerance: float) -> Array:
    """Recorded at the ends of half cycles, as the others are."""
    protocol = make_protocol(*STAGES).model_copy(update={"record_every": Quantity(HALF, "s", "0.5 h")})
    run = simulate(make_cell(WELDED), protocol, parameters(), "bench", columns=1, tolerance=tolerance)
    return np.abs(run.legs.rows[np.cumsum(run.legs.recorded) - 1, watch.SEEN_VOLTAGE])


def scipy_lsoda(tolerance: float) -> Array:
    start = conditions(make_cell(WELDED), make_protocol(*STAGES), parameters(), "bench", 1)
    y, numbers, columns = start.y.copy(), start.numbers.copy(), start.columns.copy()
    wires, dy, ends = wiring(start, numbers, columns), np.empty(y.size), []

    def rates(t: float, y: Array) -> Array:
        watch.rates(t, y, numbers, wires, dy)
        return dy

    for i, j in enumerate(CURRENTS):
        numbers[N.current], numbers[N.started] = j, i * HALF
        solved = solve_ivp(
            rates, (i * HALF, (i + 1) * HALF), y, method="LSODA", rtol=tolerance, atol=tolerance * start.scales
        )
        y = np.ascontiguousarray(solved.y[:, -1])
        _settle((i + 1) * HALF, y, wires)
        ends.append(abs(numbers[N.voltage]))
    return np.array(ends)


@compiled
def _settle(t, y, wires):
    """Work out the voltage of this moment, and write what is known in closed form into the state."""
    watch.evaluate(t, y, wires)
    run_hooks(SETTLE, t, bench_of(y, y, wires), wires)


# the same equations in PyBaMM


def pybamm_model(current):
    """Return the lumped cell as a PyBaMM model: theta and theta_b of both sides, filament, x, porosity."""
    import pybamm

    start = conditions(make_cell(WELDED), make_protocol(*STAGES), parameters(), "bench", 1)
    number = start.number
    names = ("theta_n", "theta_p", "theta_b_n", "theta_b_p", "filament", "x", "porosity")
    theta_n, theta_p, theta_b_n, theta_b_p, filament, x, porosity = (pybamm.Variable(name) for name in names)
    chi, rest = number("chi"), start.cell.rest.value
    grows = number("conducts") * np.sqrt(interphase_dose_rate(number("growth"), number("growth_wet"), chi))
    R_t = number("clean") + grows * (pybamm.sqrt(pybamm.t + rest) - np.sqrt(rest))
    sigma_L = number("sigma_liquid") * (1 - x) ** 6 + x * number("sigma_solid") * (1 - porosity) ** 1.5
    R_L = number("dense") / (1 - porosity) / sigma_L

    def paths(theta):
        R_s = np.pi * number("spot") * (1 - pybamm.sqrt(theta)) ** 1.5 / (4 * number("sigma") * theta)
        direct = 1 / ((R_t + chi * R_L) / theta + R_s * (1 - chi * (R_t + chi * R_L) / (R_t + R_L)))
        return direct, direct + chi * (1 - theta) / (R_t + R_L)

    (d_n, g_n), (d_p, g_p) = paths(theta_n), paths(theta_p)
    j = pybamm.AbsoluteValue(current)
    charging = current > 0  # plates the negative electrode
    model = pybamm.BaseModel()
    per_time = number("v_li") / number("void_depth")
    for side, (theta, theta_b, share, plated) in enumerate(
        ((theta_n, theta_b_n, d_n / g_n, charging), (theta_p, theta_b_p, d_p / g_p, 1 - charging))
    ):
        j_d = j * share * (1 - plated)
        assembly, permanent = start.column("assembly")[side, 0], start.column("permanent")[side, 0]
        stripped = per_time * (-j_d + number("replenishing") * (1 - theta / theta_b))
        model.rhs[theta] = plated * (theta_b - theta) / number("rewetting") + (1 - plated) * stripped
        lost = permanent * per_time * j_d * (1 - number("residual") * assembly / theta_b)
        model.rhs[theta_b] = -lost + number("closure") * (assembly - theta_b)
        model.initial_conditions |= {theta: pybamm.Scalar(assembly), theta_b: pybamm.Scalar(assembly)}
    theta_plated = charging * theta_n + (1 - charging) * theta_p
    share_plated = charging * d_n / g_n + (1 - charging) * d_p / g_p
    local = pybamm.maximum(j * share_plated / theta_plated, chi * j * (1 - share_plated) / (1 - theta_plated))
    excess = pybamm.maximum(0, 1 - number("critical") / (start.column("flaw")[0, 0] * local))
    model.rhs |= {
        filament: number("v_li") * number("focus") * j * excess / number("length"),
        x: number("conversion") * (1 - x),
        porosity: -number("densification") * x * porosity**3,
    }
    zero, dense = pybamm.Scalar(0), pybamm.Scalar(start.derived.fills[0].start_porosity)
    model.initial_conditions |= {filament: zero, x: zero, porosity: dense}
    volts = current * (number("bulk") + 1 / g_n + 1 / g_p)
    model.variables = {"Voltage [V]": volts, "Resistance [Ohm.m2]": volts / current, "Current [A]": current}
    return model


def pybamm_single(solver_class: str, tolerance: float) -> Callable[[], Array]:
    """One solve over all 800 half cycles: the current a square wave of the time, its jumps given as t_eval."""
    import pybamm

    t = pybamm.t
    first, second = STAGES[0][2] * 2 * HALF, (STAGES[0][2] + STAGES[1][2]) * 2 * HALF
    size = 1.0 + 1.0 * (t >= first) + 2.0 * (t >= second)
    model = pybamm_model(size * (1 - 2 * (pybamm.Modulo(t, 2 * HALF) >= HALF)))
    pybamm.Discretisation().process_model(model)
    solver = getattr(pybamm, solver_class)(rtol=tolerance, atol=1e-4 * tolerance)
    ends = np.arange(CURRENTS.size + 1) * HALF

    def solve() -> Array:
        return np.abs(CURRENTS) * solver.solve(model, t_eval=ends, t_interp=ends)["Resistance [Ohm.m2]"](ends[1:])

    return solve


def pybamm_experiment(solver_class: str, tolerance: float) -> Callable[[], Array]:
    """PyBaMM's Experiment: one step per half cycle at constant current."""
    import pybamm

    model = pybamm_model(pybamm.FunctionParameter("Current function [A]", {"Time [s]": pybamm.t}))
    model.summary_variables = []
    steps = [pybamm.step.current(float(j), duration=HALF, period=HALF) for j in CURRENTS]
    values = {
        "Current function [A]": 1.0,
        "Nominal cell capacity [A.h]": 1.0,
        "Number of electrodes connected in parallel to make a cell": 1,
        "Number of cells connected in series to make a battery": 1,
        "Lower voltage cut-off [V]": -100.0,
        "Upper voltage cut-off [V]": 100.0,
    }
    simulation = pybamm.Simulation(
        model,
        experiment=pybamm.Experiment(steps),
        parameter_values=pybamm.ParameterValues(values),
        solver=getattr(pybamm, solver_class)(rtol=tolerance, atol=1e-4 * tolerance),
    )

    def solve() -> Array:
        cycles = simulation.solve(calc_esoh=False).cycles
        return np.array([abs(cycle.steps[0]["Voltage [V]"].entries[-1]) for cycle in cycles])

    return solve


def pybamm_rows() -> list[Row]:
    try:
        import pybamm  # noqa: F401
    except ImportError:
        print("PyBaMM is not installed: pip install 'ionweld[oracle]'")
        return []
    tolerance = 1e-6
    return [
        ("PyBaMM single solve, IDAKLU, 1e-6", pybamm_single("IDAKLUSolver", tolerance)),
        ("PyBaMM Experiment, IDAKLU, 1e-6", pybamm_experiment("IDAKLUSolver", tolerance)),
    ]


# ensembles


def bare(number: int) -> int:
    return len(simulate(make_cell(), make_protocol((0.1, 0.5, 40)), parameters(), f"bare {number}").events)


def welded(number: int) -> int:
    return len(simulate(make_cell(WELDED), make_protocol(*STAGES), parameters(), f"welded {number}").events)


def ensemble(member: Callable[[int], int], size: int, workers: int) -> tuple[float, float]:
    """Return CPU and wall time of an ensemble; the start of the workers, with their imports, is in it."""
    start, wall = cpu(), time.perf_counter()
    if workers == 1:
        for number in range(size):
            member(number)
    else:
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            list(pool.map(member, range(size), chunksize=max(1, size // (8 * workers))))
    return cpu() - start, time.perf_counter() - wall


def main() -> None:
    tight = lumped(1e-10)
    print(f"{'lumped cell, 400 cycles':44}{'CPU s':>9}{'wall s':>9}{'largest error':>15}")
    rows: list[Row] = [
        ("ionweld, tolerance 1e-6", lambda: lumped(1e-6)),
        ("ionweld, tolerance 1e-4", lambda: lumped(1e-4)),
        ("scipy LSODA, same right-hand side, 1e-6", lambda: scipy_lsoda(1e-6)),
        *pybamm_rows(),
    ]
    for name, work in rows:
        used, wall, result = timed(work)
        print(f"{name:44}{used:9.3f}{wall:9.3f}{np.abs(result / tight - 1).max():15.1e}", flush=True)
    print(f"\n{'ensembles':44}{'CPU s':>9}{'wall s':>9}")
    for name, member, size in (
        ("1000 bare cells, 40 cycles", bare, 1000),
        ("100 welded cells, 400 cycles", welded, 100),
    ):
        for workers in (1, 2):
            used, wall = ensemble(member, size, workers)
            print(f"{name + f', {workers} process(es)':44}{used:9.2f}{wall:9.2f}", flush=True)


if __name__ == "__main__":
    main()
