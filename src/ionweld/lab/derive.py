"""Raw file -> derived files: what follows from the raw bytes and the reader alone, and so can be made again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from ionweld import __version__
from ionweld.errors import Fault, InputError
from ionweld.lab.disk import hash_file, nothing
from ionweld.lab.record import Derived, Kind, Record
from ionweld.measurement.cycling import Cycling
from ionweld.measurement.impedance import Spectrum
from ionweld.measurement.provenance import IngestReport
from ionweld.measurement.store import hash_values, write_cycling, write_spectra
from ionweld.read import open_measurement

ID_LENGTH = 16  # hexadecimal digits of the raw hash: 64 bits, and the full hash stands in the file itself


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derived files of one raw file, still in a corner, and the record that will say so."""

    record: Record
    folder: Path


def derive(raw: Path, sha256: str, folder: Path, description: Path | None) -> Derivation:
    """Read the raw file and write what it holds into the new `folder`.

    description: how to read an unknown csv, or None.
    Raises an InputError when no reader understands the file, OutputError when the folder cannot be written.
    """
    found = open_measurement(raw, description)
    if not found:
        raise InputError(Fault(str(raw), "holds no measurement", "Export the file again"))
    stem = sha256[:ID_LENGTH]
    derived = _write_all(found, stem, folder)
    reports: list[IngestReport] = []
    for item in found:  # the sweeps of one file share one report
        if item.ingest is not None and item.ingest not in reports:
            reports.append(item.ingest)
    record = Record(
        sha256=sha256,
        name=raw.name,
        size=raw.stat().st_size,
        reader=reports[0].reader if reports else found[0].provenance.software,
        software=f"ionweld {__version__}",
        derived=derived,
        ingest=tuple(asdict(report) for report in reports),
        description_sha256=hash_file(description, nothing) if description else None,
        warnings=tuple(dict.fromkeys(text for report in reports for text in report.warnings)),
    )
    return Derivation(record, folder)


def _write_all(found: Sequence[Cycling] | Sequence[Spectrum], stem: str, folder: Path) -> tuple[Derived, ...]:
    spectra = [item for item in found if isinstance(item, Spectrum)]
    tests = [item for item in found if isinstance(item, Cycling)]
    derived = [_write_test(test, f"{stem}-{number}", folder) for number, test in enumerate(tests, start=1)]
    if spectra:
        derived.append(_write_sweeps(spectra, f"{stem}-{len(tests) + 1}", folder))
    return tuple(derived)


def _write_test(test: Cycling, name: str, folder: Path) -> Derived:
    path = write_cycling(folder / f"{name}.bdf.parquet", test)
    return _derived(path, "cycling", name, test.table)


def _write_sweeps(spectra: list[Spectrum], name: str, folder: Path) -> Derived:
    path = write_spectra(folder / f"{name}.eis.parquet", spectra)
    return _derived(path, "impedance", name, pl.read_parquet(path), spectra)


def _derived(path: Path, kind: Kind, name: str, table: pl.DataFrame, spectra: Sequence[Spectrum] = ()) -> Derived:
    return Derived(
        id=name,
        kind=kind,
        file=path.name,
        sha256=hash_file(path, nothing),
        values_sha256=hash_values(table),
        rows=table.height,
        sweeps=len(spectra) or None,
        temperatures_K=tuple(spectrum.temperature_K for spectrum in spectra),
    )
