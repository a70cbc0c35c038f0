"""`ionweld xrd | ftir | xps simulate`: what was put in is found again by `fit`, and nonsense leaves no file."""

from pathlib import Path

import pytest
from command_line import ionweld

from ionweld.read.ftir import read_infrared
from ionweld.read.xps import read_xps
from ionweld.read.xrd import read_diffractogram
from ionweld.simulate.surface import surface_species
from ionweld.simulate.xrd import Diffractometer, PhaseAmount, as_xy, diffractogram
from ionweld.spec.crystal import library_phase
from ionweld.spec.photoelectron import species_table

POWDER = "Li2OHCl=97 %, LiOH=3 %"
SURFACE = "C-C=30, C-O=12, LiF=20, Li2CO3=12"
XRD = ("xrd", "simulate", "--wavelength", "Cu")
FTIR = ("ftir", "simulate")
XPS = ("xps", "simulate")
EACH = [
    pytest.param((*XRD, "--phases", POWDER), id="xrd"),
    pytest.param((*FTIR, "--amounts", POWDER), id="ftir"),
    pytest.param((*XPS, "--amounts", SURFACE), id="xps"),
]


def made(out: Path, *words: object) -> Path:
    answer = ionweld(*words, "--out", out)
    assert (answer.status, answer.err) == (0, "")
    assert "simulated" in answer.out
    return out


def fitted(family: str, file: Path, *words: str) -> dict:
    answer = ionweld(family, "fit", file, *words, "--json")
    assert answer.status == 0, answer.err
    return answer.document


def test_three_per_cent_of_lioh_is_below_the_limit_of_xrd(tmp_path: Path) -> None:
    file = made(tmp_path / "a.xy", *XRD, "--phases", POWDER, "--seed", 1)
    found = {one["phase"]: one for one in fitted("xrd", file, "--phases", "Li2OHCl,LiOH,LiCl")["phases"]}
    assert not found["LiOH"]["present"]
    assert 0.03 < found["LiOH"]["upper_limit_95"] < 0.10
    host = found["Li2OHCl"]
    assert host["cell_angstrom"][0] == pytest.approx(library_phase("Li2OHCl").cell[0], abs=3 * host["cell_stderr"][0])


def test_three_per_cent_of_lioh_is_found_by_ftir(tmp_path: Path) -> None:
    file = made(tmp_path / "a.csv", *FTIR, "--amounts", POWDER, "--bands", "CH_asymmetric=4 %", "--seed", 1)
    document = fitted("ftir", file, "--as", "absorbance")
    share = document["lioh_share_of_OH"]
    assert 0.0 < share["low"] < 0.03 < share["high"] < 0.05
    assert [one["name"] for one in document["bands"] if one["detected"]] == ["Li2OHCl", "LiOH", "CH_asymmetric"]
    areas = {one["name"]: (one["area"], 3 * one["area_stderr"]) for one in document["bands"] if one["detected"]}
    for name, truth in (("Li2OHCl", 0.97), ("LiOH", 0.03), ("CH_asymmetric", 0.04)):
        assert areas[name][0] == pytest.approx(16.0 * truth, abs=areas[name][1])


def test_a_phase_above_the_limit_is_found_by_xrd_in_the_scan_that_was_asked_for(tmp_path: Path) -> None:
    how = ("--low", "20 deg", "--high", "60 deg", "--step", "0.03 deg", "--displacement", "0.05 deg", "--counts", 4000)
    file = made(tmp_path / "a.xy", *XRD, "--phases", "Li2OHCl=70 %, LiCl=30 %", *how)
    scan = read_diffractogram(file)
    assert (scan.two_theta_deg[0], scan.two_theta_deg[-1]) == pytest.approx((20.0, 60.0), abs=0.03)
    found = {
        one["phase"]: one for one in fitted("xrd", file, "--wavelength", "Cu", "--phases", "Li2OHCl,LiCl")["phases"]
    }
    assert found["LiCl"]["fraction"] == pytest.approx(0.3, abs=3 * found["LiCl"]["fraction_stderr"])
    assert found["LiCl"]["fraction_stderr"] < 0.05


