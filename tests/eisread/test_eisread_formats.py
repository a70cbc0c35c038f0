"""Every format, written by the tests' own generators with a known spectrum, comes back as that spectrum."""

import numpy as np
import pytest
from eisread import generators as write

from ionweld.errors import FileFormatError
from ionweld.read.eis import read_spectra

TRUE = write.spectrum()


def saved(tmp_path, data: bytes | str, name: str = "cell"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def assert_is(spectrum, f, Z, rtol=1e-6):
    np.testing.assert_allclose(spectrum.frequency_Hz, f, rtol=rtol)
    np.testing.assert_allclose(spectrum.impedance_ohm, Z, rtol=rtol)


@pytest.mark.parametrize("layout", write.EVERY_LAYOUT)
def test_every_layout_gives_the_spectrum_it_was_written_from(tmp_path, layout):
    (spectrum,) = read_spectra(saved(tmp_path, write.EVERY_LAYOUT[layout]([TRUE]), "misleading.xlsx"))
    assert_is(spectrum, *TRUE)
    assert spectrum.ingest is not None
    assert spectrum.ingest.sha256 == spectrum.provenance.sha256
    assert spectrum.ingest.decimal_mark == (
        "," if "decimal comma" in layout or "taken for" in layout or "not neg" in layout else "."
    )
    expected = ("the ohm sign was lost",) if "lost" in layout else ()
    assert len({warning.split(": ")[-1][:21] for warning in spectrum.ingest.warnings}) == len(expected)


@pytest.mark.parametrize("layout", write.MANY_SWEEPS)
def test_sweeps_are_split_and_keep_their_order(tmp_path, layout):
    sweeps = [write.spectrum(21, scale, start, 1.0) for scale, start in ((1, 1e6), (2, 1e5), (0.5, 1e6))]
    spectra = read_spectra(saved(tmp_path, write.EVERY_LAYOUT[layout](sweeps)))
    assert [spectrum.label for spectrum in spectra] == ["cell #1", "cell #2", "cell #3"]
    for spectrum, sweep in zip(spectra, sweeps, strict=True):
        assert_is(spectrum, *sweep)
    assert all(
        ("3 rows with a frequency of 0 Hz" in " ".join(s.ingest.dropped)) == ("rests" in layout) for s in spectra
    )


def test_rows_of_a_discharge_before_the_sweep_are_dropped_and_counted(tmp_path):
    rest = "".join(f"{3.49 - 1e-4 * n}\t-0.15\t{10 * n}\t0\t0\t0\t\n" for n in range(500))
    rows = "".join(
        f"3.3\t0.1\t{n}\t{a:.7e}\t{b.real:.7e}\t{b.imag:.7e}\t\n" for n, (a, b) in enumerate(zip(*TRUE, strict=True))
    )
    header = "Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t\n"
    spectra = read_spectra(saved(tmp_path, header + rest + rows + rest + rows))
    assert len(spectra) == 2
    for spectrum in spectra:
        assert_is(spectrum, *TRUE)
        assert spectrum.ingest.dropped[0].startswith("1000 rows with a frequency of 0 Hz")


def test_an_up_sweep_after_a_down_sweep_is_a_sweep_of_its_own(tmp_path):
    f, Z = TRUE
    spectra = read_spectra(saved(tmp_path, write.plain([(f, Z), (f[::-1], 2 * Z[::-1])], write.OWN)))
    assert len(spectra) == 2
    assert_is(spectra[1], f[::-1], 2 * Z[::-1])


def test_rows_of_noise_in_the_order_do_not_split_a_sweep(tmp_path):
    f, Z = (values.copy() for values in TRUE)
    f[[7, 8]], Z[[7, 8]] = f[[8, 7]], Z[[8, 7]]
    (spectrum,) = read_spectra(saved(tmp_path, write.plain([(f, Z)], write.OWN)))
    assert_is(spectrum, f, Z)
    assert any("not in order" in warning for warning in spectrum.ingest.warnings)


def real(f, Z):
    return Z.real


def imaginary(f, Z):
    return Z.imag


def frequency(f, Z):
    return f


HEADERS = [
    {"Z' (kΩ)": lambda f, Z: Z.real / 1e3, "f/kHz": lambda f, Z: f / 1e3, "-Z'' (kΩ)": lambda f, Z: -Z.imag / 1e3},
    {"Freq/Hz": frequency, " Z'/ohm": real, ' Z"/ohm': imaginary, " Phase/deg": lambda f, Z: np.degrees(np.angle(Z))},
    {
        "|Z| [MOhm]": lambda f, Z: abs(Z) / 1e6,
        "theta [rad]": lambda f, Z: np.angle(Z),
        "freq [MHz]": lambda f, Z: f / 1e6,
    },
    {
        "-Phase (°)": lambda f, Z: -np.degrees(np.angle(Z)),
        "Zmod / mOhm": lambda f, Z: abs(Z) * 1e3,
        "Frequency": frequency,
    },
    {"omega (rad/s)": lambda f, Z: 2 * np.pi * f, "ReZ": real, "−ImZ": lambda f, Z: -Z.imag},
    {"Frequency / Hz": frequency, "Real Impedance / ohm": real, "Imaginary Impedance / ohm": imaginary},
    {"f": frequency, "-Z'": lambda f, Z: -Z.real, "-Z''": lambda f, Z: -Z.imag},
    {"Frequency": frequency, " Zre": real, " Zimg": imaginary},
    {"frequency": frequency, "|Z|": lambda f, Z: abs(Z), "-phase": lambda f, Z: -np.degrees(np.angle(Z))},
    {"frequency": frequency, "Z_real": real, "neg_Z_imag": lambda f, Z: -Z.imag},
    {"Zre_kohm": lambda f, Z: Z.real / 1e3, "Zim_ohm": imaginary, "freq_Hz": frequency, "note": lambda f, Z: 7},
]


@pytest.mark.parametrize("columns", HEADERS, ids=lambda columns: " ".join(columns))
def test_named_columns_in_any_order_and_unit(tmp_path, columns):
    (spectrum,) = read_spectra(saved(tmp_path, write.plain([TRUE], columns)))
    assert_is(spectrum, *TRUE)
    assert spectrum.ingest.columns_unmapped == (("note",) if "note" in columns else ())
    factors = spectrum.ingest.unit_factors
    assert all(factors[name] == 1e3 for name in columns if "k" in name.lower() and name in factors)


def test_milli_and_mega_are_told_apart(tmp_path):
    for unit, factor in (("mohm", 1e-3), ("Mohm", 1e6), ("mΩ", 1e-3), ("MΩ", 1e6), ("kohm", 1e3), ("µohm", 1e-6)):
        columns = {"f/Hz": frequency, f"Z'/{unit}": real, f"Z''/{unit}": imaginary}
        (spectrum,) = read_spectra(saved(tmp_path, write.plain([TRUE], columns)))
        assert_is(spectrum, TRUE[0], factor * TRUE[1])


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (
            {"f/Hz": frequency, "Z'/ohm cm^2": real, "Z''/ohm cm^2": imaginary},
            "per area, and the cell's area is not known",
        ),
        ({"f/Hz": frequency, "|Z|/ohm": lambda f, Z: abs(Z), "phase": lambda f, Z: np.angle(Z)}, "unit of 'phase'"),
        ({"f/Hz": frequency, "Z'/ohm": real, "Y''/S": imaginary}, "no impedance"),
    ],
)
def test_units_and_columns_that_nobody_can_know_are_refused(tmp_path, columns, reason):
    with pytest.raises(FileFormatError, match=reason):
        read_spectra(saved(tmp_path, write.plain([TRUE], columns)))


