"""A million rows of a US Landt csv to a summary per cycle: our reader, polars alone and pandas, in the same run.

    python benchmarks/cycling_million_rows.py [ROWS]

Each contender runs three times in processes of its own; wall and CPU time are the best of three, with imports left out,
peak memory is the process's own beyond what its imports need. Ours does more than the others: it hashes the file,
recognises the format, reads clock times and states, checks time and counters, and writes the ingest report.
"and summary" goes on to half cycles with voltages, energies and resistances, which the others do not compute.
pandas comes with the extra `oracle`; without it the row is left out.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ALLOCATOR = (
    "_RJEM_MALLOC_CONF"  # polars, which writes the file, leaves its own setting to the processes that are measured
)
ROWS_PER_CYCLE = 2000
PREAMBLE = ["cell model:", "cell id: ", "test: ", "checkpoint: ", "Nominal capacity:Ah", "Nominal energy: Wh"]
COLUMNS = 17
CHARGE, DISCHARGE = "charge_capacity_Ah", "discharge_capacity_Ah"


def write_file(path: Path, rows: int) -> None:
    """Write a file as Landt does: preamble, a header, rows with one comma too many, dates with the month first."""
    import numpy as np
    import polars as pl

    i = np.arange(rows)
    half = (i // (ROWS_PER_CYCLE // 2)) % 2
    charge = 2e-4 * 10.0 * (i % (ROWS_PER_CYCLE // 2)) / 3600.0
    clock = np.datetime64("2024-04-30T14:33:19", "ms") + (i * 10_000).astype("timedelta64[ms]")
    table = pl.DataFrame(
        {
            "channel_index": i + 1,
            "cycle_index": i // ROWS_PER_CYCLE + 1,
            "step_index": half + 2,
            "date_time_iso_string": pl.Series(clock).dt.strftime("%m/%d/%Y %H:%M:%S"),
            "test_time_s": i * 10.0 + 0.02,
            "step_time_s": (i % (ROWS_PER_CYCLE // 2)) * 10.0 + 0.02,
            "current_A": np.where(half == 0, -2e-4, 2e-4),
            "voltage_V": 2.9 + 0.1 * np.sin(i / 500),
            DISCHARGE: np.where(half == 0, charge, 0.0),
            CHARGE: np.where(half == 1, charge, 0.0),
            "discharge_energy_Wh": np.where(half == 0, 3.0 * charge, 0.0),
            "charge_energy_Wh": np.where(half == 1, 3.0 * charge, 0.0),
            "Pressure_Psi": 0,
            "temperature_1_C": 0,
            "temperature_2_C": 0,
            "temperature_3_C": 0,
            "step_name": np.where(half == 0, "discharge CC", "charge CC"),
        }
    )
    header, *body = table.write_csv(float_precision=4).splitlines()
    above = [line + "," * (COLUMNS - 1) for line in PREAMBLE]
    path.write_text("\n".join([*above, header, ",\n".join(body)]) + ",\n")


def ours(path: Path) -> int:
    from ionweld.measurement.cycling import CHARGING_CAPACITY, CYCLE, DISCHARGING_CAPACITY  # first: it sets up polars
    from ionweld.read.cycling import read_cycling_file

    import polars as pl  # isort: skip

    table = read_cycling_file(path).table
    return table.group_by(CYCLE).agg(pl.col(CHARGING_CAPACITY, DISCHARGING_CAPACITY).max()).height


def ours_summarised(path: Path) -> int:
    from ionweld.analyse.cycling import summarise
    from ionweld.read.cycling import read_cycling_file

    return summarise(read_cycling_file(path), "half", "discharge").cycles.height


def polars_alone(path: Path) -> int:
    import polars as pl

    table = pl.read_csv(path, skip_rows=len(PREAMBLE), truncate_ragged_lines=True)
    return table.group_by("cycle_index").agg(pl.col(CHARGE, DISCHARGE).max()).height


def pandas_alone(path: Path) -> int:
    import pandas as pd

    table = pd.read_csv(path, skiprows=len(PREAMBLE), index_col=False)
    return len(table.groupby("cycle_index")[[CHARGE, DISCHARGE]].max())


CONTENDERS = {"ionweld": ours, "and summary": ours_summarised, "polars": polars_alone, "pandas": pandas_alone}


def measure(name: str, path: Path, small: Path) -> dict[str, float]:
    """Run one contender in this process: first on a small file, which brings in its imports, then on the large one."""
    CONTENDERS[name](small)
    before = peak_kilobytes()
    wall, cpu = time.perf_counter(), time.process_time()
    cycles = CONTENDERS[name](path)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"wall": wall, "cpu": cpu, "peak": (peak_kilobytes() - before) / 1024, "cycles": cycles}


def peak_kilobytes() -> int:
    """Return the most memory that this process had so far (Linux; getrusage would count the parent's as well)."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def main(rows: int) -> None:
    alone = {name: value for name, value in os.environ.items() if name != ALLOCATOR}
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder, "large.csv"), Path(folder, "small.csv")
        write_file(large, rows)
        write_file(small, 2 * ROWS_PER_CYCLE)
        print(f"{rows} rows, {large.stat().st_size / 1e6:.0f} MB\n")
        print(f"{'':12} {'wall / s':>10} {'CPU / s':>10} {'peak / MB':>10} {'cycles':>8}")
        for name in CONTENDERS:
            if name in ("polars", "pandas") and importlib.util.find_spec(name) is None:
                print(f"{name:12} not installed")
                continue
            command = [sys.executable, __file__, "--one", name, str(large), str(small)]
            runs = [
                json.loads(subprocess.run(command, capture_output=True, check=True, env=alone).stdout) for _ in range(3)
            ]
            best = {key: min(run[key] for run in runs) for key in runs[0]}
            print(f"{name:12} {best['wall']:10.2f} {best['cpu']:10.2f} {best['peak']:10.0f} {best['cycles']:8.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
