"""A file's table before anything in it is understood, and how text becomes one: fast when it can, patient when not."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO

import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.read.cycling.blanks import ONE, TWO, names_apart, rows_apart, with_tabs
from ionweld.read.cycling.spelling import is_unit
from ionweld.read.text import MappedBytes, RawFile, decimal_mark, decode, is_number, split_fields, unique_names
from ionweld.wording import many

_HEAD_BYTES = 2**18
_HEADER_LINES = 400
_ROWS_TO_TRY = 60
_LONGEST_LINE = 2**13  # of names apart by blanks
_LINES_BELOW, _FEWEST_NUMBERS = 4, 2
_CHUNK = 2**20
PIECE = 2**22  # bytes
_DELIMITERS = ("\t", ";", ",", "|")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
MOST_COLUMNS = 2000
_FEWEST_UNITS = 2
_COMMENT = re.compile(
    r"^ *(?:#+|%+|//) *(?=[^\s,;|])"
)  # before names that numpy, Origin or a person marked as a remark


@dataclass(frozen=True, slots=True)
class RawTable:
    """Columns as they stand in the file, under their own (made unique) names; numbers may still be text.

    resolution: the last decimal that a column of text is written with, in the file's unit.
    made: columns that are not in the file but were computed while reading -> the rule.
    cycles: the column that counts cycles as the vendor's program shows them, and the one with the raw file's own count,
    where the two may differ.
    """

    frame: pl.DataFrame
    encoding: str | None = None
    decimal_mark: str | None = None
    header_line: int | None = None
    warnings: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    resolution: dict[str, float] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    cycles: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The first lines of a text file, and the encoding of the whole."""

    lines: list[str]
    encoding: str


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """Where the header stands (0-based), how its line is split, its cells, and the line where the rows begin."""

    line: int
    delimiter: str
    cells: list[str]
    rows: int


def read_head(source: RawFile) -> Head:
    """Return the first lines of a text. Raises FileFormatError when the file is no text."""
    cut = source.data[:_HEAD_BYTES]
    whole_lines = cut[: cut.rfind(b"\n") + 1] or cut  # a character of several bytes may be cut in two at the end
    text = decode(RawFile(source.path, whole_lines, source.sha256))
    return Head(text.lines, text.encoding)


def head_in(source: RawFile, encoding: str) -> Head:
    """Return the first lines of a text that is said to be in an encoding."""
    text = source.data[:_HEAD_BYTES].decode(encoding, "replace").removeprefix("\ufeff")
    return Head(text.splitlines(), encoding)


def candidate_headers(head: Head) -> Iterator[HeaderLine]:
    """Yield each of the first lines under each delimiter that gives it three cells or more.

    Blanks part columns only where nothing else does, and where the rows below have as many cells.
    """
    for number, line in enumerate(head.lines[:_HEADER_LINES]):
        used = [delimiter for delimiter in _DELIMITERS if 2 <= line.count(delimiter) < MOST_COLUMNS]
        yield from (header_at(head, number, delimiter) for delimiter in used)
        if not used and _may_name_columns(line, head.lines[number + 1 : number + 1 + _LINES_BELOW]):
            yield from _apart_by_blanks(head, number)


def _may_name_columns(line: str, below: Sequence[str]) -> bool:
    """Return, at little cost, whether a line may be names apart by blanks: numbers stand below it, and none in it."""
    names = line.split() if len(line) < _LONGEST_LINE else []
    if not 2 < len(names) < MOST_COLUMNS or any(map(is_number, names)):
        return False
    return any(sum(map(is_number, row[:_LONGEST_LINE].split())) >= _FEWEST_NUMBERS for row in below)


def _apart_by_blanks(head: Head, number: int) -> Iterator[HeaderLine]:
    for delimiter in (TWO, ONE):
        header = header_at(head, number, delimiter)
        rows = head.lines[header.rows : header.rows + _ROWS_TO_TRY]
        for cells in (
            header.cells,
            unique_names(["row", *header.cells]),
        ):  # R and pandas number their rows under no name
            if 2 < len(cells) < MOST_COLUMNS and rows_apart(rows, len(cells)):
                yield replace(header, cells=cells)