def test_a_surface_comes_back_with_its_charge_shift(tmp_path: Path) -> None:
    file = made(tmp_path / "a.csv", *XPS, "--amounts", SURFACE, "--charge-shift", "0.8eV", "--fwhm", "1.5 eV")
    document = fitted("xps", file)
    assert document["charge_shift_eV"] == pytest.approx(0.8, abs=3 * document["charge_shift_stderr_eV"])
    atoms = {"C-C": 30, "C-O": 12, "LiF": 2 * 20, "Li2CO3": 6 * 12}
    found = {one["name"]: one for one in document["species"]}
    assert {name for name, one in found.items() if one["detected"]} == set(atoms)
    for name, count in atoms.items():
        truth = 100 * count / sum(atoms.values())
        assert found[name]["atomic_percent"] == pytest.approx(truth, abs=3 * found[name]["stderr"])


def test_amounts_count_by_their_ratio_and_regions_and_time_are_those_asked_for(tmp_path: Path) -> None:
    how = ("--regions", "C 1s,Li 1s", "--seed", 2)
    plain = read_xps(made(tmp_path / "a.csv", *XPS, "--amounts", "C-C=3, LiF=2", *how))
    share = read_xps(made(tmp_path / "b.csv", *XPS, "--amounts", "C-C=60 %, LiF=40 %", *how, "--time", "20 s"))
    assert [region.label for region in plain.regions] == ["C 1s", "Li 1s"]
    for one, longer in zip(plain.regions, share.regions, strict=True):
        assert (one.dwell_s, longer.dwell_s, one.photon_energy_eV, one.intensity_unit) == (5.0, 20.0, 1486.6, "counts")
        assert longer.intensity.sum() == pytest.approx(4 * one.intensity.sum(), rel=0.02)


@pytest.mark.parametrize("words", EACH)
def test_a_seed_is_a_file(words: tuple[str, ...], tmp_path: Path) -> None:
    one, same, other = (
        made(tmp_path / str(place) / "a.txt", *words, "--seed", seed).read_bytes()
        for place, seed in enumerate((3, 3, 4))
    )
    assert one == same
    assert one != other


@pytest.mark.parametrize("words", EACH)
def test_the_file_says_that_it_is_simulated_and_so_does_what_reads_it(words: tuple[str, ...], tmp_path: Path) -> None:
    answer = ionweld(*words, "--out", tmp_path / "a.txt", "--seed", 5, "--json")
    head = (tmp_path / "a.txt").read_text().splitlines()
    assert head[0].startswith("# simulated by ionweld ")
    assert "# seed: 5" in head
    assert answer.document["provenance"]["kind"] == "simulated"
    assert (answer.document["seed"], answer.document["files"]) == (5, [str(tmp_path / "a.txt")])
    reader = {"xrd": read_diffractogram, "ftir": read_infrared, "xps": read_xps}[words[0]]
    assert reader(tmp_path / "a.txt").provenance.kind == "simulated"
    (tmp_path / "bare.txt").write_text("\n".join(line for line in head if not line.startswith("#")) + "\n")
    assert reader(tmp_path / "bare.txt").provenance.kind == "measured"


