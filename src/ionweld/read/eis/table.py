"""The engine behind the formats: a block of rows and the meaning of its columns -> frequencies and impedances.

A format says where its rows are (a TableBlock) and what its columns mean; everything after that is the same for all.
"""

from dataclasses import dataclass, field, replace
from math import pi
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.impedance import SIGMA
from ionweld.measurement.provenance import IngestReport
from ionweld.read.eis.conditions import temperatures_between
from ionweld.read.eis.immittance import recipe
from ionweld.read.eis.vocabulary import Column, Role
from ionweld.read.text import (
    Layout,
    RawFile,
    Text,
    numbers,
    split_fields,
    split_table,
    start_report,
    unique_names,
)
from ionweld.read.thousands import without_thousands
from ionweld.wording import many

Floats = NDArray[np.float64]

_COMPARED_ROWS = 50
_MANY_ROWS = 0.1  # of all rows
_ALWAYS_USED = (
    "frequency",
    "modulus",
    "phase",
    "temperature",
    "sigma",
)  # beside Z' and Z'' they are compared with these
_IN_OHM = ("real", "imaginary", "modulus", "series_resistance", "parallel_resistance", "sigma")
HOW_TO_MEND = 'Export it as csv with the header "frequency_Hz,Z_real_ohm,Z_imag_ohm", one row per frequency'


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Where the rows of a table stand in a text, and what its columns mean.

    names: one per column, as the file has them; meaning: those that are understood.
    header_line: index of the header's line, or None. first: index of the first row; the rows go on to the end.
    """

    names: tuple[str, ...]
    meaning: dict[str, Column]
    header_line: int | None
    first: int
    layout: Layout


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a file in SI units, in the file's order; NaN where a field could not be read.

    marks: columns that say which sweep a row belongs to. preamble: the lines before the rows.
    declared_rows: how many rows the file itself says it has. per_area: the columns that make the impedance one of a
    square metre (ohm m2), to be divided by the cell's area.
    """

    report: IngestReport
    frequency_Hz: Floats
    impedance_ohm: NDArray[np.complex128]
    marks: tuple[Floats, ...] = ()
    temperature_K: Floats | None = None
    extra: dict[str, Floats] = field(default_factory=dict)
    preamble: tuple[str, ...] = ()
    declared_rows: int | None = None
    per_area: tuple[str, ...] = ()


def read_block(source: RawFile, text: Text, reader: str, block: TableBlock, declared_rows: int | None = None) -> Table:
    """Return the rows of a block. Raises FileFormatError when needed columns are missing or have unknown units."""
    names = unique_names(block.names)
    rows, dropped, remarks = _fitting_rows(source.path, text.lines[block.first :], len(names), block.layout)
    frame = split_table(rows, names, block.layout)
    frame, thousands = without_thousands(frame, block.layout.decimal_mark)
    remarks += thousands
    arrays = {name: numbers(frame[name], block.layout.decimal_mark) for name in names}
    filled = frame.select(pl.all().str.len_chars().sum())
    if not text.ended:
        remarks += _cut_off(rows, frame, arrays, block.layout)
    report = replace(
        start_report(source, reader, text, block.layout),
        header_line=None if block.header_line is None else block.header_line + 1,
        columns_empty=tuple(name for name in names if filled[name].item() == 0),
        dropped=dropped,
        warnings=remarks,
    )
    table = side_by_side(source.path, report, arrays, block)
    if table.temperature_K is None and table.frequency_Hz.size == len(rows):
        table = replace(table, temperature_K=temperatures_between(text.lines[block.first :], rows))
    if rows and not np.isfinite(table.frequency_Hz).any():
        seen = f"its first row {rows[0].strip()[:60]!r} has no number for the frequency, nor has any other"
        raise FileFormatError(Fault(str(source.path), seen, HOW_TO_MEND))
    return replace(table, preamble=tuple(text.lines[: block.first]), declared_rows=declared_rows)


