"""X-ray spectra of an energy-dispersive detector: counts over energy."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from ionweld.measurement.store import write_measurements
from ionweld.measurement.xray_spectrum import XraySpectrum
from ionweld.read.technique import Glimpse, Likeness, Technique


def _recognises(glimpse: Glimpse) -> Likeness:
    from ionweld.read.eds_spectrum import known_formats

    return Likeness.NAMED if any(one.recognises(glimpse.head) for one in known_formats()) else Likeness.NO


def _read(path: Path) -> list[XraySpectrum]:
    from ionweld.read.eds_spectrum import read_xray_spectrum

    return [read_xray_spectrum(path)]


def _write(path: Path, spectra: Sequence[XraySpectrum]) -> Path:
    (one,) = spectra
    table = pl.DataFrame({"Energy / keV": one.energy_keV, "Counts / 1": one.counts})
    return write_measurements(path, table, spectra)


TECHNIQUE = Technique(
    name="eds_spectrum",
    kind="X-ray spectrum",
    suffix=".xray.parquet",
    recognises=_recognises,
    read=_read,
    write=_write,
    next="ionweld eds spectrum {file}",
)
