"""Rows that are no records, values that are none, blocks that stand in a file twice, and rows out of their order."""

from dataclasses import replace

import numpy as np
import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.charge import floats
from ionweld.measurement.cycling import CURRENT, CYCLE, REQUIRED, TIME, VOLTAGE
from ionweld.read.cycling.format import RECORD, UNIX_TIME
from ionweld.read.cycling.notes import IngestNotes
from ionweld.read.cycling.raw import RawTable
from ionweld.read.cycling.spelling import spell
from ionweld.wording import many

# No cell and no cycler goes there; sentinels such as 1e30 and lost decimal marks do.
_LARGEST = {TIME: 1e11, VOLTAGE: 1e4, CURRENT: 1e5}
_FEWEST_REPEATED = 3  # rows; and so many different voltages: a flat plateau may well repeat itself
_FEWEST_NAMES = 3  # of columns, again in one row: a header that was repeated
_ROWS_NAMED = 5
_INTERLEAVED = 0.1  # of the rows: so many changes from part to part, in the order of time, are no rows gone astray
_AT_ONCE = 0.3  # of the rows, at the times of the rows before them
_OTHER_CURRENT = 0.1  # of the largest
_OF_A_CELL = frozenset(
    (
        "cell", "cell_id", "cellid", "cell_name", "cell_no", "cell_no.", "cell_number", "cell_index", "battery", "battery_id", "batteryid",
        "battery_name", "barcode", "sample", "sample_id", "sample_name", "channel", "channel_id", "channelid", "channel_no",
        "channel_no.", "channel_number", "chan", "chan.", "zelle", "zellnummer", "kanal", "probe", "电池", "电池编号", "电池号", "通道", "通道号",
    )
)  # fmt: skip
_FEWEST_OF_A_CELL = 3  # rows: a column whose every value is another one counts records
_CELLS_NAMED = 6


