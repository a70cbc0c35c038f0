"""Lines of elements without species: counted whole, in narrow scans and in surveys; energies whose kind nothing tells."""

from pathlib import Path

import numpy as np
import pytest
from data_files import real_file

from ionweld.analyse.xps.fit import XpsFit, fit_xps
from ionweld.analyse.xps.noise import prepare
from ionweld.analyse.xps.whole import whole_line
from ionweld.api.looking import look
from ionweld.errors import FileFormatError, InputError
from ionweld.measurement.photoelectron import Photoelectron, Region
from ionweld.measurement.provenance import Provenance
from ionweld.read.xps import read_xps
from ionweld.spec.photoelectron import core_lines, sensitivity, surface_tables

Lines = list[tuple[float, float]]
TIME_S = 2.0


def scan(
    label: str, window: tuple[float, float], lines: Lines, seed: int, rise: float = 0.0, step: float = 0.03
) -> Region:
    """Return a scan of Gaussian lines (place, area), each with a step of 3 % of its area behind it; rise: of the far end, in counts/eV2."""
    energy = np.arange(*window, 0.1)
    expected = 300.0 + rise * np.clip(energy - window[1] + 8.0, 0.0, None) ** 2
    for place, area in lines:
        line = np.exp(-0.5 * ((energy - place) / 0.6) ** 2) / (0.6 * np.sqrt(2.0 * np.pi))
        expected = expected + area * (line + step * np.cumsum(line) * 0.1)
    counts = np.random.default_rng(seed).poisson(expected).astype(float)
    return Region(label, energy[::-1], counts[::-1], "counts", TIME_S, 1)


def measured(*regions: Region) -> Photoelectron:
    return Photoelectron(regions, Provenance("simulated", "test", "", "test"), rinsed=True, sputtered=False)


def area_of(region: Region) -> tuple[float, float]:
    found = whole_line(prepare(region, region.label), surface_tables(), "shirley")
    return found.area, found.area_stderr


def share(result: XpsFit, element: str) -> float:
    return next(one.atomic_percent for one in result.elements if one.element == element)


@pytest.mark.parametrize(
    ("label", "window", "lines"),
    [
        ("Zr 3d", (174.0, 194.0), [(182.2, 3000.0), (184.6, 2000.0)]),
        ("La 3d", (825.0, 865.0), [(834.5, 9000.0), (838.5, 7000.0), (851.3, 6000.0), (855.3, 4700.0)]),
        ("Si 2p", (95.0, 110.0), [(102.5, 700.0)]),
    ],
)
def test_areas_hold_the_truth_as_often_as_their_errors_say(
    label: str, window: tuple[float, float], lines: Lines
) -> None:
    truth = sum(area for _, area in lines)
    found = [area_of(scan(label, window, lines, seed)) for seed in range(60)]
    off = np.array([(area - truth) / error for area, error in found])
    assert np.mean(np.abs(off) < 1.96) >= 0.87  # 52 of 60: fewer happen to an honest interval in 1 of 100 runs
    assert abs(np.mean(off)) < 0.5


def test_the_error_of_counting_is_how_areas_scatter() -> None:
    """Without a step the background is straight, and its kind leaves nothing open."""
    scans = [scan("Zr 3d", (174.0, 194.0), [(182.2, 3000.0)], seed, step=0.0) for seed in range(100)]
    found = [whole_line(prepare(one, one.label), surface_tables(), "linear") for one in scans]
    off = np.array([(one.area - 3000.0) / one.area_stderr for one in found])
    assert np.std(off) == pytest.approx(1.0, abs=0.2)  # of 100 draws: 0.07
    assert abs(np.mean(off)) < 0.3


def test_a_background_that_would_stand_above_the_data_is_drawn_in() -> None:
    plain, rising = (area_of(scan("S 2p", (154.0, 182.0), [(161.5, 3000.0)], 1, rise)) for rise in (0.0, 6.0))
    assert plain[0] == pytest.approx(3000.0, abs=3 * plain[1])
    assert rising[0] == pytest.approx(3000.0, abs=3 * rising[1])