def test_units_may_stand_in_a_row_of_their_own(tmp_path):
    header, rows = write.plain(
        [TRUE], {"Freq": frequency, "Zre": lambda f, Z: Z.real / 1e3, "Zim": lambda f, Z: Z.imag / 1e3}
    ).split("\n", 1)
    (spectrum,) = read_spectra(saved(tmp_path, f"title\n\n{header}\nHz,kohm,kohm\n{rows}"))
    assert_is(spectrum, *TRUE)
    assert spectrum.ingest.warnings == ()


def test_blanks_inside_and_between_column_names_are_refused_not_shifted(tmp_path):
    text = write.nova([TRUE], ".", "\t").replace("\t", " ")
    with pytest.raises(FileFormatError, match="between blanks"):
        read_spectra(saved(tmp_path, text))


def test_rows_that_are_shorter_than_the_header_are_said(tmp_path):
    text = write.plain([TRUE], write.OWN).replace("Z_imag_ohm", "Z_imag_ohm,comment")
    (spectrum,) = read_spectra(saved(tmp_path, text))
    assert_is(spectrum, *TRUE)
    assert [warning[:32] for warning in spectrum.ingest.warnings] == ["most rows have fewer fields than"]


def test_a_header_in_a_comment_is_a_header(tmp_path):
    for mark in ("# ", "%", "// "):
        (spectrum,) = read_spectra(saved(tmp_path, f"{mark}made by hand\n{mark}{write.plain([TRUE], write.OWN)}"))
        assert_is(spectrum, *TRUE)
        assert set(spectrum.ingest.columns_mapped) == set(write.OWN)


def test_frequencies_beyond_any_instrument_are_said(tmp_path):
    (spectrum,) = read_spectra(saved(tmp_path, write.plain([TRUE], write.OWN).replace(".", "")))
    assert any("check the unit and the decimal mark" in warning for warning in spectrum.ingest.warnings)


def test_decimal_commas_between_commas_are_refused_not_misread(tmp_path):
    text = write.plain([TRUE], write.OWN, decimal=",", delimiter=",")
    with pytest.raises(FileFormatError, match="more fields"):
        read_spectra(saved(tmp_path, text))


def test_quoted_decimal_commas_between_commas_are_read(tmp_path):
    rows = write.plain([TRUE], write.OWN, decimal=",", delimiter='","').splitlines()
    (spectrum,) = read_spectra(
        saved(tmp_path, "\n".join([rows[0].replace('"', ""), *(f'"{row}"' for row in rows[1:])]))
    )
    assert_is(spectrum, *TRUE)


