"""`ionweld xrd`, through the real entry."""

import json

import pytest
from command_line import ionweld
from data_files import real_file

from ionweld.simulate.xrd import Diffractometer, PhaseAmount, diffractogram
from ionweld.spec.crystal import library_phase


@pytest.fixture
def scan(tmp_path):
    pattern = diffractogram([PhaseAmount(library_phase("Li2OHCl"), 1.0)], Diffractometer(), 1)
    path = tmp_path / "pellet.xy"
    path.write_text("".join(f"{x:.3f} {y:.0f}\n" for x, y in zip(pattern.two_theta_deg, pattern.counts, strict=True)))
    return str(path)


def test_json_holds_the_contract(scan):
    status, out, err = ionweld("xrd", "fit", scan, "--wavelength", "Cu", "--json")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert {"phases", "quality", "symmetry", "warnings"} <= set(document)
    assert document["symmetry"]["cubic_odds"] > 1.0
    wanted = {"phase", "cell_angstrom", "cell_stderr", "fraction", "fraction_stderr", "upper_limit_95"}
    assert all(wanted <= set(item) for item in document["phases"])
    assert [item["phase"] for item in document["phases"] if item["present"]] == ["Li2OHCl"]
    assert document["wavelength_from"] == "given: Cu"


def test_a_person_gets_a_table_and_a_report(scan, tmp_path):
    report = tmp_path / "out" / "r.html"
    arguments = (
        "xrd",
        "fit",
        scan,
        "--wavelength",
        "1.540593,1.544414",
        "--phases",
        "Li2OHCl,LiOH",
        "--report",
        str(report),
    )
    status, out, _ = ionweld(*arguments)
    assert status == 0
    assert "LiOH         < " in out
    page = report.read_text()
    assert "<svg" in page
    assert "measured" in page
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--wavelength Cu"),
        (["--wavelength", "copper"], "no X-ray wavelength"),
        (["--wavelength", "1.54,1.60"], "no K-alpha doublet"),
        (["--wavelength", "1.2,1.21"], "no known tube"),
        (["--wavelength", "Cu", "--phases", "LiF,Unobtainium"], "not in the library"),
        (["--wavelength", "Cu", "--phases", " , "], "is empty"),
        (["--wavelength", "Cu", "--phases", "LiF,LiF"], "twice"),
        (["--wavelength", "Cu", "--phases", "none.cif"], "does not exist"),
    ],
)
def test_wrong_input_says_how_to_mend_it(scan, arguments, said):
    status, out, err = ionweld("xrd", "fit", scan, *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_a_real_file_with_its_own_wavelength_needs_none():
    path = str(real_file("xrd/rigaku.rasx"))
    status, out, _ = ionweld("xrd", "fit", path, "--phases", "LiOH,LiF", "--json")
    assert status == 0
    assert json.loads(out)["quality"]["verdict"] == "no confident match"
