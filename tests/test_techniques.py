"""A technique is added by writing it: one folder from outside, seen by every door, no other file touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from data_files import real_file

from ionweld.errors import FileFormatError, InputError
from ionweld.read import open_file, techniques

SOURCE = Path(__file__).parents[1] / "src"

RAMAN = {
    "ionweld_raman/__init__.py": "",
    "ionweld_raman/read.py": """
from dataclasses import dataclass

import numpy as np
import polars as pl

from ionweld.measurement.provenance import IngestReport, Provenance
from ionweld.measurement.store import write_measurements
from ionweld.read.technique import Likeness, Technique
from ionweld.read.text import decode, load, provenance_of, start_report


@dataclass(frozen=True)
class RamanSpectrum:
    shift_cm1: np.ndarray
    counts: np.ndarray
    provenance: Provenance
    ingest: IngestReport


def recognises(glimpse):
    return Likeness.NAMED if glimpse.columns.says("raman shift") else Likeness.NO


def read(path):
    source = load(path)
    rows = [line.split() for line in decode(source).lines if not line.startswith("#")]
    numbers = np.array(rows, dtype=float)
    report = start_report(source, "Raman text")
    return [RamanSpectrum(numbers[:, 0], numbers[:, 1], provenance_of(report), report)]


def write(path, spectra):
    (one,) = spectra
    table = pl.DataFrame({"Raman Shift / cm^-1": one.shift_cm1, "Intensity / 1": one.counts})
    return write_measurements(path, table, spectra)


TECHNIQUE = Technique("raman", "Raman spectrum", ".raman.parquet", recognises, read, write, "ionweld raman peaks {file}")
""",
    "ionweld_raman/cli.py": '''
import typer

app = typer.Typer(help="Raman spectra.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Raman spectra."""


@app.command()
def peaks(file: str) -> None:
    """Find peaks."""
    typer.echo(f"peaks of {file}")
