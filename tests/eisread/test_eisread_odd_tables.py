"""Tables as people make them: the numbers come out right, or the refusal says what was not understood."""

from time import process_time

import numpy as np
import polars as pl
import pytest
import xlsxwriter

from ionweld.errors import AreaUnknownError, FileFormatError
from ionweld.measurement.impedance import SIGMA, SampleGeometry
from ionweld.read.eis import read_spectra

f = np.geomspace(1e5, 1.0, 31)
Z = 100 + 1000 / (1 + 1e-3 * (2j * np.pi * f) ** 0.9) + 1 / (1e-3 * (2j * np.pi * f) ** 0.8)


def rows(*columns, between=","):
    return "".join(between.join(f"{number:.9g}" for number in row) + "\n" for row in zip(*columns, strict=True))


w = 2 * np.pi * f
Y = 1 / Z

ONE = rows(f, Z.real, Z.imag)
TURNED = rows(f, Z.real, -Z.imag)
COMMAS = rows(f, Z.real, Z.imag, between=";").replace(".", ",")
PAIR = rows(f, Z.real, Z.imag, f, 2 * Z.real, 2 * Z.imag)
COMMON = rows(f, Z.real, Z.imag, 2 * Z.real, 2 * Z.imag)
COMMON_TURNED = rows(f, Z.real, -Z.imag, 2 * Z.real, -2 * Z.imag)

SINGLE = {
    "German, in": ("Frequenz in Hz;Realteil in Ohm;Imaginärteil in Ohm\n" + COMMAS, "cp1252"),
    "Italian": ("Frequenza (Hz);Parte reale (Ohm);Parte immaginaria (Ohm)\n" + COMMAS, "utf-8"),
    "Spanish": ("Frecuencia (Hz);Z real (Ohm);Z imaginaria (Ohm)\n" + COMMAS, "utf-8"),
    "Russian": ("Частота, Гц;Z', Ом;Z'', Ом\n" + COMMAS, "utf-8"),
    "Korean": ("주파수(Hz),실수부(Ω),허수부(Ω)\n" + ONE, "utf-8"),
    "Chinese, word and symbol": ("频率f/Hz,实部Z'/Ω,虚部-Z''/Ω\n" + TURNED, "gb18030"),
    "Unicode minus": ("freq,re,im\n" + ONE.replace("-", "\u2212"), "utf-8"),
    "overload": ("freq,re,im\n" + ONE + "0.5,9.9e37,9.9e37\n", "utf-8"),
    "Cp and Q": ("Frequency(Hz),Cp(nF),Q\n" + rows(f, 1e9 * Y.imag / w, Y.imag / Y.real), "utf-8"),
    "Cs and Q": ("Frequency(Hz),Cs(uF),Q\n" + rows(f, -1e6 / (w * Z.imag), -Z.imag / Z.real), "utf-8"),
    "Ls and Rs": ("Freq[Hz],Ls[H],Rs[Ohm]\n" + rows(f, Z.imag / w, Z.real), "utf-8"),
    "Ls and Q": ("Freq[Hz],Ls[mH],Q\n" + rows(f, 1e3 * Z.imag / w, Z.imag / Z.real), "utf-8"),
    "Lp and Rp": ("Freq[Hz],Lp[H],Rp[kOhm]\n" + rows(f, -1 / (w * Y.imag), 1e-3 / Y.real), "utf-8"),
    "Lp and D": ("Freq[Hz],Lp[H],D\n" + rows(f, -1 / (w * Y.imag), Y.real / Y.imag), "utf-8"),
    "B and G": ("f / Hz;B / mS;G / mS\n" + rows(f, 1e3 * Y.imag, 1e3 * Y.real, between=";"), "utf-8"),
    "Origin": ("Frequency\tZ'\t-Z''\nHz\tk\\g(W)\tk\\g(W)\n" + rows(f, Z.real / 1e3, -Z.imag / 1e3, between="\t"), "utf-8"),
    "typeset": ("$f$ (Hz),$Z'$ ($\\Omega$),$-Z''$ ($\\Omega$)\n" + TURNED, "utf-8"),
    "French": ("Fréquence (Hz);Partie réelle Z (Ohm);-Partie imaginaire Z (Ohm)\n" + rows(f, Z.real, -Z.imag, between=";"), "utf-8"),
    "Japanese": ("周波数[Hz],Z実部[Ω],Z虚部[Ω]\n" + ONE, "utf-8"),
    "Chinese meter": ("频率(Hz),电阻(Ω),电抗(Ω)\n" + ONE, "gb18030"),
    "complex, j": ("freq,Z\n" + "".join(f"{a:.9g},{z:.9g}\n" for a, z in zip(f, Z, strict=True)), "utf-8"),
    "complex, i, kohm": (
        "f/Hz\tZ/kohm\n"
        + "".join(f"{a:.9g}\t{z.real / 1e3:.9g} - {-z.imag / 1e3:.9g}i\n" for a, z in zip(f, Z, strict=True)),
        "utf-8",
    ),
    "complex in brackets": (
        "freq Z\n" + "".join(f"{a:.9e} ({z.real:.9e}+{z.imag:.9e}j)\n" for a, z in zip(f, Z, strict=True)),
        "utf-8",
    ),
}  # fmt: skip
DOUBLE = {
    "numbers": "f1/Hz,Zre1/ohm,Zim1/ohm,f2/Hz,Zre2/ohm,Zim2/ohm\n" + PAIR,
    "as a table library numbers them": "f/Hz,Zre/ohm,Zim/ohm,f/Hz.1,Zre/ohm.1,Zim/ohm.1\n" + PAIR,
    "numbers in brackets": "Freq (Hz) (1),Z' (ohm) (1),Z'' (ohm) (1),Freq (Hz) (2),Z' (ohm) (2),Z'' (ohm) (2)\n" + PAIR,
    "temperatures": "f/Hz,Zre_25C/ohm,Zim_25C/ohm,Zre_60C/ohm,Zim_60C/ohm\n" + COMMON,
    "words behind": "Freq (Hz),Z' cellA,-Z'' cellA,Z' cellB,-Z'' cellB\n" + COMMON_TURNED,
    "words behind units": "f/Hz,Z' (ohm) cell A,-Z'' (ohm) cell A,Z' (ohm) cell B,-Z'' (ohm) cell B\n" + COMMON_TURNED,
    "words before": "freq,before Re(Z),before Im(Z),after Re(Z),after Im(Z)\n" + COMMON,
    "temperatures before": "freq,60C Z',60C Z'',80C Z',80C Z''\n" + COMMON,
    "letters before": "A_f/Hz,A_Zre/ohm,A_Zim/ohm,B_f/Hz,B_Zre/ohm,B_Zim/ohm\n" + PAIR,
    "one below the other": "A\nfreq,re,im\n" + ONE + "\nB\nfreq,re,im\n" + rows(f, 2 * Z.real, 2 * Z.imag),
}


