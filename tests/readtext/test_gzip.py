"""A file that was packed with gzip is read as the file itself is, whatever its technique; a damaged one is refused."""

import gzip
from pathlib import Path

import pytest
from data_files import real_file

from ionweld.errors import FileFormatError
from ionweld.measurement.cycling import CURRENT, VOLTAGE
from ionweld.read import open_file
from ionweld.read.cycling import read_cycling_file
from ionweld.read.text import load

ROWS = "\n".join(f"{10 * n},{3.0 + 0.1 * (-1) ** (n // 20)},{0.1 * (-1) ** (n // 20)}" for n in range(60))
TEST = f"Time/s,Voltage/V,Current/mA\n{ROWS}\n"


def packed(data: bytes, place: Path) -> Path:
    place.write_bytes(gzip.compress(data))
    return place


@pytest.mark.parametrize("name", ["eis/zplot.z", "xrd/panalytical_scan.xrdml", "xps/pet_c1s_three_components.csv"])
def test_every_technique_reads_what_is_packed(name: str, tmp_path: Path) -> None:
    plain = real_file(name)
    found, known = open_file(packed(plain.read_bytes(), tmp_path / f"{plain.name}.gz")), open_file(plain)
    assert [one.technique.name for one in found] == [one.technique.name for one in known]
    assert [len(one.measurements) for one in found] == [len(one.measurements) for one in known]


def test_a_packed_test_is_the_test_with_its_own_hash(tmp_path: Path) -> None:
    (tmp_path / "cell.csv").write_text(TEST)
    plain = read_cycling_file(tmp_path / "cell.csv")
    found = read_cycling_file(packed(TEST.encode(), tmp_path / "packed"))  # the content decides, not the name
    assert found.table.equals(plain.table)
    assert found.provenance.sha256 == plain.provenance.sha256


@pytest.mark.parametrize("name", ["odd.csv.toml", "odd.csv.gz.toml"])
def test_what_describes_a_file_describes_it_packed(name: str, tmp_path: Path) -> None:
    columns = {"a": ("Test Time / s", "s"), "b": ("Voltage / V", "mV"), "c": ("Current / A", "A")}
    lines = [f'{key} = {{ as = "{target}", unit = "{unit}" }}' for key, (target, unit) in columns.items()]
    (tmp_path / name).write_text("\n".join(['current_positive = "charge"', "[columns]", *lines]))
    rows = "\n".join(f"{n},{3000 + n},{1 if n < 5 else -1}" for n in range(10))
    found = read_cycling_file(packed(f"a,b,c\n{rows}\n".encode(), tmp_path / "odd.csv.gz"))
    assert (found.table[VOLTAGE][1], found.table[CURRENT][9]) == pytest.approx((3.001, -1.0))


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: data[:40] + b"\xff" * 40 + data[80:]])
def test_a_damaged_archive_is_refused(damage, tmp_path: Path) -> None:
    (tmp_path / "cell.csv.gz").write_bytes(damage(gzip.compress(TEST.encode())))
    with pytest.raises(FileFormatError, match="damaged gzip archive"):
        load(tmp_path / "cell.csv.gz")


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="unpacks to more than"):
        load(packed(bytes(1_000_000), tmp_path / "bomb.gz"), largest_bytes=100_000)