def header_at(head: Head, number: int, delimiter: str) -> HeaderLine:
    """Return a line taken as a header: units in a line of their own below it go with the names; blank lines are nothing."""
    split = names_apart if delimiter in (ONE, TWO) else split_fields
    cells = split(_COMMENT.sub("", head.lines[number].rstrip()), delimiter)
    first = _next_filled(head, number + 1)
    below = split(_COMMENT.sub("", head.lines[first]), delimiter) if first < len(head.lines) else []
    named = with_units(cells, below)
    if named is not None:
        cells, first = named, _next_filled(head, first + 1)
    return HeaderLine(number, delimiter, unique_names(without_empty_tail(cells)), first)


def with_units(names: Sequence[str], below: Sequence[str]) -> list[str] | None:
    """Return the names with the units that stand in the line below them; None where that line holds no units."""
    filled = [cell for cell in below if cell]
    if any(map(is_number, filled)):
        return None
    known = sum(is_unit(cell.strip("[]()")) for cell in filled)
    bracketed = bool(filled) and all(cell[0] + cell[-1] in ("[]", "()") for cell in filled)
    if not (bracketed or (known >= _FEWEST_UNITS and 2 * known >= len(filled))):
        return None
    padded = [*below, *[""] * len(names)]
    pairs = zip(names, padded, strict=False)
    return [f"{name} [{unit.strip('[]()')}]" if unit else name for name, unit in pairs]


def _next_filled(head: Head, number: int) -> int:
    while number < len(head.lines) and not head.lines[number].strip():
        number += 1
    return number


def read_rows(
    source: RawFile, head: Head, header: HeaderLine, counts: Collection[str] = (), mark: str | None = None
) -> RawTable:
    """Return the rows below the header: typed by one fast pass if every cell fits, otherwise as text.

    counts: the columns that should hold whole numbers. mark: the decimal mark, None to find it.
    Raises FileFormatError when the rows cannot be split into columns at all.
    """
    if header.delimiter in (ONE, TWO):
        return _read_apart(source, head, header, counts, mark)
    names = header.cells
    sample = [split_fields(line, header.delimiter) for line in head.lines[header.rows : header.rows + 200] if line]
    decimal = mark or decimal_mark(cell for row in sample for cell in row)  # between commas, only quoted cells have one
    types = _types_of_sample(names, sample, decimal)
    types |= {name: pl.Int64 for name in counts if types.get(name) is pl.Float64}
    try:
        if _comes_in_pieces(source.data, head):
            frame = _parse_in_pieces(source.data, header, types, decimal)
        else:
            frame = _parse(_as_utf8(source.data, head.encoding), header, types, decimal)
    except pl.exceptions.PolarsError:
        frame = _parse_as_text(source, head.encoding, header, names)
    dropped = ()
    if _ends_within_a_line(source.data, header.delimiter.encode()):
        frame, dropped = frame.head(-1), ("1 row: the file ends in the middle of its last line",)
    resolution = _resolution(names, sample, decimal)
    return RawTable(frame, head.encoding, decimal, header.line + 1, (), dropped, resolution)


def _read_apart(source: RawFile, head: Head, header: HeaderLine, counts: Collection[str], mark: str | None) -> RawTable:
    """Return the rows of a table whose columns stand apart by blanks."""
    text = _as_utf8(source.data[:], head.encoding)
    tabbed, others = with_tabs(text, header.rows, len(header.cells))
    first = Head(tabbed[:_HEAD_BYTES].decode("utf-8", "replace").split("\n"), "utf-8")
    below = replace(header, delimiter="\t", rows=0)
    raw = read_rows(replace(source, data=tabbed), first, below, counts, mark)
    dropped = (f"{many(others, 'row')} with another number of cells than the header has names",) if others else ()
    return replace(raw, encoding=head.encoding, dropped=(*raw.dropped, *dropped))


def _comes_in_pieces(data: bytes, head: Head) -> bool:
    """Return whether a file is large, and can be cut at any of its line ends."""
    plain = head.encoding in ("utf-8", "utf-8-sig") and b"\n" in data[:_HEAD_BYTES]
    return plain and len(data) > PIECE and b'"' not in data


def _parse_in_pieces(data: bytes, header: HeaderLine, types: dict[str, type], decimal: str) -> pl.DataFrame:
    """Return the rows, read piece by piece: text and table never stand in memory beside each other."""
    start = 0
    for _ in range(header.rows):
        start = data.find(b"\n", start) + 1
    pieces, below = [], replace(header, rows=0)
    while start < len(data):
        end = _piece_end(data, start)
        while end < len(data) and not data[start:end].strip():  # blank lines alone are no table
            end = _piece_end(data, end)
        if data[start:end].strip():
            pieces.append(_parse(data[start:end], below, types, decimal))
        if isinstance(data, MappedBytes):
            data.forget()
        start = end
    return pl.DataFrame([pl.concat([piece.drop_in_place(name) for piece in pieces], rechunk=True) for name in types])


