"""The commands of docs/characterisation.md run as they stand, on simulated files of those names."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from command_line import ionweld
from PIL import Image

from ionweld.simulate.eds import simulate_maps
from ionweld.simulate.sem import CrossSection, simulate_cross_section
from ionweld.simulate.soaking import soaked
from ionweld.simulate.xps import Peak, SurfaceScan, simulate_xps
from ionweld.spec.cell import load_cell
from ionweld.spec.derived import derive

PAGE = Path(__file__).parents[2] / "docs" / "characterisation.md"
FENCED = re.findall(r"```(\w*)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
COMMANDS = [line for kind, text in FENCED if not kind for line in text.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    peaks = (Peak("C 1s", 284.8, 3000.0), Peak("C 1s", 286.3, 900.0))
    (region,) = simulate_xps(peaks, (SurfaceScan("C 1s", 278.0, 298.0),), 0.7, 1).regions
    np.savetxt(tmp_path / "sample.csv", np.stack([region.binding_energy_eV, region.intensity], 1), delimiter=",")
    ridge = {"ridge": (0.0, 60.0), "ridge_px": 4.0, "ridge_at_px": (0.0, 3.0)}
    grey = simulate_cross_section(CrossSection(8e-6, 100e-9, (150.0, 60.0, 120.0), **ridge), 2).grey
    Image.fromarray(grey.astype(np.uint8)).save(tmp_path / "section.png")
    rates = {"F Ka": 2.0, "O Ka": 2.0, "Cl Ka": 0.5}
    for name, grid in simulate_maps(rates, dict.fromkeys(rates, 1.0), 3, shape=(40, 100)).counts.items():
        np.savetxt(tmp_path / f"{name.replace(' ', '_')}.csv", grid, fmt="%d", delimiter=",")
    for kind, text in FENCED:
        if kind == "toml":
            (tmp_path / text.split()[1]).write_text(text)  # each begins with a comment that names its file
    for name, solvent in (("powder", None), ("pristine", None), ("thf", "THF")):
        portion = soaked(solvent, 1)
        scan = np.stack([portion.pattern.two_theta_deg, portion.pattern.counts], 1)
        np.savetxt(tmp_path / f"{name}.xy", scan, fmt="%.4f")
        spectrum = np.stack([portion.spectrum.wavenumber_cm1, portion.spectrum.absorbance], 1)
        np.savetxt(tmp_path / f"{'spectrum' if name == 'powder' else name}.csv", spectrum, fmt="%.6f", delimiter=",")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_has_commands() -> None:
    assert len(COMMANDS) == 14
    assert all(line.startswith("ionweld ") for line in COMMANDS)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_runs(command: str) -> None:
    answer = ionweld(*shlex.split(command)[1:])
    assert answer.status == 0, answer.err


def test_the_line_that_is_exported_is_the_one_that_the_page_shows_in_a_cell(
    folder: Path,
) -> None:
    assert ionweld("interface", "study.toml", "--export", "gap.toml").status == 0
    line = (folder / "gap.toml").read_text().splitlines()[1]
    assert line in (folder / "welded.toml").read_text()
    interface = load_cell(folder / "welded.toml").electrodes.negative.interface
    assert interface.layer is not None
    assert (interface.layer.status, interface.gap.status) == ("measured", "measured")
    fill = derive(load_cell(folder / "welded.toml")).fills[0]
    assert fill.start_porosity == pytest.approx(1 - 2 / 10.2)