def written(folder, text, encoding="utf-8"):
    path = folder / "odd.csv"
    path.write_bytes(text.encode(encoding))
    return path


def same(spectrum, factor=1.0):
    np.testing.assert_allclose(spectrum.frequency_Hz, f, rtol=1e-8)
    np.testing.assert_allclose(spectrum.impedance_ohm, factor * Z, rtol=1e-7)


@pytest.mark.parametrize("kind", SINGLE)
def test_one_sweep_is_read_right(tmp_path, kind):
    (found,) = read_spectra(written(tmp_path, *SINGLE[kind]))
    same(found)


@pytest.mark.parametrize("kind", DOUBLE)
def test_sweeps_beside_each_other_are_all_read(tmp_path, kind):
    first, second = read_spectra(written(tmp_path, DOUBLE[kind]))
    same(first)
    same(second, 2.0)


def test_a_fit_beside_the_data_is_no_sweep(tmp_path):
    text = "Freq (Hz),Z' meas (ohm),Z'' meas (ohm),Z' fit (ohm),Z'' fit (ohm)\n" + COMMON
    (found,) = read_spectra(written(tmp_path, text))
    same(found)


def test_an_overload_is_said_to_be_dropped(tmp_path):
    (found,) = read_spectra(written(tmp_path, SINGLE["overload"][0]))
    assert any("1 row with an overload" in line for line in found.ingest_lines)


def test_z1_and_z2_stay_real_and_imaginary(tmp_path):
    (found,) = read_spectra(written(tmp_path, "freq,Z1,Z2\n" + ONE))
    same(found)


