"""A large file is read piece by piece and described block by block: the numbers are those of a small one."""

import importlib
import math

import polars as pl
import pytest
from cycread.generators import FORMATS, truth
from polars.testing import assert_frame_equal

from ionweld.analyse.cycling import summarise
from ionweld.read import text
from ionweld.read.cycling import raw, read_cycling_file

half_cycles = importlib.import_module("ionweld.analyse.cycling.half_cycles")
TRUTH = truth(cycles=3, points=40)
TEXTS = [name for name in FORMATS if not name.endswith(("xlsx", "parquet"))]


@pytest.fixture
def small_pieces(monkeypatch):
    """Take files of a few kB for large ones."""
    monkeypatch.setattr(text, "MAPPED_FROM", 1000)
    monkeypatch.setattr(raw, "PIECE", 1500)


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_in_pieces_is_the_file(tmp_path, name, request):
    path = FORMATS[name][0](tmp_path / "seed", TRUTH)
    whole = read_cycling_file(path)
    request.getfixturevalue("small_pieces")
    again = read_cycling_file(path)
    assert_frame_equal(again.table, whole.table)
    assert again.ingest == whole.ingest


@pytest.mark.parametrize("harm", ["cut", "nulls", "quoted", "word", "blank lines"])
def test_a_large_file_that_is_damaged_is_read_as_a_small_one(tmp_path, harm, request):
    data = FORMATS["bdf csv"][0](tmp_path / "seed", TRUTH).read_bytes()
    lines = data.splitlines(keepends=True)
    late = len(lines) * 3 // 4
    cells = lines[late].split(b",")
    changed = {
        "cut": data[: -len(lines[-1]) // 2],
        "nulls": data + b"\x00" * 5000,
        "quoted": b"".join([*lines[:late], b'"' + cells[0] + b'",' + b",".join(cells[1:]), *lines[late + 1 :]]),
        "word": b"".join([*lines[:late], b"odd," + b",".join(cells[1:]), *lines[late + 1 :]]),
        "blank lines": b"".join([*lines[:late], b"\n" * 4000, *lines[late:]]),
    }
    path = tmp_path / "a.csv"
    path.write_bytes(changed[harm])
    whole = read_cycling_file(path)
    request.getfixturevalue("small_pieces")
    again = read_cycling_file(path)
    assert_frame_equal(again.table, whole.table)
    assert again.ingest == whole.ingest


def test_a_mapped_file_answers_as_bytes_do(tmp_path, small_pieces):
    path = tmp_path / "a.csv"
    path.write_bytes(b"time,volts\n" * 300)
    data, plain = text.load(path, mapped=True).data, path.read_bytes()
    assert isinstance(data, text.MappedBytes)
    assert isinstance(text.load(path).data, bytes)
    assert (data.startswith(b"time"), data.startswith(b"x"), data.startswith((b"x", b"ti"))) == (True, False, True)
    assert (b"volts\ntime" in data, b"amps" in data) == (True, False)
    assert (data[:], len(data), data.rfind(b"v")) == (plain, len(plain), plain.rfind(b"v"))
    for binary in (b"PK" + plain, b"\0" + plain):
        path.write_bytes(binary)
        assert isinstance(text.load(path, mapped=True).data, bytes)


@pytest.mark.parametrize("block", [1, 7, 40, 41, 119, 10_000])
def test_half_cycles_in_blocks_are_the_half_cycles(tmp_path, monkeypatch, block):
    test = read_cycling_file(FORMATS["bdf csv"][0](tmp_path / "seed", TRUTH))
    whole = summarise(test, "symmetric", "charge")
    monkeypatch.setattr(half_cycles, "_BLOCK", block)
    rows = half_cycles._loaded(test.table)
    blocks = half_cycles._blocks(rows)
    assert_frame_equal(pl.concat(blocks), rows)
    assert all(part["_step"][0] != part["_step"][-1] or part["_step"].n_unique() == 1 for part in blocks)
    assert sum(part["_step"].n_unique() for part in blocks) == rows["_step"].n_unique()  # none is cut in two
    assert len(blocks) <= math.ceil(rows.height / block)
    assert_frame_equal(summarise(test, "symmetric", "charge").half_cycles, whole.half_cycles)
