"""What XRD and FTIR look for comes from the electrolyte's own file: any electrolyte, by name or by file."""

import json
import tomllib
from pathlib import Path

import command_line
import pytest

from ionweld.errors import SpecError
from ionweld.simulate.ftir import InfraredSample, Spectrometer, as_csv, infrared_spectrum
from ionweld.simulate.xrd import Diffractometer, PhaseAmount, diffractogram
from ionweld.spec.crystal import library_names, library_phase, phases_of
from ionweld.spec.described import entry_of
from ionweld.spec.infrared import bands, regions
from ionweld.spec.library import entry
from ionweld.spec.own_files import read_own

# rock salt, so that the lines are known: what matters is that the file is believed
MINE = """
name = "Mine"
kind = "solid electrolyte"
base = "Li6PS5Cl"
about = "made for a test"

[properties]

[appearance]
phase = "mine"
impurities = ["LiCl", "Li2O"]

[appearance.phases.mine]
cell = [6.2, 6.2, 6.2, 90, 90, 90]
sites = [["Li1+", 0.0, 0.0, 0.0, 1.0, 1.5], ["Cl1-", 0.5, 0.5, 0.5, 1.0, 1.5]]
symmetry = ["x,y,z", "x,1/2+y,1/2+z", "1/2+x,y,1/2+z", "1/2+x,1/2+y,z"]
cell_tolerance = 0.01
status = "assumed"
source = "made for a test"

[appearance.regions.thiophosphate]
lowest = 480
highest = 640
baseline_degree = 2

[appearance.bands.mine]
region = "thiophosphate"
assignment = "P-S of PS4"
family = "electrolyte"
position = 560
position_sigma = 3
lowest = 550
highest = 575
width = 15
width_lowest = 6
width_highest = 40
status = "assumed"
source = "made for a test"
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MINE, "utf-8")
    return path


def test_a_diffractogram_is_searched_for_what_the_file_of_the_electrolyte_names(mine: Path) -> None:
    own = read_own([mine])[0]["Mine"]
    assert [phase.name for phase in phases_of(own)] == ["mine", "LiCl", "Li2O"]
    sample = [PhaseAmount(phases_of(own)[0], 0.9), PhaseAmount(library_phase("LiCl"), 0.1)]
    made = diffractogram(sample, Diffractometer(), 1)
    table = mine.with_suffix(".xy")
    table.write_text(
        "\n".join(f"{x:.4f} {y:.1f}" for x, y in zip(made.two_theta_deg, made.counts, strict=True)), "utf-8"
    )
    answer = command_line.ionweld("xrd", "fit", table, "--wavelength", "Cu", "--electrolyte", mine, "--json")
    found = {phase["phase"]: phase for phase in answer.document["phases"]}
    assert set(found) == {"mine", "LiCl", "Li2O"}
    assert found["mine"]["cell_angstrom"][0] == pytest.approx(6.2, abs=2e-3)
    assert found["LiCl"]["fraction"] == pytest.approx(0.1, abs=0.02)
    assert not found["Li2O"]["present"]


def test_a_spectrum_is_searched_for_the_bands_of_the_electrolyte(mine: Path) -> None:
    own = read_own([mine])[0]["Mine"]
    known = bands(own)
    assert next(iter(known)) == "mine"
    assert "Li2OHCl" not in known
    assert {"thiophosphate", "hydroxyl"} <= {region.name for region in regions(own)}
    spectrum = infrared_spectrum(InfraredSample({"LiOH": 2.0}), Spectrometer((400.0, 4000.0)), 1)
    table = mine.with_suffix(".csv")
    table.write_text(as_csv(spectrum, {}), "utf-8")
    document = command_line.ionweld("ftir", "fit", table, "--electrolyte", mine, "--json").document
    found = {band["name"]: band for band in document["bands"]}
    assert found["LiOH"]["detected"]
    assert not found["mine"]["detected"]
    assert document["lioh_share_of_OH"] is None


def test_the_electrolyte_of_the_library_is_searched_for_as_before() -> None:
    names = ["Li2OHCl", "LiOH", "LiOH.H2O", "Li2CO3", "LiCl", "LiF", "Li2O"]
    assert [phase.name for phase in phases_of(entry("Li2OHCl"))] == names
    assert set(names) <= set(library_names())
    assert list(bands(entry("Li2OHCl")))[:3] == ["Li2OHCl", "LiOH", "LiOH.H2O"]


def test_an_electrolyte_that_does_not_say_how_it_shows_is_refused_with_the_way_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "a.xy").write_text("\n".join(f"{10 + 0.02 * i:.2f} {100 + i % 7}" for i in range(2000)), "utf-8")
    answer = command_line.ionweld("xrd", "fit", tmp_path / "a.xy", "--wavelength", "Cu", "--electrolyte", "LATP")
    assert answer.status == 2
    assert "[appearance]" in answer.err
    answer = command_line.ionweld("xrd", "fit", tmp_path / "a.xy", "--electrolyte", "LATPX")
    assert answer.status == 2
    assert "no solid electrolyte" in answer.err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('symmetry = ["x,y,z",', 'symetry = ["x,y,z",', "Did you mean 'symmetry'"),
        ("position = 560", "position = 700", "position lies outside of its own"),
        ("baseline_degree = 2", "baseline_degree = 20", "less than or equal to 8"),
        ('status = "assumed"', 'status = "guessed"', "'literature', 'assumed' or 'measured'"),
    ],
)
def test_a_faulty_appearance_is_refused_by_its_place(old: str, new: str, said: str) -> None:
    document = tomllib.loads(MINE.replace(old, new, 1))
    with pytest.raises(SpecError) as caught:
        entry_of(document, "x.toml", entry)
    assert said in json.dumps([str(fault) for fault in caught.value.faults], ensure_ascii=False)
    assert all(fault.where.startswith("x.toml: appearance") for fault in caught.value.faults)


def test_a_band_in_no_region_is_refused(mine: Path) -> None:
    mine.write_text(MINE.replace('region = "thiophosphate"', 'region = "phosphate"'), "utf-8")
    with pytest.raises(SpecError, match="Known: carbonyl"):
        bands(read_own([mine])[0]["Mine"])
