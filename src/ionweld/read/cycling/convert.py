"""A raw table -> Battery Data Format columns: units, signs and words, each change with a line for the report."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.cycling import CURRENT, REQUIRED, STEP_TYPE
from ionweld.read.cycling.cleaning import (
    Cleaned,
    filled_text,
    numbers_or_text,
    to_counts,
    to_numbers,
    to_seconds,
    to_unix_time,
)
from ionweld.read.cycling.format import Format, Match
from ionweld.read.cycling.raw import RawTable
from ionweld.read.cycling.spelling import spell

_ZONE_RULE = "the file's clock has no time zone; read as if it were UTC"
_DIRECTIONS = {"_CHG": 1, "_DCH": -1}


@dataclass(slots=True)
class IngestNotes:
    """What the report will say, collected on the way."""

    mapped: dict[str, str] = field(default_factory=dict)
    factors: dict[str, float] = field(default_factory=dict)
    unmapped: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    derived: dict[str, str] = field(default_factory=dict)
    current_resolution_A: float | None = None


def convert(raw: RawTable, form: Format, found: Mapping[str, Match], notes: IngestNotes) -> pl.DataFrame:
    """Return the table in the columns of the Battery Data Format, unknown columns behind them under their own names.

    Raises FileFormatError when no row holds a time, a voltage and a current, or when the current cannot be signed.
    """
    columns = [_converted(raw, form, match, notes) for match in found.values()]
    taken = {match.source for match in found.values()}
    columns += [_unknown(raw, name, found, notes) for name in raw.frame.columns if name not in taken]
    frame = _without_blank_rows(pl.DataFrame(columns), notes)
    frame = _without_empty_columns(frame, found, notes)
    return _signed(_without_half_a_state(frame, form, notes), form, notes)


def _converted(raw: RawTable, form: Format, match: Match, notes: IngestNotes) -> pl.Series:
    source, column = raw.frame[match.source], match.column
    if match.source in raw.made:
        notes.derived[column.target] = raw.made[match.source]
    else:
        notes.mapped[match.source] = column.target
    if column.kind == "words":
        return _words(source, form, column.target, notes)
    if column.kind == "clock":
        return _clock(source, form, column.target, notes)
    if column.kind == "count" and source.dtype.is_integer() and match.factor == 1.0:
        return to_counts(source).alias(column.target)
    cleaned = to_seconds(source) if match.factor is None else to_numbers(source, raw.decimal_mark)
    if match.factor is None or (cleaned.misfits and column.kind == "duration"):
        cleaned, factor = _duration(source, cleaned), 1.0
    else:
        factor = match.factor
    if cleaned.misfits:
        example = f"for example {cleaned.first!r}"
        notes.warnings.append(f"{cleaned.misfits} cells of {match.source!r} are no numbers, {example}")
    if match.source not in raw.made:
        notes.factors[match.source] = factor
    if column.target == CURRENT and match.source in raw.resolution:
        notes.current_resolution_A = raw.resolution[match.source] * factor
    values = cleaned.values if factor == 1.0 else cleaned.values * factor
    return (to_counts(values) if column.kind == "count" else values).alias(column.target)


def _duration(source: pl.Series, cleaned: Cleaned) -> Cleaned:
    """Return whichever reading of a time column has fewer misfits: numbers, or texts such as "1d 02:03:04"."""
    text = to_seconds(source)
    return text if text.misfits < cleaned.misfits else cleaned


def _words(source: pl.Series, form: Format, target: str, notes: IngestNotes) -> pl.Series:
    text = source if source.dtype == pl.String else source.cast(pl.String)
    written = text.unique().drop_nulls()
    words = dict(zip(written, filled_text(written), strict=True))
    known = {word: form.states[spell(word)] for word in words.values() if word and spell(word) in form.states}
    if target == STEP_TYPE and known:
        pairs = ", ".join(f"{word} = {ours}" for word, ours in sorted(known.items()))
        notes.derived[target] = f"words of the file translated: {pairs}"
    assumed = [f"{word!r} as {ours}" for word, ours in sorted(known.items()) if spell(word) in form.assumed_states]
    if target == STEP_TYPE and assumed:
        said = f"No known file of {form.name} confirms how these states are read: {', '.join(assumed)}"
        notes.warnings.append(f"{said}. Compare with the program of the test")
    table = {word: known.get(bare, bare) if bare else None for word, bare in words.items()}
    return text.replace_strict(table, default=None, return_dtype=pl.String).alias(target)


def _clock(source: pl.Series, form: Format, target: str, notes: IngestNotes) -> pl.Series:
    moments = to_unix_time(source, form.clock_formats)
    if moments is None:
        notes.warnings.append(f"The clock times in {source.name!r} follow no known pattern and are kept as text")
        notes.mapped.pop(source.name)
        notes.unmapped.append(source.name)
        return source
    notes.derived[target] = f"{source.name!r}: {_ZONE_RULE}"
    return moments.alias(target)


def _unknown(raw: RawTable, name: str, found: Mapping[str, Match], notes: IngestNotes) -> pl.Series:
    notes.unmapped.append(name)
    own = f"{name} (as in the file)" if name in found else name
    return numbers_or_text(raw.frame[name], raw.decimal_mark).alias(own)


def _without_blank_rows(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Leave out rows without time, voltage and current: blank lines, titles and repeated headers."""
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
    notes.warnings += [f"{kept[name].null_count()} rows have no {name}" for name in present if kept[name].null_count()]
    return kept


