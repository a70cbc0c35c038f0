"""What differs between treatments as one figure: each effect with its 95 % interval, and how many cells stand behind it."""

import math
from collections.abc import Sequence
from itertools import groupby
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld import __version__
from ionweld.numerics.effects import Effect
from ionweld.report.figure import OKABE_ITO, print_figure

CAPTION = (
    "What differs between treatments: each effect with its 95 % interval and the numbers of cells; a hollow mark has no "
    "interval. The line is no effect. From the cells of the table below."
)
Named = tuple[Effect, str]  # with what stands at it
MOST_DRAWN = 24  # effects in one figure; a table holds them all
_ROW_MM, _LINE_MM, _AXIS_MM = 9.0, 3.0, 13.0
_LETTER_MM = 1.4  # of a letter at the size of print
_CLEAR, _OPEN = OKABE_ITO[0], OKABE_ITO[4]  # the interval excludes no effect, or holds it


def caption(effects: Sequence[Effect]) -> str:
    """Return what stands below the figure, with how many effects it leaves to the table."""
    if len(effects) <= MOST_DRAWN:
        return CAPTION
    return f"{CAPTION} Drawn are the {MOST_DRAWN} clearest of {len(effects)}; the table holds all."


def labels(effects: Sequence[Effect]) -> list[str]:
    """Return what stands at each effect: the quantity, the treatments, the numbers of cells, of several designs the design too."""
    several = len({effect.design for effect in effects}) > 1
    return [_said(effect) + (f" ({effect.design})" if several else "") for effect in effects]


def clearest(effects: Sequence[Effect]) -> list[Effect]:
    """Return the effects that a figure can show: all, or of very many those whose interval lies farthest from no effect.

    They keep their order. How far is told in widths of the interval; an effect without one comes last.
    """
    if len(effects) <= MOST_DRAWN:
        return list(effects)
    ranked = sorted(range(len(effects)), key=lambda at: -_distance(effects[at]))
    return [effects[at] for at in sorted(ranked[:MOST_DRAWN])]


def _distance(effect: Effect) -> float:
    low, value, high, none = effect.low, effect.value, effect.high, effect.none
    if low is None or high is None:
        return -1.0
    if effect.kind == "ratio":
        low, value, high, none = (math.log(max(number, 1e-300)) for number in (low, value, high, none))
    return abs(value - none) / max(high - low, 1e-300)


def effects_figure(effects: Sequence[Effect], width_mm: float) -> Figure:
    """Return one panel of ratios on a logarithmic axis, and one of differences for each unit. To be drawn in the house's style."""
    effects = clearest(effects)
    wrapped = [fill(label, int(width_mm / _LETTER_MM)) for label in labels(effects)]
    named = sorted(zip(effects, wrapped, strict=True), key=_unit_of)
    row_mm = _ROW_MM + _LINE_MM * max((label.count("\n") for label in wrapped), default=0)
    panels = [(unit, list(ones)) for unit, ones in groupby(named, key=_unit_of)]
    heights = [row_mm * len(ones) + _AXIS_MM for _, ones in panels]
    drawn = print_figure(width_mm, sum(heights))
    grid = drawn.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    for axes, (unit, ones) in zip(grid, panels, strict=True):
        _panel(axes, unit, ones)
    return drawn


def draw_effects(axes: Axes, effects: Sequence[Effect]) -> None:
    """Draw the effects of one unit into given axes: the ratios, or where there are none the first unit."""
    named = list(zip(effects, labels(effects), strict=True))
    wanted = min(map(_unit_of, named), default="")
    _panel(axes, wanted, [one for one in named if _unit_of(one) == wanted])


def _unit_of(named: Named) -> str:
    return "" if named[0].kind == "ratio" else named[0].unit


def _panel(axes: Axes, unit: str, effects: Sequence[Named]) -> None:
    if not effects:
        return
    for row, (effect, label) in enumerate(effects):
        colour, low, high = _CLEAR if effect.clear else _OPEN, effect.low, effect.high
        if low is not None and high is not None:
            axes.plot([low, high], [row, row], color=colour, lw=2.0)
        inside = "white" if low is None else colour
        axes.plot([effect.value], [row], "o", color=colour, mfc=inside, ms=4, label=label)
        text = axes.annotate(label, (0.01, row - 0.2), xycoords=("axes fraction", "data"), va="bottom", linespacing=1.0)
        text.set_in_layout(False)  # a long one is not to press the axes together
    axes.axvline(effects[0][0].none, color="0.6", lw=0.8, ls="--", zorder=0)
    if not unit:
        axes.set_xscale("log")
        axes.margins(x=0.12)
    axes.set(yticks=[], ylim=(len(effects) - 0.5, -0.9), xlabel=_label(unit))
    axes.spines["left"].set_visible(False)


def _label(unit: str) -> str:
    return f"difference / {unit}" if unit and unit != "1" else "difference" if unit else "ratio"


def _said(effect: Effect) -> str:
    sign = "/" if effect.kind == "ratio" else "-"
    return f"{effect.quantity}: {effect.other} {sign} {effect.baseline}, n = {effect.other_n} and {effect.baseline_n}"


def methods(effects: Sequence[Effect]) -> str:
    """Return how the effects were worked out, as a paragraph for the methods of a paper."""
    if not effects:
        return ""
    counts = [n for effect in effects for n in (effect.baseline_n, effect.other_n)]
    how = sorted({effect.method for effect in effects if effect.low is not None})
    alone = sum(effect.low is None for effect in effects)
    missing = f" {alone} of {len(effects)} effects have no interval, for want of cells or of scatter." if alone else ""
    intervals = f"Intervals: {'; '.join(how)} (Welch 1947, 10.1093/biomet/34.1-2.28). " if how else ""
    return (
        f"Cycling data were analysed with ionweld {__version__}, every cell by the same procedure; the numbers of cells per "
        f"treatment were {min(counts)} to {max(counts)}. Ratios are of geometric means, differences of arithmetic means. "
        f"{intervals}Cells without a short count, in the mean life, with the last cycle to which all cells were followed."
        f"{missing}"
    )
