"""A project folder from Python."""

from pathlib import Path

import pytest

import ionweld as iw
from ionweld.errors import InputError

HEAD = "Test Time / s,Voltage / V,Current / A,Cycle Count / 1\n"
CELL = """
[[cell]]
name = "{name}"
treatment = "{name}"
replicate = 1
kind = "symmetric"
positive = "Li"
negative = "Li"
first_half_cycle = "charge"
area = "28.3 mm^2"
area_name = "lithium foil, 6 mm"
interfaces = 2
[[cell.measurement]]
file = "{name}.csv"
"""


def test_a_folder_of_files_becomes_a_comparison(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for name, factor in (("bare", 2.0), ("welded", 1.0)):
        volts = [factor * (0.05 if i % 60 < 30 else -0.05) for i in range(180)]
        amps = [1e-4 if i % 60 < 30 else -1e-4 for i in range(180)]
        rows = "".join(f"{60 * i},{volts[i]},{amps[i]},{i // 60 + 1}\n" for i in range(180))
        (stick / f"{name}.csv").write_text(HEAD + rows)
    project = iw.Project.open(tmp_path / "weld")
    with pytest.raises(InputError):
        project.cells()
    taken = project.ingest(str(stick))
    assert taken["answer"].to_list() == ["stored", "stored"]
    assert project.ingest(stick)["answer"].to_list() == ["same as", "same as"]
    about = project.folder / "project.toml"
    about.write_text('name = "weld"\n[treatments]\nbare = "as pressed"\nwelded = "with liquid"\n')
    (project.folder / "cells.toml").write_text(CELL.format(name="bare") + CELL.format(name="welded"))
    assert project.cells()["name"].to_list() == ["bare", "welded"]
    assert project.measurements().height == 2
    effects = project.compare("bare", "welded")
    assert set(effects["baseline"]) | set(effects["other"]) == {"bare", "welded"}
    ratios = effects.filter((effects["kind"] == "ratio") & (effects["baseline"] == "bare"))
    assert ratios["value"].to_list() == pytest.approx([0.5] * ratios.height)  # every voltage of the welded cell is half
    assert ratios.height >= 1
    with pytest.raises(InputError, match=r"no cell is 'wetted'.*bare, welded"):
        project.compare("bare", "wetted")
    assert project.verify() == ()
    stored = next(path for path in (project.folder / "raw").rglob("*") if path.is_file())
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes() + b"0")
    assert len(project.verify()) >= 1
