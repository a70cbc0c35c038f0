"""`ionweld diagnose`: bad input gets one clear message and exit status 2, before anything is simulated."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from command_line import ionweld

from ionweld.errors import InputError
from ionweld.infer.moments import GivenFile, given_file
from ionweld.infer.observation import observe, read_files
from ionweld.simulate.cell import simulate
from ionweld.simulate.cell_spectra import cell_spectrum
from ionweld.simulate.snapshot import BEFORE
from ionweld.simulate.spectra import FrequencySweep, as_csv
from ionweld.spec.cell import load_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.protocol import parse_protocol

CELL = """name = "small"
temperature = "80 degC"
stack_pressure = "0.15 MPa"
[electrolyte]
material = "Li2OHCl"
diameter = "10 mm"
mass = "0.15 g"
[electrodes.negative]
material = "Li"
diameter = "6 mm"
thickness = "100 um"
"""
STAGES = [{"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 3}]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("diagnose")
    (place / "cell.toml").write_text(CELL)
    (place / "no_area.toml").write_text(CELL.replace('diameter = "6 mm"\n', ""))
    cell = load_cell(place / "cell.toml")
    protocol = parse_protocol({"name": "short", "first_half_cycle": "charge", "stages": STAGES})
    run = simulate(cell, protocol, library_parameters(cell), "x", tolerance=1e-4)
    run.measurement.table.write_csv(place / "test.csv")
    (place / "z.csv").write_text(as_csv(cell_spectrum(run, BEFORE, FrequencySweep(1e6, 1.0, 20))))
    (place / "broken.csv").write_text("nothing here\n")
    return place


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["cell.toml", "test.csv", "z.csv"], "does not say when it was taken. Write when it was taken: before=FILE"),
        (["cell.toml", "test.csv", "befor=z.csv"], "'befor' is no moment"),
        (["cell.toml", "test.csv", "before@80=z.csv"], "has no unit"),
        (["cell.toml", "test.csv", "test.csv"], "is given twice"),
        (["cell.toml", "test.csv", "before=z.csv", "after=z.csv"], "is given twice"),
        (["cell.toml", "before=z.csv"], "no cycling test is among them"),
        (["cell.toml", "test.csv", "before=test.csv"], "no spectrum"),
        (["cell.toml", "test.csv", "cycle:9=z.csv"], "the test has 3 cycles"),
        (["cell.toml", "broken.csv"], "broken.csv"),
        (["cell.toml", "missing.csv"], "missing.csv"),
        (["no_area.toml", "test.csv"], "electrodes.negative.diameter"),
        (["missing.toml", "test.csv"], "missing.toml"),
    ],
)
def test_bad_input_is_said_once_and_clearly(folder, monkeypatch, given, said):
    monkeypatch.chdir(folder)
    ran = ionweld("diagnose", *given)
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_a_spectrum_without_a_moment_is_placed_by_the_clocks_of_both_files(folder: Path) -> None:
    begun = datetime(2018, 4, 23, 12, tzinfo=UTC).timestamp()
    table = pl.read_csv(folder / "test.csv").with_columns((begun + pl.col("Test Time / s")).alias("Unix Time / s"))
    table.write_csv(folder / "clocked.csv")
    dated = "Date: 2018-04-23\nTime: 11:30:00\n" + (folder / "z.csv").read_text()
    (folder / "dated.csv").write_text(dated)
    cell = load_cell(folder / "cell.toml")
    given = [GivenFile(folder / name) for name in ("clocked.csv", "dated.csv")]
    found = observe(cell, *read_files(given, cell), "charge")
    assert [moment.name for moment, _ in found.spectra] == ["before"]
    assert "dated.csv: was taken on 2018-04-23 at 11:30:00, 0.5 h before the test: used as before=" in found.warnings
    with pytest.raises(InputError, match="does not say when it was taken"):
        observe(cell, *read_files([GivenFile(folder / "test.csv"), given[1]], cell), "charge")


def test_all_faults_of_all_files_at_once(folder, monkeypatch):
    monkeypatch.chdir(folder)
    ran = ionweld("diagnose", "cell.toml", "test.csv", "z.csv", "broken.csv", "test.csv")
    assert all(said in ran.err for said in ("when it was taken", "broken.csv", "given twice"))


@pytest.mark.parametrize(("volts", "noise"), [(0.0, 1e-4), (0.12, 0.3)])
def test_a_voltage_that_is_mostly_noise_is_refused(folder, volts, noise):
    cell, cycled = load_cell(folder / "cell.toml"), _shaped(folder, volts, noise)
    with pytest.raises(InputError, match=r"mV of noise over .* No cause can be told of it"):
        observe(cell, [cycled], [], "charge")
    assert observe(cell, [_shaped(folder, 0.12, 1e-2)], [], "charge").kind == "symmetric"


def _shaped(folder: Path, volts: float, noise: float):
    """Return the test with a voltage that follows the current's sign, and white noise (V)."""
    (test,), _ = read_files([GivenFile(folder / "test.csv")], load_cell(folder / "cell.toml"))
    way = test.table["Current / A"].sign().to_numpy()
    seen = volts * way + noise * np.random.default_rng(4).standard_normal(way.size)
    return replace(test, table=test.table.with_columns(pl.Series("Voltage / V", seen)))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("factor", "said"), [(1.0, False), (0.2827, True), (1.0 / 0.2827, True)])
def test_a_spectrum_that_is_not_of_this_cell_or_area_is_said(folder, when, factor, said):
    cell = load_cell(folder / "cell.toml")
    tests, [(moment, one)] = read_files(
        [GivenFile(folder / "test.csv"), given_file(f"{when}={folder / 'z.csv'}")], cell
    )
    found = observe(cell, tests, [(moment, replace(one, impedance_ohm=factor * one.impedance_ohm))], "charge")
    lines = [line for line in found.warnings if "per another area" in line]
    assert len(lines) == int(said)
    assert all(line.startswith(f"{when}: the spectrum has ") for line in lines)


@pytest.mark.parametrize(("factor", "said"), [(1.0, 0), (10.0, 1), (0.1, 1)])
def test_a_file_of_another_cell_among_the_parts_is_said(folder, factor, said):
    cell = load_cell(folder / "cell.toml")
    (test,), _ = read_files([GivenFile(folder / "test.csv")], cell)
    other = replace(
        test,
        table=test.table.with_columns(pl.col("Voltage / V") * factor),
        provenance=replace(test.provenance, source="other.csv", sha256="0" * 64),
    )
    lines = [line for line in observe(cell, [test, other], [], "charge").warnings if "a file of this cell" in line]
    assert len(lines) == said
    assert all(line.startswith("part 2, other.csv: its first half cycles have ") for line in lines)
