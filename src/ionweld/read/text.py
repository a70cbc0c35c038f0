"""What every text reader needs: bytes -> lines -> columns of numbers, and a report of what was seen on the way.

    source = load(path)                      # bytes and hash; a missing, empty or huge file is refused here
    text = decode(source)                    # lines, and the encoding that was found
    layout = sniff_layout(text.lines[5:])    # delimiter and decimal mark, from the lines that hold data
    table = split_table(text.lines[5:], names, layout)
    volts = numbers(table["Voltage/V"], layout.decimal_mark)
    report = start_report(source, "Landt csv", text, layout)

Nothing is guessed from a file's extension, and nothing here knows what a column means.
"""

import csv
import gzip
import mmap
import re
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld import __version__
from ionweld.errors import Fault, FileFormatError, why
from ionweld.measurement.provenance import SIMULATED, IngestReport, Provenance, hash_bytes
from ionweld.read.find import GZIP, LARGEST_RATIO, RATIO_COUNTS_FROM_BYTES

LARGEST_FILE_BYTES = 2**28
MAPPED_FROM = 2**22
DecimalMark = Literal[".", ","]

_SAMPLE_BYTES = 65536
_SAMPLE_LINES = 200
_MINUS = "\u2212"  # what word processors and spreadsheets make of a minus before a number
_APART = re.compile(r"\t+|\s{2,}")
_UNIT_SEPARATOR = "\x1f"  # the control character made for this
_ALLOWED_CONTROL = "\t\n\r\x0b\x0c\x1a"
_SOMETHING = re.compile(rb"[^\x00 \t\r\n\x1a]")
_COMMA_NUMBER = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_NUMBER = re.compile(r"[+-]?(?:(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?|nan|inf)", re.IGNORECASE)
_SIGNATURES = {
    b"PK\x03\x04": "a zip container such as an Excel workbook (.xlsx)",
    b"\xd0\xcf\x11\xe0": "an old Excel or Office file (.xls)",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture (PNG)",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet table",
    b"\x89HDF": "an HDF5 container (.h5, .nxs, .emd, .hspy)",
    b"BIO-LOGIC MODULAR FILE": "a BioLogic binary file (.mpr)",
}


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file's bytes, with its path and its SHA-256."""

    path: Path
    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a text file without their ends, and the encoding they were decoded with.

    ended: whether the last line has a line end; without one it may have been cut off anywhere.
    """

    lines: list[str]
    encoding: str
    ended: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """How rows of numbers are written; the delimiter " " stands for any run of blanks."""

    delimiter: str
    decimal_mark: DecimalMark


class MappedBytes(mmap.mmap):
    """A large text file as the system pages it in, with what its readers ask of bytes: it never stands in memory whole."""

    def startswith(self, head: bytes | tuple[bytes, ...]) -> bool:
        """Say whether the file begins with these bytes, or with one of them."""
        return self[: max(map(len, head)) if isinstance(head, tuple) else len(head)].startswith(head)

    def __contains__(self, piece: object) -> bool:
        return isinstance(piece, bytes) and self.find(piece) >= 0

    def forget(self) -> None:
        """Give the memory of what was looked at back to the system, where it takes it."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self.madvise(mmap.MADV_DONTNEED)


def _bytes_of(path: Path, mapped: bool) -> bytes:
    with path.open("rb") as stream:
        head = stream.read(4096)
        is_binary = b"\0" in head or head.startswith(b"PK")
        if not mapped or is_binary or path.stat().st_size < MAPPED_FROM:
            return head + stream.read()
        return cast(bytes, MappedBytes(stream.fileno(), 0, access=mmap.ACCESS_READ))


def _unpacked(data: bytes, largest: int) -> bytes:
    """Return what a gzip archive of one file holds. Raises ValueError when it is damaged, or unpacks to far more than it is."""
    limit = min(largest, max(RATIO_COUNTS_FROM_BYTES, int(LARGEST_RATIO * len(data))))
    try:
        with gzip.open(BytesIO(data)) as stream:
            found = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"a damaged gzip archive: {error}") from None
    if len(found) > limit:
        raise ValueError(f"it unpacks to more than {limit / 1e6:.0f} MB, or to {LARGEST_RATIO:.0f} times its size")
    return found


