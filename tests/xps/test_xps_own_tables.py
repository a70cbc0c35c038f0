"""Species, doublets and factors of one's own, and depth profiles, on simulated surfaces of known composition."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import ionweld

from ionweld.analyse.xps.fit import fit_xps
from ionweld.errors import InputError, SpecError
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.read.xps import levels_of
from ionweld.simulate.xps import Peak, SurfaceScan, as_csv, simulate_xps
from ionweld.spec.own_surface_tables import own_surface_tables
from ionweld.spec.photoelectron import surface_tables

ZIRCONIA = """
[factor]
"Zr 3d" = { value = 7.0, largest_ratio = 1.1 }
[doublet."Zr 3d"]
splitting_eV = 2.4
error_eV = 0.05
minor_to_major = 0.667
source = "own"
[species.ZrO2]
formula = { Zr = 1, O = 2 }
role = "oxide"
lines = [
  { line = "Zr 3d", low_eV = 182.0, high_eV = 182.4, source = "own" },
  { line = "O 1s", low_eV = 529.8, high_eV = 530.2, source = "own" },
]
"""
SCANS = (SurfaceScan("C 1s", 278.0, 298.0), SurfaceScan("O 1s", 524.0, 542.0), SurfaceScan("Zr 3d", 176.0, 194.0))


def written(folder: Path, text: str, name: str = "own.toml") -> Path:
    (folder / name).write_text(text)
    return folder / name


def zirconia(zr: float, carbon: float, seed: int = 1, shift: float = 0.8) -> Photoelectron:
    """Simulate a surface of so many parts of ZrO2 and C, in the sensitivities 7, 2.93 and 1."""
    peaks = (
        Peak("Zr 3d", 182.2, 100 * zr * 7.0, 2.4, 0.667),
        Peak("O 1s", 530.0, 100 * 2 * zr * 2.93),
        Peak("C 1s", 284.8, 100 * carbon),
    )
    return simulate_xps(peaks, SCANS, shift, seed)


def test_an_element_that_the_tables_lack_is_fitted_with_a_file(tmp_path: Path) -> None:
    measurement = zirconia(20.0, 40.0)
    without = fit_xps(measurement)
    assert [one.line for one in without.whole_lines] == ["Zr 3d"]
    tables = own_surface_tables([written(tmp_path, ZIRCONIA)])
    result = fit_xps(measurement, ["ZrO2", "C-C"], tables=tables)
    assert result.quality.good
    assert result.charge_shift_eV.value == pytest.approx(0.8, abs=0.05)
    shares = {one.element: one for one in result.elements}
    for element, truth in {"Zr": 20.0, "O": 40.0, "C": 40.0}.items():
        assert shares[element].low is not None
        assert shares[element].high is not None
        assert shares[element].low < truth < shares[element].high
    splitting = next(line.splitting_eV for line in result.lines if line.line == "Zr 3d")
    assert splitting is not None
    assert splitting.value == pytest.approx(2.4, abs=0.05)
    assert "Zr 3d from" in result.sensitivity_set


def test_a_file_alone_can_carry_a_region(tmp_path: Path) -> None:
    alone = replace(zirconia(20.0, 40.0), regions=zirconia(20.0, 40.0).regions[2:])
    assert fit_xps(alone).lines == ()
    result = fit_xps(alone, tables=own_surface_tables([written(tmp_path, ZIRCONIA)]), species=["ZrO2"])
    assert result.quality.fits


def test_a_chosen_set_of_factors_changes_the_amounts_as_it_must(tmp_path: Path) -> None:
    measurement = zirconia(20.0, 40.0)
    named = 'name = "house set"\nsource = "own"\n[factor]\n"C 1s" = { value = 1.0, largest_ratio = 1.0 }\n'
    named += '"O 1s" = { value = 2.93, largest_ratio = 1.0 }\n"Zr 3d" = { value = 14.0, largest_ratio = 1.0 }\n'
    only_zr = ZIRCONIA.replace("formula = { Zr = 1, O = 2 }", "formula = { Zr = 1 }").partition('  { line = "O 1s"')
    own = written(tmp_path, only_zr[0] + "]\n")
    tables = own_surface_tables([own, written(tmp_path, named, "set.toml")])
    assert tables.sensitivity.name == "house set"
    assert set(tables.sensitivity.value) == {"C 1s", "O 1s", "Zr 3d"}
    regions = replace(measurement, regions=(measurement.regions[0], measurement.regions[2]))
    percents = {}
    for files in ([own], [own, tmp_path / "set.toml"]):
        result = fit_xps(regions, ["ZrO2", "C-C"], tables=own_surface_tables(files))
        percents[len(files)] = {one.element: one.atomic_percent for one in result.elements}
    ratio = {count: found["Zr"] / found["C"] for count, found in percents.items()}
    assert ratio[1] == pytest.approx(0.5, rel=0.1)
    assert ratio[2] == pytest.approx(0.25, rel=0.1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('[doublet."Zr 3d"]', '[doublet."Zr 4d"]', r"Zr 3d is a doublet of unknown splitting.*\[doublet"),
        ("low_eV = 182.0", "low_eV = 183.0", "low_eV lies above high_eV"),
        ("formula = { Zr = 1, O = 2 }", "formula = { Zr = 1 }", "no atoms of O 1s"),
        ("value = 7.0", "value = -7.0", "greater than 0"),
        ("splitting_eV", "spliting_eV", "Did you mean 'splitting_eV'"),
        ('line = "Zr 3d", low', 'line = "Zr3d", low', "String should match"),
        ("[factor]", 'name = "x"\n[factor]', "needs its source"),
    ],
)
def test_what_a_file_gets_wrong_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        own_surface_tables([written(tmp_path, ZIRCONIA.replace(old, new))])


def test_the_tables_that_ship_are_as_they_were(tmp_path: Path) -> None:
    before = len(surface_tables().species)
    own_surface_tables([written(tmp_path, ZIRCONIA)])
    assert len(surface_tables().species) == before


def profile() -> Photoelectron:
    levels = [zirconia(zr, 60.0 - zr, seed) for seed, zr in enumerate((10.0, 30.0, 50.0), start=1)]
    return replace(levels[0], regions=tuple(region for level in levels for region in level.regions))


def test_a_depth_profile_is_fitted_level_by_level(tmp_path: Path) -> None:
    own = written(tmp_path, ZIRCONIA)
    files = []
    for at, level in enumerate(levels_of(profile())):
        assert [region.label for region in level.regions] == ["C 1s", "O 1s", "Zr 3d"]
        files.append(written(tmp_path, as_csv(level, {}), f"level{at}.csv"))
    common = ("xps", "fit", *files, "--levels", "--tables", own, "--species", "ZrO2,C-C")
    status, out, err = ionweld(*common, "--json")
    assert status == 0, err
    found = json.loads(out)
    zr = [{one["element"]: one["atomic_percent"] for one in level["elements"]}["Zr"] for level in found["results"]]
    assert found["values"] == [1.0, 2.0, 3.0]
    for percent, (parts, carbon) in zip(zr, ((10, 50), (30, 30), (50, 10)), strict=True):
        assert percent == pytest.approx(100 * parts / (3 * parts + carbon), rel=0.12)
    status, out, _ = ionweld(*common, "--report", tmp_path / "profile.html")
    assert status == 0
    assert "3 results, level 1 to 3" in out
    assert "<svg" in (tmp_path / "profile.html").read_text()


def test_lines_that_were_not_scanned_equally_often_are_no_profile() -> None:
    uneven = replace(profile(), regions=profile().regions[:-1])
    for measurement in (uneven, zirconia(10.0, 10.0)):
        with pytest.raises(InputError, match="no levels of a depth profile"):
            levels_of(measurement)
