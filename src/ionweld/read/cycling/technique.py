"""Cycling tests: time, voltage and current of a cell."""

from collections.abc import Sequence
from pathlib import Path

from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.store import write_cycling
from ionweld.read.technique import Glimpse, Likeness, Technique

_OTHERS = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"II*\x00",
    b"MM\x00*",
    b"BM",
    b"%PDF",
    b"<?xml",
    b"<xrd",
    b"SOFH",
    b"Spectral Data",
)


def _recognises(glimpse: Glimpse) -> Likeness:
    """The formats of cyclers are many: all are asked, except of what is surely something else."""
    return Likeness.NO if glimpse.head.startswith(_OTHERS) else Likeness.ASK


def _read(path: Path) -> list[CyclingTest]:
    from ionweld.read.cycling import read_cycling_file

    return [read_cycling_file(path)]


def _read_described(path: Path, description: Path) -> list[CyclingTest]:
    from ionweld.read.cycling import read_cycling_file

    return [read_cycling_file(path, description=description)]


def _read_sized(path: Path, description: Path | None, area_m2: float) -> list[CyclingTest]:
    from ionweld.read.cycling import read_cycling_file

    return [read_cycling_file(path, description=description, area_m2=area_m2)]


def _write(path: Path, tests: Sequence[CyclingTest]) -> Path:
    (test,) = tests
    return write_cycling(path, test)


TECHNIQUE = Technique(
    name="cycling",
    kind="cycling",
    suffix=".bdf.parquet",
    recognises=_recognises,
    read=_read,
    write=_write,
    next="ionweld cycling summary {file}",
    shares_file=True,
    read_described=_read_described,
    read_sized=_read_sized,
)
