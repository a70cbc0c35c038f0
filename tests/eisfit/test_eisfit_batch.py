"""Windows, masks and weights of a fit, and what a batch leaves: a summary, figures, points, a file for ZView."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import ionweld

from ionweld.analyse.eis.batch import fit_batch
from ionweld.analyse.eis.fit import fit
from ionweld.errors import InputError
from ionweld.read.eis import read_spectra
from ionweld.simulate.spectra import as_csv, frequencies, simulate_spectrum
from ionweld.spec.circuit import circuit as compiled

SWEEP = frequencies(1e5, 1.0, 51)
CIRCUIT = "R0-p(R1,CPE1)"
TRUTH = {"R0": 10.0, "R1": 50.0, "CPE1.Q": 1e-5, "CPE1.n": 0.9}


def saved(folder: Path, name: str, seed: int) -> Path:
    path = folder / name
    path.write_text(as_csv(simulate_spectrum(CIRCUIT, TRUTH, SWEEP, noise=0.003, seed=seed)))
    return path


def test_a_batch_leads_from_one_spectrum_to_the_next_and_searches_again_where_that_is_worse() -> None:
    made = compiled(CIRCUIT)
    spectra = [
        simulate_spectrum(CIRCUIT, TRUTH | {"R1": 50.0 * 1.01**place}, SWEEP, noise=0.003, seed=place)
        for place in range(24)
    ]
    far = TRUTH | {"R1": 5e4, "CPE1.Q": 1e-9, "R0": 900.0}
    spectra[7] = simulate_spectrum(CIRCUIT, far, SWEEP, noise=0.003, seed=98)  # of another sample
    spectra[14] = simulate_spectrum(CIRCUIT, TRUTH, SWEEP, noise=0.03, seed=99)  # no fit to it is as good as the others
    counted: list[int] = []
    fits = fit_batch(spectra, made, advance=lambda: counted.append(1))
    assert len(counted) == 24
    for one, spectrum in zip(fits, spectra, strict=True):
        assert one.chi2 == pytest.approx(fit(spectrum, made).chi2, rel=1e-6)
    searched = {place for place, one in enumerate(fits) if one.starts > 1}
    assert {0, 1, 2, 10, 14, 20} <= searched
    assert len(searched) < 12
    assert all(one.starts > 1 for one in fit_batch(spectra[:19], made))


def test_a_window_keeps_its_ends_and_says_what_is_left_out() -> None:
    spectrum = simulate_spectrum(CIRCUIT, TRUTH, SWEEP, noise=0.0, seed=0)
    inner = spectrum.within(10.0, 1e4)
    assert inner.frequency_Hz.min() == pytest.approx(10.0)
    assert inner.frequency_Hz.max() == pytest.approx(1e4)
    assert len(inner.impedance_ohm) == len(inner.frequency_Hz) == 31
    masked = spectrum.within(0.0, np.inf, [95.0])
    assert set(np.round(spectrum.frequency_Hz, 6)) - set(np.round(masked.frequency_Hz, 6)) == {100.0}
    assert spectrum.within(0.0, np.inf) is spectrum
    with pytest.raises(InputError, match="wider window"):
        spectrum.within(1e6, 1e7)


@pytest.mark.parametrize(("window", "points"), [("10 Hz to 10 kHz", 31), ("from 1 kHz", 21), ("up to 0.1 kHz", 21)])
def test_windows_as_people_write_them(tmp_path: Path, window: str, points: int) -> None:
    path = saved(tmp_path, "cell.csv", 1)
    document = ionweld("eis", "fit", str(path), "--circuit", CIRCUIT, "--window", window, "--json").document
    assert document["spectra"][0]["points"] == points
    assert "left out" in document["spectra"][0]["ingest_dropped"][-1]
    assert "left out" in ionweld("eis", "fit", str(path), "--circuit", CIRCUIT, "--window", window).out


@pytest.mark.parametrize("window", ["10 Hz", "1 kHz to 10 Hz", "10 ohm to 20 ohm", "a to b"])
def test_a_window_that_is_none_is_refused(tmp_path: Path, window: str) -> None:
    printed = ionweld("eis", "fit", str(saved(tmp_path, "cell.csv", 1)), "--circuit", CIRCUIT, "--window", window)
    assert printed.status == 2
    assert "--window" in printed.err


def test_robust_weights_bear_stray_points() -> None:
    spectrum = simulate_spectrum(CIRCUIT, TRUTH, SWEEP, noise=0.003, seed=3)
    Z = spectrum.impedance_ohm.copy()
    Z[[20, 31]] *= 1.5
    strayed = replace(spectrum, impedance_ohm=Z)
    plain, robust = (fit(strayed, CIRCUIT, weighting=kind).value("R1") for kind in ("modulus", "robust"))
    assert abs(robust - 50.0) < 0.3
    assert abs(robust - 50.0) < 0.3 * abs(plain - 50.0)
    clean = [fit(spectrum, CIRCUIT, weighting=kind).value("R1") for kind in ("modulus", "robust")]
    assert clean[0] == pytest.approx(clean[1], rel=2e-3)


def test_a_batch_leaves_a_summary_and_files_that_read_back(tmp_path: Path) -> None:
    paths = [saved(tmp_path, f"cell{n}.csv", n) for n in range(3)]
    out = tmp_path / "fits"
    names = [str(path) for path in paths]
    document = ionweld(
        "eis", "fit", *names, "--circuit", CIRCUIT, "--area", "0.5 cm^2", "--out", str(out), "--json"
    ).document
    assert {Path(name).name for name in document["files"]} == {path.name for path in out.iterdir()}
    rows = list(csv.DictReader((out / "summary.csv").read_text().splitlines()))
    assert [row["file"] for row in rows] == [path.name for path in paths]
    for row, spectrum in zip(rows, document["spectra"], strict=True):
        assert float(row["R1 / ohm"]) == pytest.approx(spectrum["parameters"][1]["value"], rel=1e-8)
        assert float(row["R1 / ohm cm2"]) == pytest.approx(0.5 * float(row["R1 / ohm"]), rel=1e-8)
    back, first = read_spectra(out / "cell0.z")[0], read_spectra(paths[0])[0]
    np.testing.assert_allclose(back.impedance_ohm, first.impedance_ohm, rtol=1e-8)
    np.testing.assert_allclose(back.frequency_Hz, first.frequency_Hz, rtol=1e-8)
    (again,) = read_spectra(out / "cell0.relaxis.txt")
    np.testing.assert_allclose(again.impedance_ohm, first.impedance_ohm, rtol=1e-7)
    assert again.ingest.reader.startswith("RelaxIS text")
    points = np.loadtxt(out / "cell0.fit.csv", delimiter=",", skiprows=1)
    np.testing.assert_allclose(points[:, 1] + 1j * points[:, 2], first.impedance_ohm, rtol=1e-7)
    np.testing.assert_allclose(points[:, 3] + 1j * points[:, 4], first.impedance_ohm, rtol=0.02)