def _piece_end(data: bytes, start: int) -> int:
    return (data.rfind(b"\n", start, start + PIECE) + 1) or len(data)


def _ends_within_a_line(data: bytes, delimiter: bytes) -> bool:
    """Return whether the last line has no end, and fewer cells than the line before it."""
    last = data.rfind(b"\n") + 1
    before = data.rfind(b"\n", 0, max(0, last - 1)) + 1
    tail = data[last:].strip(b"\x00\r \x1a")
    return bool(tail) and last > 0 and tail.count(delimiter) < data[before:last].count(delimiter)


def without_empty_tail(cells: Sequence[str]) -> list[str]:
    """Leave out the empty names after the last real one: a trailing delimiter is no column."""
    last = max((index for index, cell in enumerate(cells) if cell), default=-1)
    return list(cells[: last + 1])


def _types_of_sample(names: Sequence[str], sample: Sequence[Sequence[str]], decimal: str) -> dict[str, type]:
    """Return number where every filled cell of the first rows is one, text elsewhere; a later misfit ends the pass."""
    types: dict[str, type] = {}
    for index, name in enumerate(names):
        cells = [row[index].replace(decimal, ".") for row in sample if index < len(row) and row[index]]
        is_number = bool(cells) and all(_NUMBER.fullmatch(cell) for cell in cells)
        types[name] = pl.Float64 if is_number else pl.String
    return types


def _resolution(names: Sequence[str], sample: Sequence[Sequence[str]], decimal: str) -> dict[str, float]:
    """Return the last decimal of each column of the first rows; columns with exponents have none."""
    found: dict[str, float] = {}
    for index, name in enumerate(names):
        cells = [row[index].replace(decimal, ".") for row in sample if index < len(row) and row[index]]
        if cells and all(_NUMBER.fullmatch(cell) and "e" not in cell.lower() for cell in cells):
            found[name] = 10.0 ** -max(len(cell.partition(".")[2]) for cell in cells)
    return found


def _parse(data: bytes, header: HeaderLine, types: dict[str, type], decimal: str) -> pl.DataFrame:
    return pl.read_csv(
        data[:],  # of bytes no copy, of a mapped file its bytes
        has_header=False,
        skip_lines=header.rows,
        separator=header.delimiter,
        quote_char='"' if b'"' in data else None,
        schema=types,
        truncate_ragged_lines=True,
        extra_columns="ignore",
        missing_columns="insert",
        decimal_comma=decimal == "," and header.delimiter != ",",
    )


def _parse_as_text(source: RawFile, encoding: str, header: HeaderLine, names: Sequence[str]) -> pl.DataFrame:
    data = _as_utf8(source.data, encoding, repair=True)
    try:
        return _parse(data, header, dict.fromkeys(names, pl.String), ".")
    except pl.exceptions.PolarsError:
        pass
    try:  # a quote that is never closed: read the marks as letters
        return _parse(data.replace(b'"', b"'"), header, dict.fromkeys(names, pl.String), ".")
    except pl.exceptions.PolarsError as error:
        fault = Fault(str(source.path), f"its rows cannot be split into columns: {error}", "Export the file again")
        raise FileFormatError(fault) from None


def _as_utf8(data: bytes, encoding: str, *, repair: bool = False) -> bytes:
    """Return the bytes as UTF-8 without a mark, and with \\n at line ends where a file has only \\r."""
    if encoding == "utf-8-sig":
        data = data[3:]
    elif encoding != "utf-8" or repair:
        data = _recoded(data, encoding)
    return data if b"\n" in data[:_HEAD_BYTES] else data.replace(b"\r", b"\n")


def _recoded(data: bytes, encoding: str) -> bytes:
    """Decode and encode in pieces, so that no second copy of the whole text stands in memory."""
    import codecs

    name = encoding.partition(" ")[0]  # "utf-8 with 3 unreadable characters"
    decoder = codecs.getincrementaldecoder(name)("replace")
    out = BytesIO()
    for start in range(0, len(data), _CHUNK):
        piece = decoder.decode(data[start : start + _CHUNK], final=start + _CHUNK >= len(data))
        out.write((piece.removeprefix("\ufeff") if start == 0 else piece).encode("utf-8"))
    return out.getvalue()