def _without_empty_columns(frame: pl.DataFrame, found: Mapping[str, Match], notes: IngestNotes) -> pl.DataFrame:
    empty = [name for name in frame.columns if frame[name].null_count() == frame.height]
    lost = [name for name in empty if name in REQUIRED]
    if lost:
        fault = Fault("", f"the columns {', '.join(lost)} hold no number", "Export the measurement again")
        raise FileFormatError(fault)
    for name in empty:
        source = found[name].source if name in found else name
        notes.empty.append(source)
        notes.mapped.pop(source, None)
        notes.factors.pop(source, None)
        if source in notes.unmapped:
            notes.unmapped.remove(source)
    return pl.DataFrame([frame[name] for name in frame.columns if name not in empty])  # drop would copy the rest


def directions(frame: pl.DataFrame) -> pl.Series | None:
    """Return +1 in charging steps, -1 in discharging ones, 0 in others, by the step's type; None without types."""
    if STEP_TYPE not in frame.columns:
        return None
    words = frame[STEP_TYPE].unique().drop_nulls()
    table = {word: _DIRECTIONS.get(word[-4:], 0) for word in words}
    if not any(table.values()):
        return None
    return frame[STEP_TYPE].replace_strict(table, default=0, return_dtype=pl.Int8)


def _without_half_a_state(frame: pl.DataFrame, form: Format, notes: IngestNotes) -> pl.DataFrame:
    """Leave out a last row whose state is the beginning of a known one: the file was cut off within its last cell."""
    if form.sign == "signed" or STEP_TYPE not in frame.columns or frame.height < 2:
        return frame
    last = frame[STEP_TYPE][-1]
    if last is None or last in form.states.values() or (frame[STEP_TYPE].head(-1) == last).any():
        return frame
    beginning = spell(last.rstrip("\ufffd"))  # half a Chinese character
    if not any(word.startswith(beginning) for word in form.states):
        return frame
    notes.dropped.append(f"1 row: the file ends within the state {last!r} of its last line")
    return frame.head(-1)


def _signed(frame: pl.DataFrame, form: Format, notes: IngestNotes) -> pl.DataFrame:
    """Give the current the sign of the Battery Data Format: positive = charging the object."""
    if CURRENT not in frame.columns:
        return frame
    current, agreement = frame[CURRENT], _agreement(frame)
    if form.sign == "signed":
        if agreement < 0.0:
            notes.warnings.append("In steps called charge the current is mostly negative: check the electrodes")
        return frame
    if bool((current < 0.0).any()):
        if agreement < 0.0:
            notes.derived[CURRENT] = "sign changed: in this file the steps called discharge have positive current"
            return _exchanged(frame, -current)
        return frame
    if not bool((current > 0.0).any()):
        return frame
    direction = _signable_directions(frame)
    notes.derived[CURRENT] = "the file's current has no sign: it is taken from the step's state, charge positive"
    return _exchanged(frame, current * pl.select(pl.when(direction < 0).then(-1.0).otherwise(1.0)).to_series())


def _exchanged(frame: pl.DataFrame, current: pl.Series) -> pl.DataFrame:
    """Put another current in the place of the old one; with_columns would copy every column of a large table."""
    return pl.DataFrame([current.alias(CURRENT) if name == CURRENT else frame[name] for name in frame.columns])


def _agreement(frame: pl.DataFrame) -> float:
    """Return the sum of the current times the direction that the steps' types say: negative when they contradict."""
    if STEP_TYPE not in frame.columns:
        return 0.0
    sums = frame.group_by(STEP_TYPE).agg(pl.col(CURRENT).sum())
    return sum(_DIRECTIONS.get(str(word)[-4:], 0) * (total or 0.0) for word, total in sums.iter_rows())


def _signable_directions(frame: pl.DataFrame) -> pl.Series:
    """Return the rows' directions. Raises FileFormatError when a row has a current and no state that gives its sign."""
    direction = directions(frame)
    if direction is None:
        seen = "the current has no sign, and no column says whether a step charges or discharges"
    else:
        words = frame.filter((direction == 0) & (frame[CURRENT] > 0.0))[STEP_TYPE].unique().drop_nulls()
        words = words.filter(~words.is_in(["REST", "OCV"]))
        if not words.len():
            return direction
        seen = f"the current has no sign, and these states are not known: {', '.join(map(repr, words.head(5)))}"
    mend = "Describe the file: give --description a TOML file with [columns] and [states]"
    raise FileFormatError(Fault("", seen, mend))
