"""The files of the opened folder that describe a cell."""

from pathlib import Path

from ionweld.errors import InputError
from ionweld.spec.faults import read_toml
from ionweld.web.desk import Desk

_MOST = 200


def cell_files(desk: Desk) -> list[str]:
    """Return the names of the files that describe a cell."""
    paths = [path for path in sorted(desk.folder.rglob("*.toml"))[:_MOST] if path.resolve().is_relative_to(desk.folder)]
    return [desk.name_of(path) for path in paths if _describes_a_cell(path)]


def _describes_a_cell(path: Path) -> bool:
    try:
        return {"electrolyte", "electrodes"} <= read_toml(path).keys()
    except InputError:
        return False
