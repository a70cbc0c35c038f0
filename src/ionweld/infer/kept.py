"""Draws kept on disk while a diagnosis runs, so that an interrupted one goes on where it was, number by number."""

import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ionweld.errors import OutputError
from ionweld.infer.ablation import Fate
from ionweld.infer.draws import DiagnosisDraw
from ionweld.measurement.store import write_whole

MOST_KEPT = 20  # plans in the user's cache; the oldest go first


def user_cache() -> Path:
    """Return the folder of the user's cache in which draws are kept."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "ionweld" / "diagnose"


class KeptDraws:
    """Blocks of draws of one plan, in a folder of its own. Nothing is kept where the folder cannot be written."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder / key[:32]

    def load(self, first: int) -> list[DiagnosisDraw | None] | None:
        """Return the block that begins with a number; None where there is none, or it is damaged."""
        try:
            found = json.loads(self._file(first).read_text("utf-8"))
            return [None if one is None else _draw(one, found["names"]) for one in found["draws"]]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, first: int, draws: list[DiagnosisDraw | None]) -> None:
        """Keep a block, whole or not at all."""
        names = list(dict.fromkeys(name for one in draws if one is not None for name in one.features))
        document = {"names": names, "draws": [None if one is None else _plain(one, names) for one in draws]}
        try:
            write_whole(self._file(first), json.dumps(document, allow_nan=True))
        except OutputError:
            return

    def _file(self, first: int) -> Path:
        return self.folder / f"{first:06d}.json"

    def forget_the_oldest(self) -> None:
        """Keep the newest plans of this folder only."""
        try:
            plans = sorted((one for one in self.folder.parent.iterdir() if one.is_dir()), key=_age)
            for old in plans[:-MOST_KEPT]:
                shutil.rmtree(old)
        except OSError:
            return


def _age(folder: Path) -> float:
    return folder.stat().st_mtime


def _plain(one: DiagnosisDraw, names: list[str]) -> dict[str, Any]:
    return {
        "number": one.number,
        "features": [one.features.get(name) for name in names],
        "fate": asdict(one.fate),
        "without": {name: asdict(fate) for name, fate in one.without.items()},
        "cause": one.cause,
        "parameters": one.parameters,
        "weight": one.weight,
        "exact": one.exact,
        "bridged": one.bridged,
    }


def _draw(found: dict[str, Any], names: list[str]) -> DiagnosisDraw:
    features = {name: value for name, value in zip(names, found["features"], strict=True) if value is not None}
    without = {name: Fate(**fate) for name, fate in found["without"].items()}
    told = (found[name] for name in ("cause", "parameters", "weight", "exact", "bridged"))
    return DiagnosisDraw(found["number"], features, Fate(**found["fate"]), without, *told)
