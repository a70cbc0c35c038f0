"""Results as files: the HTML report, its figures as SVG and PNG, tables as Parquet, everything else as JSON."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ionweld.measurement.cycling import Cycling
from ionweld.measurement.store import staged_folder, write_cycling, write_whole
from ionweld.report.figure import house_style, png, svg
from ionweld.result import plain


def write_figures(folder: Path, drawn: dict[str, Figure]) -> None:
    """Write each figure as SVG and as PNG."""
    with house_style():
        for name, one in drawn.items():
            write_whole(folder / f"{name}.svg", svg(one))
            write_whole(folder / f"{name}.png", png(one))


def write_results(
    out: Path,
    html: str,
    drawn: dict[str, Figure],
    measurements: dict[str, Cycling],
    document: Callable[[list[str]], dict[str, Any]],
) -> dict[str, Any]:
    """Write report.html, figures/, data/ and results.json into `out`, all of them or none.

    document: makes the JSON document from the names of the files. Returns that document.
    """
    with staged_folder(out) as stage:
        write_whole(stage / "report.html", html)
        write_figures(stage / "figures", drawn)
        for name, measurement in measurements.items():
            write_cycling(stage / "data" / f"{name}.bdf.parquet", measurement)
        names = sorted(str(path.relative_to(stage)) for path in stage.rglob("*") if path.is_file())
        results = plain(document([str(out / name) for name in [*names, "results.json"]]))
        write_whole(stage / "results.json", json.dumps(results, indent=2, ensure_ascii=False, allow_nan=False))
    return results
