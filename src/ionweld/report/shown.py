"""A result that has no report of its own kind: its verdict, its figure and its table on one page."""

from collections.abc import Callable, Sequence

import polars as pl
from matplotlib.axes import Axes

from ionweld.report.drawing import Drawing
from ionweld.report.drawing import drawing as of_figure
from ionweld.report.figure import PAGE_MM, house_style, print_figure
from ionweld.report.page import Marked, PageHead, Section, figure, items, paragraph, render_page, table

_ROWS = 500


def drawing(draw: Callable[[Axes], object], name: str = "figure") -> Drawing:
    """Return what is drawn into axes, half as high as the page is wide."""
    with house_style():
        drawn = print_figure(PAGE_MM, PAGE_MM / 2)
        draw(drawn.subplots())
        return of_figure(name, drawn)


def result_page(
    title: str, verdict: str, warnings: Sequence[str], rows: pl.DataFrame, draw: Callable[[Axes], object]
) -> str:
    """Return the report of a result as one HTML document."""
    sections = [
        Section("Look at", items(warnings) if warnings else paragraph("Nothing to warn of.")),
        Section("Numbers", _numbers(rows)),
    ]
    lead = figure(drawing(draw, title.lower()), "The figure to the numbers below.")
    return render_page(PageHead(title, f"{verdict.rstrip('.')}.", ""), sections, lead)


def _numbers(rows: pl.DataFrame) -> str:
    shown = rows.head(_ROWS)
    left = f"The first {_ROWS} of {rows.height} rows." if rows.height > _ROWS else ""
    cells = [[_cell(value) for value in row] for row in shown.iter_rows()]
    return paragraph(left) * bool(left) + table(rows.columns, cells)


def _cell(value: object) -> str | Marked:
    if value is None:
        return ""
    if isinstance(value, float):
        return Marked(f"{value:.6g}", "number")
    return Marked(str(value), "number") if isinstance(value, int) and not isinstance(value, bool) else str(value)
