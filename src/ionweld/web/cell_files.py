"""The files of the opened folder that describe a cell."""

import tomllib
from pathlib import Path

from ionweld.web.desk import Desk

_MOST = 200


def cell_files(desk: Desk) -> list[str]:
    """Return the names of the files that describe a cell."""
    paths = [path for path in sorted(desk.folder.rglob("*.toml"))[:_MOST] if path.resolve().is_relative_to(desk.folder)]
    return [desk.name_of(path) for path in paths if _describes_a_cell(path)]


def _describes_a_cell(path: Path) -> bool:
    try:
        return {"electrolyte", "electrodes"} <= tomllib.loads(path.read_text("utf-8")).keys()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False
