"""A sample project of known truth: bare and welded cells of the twin as the files that instruments would have written.

Symmetric cells (Li | Li2OHCl | Li) and full cells (Li | Li2OHCl | LiFePO4), several of each, cycled up to 40 times, with the
noise and the resolution of a cycler; their impedance before and after, of the twin's own states; and, of the first symmetric cell of each treatment,
diffractogram, infrared and photoelectron spectra, micrograph and element map. What was put in stands in truth.json.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ionweld.errors import Fault, OutputError
from ionweld.measurement import cycling as bdf
from ionweld.measurement.store import staged_folder, write_whole
from ionweld.simulate.cell import SimulatedTest, simulate
from ionweld.simulate.cell_spectra import spectrum_of
from ionweld.simulate.impedance import area_specific_impedance, network
from ionweld.simulate.snapshot import BEFORE, Moment, moment
from ionweld.simulate.spectra import FrequencySweep
from ionweld.spec.cell import load_cell
from ionweld.spec.protocol import load_protocol
from ionweld.twin.calibrated import parameters_for
from ionweld.twin.sample.instruments import LAND, as_measured, nova_text
from ionweld.twin.sample.surfaces import SURFACES, surface_files, surface_truth

_HERE = Path(__file__).parent
Started = Callable[[str, int], Callable[[], None]]  # (title, how many cells) -> what is called after each
CYCLES, REPLICATES = 40, 3
SWEEP = FrequencySweep(1e6, 0.01, 57, 0.003)


@dataclass(frozen=True, slots=True)
class Design:
    """A kind of cell: how its files begin, its protocol, the twin's name for its electronic path, and what it is made of."""

    kind: str
    prefix: str
    protocol: str
    path: str
    positive: str
    interfaces: int


DESIGNS = (
    Design("symmetric", "", "cycling.toml", "Short conductance / S m^-2", "Li", 2),
    Design("full", "full_", "full_cycling.toml", "Electronic leak / S m^-2", "LiFePO4", 1),
)


@dataclass(frozen=True, slots=True)
class SampleCell:
    """A cell that was made: its run, and itself before its first current and as its last one left it."""

    design: Design
    treatment: str
    replicate: int
    run: SimulatedTest
    before: Moment
    after: Moment

    @property
    def stem(self) -> str:
        """How the names of its files begin."""
        return f"{self.design.prefix}{self.treatment}_{self.replicate}"

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.stem.replace("_", " ")


def _unseen(_title: str, _total: int) -> Callable[[], None]:
    return lambda: None


