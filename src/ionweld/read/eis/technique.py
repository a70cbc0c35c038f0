"""Impedance spectra: sweeps of frequency."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ionweld.measurement.impedance import ImpedanceSpectrum, SampleGeometry
from ionweld.measurement.store import write_spectra
from ionweld.read.technique import Columns, Glimpse, Likeness, Technique
from ionweld.read.text import RawFile, Text

_FEWEST_COLUMNS = 3
_EVEN = 0.5  # of a step on the logarithmic axis: instruments round their frequencies


def _recognises(glimpse: Glimpse) -> Likeness:
    from ionweld.read.eis import looks_like_impedance

    known = looks_like_impedance(RawFile(glimpse.path, glimpse.head, ""), Text(list(glimpse.lines), ""))
    return Likeness.NAMED if known else Likeness.ASK if _runs_as_a_sweep(glimpse.columns) else Likeness.NO


def _runs_as_a_sweep(columns: Columns) -> bool:
    """Three columns that nothing names, the first of them one way through frequencies, by equal factors."""
    if not columns.is_bare or columns.values.shape[1] < _FEWEST_COLUMNS or not np.all(columns.values[:, 0] > 0.0):
        return False
    steps = np.diff(np.log10(columns.values[:, 0]))
    usual = float(np.median(steps))
    return bool(np.all(steps * usual > 0.0) and np.all(np.abs(steps - usual) < _EVEN * abs(usual)))


def _read(path: Path) -> list[ImpedanceSpectrum]:
    from ionweld.read.eis import read_spectra

    return read_spectra(path)


def _read_described(path: Path, description: Path) -> list[ImpedanceSpectrum]:
    """`technique = "eis"`, and what the file does not say: temperature, area, thickness, interfaces; columns = "f,re,-im"."""
    from ionweld.read.eis import read_spectra

    return read_spectra(path, description=description)


def _read_sized(path: Path, description: Path | None, area_m2: float) -> list[ImpedanceSpectrum]:
    from ionweld.read.eis import read_spectra

    return read_spectra(path, geometry=SampleGeometry(area_m2), description=description)


def _said_beside(path: Path) -> str | None:
    """Return what the table of conditions in the same folder says of a file."""
    from ionweld.read.eis.conditions import SIDECAR, as_description, read_sidecar

    said = read_sidecar(path.parent / SIDECAR, path.name)
    return as_description(said) if said and path.name != SIDECAR else None


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
    read_described=_read_described,
    read_sized=_read_sized,
    said_beside=_said_beside,
)
