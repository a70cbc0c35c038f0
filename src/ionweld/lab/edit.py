"""The bench: what is said of the cells as a sheet, and changes of it, one thing at a time, into project.toml and cells.toml,
comments kept.

    {"do": "add", "cell": "cell 1", "treatment": "untreated"}
    {"do": "set", "cell": "cell 1", "key": "area", "value": "28.3 mm^2"}     # value None: say it no longer
    {"do": "assign", "file": "cell_1.csv", "cell": "cell 1"}                 # cell None: of no cell any more
    {"do": "say", "file": "cell_1.csv", "key": "state", "value": "before cycling"}
    {"do": "remove", "cell": "cell 1"}                                       # its files stay stored
    {"do": "describe", "treatment": "untreated", "value": "as pressed"}      # what a treatment is, in one sentence

Several changes are made together or not at all. Who changes says which version of the two files was seen; when somebody
else, another tab or a command line, has written since, nothing is changed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit

from ionweld.errors import Fault, InputError, OutputError
from ionweld.lab.catalog import Laid, lay_out
from ionweld.lab.cells import EXAMPLES, AssignedFile, BuiltCell, describe
from ionweld.lab.folder import ProjectFolder, hold
from ionweld.measurement.provenance import hash_bytes
from ionweld.measurement.store import write_whole
from ionweld.spec.faults import read_toml, toml_of
from ionweld.units import point_for_comma

Edit = Mapping[str, Any]
WHOLE = ("replicate", "interfaces")
QUANTITIES = ("area", "thickness", "active_mass", "temperature", "stack_pressure")
_DESIGN = ("treatment", "kind", "positive", "negative")
_OF_FILE = ("state", "temperature", "note")
_OF_CELL = tuple(name for name in BuiltCell.model_fields if name != "measurement")


class StaleVersionError(OutputError):
    """The files have been changed by somebody else since they were looked at."""


@dataclass(frozen=True, slots=True)
class DescriptionFiles:
    """The two files of the description as they stand, and the version by which changes name them."""

    about: str
    cells: str

    @property
    def version(self) -> str:
        return hash_bytes(f"{self.about}\0{self.cells}".encode())[:16]


def written(project: ProjectFolder) -> DescriptionFiles:
    """Return what stands in the two files. Raises FileFormatError when one is no TOML."""
    for path in (project.about, project.cells):
        read_toml(path)
    return DescriptionFiles(project.about.read_text(encoding="utf-8"), project.cells.read_text(encoding="utf-8"))


def change(project: ProjectFolder, edits: Sequence[Edit], version: str | None = None) -> DescriptionFiles:
    """Make changes, all or none; return what stood there before.

    version: of what was seen, None to change whatever stands there now. Raises StaleVersionError when that is another,
    SpecError with every fault of what the changes would make, InputError for a change that cannot be.
    """
    with hold(project.lock):
        before = _seen(project, version)
        about, cells = tomlkit.parse(before.about), tomlkit.parse(before.cells)
        for edit in edits:
            _DO.get(str(edit.get("do")), _unknown)(about, cells, edit)
        write_description(project, about, cells)
    return before


def write_description(project: ProjectFolder, about: Any, cells: Any) -> None:
    """Write both files if they are without fault: the project first, as the cells name its treatments."""
    describe(about.unwrap(), cells.unwrap(), project)
    write_whole(project.about, tomlkit.dumps(about))
    write_whole(project.cells, tomlkit.dumps(cells))


def put_back(project: ProjectFolder, earlier: DescriptionFiles, version: str) -> None:
    """Write the two files as they were, if nobody has changed them since. Raises StaleVersionError."""
    with hold(project.lock):
        _seen(project, version)
        write_whole(project.about, earlier.about)
        write_whole(project.cells, earlier.cells)


def _seen(project: ProjectFolder, version: str | None) -> DescriptionFiles:
    now = written(project)
    if version is not None and version != now.version:
        seen = "has been changed by another tab or a command line since you looked"
        raise StaleVersionError(Fault(project.cells.name, seen, "Look at it as it is now, and change it again"))
    return now


def _add(about: Any, cells: Any, edit: Edit) -> None:
    cell = tomlkit.table()
    cell["name"], cell["treatment"] = _text(edit, "cell"), _text(edit, "treatment")
    _know_treatment(about, cell["treatment"])
    cells.setdefault("cell", tomlkit.aot()).append(cell)
    count_replicate(cells["cell"][-1], cells["cell"])


def _set(about: Any, cells: Any, edit: Edit) -> None:
    cell, key = _cell(cells, edit), _key(edit, _OF_CELL)
    _put(cell, key, edit.get("value"))
    if key == "treatment" and key in cell:
        _know_treatment(about, cell["treatment"])
    if key in _DESIGN:
        _count_again(cell, cells["cell"])


def count_replicate(cell: Any, cells: Any) -> None:
    """Number a cell among those of its design, where nobody did."""
    if "replicate" in cell:
        return
    alike = [other for other in cells if all(other.get(key) == cell.get(key) for key in _DESIGN)]
    taken = {other.get("replicate") for other in alike}
    put(cell, "replicate", next(number for number in range(1, len(alike) + 2) if number not in taken))


def _count_again(cell: Any, cells: Any) -> None:
    """Give a cell another number where its new group has one of its number."""
    mine = [cell.get(key) for key in (*_DESIGN, "replicate")]
    if sum([other.get(key) for key in (*_DESIGN, "replicate")] == mine for other in cells) > 1:
        cell.pop("replicate", None)
        count_replicate(cell, cells)


def _assign(about: Any, cells: Any, edit: Edit) -> None:
    file = _text(edit, "file")
    said = _taken_out(cells, file) or {"file": file}
    if edit.get("cell") is not None:
        one = tomlkit.table()
        for key, value in said.items():
            one[key] = value
        _cell(cells, edit).setdefault("measurement", tomlkit.aot()).append(one)


def _say(about: Any, cells: Any, edit: Edit) -> None:
    file, key = _text(edit, "file"), _key(edit, _OF_FILE)
    rows = [one for cell in cells.get("cell", []) for one in cell.get("measurement", []) if one.get("file") == file]
    if not rows:
        raise InputError(Fault(file, "is a measurement of no cell yet", "Say first which cell it belongs to"))
    _put(rows[0], key, edit.get("value"))


def _remove(about: Any, cells: Any, edit: Edit) -> None:
    cells["cell"].remove(_cell(cells, edit))


def _describe(about: Any, cells: Any, edit: Edit) -> None:
    treatment = _text(edit, "treatment")
    if treatment not in about.get("treatments", {}):
        raise InputError(Fault("treatment", f"no treatment is called {treatment!r}", "Look at the bench again"))
    about["treatments"][treatment] = str(edit.get("value") or "").strip()


def _unknown(about: Any, cells: Any, edit: Edit) -> None:
    raise InputError(Fault("do", f"{edit.get('do')!r} is no change", f"Choose of {', '.join(_DO)}"))


_DO: dict[str, Callable[[Any, Any, Edit], None]] = {
    "add": _add, "set": _set, "assign": _assign, "say": _say, "remove": _remove, "describe": _describe,
}  # fmt: skip


def _taken_out(cells: Any, file: str) -> dict[str, Any] | None:
    """Take a file away from its cell; return what was said of it, None where it had none."""
    for cell in cells.get("cell", []):
        rows = cell.get("measurement", [])
        for at, one in enumerate(rows):
            if one.get("file") == file:
                said = dict(one.unwrap())
                del rows[at]
                if not len(rows):
                    del cell["measurement"]
                return said
    return None


def _cell(cells: Any, edit: Edit) -> Any:
    name = _text(edit, "cell")
    found = next((cell for cell in cells.get("cell", []) if cell.get("name") == name), None)
    if found is None:
        raise InputError(Fault("cell", f"no cell is called {name!r}", "Look at the bench again"))
    return found


def _put(table: Any, key: str, value: Any) -> None:
    text = "" if value is None else str(value).strip()
    if not text:
        table.pop(key, None)
    elif key in WHOLE:
        put(table, key, int(text) if re.fullmatch(r"\d+", text) else text)
    else:
        put(table, key, point_for_comma(text, key) if key in QUANTITIES else text)


def put(cell: Any, key: str, value: Any) -> None:
    """Write a key above the measurements: below them TOML would give it to the last of those."""
    files = cell.pop("measurement", None)
    cell[key] = value
    if files is not None:
        cell["measurement"] = files


def _text(edit: Edit, name: str) -> str:
    value = edit.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InputError(Fault(name, "is not said", f"Give the {name}"))
    return value.strip()


def _key(edit: Edit, known: Sequence[str]) -> str:
    key = _text(edit, "key")
    if key not in known:
        raise InputError(Fault("key", f"{key!r} is not known", f"Choose of {', '.join(known)}"))
    return key


def _know_treatment(about: Any, name: str) -> None:
    treatments = about.setdefault("treatments", tomlkit.table())
    if name not in treatments:
        treatments[name] = ""


def sheet(project: ProjectFolder) -> dict[str, Any]:
    """Return version, treatments, cells, files and fields as plain data. Raises SpecError for a faulty description."""
    now = written(project)
    about, cells = toml_of(now.about, project.about.name), toml_of(now.cells, project.cells.name)
    describe(about, cells, project)
    laid = lay_out(project)
    return {
        "version": now.version,
        "treatments": about.get("treatments", {}),
        "cells": [row | {"asks": _asks(laid, row["name"])} for row in cells.get("cell", [])],
        "files": [_file(item, laid.assigned.files) for item in laid.assigned.files],
        "fields": fields(),
    }


def fields() -> list[dict[str, Any]]:
    """Return the fields of a cell: name, help, example, and its choices where it has a few."""
    made = []
    for name, item in BuiltCell.model_json_schema()["properties"].items():
        options = [one.get("enum", []) for one in (item, *item.get("anyOf", []))]
        if name != "measurement":
            made.append(
                {
                    "name": name,
                    "help": item.get("description", ""),
                    "example": EXAMPLES.get(name, "").strip('"') if name not in ("kind", "first_half_cycle") else "",
                    "choices": next((one for one in options if one), []),
                }
            )
    return made


def _asks(laid: Laid, name: str) -> list[str]:
    return [ask.missing for ask in laid.assigned.asks if name in ask.cells]


def _file(item: AssignedFile, every: Sequence[AssignedFile]) -> dict[str, Any]:
    """Return a stored file; `file` is how cells.toml names it, or may name it."""
    record = item.record
    alike = sum(record.name in other.record.names for other in every)
    return {
        "file": item.said.file if item.said else record.name if alike == 1 else record.sha256[:12],
        "name": record.name,
        "sha256": record.sha256,
        "kinds": sorted({one.kind for one in record.derived}),
        "reader": record.reader,
        "cell": item.cell.name if item.cell else None,
        "state": item.said.state if item.said else None,
        "warnings": list(record.warnings),
    }