def write_sample(
    folder: Path, cycles: int = CYCLES, replicates: int = REPLICATES, started: Started = _unseen
) -> dict[str, dict[str, Any]]:
    """Write files/, cells/, project.toml, cells.toml, cells.csv and truth.json into an empty `folder`; return the truth.

    cells/ holds the description of each kind of cell for the twin, as `ionweld diagnose --project` takes it; cells.csv says the
    same as cells.toml, as the table that `ionweld project assign` takes. started: hears how many of the cells are made.
    Raises OutputError when the folder holds anything, or cannot be written; then nothing is left in it.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise OutputError(Fault(str(folder), "is not empty", "Name a new folder: a sample takes the place of nothing"))
    truth: dict[str, dict[str, Any]] = {}
    rows: list[dict[str, str]] = []
    asked = list(product(DESIGNS, SURFACES, range(1, replicates + 1)))
    step = started("cells of the sample", len(asked))
    with staged_folder(folder) as stage:
        for design, treatment, number in asked:
            made = make(design, treatment, number, cycles)
            rows += _write_cell(stage / "files", made)
            truth[made.name] = _truth(made)
            step()
        for design, treatment in product(DESIGNS, SURFACES):
            described = (_HERE / f"{design.prefix}{treatment}.toml").read_bytes()
            write_whole(stage / "cells" / f"{design.kind} {treatment}.toml", described)
        write_whole(stage / "project.toml", (_HERE / "project.toml").read_bytes())
        write_whole(stage / "cells.toml", _cells_toml(rows))
        write_whole(stage / "cells.csv", pl.DataFrame(rows).write_csv())
        write_whole(stage / "truth.json", json.dumps(truth, indent=1))
    return truth


def make(design: Design, treatment: str, replicate: int, cycles: int = CYCLES) -> SampleCell:
    """Return one cell of the sample, cycled."""
    protocol = load_protocol(_HERE / design.protocol)
    stage = protocol.stages[0].model_copy(update={"cycles": cycles})
    protocol = protocol.model_copy(update={"stages": [stage]})
    cell = load_cell(_HERE / f"{design.prefix}{treatment}.toml")
    run = simulate(cell, protocol, parameters_for(cell), f"sample/{treatment}/{replicate}")
    return SampleCell(design, treatment, replicate, run, moment(run, BEFORE), moment(run, len(run.snapshots) - 1))


def _write_cell(files: Path, made: SampleCell) -> list[dict[str, str]]:
    """Write the files of one cell; return what a person says of them, one row per file."""
    suffix, written = LAND[(made.replicate - 1) % len(LAND)]
    test = as_measured(made.run.measurement, seed=made.replicate).table
    names = {write_whole(files / f"{made.stem}{suffix}", written(test)).name: ""}
    for state, seen in (("before cycling", made.before), ("after cycling", made.after)):
        sweep = spectrum_of(made.run, seen, SWEEP)
        written_out = nova_text(sweep.frequency_Hz, sweep.impedance_ohm)
        names[write_whole(files / f"{made.stem}_{state.split()[0]}_eis.txt", written_out).name] = state
    if made.design.kind == "symmetric" and made.replicate == 1:
        seed = 1 + list(SURFACES).index(made.treatment)  # other noise: no two files of the sample have the same bytes
        for name, data in surface_files(SURFACES[made.treatment], made.stem, seed):
            names[write_whole(files / name, data).name] = "after cycling"
    said = _said(made)
    return [{"file": name, "state": state} | said for name, state in names.items()]


def _said(made: SampleCell) -> dict[str, str]:
    """Return what a person says of a cell."""
    mass = made.run.measurement.context.active_mass_kg
    return {
        "cell": made.name,
        "treatment": made.treatment,
        "replicate": str(made.replicate),
        "kind": made.design.kind,
        "positive": made.design.positive,
        "negative": "Li",
        "first_half_cycle": "charge",
        "area": "0.28274 cm^2",
        "area_name": "lithium foil, 6 mm",
        "interfaces": str(made.design.interfaces),
        "thickness": "1.15 mm",
        "temperature": "80 degC",
        "active_mass": f"{1e6 * mass:.4f} mg" if mass else "",
    }


def _cells_toml(rows: list[dict[str, str]]) -> str:
    lines: list[str] = []
    last = ""
    for row in rows:
        said = {key: value for key, value in row.items() if value and key not in ("file", "state", "cell")}
        if row["cell"] != last:
            numbers = {key: said[key] for key in ("replicate", "interfaces")}
            texts = [f'{key} = "{value}"' for key, value in said.items() if key not in numbers]
            whole = [f"{key} = {value}" for key, value in numbers.items()]
            lines += ["", "[[cell]]", f'name = "{row["cell"]}"', *texts, *whole]
            last = row["cell"]
        lines += [
            "[[cell.measurement]]",
            f'file = "{row["file"]}"',
            *([f'state = "{row["state"]}"'] if row["state"] else []),
        ]
    return "\n".join(lines).lstrip() + "\n"


def _ohms(seen: Moment) -> float:
    """Return the real part at the lowest frequency of the sweep, as it is without noise (ohm)."""
    made = network(seen)
    omega = np.array([2.0 * np.pi * SWEEP.low_Hz])
    return float(area_specific_impedance(made, omega)[0].real / made.area_m2)


def _truth(made: SampleCell) -> dict[str, Any]:
    """What was put in. discharged_Ah: of each cycle, by the current and the times at which its half cycle began and ended."""
    table = made.run.measurement.table.filter(pl.col(bdf.CURRENT) < 0.0)
    moved = -(pl.col(bdf.TIME).last() - pl.col(bdf.TIME).first()) * pl.col(bdf.CURRENT).first() / 3600.0
    per_cycle = table.group_by(bdf.CYCLE, maintain_order=True).agg(moved.alias("Ah"))
    surface = (
        surface_truth(SURFACES[made.treatment]) if made.design.kind == "symmetric" and made.replicate == 1 else None
    )
    return {
        "kind": made.design.kind,
        "treatment": made.treatment,
        "events": {event.kind: event.cycle for event in made.run.events},
        "cycles": int(made.run.snapshot_cycles[-1]),
        "start_ohm": _ohms(made.before),
        "end_ohm": _ohms(made.after),
        "discharged_Ah": per_cycle["Ah"].to_list(),
        "path_share": _path_share(made),
        "surface": surface,
    }


def _path_share(made: SampleCell) -> list[float]:
    """Return the share of the current that flows through the electronic path, in the mean of each cycle."""
    run, area = made.run, made.run.conditions.derived.electrode_area_m2
    path = run.states[made.design.path].to_numpy()
    volts, amps = (np.abs(run.measurement.table[name].to_numpy()) for name in (bdf.VOLTAGE, bdf.CURRENT))
    share = pl.DataFrame({"cycle": run.states[bdf.CYCLE], "share": path * volts * area / amps})
    return share.group_by("cycle", maintain_order=True).mean()["share"].to_list()
