"""The bench from Python: what instruments wrote, spectra from arrays, fits, tests and summaries."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

import ionweld as iw
from ionweld.errors import FileFormatError, InputError, UnitError

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
F = np.geomspace(1e6, 1.0, 61)
W = 2.0 * np.pi * F
Z = 100.0 + 1e3 / (1.0 + 1e3 * 1e-8 * (1j * W)) + 5e3 / (1.0 + 5e3 * 1e-6 * (1j * W))  # two arcs, known by hand
ZPLOT = "frequency_Hz,Z_real_ohm,Z_imag_ohm\n" + "".join(f"{f},{z.real},{z.imag}\n" for f, z in zip(F, Z, strict=True))
CYCLER = "Test Time / s,Voltage / V,Current / A,Cycle Count / 1\n" + "".join(
    f"{60 * i},{0.05 if i % 60 < 30 else -0.05},{1e-4 if i % 60 < 30 else -1e-4},{i // 60 + 1}\n" for i in range(180)
)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "a_cycling.csv").write_text(CYCLER)
    (folder / "b_eis_80degC.csv").write_text(ZPLOT)
    return folder


@pytest.fixture(scope="module")
def spectrum() -> iw.Spectrum:
    return iw.Spectrum(frequency=F, impedance=Z, temperature="80 degC")


def test_a_folder_is_read_in_the_order_of_names(stick: Path) -> None:
    items = iw.read(str(stick))
    assert [item.technique for item in items] == ["cycling", "eis"]
    assert [type(item).__name__ for item in items] == ["Cycling", "Spectrum"]
    assert isinstance(items[1], iw.Spectrum)
    assert np.allclose(items[1].impedance, Z)
    assert items[0].table().height == 180
    assert items.left_out == ()


def test_what_cannot_be_read_is_said_and_costs_itself_alone(stick: Path) -> None:
    (stick / "c.mpr").write_bytes(b"BIO-LOGIC MODULAR FILE\x1a and nothing that follows")
    (stick / "notes.md").write_text("what I did\n")
    with pytest.warns(UserWarning, match="left out.*c.mpr"):
        items = iw.read([stick / "a_cycling.csv", stick / "c.mpr", stick / "notes.md"])
    assert len(items) == 1
    assert [Path(text.split(": ")[0]).name for text in items.left_out] == ["c.mpr", "notes.md"]
    assert all(text.count("notes.md") <= 1 and text.count("c.mpr") <= 1 for text in items.left_out)
    with pytest.raises(FileFormatError):
        iw.read(stick / "c.mpr")


def test_read_one_gives_the_one_there_is(stick: Path) -> None:
    assert isinstance(iw.read_one(stick / "b_eis_80degC.csv"), iw.Spectrum)
    with pytest.raises(InputError, match=r"holds 2 measurements.*iw.read"):
        iw.read_one(stick)
    with pytest.raises(InputError, match="does not exist"):
        iw.read_one(stick / "none.csv")


def test_a_spectrum_from_arrays(spectrum: iw.Spectrum) -> None:
    assert spectrum.temperature == pytest.approx(353.15)
    known = spectrum.with_(diameter="6 mm", thickness="1.15 mm", interfaces=2).data.geometry
    assert known.area_m2 == pytest.approx(np.pi * 0.003**2)
    assert (known.thickness_m, known.interfaces) == (pytest.approx(1.15e-3), 2)
    assert spectrum.with_(temperature="20 degC").temperature == pytest.approx(293.15)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"frequency": F[:-1]}, "shapes"),
        ({"frequency": -F}, "not positive"),
        ({"impedance": np.where(F > 10.0, Z, np.nan)}, "no finite number"),
        ({"impedance": "abc"}, "no number"),
        ({"area": "1 cm^2", "diameter": "6 mm"}, "both given"),
        ({"thickness": 1.0}, "thickness: 1.0 has no unit"),
        ({"thickness": "1 s"}, "wrong dimension"),
        ({"area": "-1 cm^2"}, "not positive"),
        ({"interfaces": 0}, "whole number"),
    ],
)
def test_a_spectrum_that_cannot_be_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        iw.Spectrum(**{"frequency": F, "impedance": Z} | given)  # pyright: ignore[reportArgumentType]


def test_a_fit_finds_what_the_arrays_were_made_of(spectrum: iw.Spectrum) -> None:
    fit = iw.fit(spectrum, "R0-p(R1,C1)-p(R2,C2)")
    assert [fit[name] for name in ("R0", "R1", "R2")] == pytest.approx([100.0, 1e3, 5e3], rel=1e-6)
    assert [fit[name] for name in ("C1", "C2")] == pytest.approx([1e-8, 1e-6], rel=1e-6)
    assert fit.table()["parameter"].to_list() == ["R0", "R1", "C1", "R2", "C2"]
    with pytest.raises(InputError, match=r"no parameter 'R9'.*R0"):
        fit["R9"]


def test_a_window_leaves_out_what_it_says(spectrum: iw.Spectrum) -> None:
    fit = iw.fit(spectrum, "R0-p(R1,CPE1)", window=("1 kHz", "1 MHz"), without=["1 MHz"])
    assert fit.solution.spectrum.frequency_Hz.min() >= 999.0
    assert fit.solution.spectrum.frequency_Hz.max() < 1e6
    words = iw.fit(spectrum, "R0-p(R1,CPE1)", window="from 1 kHz", without=["1 MHz"])
    assert words == fit
    for window, said in ((("1 MHz", "1 Hz"), "backwards"), ("1 Hz, 1 MHz", "no window"), ((1, 10), "no unit")):
        with pytest.raises(InputError, match=said):
            iw.fit(spectrum, "R0", window=window)  # pyright: ignore[reportArgumentType]


def test_without_a_circuit_one_is_proposed(spectrum: iw.Spectrum) -> None:
    rng = np.random.default_rng(3)
    noise = rng.standard_normal((2, F.size)) * 2e-3
    noisy = iw.Spectrum(frequency=F, impedance=Z * (1.0 + noise[0]) + 1j * np.abs(Z) * noise[1])
    fit = iw.fit(noisy)
    assert sum(one.odds for one in fit.proposals) == pytest.approx(1.0)
    assert fit.circuit == fit.proposals[0].circuit
    assert fit.to_dict()["proposed"][0]["circuit"] == fit.circuit


def test_check_and_drt_tell_a_good_sweep_from_a_bad_one(spectrum: iw.Spectrum) -> None:
    assert iw.check(spectrum).passes
    bent = iw.Spectrum(frequency=F, impedance=Z * np.where(F < 1e3, 1.1, 1.0))
    failed = iw.check(bent)
    assert not failed.passes
    assert "FAILS" in repr(failed)
    assert iw.check(bent, limit="30 %").outcome.limit_percent == pytest.approx(30.0)
    with pytest.raises(UnitError, match=r"limit: 30 has no unit"):
        iw.check(bent, limit=30)
    peaks = iw.drt(spectrum).table()
    assert peaks["R_ohm"].sort().to_list() == pytest.approx([1e3, 5e3], rel=0.05)


def test_a_test_is_summarised_and_asks_what_it_needs(stick: Path) -> None:
    test = iw.read_one(stick / "a_cycling.csv")
    day = iw.summarise(test, kind="symmetric", first="charge", area="0.2827 cm^2")
    assert day.cycles.height == 3
    assert day.cycles["asr_ohm_cm2"][0] == pytest.approx(0.05 / (1e-4 / 0.2827), rel=0.02)
    assert day.ramp is None
    asked = iw.summarise(stick / "a_cycling.csv").asks
    assert any("area" in text for text in asked)
    with pytest.raises(InputError, match=r"area: 0\.2827 has no unit"):
        iw.summarise(test, area=0.2827)
    with pytest.raises(InputError, match="kind"):
        iw.summarise(test, kind="pouch")  # pyright: ignore[reportArgumentType]


def test_a_ramp_gives_its_critical_current() -> None:
    ramp = iw.Protocol.ramp(start="0.05 mA/cm^2", factor=1.6, stop="1 mA/cm^2", half_cycle_time="0.5 h")
    run = iw.simulate(EXAMPLES / "bare.toml", ramp)
    found = iw.summarise(run.test, kind="symmetric", first="charge").ramp
    assert found is not None
    assert "critical_current_density_mA_cm2" in found


def test_a_measurement_of_another_kind_is_refused(stick: Path) -> None:
    with pytest.raises(InputError, match="is cycling, not eis"):
        iw.fit(iw.read_one(stick / "a_cycling.csv"))  # pyright: ignore[reportArgumentType]


def _at(T: float) -> iw.Spectrum:
    """A pellet of 1.15 mm and 10 mm whose conductivity follows 0.6 eV: sigma T = A exp(-Ea / kT)."""
    sigma = 4e7 / T * np.exp(-0.6 / (8.617333262e-5 * T))  # S/m
    R = 1.15e-3 / (sigma * np.pi * 0.005**2)
    arc = R / (1.0 + R * 1e-10 * (1j * W))
    return iw.Spectrum(frequency=F, impedance=arc + 1.0 / (1e-6 * (1j * W) ** 0.9), temperature=f"{T} K")


def test_a_series_gives_the_activation_energy_it_was_made_with() -> None:
    series = [_at(T) for T in (320.0, 340.0, 360.0, 380.0)]
    found = iw.arrhenius(series, "p(Rb,CPEb)-CPE2", thickness="1.15 mm", diameter="10 mm")
    assert found.series[0].Ea_eV == pytest.approx(0.6, abs=1e-3)
    row = found.table().row(0, named=True)
    sigma = 1e-2 * 4e7 / row["T_K"] * np.exp(-0.6 / (8.617333262e-5 * row["T_K"]))
    assert row["sigma_S_per_cm"] == pytest.approx(sigma, rel=1e-3)
    assert found.plot().get_xlabel() == "1000 K / T"
    plt.close("all")
    assert "0.600" in repr(found)
    with pytest.raises(InputError, match="temperatures"):
        iw.arrhenius(series[:2], "p(Rb,CPEb)-CPE2", thickness="1.15 mm", diameter="10 mm")
    with pytest.raises(InputError, match="thickness"):
        iw.arrhenius(series, "p(Rb,CPEb)-CPE2", diameter="10 mm")
