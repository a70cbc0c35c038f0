"""`ionweld ftir`, through the real entry."""

import json

import pytest
from command_line import ionweld

from ionweld.simulate.ftir import InfraredSample, Spectrometer, infrared_spectrum


@pytest.fixture
def columns(tmp_path):
    spectrum = infrared_spectrum(InfraredSample({"Li2OHCl": 16.0, "LiOH": 0.5}), Spectrometer(), 1)
    path = tmp_path / "powder.csv"
    pairs = zip(spectrum.wavenumber_cm1, spectrum.absorbance, strict=True)
    path.write_text("".join(f"{x:.2f},{y:.6f}\n" for x, y in pairs))
    return str(path)


def test_json_holds_the_contract(columns):
    status, out, err = ionweld("ftir", "fit", columns, "--as", "absorbance", "--json")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert all({"assignment", "position_cm1", "stderr", "area", "detected"} <= set(band) for band in document["bands"])
    assert [band["name"] for band in document["bands"] if band["detected"]] == ["Li2OHCl", "LiOH"]
    assert document["lioh_share_of_OH"]["value"] == pytest.approx(0.03, abs=0.003)


def test_a_person_gets_a_table_and_a_report(columns, tmp_path):
    report = tmp_path / "r.html"
    arguments = ("ftir", "fit", columns, "--as", "absorbance", "--report", str(report))
    status, out, _ = ionweld(*arguments)
    assert status == 0
    assert "O-H of Li2OHCl" in out
    assert "not detected" in out
    assert "measured spectrum" in report.read_text()


@pytest.mark.parametrize(("arguments", "said"), [([], "--as absorbance"), (["--as", "reflectance"], "neither")])
def test_wrong_input_says_how_to_mend_it(columns, arguments, said):
    status, out, err = ionweld("ftir", "fit", columns, *arguments)
    assert (status, out) == (2, "")
    assert said in err
