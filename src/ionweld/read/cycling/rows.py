"""Rows that are no records, values that are none, and blocks that stand in a file twice."""

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.cycling import CURRENT, REQUIRED, TIME, VOLTAGE
from ionweld.read.cycling.notes import IngestNotes

# No cell and no cycler goes there; sentinels such as 1e30 and lost decimal marks do.
_LARGEST = {TIME: 1e11, VOLTAGE: 1e4, CURRENT: 1e5}
_FEWEST_REPEATED = 3  # rows; and so many different voltages: a flat plateau may well repeat itself
_ROWS_NAMED = 5


def without_impossible_values(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Read as no value what is not finite, or larger than any instrument measures."""
    changed = {}
    for name in (name for name in REQUIRED if name in frame.columns and frame[name].dtype.is_float()):
        wrong = (~frame[name].is_finite() | (frame[name].abs() > _LARGEST[name])).fill_null(False)
        if wrong.any():
            at = int(wrong.arg_max() or 0)
            notes.warnings.append(
                f"{int(wrong.sum())} values of {name} are impossible, the first is {frame[name][at]:g} in row {at + 1}: "
                "they are read as no value"
            )
            changed[name] = frame[name].set(wrong, None)
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
        notes.dropped.append(f"{count} rows without time, voltage and current (blank lines, titles, repeated headers)")
    kept = frame.filter(keep)
    if kept.height == 0:
        fault = Fault("", "no row holds a time, a voltage and a current", "Export the measurement again")
        raise FileFormatError(fault)
    notes.warnings += [_without_value(kept[name]) for name in present if kept[name].null_count()]
    return kept


def _without_value(column: pl.Series) -> str:
    rows = (column.is_null().arg_true().head(_ROWS_NAMED) + 1).to_list()
    more = ", ..." if column.null_count() > _ROWS_NAMED else ""
    return f"{column.null_count()} rows have no {column.name}: row {', '.join(map(str, rows))}{more}; each costs itself alone"


def without_repeated_blocks(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Leave out blocks of rows that stand in the file a second time, as when parts were joined that overlap."""
    if not (frame[TIME].diff() < 0.0).any():
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
    notes.dropped.append(f"{int(repeated.sum())} rows that stand in the file twice, the first of them row {first}")
    return frame.filter(~repeated)
