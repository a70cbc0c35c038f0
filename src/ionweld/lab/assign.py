"""Cells described once: a table (csv or xlsx), one row per file, goes into cells.toml; what is missing is asked per group.

    file,cell,treatment,kind,positive,negative,area (mm^2),active_mass (mg),temperature,state
    cell_1.csv,cell 1,untreated,symmetric,Li,Li,28.3,,80 degC,
    cell_1_eis.csv,cell 1,,,,,,,,before cycling

A column is a key of cells.toml, its unit in the cells or in the head of the column. What a cell has in one of its rows holds
for all of them; a temperature that differs between its rows is that of each measurement. Replicates are counted where no
column does it. Columns of other things are left, and said. What a person wrote into cells.toml before stays as it is, with its comments.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from math import isclose
from pathlib import Path
from typing import Any

import polars as pl
import tomlkit

from ionweld.errors import Fault, FileFormatError, SpecError, UnitError
from ionweld.lab.cells import Assignment, BuiltCell
from ionweld.lab.edit import QUANTITIES, WHOLE, count_replicate, put, write_description, written
from ionweld.lab.folder import ProjectFolder, hold
from ionweld.read.text import decode, load, sniff_layout
from ionweld.spec.faults import check
from ionweld.units import point_for_comma

_OF_FILE = ("file", "state", "note")
_OF_CELL = tuple(name for name in BuiltCell.model_fields if name not in ("name", "measurement", "note"))
_WORDS = {
    "file": "filename file_name files datei dateiname 文件 文件名 fichier",
    "cell": "cell_name cell_id cell_no. cell_number cellid sample sample_name sample_id probe zelle zellname 电池 样品 电池编号 cellule",
    "treatment": "group condition behandlung gruppe 处理 组 traitement",
    "replicate": "repeat wiederholung 重复",
    "area": "electrode_area active_area fläche elektrodenfläche 面积 surface",
    "active_mass": "mass loading masse aktivmasse 质量 活性物质质量",
    "temperature": "temp temp. t temperatur 温度 température",
    "stack_pressure": "pressure druck stapeldruck 压力 pression",
    "thickness": "pellet_thickness dicke 厚度 épaisseur",
    "first_half_cycle": "first",
    "note": "comment comments notes remark remarks kommentar bemerkung 备注 remarque",
}
_OTHER_NAMES = {word: key for key, words in _WORDS.items() for word in words.split()}
_NEAR = 0.72  # of 1: "aera" is a slip for "area", "operator" none for "temperature"
_ANY_CELL: dict[str, Any] = {"name": "x", "treatment": "x", "replicate": 1}  # to check one thing by itself
_HEAD = re.compile(r"\s*(?P<name>.+?)\s*(?:[\[(/]\s*(?P<unit>[^\])]+?)\s*[\])]?)?\s*")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AssignedTable:
    """What a table gave: how many rows, the treatments that are new, and its columns that are none of cells.toml."""

    rows: int
    new_treatments: tuple[str, ...]
    unused: tuple[str, ...]


def assign_table(project: ProjectFolder, table: Path) -> AssignedTable:
    """Write what a table says into cells.toml.

    Raises SpecError with every fault of the table and of what it would make of the description; then nothing is written.
    """
    rows, unused = _rows(table)
    with hold(project.lock):
        before = written(project)
        about, cells = tomlkit.parse(before.about), tomlkit.parse(before.cells)
        faults = [fault for place, row in rows for fault in _row_faults(place, row)]
        faults += _merge(cells, rows)
        new = _new_treatments(about, rows)
        if faults:
            raise SpecError(faults)
        write_description(project, about, cells)
    return AssignedTable(len(rows), new, unused)


def _rows(table: Path) -> tuple[list[tuple[str, Row]], tuple[str, ...]]:
    """Return the rows by key, each with its place, empty cells left out; and the columns that are not used."""
    head, *lines = _cells_of(table)
    keys = [_key(name) for name in head]
    columns = ("cell", *_OF_FILE, *_OF_CELL)
    unused = {name: key for name, (key, _) in zip(head, keys, strict=True) if key not in columns}
    near = {name: get_close_matches(key, columns, 1, _NEAR) for name, key in unused.items()}
    known = f"The columns are {', '.join(columns)}"
    faults = [
        Fault(f"{table}: column {name!r}", "is not known", f"Did you mean {meant[0]!r}? {known}")
        for name, meant in near.items()
        if meant
    ]
    missing = [name for name in ("file", "cell") if name not in [key for key, _ in keys]]
    faults += [
        Fault(str(table), f"has no column {name!r}: it has {', '.join(map(repr, head))}", known) for name in missing
    ]
    if faults:
        raise SpecError(faults)
    rows = []
    for number, line in enumerate(lines, start=2):
        said = {
            key: _value(key, text.strip(), unit)
            for (key, unit), text in zip(keys, line, strict=False)
            if text.strip() and key in columns
        }
        if said:
            rows.append((f"{table.name}: row {number}", said))
    return rows, tuple(name for name in unused if name.strip())


def _cells_of(table: Path) -> list[list[str]]:
    """Return every row of the table as texts. Raises FileFormatError when it is none."""
    source = load(table)
    if source.data.startswith(b"PK\x03\x04"):
        try:
            frame = pl.read_excel(table, has_header=False, infer_schema_length=0, drop_empty_rows=True)
        except (pl.exceptions.PolarsError, ValueError, OSError, RuntimeError) as error:
            fault = Fault(str(table), f"cannot be read as a workbook: {error}", "Save it as .xlsx or .csv")
            raise FileFormatError(fault) from None
        found = [["" if cell is None else str(cell) for cell in row] for row in frame.iter_rows()]
    else:
        lines = [line for line in decode(source).lines if line.strip(" ,;\t")]
        found = list(csv.reader(lines, delimiter=_delimiter(lines)))
    if len(found) < 2:
        raise FileFormatError(Fault(str(table), "has no row below its head", "Write a head, then one row per file"))
    return found


def _delimiter(lines: list[str]) -> str:
    counts = {mark: lines[0].count(mark) for mark in "\t;,"}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else sniff_layout(lines).delimiter


def _key(head: str) -> tuple[str, str]:
    """Return the key of cells.toml that a head of a column means, and the unit in it."""
    found = _HEAD.fullmatch(head)
    name, unit = (found["name"], found["unit"] or "") if found else (head, "")
    key = re.sub(r"[\s-]+", "_", name.strip().lower())
    return _OTHER_NAMES.get(key, key), unit


def _value(key: str, text: str, unit: str) -> Any:
    if key in WHOLE:
        number = text.removesuffix(".0")
        return int(number) if number.isdigit() else text
    text = _with_point(text) if key in QUANTITIES else text
    return f"{text} {unit}" if unit and re.fullmatch(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?", text) else text


def _with_point(text: str) -> str:
    """Return a quantity with a decimal point; one that can be read in two ways stays, and is a fault of its row."""
    try:
        return point_for_comma(text)
    except UnitError:
        return text


def _row_faults(place: str, row: Row) -> Iterator[Fault]:
    """Check each thing in a row by itself, so that its fault is said with the row."""
    for model, keys in ((BuiltCell, _OF_CELL), (Assignment, _OF_FILE)):
        required = _ANY_CELL if model is BuiltCell else {"file": "x"}
        said = {key: value for key, value in row.items() if key in keys}
        try:
            check(model, required | said, place)
        except SpecError as error:
            yield from error.faults
    for name in ("file", "cell"):
        if name not in row:
            yield Fault(place, f"has no {name}", "Give every row its file and its cell")


def _merge(cells: Any, rows: list[tuple[str, Row]]) -> list[Fault]:
    """Put the rows into the document of cells.toml, cell by cell; return what contradicts."""
    faults: list[Fault] = []
    known = {str(cell.get("name")): cell for cell in cells.get("cell", [])}
    owner = {str(one.get("file")): name for name, cell in known.items() for one in cell.get("measurement", [])}
    together: dict[str, list[tuple[str, Row]]] = {}
    for place, row in rows:
        if "cell" in row:
            together.setdefault(row["cell"], []).append((place, row))
    for name, mine in together.items():
        cell = known.get(name)
        if cell is None:
            cell = tomlkit.table()
            cell["name"] = name
            cells.setdefault("cell", tomlkit.aot()).append(cell)
            cell = cells["cell"][-1]
        faults += _describe_cell(cell, name, mine)
        count_replicate(cell, cells["cell"])
        faults += _add_files(cell, name, mine, owner)
    return faults


def _describe_cell(cell: Any, name: str, mine: list[tuple[str, Row]]) -> Iterator[Fault]:
    for key in _OF_CELL:
        said = {row[key]: place for place, row in reversed(mine) if key in row}  # the first row that says it
        if len(said) > 1 and key == "temperature":
            continue  # it belongs to each measurement
        for value, place in reversed(said.items()):
            if key not in cell:
                put(cell, key, value)
            elif not _same(key, cell[key], value):
                yield Fault(
                    place, f"{key} of {name} is {value!r}, and {cell[key]!r} elsewhere", "Say it once, or alike"
                )


def _same(key: str, one: Any, other: Any) -> bool:
    """Return whether two rows say the same, "0.785 cm2" and "78.5 mm^2" too."""
    if one == other or key not in QUANTITIES:
        return bool(one == other)
    try:
        amounts = [getattr(check(BuiltCell, _ANY_CELL | {key: text}, ""), key).value for text in (one, other)]
    except SpecError:
        return False
    return isclose(*amounts)


def _add_files(cell: Any, name: str, mine: list[tuple[str, Row]], owner: dict[str, str]) -> Iterator[Fault]:
    each = len({row["temperature"] for _, row in mine if "temperature" in row}) > 1
    for place, row in mine:
        file = Path(str(row.get("file", ""))).name
        if owner.get(file, name) != name:
            yield Fault(place, f"{file} is a measurement of {owner[file]} already", "Name it under one cell, once")
        elif file and file not in owner:
            one = tomlkit.table()
            one["file"] = file
            for key in ("state", "note", *(("temperature",) if each else ())):
                if key in row:
                    one[key] = row[key]
            cell.setdefault("measurement", tomlkit.aot()).append(one)
            owner[file] = name


def _new_treatments(about: Any, rows: list[tuple[str, Row]]) -> tuple[str, ...]:
    known = about.setdefault("treatments", tomlkit.table())
    new = tuple(name for name in dict.fromkeys(row.get("treatment") for _, row in rows) if name and name not in known)
    for name in new:
        known[name] = ""
    return new