def _fitting_rows(
    path: Path, lines: list[str], columns: int, layout: Layout
) -> tuple[list[str], tuple[str, ...], tuple[str, ...]]:
    """Return the rows that can belong to the columns, what was dropped, and what to remark; blank lines do not count.

    Raises FileFormatError when many rows cannot: then the columns are not where the header seems to have them.
    """
    filled = [line for line in lines if line.strip(" \t\r;,")]
    counts = [_count_fields(line, layout.delimiter) for line in filled]
    fewest = columns if layout.delimiter == " " else 1  # between blanks an empty field cannot be seen
    rows = [line for line, (found, _) in zip(filled, counts, strict=True) if fewest <= found <= columns]
    torn = len(filled) - len(rows)
    if torn > _MANY_ROWS * len(filled):
        raise FileFormatError(_other_number_of_fields(path, columns, layout))
    dropped = (f"{many(torn, 'row')} with another number of fields than the header has columns",) if torn else ()
    if 2 * sum(room < columns for _, room in counts) > len(filled):
        return rows, dropped, ("most rows have fewer fields than the header; they were read from the left",)
    return rows, dropped, ()


def _count_fields(line: str, delimiter: str) -> tuple[int, int]:
    """Return how many fields a line has without empty ones at its end, and how many it has room for."""
    if delimiter == " " or '"' in line:
        fields = split_fields(line.rstrip(" \t\r" + delimiter), delimiter)
        return len(fields), max(len(fields), line.count(delimiter) + 1)
    return line.rstrip(" \t\r" + delimiter).count(delimiter) + 1, line.count(delimiter) + 1


def _cut_off(lines: list[str], frame: pl.DataFrame, arrays: dict[str, Floats], layout: Layout) -> tuple[str, ...]:
    """Look at a last line without a line end: a number that was cut short reads as another number.

    The last field is not read where its row has too few fields, or where all others of its column are equally long and
    it is shorter. Where it is merely the shortest, a warning is all that can be said.
    """
    if len(lines) < 2:
        return ()
    last, before = (split_fields(line.rstrip(" \t\r" + layout.delimiter), layout.delimiter) for line in lines[-1:-3:-1])
    if not 0 < len(last) <= frame.width:
        return ()
    name = frame.columns[len(last) - 1]
    widths = {len(field.lstrip("+-")) for field in frame[name][-_COMPARED_ROWS:-1].drop_nulls()}
    width = len(last[-1].lstrip("+-"))
    if len(last) >= len(before) and width >= min(widths, default=0):
        return ()
    if len(last) < len(before) or len(widths) == 1:
        arrays[name][-1] = np.nan
        return (f"the file was cut off in its last line: {last[-1]!r} in column {name!r} was not read",)
    return (f"the last line has no line end: {last[-1]!r} in column {name!r} may have been cut short",)


def _other_number_of_fields(path: Path, columns: int, layout: Layout) -> Fault:
    if layout.delimiter == " ":
        seen = f"its header seems to name {columns} columns between blanks, but many rows have another number of fields"
        return Fault(str(path), seen, "Export it with tabs or semicolons between columns")
    seen = f"its header names {columns} columns, but many rows have more fields"
    if layout.delimiter == ",":
        return Fault(str(path), seen, "If it has decimal commas, export it with semicolons or tabs between columns")
    return Fault(str(path), seen, HOW_TO_MEND)


def side_by_side(path: Path, report: IngestReport, arrays: dict[str, Floats], block: TableBlock) -> Table:
    """Return the table of a block; sweeps that stand beside each other under the same names come one after the other."""
    groups = _groups(arrays, block)
    if len(groups) == 1:
        return table_of(path, report, arrays, block.meaning)
    tables = [table_of(path, report, group, block.meaning) for group in groups]
    said = f"{len(groups)} sweeps stand side by side under the same column names; each was read by itself"
    return one_after_another(tables, said)


