"""The contract's examples and a newcomer's first notebook run as they stand, on small data."""

from pathlib import Path

import command_line
import matplotlib.pyplot as plt
import numpy as np
import pytest
from small_study import write_study

import ionweld.report.files
import ionweld.twin.pool
from ionweld.api.measurements import Measurement
from ionweld.report.numbers import csv_text
from ionweld.simulate.eds import simulate_maps
from ionweld.simulate.sem import CrossSection, simulate_cross_section

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
F = np.geomspace(1e6, 1.0, 41)
CONTRACT = """
import ionweld as iw

cell = iw.Cell.load("welded.toml")
bare = cell.with_(**{"negative.interface.volume": "0 uL"})
cycling = iw.Protocol.load("cycling.toml")
ramp = iw.Protocol.ramp(start="0.05 mA/cm^2", factor=1.25, stop="5 mA/cm^2", half_cycle_time="0.5 h")
same = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=40)
iw.materials()
iw.material("Li6PS5Cl")

run = iw.simulate(cell, cycling, seed=1)
run.outcome, run.test, run.states, run.events, run.warnings, run.plot()
z = run.spectrum(after_cycle=10, rest="2 h")
many = iw.ensemble(cell, cycling, n=20)
many.runs, many.survival(), many.band("overpotential"), many.plot()
table = iw.sweep(cell, cycling, {"stack_pressure": ["0.1 MPa", "1 MPa"]}, n=5).table()
iw.reproduce("my_study", out="folder")

items = iw.read("stick")
spectrum = iw.read_one("cell.csv")
spectrum = iw.Spectrum(frequency=f, impedance=Z, temperature="80 degC")
fit = iw.fit(spectrum, "R0-p(R1,CPE1)", window=("1 Hz", "1 MHz"))
iw.check(spectrum); iw.drt(spectrum)
iw.arrhenius(spectra, "p(Rb,CPEb)-CPE2", thickness="1.15 mm", diameter="10 mm")
test = run.test
day = iw.summarise(test, kind="symmetric", first="charge", area="0.2827 cm^2")
day.cycles, day.events, day.ramp, day.plot()
iw.fit_xrd(pattern, phases=["Li2OHCl"]); iw.fit_ftir(ir, electrolyte="Li2OHCl"); iw.fit_xps(surface); iw.measure_sem(picture)
iw.profile_eds(maps, layer=(0.45, 0.55))
iw.compatibility(samples); iw.interface_verdict(evidence)

project = iw.Project.open("weld")
project.ingest("stick"), project.cells(), project.verify()
"""
NEWCOMER = """
import ionweld as iw

spectrum = iw.read_one("cell.csv")
fit = iw.fit(spectrum, "R0-p(R1,C1)")
fit.plot()
fit.table()
test = iw.read_one("stick/cycler.csv")
day = iw.summarise(test, kind="symmetric", first="charge", area="0.2827 cm^2")
day.plot()
lithium = {"material": "Li", "diameter": "6 mm", "thickness": "100 um", "interface": {"gap": "10 um"}}
cell = iw.Cell(
    name="mine",
    temperature="80 degC",
    stack_pressure="0.15 MPa",
    electrolyte={"material": "Li2OHCl", "diameter": "10 mm", "mass": "0.15 g"},
    electrodes={"negative": lithium},
)
protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=40)
many = iw.ensemble(cell, protocol, n=20)
many.band("overpotential")
many.plot()
iw.sweep(cell, protocol, {"stack_pressure": ["0.1 MPa", "0.5 MPa", "2 MPa"]}, n=5).plot()
"""
CYCLER = "Test Time / s,Voltage / V,Current / A,Cycle Count / 1\n" + "".join(
    f"{60 * i},{0.05 if i % 60 < 30 else -0.05},{1e-4 if i % 60 < 30 else -1e-4},{i // 60 + 1}\n" for i in range(180)
)


def _pellet(T: float, arc: float = 1e-10) -> np.ndarray:
    R = 1e4 * np.exp(0.6 / 8.617e-5 * (1.0 / T - 1.0 / 350.0))
    return R / (1.0 + 2j * np.pi * F * R * arc) + 1.0 / (1e-6 * (2j * np.pi * F) ** 0.9)


def _simulated(folder: Path, *words: str) -> Path:
    answer = command_line.ionweld(*words, "--out", folder / f"{words[0]}.csv")
    assert answer.status == 0, answer.err
    return folder / f"{words[0]}.csv"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("welded.toml", "cycling.toml"):
        (tmp_path / name).write_text((EXAMPLES / name).read_text("utf-8"), "utf-8")
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "cycler.csv").write_text(CYCLER)
    Z = 100.0 + 1e3 / (1.0 + 2j * np.pi * F * 1e-5)
    rows = "".join(f"{f},{z.real},{z.imag}\n" for f, z in zip(F, Z, strict=True))
    (tmp_path / "cell.csv").write_text("frequency_Hz,Z_real_ohm,Z_imag_ohm\n" + rows)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ionweld.twin.pool, "worker_count", lambda: 1)
    monkeypatch.setattr(ionweld.report.files, "png", lambda figure: b"not drawn")
    return tmp_path


def test_the_contract_runs_as_it_stands(desk: Path) -> None:
    import ionweld as iw

    write_study(desk / "my_study")
    counts = simulate_maps({"F Ka": 2.0, "O Ka": 1.0}, {"F Ka": 0.5, "O Ka": 1.0}, 1).counts
    for line in ("F Ka", "O Ka"):
        (desk / f"{line}.csv").write_text(csv_text([], counts[line].astype(int).tolist()).lstrip())
    pristine = {"name": "pristine", "conductivity": "1.0e-5 S/cm", "conductivity_error": "10 %"}
    given = {
        "f": F,
        "Z": 100.0 + 1e3 / (1.0 + 2j * np.pi * F * 1e-5),
        "spectra": [
            iw.Spectrum(frequency=F, impedance=_pellet(T), temperature=f"{T} K") for T in (330.0, 350.0, 370.0)
        ],
        "pattern": iw.read_one(_simulated(desk, "xrd", "simulate", "--phases", "Li2OHCl=100 %", "--wavelength", "Cu")),
        "ir": _simulated(desk, "ftir", "simulate", "--amounts", "Li2OHCl=100 %"),
        "surface": _simulated(desk, "xps", "simulate", "--amounts", "LiF=20, C-C=20"),
        "picture": Measurement("sem", simulate_cross_section(CrossSection(2e-6, 2e-8), 1)),
        "maps": ["F Ka.csv", "O Ka.csv"],
        "samples": [pristine, pristine | {"name": "THF"}],
        "evidence": {"temperature": "80 degC", "thickness": ("2 um", "0.1 um")},
    }
    exec(compile(CONTRACT, "contract", "exec"), given)  # noqa: S102
    plt.close("all")
    assert (desk / "folder" / "report.html").is_file()
    assert given["table"].height == 10
    assert given["many"].band("overpotential").height == 40
    assert len(given["items"]) == 1


def test_a_newcomers_notebook_is_short_and_runs(desk: Path) -> None:
    names: dict[str, object] = {}
    exec(compile(NEWCOMER, "newcomer", "exec"), names)  # noqa: S102
    plt.close("all")
    assert len(NEWCOMER.strip().splitlines()) <= 25