''',
    "ionweld_raman/glance.py": """
import numpy as np
import polars as pl

from ionweld.report.glance import Glance, GlanceNumber


def glance(spectra):
    (one,) = spectra
    top = int(np.argmax(one.counts))
    numbers = (
        GlanceNumber("strongest shift", float(one.shift_cm1[top]), "1/cm"),
        GlanceNumber("counts there", float(one.counts[top])),
        GlanceNumber("points", one.counts.size),
    )
    drawn = pl.DataFrame({"Raman Shift / cm^-1": one.shift_cm1, "Intensity / 1": one.counts})
    return Glance(numbers, lambda axes: axes.plot(one.shift_cm1, one.counts), drawn)
""",
    "ionweld_raman-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: ionweld-raman\nVersion: 1.0\n",
    "ionweld_raman-1.0.dist-info/entry_points.txt": "[ionweld.techniques]\nraman = ionweld_raman\n",
}


@pytest.fixture
def guest(tmp_path: Path) -> Path:
    """Install the technique, and write a file of it."""
    for name, text in RAMAN.items():
        place = tmp_path / "site" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    shift = np.arange(100.0, 1200.0, 2.0)
    rows = "\n".join(f"{x:.1f} {1000.0 * np.exp(-(((x - 420.0) / 5.0) ** 2)) + 10.0:.3f}" for x in shift)
    (tmp_path / "glass.txt").write_text(f"# Raman shift (cm-1), counts\n{rows}\n")
    return tmp_path


def call(guest: Path, *words: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": f"{SOURCE}{os.pathsep}{guest / 'site'}"}
    command = [sys.executable, "-m", "ionweld", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_technique_from_outside_is_one_folder(guest: Path) -> None:
    assert "Raman spectra." in call(guest, "--help").stdout
    assert call(guest, "raman", "peaks", "x").stdout == "peaks of x\n"
    seen = call(guest, "look", guest / "glass.txt", "--out", guest / "out", "--json")
    (item,) = json.loads(seen.stdout)["items"]
    assert (item["kind"], item["numbers"][0]["value"]) == ("Raman spectrum", 420.0)
    assert Path(item["figure"]).exists()
    project = guest / "P"
    stored = call(guest, "ingest", guest / "glass.txt", "--project", project, "--json")
    assert stored.returncode == 0, stored.stderr
    (file,) = json.loads(stored.stdout)["stored"]
    (held,) = file["measurements"]
    assert (held["kind"], held["rows"]) == ("Raman spectrum", 550)
    assert held["file"].endswith(".raman.parquet")
    assert call(guest, "project", "verify", "--project", project).returncode == 0
    assert "Raman spectrum" in call(guest, "project", "list", "--project", project).stdout


def test_without_it_the_same_file_is_none_of_ours(guest: Path) -> None:
    with pytest.raises(FileFormatError):
        open_file(guest / "glass.txt")


@pytest.mark.parametrize(
    ("file", "technique"),
    [
        ("cycling/landt_li_graphite_half_cell.csv", "cycling"),
        ("cycling/neware_small.ndax", "cycling"),
        ("cycling/lili_tegdme_gcpl_rest.mpr", "cycling"),
        ("eis/inli_lpscl_ncm_10_sweeps.csv", "eis"),
        ("eis/zplot.z", "eis"),
        ("eis/pellet_series/s04147-140deg.txt", "eis"),
        ("xrd/LiMnO2.xy", "xrd"),
        ("xrd/rigaku.rasx", "xrd"),
        ("xrd/panalytical_scan.xrdml", "xrd"),
        ("xps/au_4f_doublet.csv", "xps"),
        ("xps/pet_c1s_three_components.csv", "xps"),
        ("xps/axis_supra_leading_blank_lines.vms", "xps"),
        ("xps/phi_sno2_crlf_header.spe", "xps"),
        ("sem/CS-MA-30000.jpg", "sem"),
        ("faults/characterisation/sem_zeiss_two_sizes.tif", "sem"),
    ],
)
def test_real_files_are_taken_for_what_they_are(file: str, technique: str) -> None:
    assert [held.technique.name for held in open_file(real_file(file))] == [technique]


def _table(path: Path, x: np.ndarray, y: np.ndarray, header: str = "") -> Path:
    path.write_text(header + "".join(f"{a:.4f},{b:.6g}\n" for a, b in zip(x, y, strict=True)))
    return path


def test_bare_columns_are_told_by_how_they_run_or_not_at_all(tmp_path: Path) -> None:
    two_theta, wavenumber = np.arange(10.0, 60.0, 0.05), np.arange(4000.0, 600.0, -2.0)
    scan = _table(tmp_path / "scan.csv", two_theta, np.round(100 + two_theta))
    (held,) = open_file(scan)
    assert held.technique.name == "xrd"
    spectrum = _table(tmp_path / "ir.csv", wavenumber, 0.1 + 0 * wavenumber)
    with pytest.raises(FileFormatError, match="absorbance or transmittance"):
        open_file(spectrum)
    spectrum = _table(tmp_path / "ir.csv", wavenumber, 0.1 + 0 * wavenumber, "cm-1,absorbance\n")
    assert open_file(spectrum)[0].technique.name == "ftir"
    region = _table(tmp_path / "region.csv", np.arange(295.0, 280.0, -0.1), 500 + 0 * np.arange(150))
    with pytest.raises(FileFormatError):  # a photoelectron line or anything else: nobody can tell
        open_file(region)
    assert open_file(region, technique="xps")[0].technique.name == "xps"


def test_an_element_map_is_one_by_its_name_and_a_picture_otherwise(tmp_path: Path) -> None:
    from PIL import Image

    grey = np.random.default_rng(1).integers(0, 50, (40, 60)).astype(np.uint8)
    for name, technique in {"F_Ka.tif": "eds", "EDS map O.png": "eds", "fig_B.png": "sem", "cell 3.png": "sem"}.items():
        Image.fromarray(grey).save(tmp_path / name)
        assert [held.technique.name for held in open_file(tmp_path / name)] == [technique], name
    np.savetxt(tmp_path / "Cl.csv", grey, fmt="%d", delimiter=",")
    assert open_file(tmp_path / "Cl.csv")[0].technique.name == "eds"


def test_every_technique_stores_all_its_numbers_in_named_columns_with_units(tmp_path: Path) -> None:
    import polars as pl

    for file, size in {"xrd/LiMnO2.xy": "two_theta_deg", "sem/CS-MA-30000.jpg": "grey"}.items():
        (held,) = open_file(real_file(file))
        table = pl.read_parquet(held.technique.write(tmp_path / f"x{held.technique.suffix}", held.measurements))
        assert table.height == getattr(held.measurements[0], size).size
        assert all(" / " in name for name in table.columns)


def test_an_unknown_technique_is_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match="cycling, eds, eds_spectrum, eis"):
        open_file(Path("x"), technique="nmr")
    assert all(one.name == name for name, one in techniques().items())


def test_what_a_file_does_not_say_is_said_by_a_description(tmp_path: Path) -> None:
    wavenumber = np.arange(4000.0, 600.0, -2.0)
    spectrum = _table(tmp_path / "ir.csv", wavenumber, 0.1 + 0 * wavenumber)
    said = tmp_path / "said.toml"
    said.write_text('technique = "ftir"\nordinate = "transmittance"\n')
    (held,) = open_file(spectrum, said)
    assert held.measurements[0].recorded_as == "transmittance"
    region = _table(tmp_path / "region.csv", np.arange(295.0, 280.0, -0.1), 500 + 0 * np.arange(150))
    said.write_text('technique = "xps"\n')
    assert open_file(region, said)[0].technique.name == "xps"
    said.write_text('technique = "sem"\nscale = "100 nm/px"\n')
    (held,) = open_file(real_file("sem/CS-MA-30000.jpg"), said)
    assert held.measurements[0].scale.metres_per_pixel == pytest.approx(1e-7)
    for wrong, word in (
        ('technique = "nmr"', "nmr"),
        ('technique = "ftir"\nordinate = "x"', "neither"),
        ('technique = "xps"\nscale = "1"', "scale"),
    ):
        said.write_text(wrong)
        with pytest.raises(InputError, match=word):
            open_file(spectrum, said)
