"""Files written whole or not at all, and cycling tables as Parquet that carry their provenance."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import polars as pl

from ionweld.errors import Fault, FileFormatError, OutputError
from ionweld.measurement.cycling import BDF_ONTOLOGY, CellContext, Cycling
from ionweld.measurement.provenance import Provenance

_KEY = "ionweld"


def write_whole(path: Path, data: bytes | str) -> Path:
    """Write `data` to `path` so that a reader sees the old file or the new one, never half of one.

    The folder is made if it is missing. Raises OutputError when the place cannot be written.
    """
    raw = data.encode() if isinstance(data, str) else data
    return _guarded(path, lambda: _replace(path, raw))


def ensure_folder(folder: Path) -> Path:
    """Make `folder` and prove that it can be written. Raises OutputError, before any work is done."""

    def probe() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass

    return _guarded(folder, probe)


def _guarded(path: Path, write: Callable[[], None]) -> Path:
    try:
        write()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        mend = "Choose a place that exists and can be written, for example with --out"
        raise OutputError(Fault(str(path), f"cannot be written: {reason}", mend)) from None
    return path


def _replace(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_cycling(path: Path, cycling: Cycling) -> Path:
    """Write a cycling measurement as Parquet; provenance and context ride along in the file's metadata."""
    about = {
        "bdf_ontology": BDF_ONTOLOGY,
        "provenance": asdict(cycling.provenance),
        "context": asdict(cycling.context),
    }
    buffer = BytesIO()
    cycling.table.write_parquet(buffer, metadata={_KEY: json.dumps(about, sort_keys=True)})
    return write_whole(path, buffer.getvalue())


def read_cycling(path: Path) -> Cycling:
    """Read what write_cycling wrote. Raises FileFormatError for any other file."""
    try:
        about = json.loads(pl.read_parquet_metadata(path)[_KEY])
        table = pl.read_parquet(path)
    except (OSError, KeyError, ValueError, pl.exceptions.PolarsError):
        fault = Fault(
            str(path), "is not a cycling table made by ionweld", "Give a .bdf.parquet file that ionweld wrote"
        )
        raise FileFormatError(fault) from None
    return Cycling(table, Provenance(**about["provenance"]), CellContext(**about["context"]))


@contextmanager
def staged_folder(out: Path) -> Iterator[Path]:
    """Give an empty folder to write results into; they appear in `out` only when all of them are complete.

    What another run left in `out` stays, unless a file of the same name replaces it. Raises OutputError when `out`
    cannot be written, before any work is done.
    """
    ensure_folder(out)
    with tempfile.TemporaryDirectory(dir=out, prefix=".incomplete-") as temporary:
        stage = Path(temporary)
        yield stage
        _guarded(out, lambda: _publish(stage, out))


def _publish(stage: Path, out: Path) -> None:
    for file in sorted(path for path in stage.rglob("*") if path.is_file()):
        place = out / file.relative_to(stage)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
