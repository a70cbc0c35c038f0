"""A raw table -> Battery Data Format columns: units, signs and words, each change with a line for the report."""

from collections.abc import Mapping, Sequence

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.cycling import CURRENT, DERIVED_CYCLE, REQUIRED, STEP_TYPE, TIME, VOLTAGE
from ionweld.read.cycling.cleaning import (
    Cleaned,
    filled_text,
    numbers_or_text,
    to_counts,
    to_numbers,
    to_seconds,
)
from ionweld.read.cycling.clock import read_clock
from ionweld.read.cycling.format import UNIX_TIME, Format, FormatColumn, Match, other_voltages
from ionweld.read.cycling.formats.bdf import LABELS
from ionweld.read.cycling.notes import IngestNotes
from ionweld.read.cycling.raw import RawTable
from ionweld.read.cycling.rows import (
    in_order,
    require_one_cell,
    without_blank_rows,
    without_impossible_values,
    without_repeated_blocks,
)
from ionweld.read.cycling.signs import signed
from ionweld.read.cycling.spelling import spell
from ionweld.wording import many

_CLOCK_ONLY = "the file has clock times only: the seconds since its first row"
_DATE = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\D"
_CELLS_TO_TRY = 100
_OURS = frozenset((*LABELS, DERIVED_CYCLE))


def convert(raw: RawTable, form: Format, found: Mapping[str, Match], notes: IngestNotes) -> pl.DataFrame:
    """Return the table in the columns of the Battery Data Format, unknown columns behind them under their own names.

    What has been converted is taken out of `raw`: a large file's texts and numbers need not be kept at the same time.
    Raises FileFormatError when no row holds a time, a voltage and a current, when the rows are of several cells, or when the
    current cannot be signed.
    """
    found = _with_absolute_time(raw, found)
    if others := other_voltages(found, raw.frame.columns):
        left = " and ".join(map(repr, others))
        notes.derived[VOLTAGE] = f"{found[VOLTAGE].source!r} was taken; {left} was left"
    columns: list[pl.Series] = []
    waiting = sorted(found.values(), key=lambda match: match.column.kind == "clock")  # they are read by the test time
    while waiting:
        match = waiting.pop(0)
        columns.append(_converted(raw, form, match, columns, notes))
        if match.source not in {other.source for other in waiting}:
            raw.frame.drop_in_place(match.source)
    columns += [_unknown(raw, name, notes) for name in raw.frame.columns]
    frame = without_blank_rows(without_impossible_values(_with_time(pl.DataFrame(columns), notes), notes), notes)
    require_one_cell(frame)
    frame = _without_empty_columns(frame, found, notes)
    frame = in_order(without_repeated_blocks(_without_half_a_state(frame, form, notes), notes), notes)
    return signed(frame, form, notes)


def _with_absolute_time(raw: RawTable, found: Mapping[str, Match]) -> Mapping[str, Match]:
    """Take a test time that holds clock times for what it is."""
    match = found.get(TIME)
    if match is None:
        return found
    column = raw.frame[match.source]
    if column.dtype not in (pl.String, pl.Datetime) or (column.dtype == pl.String and not _looks_like_dates(column)):
        return found
    clock = Match(match.source, FormatColumn(UNIX_TIME, (), "clock"), None)
    return {
        UNIX_TIME: clock,
        **{target: other for target, other in found.items() if target != TIME},
    }  # a clock of the file goes before


def _looks_like_dates(column: pl.Series) -> bool:
    first = filled_text(column.head(_CELLS_TO_TRY)).drop_nulls()
    return first.len() > 0 and bool(first.str.contains(_DATE).all())


