"""Tables as files: another content under a suffix is a defect; what is drawn stands beside each figure as csv."""

from io import StringIO

import polars as pl
import pytest
from command_line import ionweld
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from project_bench import write_cycling_file

from ionweld.errors import OutputError
from ionweld.measurement.store import read_cycling, write_table
from ionweld.report.numbers import drawn_numbers

TABLE = pl.DataFrame({"Voltage / V": [0.1, -0.2], "Step Type": ["=HYPERLINK(1)", "rest"]})


@pytest.mark.parametrize(
    ("suffix", "begins", "reads"),
    [
        (".csv", b"Voltage / V,", pl.read_csv),
        (".xlsx", b"PK\x03\x04", pl.read_excel),
        (".parquet", b"PAR1", pl.read_parquet),
    ],
)
def test_a_file_holds_what_its_suffix_says(tmp_path, suffix, begins, reads):
    path = write_table(tmp_path / f"x{suffix}", TABLE)
    assert path.read_bytes().startswith(begins)
    assert reads(path)["Voltage / V"].to_list() == [0.1, -0.2]
    assert reads(path)["Step Type"][0].removeprefix("'") == "=HYPERLINK(1)"  # a text, no formula


@pytest.mark.parametrize("name", ["x.txt", "x", "x.csv.gz", "x.json"])
def test_another_suffix_is_refused_before_anything_is_written(tmp_path, name):
    with pytest.raises(OutputError, match=r"\.csv, \.xlsx or \.parquet"):
        write_table(tmp_path / name, TABLE)
    assert list(tmp_path.iterdir()) == []


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6))
def test_no_text_of_a_csv_is_a_formula_and_no_number_is_changed(tmp_path_factory, text):
    path = write_table(
        tmp_path_factory.mktemp("csv") / "x.csv", pl.DataFrame({"a": [text, "-1.5e3"], "b": [-1.0, 2.0]})
    )
    back = pl.read_csv(path, infer_schema=False)
    first = back["a"][0] or ""
    assert first[:1] not in ("=", "+", "-", "@", "\t", "\r") or first.lstrip("+-").replace(".", "").isdigit()
    assert first.removeprefix("'").replace("\r\n", "\n") in (text, text.removeprefix("'").replace("\r\n", "\n"))
    assert back["a"][1] == "-1.5e3"
    assert back["b"].to_list() == ["-1.0", "2.0"]


def test_a_column_whose_name_is_a_formula_is_neutral_too(tmp_path):
    path = write_table(tmp_path / "x.csv", pl.DataFrame({"=1+1": [1.0]}))
    assert path.read_text().startswith("'=1+1")


def test_what_cycling_read_writes_is_what_its_name_says_and_reads_back(tmp_path):
    source = write_cycling_file(tmp_path / "a.csv", 1)
    for suffix in (".csv", ".xlsx", ".parquet"):
        out = tmp_path / f"out{suffix}"
        assert ionweld("cycling", "read", source, "--out", out).status == 0
        again = ionweld("cycling", "summary", out, "--json")
        assert again.status == 0, again.err
        assert len(again.document["cycles"]) == 3
    assert (tmp_path / "out.csv").read_text().startswith("Test Time / s,")
    assert read_cycling(tmp_path / "out.parquet").provenance.source == "a.csv"
    refused = ionweld("cycling", "read", source, "--out", tmp_path / "out.txt")
    assert refused.status == 2
    assert ".xlsx" in refused.err


def test_the_numbers_of_a_figure_are_all_that_is_drawn_in_it():
    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.plot([1.0, 2.0], [3.0, 4.0], label="measured")
    left.axhline(9.0)
    left.axvline(9.0)
    left.set(xlabel="time / h", ylabel="voltage / V", title="one")
    left.fill_between([0.0, 1.0], [5.0, 5.0], [6.0, 6.0], label="band")
    right.scatter([7.0], [8.0], label="points")
    found = pl.read_csv(StringIO(drawn_numbers(figure)))
    line = found.filter(pl.col("series") == "measured")
    assert line.select("panel", "x is", "y is", "x", "y").rows() == [
        ("one", "time / h", "voltage / V", 1.0, 3.0),
        ("one", "time / h", "voltage / V", 2.0, 4.0),
    ]
    assert set(found.filter(pl.col("series") == "band")["y"]) == {5.0, 6.0}
    assert found.filter(pl.col("series") == "points").select("x", "y").rows() == [(7.0, 8.0)]
    assert 9.0 not in found["x"].to_list() + found["y"].to_list()