def test_elements_stand_in_the_composition_beside_species() -> None:
    factor = sensitivity().value
    carbon = scan("C 1s", (278.0, 296.0), [(284.8, 60.0 * 100 * TIME_S)], 3)
    zirconium = scan("Zr 3d", (174.0, 194.0), [(182.2, 40.0 * 100 * TIME_S * factor["Zr 3d"])], 4)
    result = fit_xps(measured(carbon, zirconium))
    found = {one.name: one for one in result.species}
    low, high = found["Zr"].low, found["Zr"].high
    assert low is not None
    assert high is not None
    assert low < 40.0 < high
    assert found["Zr"].atomic_percent == pytest.approx(40.0, abs=2.0)
    spread = np.hypot(*(sensitivity().log_error[line] for line in ("C 1s", "Zr 3d")))  # of both, though one is fitted
    assert found["Zr"].stderr == pytest.approx(100 * 0.4 * 0.6 * spread, rel=0.08)
    assert sum(one.atomic_percent for one in result.elements) == pytest.approx(100.0)


@pytest.mark.parametrize(("end", "said"), [(1130.0, True), (1160.0, False)])
def test_a_doublet_of_which_the_scan_holds_one_partner_counts_its_share(end: float, said: bool) -> None:
    stronger, weaker = (1118.0, 6000.0), (1145.0, 3000.0)
    region = scan("Ga 2p", (1106.0, end), [stronger] if said else [stronger, weaker], 5)
    found = whole_line(prepare(region, "Ga 2p"), surface_tables(), "shirley")
    assert found.atoms == pytest.approx(9000.0 / sensitivity().value["Ga 2p"] / TIME_S, rel=0.05)
    result = fit_xps(measured(region))
    assert result.quality.reduced_chi2 is None
    assert any("weaker partner" in flag for flag in result.flags) == said


def test_an_element_is_counted_once_and_one_that_is_not_seen_has_a_limit() -> None:
    result = fit_xps(
        measured(
            scan("Si 2s", (145.0, 160.0), [(153.0, 3000.0)], 6),
            scan("Si 2p", (95.0, 110.0), [(102.5, 3000.0)], 7),
            scan("Al 2p", (66.0, 82.0), [], 8),
            scan("Mg 1s", (1295.0, 1311.0), [(1303.0, 3000.0)], 9),
        )
    )
    assert {one.line for one in result.whole_lines if one.counted} == {"Si 2p", "Al 2p"}
    assert any("Si is counted by another line" in flag for flag in result.flags)
    assert any(flag.startswith("Mg 1s: its area is given, no atoms") for flag in result.flags)
    assert any(flag.endswith("not counted: Mg") for flag in result.flags)
    absent = next(one for one in result.species if one.name == "Al")
    assert not absent.detected
    assert absent.upper_limit_95 is not None
    assert 0.0 < absent.upper_limit_95 < 15.0
    assert share(result, "Si") == pytest.approx(100.0)


def test_a_line_that_no_species_explains_alone_is_counted_too() -> None:
    """Lithium's species have lines elsewhere; of Li 1s alone (a traceback before) there is the element."""
    result = fit_xps(measured(scan("Li 1s", (48.0, 64.0), [(55.2, 2000.0)], 10)))
    assert [one.name for one in result.species] == ["Li"]
    assert result.charge_shift_eV is None


def test_what_stands_in_the_place_of_another_is_said() -> None:
    result = fit_xps(read_xps(real_file("xps/phi_versaprobe_multipak.npl")))
    assert any(flag.startswith("N 1s: Mo 3p may stand in the same scan") for flag in result.flags)
    assert any(flag.startswith("Mo 3d: S 2s may stand in the same scan") for flag in result.flags)


