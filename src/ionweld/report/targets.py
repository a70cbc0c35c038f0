"""The table of a study's targets: paper beside twin, hit or miss, and by which rule each verdict was reached."""

from html import escape
from math import isnan

from matplotlib.axes import Axes

from ionweld.report.figure import OKABE_ITO, PAPER
from ionweld.report.page import Marked, folded, paragraph, table
from ionweld.study.reproduce import Target

MARKERS = {"=": "o", ">": "^", "<": "v"}
# roles -> what their table is called; what was held out stands first
_TOLD = {
    ("predicted",): "Predicted: numbers that the twin was not told",
    ("calibrated", "chosen"): "Told: numbers that the parameters were fitted to or chosen by; they prove nothing",
    ("context",): "Context: neither told nor counted",
}
_BANDS = (
    "Bands are of single cells (of a share of cells: of the share). The first is over chance, over what the data leave open "
    "of the fitted parameters, and over the ranges of what the paper does not say; the second over chance alone."
)
_RULE = (
    "Rule: a bound holds if the median lies on its side. An equality holds if the median lies within the precision of the "
    "printed number or within the aim of its row, or if the paper's one cell lies within the band of chance alone; the wider "
    "band excuses no miss."
)


def targets_tables(targets: list[Target]) -> str:
    """Return the numbers, a table for each role, and folded below them how each verdict was reached."""
    header = ("quantity", "unit", "paper", "twin", "apart", "5-95 %", "by chance alone", "verdict")
    judged = [(target.quantity, target.where, _verdict(target), target.why) for target in targets]
    parts = []
    for roles, said in _TOLD.items():
        rows = [_row(target) for target in targets if target.role in roles]
        parts += [f"<h3>{escape(said)}</h3>{table(header, rows)}"] if rows else []
    why = table(("quantity", "in the paper", "verdict", "because"), judged)
    return "".join(parts) + paragraph(_BANDS) + paragraph(_RULE) + folded("How each verdict was reached", why)


def _row(target: Target) -> tuple[str | Marked, ...]:
    paper = f"{'' if target.relation == '=' else target.relation + ' '}{readable(target.paper)}"
    bands = (_band(target.twin_low, target.twin_high), _band(target.chance_low, target.chance_high))
    numbers = (paper, readable(target.twin), _apart(target), *bands)
    cells = (Marked(text, "number") for text in numbers)
    return (target.quantity, _unit(target), *cells, _verdict(target))


def readable(value: float) -> str:
    """Return a number with four digits, large ones whole, never as a power of ten that a reader has to unfold."""
    if isnan(value):
        return "no cell has it"
    if abs(value) >= 1000.0:
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 0.1 else f"{value:.4g}"


def _unit(target: Target) -> str:
    if target.unit == "1":
        return "cycles"  # what every target without a unit counts
    return target.unit.replace("*", " ").replace("^", "")


def _verdict(target: Target) -> Marked:
    return Marked("holds", "hit") if target.holds else Marked("MISS", "miss")


def _apart(target: Target) -> str:
    """Return how far the twin lies from a value of the paper; nothing for a bound. Cycles are counted, not divided."""
    if target.relation != "=" or isnan(target.twin):
        return ""
    if target.unit == "1":
        return f"{target.twin - target.paper:+.3g}" if target.twin != target.paper else "0"
    percent = round(100 * (target.twin / target.paper - 1), 1)
    return f"{percent:+.1f} %" if percent else "0.0 %"


def _band(low: float, high: float) -> str:
    low_text, high_text = readable(low), readable(high)
    return f"{low_text}, no scatter" if low_text == high_text else f"{low_text} to {high_text}"


def draw_targets(axes: Axes, targets: list[Target]) -> None:
    """Draw the twin over the paper for each number of the paper: median and 5-95 % band; 1 is agreement."""
    shown = [one for one in targets if one.paper > 0.0 and one.twin > 0.0]
    for place, one in enumerate(shown):
        colour = OKABE_ITO[0] if one.holds else OKABE_ITO[1]
        low, high = (max(end / one.paper, 1e-3) for end in (one.twin_low, one.twin_high))
        axes.plot([low, high], [place, place], color=colour, lw=1.2, alpha=0.5)
        axes.plot([one.twin / one.paper], [place], MARKERS[one.relation], color=colour, ms=5)
    axes.axvline(1.0, color=PAPER, lw=0.8, ls="--")
    for colour, label in ((OKABE_ITO[0], "holds"), (OKABE_ITO[1], "misses")):
        axes.plot([], [], "o", color=colour, label=label)
    axes.set(xscale="log", xlabel="twin / paper (a triangle is a bound)", ylabel="number of the paper")
    axes.set_yticks(range(len(shown)), [one.id for one in shown], fontsize=5)
    axes.invert_yaxis()
    axes.legend()
