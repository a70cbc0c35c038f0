"""What was done with one raw file: a JSON file per raw file, written last and readable by people.

The record is sealed with the hash of its content and written in one fixed way, so that a flipped bit is found.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.provenance import hash_bytes
from ionweld.measurement.store import write_whole

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Derived:
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
    """

    sha256: str
    name: str
    size: int
    reader: str
    software: str
    derived: tuple[Derived, ...]
    ingest: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]
    description_sha256: str | None = None
    description_source: str | None = None
    ingested_at: str | None = None
    source: str | None = None


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
        if _canonical(record) == raw and record_path(path.parent, record.sha256) == path:
            return record
        seen = "has been changed since it was written"
    except OSError as error:
        seen = f"cannot be read: {error.strerror}"
    except (ValueError, TypeError, KeyError, AttributeError):
        seen = "is damaged"
    raise FileFormatError(Fault(str(path), seen, "Run `ionweld project rebuild`: it is remade from the raw file"))


def _canonical(record: Record) -> bytes:
    content = {"format": _FORMAT} | asdict(record)
    return _json(content | {"seal": hash_bytes(_json(content))})


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"


def _parse(document: dict[str, Any]) -> Record:
    del document["seal"]  # compared with the rest by read_record
    if document.pop("format") != _FORMAT:
        raise ValueError
    document["derived"] = tuple(
        Derived(**item | {"temperatures_K": tuple(item["temperatures_K"])}) for item in document["derived"]
    )
    document |= {name: tuple(document[name]) for name in ("ingest", "warnings")}
    return Record(**document)
