"""Hostile and damaged files: a clear message or a correct reading, never a traceback, a hang or a full memory."""

import random
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from cycread.generators import FORMATS, truth
from cycread.mutations import MUTATIONS
from cycread.test_cycread_formats import assert_is
from cycread.test_cycread_people import APART, OTHERS, PER_AREA
from data_files import real_file

from ionweld.errors import FileFormatError, InputError
from ionweld.measurement.cycling import REQUIRED, VOLTAGE
from ionweld.read.cycling import read_cycling_file
from ionweld.read.cycling.workbook import refusing_damage
from ionweld.read.text import RawFile

SMALL = truth(cycles=2, points=6)
CASES_PER_FORMAT = 12  # thousands of them: benchmarks/reader_fuzz.py
CODECS = {"land gb18030 txt": "gb18030", "land utf-16 txt": "utf-16", "nova point txt": "utf-16", "mpt": "latin-1"}
NAMES = ("a.csv", "a.xlsx", "a.txt", "a.nda", "a.ndax", "a.mpr", "a.parquet")


def _fuzz(data: bytes, folder, seed: str, **how: float) -> None:
    rng = random.Random(seed)
    for _ in range(CASES_PER_FORMAT):
        damaged = data
        for mutate in rng.sample(MUTATIONS, rng.choice((1, 1, 2))):
            damaged = mutate(damaged, rng) if damaged else damaged
        path = folder / rng.choice(NAMES)
        path.write_bytes(damaged)
        try:
            table = read_cycling_file(path, **how).table
        except InputError as error:
            assert all(fault.seen and fault.mend for fault in error.faults)  # noqa: PT017
        else:
            assert all(table[name].dtype.is_float() for name in REQUIRED)
            assert table.height > 0


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_gives_a_message_or_a_table(tmp_path, name):
    path = FORMATS[name][0](tmp_path / "seed", SMALL)
    _fuzz(path.read_bytes(), tmp_path, name)


@pytest.mark.parametrize("name", ["printed in columns", "states of two words", "units below", "date and time apart"])
def test_a_damaged_table_of_a_persons_own_gives_a_message_or_a_table(tmp_path, name):
    _fuzz((APART | PER_AREA | OTHERS)[name].encode(), tmp_path, name, area_m2=1e-4)


def test_a_character_cut_in_two_costs_no_table_whose_columns_stand_apart_by_blanks(tmp_path):
    """Found by damaging such tables: the encoding is then called "utf-8 with 1 unreadable characters"."""
    damaged = APART["Chinese"].encode().replace("环".encode(), "环".encode() + b"\xe7", 1)
    (tmp_path / "x.txt").write_bytes(damaged)
    assert read_cycling_file(tmp_path / "x.txt").table.height == truth().rows


@pytest.mark.parametrize("name", ["neware_small.ndax", "lili_tegdme_gcpl_rest.mpr"])
def test_a_damaged_real_binary_gives_a_message_or_a_table(tmp_path, name):
    if name.endswith("mpr"):
        pytest.importorskip("galvani")
    _fuzz(real_file(f"cycling/{name}").read_bytes(), tmp_path, name)


@pytest.mark.parametrize("name", [name for name in FORMATS if "xlsx" not in name and "parquet" not in name])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_written_anew_in_any_encoding_reads_the_same(tmp_path, name, encoding):
    path = FORMATS[name][0](tmp_path / "seed", SMALL)
    text = path.read_bytes().decode(CODECS.get(name, "utf-8-sig"))
    path.write_bytes(text.encode(encoding, "replace"))
    assert_is(read_cycling_file(path).table, SMALL)


