"""`ionweld xps`, `sem`, `eds` and `interface` through the real door."""

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import ionweld
from data_files import real_file
from PIL import Image

from ionweld.simulate.eds import simulate_maps
from ionweld.simulate.sem import CrossSection, simulate_cross_section


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "weld.png"
    grey = simulate_cross_section(CrossSection(2e-6, 20e-9, (150.0, 90.0, 120.0), rows=200), 0).grey
    Image.fromarray(grey.astype(np.uint8)).save(path)
    return path


def test_xps_json_has_the_fields_of_the_contract() -> None:
    status, out, _ = ionweld(
        "xps", "fit", real_file("xps/phi_versaprobe_multipak.npl"), "--json", "--claim", "LiCl Cl 2p 200.1"
    )
    document = json.loads(out)
    assert status == 0
    assert {"charge_shift_eV", "species", "elements", "quality", "flags"} <= set(document)
    assert {"name", "regions", "atomic_percent", "stderr"} <= set(document["species"][0])
    assert any("LiCl Cl 2p 200.1 eV: outside the references" in flag for flag in document["flags"])


def test_xps_text_and_report(tmp_path: Path) -> None:
    report = tmp_path / "xps.html"
    status, out, err = ionweld("xps", "fit", real_file("xps/pet_c1s_three_components.csv"), "--report", report)
    assert status == 0
    assert "bad fit" in out
    assert "report:" in err
    page = report.read_text()
    assert "<svg" in page
    assert "(measured)" in page
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--species", "unobtainium"], "not in the table"), (["--background", "flat"], "is not one of"),
     (["--claim", "LiCl 200"], "no assignment")],
)  # fmt: skip
def test_xps_faults_leave_with_two(words: list[str], said: str) -> None:
    status, out, err = ionweld("xps", "fit", real_file("xps/pet_c1s_three_components.csv"), *words, "--json")
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_xps_of_a_survey_alone_is_an_input_fault() -> None:
    status, _, err = ionweld("xps", "fit", real_file("xps/phi_sno2_crlf_header.spe"))
    assert status == 2
    assert "survey" in err


def test_sem_json_has_the_fields_of_the_contract(picture: Path, tmp_path: Path) -> None:
    status, out, _ = ionweld(
        "sem", "measure", picture, "--scale", "20 nm/px", "--json", "--report", tmp_path / "sem.html"
    )
    document = json.loads(out)
    assert status == 0
    assert document["thickness_um"] == pytest.approx(2.0, rel=0.01)
    assert document["stderr_um"] == pytest.approx(0.02, rel=0.1)  # the scale's one percent dominates
    assert {"roughness_um", "layers", "orientation", "scale", "warnings"} <= set(document)
    assert "<svg" in (tmp_path / "sem.html").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [([], "how long a pixel is"), (["--scale", "20"], "is no scale"),
     (["--scale", "20 nm/px", "--between", "0.5"], "no pair of fractions")],
)  # fmt: skip
def test_sem_faults_leave_with_two(picture: Path, words: list[str], said: str) -> None:
    status, _, err = ionweld("sem", "measure", picture, *words)
    assert status == 2
    assert said in err


def test_eds_and_the_joined_study(picture: Path, tmp_path: Path) -> None:
    maps = simulate_maps({"F Ka": 2.0}, {"F Ka": 0.5}, 0, shape=(40, 100))
    for name, grid in maps.counts.items():
        np.savetxt(tmp_path / f"{name.replace(' ', '_')}.csv", grid, fmt="%d", delimiter=",")
    files = [tmp_path / "F_Ka.csv", tmp_path / "continuum.csv"]
    status, out, _ = ionweld("eds", "profile", *files, "--layer", "0.45,0.55", "--background", "continuum", "--json")
    assert status == 0
    assert json.loads(out)["lines"][0]["verdict"].startswith("enriched")
    status, out, _ = ionweld("eds", "profile", *files, "--layer", "0.45,0.55", "--background", "continuum")
    assert "Li is invisible" in out

    study = tmp_path / "study.toml"
    study.write_text(
        'name = "weld"\ntemperature = "80 degC"\n[sem]\nimage = "weld.png"\nscale = "20 nm/px"\n'
        '[eds]\nmaps = ["F_Ka.csv", "continuum.csv"]\nlayer = [0.45, 0.55]\nbackground = "continuum"\n'
        '[impedance]\narea_specific_resistance = "100 ohm*cm^2"\nstderr = "5 ohm*cm^2"\n'
    )
    status, out, _ = ionweld("interface", study, "--json", "--export", tmp_path / "gap.toml")
    document = json.loads(out)
    assert status == 0
    assert document["conductivity_S_per_cm"]["value"] == pytest.approx(2e-6, rel=0.02)
    assert "XPS" in document["next"]
    assert (tmp_path / "gap.toml").read_text() == document["twin"]
    status, out, _ = ionweld("interface", study)
    assert "conductivity of the layer" in out


def test_exporting_a_gap_that_was_not_measured_is_a_fault(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        'temperature = "80 degC"\n[impedance]\narea_specific_resistance = "1 ohm*cm^2"\nstderr = "1 ohm*cm^2"\n'
    )
    status, _, err = ionweld("interface", study, "--export", tmp_path / "gap.toml")
    assert status == 2
    assert "measures no thickness" in err
    assert not (tmp_path / "gap.toml").exists()