def _with_time(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    if TIME in frame.columns:
        return frame
    if UNIX_TIME not in frame.columns:
        seen = "has no test time, and its clock times follow no known pattern"
        raise FileFormatError(Fault("", seen, "Export the test time too, or describe the file (--description)"))
    moments = frame[UNIX_TIME]
    known = moments.drop_nulls()
    notes.derived[TIME] = _CLOCK_ONLY
    return frame.hstack([(moments - (known[0] if known.len() else 0.0)).alias(TIME)])


def _converted(raw: RawTable, form: Format, match: Match, before: Sequence[pl.Series], notes: IngestNotes) -> pl.Series:
    source, column = raw.frame[match.source], match.column
    if match.source in raw.made:
        notes.derived[column.target] = raw.made[match.source]
    else:
        notes.mapped[match.source] = column.target
    if column.kind == "words":
        return _words(source, form, column.target, notes)
    if column.kind == "clock":
        return _clock(source, form, next((made for made in before if made.name == TIME), None), notes)
    if column.kind == "count" and source.dtype.is_integer() and match.factor == 1.0:
        return to_counts(source).alias(column.target)
    cleaned, factor = _cleaned(source, match, raw.decimal_mark)
    if cleaned.misfits:
        example = f"for example {cleaned.first!r}"
        notes.warnings.append(
            f"{many(cleaned.misfits, f'cell of {match.source!r} is no number', f'cells of {match.source!r} are no numbers')}, {example}"
        )
    if match.source not in raw.made:
        notes.factors[match.source] = factor
    if column.target == CURRENT and match.source in raw.resolution:
        notes.current_resolution_A = raw.resolution[match.source] * factor
    values = cleaned.values if factor == 1.0 else cleaned.values * factor
    if match.offset:
        notes.derived[column.target] = f"{match.source!r} is on another scale: {match.offset:+.6g} after the factor"
        values = values + match.offset
    return (to_counts(values) if column.kind == "count" else values).alias(column.target)


def _cleaned(source: pl.Series, match: Match, decimal: str | None) -> tuple[Cleaned, float]:
    """Return a column's numbers and what they are multiplied by.

    A time column is read whichever way has fewer misfits: as numbers in its unit, or as texts such as "1d 02:03:04", in s.
    """
    if match.factor is None:
        return to_seconds(source), 1.0
    cleaned = to_numbers(source, decimal)
    if cleaned.misfits and match.column.kind == "duration":
        text = to_seconds(source)
        if text.misfits < cleaned.misfits:
            return text, 1.0
    return cleaned, match.factor


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


def _clock(source: pl.Series, form: Format, elapsed: pl.Series | None, notes: IngestNotes) -> pl.Series:
    clock = read_clock(source, form.clock_formats, elapsed)
    if clock is None:
        notes.warnings.append(f"The clock times in {source.name!r} follow no known pattern and are kept as text")
        notes.mapped.pop(source.name, None)
        notes.unmapped.append(source.name)
        return source
    made = notes.derived.get(UNIX_TIME)
    notes.derived[UNIX_TIME] = clock.rule if made is None else f"{made}; {clock.rule}"
    notes.warnings += clock.doubts
    return clock.moments.alias(UNIX_TIME)


def _unknown(raw: RawTable, name: str, notes: IngestNotes) -> pl.Series:
    """Return a column that was not understood, under its own name; a name that means something to us is marked."""
    notes.unmapped.append(name)
    own = f"{name} (as in the file)" if name in _OURS else name
    return numbers_or_text(raw.frame[name], raw.decimal_mark).alias(own)


def _without_empty_columns(frame: pl.DataFrame, found: Mapping[str, Match], notes: IngestNotes) -> pl.DataFrame:
    empty = [name for name in frame.columns if frame[name].null_count() == frame.height]
    lost = [name for name in empty if name in REQUIRED]
    if lost:
        named = ", ".join(f"{found[name].source!r} ({name})" if name in found else name for name in lost)
        seen = f"nothing in {named} is understood: a column of numbers needs its unit in the header, times read 1:02:03"
        raise FileFormatError(Fault("", seen, "Export it again, or describe the file (--description)"))
    for name in empty:
        source = found[name].source if name in found else name
        notes.empty.append(source)
        notes.mapped.pop(source, None)
        notes.factors.pop(source, None)
        if source in notes.unmapped:
            notes.unmapped.remove(source)
    return pl.DataFrame([frame[name] for name in frame.columns if name not in empty])  # drop would copy the rest


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
