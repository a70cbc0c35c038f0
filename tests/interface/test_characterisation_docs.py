"""The commands of docs/characterisation.md run as they stand, on simulated files of those names."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ionweld.cli import _run
from ionweld.simulate.eds import simulate_maps
from ionweld.simulate.sem import CrossSection, simulate_cross_section
from ionweld.simulate.xps import Peak, Scan, simulate_xps

PAGE = Path(__file__).parents[2] / "docs" / "characterisation.md"
FENCED = re.findall(r"```(\w*)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
COMMANDS = [line for kind, text in FENCED if not kind for line in text.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    peaks = (Peak("C 1s", 284.8, 3000.0), Peak("C 1s", 286.3, 900.0))
    (region,) = simulate_xps(peaks, (Scan("C 1s", 278.0, 298.0),), 0.7, 1).regions
    np.savetxt(tmp_path / "sample.csv", np.stack([region.binding_energy_eV, region.intensity], 1), delimiter=",")
    grey = simulate_cross_section(CrossSection(8e-6, 100e-9, (150.0, 60.0, 120.0)), 2).grey
    Image.fromarray(grey.astype(np.uint8)).save(tmp_path / "section.png")
    rates = {"F Ka": 2.0, "O Ka": 2.0, "Cl Ka": 0.5}
    for name, grid in simulate_maps(rates, dict.fromkeys(rates, 1.0), 3, shape=(40, 100)).counts.items():
        np.savetxt(tmp_path / f"{name.replace(' ', '_')}.csv", grid, fmt="%d", delimiter=",")
    (study,) = [text for kind, text in FENCED if kind == "toml"]
    (tmp_path / "study.toml").write_text(study)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_has_commands() -> None:
    assert len(COMMANDS) == 5
    assert all(line.startswith("ionweld ") for line in COMMANDS)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_runs(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", shlex.split(command))
    try:
        status = _run()
    except SystemExit as leave:
        status = int(leave.code or 0)
    assert status == 0