def without_repeated_headers(raw: RawTable) -> RawTable:
    """Leave out rows that repeat the names of the columns, as exports that were put below each other have them."""
    texts = [name for name in raw.frame.columns if raw.frame[name].dtype == pl.String]
    if len(texts) < _FEWEST_NAMES:
        return raw
    same = raw.frame.select(pl.sum_horizontal((pl.col(name) == name).fill_null(False) for name in texts)).to_series()
    again = same >= max(_FEWEST_NAMES, len(texts) // 2)
    if not again.any():
        return raw
    said = f"{many(int(again.sum()), 'row that repeats', 'rows that repeat')} the header"
    return replace(raw, frame=raw.frame.filter(~again), dropped=(*raw.dropped, said))


def require_one_cell(frame: pl.DataFrame) -> None:
    """Raise FileFormatError where a column tells several cells apart, whose times run beside each other."""
    for name in frame.columns:
        if spell(name) not in _OF_A_CELL or name in REQUIRED:
            continue
        parts = frame.select(pl.col(name).alias("cell"), TIME).drop_nulls().group_by("cell", maintain_order=True)
        spans = parts.agg(pl.len(), pl.col(TIME).min().alias("from"), pl.col(TIME).max().alias("to")).sort("from")
        beside = (spans["from"] < spans["to"].cum_max().shift(1)).any()
        if spans.height > 1 and beside and _FEWEST_OF_A_CELL * spans.height <= frame.height:
            named = [
                f"{cell:g}" if isinstance(cell, float) else str(cell)[:40]
                for cell in spans["cell"].sort()[:_CELLS_NAMED]
            ]
            more = ", ..." if spans.height > _CELLS_NAMED else ""
            seen = f"holds {spans.height} cells one below the other: {name!r} is {', '.join(named)}{more}"
            mend = "Save the rows of each as a file of their own; where they are of one cell, leave this column out"
            raise FileFormatError(Fault("", seen, mend))


def without_impossible_values(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Read as no value what is not finite, or larger than any instrument measures."""
    changed = {}
    for name in (name for name in REQUIRED if name in frame.columns and frame[name].dtype.is_float()):
        values = frame[name].fill_null(0.0) if frame[name].null_count() else frame[name]
        wrong = ~(np.abs(values.to_numpy()) <= _LARGEST[name])  # small tables are many: queries of polars take longer
        if wrong.any():
            at = int(np.argmax(wrong))
            notes.warnings.append(
                f"{many(int(wrong.sum()), f'value of {name} is', f'values of {name} are')} impossible, the first is "
                f"{frame[name][at]:g} in row {at + 1}: read as no value"
            )
            changed[name] = frame[name].set(pl.Series(wrong), None)
    return frame.with_columns(**changed) if changed else frame


def without_blank_rows(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Leave out rows without time, voltage and current: blank lines, titles and repeated headers.

    Raises FileFormatError when no row is left.
    """
    present = [name for name in REQUIRED if name in frame.columns]
    if not any(frame[name].null_count() for name in present):
        return frame
    keep = frame.select(pl.any_horizontal(pl.col(name).is_not_null() for name in present)).to_series()
    if count := int((~keep).sum()):
        notes.dropped.append(
            f"{many(count, 'row')} without time, voltage and current (blank lines, titles, repeated headers)"
        )
    kept = frame.filter(keep)
    if kept.height == 0:
        fault = Fault("", "no row holds a time, a voltage and a current", "Export the measurement again")
        raise FileFormatError(fault)
    notes.warnings += [_without_value(kept[name]) for name in present if kept[name].null_count()]
    return kept


def _without_value(column: pl.Series) -> str:
    rows = (column.is_null().arg_true().head(_ROWS_NAMED) + 1).to_list()
    more = ", ..." if column.null_count() > _ROWS_NAMED else ""
    return f"{many(column.null_count(), 'row has', 'rows have')} no {column.name}: row {', '.join(map(str, rows))}{more}; each costs itself alone"


def without_repeated_blocks(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Leave out blocks of rows that stand in the file a second time, as when parts were joined that overlap."""
    if not (np.diff(floats(frame[TIME])) < 0.0).any():
        return frame
    again = ~frame.select(pl.struct(REQUIRED).hash()).to_series().is_first_distinct()
    block = again.rle_id()
    sizes = (
        frame.select(VOLTAGE)
        .lazy()
        .with_columns(block.alias("block"))
        .filter(again)
        .group_by("block")
        .agg(pl.len().alias("rows"), pl.col(VOLTAGE).n_unique().alias("volts"))
        .collect()
    )
    whole = sizes.filter((pl.col("rows") >= _FEWEST_REPEATED) & (pl.col("volts") >= _FEWEST_REPEATED))["block"]
    repeated = again & block.is_in(whole.implode())
    if not repeated.any():
        return frame
    first = int(repeated.arg_max() or 0) + 1
    notes.dropped.append(
        f"{many(int(repeated.sum()), 'row that stands', 'rows that stand')} in the file twice, the first of them row {first}"
    )
    return frame.filter(~repeated)


def in_order(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Put rows in the order of time where the clock or the record's number goes back with it.

    Time that starts again by itself is a test that was interrupted: it is left as it stands. Raises FileFormatError where
    the table holds several tests that ran at the same time, or one row per cycle.
    """
    _check_one_channel(frame)
    _check_records(frame)
    time = frame[TIME]
    back = _falls(time)
    witnesses = [name for name in (UNIX_TIME, RECORD) if name in frame.columns and frame[name].dtype.is_numeric()]
    if not witnesses and not time.null_count() and back.sum() > time.len() / 2 and (np.diff(floats(time)) <= 0.0).all():
        notes.warnings.append(f"The newest row comes first ({TIME} falls from row to row): the rows are turned round")
        return frame.reverse()
    if time.null_count() or not back.any() or not witnesses:
        return frame
    if not all(_falls(frame[name])[back].all() for name in witnesses):
        return frame
    part = np.cumsum(back)
    if _interleaved(part, time):
        if UNIX_TIME in witnesses and _interleaved(part, frame[UNIX_TIME]):
            raise _several(f"time and clock start again at row {int(np.argmax(back)) + 1}")
        return frame
    notes.warnings.append(
        f"The rows stand out of order ({' and '.join((TIME, *witnesses))} go back {many(int(back.sum()), 'time')}): they are put "
        "in the order of time"
    )
    return frame[np.argsort(time.to_numpy(), kind="stable")]


def _falls(column: pl.Series) -> np.ndarray:
    """Return in which rows a column is lower than in the row before."""
    return np.append(False, np.diff(floats(column)) < 0.0)


def _interleaved(part: np.ndarray, moments: pl.Series) -> bool:
    """Return whether parts of a table, each in its own order, run at the same time."""
    along = part[np.argsort(moments.to_numpy(), kind="stable")]
    changes = int(np.count_nonzero(np.diff(along)))
    return changes - int(part[-1]) > _INTERLEAVED * len(part)


def _check_one_channel(frame: pl.DataFrame) -> None:
    if frame.height < _FEWEST_REPEATED:
        return
    current, same = floats(frame[CURRENT]), np.diff(floats(frame[TIME])) == 0.0
    if np.count_nonzero(same) <= _AT_ONCE * frame.height:
        return
    other = np.abs(np.diff(current)[same]) > _OTHER_CURRENT * np.nanmax(np.abs(current))
    if np.count_nonzero(other) > _AT_ONCE * len(other):
        raise _several(
            f"{many(int(np.count_nonzero(other)), 'row has', 'rows have')} the time of the row before, and another current"
        )


def _check_records(frame: pl.DataFrame) -> None:
    """Refuse a table of cycles: its times and currents are no course of a test."""
    if CYCLE not in frame.columns or frame.height < _FEWEST_REPEATED:
        return
    count = np.sort(floats(frame[CYCLE]))
    if (np.diff(count) > 0.0).all():
        seen = "holds one row per cycle: a summary by cycles, not the records that times and capacities follow from"
        raise FileFormatError(Fault("", seen, "Export the records of the test"))


def _several(seen: str) -> FileFormatError:
    return FileFormatError(
        Fault("", f"holds several tests: {seen}", "Save each test, or channel, as a file of its own")
    )
