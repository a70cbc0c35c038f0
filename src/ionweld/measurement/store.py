"""Files written whole or not at all, tables as their suffix says, and measurements that carry their provenance."""

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ionweld.errors import Fault, FileFormatError, OutputError, why
from ionweld.measurement.cycling import BDF_ONTOLOGY, CellContext, CyclingTest
from ionweld.measurement.impedance import ImpedanceSpectrum, SampleGeometry
from ionweld.measurement.provenance import Provenance

_KEY = "ionweld"
SUFFIXES = (".csv", ".xlsx", ".parquet")
_MOST_SHEET_ROWS = 1_048_575
_FORMULA = r"^[=+\-@\t\r]"
_SIGNED_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
SWEEP = "Sweep / 1"  # ours, beside the ontology's names: which sweep of the file, from 1
FREQUENCY = "Frequency / Hz"
REAL = "Real Impedance / ohm"
IMAGINARY = "Imaginary Impedance / ohm"


def write_whole(path: Path, data: bytes | str) -> Path:
    """Write `data` to `path` so that a reader sees the old file or the new one, never half of one.

    The folder is made if it is missing. Raises OutputError when the place cannot be written.
    """
    raw = data.encode() if isinstance(data, str) else data
    return _guarded(path, lambda: _replace(path, raw))


def prove_folder(folder: Path) -> Path:
    """Prove that `folder` can be made and written, and leave it as it was: work that is stopped leaves no empty one.

    Raises OutputError, before any work is done.
    """
    with _taken_back(folder):
        return ensure_folder(folder)


@contextmanager
def _taken_back(folder: Path) -> Iterator[None]:
    """Remove, in the end, what was made of the path to `folder` and is empty."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        yield
    finally:
        for one in missing:
            with suppress(OSError):
                one.rmdir()


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
        mend = "Choose a place that exists and can be written, for example with --out"
        raise OutputError(Fault(str(path), f"cannot be written: {why(error)}", mend)) from None
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
        sync_folder(path.parent)
    finally:
        Path(temporary).unlink(missing_ok=True)  # gone already where it took its place


def sync_folder(folder: Path) -> None:
    """Make what was renamed into or out of `folder` outlive a power cut, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_table(path: Path, table: pl.DataFrame, about: dict[str, Any] | None = None) -> Path:
    """Write a table as what its suffix says: .csv, .xlsx or .parquet; no other content ever stands under a suffix.

    about: rides along in the metadata of a Parquet file; the others have no place for it.
    Raises OutputError for another suffix, for more rows than a sheet holds, and when the place cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        seen = f"{suffix!r} is no suffix of a table" if suffix else "has no suffix that says what it is to be"
        raise OutputError(Fault(str(path), seen, f"Name it {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"))
    if suffix == ".xlsx" and table.height > _MOST_SHEET_ROWS:
        seen = f"a sheet holds {_MOST_SHEET_ROWS} rows, not {table.height}"
        raise OutputError(Fault(str(path), seen, "Name it .csv or .parquet"))
    buffer = BytesIO()
    if suffix == ".csv":
        _neutral(table).write_csv(buffer)
    elif suffix == ".xlsx":
        table.write_excel(buffer, worksheet="data", autofit=False)  # text stays text there, whatever it begins with
    else:
        table.write_parquet(buffer, metadata={_KEY: json.dumps(about, sort_keys=True)} if about else None)
    return write_whole(path, buffer.getvalue())


def _neutral(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table whose texts no spreadsheet takes for a formula: an apostrophe stands before such a beginning."""
    texts = pl.col(pl.String)
    runs = texts.str.contains(_FORMULA) & ~texts.str.contains(_SIGNED_NUMBER)
    safe = table.with_columns(pl.when(runs).then(pl.lit("'") + texts).otherwise(texts).name.keep())
    return safe.rename(lambda name: f"'{name}" if re.match(_FORMULA, name) else name)


def write_cycling(path: Path, cycling: CyclingTest) -> Path:
    """Write a cycling measurement as its suffix says; in Parquet, provenance and context ride along."""
    about = {
        "bdf_ontology": BDF_ONTOLOGY,
        "provenance": asdict(cycling.provenance),
        "context": asdict(cycling.context),
    }
    return write_table(path, cycling.table, about)


def read_cycling(path: Path) -> CyclingTest:
    """Read what write_cycling wrote. Raises FileFormatError for any other file."""
    about, table = _read_table(path, "a cycling table", ".bdf.parquet", ("provenance", "context"))
    return CyclingTest(table, Provenance(**about["provenance"]), CellContext(**about["context"]))


