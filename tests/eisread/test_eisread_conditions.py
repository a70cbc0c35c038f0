"""Temperature and geometry: what is given wins, what is found is said, what is faulty is listed whole."""

import math

import pytest
from eisread import generators as write

from ionweld import cli
from ionweld.errors import FileFormatError, InputError, SpecError, UnitError
from ionweld.measurement.impedance import SampleGeometry
from ionweld.read.eis import read_spectra

PLAIN = write.plain([write.spectrum()], write.OWN)


def read(folder, name="cell.csv", text=PLAIN, toml=None, **given):
    (folder / name).write_text(text, "utf-8")
    if toml is not None:
        (folder / "ionweld-eis.toml").write_text(toml, "utf-8")
    return read_spectra(folder / name, **given)[0]


@pytest.mark.parametrize(
    ("name", "kelvin"),
    [
        ("s04147-140deg.txt", 413.15),
        ("pellet_-20degC_a.csv", 253.15),
        ("cell 80 °C run 2.csv", 353.15),
        ("353K_cell.z", 353.0),
        ("LLZO_60C_C01.mpt", 333.15),
        ("12.5degC.csv", 285.65),
        ("cell_0.5C.csv", None),
        ("cell_2C_rate.csv", None),
        ("100kHz.csv", None),
        ("C10_5mm_300cycles.csv", None),
        ("20degC_to_80degC.csv", None),
    ],
)
def test_a_temperature_in_the_name_is_used_and_said(tmp_path, name, kelvin):
    spectrum = read(tmp_path, name)
    assert spectrum.temperature_K == (pytest.approx(kelvin, abs=1e-9) if kelvin else None)
    assert spectrum.temperature_from == ("file name" if kelvin else None)
    assert any("several temperatures" in warning for warning in spectrum.ingest.warnings) == ("_to_" in name)


@pytest.mark.parametrize(
    ("line", "kelvin"),
    [
        ("# Temperature: 25 °C", 298.15),
        ("Temp. [°C]=1.4000e+02", 413.15),
        ("T = 353 K", 353.0),
        ("temperature = -20,5 degC", 252.65),
        ("Temperature: high", None),
        ("T = 300", None),
        ("Weight: 20 C", None),
        ("T = 20 C\nT = 30 C", None),
    ],
)
def test_a_temperature_in_the_header_comes_before_the_name(tmp_path, line, kelvin):
    spectrum = read(tmp_path, "cell_77degC.csv", f"{line}\n{PLAIN}")
    if kelvin:
        assert spectrum.temperature_K == pytest.approx(kelvin, abs=1e-9)
        assert spectrum.temperature_from == "file header"
        assert spectrum.ingest.warnings == (f"the file header says {kelvin:g} K, but the file name 350.15 K",)
    else:
        assert spectrum.temperature_from == (None if "\n" in line else "file name")


def test_a_temperature_column_gives_each_sweep_its_own(tmp_path):
    sweeps = [write.spectrum(11), write.spectrum(11, 0.5)]
    text = write.plain(sweeps, {**write.OWN, "Temperature/°C": lambda f, Z: 25.0 if Z.real > 1300 else 80.0})
    lines = text.splitlines()
    rows = [[*line.split(",")[:3], "25" if n < 11 else "80"] for n, line in enumerate(lines[1:])]
    path = tmp_path / "cell_99degC.csv"
    path.write_text("\n".join([lines[0], *map(",".join, rows)]) + "\n", "utf-8")
    spectra = read_spectra(path)
    assert [spectrum.temperature_K for spectrum in spectra] == pytest.approx([298.15, 353.15])
    assert {spectrum.temperature_from for spectrum in spectra} == {"file column"}
    assert {s.temperature_K for s in read_spectra(path, temperature_K=300.0)} == {300.0}


