"""Impedance spectra: sweeps of frequency."""

from collections.abc import Sequence
from pathlib import Path

from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.measurement.store import write_spectra
from ionweld.read.technique import Glimpse, Likeness, Technique
from ionweld.read.text import RawFile, Text


def _recognises(glimpse: Glimpse) -> Likeness:
    from ionweld.read.eis import looks_like_impedance

    known = looks_like_impedance(RawFile(glimpse.path, glimpse.head, ""), Text(list(glimpse.lines), ""))
    return Likeness.NAMED if known else Likeness.NO


def _read(path: Path) -> list[ImpedanceSpectrum]:
    from ionweld.read.eis import read_spectra

    return read_spectra(path)


def _write(path: Path, spectra: Sequence[ImpedanceSpectrum]) -> Path:
    return write_spectra(path, list(spectra))


TECHNIQUE = Technique(
    name="eis",
    kind="impedance",
    suffix=".eis.parquet",
    recognises=_recognises,
    read=_read,
    write=_write,
    next="ionweld eis fit {file}",
    shares_file=True,
)