def test_a_second_table_with_another_sign_is_refused(tmp_path):
    text = write.nova([TRUE]) + write.nova([TRUE], minus="")
    with pytest.raises(FileFormatError, match="line 33 has another header than line 1"):
        read_spectra(saved(tmp_path, text))


def test_repeated_headers_separate_sweeps(tmp_path):
    spectra = read_spectra(saved(tmp_path, write.nova([TRUE]) * 3))
    assert len(spectra) == 3
    assert_is(spectra[2], *TRUE)


def test_the_sign_is_warned_of_and_never_flipped(tmp_path):
    f, Z = TRUE
    (spectrum,) = read_spectra(saved(tmp_path, write.plain([(f, Z.conj())], write.OWN)))
    assert_is(spectrum, f, Z.conj())
    assert any(f"Im Z > 0 in {f.size} of {f.size} points" in warning for warning in spectrum.ingest.warnings)


def test_a_phase_or_modulus_that_contradicts_is_said(tmp_path):
    columns = {**write.OWN, "|Z|/ohm": lambda f, Z: abs(Z) / 1e3, "Phase/deg": lambda f, Z: -np.degrees(np.angle(Z))}
    (spectrum,) = read_spectra(saved(tmp_path, write.plain([TRUE], columns)))
    assert_is(spectrum, *TRUE)
    assert [warning[:16] for warning in spectrum.ingest.warnings] == ["the |Z| column d", "the phase column"]


def test_bad_rows_are_dropped_one_by_one_and_counted(tmp_path):
    lines = write.plain([TRUE], write.OWN).splitlines()
    lines[3:3] = ["0,5,-5", "-10,5,-5", "12,overload,-3", "nan,1,1", "1e3,inf,0", "1e4,0,0", lines[2], "", ",,"]
    (spectrum,) = read_spectra(saved(tmp_path, "\n".join(lines) + "\n"))
    assert spectrum.frequency_Hz.size == TRUE[0].size + 1  # the duplicate stays, with a warning
    assert [sentence.split(" with")[0] for sentence in spectrum.ingest.dropped] == ["3 rows", "2 rows", "1 row"]
    assert any("1 row is an exact duplicate" in warning for warning in spectrum.ingest.warnings)


def test_columns_that_are_not_understood_stay_beside_the_spectrum(tmp_path):
    (spectrum,) = read_spectra(saved(tmp_path, write.mpt([TRUE], rests=True).encode("latin-1")))
    assert set(spectrum.extra) == {"time/s", "<Ewe>/V", "Cs/µF", "I Range"} == set(spectrum.ingest.columns_unmapped)
    np.testing.assert_array_equal(spectrum.extra["time/s"], np.arange(31))


def test_a_declared_number_of_points_that_is_not_there_is_said(tmp_path):
    for text in (write.zplot([TRUE]), write.fra([TRUE])):
        (spectrum,) = read_spectra(saved(tmp_path, "\n".join(text.splitlines()[:-4]) + "\n"))
        assert spectrum.ingest.warnings == ("the file says it has 31 points, but 27 rows were found",)


# What editors and spreadsheets do to a whole file.
REPLACEMENTS = [(".", ","), (",", "."), (",", ";"), (",", "\t"), (";", ","), (";", "\t"), (";", " ; "), ("\t", " ")]
REPLACEMENTS += [
    ("\t", "   "),
    ("\t", ";"),
    ("\t", ","),
    ("\n", "\n\n"),
    ("\n", " \t\r\n"),
    ("\n", ",\n"),
    ("\n", ";\n"),
]
REPLACEMENTS += [("'", "’"), ("'", "`"), ("''", '"'), ('"', ""), ("E+0", "e"), ("E+0", "E+00"), ("E", "D"), (" ", "")]


@pytest.mark.parametrize("layout", write.EVERY_LAYOUT)
def test_a_file_with_other_marks_is_read_right_or_refused(tmp_path, layout):
    data = write.EVERY_LAYOUT[layout]([TRUE])
    text = data.decode(
        "utf-16" if data.startswith(b"\xff\xfe") else "cp1252" if b"\xb5" in data else "utf-8", "replace"
    )
    right = 0
    for old, new in REPLACEMENTS:
        try:
            (spectrum,) = read_spectra(saved(tmp_path, text.replace(old, new)))
        except FileFormatError:
            continue
        assert_is(spectrum, *TRUE)
        right += 1
    assert right > len(REPLACEMENTS) / 2


@pytest.mark.parametrize("layout", write.EVERY_LAYOUT)
def test_a_file_cut_anywhere_never_gives_a_number_that_was_not_there(tmp_path, layout):
    data = write.EVERY_LAYOUT[layout]([TRUE])
    rows = []
    for cut in range(len(data) - 150, len(data), 3):
        (spectrum,) = read_spectra(saved(tmp_path, data[:cut]))
        rows.append(spectrum.frequency_Hz.size)
        assert_is(spectrum, TRUE[0][: rows[-1]], TRUE[1][: rows[-1]])
    assert rows == sorted(rows)
    assert rows[-1] >= TRUE[0].size - 1
