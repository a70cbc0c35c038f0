"""Raw file -> derived files: what follows from the raw bytes and the reader alone, and so can be made again."""

from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from ionweld import __version__
from ionweld.lab.disk import hash_file, nothing
from ionweld.lab.record import Derived, Record
from ionweld.measurement.impedance import Spectrum
from ionweld.measurement.provenance import IngestReport
from ionweld.measurement.store import hash_values
from ionweld.read import Contents, open_file

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
    held = open_file(raw, description)
    derived = tuple(_write(one, f"{sha256[:ID_LENGTH]}-{number}", folder) for number, one in enumerate(held, start=1))
    found = [measurement for one in held for measurement in one.measurements]
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


def _write(found: Contents, name: str, folder: Path) -> Derived:
    path = found.technique.write(folder / f"{name}{found.technique.suffix}", found.measurements)
    table = pl.read_parquet(path)
    spectra = [item for item in found.measurements if isinstance(item, Spectrum)]
    return Derived(
        id=name,
        kind=found.technique.kind,
        file=path.name,
        sha256=hash_file(path, nothing),
        values_sha256=hash_values(table),
        rows=table.height,
        sweeps=len(spectra) or None,
        temperatures_K=tuple(spectrum.temperature_K for spectrum in spectra),
    )