@pytest.mark.parametrize("words", EACH)
def test_no_file_is_overwritten(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a measurement")
    answer = ionweld(*words, "--out", tmp_path / "a.txt")
    assert (answer.status, answer.out) == (2, "")
    assert "exists already" in answer.err
    assert (tmp_path / "a.txt").read_text() == "a measurement"


def test_the_wavelengths_are_read_from_the_file_whatever_a_phase_is_called(tmp_path: Path) -> None:
    instrument = Diffractometer(tube="Mo")
    pattern = diffractogram([PhaseAmount(library_phase("LiF"), 1.0)], instrument, 1)
    (tmp_path / "a.xy").write_text(as_xy(pattern, {"mass_fraction": {"lambda-phase": 0.97, "ratio": 0.03}}))
    radiation = read_diffractogram(tmp_path / "a.xy").radiation
    assert radiation is not None
    assert (radiation.kalpha1, radiation.kalpha2, radiation.kalpha2_ratio) == (0.7093, 0.71359, 0.5)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*XRD, "--phases", "LiOH=-3 %, Kryptonite=4 %, LiF", "--step", "1 V"), ["no name=value", "wrong dimension"]),
        ((*XRD, "--phases", "LiOH=-3 %, Kryptonite=4 %"), ["LiOH = -0.03", "'Kryptonite' is not in the library"]),
        ((*XRD, "--phases", "Quartz=50 %, Kryptonite=40 %"), ["'Quartz'", "'Kryptonite'", "90 %, not 100 %"]),
        ((*XRD, "--phases", "Li2OHCl=97, LiOH=3 %"), ["some amounts are in %"]),
        ((*XRD, "--phases", "Li2OHCl=97, LiOH=3"), ["10000 %"]),
        ((*XRD, "--phases", "LiF=1", "--displacement", "9 deg", "--low", "70 deg"), ["--displacement", "cannot be made"]),
        (("xrd", "simulate", "--wavelength", "Unobtainium", "--phases", "LiF=1 V"), ["no tube", "--phases LiF"]),
        (FTIR, ["nothing is in the sample"]),
        ((*FTIR, "--amounts", "LiF=100 %", "--bands", "beard=1, amide=-1"), ["'LiF'", "'beard'", "amide = -1"]),
        ((*FTIR, "--amounts", POWDER, "--noise", "-1", "--step", "0 1/cm"), ["--noise", "cannot be made"]),
        ((*FTIR, "--amounts", "LiOH=nan", "--step", "1e-5 1/cm"), ["LiOH = nan", "cannot be made"]),
        ((*XPS, "--amounts", "LiX=1, LiF=-2", "--fwhm", "1", "--regions", "U 4f"), ["'LiX'", "LiF = -2", "no unit", "'U 4f'"]),
        ((*XPS, "--amounts", "LiF=0", "--charge-shift", "50 eV", "--time", "0 s"), ["nothing", "-5 to 5 eV", "--time"]),
        ((*XPS, "--amounts", "LiF=1, LiF=2"), ["given twice"]),
        ((*XPS, "--amounts", ""), ["nothing"]),
        ((*XPS, "--amounts", "LiF=1e308, Au=1"), ["LiF = 1e+308", "'Au' is not known"]),
    ],
)  # fmt: skip
def test_every_fault_is_named_at_once_and_nothing_is_written(
    words: tuple[str, ...], said: list[str], tmp_path: Path
) -> None:
    answer = ionweld(*words, "--out", tmp_path / "never.txt")
    assert (answer.status, answer.out) == (2, "")
    assert [part for part in said if part not in answer.err] == []
    assert list(tmp_path.iterdir()) == []


def test_every_species_that_can_be_asked_for_has_its_lines_in_the_middle_of_their_scans(tmp_path: Path) -> None:
    for place, name in enumerate(surface_species()):
        measurement = read_xps(made(tmp_path / f"{place}.csv", *XPS, "--amounts", f"{name}=1", "--time", "50 s"))
        lines = {line.line: line for line in species_table()[name].lines}
        assert {region.label for region in measurement.regions} == set(lines)
        for region in measurement.regions:
            top = region.binding_energy_eV[region.intensity.argmax()]
            assert top == pytest.approx(lines[region.label].centre_eV, abs=1.0)
            assert min(abs(top - region.binding_energy_eV[[0, -1]])) > 4.0
