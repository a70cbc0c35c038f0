"""Words, pairs and layouts of other programs: LCR meters, admittances, other languages, marks between thousands, sweeps
side by side, tables without names, workbooks. Each file is made here from a known spectrum."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from command_line import ionweld

from ionweld.errors import FileFormatError, InputError
from ionweld.read.eis import read_spectra

F = np.geomspace(1e5, 1.0, 31)
W = 2 * np.pi * F
Z = 100 + 1000 / (1 + (1j * W * 1e-3) ** 0.9) + 1 / (1e-3 * (1j * W) ** 0.8)
Y = 1 / Z
Cp, Cs = Y.imag / W, -1 / (W * Z.imag)
MARKED: dict[str, Callable[[float], str]] = {
    '"100,000.123"': lambda x: f'"{x:,.3f}"',
    "'100 000.123' (blanks)": lambda x: f"{x:,.3f}".replace(",", "\u00a0"),
    "100'000.123": lambda x: f"{x:,.3f}".replace(",", "'"),
    "100.000,123": lambda x: f"{x:,.3f}".translate(str.maketrans(",.", ".,")),
}


def saved(
    folder: Path, columns: dict[str, np.ndarray], delimiter: str = "\t", write: Callable = "{:.9g}".format
) -> Path:
    """Write a table of these columns."""
    lines = [delimiter.join(columns)]
    lines += [delimiter.join(write(float(x)) for x in row) for row in zip(*columns.values(), strict=True)]
    path = folder / "cell.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


PAIRS = {
    "LCR, R and X": {"Frequency(Hz)": F, "R(ohm)": Z.real, "X(ohm)": Z.imag},
    "LCR, series": {"Frequency(Hz)": F, "Rs(ohm)": Z.real, "Cs(nF)": 1e9 * Cs},
    "LCR, parallel": {"Freq (kHz)": F / 1e3, "Rp (kohm)": 1e-3 / Y.real, "Cp (pF)": 1e12 * Cp},
    "LCR, Cp and D": {"f/Hz": F, "Cp/F": Cp, "D": Y.real / Y.imag},
    "LCR, Cp and G": {"f/Hz": F, "Cp/F": Cp, "G/mS": 1e3 * Y.real},
    "LCR, Cs and D": {"f/Hz": F, "Cs/uF": 1e6 * Cs, "D": -Z.real / Z.imag},
    "G and B": {"f/Hz": F, "G/S": Y.real, "B/S": Y.imag},
    "admittance": {"f/Hz": F, "Y'/mS": 1e3 * Y.real, "Y''/mS": 1e3 * Y.imag},
    "|Y| and phase": {"f/Hz": F, "|Y|/S": np.abs(Y), "phase/deg": np.degrees(np.angle(Y))},
    "Keysight": {"Frequency(Hz)": F, "|Z|(ohm)": np.abs(Z), "theta-z(deg)".replace("-", ""): np.degrees(np.angle(Z))},
    "Solartron": {
        "Frequency (Hz)": F, "Impedance Magnitude (Ohm)": np.abs(Z), "Impedance Phase (deg)": np.degrees(np.angle(Z)),
    },
    "Zahner, German": {"Frequenz/Hz": F, "Impedanz/Ohm": np.abs(Z), "Phase/deg": np.degrees(np.angle(Z))},
    "German": {"Frequenz [Hz]": F, "Realteil [Ohm]": Z.real, "-Imaginärteil [Ohm]": -Z.imag},
    "French": {"Fréquence (Hz)": F, "Partie réelle (Ohm)": Z.real, "-Partie imaginaire (Ohm)": -Z.imag},
    "Chinese": {"频率/Hz": F, "实部/Ω": Z.real, "-虚部/Ω": -Z.imag},
    "Japanese": {"周波数 (Hz)": F, "実部 (Ω)": Z.real, "虚部 (Ω)": Z.imag},
    "Ivium": {"freq. /Hz": F, "Z1 /ohm": Z.real, "Z2 /ohm": Z.imag},
    "unit as name": {"Hz": F, "Z'/ohm": Z.real, "Z''/ohm": Z.imag},
    "kHz as name": {"kHz": F / 1e3, "Zreal (ohm)": Z.real, "Zimag (ohm)": Z.imag},
    "logarithm of f": {"log10(f/Hz)": np.log10(F), "Z'/ohm": Z.real, "Z''/ohm": Z.imag},
    "logarithms, as Bode drew": {
        "lg f": np.log10(F), "log(|Z|/kohm)": np.log10(np.abs(Z) / 1e3), "phase/deg": np.degrees(np.angle(Z)),
    },
    "log [Frequency (kHz)]": {"log [Frequency (kHz)]": np.log10(F / 1e3), "Z'/ohm": Z.real, "Z''/ohm": Z.imag},
    "# is the number of a point": {"#": 1 + np.arange(31.0), "f/Hz": F, "Z'/ohm": Z.real, "-Z''/ohm": -Z.imag},
    "EC-Lab between two terminals": {"freq/Hz": F, "Re(Zwe-ce)/Ohm": Z.real, "-Im(Zwe-ce)/Ohm": -Z.imag},
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_every_pair_of_numbers_gives_the_impedance(tmp_path: Path, name: str) -> None:
    (spectrum,) = read_spectra(saved(tmp_path, PAIRS[name]))
    np.testing.assert_allclose(spectrum.frequency_Hz, F, rtol=1e-8)
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-7)


def test_a_capacitance_without_a_unit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="unit of 'Cp'"):
        read_spectra(saved(tmp_path, {"f/Hz": F, "Cp": Cp, "D": Y.real / Y.imag}))


@pytest.mark.parametrize("mark", MARKED)
def test_marks_between_thousands_are_no_decimal_marks(tmp_path: Path, mark: str) -> None:
    columns = {"Frequency (Hz)": F, "Z' (ohm)": 100 * Z.real, "Z'' (ohm)": 100 * Z.imag}
    delimiter = "," if mark.startswith('"') else ";"
    (spectrum,) = read_spectra(saved(tmp_path, columns, delimiter, MARKED[mark]))
    assert len(spectrum.frequency_Hz) == 31
    np.testing.assert_allclose(spectrum.impedance_ohm, 100 * Z, atol=1e-3)
    assert any("marks between thousands" in line for line in spectrum.ingest_lines)


def test_three_digits_after_a_comma_are_no_thousands_where_the_comma_is_decimal(tmp_path: Path) -> None:
    columns = {"Frequency (Hz)": F, "Z' (ohm)": Z.real, "Z'' (ohm)": Z.imag}
    (spectrum,) = read_spectra(saved(tmp_path, columns, ";", lambda x: f"{x:.3f}".replace(".", ",")))
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, atol=1e-3)


@pytest.mark.parametrize("shared", [False, True])
def test_sweeps_side_by_side_are_each_read(tmp_path: Path, shared: bool) -> None:
    names = ["Z' (ohm)", "Z'' (ohm)"] if shared else ["f (Hz)", "Z' (ohm)", "Z'' (ohm)"]
    lines = [",".join((["f (Hz)"] if shared else []) + 3 * names)]
    for f, z in zip(F, Z, strict=True):
        parts = [[f, k * z.real, k * z.imag] for k in (1, 2, 3)]
        row = [f] * shared + [x for part in parts for x in part[shared:]]
        lines.append(",".join(f"{x:.9g}" for x in row))
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(lines) + "\n")
    spectra = read_spectra(path)
    assert len(spectra) == 3
    for k, spectrum in enumerate(spectra, start=1):
        np.testing.assert_allclose(spectrum.impedance_ohm, k * Z, rtol=1e-7)
    assert any("3 sweeps stand side by side" in line for line in spectra[0].ingest_lines)


def test_tabs_that_only_make_room_are_no_columns(tmp_path: Path) -> None:
    path = saved(tmp_path, {"Freq.[Hz]": F, "Zs'[ohm]": Z.real, "Zs''[ohm]": Z.imag})
    first, rest = path.read_text().split("\n", 1)
    path.write_text(first.replace("\t", "\t\t ") + "\n" + rest)
    np.testing.assert_allclose(read_spectra(path)[0].impedance_ohm, Z, rtol=1e-7)


@pytest.mark.parametrize(
    ("said", "columns"),
    [
        ("f,re,im", [F, Z.real, Z.imag]),
        ("f_kHz,-,re_kohm,-im", [F / 1e3, F * 0 + 7, Z.real / 1e3, -Z.imag]),
        ("mod,phase_deg,f", [np.abs(Z), np.degrees(np.angle(Z)), F]),
    ],
)
def test_a_table_without_names_is_read_as_a_person_says(tmp_path: Path, said: str, columns: list[np.ndarray]) -> None:
    path = tmp_path / "bare.dat"
    path.write_text("\n".join("\t".join(f"{x:.9g}" for x in row) for row in zip(*columns, strict=True)) + "\n")
    with pytest.raises(FileFormatError, match="--columns"):
        read_spectra(path)
    np.testing.assert_allclose(read_spectra(path, columns=said)[0].impedance_ohm, Z, rtol=1e-7)
    assert ionweld("eis", "check", str(path), "--columns", said).status == 0


@pytest.mark.parametrize("said", ["f,re", "f,re,banana", "re,im", ""])
def test_columns_that_make_no_impedance_are_refused(tmp_path: Path, said: str) -> None:
    path = saved(tmp_path, PAIRS["G and B"])
    with pytest.raises(InputError, match="--columns"):
        read_spectra(path, columns=said)


def test_a_refusal_names_the_column_that_was_not_understood(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="not understood: 'Zoink'"):
        read_spectra(saved(tmp_path, {"f/Hz": F, "Z'/ohm": Z.real, "Zoink": Z.imag}))


def test_a_number_sign_before_names_is_a_comment_where_the_rows_have_no_column_for_it(tmp_path: Path) -> None:
    (spectrum,) = read_spectra(saved(tmp_path, {"# f/Hz": F, "Z'/ohm": Z.real, "Z''/ohm": Z.imag}))
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=1e-7)


@pytest.mark.parametrize("names", [("Z'/ohm", "Z''/ohm"), ("|Z|/ohm", "phase/deg")])
def test_a_table_that_lacks_but_the_frequency_is_an_impedance_for_whoever_asks(tmp_path: Path, names: tuple) -> None:
    path = saved(tmp_path, {"Zoink": F, names[0]: Z.real, names[1]: Z.imag})
    answer = ionweld("look", path)
    assert answer.status == 2
    assert "not understood: 'Zoink'" in answer.out
    assert "cycling format" not in answer.out


def test_a_logarithm_of_a_part_of_an_impedance_is_none(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"not understood: .log\(Z"):
        read_spectra(saved(tmp_path, {"f/Hz": F, "log(Z'/ohm)": np.log10(Z.real), "Z''/ohm": Z.imag}))


def test_a_workbook_is_a_table_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "cell.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("notes").write(0, 0, "nothing here")
        sheet = book.add_worksheet("data")
        sheet.write_row(0, 0, ["f / Hz", "Z' / ohm", "-Z'' / ohm"])
        for place, (f, z) in enumerate(zip(F, Z, strict=True), start=1):
            sheet.write_row(place, 0, [f, z.real, -z.imag])
    np.testing.assert_allclose(read_spectra(path)[0].impedance_ohm, Z, rtol=1e-7)


def test_one_bad_file_of_a_batch_costs_that_file(tmp_path: Path) -> None:
    good = saved(tmp_path, PAIRS["German"])
    bad = tmp_path / "bad.txt"
    bad.write_text("nothing\n")
    printed = ionweld("eis", "check", str(bad), str(good))
    assert printed.status == 0
    assert "cell.txt" in printed.out
    assert "left out" in printed.err
    assert "bad.txt" in printed.err
    assert ionweld("eis", "check", str(bad)).status == 2
