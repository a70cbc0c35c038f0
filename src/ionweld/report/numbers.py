"""Numbers as csv that a spreadsheet opens without harm, and the numbers that a figure was drawn from.

A cell that is text and begins with = + - or @ would be taken for a formula: an apostrophe is put before it. Numbers stay
numbers, negative ones too.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PICTURE = 20_000  # cells: a larger one is a photograph, whose file holds its numbers
_HEAD = ("panel", "series", "x", "y", "x is", "y is")


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as csv; None and NaN are empty, every text is safe to open in a spreadsheet."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([safe_cell(name) for name in head])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def digits_csv(head: Sequence[str], numbers: NDArray[np.float64]) -> str:
    """Return numbers, shape (rows, columns), as csv with nine digits."""
    return csv_text(head, [[f"{number:.9g}" for number in row] for row in numbers])


def safe_cell(value: Any) -> Any:
    """Return what is written into a cell: numbers as they are, text that could be a formula behind an apostrophe."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) and not _is_number(value) else value
    return "" if value is None or value != value else value  # what is no number is not equal to itself


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and "_" not in text


def drawn_numbers(figure: "Figure") -> str:
    """Return what a figure shows as csv: one row per point, with its panel, its series and what the axes are.

    Photographs are left out. Lines and marks by their points, bands and bars by their corners, maps by one row per cell
    with its value as a series.
    """
    lines = [csv_text(_HEAD, [])]
    for number, axes in enumerate(figure.axes, start=1):
        panel = axes.get_title(loc="left") or axes.get_title() or str(number)
        after = csv_text((plain_label(axes.get_xlabel()), plain_label(axes.get_ylabel())), [])
        for series, x, y in _drawn(axes):
            before = csv_text((panel, series), []).removesuffix("\n")  # all points of a series share their texts
            lines += [f"{before},{safe_cell(a)},{safe_cell(b)},{after}" for a, b in zip(x, y, strict=True)]
    return "".join(lines)


def plain_label(label: str) -> str:
    """Return a label without the marks of mathematics."""
    return label.replace("$\\mathrm{", "").replace("$^{", "^").replace("}$", "").replace("\\,", " ").replace("$", "")


def _drawn(axes: "Axes") -> Iterator[tuple[str, list[float], list[float]]]:
    for i, line in enumerate(axes.get_lines(), start=1):
        if line.get_transform() in (axes.get_xaxis_transform(), axes.get_yaxis_transform()):
            continue  # a level or a moment: it runs from edge to edge of the panel, in parts of the axis
        x, y = (np.asarray(values, dtype=float).tolist() for values in (line.get_xdata(), line.get_ydata()))
        yield _name(line, f"line {i}"), x, y
    for i, collection in enumerate(axes.collections, start=1):
        yield from _collection(collection, i)
    for i, patch in enumerate(axes.patches, start=1):
        corners = patch.get_transform().transform_path(patch.get_path()).vertices
        inside = axes.transData.inverted().transform(corners)
        yield _name(patch, f"shape {i}"), inside[:, 0].tolist(), inside[:, 1].tolist()
    for i, image in enumerate(axes.get_images(), start=1):
        if np.asarray(image.get_array()).size <= _PICTURE:
            yield from _cells(np.asarray(image.get_array(), dtype=float), f"picture {i}")


def _collection(collection: Any, number: int) -> Iterator[tuple[str, list[float], list[float]]]:
    from matplotlib.collections import PathCollection, QuadMesh

    if isinstance(collection, QuadMesh):
        yield from _cells(np.asarray(collection.get_array(), dtype=float), _name(collection, f"map {number}"))
    elif isinstance(collection, PathCollection):
        at = np.ma.filled(np.asarray(collection.get_offsets(), dtype=float), np.nan)
        yield _name(collection, f"points {number}"), at[:, 0].tolist(), at[:, 1].tolist()
    else:
        for part in collection.get_paths():
            yield _name(collection, f"band {number}"), part.vertices[:, 0].tolist(), part.vertices[:, 1].tolist()


def _cells(values: np.ndarray, name: str) -> Iterator[tuple[str, list[float], list[float]]]:
    """Return a map as columns: x counts the columns, y is the value; the row of the map stands in the name."""
    for row, line in enumerate(np.atleast_2d(values.reshape(values.shape[0], -1) if values.ndim > 1 else values)):
        yield f"{name}, row {row + 1}", list(range(1, line.size + 1)), line.tolist()


def _name(artist: Any, otherwise: str) -> str:
    label = str(artist.get_label())
    return otherwise if label.startswith("_") else label
