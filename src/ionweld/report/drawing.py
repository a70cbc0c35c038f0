"""A figure on its way into a page: as SVG, told in words to those who do not see it, and as the numbers it shows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ionweld.report.figure import house_style, svg
from ionweld.report.numbers import drawn_numbers, plain_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_NAMED = 12  # series of a panel that are told one by one


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure: name of its files, SVG text, what it shows in words, and its numbers as csv."""

    name: str
    svg: str
    said: str
    csv: str


def drawing(name: str, figure: "Figure") -> Drawing:
    """Return a figure as a page needs it."""
    with house_style():
        return Drawing(name, svg(figure), said_of(figure), drawn_numbers(figure))


def said_of(figure: "Figure") -> str:
    """Return in words what a figure shows: of each panel its title, its axes with what they span, its series."""
    return " ".join(_panel(axes) for axes in figure.axes if axes.get_visible())


def _panel(axes: "Axes") -> str:
    title = axes.get_title(loc="left") or axes.get_title()
    across, up = axes.get_xlabel(), axes.get_ylabel()
    spans = f"{_axis(up, axes.get_ylim())} over {_axis(across, axes.get_xlim())}" if across or up else ""
    names = axes.get_legend_handles_labels()[1]
    series = ", ".join(names[:_MOST_NAMED]) + (f" and {len(names) - _MOST_NAMED} more" * (len(names) > _MOST_NAMED))
    told = ": ".join(plain_label(part) for part in (title, spans, series) if part)
    return f"{told}." if told else ""


def _axis(label: str, ends: tuple[float, float]) -> str:
    return f"{label or 'the other axis'} ({ends[0]:.4g} to {ends[1]:.4g})"