@pytest.mark.parametrize("title", ["T = {} °C", "Temp: {} C", "{} °C", "# {} degC"])
def test_each_block_has_the_temperature_above_it(tmp_path, title):
    blocks = [f"{title.format(T)}\nfreq,re,im\n{ONE}" for T in (60, 80, 100)]
    found = read_spectra(written(tmp_path, "".join(blocks)))
    assert [one.temperature_K for one in found][1:] == pytest.approx([353.15, 373.15])
    assert found[0].temperature_K in (None, pytest.approx(333.15))


def test_a_temperature_that_was_given_stands_above_that_between_blocks(tmp_path):
    text = f"freq,re,im\n{ONE}T = 80 °C\nfreq,re,im\n{ONE}"
    assert {one.temperature_K for one in read_spectra(written(tmp_path, text), temperature_K=300.0)} == {300.0}


def test_every_sheet_of_a_workbook_is_read(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, factor in (("60 °C", 1.0), ("80 °C", 2.0)):
            pl.DataFrame({"f/Hz": f, "Zre/ohm": factor * Z.real, "Zim/ohm": factor * Z.imag}).write_excel(book, name)
    first, second = read_spectra(path)
    same(first)
    same(second, 2.0)
    assert [first.temperature_K, second.temperature_K] == pytest.approx([333.15, 353.15])
    assert any("2 sheets hold an impedance" in line for line in first.ingest_lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("f/Hz,Z' (ohm cm2),-Z'' (ohm)\n" + TURNED, "is per area and"),
        ("omega,re,im\n" + ONE, "unit of 'omega' is not known"),
        (rows(f, Z.real, Z.imag, between="  "), "--columns"),
        ("freq,re,im\n" + ONE.replace(",", " Hz,", 1), None),
        ("f,re,im\n" + "".join(f"{a:.6g} Hz,{z.real:.6g} ohm,{z.imag:.6g} ohm\n" for a, z in zip(f, Z, strict=True)), "1 row"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why(tmp_path, text, said):
    if said is None:
        assert read_spectra(written(tmp_path, text))[0].frequency_Hz.size == 30
        return
    with pytest.raises(FileFormatError, match=said.replace("1 row", "first row")):
        read_spectra(written(tmp_path, text))


PER_AREA = (
    ("f/Hz,Z' (ohm cm2),-Z'' (ohm cm2)", 1.0),
    ("f/Hz,Z' (Ω·cm²),-Z'' (Ω·cm²)", 1.0),
    ("Frequency (Hz),Zre_ohm_cm2,neg_Zim_ohm_cm2", 1.0),
    ("f/Hz,Z'/kOhm.cm^2,-Z''/kOhm.cm^2", 1e3),
    ("f/Hz,Re(Z) [ohm m2],-Im(Z) [ohm m2]", 1e4),
)


@pytest.mark.parametrize(("header", "factor"), PER_AREA)
def test_an_impedance_per_area_is_divided_by_the_area_that_is_given(tmp_path, header, factor):
    path = written(tmp_path, f"{header}\n{TURNED}")
    with pytest.raises(AreaUnknownError, match=r'--area "0\.785 cm\^2"'):
        read_spectra(path)
    (found,) = read_spectra(path, geometry=SampleGeometry(0.5e-4))
    same(found, 2.0 * factor)
    assert found.geometry.area_m2 == 0.5e-4
    assert any("per area: divided by the area that was given, 0.5 cm2" in line for line in found.ingest_lines)


def test_of_an_impedance_per_cell_and_per_area_that_of_the_cell_counts(tmp_path):
    text = "f/Hz,Z' (ohm cm2),-Z'' (ohm cm2),Z' (ohm),-Z'' (ohm)\n" + rows(f, Z.real / 2, -Z.imag / 2, Z.real, -Z.imag)
    (found,) = read_spectra(written(tmp_path, text))
    same(found)


def test_the_folder_s_table_says_the_area_too(tmp_path):
    path = written(tmp_path, f"{PER_AREA[0][0]}\n{TURNED}")
    (tmp_path / "ionweld-eis.toml").write_text(f'[files."{path.name}"]\narea = "0.25 cm^2"\n')
    (found,) = read_spectra(path)
    same(found, 4.0)


@pytest.mark.parametrize("between", [", ", "\t", "; ", " "])
def test_a_long_text_is_refused_at_once(tmp_path, between):
    line = between.join(["the pellet was pressed then coated", "after that"] * 4)
    path = written(tmp_path, "\n".join(f"{line} {number}" for number in range(3000)))
    began = process_time()
    with pytest.raises(FileFormatError):
        read_spectra(path)
    assert process_time() - began < 2.0


def test_the_noise_of_an_impedance_per_area_is_divided_too(tmp_path):
    unit = "(ohm cm2)"
    table = f"f/Hz,Z' {unit},-Z'' {unit},sigma {unit}\n" + rows(f, Z.real, -Z.imag, 0.01 * np.abs(Z))
    (found,) = read_spectra(written(tmp_path, table), geometry=SampleGeometry(0.5e-4))
    same(found, 2.0)
    np.testing.assert_allclose(found.extra[SIGMA], 0.02 * np.abs(Z), rtol=1e-6)
    with pytest.raises(FileFormatError, match="is per area and 'sigma"):
        read_spectra(written(tmp_path, table.replace(f"sigma {unit}", "sigma (ohm)")))


SEGMENT = "Definition=Segment #, Point #, E(V), Frequency(Hz), {ac}, ActionId, 0"


def test_a_modulus_that_contradicts_the_parts_is_said_by_its_short_name_too(tmp_path):
    path = tmp_path / "scaled.txt"
    rows = "".join(f"{10.0**n}\t100583.7\t-0.279\t27.07\t7.76\n" for n in range(12))
    path.write_text("Frequency\tZ_E\tPhase_E\tZ_re\tZ_img\n" + rows)
    (spectrum,) = read_spectra(path)
    assert any("factor of 3.57e+03" in line for line in spectrum.ingest_lines)


QUANTITIES = {
    "potential, current, impedance": "E Real, E Imag, I Real, I Imag, Z Real, Z Imag, Z2 Real, Z2 Imag",
    "the impedance first": "Z Real, Z Imag, E Real, E Imag, I Real, I Imag, E2 Real, E2 Imag",
    "in words": "Potential Real, Potential Imag, Current Real, Current Imag, Impedance Real, Impedance Imag, Admittance Real, Admittance Imag",
}


@pytest.mark.parametrize("names", QUANTITIES.values(), ids=QUANTITIES)
def test_the_parts_of_a_potential_and_a_current_are_no_impedances(names, tmp_path):
    values = {"E": 0.0044 - 0.001j, "I": 4e-5 + 1e-6j, "Z": 109.0 - 26.5j, "P": 0.0044 - 0.001j, "C": 4e-5 + 1e-6j}
    row = ",".join(
        "0,0" if "2" in name else f"{number.real},{number.imag}"
        for name in names.split(", ")[::2]
        for number in [values.get(name.replace("Impedance", "Z")[0], 0j)]
    )
    rows = "".join(f"0,{n},1e-4,{1e4 / 2**n},{row},21,0\n" for n in range(12))
    path = tmp_path / "measured.par"
    path.write_text(
        f"<Segment1>\nVersion=3\n{SEGMENT.format(ac=names)}\n{rows}</Segment1>\n<Graph1>\nGrid=True\n</Graph1>\n"
    )
    (spectrum,) = read_spectra(path)
    assert spectrum.impedance_ohm == pytest.approx(np.full(12, values["Z"]))


@pytest.mark.parametrize(
    ("names", "sweeps"), [("z_exact,z_noisy", 2), ("Z before,Z after", 2), ("Z_measured,I", 1), ("Z_measured,Z_fit", 1)]
)
def test_complex_impedances_are_told_apart_by_the_word_in_their_names(names, sweeps, tmp_path):
    """As numerical programs write them: two in a table are two sweeps; a complex current is none."""
    frequency = 10.0 ** np.arange(5.0, -1.0, -0.25)
    first, second = 10.0 + 50.0 / (1.0 + 1j * frequency / 100.0), 0.5 - 0.25j * np.ones(frequency.size)
    path = tmp_path / "complex.csv"
    path.write_text(
        f"freq,{names}\n" + "".join(f"{f},{a},{b}\n" for f, a, b in zip(frequency, first, second, strict=True))
    )
    spectra = read_spectra(path)
    assert len(spectra) == sweeps
    for spectrum, impedance in zip(spectra, (first, second), strict=False):
        assert spectrum.impedance_ohm == pytest.approx(impedance)