def load(path: Path, largest_bytes: int = LARGEST_FILE_BYTES, *, mapped: bool = False) -> RawFile:
    """Return the file's bytes, those of a gzip archive unpacked. Raises FileFormatError when it is missing, no regular file,
    empty, damaged or too large.

    mapped: a large text file comes as MappedBytes.
    """
    try:
        if not path.is_file():
            seen = "is a folder or a device" if path.exists() else "does not exist"
            raise FileFormatError(Fault(str(path), seen, "Give the path of an instrument's file"))
        size = path.stat().st_size
        if size > largest_bytes:
            mend = "Export only the part that is needed"
            raise FileFormatError(Fault(str(path), f"has {size} bytes; at most {largest_bytes} are read", mend))
        data = _bytes_of(path, mapped)
        data = _unpacked(data, largest_bytes) if data.startswith(GZIP) else data
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        fault = Fault(str(path), f"cannot be opened: {why(error)}", "Check its name and permissions")
        raise FileFormatError(fault) from None
    if _SOMETHING.search(data) is None:
        raise FileFormatError(Fault(str(path), f"is empty ({len(data)} bytes)", "Export the measurement again"))
    source = RawFile(path, data, hash_bytes(data))
    if isinstance(data, MappedBytes):
        data.forget()
    return source


def decode(source: RawFile) -> Text:
    """Return the lines of a text file, whatever its encoding. Raises FileFormatError when it is no text."""
    text, encoding = _decode(source.data)
    if _is_binary(text.rstrip("\x00")):
        kind = next((kind for magic, kind in _SIGNATURES.items() if source.data.startswith(magic)), "binary data")
        fault = Fault(str(source.path), f"is not a text file; it looks like {kind}", "Export it as text or csv")
        raise FileFormatError(fault)
    text = text.rstrip("\x00\x1a").replace("\r\n", "\n").replace("\r", "\n").replace(_MINUS, "-")
    return Text(text.rstrip("\n").split("\n"), encoding, ended=text.endswith("\n"))


def _decode(data: bytes) -> tuple[str, str]:
    """Byte-order marks first, then UTF-16 by its NULs, UTF-8, Chinese, and Western last, which always fits."""
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace"), "utf-8-sig"
    wide = _utf16_name(data)
    if wide:
        even = data[: len(data) - len(data) % 2]
        return even.decode(wide, "replace").removeprefix("\ufeff"), wide
    data = data.rstrip(b"\x00")  # a logger that crashed leaves NULs at the end
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8"), "utf-8"
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if len(text) - len(text.encode("ascii", "ignore")) > 6 * bad:  # most of what is not ASCII is sound UTF-8
        return text, f"utf-8 with {bad} unreadable characters"
    for encoding in ("gb18030", "cp1252") if _looks_chinese(data) else ("cp1252",):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding), encoding
    return data.decode("latin-1"), "latin-1"


