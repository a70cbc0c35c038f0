"""Workbooks (.xlsx, .xls, .ods): each sheet that names a whole impedance is read like any table with names."""

from dataclasses import replace

import numpy as np

from ionweld.errors import Fault, FileFormatError
from ionweld.read.eis.conditions import temperature_said
from ionweld.read.eis.header import find_header, read_named
from ionweld.read.eis.table import HOW_TO_MEND, Table, one_after_another
from ionweld.read.text import RawFile, Text

NAME = "workbook with named columns (.xlsx, .xls, .ods)"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_TAB = "\t"


def recognises(source: RawFile) -> bool:
    """Return whether the bytes are a workbook's container; what is in it shows when it is opened."""
    if source.data.startswith(_OLE):
        return True
    return source.data.startswith(_ZIP) and any(mark in source.data for mark in (b"xl/workbook", b"opendocument"))


def read(source: RawFile) -> Table:
    """Return the rows of every sheet with a whole impedance. Raises FileFormatError when there is none."""
    sheets = _sheets(source)
    tables = [_table(source, name, lines) for name, lines in sheets if find_header(lines) is not None]
    if not tables:
        names = ", ".join(repr(name) for name, _ in sheets)
        seen = f"none of its sheets ({names}) has a header with a frequency and an impedance"
        raise FileFormatError(Fault(str(source.path), seen, HOW_TO_MEND))
    if len(tables) == 1:
        return tables[0]
    return one_after_another(tables, f"{len(tables)} sheets hold an impedance; they were read one after the other")


def _table(source: RawFile, name: str, lines: list[str]) -> Table:
    """Return the rows of a sheet; one that is called by a temperature was measured at it."""
    table = read_named(source, Text(lines, "workbook"), f"{NAME}, sheet {name!r}")
    kelvin = temperature_said(name)
    if kelvin is None or table.temperature_K is not None:
        return table
    return replace(table, temperature_K=np.full(table.frequency_Hz.size, kelvin))


def _sheets(source: RawFile) -> list[tuple[str, list[str]]]:
    """Return each sheet as lines of text with tabs between cells."""
    import fastexcel

    from ionweld.read.cycling.workbook import refusing_damage  # which loads what reads sheets

    with refusing_damage(source):
        book = fastexcel.read_excel(source.data)
        frames = [
            (name, book.load_sheet(name, header_row=None, dtypes="string").to_polars()) for name in book.sheet_names
        ]
    return [
        (name, [_TAB.join("" if cell is None else str(cell) for cell in row) for row in frame.iter_rows()])
        for name, frame in frames
    ]
