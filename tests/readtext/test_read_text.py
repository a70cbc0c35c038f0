"""Bytes of every encoding, delimiter and decimal mark that instruments write become the same numbers."""

import os

import numpy as np
import polars as pl
import pytest

from ionweld.errors import FileFormatError
from ionweld.read.text import (
    Layout,
    decimal_mark,
    decode,
    is_number,
    load,
    numbers,
    provenance_of,
    sniff_layout,
    split_fields,
    split_table,
    start_report,
    unique_names,
)

CHINESE = "记录序号\t电压/V\n1\t2"
WESTERN = "cm²\tµF\t-Phase (°)\n1\t2"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("words", [CHINESE, WESTERN])
def test_unicode_in_every_encoding_gives_the_same_lines(tmp_path, words, encoding, end):
    path = tmp_path / "file"
    path.write_bytes(words.replace("\n", end).encode(encoding))
    assert decode(load(path)).lines == words.split("\n")


@pytest.mark.parametrize(("words", "encoding"), [(CHINESE, "gb18030"), (WESTERN, "cp1252")])
def test_single_byte_encodings_are_told_apart_and_recorded(tmp_path, words, encoding):
    path = tmp_path / "file"
    path.write_bytes(words.encode(encoding))
    text = decode(load(path))
    assert (text.lines, text.encoding) == (words.split("\n"), encoding)


def test_a_damaged_byte_does_not_turn_utf8_into_another_encoding(tmp_path):
    path = tmp_path / "file"
    path.write_bytes("Z' (Ω)\n".encode() * 10 + b"1,\xff2\n")
    text = decode(load(path))
    assert text.lines == [*["Z' (Ω)"] * 10, "1,\ufffd2"]
    assert text.encoding == "utf-8 with 1 unreadable characters"


def test_a_character_cut_in_half_and_trailing_nuls_cost_nothing_else(tmp_path):
    path = tmp_path / "file"
    path.write_bytes("Z' (Ω)\n1.0 Ω".encode()[:-1] + b"\x00" * 4096)
    text = decode(load(path))
    assert (text.lines, text.encoding) == (["Z' (Ω)", "1.0 "], "utf-8")


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 99, b" \r\n\t\n", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b"PK\x03\x04\x14\x00\x01"]
)
def test_what_is_no_text_is_refused_in_words(tmp_path, data):
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(FileFormatError, match=r"is empty|looks like"):
        decode(load(path))


def test_folders_missing_and_huge_files_are_refused(tmp_path):
    (tmp_path / "large").write_bytes(b"x" * 100)
    os.mkfifo(tmp_path / "pipe")  # reading it would wait for ever
    for path, reason in [
        (tmp_path, "folder"),
        (tmp_path / "pipe", "device"),
        (tmp_path / "no", "not exist"),
        (tmp_path / "large", "100 bytes"),
    ]:
        with pytest.raises(FileFormatError, match=reason):
            load(path, largest_bytes=99)


@pytest.mark.parametrize("mark", [".", ","])
@pytest.mark.parametrize("delimiter", ["\t", ";", ",", " "])
def test_layout_is_found_from_the_rows_alone(delimiter, mark):
    if delimiter == mark == ",":
        return  # ambiguous by itself: whoever knows the header must refuse it
    rows = [[f"{10 ** (3 - i):.3e}", f"{-0.25 * i:.2f}", "7"] for i in range(6)]
    lines = [delimiter.join(field.replace(".", mark) for field in row) for row in rows]
    layout = sniff_layout(lines)
    assert layout == Layout(delimiter, mark)
    table = split_table(lines, ["a", "b", "c"], layout)
    for position, name in enumerate("abc"):
        np.testing.assert_array_equal(numbers(table[name], layout.decimal_mark), [float(row[position]) for row in rows])


def test_rows_keep_their_place_whatever_their_length():
    table = split_table(
        ["1;2", "", "3", "4;5;6;7", '"8";"9"', '"10;11', '12";13', "14;15"], ["a", "b"], Layout(";", ".")
    )
    np.testing.assert_array_equal(numbers(table["a"], "."), [1, np.nan, 3, 4, 8, np.nan, np.nan, 14])
    np.testing.assert_array_equal(numbers(table["b"], "."), [2, np.nan, np.nan, 5, 9, np.nan, 13, 15])


def test_only_numbers_written_with_the_files_mark_are_numbers():
    fields = pl.Series(["1,5", "1.5", "2", "1.234,5", "1_0", "1,5,6", "", None, "1e3", "+,5E-1"])
    np.testing.assert_array_equal(numbers(fields, ","), [1.5, np.nan, 2, *[np.nan] * 5, 1000, 0.05])
    np.testing.assert_array_equal(numbers(fields, "."), [np.nan, 1.5, 2, *[np.nan] * 5, 1000, np.nan])


def test_quotes_are_taken_off_only_around_fields():
    assert split_fields('"Freq, Hz","a ""b"""', ",") == ["Freq, Hz", 'a "b"']
    assert split_fields("""Freq/Hz, Z'/ohm, Z"/ohm""", ",") == ["Freq/Hz", "Z'/ohm", 'Z"/ohm']
    assert unique_names(["a", "", "a", ""]) == ["a", "column 2", "a #2", "column 4"]


def test_report_and_provenance_carry_the_hash_of_the_raw_bytes(tmp_path):
    path = tmp_path / "data.txt"
    path.write_bytes(b"\xef\xbb\xbfa\r\n1")
    source = load(path)
    report = start_report(source, "reader", decode(source), Layout(";", ","))
    provenance = provenance_of(report, {"sweep": "1 of 2"})
    assert (report.file, report.encoding, report.decimal_mark) == ("data.txt", "utf-8-sig", ",")
    assert report.sha256 == provenance.sha256 == source.sha256
    assert (provenance.kind, provenance.source, provenance.details) == ("measured", "data.txt", {"sweep": "1 of 2"})
    assert provenance.software == report.reader
    assert report.reader.startswith("reader (ionweld ")


def test_a_long_run_of_digits_costs_no_more_than_its_length():
    """A pattern that tries each split of the digits takes half a minute for this field; one that does not, no time."""
    from time import process_time

    before = process_time()
    for field in ("1" * 300_000 + "x", "1" * 300_000 + ",", "." + "9" * 300_000 + "e"):
        is_number(field)
        decimal_mark([field])
    assert process_time() - before < 1.0
    assert is_number("1" * 300_000)
    assert [is_number(text) for text in ("1.", ".5", "1,5e-3", "1.2.3", "-", "nan", "1e")] == [
        True,
        True,
        True,
        False,
        False,
        True,
        False,
    ]
