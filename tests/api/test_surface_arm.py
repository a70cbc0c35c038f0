"""The interface's instruments from Python, on samples of known truth."""

from pathlib import Path

import command_line
import matplotlib.pyplot as plt
import pytest

import ionweld as iw
from ionweld.api.measurements import Measurement
from ionweld.api.result import Result
from ionweld.errors import InputError, UnitError
from ionweld.simulate.sem import CrossSection, simulate_cross_section, true_thickness


def _made(*words: str, out: Path) -> Path:
    answer = command_line.ionweld(*words, "--out", str(out))
    assert answer.status == 0, answer.err
    return out


def _shown(result: Result, tmp_path: Path) -> None:
    assert "\n" not in repr(result)
    assert "<svg" in result._repr_html_()
    axes = result.plot()
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    plt.close("all")
    assert isinstance(result.to_dict()["warnings"], list)
    result.report(tmp_path / "report.html")  # pyright: ignore[reportAttributeAccessIssue]
    assert "</html>" in (tmp_path / "report.html").read_text("utf-8")


def test_a_pattern_gives_the_shares_it_was_made_with(tmp_path: Path) -> None:
    mixture = ("xrd", "simulate", "--phases", "Li2OHCl=90 %, LiOH=10 %", "--wavelength", "Cu", "--counts", "5000")
    path = _made(*mixture, out=tmp_path / "pattern.xy")
    found = iw.fit_xrd(path, phases=["Li2OHCl", "LiOH"], wavelength="Cu")
    shares = dict(found.table().select("phase", "mass_fraction").iter_rows())
    assert shares["LiOH"] == pytest.approx(0.10, abs=0.03)
    assert sum(shares.values()) == pytest.approx(1.0)
    _shown(found, tmp_path)
    for given, said in (
        ({}, "one of them"),
        ({"electrolyte": "Li2OHC"}, "no solid electrolyte"),
        ({"phases": ["X"]}, "X"),
    ):
        with pytest.raises(InputError, match=said):
            iw.fit_xrd(path, wavelength="Cu", **given)
    with pytest.raises(UnitError, match=r"^wavelength.*Cu"):
        iw.fit_xrd(path, phases=["LiOH"], wavelength="copper")


def test_an_infrared_spectrum_shows_what_is_in_it(tmp_path: Path) -> None:
    path = _made("ftir", "simulate", "--amounts", "Li2OHCl=90 %, LiOH=10 %", out=tmp_path / "infrared.csv")
    found = iw.fit_ftir(iw.read_one(path), electrolyte="Li2OHCl")
    seen = found.table().filter(found.table()["detected"])
    assert seen["assignment"].str.contains("LiOH").any()
    assert found.found.lioh_share.value == pytest.approx(0.10, abs=0.03)
    _shown(found, tmp_path)
    with pytest.raises(InputError, match="electrolyte"):
        iw.fit_ftir(path, electrolyte="LiOH")


def test_a_surface_shows_its_species(tmp_path: Path) -> None:
    path = _made("xps", "simulate", "--amounts", "LiF=20, Li2CO3=20, C-C=20", out=tmp_path / "surface.csv")
    found = iw.fit_xps(path, species=["LiF", "Li2CO3", "C-C"])
    assert set(found.table()["species"]) == {"LiF", "Li2CO3", "C-C"}
    assert found.table()["atomic_percent"].min() > 5.0
    _shown(found, tmp_path)
    with pytest.raises(InputError, match="background"):
        iw.fit_xps(path, background="spline")  # pyright: ignore[reportArgumentType]


def test_a_layer_has_the_thickness_it_was_drawn_with(tmp_path: Path) -> None:
    section = CrossSection(2e-6, 2e-8)
    picture = Measurement("sem", simulate_cross_section(section, 1))
    found = iw.measure_sem(picture)
    first = found.table().row(0, named=True)
    assert first["thickness_um"] == pytest.approx(1e6 * true_thickness(section), abs=4.0 * first["stderr_um"])
    _shown(found, tmp_path)
    with pytest.raises(InputError, match="fractions"):
        iw.measure_sem(picture, between=(0.5, 0.2))
    with pytest.raises(InputError, match="is sem, not xrd"):
        iw.fit_xrd(picture, phases=["LiOH"])
