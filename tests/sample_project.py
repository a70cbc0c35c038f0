"""The cells of the paper as files that instruments would have written: `python tests/sample_project.py FOLDER`.

Bare and welded cells of the twin, Li | Li2OHCl | Li and Li | Li2OHCl | LiFePO4, cycled up to 40 times, with the noise and
the resolution of a cycler, written as LAND xlsx, csv and txt; their impedance before and after cycling as Autolab Nova
text. What is in FOLDER/truth.json was put in.
"""

import json
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
from cycread.generators import FORMATS, Truth
from eisread.generators import nova
from instrument import as_measured

from ionweld.measurement import cycling as bdf
from ionweld.simulate.cell import Run, simulate
from ionweld.spec.quantity import Quantity
from ionweld.study.model import load_study
from ionweld.twin.calibrated import parameters_for

CYCLES, REPLICATES = 40, 3
WRITTEN_AS = ("land english xlsx", "land utf-8 bom csv", "land gb18030 txt")
SUFFIXES = {"xlsx": ".xlsx", "csv": ".csv", "txt": ".txt"}
INTERFACE_F_PER_M2 = 0.5  # of all interfaces together; assumed, it only places the arc in the window


@dataclass(frozen=True)
class Design:
    """A kind of cell: its protocol and the twin's name for its electronic path, and what a person says of it."""

    kind: str
    prefix: str
    protocol: str
    path: str
    positive: str
    interfaces: int


DESIGNS = (
    Design("symmetric", "", "figure2a", "Short conductance / S m^-2", "Li", 2),
    Design("full", "full_", "figure3", "Electronic leak / S m^-2", "LiFePO4", 1),
)


@dataclass(frozen=True)
class Made:
    """A cell that was made: its run, and the total resistance at the start and the end (ohm)."""

    design: Design
    treatment: str
    replicate: int
    run: Run
    start_ohm: float
    end_ohm: float


def make(design: Design, treatment: str, replicate: int, cycles: int = CYCLES) -> Made:
    study = load_study("yu2021")
    protocol = study.protocols[design.protocol]
    stage = protocol.stages[0].model_copy(update={"cycles": cycles})
    every = {"record_every": Quantity(120.0, "s", "120 s")} if design.kind == "symmetric" else {}
    protocol = protocol.model_copy(update={"stages": [stage], **every})
    cell = study.cells[design.prefix + treatment]
    run = simulate(cell, protocol, parameters_for(cell), f"sample/{treatment}/{replicate}")
    area = run.conditions.derived.electrode_area_m2
    ohms = run.states["Area-specific resistance / ohm m^2"].to_numpy() / area
    path = run.states[design.path].to_numpy() * area
    total = 1.0 / (1.0 / ohms + path)
    return Made(design, treatment, replicate, run, float(total[0]), float(total[-1]))


def truth_of(made: Made) -> Truth:
    """Return what a cycler would have logged of the run, as the writers of LAND files take it."""
    table = as_measured(made.run.measurement, seed=made.replicate).table
    amps = table[bdf.CURRENT].to_numpy()
    step = table[bdf.STEP].to_numpy()
    counted = table[bdf.CHARGING_CAPACITY].to_numpy() + table[bdf.DISCHARGING_CAPACITY].to_numpy()
    return Truth(
        time_s=table[bdf.TIME].to_numpy(),
        step_time_s=table[bdf.STEP_TIME].to_numpy(),
        current_A=amps,
        voltage_V=table[bdf.VOLTAGE].to_numpy(),
        cycle=table[bdf.CYCLE].to_numpy(),
        step_id=2 + (step + 1) % 2,
        step_count=step,
        kind=np.where(amps > 0, "charge", "discharge"),
        step_capacity_Ah=counted,
    )


