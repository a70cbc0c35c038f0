"""The door: a file of any known format, recognised by its content, becomes a cycling measurement with a report."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ionweld.errors import Fault, FileFormatError, UnknownFormatError
from ionweld.measurement.cycling import REQUIRED, TIME, CellContext, CyclingTest
from ionweld.read.cycling import access, described, old_workbook, parquet
from ionweld.read.cycling.archive import guarded_members
from ionweld.read.cycling.assemble import Recognised, assemble, recognised, times_area
from ionweld.read.cycling.format import UNIX_TIME, Format, hallmarked, is_complete, match_columns, missing_required
from ionweld.read.cycling.formats import known_formats
from ionweld.read.cycling.raw import Head, HeaderLine, RawTable, candidate_headers, head_in, read_head, read_rows
from ionweld.read.cycling.workbook import Workbook, is_summary, open_workbook, read_sheets
from ionweld.read.find import description_beside
from ionweld.read.text import RawFile, is_number, load
from ionweld.wording import many

CycleCount = Literal["program", "file"]
_LARGEST_FILE_BYTES = 2**31
_UNMISTAKABLE = ("utf-8", "utf-16")
_OTHER_ENCODINGS = ("shift_jis", "cp949", "cp1251", "cp1250")
_ZIP = b"PK\x03\x04"
_ROWS_TO_TRY = 20


def read_cycling_file(
    path: Path, *, description: Path | None = None, cycles: CycleCount = "program", area_m2: float | None = None
) -> CyclingTest:
    """Return the cycling measurement in a file, whatever its name; the format is found from the content.

    description: a TOML file that says how an unknown csv is to be read (see ionweld.read.cycling.described); it goes
    before everything that is found, as one beside the file does that has its name and .toml. cycles: where the vendor's
    program shows another count than the raw file holds, which of them is the cycle count. area_m2: of the cell, which a
    table of current densities needs; a description may say it. Raises FileFormatError when the file is damaged, no
    cycling file, or of an unknown format (AreaUnknownError: for want of the area); MissingExtraError when an optional package is needed; SpecError when the
    description has faults.
    """
    source, description = load(path, _LARGEST_FILE_BYTES, mapped=True), description or description_beside(path)
    if description is None and source.data.startswith(parquet.MAGIC):
        return parquet.read_parquet(source)
    said = None if description is None else described.description_in(description)
    area = area_m2 if area_m2 or said is None else said.area
    try:
        if said is not None and description is not None and said.columns:
            table = described.read_described(source, said, description.name)
        else:
            table = _recognise(source, cycles)
            table = described.as_said(table, said, description.name) if said and description else table
        source = replace(source, data=b"")  # from here on a large file needs only its table
        test = assemble(source, times_area(table, area))
        return test if area is None else replace(test, context=CellContext(area, "given"))
    except FileFormatError as error:
        raise type(error)([replace(fault, where=fault.where or str(path)) for fault in error.faults]) from None


def _recognise(source: RawFile, cycles: CycleCount) -> Recognised:
    members = guarded_members(source) if source.data.startswith(_ZIP) else frozenset()
    for form in known_formats():
        if form.opener is not None and form.opener.recognises(source):
            return recognised(form, _counting(form.opener.read(source), cycles))
    if members:
        return _read_container(source, members)
    if source.data.startswith(old_workbook.MAGIC):
        return _read_workbook(source)
    if source.data.startswith(access.MAGIC):
        return _read_database(source)
    return _read_text(source)


def _counting(raw: RawTable, cycles: CycleCount) -> RawTable:
    """Return the table with the cycle count that was asked for, and a sentence where the two differ."""
    if raw.cycles is None or (raw.frame[raw.cycles[0]] == raw.frame[raw.cycles[1]]).all():
        return raw
    shown, own = raw.cycles
    numbers = {name: raw.frame[name].n_unique() for name in raw.cycles}
    taken = "the program's is taken (--cycles file takes the other)" if cycles == "program" else "the file's is taken"
    said = f"The raw file counts {many(numbers[own], 'cycle')}, the vendor's program shows {numbers[shown]}: {taken}"
    raw = replace(raw, warnings=(*raw.warnings, said))
    if cycles == "program":
        return raw
    swapped = raw.frame.rename({shown: f"{shown} of the program", own: shown})
    return replace(raw, frame=swapped, made={name: rule for name, rule in raw.made.items() if name != shown})


def _read_container(source: RawFile, members: frozenset[str]) -> Recognised:
    if "xl/workbook.xml" in members:
        return _read_workbook(source)
    mend = "Give a file that the cycler's software exported"
    raise FileFormatError(Fault(str(source.path), "is a zip container, but no workbook and no Neware .ndax", mend))


def _read_database(source: RawFile) -> Recognised:
    raw = access.read_database(source)
    forms = hallmarked(known_formats(), raw.frame.columns)
    form = next((form for form in forms if is_complete(form, raw.frame.columns)), None)
    if form is None:
        raise _unknown(source, [raw.frame.columns])
    return recognised(form, raw)


def _read_text(source: RawFile) -> Recognised:
    head = read_head(source)
    found = _best_header(head)
    if found is None and not head.encoding.startswith(_UNMISTAKABLE):
        head, found = next(_in_other_encodings(source), (head, None))
    if found is None:
        raise _unknown(source, [header.cells for header in candidate_headers(head)])
    form, header = found
    return recognised(form, read_rows(source, head, header, _counts(form, header)))


def _in_other_encodings(source: RawFile) -> Iterator[tuple[Head, tuple[Format, HeaderLine]]]:
    """Yield the heads in which the names of columns make sense in an encoding that bytes alone do not tell."""
    for head in (head_in(source, encoding) for encoding in _OTHER_ENCODINGS):
        found = _best_header(head)
        if found is not None and is_complete(found[0], found[1].cells):
            yield head, found


def _counts(form: Format, header: HeaderLine) -> set[str]:
    """Return the columns that count something."""
    return {match.source for match in match_columns(form, header.cells).values() if match.column.kind == "count"}


def _best_header(head: Head) -> tuple[Format, HeaderLine] | None:
    """Return the first header that gives a format all it needs, or else the first that is hallmarked at all."""
    fitting = []
    for header in candidate_headers(head):
        for form in hallmarked(known_formats(), header.cells):
            if not form.last and is_complete(form, header.cells):
                return form, header
            fitting.append((form, header))
    fitting.sort(key=lambda found: found[0].last)
    complete = ((form, header) for form, header in fitting if is_complete(form, header.cells))
    return next(complete, fitting[0] if fitting else None)


def _read_workbook(source: RawFile) -> Recognised:
    book = open_workbook(source)
    sheets = sorted(book.sheets, key=is_summary)
    headers = [(sheet, row, sheet.header(row)) for sheet in sheets for row in range(len(sheet.rows))]
    fitting = [(form, *header) for header in headers for form in hallmarked(known_formats(), header[2])]
    fitting = [found for found in fitting if is_complete(found[0], found[3])]
    if not fitting:
        raise _unknown(source, _all_rows(book))
    form, sheet, row, cells = min(fitting, key=lambda found: found[0].last)
    found = match_columns(form, cells)
    return recognised(form, read_sheets(book, sheet, row, found[TIME if TIME in found else UNIX_TIME].source))


def _all_rows(book: Workbook) -> list[list[str]]:
    return [cells for sheet in book.sheets for cells in sheet.rows]


def _unknown(source: RawFile, rows: Sequence[Sequence[str]]) -> FileFormatError:
    widest = max(rows, key=lambda cells: sum(bool(cell) for cell in cells), default=[])
    names = [cells for cells in rows[:_ROWS_TO_TRY] if not any(map(is_number, map(str, cells)))]
    matched = [(cells, match_columns(form, cells)) for cells in names for form in known_formats()]
    best, found = max(matched, key=lambda one: len(one[1].keys() & set(REQUIRED)), default=(widest, {}))
    understood = [target for target in REQUIRED if target in found]
    mend = (
        f"If it is a table of numbers, describe it in a TOML file, which `ionweld cycling describe {source.path.name}` "
        "drafts, and give that with --description"
    )
    if len(understood) > 1:
        lacking, there = " or ".join(missing_required(found)), " and ".join(understood)
        seen = f"is a table without {lacking}: of its columns {_listed(best)} {there} are understood"
        return FileFormatError(Fault(str(source.path), seen, mend))
    seen = f"is of no known cycling format ({', '.join(form.name for form in known_formats())})"
    seen += f"; the row with most cells reads {_listed(widest)}" if widest else ""
    return UnknownFormatError(Fault(str(source.path), seen, mend))


def _listed(cells: Sequence[str]) -> str:
    return repr(", ".join(str(cell) for cell in cells[:12]))