@pytest.mark.parametrize(
    "name", ["landt us csv", "land gb18030 txt", "arbin csv", "maccor txt", "nova comma txt", "mpt"]
)
def test_a_file_that_was_cut_off_gives_the_rows_that_are_whole(tmp_path, name):
    path = FORMATS[name][0](tmp_path / "seed", SMALL)
    data = path.read_bytes()
    lines_above = data.count(b"\n") - SMALL.rows
    for cut in range(len(data) * 2 // 3, len(data), 41):
        path.write_bytes(data[:cut])
        measurement = read_cycling_file(path)
        table = measurement.table
        whole = data[:cut].count(b"\n") - lines_above
        assert measurement.ingest is not None
        if table.height == whole and data[cut - 1 : cut] != b"\n":
            assert measurement.ingest.dropped
        else:  # only the end of the last cell is missing
            assert table.height in (whole, whole + 1)
        np.testing.assert_array_equal(table[VOLTAGE].to_numpy(), SMALL.voltage_V[: table.height])


def _bomb(path, **parts: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.xlsx"
    _bomb(path, xl__workbook_dot_xml=b"<workbook/>", xl__worksheets__sheet1_dot_xml=b" " * 50_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(FileFormatError, match="zip bomb"):
        read_cycling_file(path)


def test_a_bomb_in_a_neware_container_is_refused(tmp_path):
    path = tmp_path / "bomb.ndax"
    _bomb(path, data_dot_ndc=b"\x00" * 50_000_000)
    with pytest.raises(FileFormatError, match="zip bomb"):
        read_cycling_file(path)


def test_a_part_that_is_larger_than_it_says_is_refused(tmp_path):
    path = tmp_path / "liar.xlsx"
    size = 3_000_000
    _bomb(path, xl__workbook_dot_xml=b"<workbook/>", xl__worksheets__sheet1_dot_xml=b"x" * size)
    lying = path.read_bytes().replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(lying)
    with pytest.raises(FileFormatError, match="larger than it says"):
        read_cycling_file(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_xml_bomb_is_refused(tmp_path, encoding):
    laughs = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>'
    path = tmp_path / "laughs.xlsx"
    _bomb(path, xl__workbook_dot_xml=laughs.encode(encoding))
    with pytest.raises(FileFormatError, match="XML bomb"):
        read_cycling_file(path)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("name", ["landt us csv", "land utf-16 txt", "maccor txt"])
def test_a_large_file_needs_less_than_four_times_its_size_beyond_the_table(tmp_path, name):
    path = FORMATS[name][0](tmp_path / "large.csv", truth(cycles=20, points=100))
    codec = CODECS.get(name, "utf-8-sig")
    lines = path.read_bytes().decode(codec).splitlines(keepends=True)
    # large against what threads and allocators keep for themselves, which depends on what else the machine does
    above, below = lines[:8], lines[8:]
    later = [(f"3.{n:02d}", str(2024 + n)) for n in range(60)]  # else they are repeated blocks, or tests at one time
    copies = [line.replace("3.", volts).replace("2024", year) for volts, year in later for line in below]
    path.write_bytes("".join(above + copies).encode(codec))
    script = """
        import sys
        from pathlib import Path
        from ionweld.read.cycling import read_cycling_file
        def peak():
            lines = Path("/proc/self/status").read_text().splitlines()
            return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
        small, large = Path(sys.argv[1]), Path(sys.argv[2])
        read_cycling_file(small)
        before = peak()
        table = read_cycling_file(large).table
        print((peak() - before - table.estimated_size()) / large.stat().st_size)
    """
    small = FORMATS[name][0](tmp_path / "small.csv", SMALL)
    command = [sys.executable, "-c", textwrap.dedent(script), str(small), str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(run.stdout) < 4.0


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 5000, b"\n\n\n", b"PK\x03\x04", b"PAR1", b"NEWARE", b"a,b,c\n1,2,3\n"]
)
def test_next_to_nothing_is_refused_with_a_reason(tmp_path, content):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"x\.csv"):
        read_cycling_file(path)


@pytest.mark.parametrize(
    ("magic", "seen"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "is a workbook that cannot be read"),
        (b"\x00\x01\x00\x00Standard Jet DB" * 9, r"is an Access database"),
    ],
)
def test_old_excel_and_arbin_databases_that_hold_nothing_are_refused_by_name(tmp_path, magic, seen):
    path = tmp_path / "old.xls"
    path.write_bytes(magic)
    with pytest.raises(InputError, match=f"{seen}.*(export it as csv|csv or xlsx)"):
        read_cycling_file(path)


def test_a_panic_of_a_compiled_library_is_one_message_and_a_person_can_still_stop(tmp_path: Path) -> None:
    """A panic is no Exception: a real one of a Rust library, as the type that it makes for itself."""
    source = RawFile(tmp_path / "x.xlsx", b"", "")
    with pytest.raises(FileFormatError, match="contradict each other"), refusing_damage(source):
        raise pl.exceptions.PanicException("index out of bounds")
    with pytest.raises(KeyboardInterrupt), refusing_damage(source):
        raise KeyboardInterrupt


def test_an_export_that_lost_its_line_ends_is_refused_and_not_taken_for_thousands_of_columns(tmp_path):
    make, _ = FORMATS["mpt"]
    whole = make(tmp_path / "whole", truth(cycles=40, points=40)).read_bytes()
    head, rows = whole.split(b"mode\t", 1)
    path = tmp_path / "lost.mpt"
    path.write_bytes(head + b"mode\t" + rows.replace(b"\r\n", b"\t").replace(b"\n", b"\t"))
    with pytest.raises(FileFormatError, match="without a line of column names"):
        read_cycling_file(path)
