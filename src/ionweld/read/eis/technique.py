"""Impedance spectra: sweeps of frequency."""

from collections.abc import Sequence
from pathlib import Path

from ionweld.measurement.impedance import ImpedanceSpectrum, SampleGeometry
from ionweld.measurement.store import write_spectra
from ionweld.read.technique import Glimpse, Likeness, Technique
from ionweld.read.text import RawFile, Text
from ionweld.spec.faults import read_toml


def _recognises(glimpse: Glimpse) -> Likeness:
    from ionweld.read.eis import looks_like_impedance

    known = looks_like_impedance(RawFile(glimpse.path, glimpse.head, ""), Text(list(glimpse.lines), ""))
    return Likeness.NAMED if known else Likeness.NO


def _read(path: Path) -> list[ImpedanceSpectrum]:
    from ionweld.read.eis import read_spectra

    return read_spectra(path)


def _read_described(path: Path, description: Path) -> list[ImpedanceSpectrum]:
    """`technique = "eis"`, and what the file does not say: temperature, area, thickness, interfaces; columns = "f,re,-im"."""
    from ionweld.read.eis import read_spectra
    from ionweld.read.eis.conditions import said_in

    entries = {key: value for key, value in read_toml(description).items() if key != "technique"}
    columns = entries.pop("columns", None)
    said = said_in(entries, f"{description}")
    geometry = SampleGeometry(said.get("area"), said.get("area_name"), said.get("thickness"), said.get("interfaces"))
    return read_spectra(
        path,
        temperature_K=said.get("temperature"),
        geometry=geometry,
        columns=None if columns is None else str(columns),
    )


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
    said_beside=_said_beside,
)