def test_the_survey_of_tin_dioxide_holds_two_oxygens_for_a_tin() -> None:
    survey = read_xps(real_file("xps/phi_sno2_crlf_header.spe"))
    result = fit_xps(survey, elements=["Sn", "O", "C", "In"])
    assert share(result, "O") / share(result, "Sn") == pytest.approx(2.0, rel=0.15)
    absent = next(one for one in result.species if one.name == "In")
    assert absent.upper_limit_95 is not None
    assert absent.upper_limit_95 < 1.0
    with pytest.raises(InputError, match="'Qq'"):
        fit_xps(survey, elements=["Sn", "Qq"])


def test_elements_named_are_counted_whole_in_narrow_scans() -> None:
    carbon = scan("C 1s", (278.0, 296.0), [(284.8, 4000.0), (286.3, 2000.0)], 11)
    result = fit_xps(measured(carbon, scan("O 1s", (524.0, 542.0), [(532.0, 4000.0)], 12)), elements=["C"])
    assert [one.line for one in result.whole_lines] == ["C 1s"]
    assert result.whole_lines[0].area == pytest.approx(6000.0, rel=0.03)


def test_places_agree_with_the_species_and_factors_with_the_lines() -> None:
    lines = core_lines()
    for species in surface_tables().species.values():
        for line in species.lines:
            assert line.low_eV == pytest.approx(lines[line.line].at_eV[0], abs=6.0)
    assert set(sensitivity().value) <= set(lines)


def table(place: Path, head: str, energy: np.ndarray) -> Path:
    rows = "\n".join(f"{one:.2f},{100 + at % 7}" for at, one in enumerate(energy))
    place.write_text(f"{head}\n{rows}\n")
    return place


@pytest.mark.parametrize(
    ("head", "low", "high", "asked"),
    [
        ("Energy (eV),C1s", 1190.0, 1208.0, "They look kinetic"),
        ("Energy (eV),Zr 3d", 1060.0, 1080.0, "They look kinetic"),  # magnesium's anode
        ("Energy (eV),Zr 3d", 525.0, 540.0, "mend the name of the line"),
        ("Energy (keV),Counts", 0.0, 20.0, "no binding energies"),
        ("Energy (eV),Counts", 0.0, 20000.0, "no binding energies"),
        ("Energy (eV),mu", 7000.0, 7300.0, "no binding energies"),
    ],
)
def test_energies_that_cannot_be_binding_energies_are_asked_about(
    tmp_path: Path, head: str, low: float, high: float, asked: str
) -> None:
    with pytest.raises(FileFormatError, match=asked):
        read_xps(table(tmp_path / "a.csv", head, np.linspace(low, high, 80)))


def test_energies_of_an_unsaid_kind_are_said_to_be_taken_for_binding_energies(tmp_path: Path) -> None:
    energy = np.linspace(278.0, 298.0, 80)
    unsaid, said = (
        read_xps(table(tmp_path / f"{at}.csv", head, energy)).ingest
        for at, head in enumerate(("Energy (eV),C1s", "Binding Energy (eV),C1s"))
    )
    assert unsaid is not None
    assert said is not None
    assert any("taken for binding energies" in one for one in unsaid.warnings)
    assert not any("taken for binding energies" in one for one in said.warnings)


@pytest.mark.parametrize(
    ("head", "known"),
    [("Energy (eV),C1s", True), ("eV,Zr 3d", True), ("Energy (eV),Counts", False), ("Energy (keV),Zr 3d", False)],
)
def test_energies_alone_do_not_make_a_photoelectron_spectrum(tmp_path: Path, head: str, known: bool) -> None:
    low, high = (176.0, 192.0) if "Zr" in head else (278.0, 298.0)
    found = look(table(tmp_path / "a.csv", head, np.linspace(low, high, 80)))
    assert (found[0].kind == "photoelectron spectra") == known