def one_after_another(tables: list[Table], said: str) -> Table:
    """Return several tables of a file as one, whose sweeps are counted; `said` goes with its warnings."""
    report = replace(
        tables[0].report,
        columns_unmapped=tuple(dict.fromkeys(name for table in tables for name in table.report.columns_unmapped)),
        dropped=tuple(dict.fromkeys(text for table in tables for text in table.report.dropped)),
        warnings=(*dict.fromkeys(text for table in tables for text in table.report.warnings), said),
    )
    unknown = [np.full(table.frequency_Hz.size, np.nan) for table in tables]
    kelvins = [
        none if table.temperature_K is None else table.temperature_K
        for table, none in zip(tables, unknown, strict=True)
    ]
    return Table(
        report=report,
        frequency_Hz=np.concatenate([table.frequency_Hz for table in tables]),
        impedance_ohm=np.concatenate([table.impedance_ohm for table in tables]),
        marks=(np.repeat(np.arange(1.0, len(tables) + 1), [table.frequency_Hz.size for table in tables]),),
        temperature_K=np.concatenate(kelvins),
        per_area=tables[0].per_area,
    )


def _groups(arrays: dict[str, Floats], block: TableBlock) -> list[dict[str, Floats]]:
    """Return the columns of each sweep under the names of the first: only the same words again begin another sweep."""
    written = dict(zip(arrays, block.names, strict=True))
    times = {name: [unique for unique in arrays if written[unique] == name] for name in dict.fromkeys(block.names)}
    understood = {name: all_of for name, all_of in times.items() if all_of[0] in block.meaning}
    count = max((len(all_of) for all_of in understood.values()), default=1)
    repeated = {block.meaning[all_of[0]].role for all_of in understood.values() if len(all_of) == count}
    alone = {block.meaning[all_of[0]].role for all_of in understood.values() if len(all_of) == 1}
    if count == 1 or recipe(repeated | (alone & {"frequency"})) is None:
        return [arrays]
    return [
        {all_of[0]: arrays[all_of[turn] if len(all_of) == count else all_of[0]] for all_of in times.values()}
        for turn in range(count)
    ]


def table_of(path: Path, report: IngestReport, arrays: dict[str, Floats], meaning: dict[str, Column]) -> Table:
    """Return the table that named columns of numbers stand for. Raises FileFormatError as read_block does."""
    meaning = _with_provable_units(arrays, meaning)
    chosen = _choose(path, arrays, meaning)
    with np.errstate(all="ignore"):  # fields that could not be read, and absurd numbers in damaged files
        used: dict[Role, Floats] = {role: _si(arrays[name], meaning[name]) for role, name in chosen.items()}
        impedance_ohm, contradictions = _impedance(used), _contradictions(used)
    marks = [name for name in arrays if name in meaning and meaning[name].role == "sweep"]
    taken = {*chosen.values(), *marks}
    unmapped = tuple(name for name in arrays if name not in taken and name not in report.columns_empty)
    notes = [f"{name}: {meaning[name].note}" for name in chosen.values() if meaning[name].note]
    return Table(
        report=replace(
            report,
            columns_mapped={name: _mapping(role, meaning[name]) for role, name in chosen.items()}
            | dict.fromkeys(marks, "number of the sweep"),
            columns_unmapped=unmapped,
            unit_factors={name: meaning[name].factor or 1.0 for name in chosen.values()},
            warnings=(*report.warnings, *notes, *contradictions),
        ),
        frequency_Hz=used["frequency"],
        impedance_ohm=impedance_ohm,
        marks=tuple(arrays[name] for name in marks),
        temperature_K=used.get("temperature"),
        extra={name: arrays[name] for name in unmapped if np.isfinite(arrays[name]).any()}
        | ({SIGMA: used["sigma"]} if "sigma" in used else {}),
        per_area=_per_area(path, chosen, meaning),
    )


def _with_provable_units(arrays: dict[str, Floats], meaning: dict[str, Column]) -> dict[str, Column]:
    """A phase without a unit that goes beyond 2 pi can only be in degrees."""
    proven = dict(meaning)
    for name, column in meaning.items():
        unproven = column.role == "phase" and column.factor is None and name in arrays
        if unproven and np.any(np.abs(arrays[name][np.isfinite(arrays[name])]) > 2 * pi):
            proven[name] = replace(column, factor=pi / 180, note="values beyond 2 pi: read as degrees")
    return proven


