"""False alarms on healthy cells and detection of shorts, on simulated cells with the noise of a real cycler.

    python benchmarks/cycling_events.py [cells per row; ten times as many healthy ones] [first number, for fresh cells]

healthy   welded cells of the twin, 0.1 mA/cm2, 100 cycles, each with other noise (before a short, chance does not touch
          the cell itself, so the cells differ by noise and by stack pressure, drawn from 0.10 to 0.30 MPa)
bare      bare cells until they fail: is the twin's first short found, and how many cycles late
slow      welded cells with an electronic path that grows from cycle 30 on: G R = rate x time
noisy     the same, with 20 % noise of the path from record to record
full      Li | LFP cells of known numbers, 100 cycles: healthy, and with a leak of a share of the current from cycle 30
twin full the twin's welded Li | LFP cells, 100 cycles: as they are, and as they are with a larger electronic leak of the
          electrolyte, the records of which take over from cycle 31 on

An alarm is a soft or hard short, in healthy welded cells any event. Intervals of shares: Clopper-Pearson, 95 %. Noise: 0.2 mV (and 1 mV), steps of 0.1 mV;
the plateaus of two real files scatter by 0.03 to 0.06 mV (Landt csv) and 0.13 to 0.17 mV (Neware) from row to row.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import beta

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from instrument import full_cell, with_slow_short

from ionweld.analyse.cycling import SHORTS, Finding, Kind, diagnose, first_of, summarise
from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CyclingTest
from ionweld.result import EventKind
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.spec.derived import derive
from ionweld.spec.library import entry
from ionweld.spec.quantity import Quantity
from ionweld.study.model import load_study
from ionweld.twin.calibrated import parameters_for
from ionweld.twin.sample.instruments import as_measured

SHORT_FROM = 30
NOISES_V = (2e-4, 1e-3)


@dataclass(frozen=True)
class Row:
    """How many of n cells gave an alarm; delays of the alarms in cycles; cycles watched in all."""

    name: str
    alarms: int
    n: int
    cycles: int
    delays: tuple[float, ...] = ()


def findings(test: CyclingTest, kind: Kind) -> tuple[Finding, ...]:
    return diagnose(test, summarise(test, kind, "charge"), kind)


def alarm(test: CyclingTest, kind: Kind) -> Finding | None:
    return first_of(findings(test, kind), *SHORTS)


def twin(name: str, number: int, cycles: int = 100, pressure_MPa: float | None = None) -> SimulatedTest:
    study = load_study("yu2021")
    protocol = study.protocols["figure2a"]
    protocol = protocol.model_copy(update={"stages": [protocol.stages[0].model_copy(update={"cycles": cycles})]})
    cell = study.cells[name]
    if pressure_MPa is not None:
        cell = cell.model_copy(update={"stack_pressure": Quantity(1e6 * pressure_MPa, "Pa", f"{pressure_MPa} MPa")})
    return simulate(cell, protocol, parameters_for(cell), f"events/{number}")


def welded(number: int, cycles: int = 100) -> CyclingTest:
    pressure = float(np.random.default_rng(number).uniform(0.10, 0.30))
    return twin("welded", number, cycles, round(pressure, 4)).measurement


def healthy(n: int, first: int, cycles: int = 100) -> list[Row]:
    """Any event of any kind is a false alarm here."""
    alarms = dict.fromkeys(NOISES_V, 0)
    for i in range(first, first + n):
        cell = welded(i, cycles)
        for noise in NOISES_V:
            alarms[noise] += bool(findings(as_measured(cell, i, noise), "symmetric"))
    return [
        Row(f"healthy welded, any event, noise {1e3 * noise:g} mV", count, n, n * cycles)
        for noise, count in alarms.items()
    ]


def bare(n: int, first: int, noise: float) -> Row:
    delays, missed, cycles = [], 0, 0
    for i in range(first, first + n):
        run = twin("bare", i)
        truth = next((event for event in run.events if event.kind is EventKind.FIRST_SHORT), None)
        found = alarm(as_measured(run.measurement, i, noise), "symmetric")
        cycles += int(run.snapshot_cycles[-1])
        if truth is not None and found is not None:
            delays.append(float(found.cycle - truth.cycle))
        missed += (truth is None) != (found is None)
    return Row(f"bare until failure, noise {1e3 * noise:g} mV", n - missed, n, cycles, tuple(delays))


def slow(n: int, first: int, noise: float, per_hour: float, jitter: float = 0.0) -> Row:
    delays = []
    for i in range(first, first + n):
        test = with_slow_short(welded(i), SHORT_FROM * 3600.0, per_hour, jitter, i)
        found = alarm(as_measured(test, i, noise), "symmetric")
        delays += [float(found.cycle - SHORT_FROM)] if found else []
    name = f"slow short, G R = {per_hour:g} per h, path noise {100 * jitter:g} %, noise {1e3 * noise:g} mV"
    return Row(name, len(delays), n, 100 * n, tuple(delays))


def miscounted(test: CyclingTest, number: int, share: float = 1e-3) -> CyclingTest:
    """Return the test with counters that scatter from cycle to cycle."""
    rng, last = np.random.default_rng(number), int(test.table[bdf.CYCLE].to_numpy().max())
    counted = [
        pl.col(name) * pl.Series(1 + share * rng.normal(size=last)).gather(test.table[bdf.CYCLE] - 1)
        for name in (bdf.CHARGING_CAPACITY, bdf.DISCHARGING_CAPACITY)
    ]
    return replace(test, table=test.table.with_columns(counted))


def twin_full(n: int, first: int, noise: float, leak: float) -> Row:
    delays, alarms = [], 0
    for i in range(first, first + n):
        test = twin_full_cell(i, 0.0)
        if leak:
            ill = twin_full_cell(i, leak).table
            parts = [test.table.filter(pl.col(bdf.CYCLE) <= SHORT_FROM), ill.filter(pl.col(bdf.CYCLE) > SHORT_FROM)]
            begin = float(parts[0][bdf.TIME].to_numpy().max()) - float(parts[1][bdf.TIME].to_numpy().min()) + 1.0
            test = replace(test, table=pl.concat([parts[0], parts[1].with_columns(pl.col(bdf.TIME) + begin)]))
        found = alarm(as_measured(miscounted(test, i), i, noise), "full")
        alarms += found is not None
        delays += [float(found.cycle - SHORT_FROM)] if found and leak else []
    name = f"twin full, leak {100 * leak:g} % more of the current, counter noise 0.1 %"
    return Row(name, alarms, n, 100 * n, tuple(delays))


def twin_full_cell(number: int, leak: float, cycles: int = 100) -> CyclingTest:
    """Return a welded full cell of the twin; leak: what flows beside the cell, as a share of the current."""
    study = load_study("yu2021")
    protocol = study.protocols["figure3"]
    protocol = protocol.model_copy(update={"stages": [protocol.stages[0].model_copy(update={"cycles": cycles})]})
    pressure = round(float(np.random.default_rng(number).uniform(0.10, 0.30)), 4)
    cell = study.cells["full_welded"]
    cell = cell.model_copy(update={"stack_pressure": Quantity(1e6 * pressure, "Pa", f"{pressure} MPa")})
    own, made = parameters_for(cell), derive(cell, parameters_for(cell))
    assert made.cathode is not None
    assert cell.cathode is not None
    current = made.cathode.nominal_C_per_m2 * protocol.stages[0].c_rate.value
    through = made.pellet_thickness_m + cell.cathode.coat.value
    more = leak * current / entry(cell.cathode.material)["plateau_voltage"] * through
    known = own.quantity("electronic_leak")
    own = own.updated({"electronic_leak": replace(known, value=known.value + more)})
    return simulate(cell, protocol, own, f"events/{number}").measurement


def full(n: int, first: int, noise: float, leak: float) -> Row:
    delays, alarms = [], 0
    for i in range(first, first + n):
        sound = full_cell(100 if not leak else SHORT_FROM, fade=2e-3).table
        if leak:
            ill = full_cell(100 - SHORT_FROM, fade=2e-3, leak_S=leak * 1e-4 / 3.42).table
            after = [
                pl.col(bdf.CYCLE) + SHORT_FROM,
                pl.col(bdf.STEP) + 2 * SHORT_FROM,
                pl.col(bdf.TIME) + sound[bdf.TIME].max() + 1.0,
            ]
            sound = pl.concat([sound, ill.with_columns(after)])
        test = miscounted(CyclingTest(sound, full_cell(1).provenance), i)
        found = alarm(as_measured(test, i, noise), "full")
        alarms += found is not None
        delays += [float(found.cycle - SHORT_FROM)] if found and leak else []
    return Row(f"full, leak {100 * leak:g} % of the current, counter noise 0.1 %", alarms, n, 100 * n, tuple(delays))


def interval(k: int, n: int) -> tuple[float, float]:
    low = 0.0 if k == 0 else float(beta.ppf(0.025, k, n - k + 1))
    high = 1.0 if k == n else float(beta.ppf(0.975, k + 1, n - k))
    return low, high


def show(row: Row) -> None:
    low, high = interval(row.alarms, row.n)
    delays = f"  {np.median(row.delays):5.0f} ({min(row.delays):.0f} to {max(row.delays):.0f})" if row.delays else ""
    print(
        f"{row.name:62} {row.alarms:4d}/{row.n:<4d} {100 * low:5.1f}-{100 * high:5.1f} %  {row.cycles:6d}{delays}",
        flush=True,
    )


def main(n: int, first: int) -> None:
    print(f"{'cells':62} {'alarms':>9} {'95 %':>13}  {'cycles':>6}  cycles until found, median (range)")
    for row in healthy(10 * n, first):
        show(row)
    for noise in NOISES_V:
        show(bare(n, first, noise))
    for rate in (0.003, 0.01, 0.03):
        show(slow(n, first, NOISES_V[0], rate))
    show(slow(n, first, NOISES_V[1], 0.01))
    show(slow(n, first, NOISES_V[0], 0.003, 0.2))
    for leak in (0.0, 0.02, 0.05, 0.1):
        show(full(n if leak else 10 * n, first, NOISES_V[0], leak))
    for leak in (0.0, 0.01, 0.02, 0.05):
        show(twin_full(n if leak else 10 * n, first, NOISES_V[0], leak))


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:]]
    main(*(counts + [50, 0][len(counts) :]))