def _utf16_name(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16-le" if data.startswith(b"\xff\xfe") else "utf-16-be"
    sample = data[:_SAMPLE_BYTES]
    even, odd = (sample[start::2].count(0) / max(1, len(sample) // 2) for start in (0, 1))
    if max(even, odd) > 0.4 and min(even, odd) < 0.05:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _looks_chinese(data: bytes) -> bool:
    """Return whether the bytes above 0x7F come in pairs: Chinese does, a lone µ, ° or ² of a Western file does not."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", data)]
    return sum(run for run in runs if run % 2 == 0) > 0.8 * sum(runs)


def _is_binary(text: str) -> bool:
    sample = text[:_SAMPLE_BYTES]
    strange = sum(map(sample.count, (chr(code) for code in range(32) if chr(code) not in _ALLOWED_CONTROL)))
    return strange + sample.count("\ufffd") > 2 + 0.01 * len(sample)


def split_fields(line: str, delimiter: str) -> list[str]:
    """Split one line into trimmed fields; quotes are taken off only where they enclose a whole field.

    delimiter: " " stands for any run of blanks, "  " for one of two or more, or a tab.
    """
    if delimiter == " ":
        return line.split()
    if delimiter == "  ":
        return _APART.split(line.strip())
    if line.lstrip().startswith('"') or f'{delimiter}"' in line:
        with suppress(csv.Error):  # a field beyond csv's limit of 131072 characters
            return [field.strip() for field in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))]
    return [field.strip() for field in line.split(delimiter)]


def is_number(field: str) -> bool:
    """Return whether a trimmed field is a number under either decimal mark; nan and inf count."""
    return _NUMBER.fullmatch(field) is not None


def number_or_nan(text: str) -> float:
    """Return a number, NaN where the text is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def decimal_mark(fields: Iterable[str]) -> DecimalMark:
    """Return "," when numbers with a decimal comma outnumber those with a point, otherwise "."."""
    commas = points = 0
    for field in fields:
        commas += _COMMA_NUMBER.fullmatch(field) is not None
        points += "." in field and is_number(field)
    return "," if commas > points else "."


def sniff_layout(lines: Sequence[str]) -> Layout:
    """Return the delimiter and decimal mark under which most fields of the first `lines` are numbers."""
    sample = [line for line in lines[:_SAMPLE_LINES] if line.strip()]
    best, best_share = Layout(",", "."), -1.0
    for delimiter in ("\t", ";", ",", " "):
        rows = [split_fields(line.strip(" "), delimiter) for line in sample]
        fields = [field for row in rows if len(row) > 1 for field in row if field]
        mark = decimal_mark(fields)
        share = sum(map(is_number, fields)) / max(1, len(fields))
        if share > best_share:
            best, best_share = Layout(delimiter, mark), share
    return best


def split_table(lines: Sequence[str], names: Sequence[str], layout: Layout) -> pl.DataFrame:
    """Return the rows as trimmed text columns called `names` (unique); short rows are filled with null, long ones cut.

    Row n of the table is lines[n], whatever stands in it: a quote that is never closed swallows no further row.
    """
    delimiter = layout.delimiter
    if delimiter == " " or any('"' in line for line in lines):
        lines, delimiter = [_UNIT_SEPARATOR.join(split_fields(line, delimiter)) for line in lines], _UNIT_SEPARATOR
    header = delimiter.join(f"c{position}" for position in range(len(names)))  # it fixes the number of columns
    frame = pl.read_csv(
        BytesIO("\n".join((header, *lines, "")).encode("utf-8", "replace")),
        separator=delimiter,
        quote_char=None,
        infer_schema=False,
        truncate_ragged_lines=True,
    )
    return frame.rename(dict(zip(frame.columns, names, strict=True))).with_columns(pl.all().str.strip_chars())


def numbers(column: pl.Series, mark: DecimalMark) -> NDArray[np.float64]:
    """Return the column as floats, shape (n,); NaN where a field is empty or no number.

    A field with the other mark is no number: in a file with decimal commas "1.234" might be a thousand.
    """
    if mark == ",":
        column = column.str.replace_many([",", "."], [".", "?"])
    return column.cast(pl.Float64, strict=False).to_numpy().copy()  # null becomes NaN


def unique_names(names: Sequence[str]) -> list[str]:
    """Return the names with empty ones called "column 3" and repeated ones numbered, so that none is lost."""
    seen: dict[str, int] = {}
    unique = []
    for position, name in enumerate(names, start=1):
        base = name or f"column {position}"
        seen[base] = seen.get(base, 0) + 1
        unique.append(base if seen[base] == 1 else f"{base} #{seen[base]}")
    return unique


def start_report(source: RawFile, reader: str, text: Text | None = None, layout: Layout | None = None) -> IngestReport:
    """Return a report of what is known before any column is understood; add to it with dataclasses.replace."""
    return IngestReport(
        reader=f"{reader} (ionweld {__version__})",
        file=source.path.name,
        sha256=source.sha256,
        encoding=text.encoding if text else None,
        decimal_mark=layout.decimal_mark if layout else None,
        simulated=source.data.startswith(SIMULATED.encode()),
    )


def provenance_of(report: IngestReport, details: dict[str, str] | None = None) -> Provenance:
    """Return the provenance of what was read, as its report has it: measured, unless the file says it was simulated."""
    kind = "simulated" if report.simulated else "measured"
    return Provenance(kind, report.file, report.sha256, report.reader, details or {})
