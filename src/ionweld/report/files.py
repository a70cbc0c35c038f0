"""Results as files: the HTML report, its figures as SVG and PNG with their numbers as csv, tables as csv and Parquet."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from matplotlib.figure import Figure

from ionweld.measurement.cycling import CyclingTest
from ionweld.measurement.store import staged_folder, write_cycling, write_table, write_whole
from ionweld.read.find import shown
from ionweld.report.drawing import Drawing, drawing
from ionweld.report.figure import house_style, png, svg
from ionweld.report.glance import Glance, figure_of
from ionweld.result import plain


def drawings(drawn: dict[str, Figure]) -> dict[str, Drawing]:
    """Return each figure as the page shows it, and as it stands in files of its own."""
    return {name: drawing(name, one) for name, one in drawn.items()}


def write_figures(folder: Path, drawn: dict[str, Figure], shown: dict[str, Drawing]) -> None:
    """Write each figure as SVG and as PNG, and what is drawn in it as numbers."""
    with house_style():
        for name, one in drawn.items():
            write_whole(folder / f"{name}.svg", shown[name].svg)
            write_whole(folder / f"{name}.png", png(one))
            write_whole(folder / f"{name}.csv", shown[name].csv)


def write_results(
    out: Path,
    page: Callable[[dict[str, Drawing]], str],
    drawn: dict[str, Figure],
    measurements: dict[str, CyclingTest],
    document: Callable[[list[str]], dict[str, Any]],
    texts: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """Write report.html, figures/, data/ and results.json into `out`, all of them or none.

    texts: further files of data by their names; page: makes the report from the figures; document: makes the JSON
    document from the names of the files. Returns that document.
    """
    shown = drawings(drawn)
    with staged_folder(out) as stage:
        write_whole(stage / "report.html", page(shown))
        write_figures(stage / "figures", drawn, shown)
        for name, measurement in measurements.items():
            for suffix in (".bdf.parquet", ".csv"):
                write_cycling(stage / "data" / f"{name}{suffix}", measurement)
        for name, text in texts.items():
            write_whole(stage / "data" / name, text)
        names = sorted(str(path.relative_to(stage)) for path in stage.rglob("*") if path.is_file())
        results = plain(document([str(out / name) for name in [*names, "results.json"]]))
        write_whole(stage / "results.json", json.dumps(results, indent=2, ensure_ascii=False, allow_nan=False))
    return results


def write_glance(found: Glance, name: str, technique: str, folder: Path) -> str:
    """Write PNG, SVG and csv under a name that is free in the folder; return the place of the PNG."""
    stem = _free(folder, re.sub(r"[^\w.-]+", "_", Path(name).stem)[:80] or "file", technique)
    figure = figure_of(found, shown(name))
    write_whole(folder / f"{stem}.png", png(figure))
    write_whole(folder / f"{stem}.svg", svg(figure))
    write_table(folder / f"{stem}.csv", found.drawn)
    return str(folder / f"{stem}.png")


def _free(folder: Path, stem: str, technique: str) -> str:
    name, number = f"{stem}_{technique}", 2
    while (folder / f"{name}.png").exists():
        name, number = f"{stem}_{technique}_{number}", number + 1
    return name
