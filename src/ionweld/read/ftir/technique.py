"""Infrared spectra: absorbance over wavenumber."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from ionweld.measurement.infrared import InfraredSpectrum
from ionweld.measurement.store import write_measurements
from ionweld.read.ftir.jcamp import is_jcamp
from ionweld.read.ftir.omnic import is_omnic
from ionweld.read.ftir.opus import is_opus
from ionweld.read.ftir.spectrum import ordinate_of
from ionweld.read.technique import Glimpse, Likeness, Technique
from ionweld.read.text import RawFile

_PLACES = ("wavenumber", "cm-1", "cm^-1", "1/cm", "cm⁻¹", "wellenzahl", "波数")
_ORDINATES = ("absorbance", "transmittance", "transmission", "%t", "absorbanz", "absorption", "透过率", "吸光度")
_OTHER_AXIS = re.compile(r"wave\s?length|\bnm\b|nanomet|\bUV|ultraviolet|raman|\beV\b|energy|theta", re.IGNORECASE)
_WIDEST_ANGLE_DEG = 180.0  # beyond it no diffractogram goes
_FEWEST_cm1 = 300.0
_EVEN = 2.0  # steps of a grid; frequencies of a sweep run by factors


def _recognises(glimpse: Glimpse) -> Likeness:
    source = RawFile(glimpse.path, glimpse.head, "")
    if is_omnic(source) or is_opus(source) or is_jcamp(source):
        return Likeness.NAMED
    if not glimpse.columns.is_table:
        return Likeness.NO
    if glimpse.columns.says(*_PLACES) or any(map(ordinate_of, glimpse.columns.names)):
        return Likeness.NAMED
    # in a setting the words are those of others too: "Geometry: Transmission", "Lens Mode=Transmission"
    likely = glimpse.columns.is_bare or glimpse.columns.says(*_ORDINATES)
    likely = likely and not any(map(_OTHER_AXIS.search, glimpse.columns.header))
    return Likeness.BARE if likely and _runs_as_a_spectrum(glimpse) else Likeness.NO


def _runs_as_a_spectrum(glimpse: Glimpse) -> bool:
    """Wavenumbers that run evenly one way over hundreds of 1/cm, and small numbers: absorbance, or % of transmittance."""
    wavenumber, values = glimpse.columns.values[:, 0], glimpse.columns.values[:, 1]
    steps = np.diff(wavenumber)
    size = np.abs(steps)
    one_way = bool(np.all(steps > 0.0) or np.all(steps < 0.0))
    even = float(np.quantile(size, 0.9)) < _EVEN * float(np.median(size))
    wide = float(np.ptp(wavenumber)) >= _FEWEST_cm1 and float(np.max(wavenumber)) > _WIDEST_ANGLE_DEG
    return one_way and even and wide and float(np.max(np.abs(values))) <= 120.0


def _read(path: Path) -> list[InfraredSpectrum]:
    from ionweld.read.ftir import read_infrared

    return [read_infrared(path)]


def _read_described(path: Path, description: Path) -> list[InfraredSpectrum]:
    """`technique = "ftir"`, and what the file does not say: `ordinate = "absorbance"`."""
    from ionweld.read.ftir import described_ordinate, read_infrared

    return [read_infrared(path, described_ordinate(description))]


def _write(path: Path, spectra: Sequence[InfraredSpectrum]) -> Path:
    (one,) = spectra
    table = pl.DataFrame({"Wavenumber / cm^-1": one.wavenumber_cm1, "Absorbance / 1": one.absorbance})
    return write_measurements(path, table, spectra)


TECHNIQUE = Technique(
    name="ftir",
    kind="infrared spectrum",
    suffix=".ftir.parquet",
    recognises=_recognises,
    read=_read,
    write=_write,
    next="ionweld ftir fit {file}",
    read_described=_read_described,
)