def _choose(path: Path, arrays: dict[str, Floats], meaning: dict[str, Column]) -> dict[Role, str]:
    """Return the column for each role: the first with a known unit, those of the cell before those of its area.

    Raises FileFormatError when one is missing.
    """
    chosen: dict[Role, str] = {}
    for name, column in sorted(meaning.items(), key=lambda item: item[1].per_area):
        if name in arrays and column.role != "sweep" and column.factor is not None:
            chosen.setdefault(column.role, name)
    made = recipe(set(chosen))
    if made is None:
        raise FileFormatError(_missing_columns(path, list(arrays), meaning))
    return {role: name for role, name in chosen.items() if role in _ALWAYS_USED or role in made[0]}


def _per_area(path: Path, chosen: dict[Role, str], meaning: dict[str, Column]) -> tuple[str, ...]:
    """Return the columns of an impedance that is per area. Raises FileFormatError where half of it is."""
    shared = tuple(name for name in chosen.values() if meaning[name].per_area)
    whole = [name for role, name in chosen.items() if role in _IN_OHM and name not in shared]
    if shared and whole:
        seen = f"{_listed(list(shared))} is per area and {_listed(whole)} is not"
        raise FileFormatError(Fault(str(path), seen, "Write both in ohm"))
    return shared


def _missing_columns(path: Path, names: list[str], meaning: dict[str, Column]) -> Fault:
    known = ((name, meaning[name]) for name in names if name in meaning)
    unknown = [name for name, column in known if column.factor is None and column.role != "temperature"]
    if unknown:
        seen = f"the unit of {_listed(unknown)} is not known"
        return Fault(
            str(path), seen, "Write it in the header as Hz or rad/s, ohm (kohm, Mohm, mohm), S, F, H, deg or rad"
        )
    strange = [name for name in names if name not in meaning]
    not_known = f"; not understood: {_listed(strange)}" if strange else ""
    seen = f"has no complete impedance: its columns are {_listed(names)}{not_known}"
    mend = "It needs frequency with Z' and Z'', |Z| and phase, Rs and Cs, G and B, Cp and D or Q, or their like"
    return Fault(str(path), seen, f"{mend}; or say what the columns are: --columns f,re,-im. {HOW_TO_MEND}")


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name[:40]) for name in names[:20])


def _si(values: Floats, column: Column) -> Floats:
    numbers = 10.0**values if column.decades else values
    return numbers * (column.sign * (column.factor or 1.0)) + column.offset


def _mapping(role: str, column: Column) -> str:
    sign = ", sign reversed as its header says" if column.sign < 0 else ""
    offset = f", plus {column.offset:g}" if column.offset else ""
    power = ", 10 to the power of it" if column.decades else ""
    return f"{role}{power}, times {column.factor:g}{offset}{sign}"


def _impedance(used: dict[Role, Floats]) -> NDArray[np.complex128]:
    made = recipe(set(used))
    assert made is not None  # _choose has refused everything else
    return np.asarray(made[1](used), np.complex128)


def _contradictions(used: dict[Role, Floats]) -> list[str]:
    """Compare what the file says twice: Z' and Z'' against |Z| and against the phase."""
    if "real" not in used or "imaginary" not in used:
        return []
    found = []
    if "modulus" in used:
        ratio = np.hypot(used["real"], used["imaginary"]) / used["modulus"]
        ratio = ratio[np.isfinite(ratio)]
        if ratio.size and abs(np.median(ratio) - 1) > 0.01:
            found.append(f"the |Z| column differs from Z' and Z'' by a factor of {1 / np.median(ratio):.3g}")
    if "phase" in used:
        clear = np.abs(np.sin(used["phase"])) > 0.02
        opposite = clear & (np.sign(np.sin(used["phase"])) != np.sign(used["imaginary"]))
        if opposite.sum() > 0.5 * clear.sum():
            found.append("the phase column has the opposite sign of Z''; Z'' was taken as its header says")
    return found
