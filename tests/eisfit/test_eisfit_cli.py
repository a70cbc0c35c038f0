"""`ionweld eis` through its real door: contracts, messages, reports, and spectra that go round in a circle."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from command_line import ionweld
from data_files import real_file

TWO_ARCS = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
TRUTH = "R0=1 kohm, R1=5000, CPE1.Q=1e-9, CPE1.n=0.9, R2=8e3 ohm, CPE2.Q=1e-7, CPE2.n=0.85, CPE3.Q=1e-5, CPE3.n=0.9"


@pytest.fixture
def spectrum(tmp_path: Path) -> Path:
    out = tmp_path / "cell_80degC.csv"
    status, _, _ = ionweld(
        "eis", "simulate", "--circuit", TWO_ARCS, "--parameters", TRUTH, "--noise", "0.5 %", "--seed", 3, "--out", out
    )
    assert status == 0
    return out


def test_simulate_writes_what_the_reader_reads(spectrum: Path) -> None:
    assert spectrum.read_text().splitlines()[0] == "frequency_Hz,Z_real_ohm,Z_imag_ohm"
    assert len(spectrum.read_text().splitlines()) == 61
    status, out, err = ionweld("eis", "fit", spectrum, "--circuit", TWO_ARCS, "--json")
    assert (status, err) == (0, "")
    (row,) = json.loads(out)["spectra"]
    values = {p["name"]: p["value"] for p in row["parameters"]}
    assert values["R1"] == pytest.approx(5000, rel=0.03)
    assert values["R2"] == pytest.approx(8000, rel=0.03)


def test_fit_keeps_the_contract(spectrum: Path) -> None:
    status, out, _ = ionweld("eis", "fit", spectrum, "--circuit", TWO_ARCS, "--temperature", "80 degC", "--json")
    assert status == 0
    (row,) = json.loads(out)["spectra"]
    wanted = "file temperature_K circuit parameters chi2 starts starts_agreeing milliseconds arcs"
    assert set(wanted.split()) <= set(row)
    assert row["temperature_K"] == pytest.approx(353.15)
    assert all({"name", "value", "unit", "stderr", "ci95"} <= set(p) for p in row["parameters"])
    assert all({"role", "R_ohm", "tau_s", "C_eff_F", "warning"} <= set(arc) for arc in row["arcs"])
    assert row["starts"] >= 16
    assert "1/(Q (j omega)^n)" in row["convention"]


def test_fit_for_a_person(spectrum: Path) -> None:
    status, out, _ = ionweld(
        "eis", "fit", spectrum, "--circuit", "Rb-p(Rgb,CPEgb)-p(Ri,CPEi)-CPE3", "--diameter", "6 mm", "--thickness",
        "1.15 mm",
    )  # fmt: skip
    assert status == 0
    assert re.search(r"Rgb +5\.\d+e\+03 ohm  \+- \d", out)
    assert "starts agree" in out
    assert "CPE is Z = 1/(Q (j omega)^n)" in out


def test_circuits_are_compared(spectrum: Path) -> None:
    status, out, _ = ionweld("eis", "fit", spectrum, "--circuit", TWO_ARCS, "--circuit", "R(RQ)Q", "--json")
    assert status == 0
    (row,) = json.loads(out)["spectra"]
    assert row["circuit"] == TWO_ARCS
    assert [text for text, _, _ in row["comparison"]["ranking"]] == [TWO_ARCS, "R(RQ)Q"]


def test_before_and_after(spectrum: Path, tmp_path: Path) -> None:
    after = tmp_path / "after.csv"
    grown = TRUTH.replace("R2=8e3 ohm", "R2=56 kohm")
    how = ("--noise", "0.005", "--seed", 4, "--out", after)
    ionweld("eis", "simulate", "--circuit", TWO_ARCS, "--parameters", grown, *how)
    arguments = ("eis", "fit", spectrum, after, "--circuit", TWO_ARCS, "--joint", "--over", "cycles")
    status, out, _ = ionweld(*arguments, "--json")
    assert status == 0
    joint = json.loads(out)["joint"]
    assert joint["over"] == "cycles"
    assert joint["changes"][0]["resistor"] == "R2"
    assert joint["changes"][0]["verdict"] == "grew"
    assert joint["changes"][0]["ratio"] == pytest.approx(7, rel=0.05)
    status, out, _ = ionweld(*arguments)
    assert status == 0
    assert re.search(r"R2 \(.*\): .* grew", out)


def test_check_and_drt_keep_the_contract(spectrum: Path) -> None:
    status, out, _ = ionweld("eis", "check", spectrum, "--json")
    assert status == 0
    result = json.loads(out)["kramers_kronig"]
    assert result["passes"] is True
    assert result["residual_rms_percent"] < 1
    status, out, _ = ionweld("eis", "drt", spectrum, "--json")
    assert status == 0
    peaks = json.loads(out)["peaks"]
    assert all({"tau_s", "R_ohm", "C_F"} <= set(peak) for peak in peaks)
    for verb in ("check", "drt"):
        status, out, _ = ionweld("eis", verb, spectrum)
        assert status == 0
        assert "cell_80degC.csv" in out


def test_arrhenius_of_the_pellet_series() -> None:
    files = [real_file(f"eis/pellet_series/s04147-{T}deg.txt") for T in range(140, 201, 10)]
    kelvin = [value for T in range(140, 201, 10) for value in ("--temperature", f"{T + 273} K")]
    arguments = ("eis", "arrhenius", *files, "--circuit", "(RQ)(RQ)Q", "--diameter", "8 mm", "--thickness", "2.1 mm")
    status, out, err = ionweld(*arguments, *kelvin, "--json")
    assert status == 0
    assert "fitting" in err  # progress goes to standard error
    series = {item["role"]: item for item in json.loads(out)["series"]}
    for role, energy in (("bulk", 0.5869), ("grain boundary", 0.8919), ("total", 0.8555)):
        assert series[role]["Ea_eV"] == pytest.approx(energy, abs=0.002)
        assert series[role]["stderr_eV"] > 0
        assert {"T_K", "S_per_cm", "stderr"} <= set(series[role]["sigma"][0])
    status, out, _ = ionweld(*arguments, "--json")  # now with the temperatures that the file names say
    assert status == 0
    document = json.loads(out)
    assert document["series"][0]["sigma"][0]["T_K"] == pytest.approx(413.15)
    assert "ln(sigma T)" in document["convention"]
    for item, energy in zip(document["series"], (0.5869, 0.8919, 0.8555), strict=True):
        assert item["Ea_eV"] == pytest.approx(energy, abs=0.001)  # 0 degC = 273 K or 273.15 K: it hardly matters
        assert item["transition"]["kind"] == "none"
        assert 0.05 < item["transition"]["p_value"] <= 1


def test_a_change_of_slope_is_reported(undrawn: None, tmp_path: Path) -> None:
    files = []
    for place, celsius in enumerate(range(30, 120, 15)):  # six: fewer are not tested for a bend
        x = 1 / (celsius + 273.15) - 1 / 343.15
        R = 1e4 * np.exp((6000 if x < 0 else 12000) * x)  # two slopes that meet at 70 degC
        files.append(tmp_path / f"cell_{celsius}degC.csv")
        numbers = f"R1={R},C1=1e-10,CPE2.Q=1e-6,CPE2.n=0.9"
        how = ("--noise", "0.5 %", "--seed", place, "--out", files[-1])
        assert ionweld("eis", "simulate", "--circuit", "p(R1,C1)-CPE2", "--parameters", numbers, *how)[0] == 0
    arguments = ("eis", "arrhenius", *files, "--circuit", "(RC)Q", "--diameter", "8 mm", "--thickness", "2.1 mm")
    report = tmp_path / "a&b.html"
    status, out, _ = ionweld(*arguments, "--report", report)
    assert status == 0
    said = re.search(r"change of slope: bend at 34\S* K \((\S+) to (\S+) K.*below.*above", out)
    assert said, out
    assert float(said[1]) < 343.15 < float(said[2])
    assert "bend at 34" in report.read_text()


def test_arrhenius_report(undrawn: None, tmp_path: Path) -> None:
    files = [real_file(f"eis/pellet_series/s04147-{T}deg.txt") for T in (140, 170, 200)]
    report = tmp_path / "sub" / "arrhenius.html"
    arguments = ("eis", "arrhenius", *files, "--circuit", "(RQ)(RQ)Q", "--diameter", "8 mm", "--thickness", "2.1 mm")
    assert ionweld(*arguments, "--report", report)[0] == 0
    page = report.read_text()
    assert page.count("<svg") == 6  # lines, circuit, overlay, three spectra
    assert "measured" in page
    assert not re.search(r'(?:src|href)="https?://', page)


def test_joint_over_temperature() -> None:
    files = [real_file(f"eis/pellet_series/s04147-{T}deg.txt") for T in range(140, 201, 20)]
    status, out, _ = ionweld("eis", "fit", *files, "--circuit", "(RQ)(RQ)Q", "--joint", "--json")
    assert status == 0
    joint = json.loads(out)["joint"]
    assert joint["over"] == "temperature"
    assert set(joint["activation_energies"]) == {"R1", "R2"}
    assert joint["activation_energies"]["R2"]["Ea_eV"] == pytest.approx(0.89, abs=0.02)


def test_fit_report_is_one_offline_page(spectrum: Path, tmp_path: Path) -> None:
    report = tmp_path / "fit.html"
    assert ionweld("eis", "fit", spectrum, "--circuit", "R(RQ)(RQ)Q", "--report", report)[0] == 0
    page = report.read_text()
    for word in ("Circuit", "CPE3", "95 % interval", "1/(Q*(j*w)**n)"):
        assert word in page
    assert not re.search(r'(?:src|href)="https?://', page)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("fit", "{file}", "--circuit", "R0-p(R1,CPE1"), r"\^"),
        (("fit", "{file}", "--circuit", "R0-X1"), "starts no element"),
        (("fit", "missing.csv", "--circuit", "R0"), "missing.csv"),
        (("fit", "{file}", "--circuit", "R(RQ)Q", "--temperature", "80"), "no unit"),
        (("fit", "{file}", "--circuit", "R(RQ)Q", "--area", "3 mm"), "wrong dimension"),
        (("fit", "{file}", "--circuit", "R(RQ)Q", "--area", "-3 cm^2"), "not positive"),
        (("fit", "{file}", "--circuit", "R(RQ)Q", "--area", "3 cm^2", "--diameter", "6 mm"), "both given"),
        (("fit", "{file}", "--circuit", "R(RQ)Q", "--temperature", "1 K", "--temperature", "2 K"), "2 temperatures"),
        (("fit", "{file}", "--circuit", "R(RQ)Q", "--joint"), "only one spectrum"),
        (("arrhenius", "{file}", "--circuit", "R(RQ)Q"), "thickness and area"),
        (("arrhenius", "{file}", "--circuit", "R(RQ)Q", "--area", "1 cm^2", "--thickness", "1 mm"), "temperature"),
        (("check", "{file}", "--limit", "much"), "not a number"),
        (("fit", "{file}", "{file}", "--circuit", "R(RQ)Q"), "same bytes"),
        (("fit", "{file}", "--circuit", "R(RQ)Q", "--report", "{file}"), "ends in .html"),
        (("arrhenius", "{file}", "--circuit", "R(RQ)Q", "--report", "{folder}.html"), "is a folder"),
        (("simulate", "--circuit", "R0", "--parameters", "R0=5", "--out", "{file}"), "exists already"),
        (("simulate", "--circuit", "R0", "--parameters", "R0=5", "--points", "1000000", "--out", "{out}"), "points"),
        (("simulate", "--circuit", "R0", "--parameters", "R1=5", "--out", "{out}"), "R0 is missing"),
        (("simulate", "--circuit", "R0", "--parameters", "R0", "--out", "{out}"), "no name=value"),
        (("simulate", "--circuit", "R0", "--parameters", "R0=5 V", "--out", "{out}"), "wrong dimension"),
        (
            (
                "simulate",
                "--circuit",
                "R0",
                "--parameters",
                "R0=5",
                "--high",
                "1 Hz",
                "--low",
                "2 Hz",
                "--out",
                "{out}",
            ),
            "sweep",
        ),
    ],
)
def test_wrong_input_is_status_2_and_says_how_to_mend_it(
    spectrum: Path, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    out_file = tmp_path / "never.csv"
    (tmp_path / "folder.html").mkdir()
    before = spectrum.read_bytes()
    filled = [a.format(file=spectrum, out=out_file, folder=tmp_path / "folder") if "{" in a else a for a in arguments]
    status, out, err = ionweld("eis", *filled)
    assert status == 2
    assert out == ""
    assert re.search(says, err)
    assert "Traceback" not in err
    assert not out_file.exists()
    assert spectrum.read_bytes() == before


def test_a_series_without_a_resistor_is_wrong_input() -> None:
    files = [real_file(f"eis/pellet_series/s04147-{T}deg.txt") for T in (140, 170, 200)]
    status, out, err = ionweld(
        "eis", "arrhenius", *files, "--circuit", "Q", "--diameter", "8 mm", "--thickness", "2.1 mm"
    )
    assert (status, out) == (2, "")
    assert "no free resistor" in err


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for path, seed in zip(files, (1, 1, 2), strict=True):
        how = ("--noise", "1 %", "--seed", seed, "--out", path)
        ionweld("eis", "simulate", "--circuit", "R0-C1", "--parameters", "R0=5,C1=1 uF", *how)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_bytes() != files[2].read_bytes()
    first = np.loadtxt(files[0], delimiter=",", skiprows=1)
    assert first[0, 0] == pytest.approx(1e6)


@pytest.mark.parametrize("verb", ["drt", "check"])
def test_a_sweep_that_is_too_short_costs_only_itself(tmp_path: Path, spectrum: Path, verb: str) -> None:
    short = tmp_path / "short.csv"
    short.write_text("\n".join(spectrum.read_text().splitlines()[:7]) + "\n")
    status, out, err = ionweld("eis", verb, short, spectrum)
    assert status == 0
    assert "cell_80degC" in out
    assert "left out: short.csv: 6 points are too few" in err
    status, out, err = ionweld("eis", verb, short)
    assert (status, out) == (2, "")


def test_drt_says_where_a_spectrum_is_not_consistent(tmp_path: Path, spectrum: Path) -> None:
    head, *rows = spectrum.read_text().splitlines()
    raised = [
        ",".join(str(float(x) * (1.05 if i and n > 30 else 1)) for i, x in enumerate(row.split(",")))
        for n, row in enumerate(rows)
    ]
    (tmp_path / "step.csv").write_text("\n".join([head, *raised]) + "\n")
    page = tmp_path / "page.html"
    status, out, _ = ionweld("eis", "drt", tmp_path / "step.csv", "--report", page)
    assert status == 0
    document = json.loads(ionweld("eis", "drt", tmp_path / "step.csv", "--json")[1])
    for text in (out, page.read_text(), *document["spectra"][0]["warnings"]):
        assert "not consistent by Kramers-Kronig: a step of" in text
