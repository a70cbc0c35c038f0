"""The joined verdict: its likelihoods, its limits, and the solvents of the paper on simulated portions."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from command_line import ionweld
from hypothesis import given
from hypothesis import strategies as st

from ionweld.errors import FileFormatError, InputError, SpecError
from ionweld.read.cif import read_cif
from ionweld.simulate.soaking import SoakedSample, molar_mass, soaked, solvents
from ionweld.simulate.xrd import Diffractometer, PhaseAmount, diffractogram
from ionweld.spec.crystal import library_phase
from ionweld.spec.library import entry
from ionweld.spec.soaking import read_soaking_study
from ionweld.verdict.assumed import assumed, assumed_range
from ionweld.verdict.compatibility import judge
from ionweld.verdict.soaked import (
    Conductivity,
    Number,
    Sample,
    SoakedElectrolyte,
    SolventEvidence,
    evidence,
    weighed,
)

UNCHANGED = SolventEvidence(
    name="sample",
    xrd_share=Number(0.0, 0.01),
    ftir_share=Number(0.001, 0.001),
    cell=Number(3.91, 2e-4),
    band=Number(3604.0, 0.05),
    log_conductivity=None,
    residues=(),
    notes=(),
)


def with_share(x: float, error: float = 0.01) -> SolventEvidence:
    return replace(UNCHANGED, xrd_share=Number(x, error), ftir_share=Number(x, error / 3.0))


def test_nothing_changed_is_compatible_and_half_converted_is_not():
    assert judge(UNCHANGED, UNCHANGED).verdict == "compatible"
    assert judge(UNCHANGED, with_share(0.5)).verdict == "incompatible"


@given(st.floats(0.05, 0.9), st.floats(0.01, 0.09))
def test_more_product_never_makes_a_solvent_more_compatible(share, more):
    assert judge(UNCHANGED, with_share(share + more)).odds <= judge(UNCHANGED, with_share(share)).odds


def test_in_between_is_undecided_and_the_odds_cross_one_on_the_way():
    shares = np.linspace(0.0, 0.15, 31)
    verdicts = [judge(UNCHANGED, with_share(float(share))) for share in shares]
    order = [item.verdict for item in verdicts]
    assert order[0] == "compatible"
    assert order[-1] == "incompatible"
    assert "undecided" in order
    assert order == sorted(order, key=["compatible", "undecided", "incompatible"].index)


def test_a_blunt_measurement_decides_nothing_and_says_how_long_to_count():
    blunt = replace(with_share(0.05, 0.2), cell=None, band=None, ftir_share=Number(0.05, 0.2))
    found = judge(UNCHANGED, blunt)
    assert found.verdict == "undecided"
    assert "times the counting time" in found.next


def test_contradicting_instruments_leave_it_undecided():
    torn = replace(UNCHANGED, ftir_share=Number(0.6, 0.01), band=Number(3620.0, 0.1))
    found = judge(UNCHANGED, torn)
    assert found.verdict == "undecided"
    assert "contradict" in found.notes[-1]
    assert found.by_instrument["XRD"] > 20.0
    assert found.by_instrument["FTIR"] < 0.05


def test_what_was_there_before_is_not_held_against_the_solvent():
    dirty = with_share(0.08, 0.004)
    assert judge(dirty, dirty).verdict == "compatible"


def test_solvent_residue_is_no_incompatibility_but_asks_for_drying():
    found = judge(UNCHANGED, replace(UNCHANGED, residues=("C-H residue",)))
    assert found.verdict == "compatible"
    assert "dry longer" in found.next


@pytest.mark.parametrize(
    ("missing", "asked"), [({"ftir_share": None, "cell": None}, "FTIR"), ({"xrd_share": None, "band": None}, "XRD")]
)
def test_the_missing_instrument_is_asked_for(missing, asked):
    found = judge(UNCHANGED, replace(with_share(0.05), **missing))
    assert found.verdict == "undecided"
    assert f"measure {asked}" in found.next


def test_no_evidence_leaves_the_prior_odds():
    nothing = replace(UNCHANGED, xrd_share=None, ftir_share=None)
    found = judge(nothing, nothing)
    assert (found.verdict, found.odds, found.deciding) == ("undecided", assumed()["prior_odds"], None)
    with pytest.raises(InputError, match="nothing was measured"):
        evidence(Sample("empty"), entry("Li2OHCl"))


def test_impedance_alone_speaks_but_softly():
    before = replace(UNCHANGED, xrd_share=None, ftir_share=None, log_conductivity=Number(-3.0, 0.03))
    same, worse = judge(before, before), judge(before, replace(before, log_conductivity=Number(-5.0, 0.03)))
    assert worse.verdict == "incompatible"
    assert worse.deciding == "impedance"
    assert same.verdict == "undecided"
    assert same.odds > 1.0


def test_simulated_conversion_conserves_lithium_and_chlorine():
    for solvent in solvents():
        moles = soaked(solvent, 3).moles
        lithium = 2 * moles["Li2OHCl"] + moles["LiOH"] + moles["LiOH.H2O"] + 2 * moles["Li2CO3"] + moles["LiCl"]
        chlorine = moles["Li2OHCl"] + moles["LiCl"]
        assert chlorine <= 1.0 + 1e-12  # a solvent may carry LiCl away
        assert 2.0 <= lithium + (1.0 - chlorine) <= 2.0 + 0.0101  # and synthesis leaves a trace of LiOH
    assert molar_mass("Li2OHCl") == pytest.approx(molar_mass("LiOH") + molar_mass("LiCl"))


@cache
def portion(solvent: str | None) -> SoakedSample:
    return soaked(solvent, 1)


@cache
def seen(solvent: str | None) -> SolventEvidence:
    sample = portion(solvent)
    return evidence(Sample(sample.name, sample.pattern, sample.spectrum), entry("Li2OHCl"))


@pytest.mark.parametrize("solvent", ["water", "DMSO", "ACN", "LE"])
def test_the_papers_solvents(solvent):
    """One draw of four; tests/study judges all ten, and benchmarks/compatibility_acceptance.py makes twenty of each."""
    found = judge(seen(None), seen(solvent))
    truth = "compatible" if portion(solvent).compatible else "incompatible"
    assert found.verdict in (truth, "undecided")
    assert found.verdict == truth


def write_study(folder, solvents_wanted: list[str]) -> str:
    lines = ['ordinate = "absorbance"', 'wavelength = "Cu"']
    for solvent in [None, *solvents_wanted]:
        sample = portion(solvent)
        pattern, spectrum = sample.pattern, sample.spectrum
        rows = zip(pattern.two_theta_deg, pattern.counts, strict=True)
        (folder / f"{sample.name}.xy").write_text("".join(f"{x:.4f} {y:.0f}\n" for x, y in rows))
        rows = zip(spectrum.wavenumber_cm1, spectrum.absorbance, strict=True)
        (folder / f"{sample.name}.csv").write_text("".join(f"{x:.2f},{y:.7f}\n" for x, y in rows))
        lines.append("[[treated]]" if solvent else "[pristine]")
        lines += [f'name = "{sample.name}"', f'xrd = "{sample.name}.xy"', f'ftir = "{sample.name}.csv"']
        lines += ['conductivity = "2e-6 S/cm"', 'conductivity_error = "10 %"']
    (folder / "study.toml").write_text("\n".join(lines))
    return str(folder / "study.toml")


def test_the_command_reads_a_study_and_answers_with_the_contract(tmp_path):
    status, out, err = ionweld("compatibility", write_study(tmp_path, ["DMF", "THF"]), "--json")
    assert status == 0
    assert "samples analysed" in err
    samples = json.loads(out)["samples"]
    assert [item["verdict"] for item in samples] == ["incompatible", "compatible"]
    assert all({"name", "verdict", "odds", "deciding", "next"} <= set(item) for item in samples)
    assert all("impedance" in item["by_instrument"] for item in samples)


def test_every_fault_of_a_study_is_listed_at_once(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(
        'wavelengh = "Cu"\n[pristine]\nxrd = "none.xy"\n[[treated]]\n'
        'conductivity = "3 V"\nconductivity_error = "10 %"\n'
        '[[treated]]\nname = "B"\nconductivity = "-3 S/m"\n'
    )
    status, out, err = ionweld("compatibility", str(path))
    assert (status, out) == (2, "")
    faults = (
        "Did you mean 'wavelength'", "none.xy does not exist", "treated.0.name: is missing", "wrong dimension",
        "needs its error", "treated.1.conductivity: '-3 S/m' must be positive",
    )  # fmt: skip
    for said in faults:
        assert said in err


@pytest.mark.parametrize("text", ["", "pristine = 3", "[pristine]\n", "treated = [1]", "[[pristine]]\n", "= ="])
def test_odd_study_files_are_refused(tmp_path, text):
    path = tmp_path / "odd.toml"
    path.write_text(text)
    with pytest.raises((SpecError, FileFormatError), match=r"odd\.toml"):
        read_soaking_study(path)


def test_a_conductivity_becomes_its_logarithm():
    found = evidence(Sample("pellet", conductivity=Conductivity(1e-3, 0.1)), entry("Li6PS5Cl"))
    assert found.log_conductivity == Number(pytest.approx(-3.0), pytest.approx(0.1 / np.log(10.0)))


def test_new_lines_of_an_unknown_phase_forbid_to_call_a_solvent_compatible() -> None:
    good = SolventEvidence("a", Number(0.0, 0.01), Number(0.0, 0.003), None, None, None, (), ())
    assert judge(good, good).verdict == "compatible"
    doubted = judge(good, replace(good, unknown_lines_deg=(31.7,)))
    assert doubted.verdict == "undecided"
    assert any("31.70" in note for note in doubted.notes)
    assert ".cif" in doubted.next
    both = replace(good, unknown_lines_deg=(31.7,))
    assert judge(both, both).verdict == "compatible"  # it was there before
    bad = replace(good, ftir_share=Number(0.5, 0.01), xrd_share=Number(0.5, 0.01), unknown_lines_deg=(31.7,))
    assert judge(good, bad).verdict == "incompatible"


def test_a_poor_fit_of_one_instrument_is_not_passed_over() -> None:
    good = SolventEvidence("a", Number(0.0, 0.01), Number(0.0, 0.003), None, None, None, (), ())
    doubted = judge(good, replace(good, xrd_share=None, unclear=("XRD",)))
    assert doubted.verdict == "undecided"
    assert any("XRD is too poor" in note for note in doubted.notes)


# rock salt, so that the lines are known: what matters is that the file beside the study is believed
CIF = """data_mine
_cell_length_a 6.2
_cell_length_b 6.2
_cell_length_c 6.2
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_space_group_symop_operation_xyz
'x,y,z' 'x,y+1/2,z+1/2' 'x+1/2,y,z+1/2' 'x+1/2,y+1/2,z'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Li1 Li+ 0 0 0
Cl1 Cl- 0.5 0.5 0.5
"""
MINE = """name = "Mine"
kind = "solid electrolyte"
base = "Li6PS5Cl"
about = "made for a test"
[properties]
[appearance]
phase = "mine.cif"
impurities = ["LiCl", "LiF"]
left_by_liquids = ["LiF"]
"""


def test_an_electrolyte_of_ones_own_is_judged_by_the_structure_that_its_file_names(tmp_path: Path) -> None:
    (tmp_path / "mine.cif").write_text(CIF, "utf-8")
    (tmp_path / "mine.toml").write_text(MINE, "utf-8")
    whole, gone, left = (read_cif(tmp_path / "mine.cif"), library_phase("LiCl"), library_phase("LiF"))
    portions = {"pristine": [(whole, 1.0)], "eats": [(whole, 0.5), (gone, 0.5)], "leaves": [(whole, 0.7), (left, 0.3)]}
    lines = ['electrolyte = "mine.toml"', 'wavelength = "Cu"']
    for seed, (name, amounts) in enumerate(portions.items()):
        made = diffractogram([PhaseAmount(phase, share) for phase, share in amounts], Diffractometer(), seed)
        rows = zip(made.two_theta_deg, made.counts, strict=True)
        (tmp_path / f"{name}.xy").write_text("".join(f"{x:.4f} {y:.0f}\n" for x, y in rows), "utf-8")
        lines += ["[pristine]" if name == "pristine" else "[[treated]]", f'name = "{name}"', f'xrd = "{name}.xy"']
    (tmp_path / "study.toml").write_text("\n".join(lines), "utf-8")
    answer = ionweld("compatibility", tmp_path / "study.toml", "--json")
    assert answer.status == 0, answer.err
    eats, leaves = answer.document["samples"]
    assert answer.document["electrolyte"] == "Mine"
    assert (eats["verdict"], eats["deciding"]) == ("incompatible", "XRD")
    assert eats["converted"][0] == pytest.approx(0.5, abs=0.1)
    assert leaves["verdict"] != "incompatible"
    (tmp_path / "mine.toml").write_text(MINE.partition("[appearance]")[0], "utf-8")
    answer = ionweld("compatibility", tmp_path / "study.toml")
    assert answer.status == 2
    assert "does not say what XRD and FTIR of it look for" in answer.err


CLEAN = replace(UNCHANGED, unlisted_share=Number(0.0, 0.01))


def with_unlisted(share: float) -> SolventEvidence:
    return replace(CLEAN, unlisted_share=Number(share, 0.01), unknown_lines_deg=(31.7,))


def test_much_of_a_phase_that_nobody_listed_is_incompatible_though_all_that_is_listed_stayed() -> None:
    assert judge(CLEAN, CLEAN).verdict == "compatible"
    found = judge(CLEAN, with_unlisted(0.4))
    assert (found.verdict, found.deciding) == ("incompatible", "XRD")
    assert found.by_instrument["FTIR"] > 1.0  # which cannot see it, and so does not contradict
    assert not any("contradict" in note for note in found.notes)
    assert judge(with_unlisted(0.4), with_unlisted(0.4)).verdict == "compatible"  # it was there before
    little = judge(CLEAN, with_unlisted(0.02))
    assert (little.verdict, little.odds > 1.0) == ("undecided", True)  # dirt may be as much


@given(st.floats(0.0, 0.9), st.floats(0.01, 0.1))
def test_more_of_an_unlisted_phase_never_makes_a_solvent_more_compatible(share: float, more: float) -> None:
    assert judge(CLEAN, with_unlisted(share + more)).odds <= judge(CLEAN, with_unlisted(share)).odds * (1.0 + 1e-9)


def test_an_unlisted_phase_hidden_by_a_poor_fit_counts_all_the_same() -> None:
    found = judge(CLEAN, replace(with_unlisted(0.5), xrd_share=None, cell=None, unclear=("XRD",)))
    assert found.verdict == "incompatible"


@pytest.mark.parametrize(
    ("family", "verdict", "counts"),
    [("organic", "good", True), ("salt", "good", False), ("organic", "poor", True)],
)
def test_lines_that_a_dried_salt_may_have_do_not_count(family: str, verdict: str, counts: bool) -> None:
    quality = SimpleNamespace(verdict=verdict, unexplained_lines_deg=(31.7,), unlisted=0.3)
    xrd = SimpleNamespace(quality=quality, phases=())
    band = SimpleNamespace(name="seen", assignment="seen", family=family, detected=True, area=None, area_stderr=None)
    ftir = SimpleNamespace(bands=(band,), verdict="good")
    soaked = SoakedElectrolyte((library_phase("LiF"),), frozenset(), ("own",), ())
    share = weighed(Sample("portion"), soaked, xrd, ftir).unlisted_share
    assert (share is not None) is counts
    assert share is None or share.value == 0.3


def test_a_shift_is_judged_by_all_scatters_that_are_assumed_possible() -> None:
    def odds(band: float) -> float:
        return judge(UNCHANGED, replace(UNCHANGED, band=Number(band, 0.05))).by_instrument["FTIR"]

    assert odds(3604.0) == odds(UNCHANGED.band.value) > odds(3606.0) > odds(3608.0) > odds(3612.0)
    low, high = assumed_range("unchanged_band_cm1")
    assert low < assumed()["unchanged_band_cm1"] < high
    assert odds(3606.0) > 1.0  # two of the middle scatter, and one of the widest
    assert odds(3612.0) < 0.05


def _by_hand(share: float, unlisted: float, error: float = 0.01) -> float:
    """Return the odds of XRD alone by plain sums over a fine grid, from the equation at the head of the verdict."""
    known, t = assumed(), (np.arange(20000) + 0.5) / 20000
    handled = 2.0 * np.exp(-0.5 * (t / known["unchanged_conversion"]) ** 2)
    handled /= known["unchanged_conversion"] * np.sqrt(2.0 * np.pi)
    k = np.exp(known["line_ratio"] * np.linspace(-5.0, 5.0, 201))[:, None]
    weight = np.exp(-0.5 * np.linspace(-5.0, 5.0, 201) ** 2)

    def of_phase(z: np.ndarray) -> np.ndarray:
        return weight @ np.exp(-0.5 * ((unlisted - z * k / (1.0 - z + z * k)) / error) ** 2) / weight.sum()

    def means(likelihood: np.ndarray) -> tuple[float, float]:
        return float(np.mean(handled * likelihood)), float(np.mean(likelihood))

    C, U = means(np.exp(-0.5 * ((share - t) / (error * np.sqrt(2.0))) ** 2))
    C_new, U_new = means(of_phase(t))
    u, v = known["unlisted_chance"], known["unlisted_by_handling"]
    B = (1.0 - v) * float(of_phase(np.zeros(1))[0]) + v * C_new
    return C * B / ((1.0 - u) * U * B + u * (C + U) * U_new / 2.0)


@pytest.mark.parametrize(("share", "unlisted"), [(0.0, 0.0), (0.02, 0.03), (0.0, 0.06), (0.1, 0.0), (0.3, 0.05)])
def test_the_odds_of_listed_and_unlisted_phases_are_those_of_the_equation(share: float, unlisted: float) -> None:
    before = SolventEvidence(
        "a", Number(0.0, 0.01), None, None, None, None, (), (), unlisted_share=Number(0.0, 0.01 / np.sqrt(2.0))
    )
    after = replace(before, xrd_share=Number(share, 0.01), unlisted_share=Number(unlisted, 0.01 / np.sqrt(2.0)))
    assert judge(before, after).by_instrument["XRD"] == pytest.approx(_by_hand(share, unlisted), rel=0.01)
