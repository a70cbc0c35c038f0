"""The figures of a diagnosis: measured over the posterior, odds, parameters, experiments, advice."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld.infer.advice import Advice, Counsel
from ionweld.infer.diagnosis import WORDS, Findings, PosteriorRow, RankedExperiment, SeenOutcome
from ionweld.infer.predictive import Predictive
from ionweld.report.figure import BARE, LAYER, OKABE_ITO, PAGE_MM, PAPER, WELDED, house_style, print_figure

LEAST_ODDS = 0.005
ROW_MM, FRAME_MM = 6.0, 22.0  # height of a bar with its name, and of a figure's axis and title
MOST_ROWS = 14
LONGEST_NAME = 52  # characters beside an axis
GREY = "0.75"


def figures(found: Findings, shown: Predictive | None) -> dict[str, Figure]:
    """Return the figures of a diagnosis by the name of their file; those of which there is nothing to draw are left out."""
    with house_style():
        drawn = {}
        if shown is not None and shown.draws.size:
            drawn["verdict"] = _one(PAGE_MM, 80.0, lambda axes: draw_verdict(axes, shown, found.outcome))
        drawn["odds"] = _one(PAGE_MM, _height(len(_odds(found))), lambda axes: draw_odds(axes, found))
        if found.posterior:
            drawn["parameters"] = _one(
                PAGE_MM, _height(len(found.posterior)), lambda axes: draw_posterior(axes, found.posterior)
            )
        if found.experiments:
            high = _height(len(found.experiments))
            drawn["experiments"] = _one(PAGE_MM, high, lambda axes: draw_experiments(axes, found.experiments))
        if found.counsel is not None and found.advice:
            counsel = found.counsel
            drawn["advice"] = _one(PAGE_MM, _height(len(_rows(counsel))), lambda axes: draw_advice(axes, counsel))
        return drawn


def _one(width: float, height: float, draw) -> Figure:
    figure = print_figure(width, height)
    draw(figure.subplots())
    return figure


def _height(rows: int) -> float:
    return FRAME_MM + ROW_MM * max(2, rows)


def draw_verdict(axes: Axes, shown: Predictive, outcome: SeenOutcome) -> None:
    """Draw what was measured over the band of the posterior, with the event that ended the test."""
    cycle = np.arange(1, shown.measured.size + 1)
    for share, alpha in ((0.9, 0.2), (0.5, 0.35)):
        low, high = shown.band(share)
        axes.fill_between(
            cycle, low, high, color=WELDED, alpha=alpha, lw=0, label=f"{share:.0%} of the posterior's cells"
        )
    axes.plot(cycle, shown.measured, color=PAPER, lw=1.2, marker=".", ms=3, label="measured")
    if outcome.kind != "alive":
        axes.axvline(outcome.cycle, color=BARE, lw=1.0, ls="--", label=f"{outcome.kind}, cycle {outcome.cycle}")
    axes.set(xlabel="cycle", ylabel=f"{shown.quantity} / {shown.unit}")
    if shown.quantity == "overpotential":
        axes.set_yscale("log")  # cells of one posterior differ by decades
    else:
        axes.set_ylim(bottom=0.0)
    _legend_above(axes, 2)


def _legend_above(axes: Axes, columns: int) -> None:
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=columns)


def _odds(found: Findings) -> list[tuple[str, float]]:
    named = [(WORDS[one.mechanism], one.odds) for one in found.mechanisms] + [("undecided", found.undecided)]
    return [(name, odds) for name, odds in named if odds >= LEAST_ODDS]


def draw_odds(axes: Axes, found: Findings) -> None:
    """Draw the odds of each mechanism as bars."""
    rows = _odds(found)[::-1]
    colours = [OKABE_ITO[5] if name == "undecided" else WELDED for name, _ in rows]
    bars = axes.barh([_short(name, 30) for name, _ in rows], [odds for _, odds in rows], color=colours, height=0.7)
    axes.bar_label(bars, [f"{odds:.2f}" for _, odds in rows], padding=2)
    axes.set(xlabel="odds", xlim=(0.0, 1.15))


def draw_posterior(axes: Axes, rows: Sequence[PosteriorRow]) -> None:
    """Draw each parameter's 95 % interval after the data over that before, on the scale of the one before."""
    for place, row in enumerate(rows[::-1]):
        before, after = np.log(row.prior), np.log([row.low, row.median, row.high])
        width = max(float(before[1] - before[0]), 1e-12)
        scaled = (after - before[0]) / width
        axes.plot(
            [0.0, 1.0], [place, place], color=GREY, lw=7, solid_capstyle="butt", label="before" if not place else ""
        )
        axes.plot(
            scaled[[0, 2]],
            [place, place],
            color=WELDED,
            lw=3,
            solid_capstyle="butt",
            label="after" if not place else "",
        )
        axes.plot(scaled[1], place, "o", color=PAPER, ms=4, label="median" if not place else "")
    names = [f"{row.parameter.replace('_', ' ')}: {row.median:.3g} {_unit(row.unit)}".rstrip() for row in rows[::-1]]
    axes.set_yticks(range(len(rows)), names)
    axes.set(xlabel="place in the 95 % interval before the data (logarithmic)", ylim=(-0.6, len(rows) - 0.4))
    _legend_above(axes, 3)


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def draw_experiments(axes: Axes, ranked: Sequence[RankedExperiment]) -> None:
    """Draw what each experiment is expected to teach, with its hours."""
    rows = ranked[:MOST_ROWS][::-1]
    either_side = [[one.bits - one.low for one in rows], [one.high - one.bits for one in rows]]
    bars = axes.barh(
        [_short(one.experiment) for one in rows], [one.bits for one in rows], xerr=either_side, color=LAYER, height=0.7
    )
    axes.bar_label(bars, [f"{one.bits:.2f} bits, {one.hours:.3g} h" for one in rows], padding=2)
    axes.set(xlabel="expected information on the cause / bits", xlim=(0.0, 1.6 * max(0.1, *(one.high for one in rows))))


def _rows(counsel: Counsel) -> list[Advice]:
    return [*counsel.advice[:MOST_ROWS], *([counsel.together] if counsel.together is not None else [])]


def draw_advice(axes: Axes, counsel: Counsel) -> None:
    """Draw the gain of each change, median and 5-95 %, with its odds."""
    rows = _rows(counsel)[::-1]
    for place, one in enumerate(rows):
        axes.plot(
            [one.low, one.high],
            [place, place],
            color=WELDED,
            lw=3,
            alpha=0.5,
            solid_capstyle="butt",
            label="5-95 %" if not place else "",
        )
        axes.plot(one.gain, place, "o", color=WELDED, ms=5, label="median" if not place else "")
        what = f"helps in {one.helps:.0%}" if one.reaches is None else f"reaches the goal in {one.reaches:.0%}"
        axes.annotate(what, (1.01, place), xycoords=("axes fraction", "data"), va="center", fontsize=8)
    axes.axvline(0.0, color=PAPER, lw=0.8)
    names = [
        "the best together" if one.lever == "together" else _short(one.change.split(" (in place")[0]) for one in rows
    ]
    axes.set_yticks(range(len(rows)), names)
    axes.set(xlabel=f"gain / {counsel.as_it_is.unit}", ylim=(-0.6, len(rows) - 0.4))
    _legend_above(axes, 2)


def _short(text: str, longest: int = LONGEST_NAME) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
