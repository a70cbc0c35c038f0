"""What was done with one raw file: what was derived from it, and the record that says so.

Derived files follow from the raw bytes, their description and the reader alone, and so can be made again. A record is a
JSON file per raw file, written last and readable by people. It is sealed with the hash of its content and written in
one fixed way, so that a flipped bit is found.
"""

import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from ionweld import __version__
from ionweld.errors import Fault, FileFormatError
from ionweld.lab.folder import hash_file, nothing
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.measurement.provenance import IngestReport, hash_bytes
from ionweld.measurement.store import hash_values, write_whole
from ionweld.read import Contents, open_file

_FORMAT = 1
ID_LENGTH = 16  # hexadecimal digits of the raw hash: 64 bits, and the full hash stands in the file itself
_SEAL = re.compile(rb'^ "seal": "([0-9a-f]{64})",\n', re.MULTILINE)
_LATER_FIELDS = ("also", "older_version")  # left out where empty: records from before them stay as they are


@dataclass(frozen=True, slots=True)
class DerivedFile:
    """One derived file: what it holds, and the hashes of its bytes and of its values. kind: as its technique calls it."""

    id: str
    kind: str
    file: str
    sha256: str
    values_sha256: str
    rows: int
    sweeps: int | None = None
    temperatures_K: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One raw file and what was derived from it.

    ingested_at and the sources are None when the record had to be remade. description: how an unknown csv was read.
    also: further names under which the same bytes came; older_version: the hash of the file that this one continues.
    """

    sha256: str
    name: str
    size: int
    reader: str
    software: str
    derived: tuple[DerivedFile, ...]
    ingest: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]
    description_sha256: str | None = None
    description_source: str | None = None
    ingested_at: str | None = None
    source: str | None = None
    also: tuple[str, ...] = ()
    older_version: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a person may call these bytes by."""
        return (self.name, *self.also)


def record_path(records: Path, sha256: str) -> Path:
    """Return where the record of the raw file with this hash is."""
    return records / f"{sha256}.json"


def write_record(path: Path, record: Record) -> Path:
    """Write a record whole or not at all."""
    return write_whole(path, _canonical(record))


def read_record(path: Path) -> Record:
    """Read what write_record wrote. Raises FileFormatError when a single bit of it has changed."""
    try:
        raw = path.read_bytes()
        record = _parse(json.loads(raw))
        if _seal_holds(raw) and record_path(path.parent, record.sha256) == path:
            return record
        seen = "has been changed since it was written"
    except OSError as error:
        seen = f"cannot be read: {error.strerror}"
    except (ValueError, TypeError, KeyError, AttributeError):
        seen = "is damaged"
    raise FileFormatError(Fault(str(path), seen, "Run `ionweld project rebuild`: it is remade from the raw file"))


def _canonical(record: Record) -> bytes:
    said = asdict(record)
    content = {"format": _FORMAT} | {key: value for key, value in said.items() if value or key not in _LATER_FIELDS}
    return _json(content | {"seal": hash_bytes(_json(content))})


def _seal_holds(raw: bytes) -> bool:
    """Say whether the seal, a line of its own, is the hash of all other lines."""
    seal = _SEAL.search(raw)
    return seal is not None and hash_bytes(raw[: seal.start()] + raw[seal.end() :]).encode() == seal[1]


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"


def _parse(document: dict[str, Any]) -> Record:
    del document["seal"]  # compared with the rest by read_record
    if document.pop("format") != _FORMAT:
        raise ValueError
    document["derived"] = tuple(
        DerivedFile(**item | {"temperatures_K": tuple(item["temperatures_K"])}) for item in document["derived"]
    )
    document |= {name: tuple(document.get(name, ())) for name in ("ingest", "warnings", "also")}
    return Record(**document)


@dataclass(frozen=True, slots=True)
class Derivation:
    """The derived files of one raw file, still in a corner, and the record that will say so."""

    record: Record
    folder: Path

    def continuing(self, older: Record | None) -> "Derivation":
        """Return the same, as the next version of an older file."""
        return replace(self, record=replace(self.record, older_version=older.sha256 if older else None))


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
        warnings=tuple(dict.fromkeys(text for report in reports for text in report.said)),
    )
    return Derivation(record, folder)


def _write(found: Contents, name: str, folder: Path) -> DerivedFile:
    path = found.technique.write(folder / f"{name}{found.technique.suffix}", found.measurements)
    table = pl.read_parquet(path)
    spectra = [item for item in found.measurements if isinstance(item, ImpedanceSpectrum)]
    return DerivedFile(
        id=name,
        kind=found.technique.kind,
        file=path.name,
        sha256=hash_file(path, nothing),
        values_sha256=hash_values(table),
        rows=table.height,
        sweeps=len(spectra) or None,
        temperatures_K=tuple(spectrum.temperature_K for spectrum in spectra),
    )
