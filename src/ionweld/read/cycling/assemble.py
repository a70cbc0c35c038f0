"""From a raw table and the format it was recognised as, to a measurement with its report."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from ionweld.errors import AreaUnknownError, Fault, FileFormatError
from ionweld.measurement.charge import course
from ionweld.measurement.cycling import CHARGING_CAPACITY, CYCLE, DISCHARGING_CAPACITY, STEP, TEMPERATURE, CyclingTest
from ionweld.measurement.provenance import IngestReport
from ionweld.read.cycling.checks import (
    counter_checks,
    counter_warnings,
    disagree,
    half_charges,
    sparse_warnings,
    time_warnings,
)
from ionweld.read.cycling.convert import convert
from ionweld.read.cycling.derive import derive, ordered
from ionweld.read.cycling.format import UNIX_TIME, Format, Match, match_columns, missing_required
from ionweld.read.cycling.notes import IngestNotes
from ionweld.read.cycling.plausibility import implausible
from ionweld.read.cycling.raw import RawTable
from ionweld.read.cycling.rows import without_repeated_headers
from ionweld.read.text import RawFile, provenance_of, start_report

_RECOMMENDED = (UNIX_TIME, CYCLE, STEP, TEMPERATURE)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file's table, what format it is, and which of its columns are what."""

    form: Format
    raw: RawTable
    found: Mapping[str, Match]
    details: dict[str, str] | None = None


def recognised(form: Format, raw: RawTable) -> Recognised:
    """Return the table with its columns matched to those of the format."""
    raw = without_repeated_headers(form.tidy(raw) if form.tidy else raw)
    return Recognised(form, raw, match_columns(form, raw.frame.columns))


def times_area(table: Recognised, area_m2: float | None) -> Recognised:
    """Return the table with what it has per area times the cell's area. Raises AreaUnknownError."""
    shared = {target: match for target, match in table.found.items() if match.per_area}
    if not shared:
        return table
    names = " and ".join(repr(match.source) for match in shared.values())
    if area_m2 is None:
        mend = 'Give it with --area "0.785 cm^2"; area = "0.785 cm^2" in a description beside the file says it for good'
        raise AreaUnknownError(Fault("", f"has {names} per area, and the cell's area is not known", mend))
    said = f"{names} is per area: it was taken times the area that was given, {1e4 * area_m2:.6g} cm2"
    whole = {
        target: replace(match, factor=(match.factor or 1.0) * area_m2, per_area=False)
        for target, match in shared.items()
    }
    raw = replace(table.raw, warnings=(*table.raw.warnings, said))
    return replace(table, raw=raw, found={**table.found, **whole})


def assemble(source: RawFile, table: Recognised) -> CyclingTest:
    """Return the measurement in the columns of the Battery Data Format, with all that was done to get there.

    source: the file's path and hash; its bytes are not needed any more. Raises FileFormatError when a required column
    is missing or holds nothing, or the current cannot be signed.
    """
    form, raw, found = table.form, table.raw, table.found
    _require(source, form, raw, found)
    notes = IngestNotes(warnings=list(raw.warnings), dropped=list(raw.dropped))
    frame = convert(raw, form, found, notes)
    for name in raw.frame.columns:  # the texts of a large file are not needed any more: room for what is derived
        raw.frame.drop_in_place(name)
    frame = ordered(derive(frame, form.counter, notes))
    passed = course(frame)
    charges = half_charges(passed)
    checks = counter_checks(charges)
    withheld = notes.counter_guessed and disagree(checks)
    notes.warnings += [*time_warnings(frame, passed), *sparse_warnings(passed, charges)]
    notes.warnings += implausible(frame, passed, charges)
    notes.warnings += counter_warnings(frame, checks, notes.current_resolution_A, withheld=withheld)
    frame = _without_counter(frame, notes) if withheld else frame
    report = replace(_report(source, form, raw, found, notes), counters=checks)
    return CyclingTest(frame, provenance_of(report, table.details), ingest=report)


def _without_counter(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Withhold the capacities of steps that rest on a guess; the file's own counter stays under its own name."""
    guessed = [name for name in (CHARGING_CAPACITY, DISCHARGING_CAPACITY) if notes.derived.pop(name, None) is not None]
    return frame.drop(guessed)


def checked_again(source: RawFile, measurement: CyclingTest) -> CyclingTest:
    """Return a table that ionweld itself wrote, with what its checks say about it now."""
    passed = course(measurement.table)
    charges = half_charges(passed)
    checks = counter_checks(charges)
    said = time_warnings(measurement.table, passed) + sparse_warnings(passed, charges)
    said += implausible(measurement.table, passed, charges)
    said += counter_warnings(measurement.table, checks, None)
    report = replace(start_report(source, "ionweld Parquet"), counters=checks, warnings=tuple(said))
    return replace(measurement, ingest=report)


def _require(source: RawFile, form: Format, raw: RawTable, found: Mapping[str, Match]) -> None:
    missing = missing_required(found)
    if missing:
        names = ", ".join(repr(name) for name in raw.frame.columns[:30])
        lacking = f"no column for {' and '.join(missing)}, or its unit is not known"
        mend = "Export these columns too, or describe the file (--description)"
        raise FileFormatError(Fault(str(source.path), f"looks like {form.name} but has {lacking}: {names}", mend))


def _report(
    source: RawFile, form: Format, raw: RawTable, found: Mapping[str, Match], notes: IngestNotes
) -> IngestReport:
    expected = tuple(column.target for column in form.columns) if form.says_what_is_missing else ()
    missing = dict.fromkeys(name for name in (*expected, *_RECOMMENDED) if name not in found)
    said = [form.convention] if form.convention else []
    return replace(
        start_report(source, form.name),
        encoding=raw.encoding,
        decimal_mark=raw.decimal_mark,
        header_line=raw.header_line,
        columns_mapped=notes.mapped,
        columns_unmapped=tuple(notes.unmapped),
        columns_empty=tuple(notes.empty),
        columns_missing=tuple(missing),
        unit_factors=notes.factors,
        dropped=tuple(notes.dropped),
        warnings=(*said, *notes.warnings),
        derived=notes.derived,
    )
