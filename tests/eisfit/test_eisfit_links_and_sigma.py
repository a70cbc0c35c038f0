"""Links and weights of one's own: a published joint fit to its printed digits, and a noise that the file states."""

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import ionweld
from data_files import real_file

from ionweld.analyse.eis.fit import CircuitFit, fit
from ionweld.analyse.eis.links import read_links
from ionweld.errors import InputError
from ionweld.read.eis import read_spectra
from ionweld.spec.circuit import circuit

# S. C. Adediwura, EISFitpython, Example 4, "Single-chi_Report": 44 parameters, the bulk CPE shared by all temperatures.
PUBLISHED_CHI2 = 2.332765e-02
PUBLISHED = {  # at 140 degC: value, error in percent
    "R1": (1.338e5, 2.383), "CPE1.Q": (7.162e-11, 6.630), "CPE1.n": (8.373e-1, 0.532), "R2": (2.032e6, 0.256),
    "CPE2.Q": (1.719e-10, 1.749), "CPE2.n": (7.757e-1, 0.197), "CPE3.Q": (1.394e-6, 0.917), "CPE3.n": (5.487e-1, 0.843),
}  # fmt: skip
PUBLISHED_R1_200 = (2.007e4, 3.902)


def test_the_published_joint_fit_of_44_parameters_comes_back_to_its_digits() -> None:
    files = [real_file(f"eis/pellet_series/s04147-{T}deg.txt") for T in range(140, 201, 10)]
    status, out, _ = ionweld(
        "eis", "fit", *files, "--circuit", "(RQ)(RQ)Q", "--joint", "--link", "CPE1.*:shared", "--alike", "--json"
    )
    assert status == 0
    found = json.loads(out)
    assert (found["joint"]["free_parameters"], found["joint"]["degrees_of_freedom"]) == (44, 534)
    assert found["joint"]["chi2"] == pytest.approx(PUBLISHED_CHI2, rel=1e-6)
    first, last = ({p["name"]: p for p in found["spectra"][at]["parameters"]} for at in (0, -1))
    for name, (value, percent) in PUBLISHED.items():
        assert first[name]["value"] == pytest.approx(value, rel=6e-4)
        assert 100 * first[name]["stderr"] / first[name]["value"] == pytest.approx(percent, abs=0.006)
        assert (last[name]["value"] == first[name]["value"]) == name.startswith("CPE1")
    assert last["R1"]["value"] == pytest.approx(PUBLISHED_R1_200[0], rel=6e-4)


def test_links_by_name_and_pattern_and_the_last_word_holds() -> None:
    made = circuit("p(R1,CPE1)-CPE2")
    links = read_links(["*.n:smooth", "R1 : arrhenius", "CPE2.n:shared"], made, temperature=True)
    assert links == {"CPE1.n": "smooth", "CPE2.n": "shared", "R1": "arrhenius"}


def test_every_fault_of_the_links_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read_links(["R7:shared", "R1:tied", "R1", "CPE1.Q:arrhenius"], circuit("p(R1,CPE1)"), temperature=True)
    assert [fault.seen.split(":")[0] for fault in caught.value.faults] == [
        "p(R1,CPE1) has no such unknown", "'tied' is no link", "is no link", "CPE1.Q",
    ]  # fmt: skip
    with pytest.raises(InputError, match="does not run over temperature"):
        read_links(["R1:arrhenius"], circuit("p(R1,CPE1)"), temperature=False)


def test_links_without_a_series_are_refused(tmp_path: Path) -> None:
    status, _, err = ionweld("eis", "fit", noisy(tmp_path), "--circuit", "R0-p(R1,C1)", "--link", "R1:shared")
    assert (status, "--joint" in err) == (2, True)


def noisy(folder: Path, header: str = "sigma_ohm", factor: float = 1.0, seed: int = 1) -> Path:
    """Write R0-p(R1,C1) of 10, 100 ohm and 1 uF; five points have twenty times the noise of the others."""
    rng = np.random.default_rng(seed)
    f = np.geomspace(1e6, 1.0, 50)
    Z = 10 + 100 / (1 + 2j * np.pi * f * 1e-4)
    sigma = 0.01 * np.abs(Z)
    sigma[10:15] *= 20
    Z = Z + sigma * (rng.normal(size=50) + 1j * rng.normal(size=50))
    rows = [f"{a},{b.real},{b.imag},{factor * c}" for a, b, c in zip(f, Z, sigma, strict=True)]
    path = folder / f"noisy{seed}.csv"
    path.write_text("\n".join([f"frequency_Hz,Z_real_ohm,Z_imag_ohm,{header}", *rows, ""]))
    return path


def weighed(path: Path) -> CircuitFit:
    return fit(read_spectra(path)[0], "R0-p(R1,C1)", weighting="sigma")


@pytest.mark.parametrize(
    ("header", "factor"), [("sigma_ohm", 1.0), ("Std/mohm", 1e3), ("standard deviation (kohm)", 1e-3)]
)
def test_a_column_with_its_standard_deviation_weighs_the_fit(tmp_path: Path, header: str, factor: float) -> None:
    path = noisy(tmp_path, header, factor)
    own, plain = weighed(path), fit(read_spectra(path)[0], "R0-p(R1,C1)")
    assert own.problem.absolute
    assert own.chi2 == pytest.approx(own.problem.freedom, rel=0.35)  # about one per degree of freedom
    assert own.covariance[1, 1] < 0.2 * plain.covariance[1, 1]
    assert not [line for line in own.warnings if "stated sigma" in line]


def test_the_intervals_of_a_known_noise_hold_the_truth(tmp_path: Path) -> None:
    pulls = []
    for seed in range(40):
        found = weighed(noisy(tmp_path, seed=seed))
        pulls.append((found.logs - np.log([10.0, 100.0, 1e-6])) / np.sqrt(np.diag(found.covariance)))
    assert float(np.std(pulls)) == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize(("factor", "said"), [(0.2, "too small"), (5.0, "too large")])
def test_a_wrong_sigma_is_said(tmp_path: Path, factor: float, said: str) -> None:
    found = weighed(noisy(tmp_path, factor=factor))
    (line,) = [line for line in found.warnings if "stated sigma" in line]
    assert said in line


def test_sigma_by_the_option_and_what_is_refused(tmp_path: Path) -> None:
    path = noisy(tmp_path, "comment")
    common = ("eis", "fit", path, "--circuit", "R0-p(R1,C1)")
    status, out, _ = ionweld(*common, "--sigma", "1 % + 1 mohm", "--json")
    assert status == 0
    assert any("too small" in line for line in json.loads(out)["spectra"][0]["warnings"])  # of five points it is
    for options in (
        ("--weights", "sigma"),
        ("--sigma", "0 %"),
        ("--sigma", "5 Hz"),
        ("--sigma", "1 %", "--weights", "unit"),
    ):
        status, _, err = ionweld(*common, *options)
        assert (status, "Traceback" in err) == (2, False), options
