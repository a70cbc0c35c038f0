"""Neware tables in layers: the csv of BTSDA 7 in which rows of cycles, of steps and of records stand under each other.

    Cycle ID, Cap_Chg(mAh), Cap_DChg(mAh), ...
    , Step ID, Step Name, Step Time(H:M:S:ms), Step Capacity(mAh), ...
    , , Record ID, Time(H:M:S:ms), Voltage(V), Current(mA), Capacity(mAh), Realtime, ...

A row belongs to the layer of its first filled cell. Each record takes cycle, step and name of the step from the rows above it;
what else stands in those follows from the records and is not taken.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

import polars as pl

from ionweld.errors import FileFormatError
from ionweld.read.cycling.format import Opener
from ionweld.read.cycling.formats.neware_table import NEWARE_TABLE
from ionweld.read.cycling.raw import RawTable, read_head
from ionweld.read.text import RawFile, decimal_mark, decode, split_fields, unique_names

_DELIMITERS = (",", "\t", ";")
_LAYERS = 3
_NAMED_IN_STEPS = 2  # the number of the step, and its name


def _delimiter(lines: Iterable[str]) -> str | None:
    """Return the delimiter under which the first three lines begin one layer deeper each; None where none does."""
    first = list(islice((line for line in lines if line.strip()), _LAYERS))
    for delimiter in _DELIMITERS:
        if [_depth(split_fields(line, delimiter)) for line in first] == list(range(_LAYERS)):
            return delimiter
    return None


def _depth(cells: list[str]) -> int:
    """Return how many cells are empty before the first filled one; -1 where a single cell stands alone."""
    depth = next((at for at, cell in enumerate(cells) if cell), len(cells))
    return depth if len(cells) > depth + 1 else -1


def _recognises(source: RawFile) -> bool:
    if b"\n" not in source.data[: 2**14] or b"\x00" in source.data[:4]:
        return False
    try:
        return _delimiter(read_head(source).lines) is not None
    except FileFormatError:
        return False


def _read(source: RawFile) -> RawTable:
    text = decode(source)
    delimiter = _delimiter(text.lines) or ","
    rows = (split_fields(line, delimiter) for line in text.lines if line.strip())
    cycle, step, record = islice(rows, _LAYERS)
    names = unique_names([cycle[0], *step[1 : 1 + _NAMED_IN_STEPS], *(cell for cell in record[2:] if cell)])
    table = list(_records(rows, len(names)))
    frame = pl.DataFrame(table, schema=dict.fromkeys(names, pl.String), orient="row")
    mark = decimal_mark(cell for row in table[:200] for cell in row)
    return RawTable(frame, text.encoding, mark, _LAYERS)


def _records(rows: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    """Yield each record behind the numbers of its cycle and step and the step's name."""
    cycle, step = [""], ["", ""]
    for cells in rows:
        depth = _depth(cells)
        if depth == 0:
            cycle = cells[:1]
        elif depth == 1:
            step = [*cells[1 : 1 + _NAMED_IN_STEPS], ""][:_NAMED_IN_STEPS]
        elif depth == _LAYERS - 1:
            row = [*cycle, *step, *cells[_LAYERS - 1 :]]
            yield [*row, *[""] * (width - len(row))][:width]


NEWARE_LAYERED = replace(
    NEWARE_TABLE, name="Neware table in layers (BTSDA 7)", hallmarks=(), opener=Opener(_recognises, _read)
)

FORMATS = (NEWARE_LAYERED,)