def spectrum_of(made: Made, total_ohm: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Electrolyte as an intercept and all interfaces as one arc; 0.3 % noise of |Z|. total_ohm: what the cell has at 0 Hz."""
    derived = made.run.conditions.derived
    bulk = min(derived.bulk_resistance_ohm_m2 / derived.electrode_area_m2, 0.9 * total_ohm)
    f = np.geomspace(1e6, 0.01, 57)
    R, C = total_ohm - bulk, INTERFACE_F_PER_M2 * derived.electrode_area_m2
    z = bulk + R / (1 + (2j * np.pi * f * R * C) ** 0.9)
    rng = np.random.default_rng(seed)
    return f, z * (1 + 3e-3 * (rng.normal(size=f.size) + 1j * rng.normal(size=f.size)))


PROJECT = """name = "Li | Li2OHCl | Li and Li | Li2OHCl | LiFePO4, bare and welded (simulated files)"
[treatments]
bare = "as pressed"
welded = "3 uL of liquid electrolyte on each lithium side, solidified in place"
"""
CELL = """
[[cell]]
name = "{name}"
treatment = "{treatment}"
replicate = {replicate}
kind = "{design.kind}"
positive = "{design.positive}"
negative = "Li"
first_half_cycle = "charge"
area = "0.28274 cm^2"
area_name = "lithium foil, 6 mm"
interfaces = {design.interfaces}
thickness = "1.15 mm"
temperature = "80 degC"
{mass}
[[cell.measurement]]
file = "{file}"
"""
SWEEP = """
[[cell.measurement]]
file = "{file}"
state = "{state}"
"""


def write_sample(folder: Path, cycles: int = CYCLES, replicates: int = REPLICATES) -> dict[str, dict]:
    """Write files/, project.toml, cells.toml and truth.json into `folder`; return the truth by cell."""
    files = folder / "files"
    files.mkdir(parents=True, exist_ok=True)
    cells, truth = "", {}
    for design, treatment, number in product(DESIGNS, ("bare", "welded"), range(1, replicates + 1)):
        made = make(design, treatment, number, cycles)
        cells += write_cell(files, made)
        truth[name_of(made)] = _truth(made)
    (folder / "project.toml").write_text(PROJECT)
    (folder / "cells.toml").write_text(cells)
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))
    return truth


def name_of(made: Made) -> str:
    return f"{made.design.prefix}{made.treatment} {made.replicate}".replace("_", " ")


def write_cell(files: Path, made: Made) -> str:
    """Write the files of one cell; return what a person says of it in cells.toml."""
    layout = WRITTEN_AS[(made.replicate - 1) % len(WRITTEN_AS)]
    stem = name_of(made).replace(" ", "_")
    path = files / f"{stem}{SUFFIXES[layout.split()[-1]]}"
    FORMATS[layout][0](path, truth_of(made))
    mass = made.run.measurement.context.active_mass_kg
    said = CELL.format(
        name=name_of(made), treatment=made.treatment, replicate=made.replicate, design=made.design, file=path.name,
        mass=f'active_mass = "{1e6 * mass:.4f} mg"\n' if mass else "",
    )  # fmt: skip
    for state, ohms in (("before cycling", made.start_ohm), ("after cycling", made.end_ohm)):
        sweep = files / f"{stem}_{state.split()[0]}_eis.txt"
        sweep.write_text(nova([spectrum_of(made, ohms, made.replicate)]), encoding="utf-8")
        said += SWEEP.format(file=sweep.name, state=state)
    return said


def _truth(made: Made) -> dict:
    """What was put in. discharged_Ah: of each cycle, by the current and the times at which its half cycle began and ended."""
    table = made.run.measurement.table.filter(pl.col(bdf.CURRENT) < 0.0)
    moved = -(pl.col(bdf.TIME).last() - pl.col(bdf.TIME).first()) * pl.col(bdf.CURRENT).first() / 3600.0
    per_cycle = table.group_by(bdf.CYCLE, maintain_order=True).agg(moved.alias("Ah"))
    return {
        "kind": made.design.kind,
        "treatment": made.treatment,
        "events": {event.kind: event.cycle for event in made.run.events},
        "cycles": int(made.run.snapshot_cycles[-1]),
        "start_ohm": made.start_ohm,
        "end_ohm": made.end_ohm,
        "discharged_Ah": per_cycle["Ah"].to_list(),
        "path_share": _path_share(made),
    }


def _path_share(made: Made) -> list[float]:
    """Return the share of the current that flows through the electronic path, in the mean of each cycle."""
    run, area = made.run, made.run.conditions.derived.electrode_area_m2
    path = run.states[made.design.path].to_numpy()
    volts, amps = (np.abs(run.measurement.table[name].to_numpy()) for name in (bdf.VOLTAGE, bdf.CURRENT))
    share = pl.DataFrame({"cycle": run.states[bdf.CYCLE], "share": path * volts * area / amps})
    return share.group_by("cycle", maintain_order=True).mean()["share"].to_list()


if __name__ == "__main__":
    write_sample(Path(sys.argv[1]))