def test_what_is_given_wins_and_a_contradiction_is_said(tmp_path):
    spectrum = read(tmp_path, "a_140deg.csv", temperature_K=300.0, geometry=SampleGeometry(thickness_m=1e-3))
    assert (spectrum.temperature_K, spectrum.temperature_from) == (300.0, "given")
    assert spectrum.ingest.warnings == ("the temperature given is 300 K, but the file name says 413.15 K",)
    assert spectrum.geometry == SampleGeometry(thickness_m=1e-3)
    for wrong in (0.0, -5.0, math.nan, math.inf):
        with pytest.raises(UnitError, match="no temperature"):
            read(tmp_path, temperature_K=wrong)


SIDECAR = """
area = "0.5 cm^2"
area_name = "gold, 8 mm"
thickness = "2.1 mm"
interfaces = 2
[files."one.csv"]
temperature = "80 degC"
[files."two.csv"]
diameter = "6 mm"
interfaces = 1
"""


def test_the_toml_beside_the_file_speaks_for_all_and_for_one(tmp_path):
    (tmp_path / "two.csv").write_text(PLAIN)
    one = read(tmp_path, "one.csv", toml=SIDECAR)
    assert (one.temperature_K, one.temperature_from) == (pytest.approx(353.15), "ionweld-eis.toml")
    assert one.geometry == SampleGeometry(pytest.approx(5e-5), "gold, 8 mm", pytest.approx(2.1e-3), 2)
    two = read(tmp_path, "two.csv")
    assert two.geometry.area_m2 == pytest.approx(math.pi * 9e-6)
    assert (two.geometry.area_name, two.geometry.interfaces) == ("disc of diameter 6 mm", 1)
    given = read(tmp_path, "one.csv", temperature_K=300.0, geometry=SampleGeometry(area_m2=1.0))
    assert given.geometry == SampleGeometry(1.0, None, pytest.approx(2.1e-3), 2)
    assert given.temperature_from == "given"


def test_every_fault_of_the_toml_is_listed_at_once(tmp_path):
    toml = """
temprature = "80 degC"
area = 0.5
area_name = 6
thickness = "-2 mm"
interfaces = 1.5
diameter = "6 s"
[files."none.csv"]
area = "1 cm^2"
diameter = "6 mm"
"""
    with pytest.raises(SpecError) as caught:
        read(tmp_path, toml=toml)
    places = [fault.where.rsplit(": ", 1)[-1] for fault in caught.value.faults]
    expected = [
        "temprature",
        "area",
        "area_name",
        "thickness",
        "interfaces",
        "diameter",
        "diameter",
        "files.'none.csv'",
    ]
    assert places == expected
    assert all(fault.seen and fault.mend for fault in caught.value.faults)


@pytest.mark.parametrize(
    "toml", ["area = ", "files = 3", '[files]\n"a.csv" = 3', "a = " + "[" * 5000, f'[files."{"x" * 999}"]']
)
def test_a_toml_that_is_none_is_refused(tmp_path, toml):
    with pytest.raises(InputError, match=r"ionweld-eis\.toml"):
        read(tmp_path, toml=toml)


def test_a_refusal_leaves_with_status_2_and_no_traceback(tmp_path, monkeypatch, capsys):
    (tmp_path / "cell.csv").write_text("Volt,Ampere\n1,2\n", "utf-8")
    monkeypatch.setattr("ionweld.cli.app.app", lambda **_: read_spectra(tmp_path / "cell.csv"))
    assert cli._run() == 2
    message = capsys.readouterr().err
    assert message.startswith(f"error: {tmp_path / 'cell.csv'}: has no impedance that is known here")
    assert "Known formats: Autolab" in message
    assert "frequency_Hz,Z_real_ohm,Z_imag_ohm" in message


def test_a_faulty_path_is_refused_in_words(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv", tmp_path / "nul\x00.csv", tmp_path / ("x" * 300)):
        with pytest.raises(FileFormatError):
            read_spectra(path)