def _read_table(path: Path, what: str, suffix: str, keys: tuple[str, ...]) -> tuple[dict[str, Any], pl.DataFrame]:
    try:
        about = json.loads(pl.read_parquet_metadata(path)[_KEY])
        table = pl.read_parquet(path)
        _ = [about[key] for key in keys]
    except (OSError, KeyError, ValueError, pl.exceptions.PolarsError):
        fault = Fault(str(path), f"is not {what} made by ionweld", f"Give a {suffix} file that ionweld wrote")
        raise FileFormatError(fault) from None
    return about, table


def write_spectra(path: Path, spectra: list[ImpedanceSpectrum]) -> Path:
    """Write the sweeps of one file as one Parquet table; each sweep's provenance, geometry and label ride along."""
    about = {"bdf_ontology": BDF_ONTOLOGY, "sweeps": [_about_sweep(spectrum) for spectrum in spectra]}
    tables = [_sweep_table(number, spectrum) for number, spectrum in enumerate(spectra, start=1)]
    return write_table(path, pl.concat(tables, how="diagonal"), about)


def _about_sweep(spectrum: ImpedanceSpectrum) -> dict[str, Any]:
    return {
        "provenance": asdict(spectrum.provenance),
        "temperature_K": spectrum.temperature_K,
        "temperature_from": spectrum.temperature_from,
        "geometry": asdict(spectrum.geometry),
        "label": spectrum.label,
        "extra": list(spectrum.extra),
    }


def _sweep_table(number: int, spectrum: ImpedanceSpectrum) -> pl.DataFrame:
    own = {
        SWEEP: np.full(spectrum.frequency_Hz.size, number),
        FREQUENCY: spectrum.frequency_Hz,
        REAL: spectrum.impedance_ohm.real.copy(),
        IMAGINARY: spectrum.impedance_ohm.imag.copy(),
    }
    assert own.keys().isdisjoint(spectrum.extra), "an extra column cannot take the name of a column of the spectrum"
    return pl.DataFrame(own | spectrum.extra)


def read_spectra(path: Path) -> list[ImpedanceSpectrum]:
    """Read what write_spectra wrote, one Spectrum per sweep. Raises FileFormatError for any other file."""
    about, table = _read_table(path, "a table of impedance spectra", ".eis.parquet", ("sweeps",))
    return [
        _sweep(table.filter(pl.col(SWEEP) == number), sweep) for number, sweep in enumerate(about["sweeps"], start=1)
    ]


def _sweep(table: pl.DataFrame, about: dict[str, Any]) -> ImpedanceSpectrum:
    return ImpedanceSpectrum(
        frequency_Hz=table[FREQUENCY].to_numpy().copy(),
        impedance_ohm=table[REAL].to_numpy() + 1j * table[IMAGINARY].to_numpy(),
        provenance=Provenance(**about["provenance"]),
        temperature_K=about["temperature_K"],
        temperature_from=about["temperature_from"],
        geometry=SampleGeometry(**about["geometry"]),
        label=about["label"],
        extra={name: table[name].to_numpy().copy() for name in about["extra"]},
    )


def write_measurements(
    path: Path, table: pl.DataFrame, measurements: Sequence[Any], further: dict[str, Any] | None = None
) -> Path:
    """Write what one file holds as one Parquet table of named columns; the provenance of each measurement rides along."""
    about = {"measurements": [{"provenance": asdict(one.provenance)} for one in measurements]}
    return write_table(path, table, about | (further or {}))


def hash_values(table: pl.DataFrame) -> str:
    """Return a SHA-256 of the names, types and values of a table: it stays when only the Parquet encoding changes."""
    digest = sha256()
    for column in table:
        digest.update(json.dumps([column.name, str(column.dtype), len(column)]).encode())
        digest.update(column.is_null().to_numpy().tobytes() if column.null_count() else bytes(len(column)))
        digest.update(_value_bytes(column))
    return digest.hexdigest()


def _value_bytes(column: pl.Series) -> bytes:
    if column.dtype == pl.String:
        filled = column.fill_null("")
        return filled.str.len_bytes().to_numpy().tobytes() + "".join(filled.to_list()).encode()
    physical = column.to_physical()
    if physical.dtype.is_numeric() or physical.dtype == pl.Boolean:
        return (physical.fill_null(strategy="zero") if physical.null_count() else physical).to_numpy().tobytes()
    return column.to_frame().write_json().encode()


@contextmanager
def staged_folder(out: Path) -> Iterator[Path]:
    """Give an empty folder to write results into; they appear in `out` only when all of them are complete.

    What another run left in `out` stays, unless a file of the same name replaces it; where nothing is complete, `out` is
    missing as before. Raises OutputError when `out` cannot be written, before any work is done.
    """
    with _taken_back(out):
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
