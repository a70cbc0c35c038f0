"""The bench as a sheet: what is said of each cell as it is written, what is asked, and every stored file with its cell."""

from collections.abc import Sequence
from typing import Any

from ionweld.lab.cells import EXAMPLES, AssignedFile, BuiltCell, describe
from ionweld.lab.edit import written
from ionweld.lab.folder import ProjectFolder
from ionweld.lab.replicates import Laid, lay_out
from ionweld.spec.faults import toml_of


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
