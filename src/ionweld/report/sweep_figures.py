"""Figures of a sweep: each result over one varied field as a curve, over two as a map, with the paper's cells marked."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter
from numpy.typing import NDArray

from ionweld.report.figure import OKABE_ITO, PAPER, house_style
from ionweld.spec.variation import Variation
from ionweld.study.landmarks import Landmarks, Place
from ionweld.twin.sweep import SweepOutcome, summarised

POINTS, MEDIAN, MISSING = OKABE_ITO[5], OKABE_ITO[0], "0.85"
MARKERS = ("o", "s", "^", "D")


@dataclass(frozen=True, slots=True)
class Shown:
    """One result of a sweep: its column by cell and by point, the factor to the unit of the label, its upper limit.

    by_ratio: what differs by more than tenfold lies along a logarithmic scale. beyond: the column that says of a point
    that its number is a lower bound; beyond_said: why.
    """

    by_cell: str
    by_point: str
    factor: float
    label: str
    top: float | None = None
    by_ratio: bool = False
    beyond: str = ""
    beyond_said: str = ""


SHOWN = {
    "overpotential": Shown(
        "largest_overpotential_V", "largest_overpotential_V", 1e3, "largest overpotential / mV", by_ratio=True
    ),
    "cycles_to_short": Shown(
        "short_cycle",
        "short_cycle",
        1.0,
        "cycles to the first short",
        beyond="no_short",
        beyond_said="the median cell does not short before its test ends",
    ),
    "surviving": Shown("survives", "surviving", 1.0, "fraction surviving the protocol", 1.0),
}
_CRITICAL = "critical_current_mA_cm2"
CRITICAL = {
    "critical_current": Shown(
        _CRITICAL,
        _CRITICAL,
        1.0,
        "critical current / mA cm$^{-2}$",
        by_ratio=True,
        beyond="above_ramp",
        beyond_said="the median cell bears every current: the critical one lies above",
    )
}
FADE = {"fade": Shown("fade_per_cycle", "fade_per_cycle", 100.0, "capacity lost per cycle / %", by_ratio=True)}


@dataclass(frozen=True, slots=True)
class Scale:
    """How a varied field lies along an axis: numbers at their place, texts and very uneven numbers side by side."""

    variation: Variation

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The values as numbers; texts are counted."""
        numbers = [value.number for value in self.variation.values]
        return np.array([float(i) if number is None else number for i, number in enumerate(numbers)])

    @property
    def textual(self) -> bool:
        return self.variation.values[0].number is None

    @property
    def logarithmic(self) -> bool:
        """Whether the values are spread more evenly in ratio than in difference, over a decade or more."""
        known = np.sort(self.numbers)
        if self.textual or known[0] <= 0.0 or known[-1] < 10.0 * known[0]:
            return False
        steps, ratios = np.diff(known), np.diff(np.log(known))
        return bool(np.std(ratios) / np.mean(ratios) <= np.std(steps) / np.mean(steps))

    @property
    def stepped(self) -> bool:
        """Whether the values stand side by side, not to scale: some would be too narrow to be seen."""
        steps = np.diff(np.sort(self.numbers))
        return self.textual or (not self.logarithmic and steps.size > 1 and steps.max() > 10.0 * steps.min())

    @property
    def at(self) -> NDArray[np.float64]:
        """Where each value lies along the axis."""
        return np.argsort(np.argsort(self.numbers)).astype(float) if self.stepped else self.numbers

    @property
    def edges(self) -> NDArray[np.float64]:
        """Edges of one box per value, in ascending order; halfway between neighbours."""
        at = np.log(np.sort(self.at)) if self.logarithmic else np.sort(self.at)
        half = np.diff(at) / 2 if at.size > 1 else np.array([max(abs(at[0]) * 0.1, 0.5)])
        edges = np.concatenate([[at[0] - half[0]], at[:-1] + half[: at.size - 1], [at[-1] + half[-1]]])
        return np.exp(edges) if self.logarithmic else edges

    def place(self, value: Place) -> float | None:
        """Return where a landmark's value lies, or None where this axis does not hold it."""
        if isinstance(value, str) or value is None:
            texts = [one.text for one in self.variation.values]
            return self.at[texts.index(value)] if value in texts else None
        if self.stepped:
            known = np.sort(self.numbers)
            inside = known[0] <= value <= known[-1]
            return float(np.interp(value, known, np.arange(known.size))) if inside else None
        edges = self.edges
        return value if edges[0] <= value <= edges[-1] else None

    def span(self, low: float, high: float) -> tuple[float, float] | None:
        """Return a range of values as far as this axis holds it, or None."""
        known, edges = np.sort(self.numbers), self.edges
        if self.stepped:
            if high < known[0] or low > known[-1]:
                return None
            ends = np.interp([low, high], known, np.arange(known.size)) if not self.textual else edges[[0, -1]]
            return float(ends[0]), float(ends[1])
        return None if high < edges[0] or low > edges[-1] else (max(low, edges[0]), min(high, edges[-1]))

    def dress(self, axes: Axes, which: str) -> None:
        """Give an axis its label, scale, limits and ticks."""
        label = self.variation.label + (" (not to scale)" if self.stepped and not self.textual else "")
        axes.set(**{f"{which}label": label})
        if self.logarithmic:
            axes.set(**{f"{which}scale": "log"})
            axis = axes.xaxis if which == "x" else axes.yaxis
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(StrMethodFormatter("{x:g}"))
            axis.set_minor_formatter(NullFormatter())
        axes.set(**{f"{which}lim": (self.edges[0], self.edges[-1])})
        if self.stepped:
            names = [one.text if one.number is None else f"{one.number:g}" for one in self.variation.values]
            axes.set(**{f"{which}ticks": self.at, f"{which}ticklabels": names})


def figures(found: SweepOutcome, marks: Landmarks | None) -> dict[str, Figure]:
    """Return one figure per result; over more than two fields, at the first values of those beyond the second."""
    results = results_of(found)
    cells, points = (_slice(found, table) for table in (found.cells, summarised(found)))
    with house_style():
        if len(found.variations) == 1:
            return {name: _curve(found, cells, points, shown, marks) for name, shown in results.items()}
        return {name: _map(found, points, shown, marks) for name, shown in results.items()}


def results_of(found: SweepOutcome) -> dict[str, Shown]:
    """Return what is drawn, in this order: of a ramp the critical current, in full cells the fade of the capacity."""
    return (CRITICAL if found.ramped else {}) | SHOWN | (FADE if found.full else {})


def _slice(found: SweepOutcome, table: pl.DataFrame) -> pl.DataFrame:
    for one in found.variations[2:]:
        value = one.values[0]
        table = table.filter(pl.col(one.label) == (value.text if value.number is None else value.number))
    return table


def _curve(
    found: SweepOutcome, cells: pl.DataFrame, points: pl.DataFrame, shown: Shown, marks: Landmarks | None
) -> Figure:
    drawn = Figure(figsize=(7.1, 3.2))
    axes = drawn.subplots()
    scale = _points(axes, found, cells, points, shown)
    if marks is not None:
        _lines(axes, scale, marks)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), title="simulated", title_fontsize=8)
    return drawn


def draw_first(axes: Axes, found: SweepOutcome) -> None:
    """Draw the first result over the first field that is varied, at the first values of the others."""
    cells, points = found.cells, summarised(found)
    for one in found.variations[1:]:
        value = one.values[0]
        here = pl.col(one.label) == (value.text if value.number is None else value.number)
        cells, points = cells.filter(here), points.filter(here)
    _points(axes, found, cells, points, next(iter(results_of(found).values())))
    axes.legend(title="simulated", title_fontsize=8)


def _points(axes: Axes, found: SweepOutcome, cells: pl.DataFrame, points: pl.DataFrame, shown: Shown) -> "Scale":
    """Draw one result over the first field, cell by cell and the median of each point; return the scale of the axis."""
    variation, scale = found.variations[0], Scale(found.variations[0])
    order = np.argsort(scale.at)
    x = scale.at[order]
    if shown.by_cell != "survives":
        known = cells.drop_nulls(shown.by_cell)
        drawn_at = _places(known[variation.label], scale)
        axes.plot(drawn_at, shown.factor * known[shown.by_cell].to_numpy(), ".", color=POINTS, label="single cells")
    y = shown.factor * points[shown.by_point].cast(pl.Float64).fill_null(float("nan")).to_numpy()[order]
    axes.plot(
        x,
        y,
        "o" if scale.textual else "-o",
        ms=4,
        color=MEDIAN,
        label="all cells" if shown.by_cell == "survives" else "median",
    )
    if shown.beyond:
        beyond = points[shown.beyond].fill_null(False).to_numpy()[order]
        if beyond.any():
            axes.plot(x[beyond], y[beyond], "^", ms=8, mfc="white", color=MEDIAN, label=shown.beyond_said)
    scale.dress(axes, "x")
    highest = shown.top or float(axes.dataLim.ymax)
    if _uneven(y[np.isfinite(y)], shown):
        axes.set(ylabel=shown.label, yscale="log")
    else:
        axes.set(ylabel=shown.label, ylim=(0.0, 1.05 * highest if np.isfinite(highest) and highest > 0.0 else None))
    return scale


def _places(column: pl.Series, scale: Scale) -> NDArray[np.float64]:
    """Return where the values of a column lie along an axis."""
    known = [value.text if value.number is None else value.number for value in scale.variation.values]
    places = dict(zip(known, scale.at, strict=True))
    return np.array([places[value] for value in column])


def _lines(axes: Axes, scale: Scale, marks: Landmarks) -> None:
    for mark, style in zip(marks.cells, ("--", ":", "-."), strict=False):
        if (x := scale.place(mark.place[0])) is not None:
            axes.axvline(x, color=PAPER, lw=1.0, ls=style, label=mark.name)
    if marks.ranges[0] is not None and (span := scale.span(*marks.ranges[0])) is not None:
        axes.axvspan(*span, color="0.93", zorder=0, label=f"range of the calibration ({marks.study})")


def _map(found: SweepOutcome, points: pl.DataFrame, shown: Shown, marks: Landmarks | None) -> Figure:
    across, up = (Scale(one) for one in found.variations[:2])
    shape = (across.at.size, up.at.size)
    order = np.ix_(np.argsort(across.at), np.argsort(up.at))
    z = shown.factor * points[shown.by_point].cast(pl.Float64).fill_null(float("nan")).to_numpy().reshape(shape)[order]
    drawn = Figure(figsize=(7.1, 4.0))
    axes = drawn.subplots()
    axes.set_facecolor(MISSING)
    mesh = axes.pcolormesh(
        across.edges,
        up.edges,
        np.ma.masked_invalid(z.T),
        cmap="cividis",
        norm=_norm(z, shown),
        edgecolors="face",
        lw=0.3,
    )
    drawn.colorbar(mesh, ax=axes, label=f"{shown.label}, simulated", pad=0.02)
    across.dress(axes, "x")
    up.dress(axes, "y")
    if shown.beyond:
        beyond = points[shown.beyond].fill_null(False).to_numpy().reshape(shape)[order]
        _hatch(axes, across.edges, up.edges, beyond, shown.beyond_said)
    if np.isnan(z).any():
        axes.add_patch(
            Rectangle((0.0, 0.0), 0.0, 0.0, fc=MISSING, ec="0.5", label="could not be simulated, or no number")
        )
    if marks is not None:
        _outline(axes, across, up, marks)
        _mark(axes, across, up, marks)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2)
    return drawn


def _norm(z: NDArray[np.float64], shown: Shown) -> Normalize:
    """Return the scale of the colours: from zero, or logarithmic where what is compared by ratio differs by more than tenfold."""
    known = z[np.isfinite(z)]
    top = shown.top or (float(known.max()) if known.size else 1.0)
    return LogNorm(float(known.min()), top) if _uneven(known, shown) else Normalize(0.0, top)


def _uneven(known: NDArray[np.float64], shown: Shown) -> bool:
    return bool(shown.by_ratio and known.size and known.max() > 10.0 * known.min() > 0.0)


def _hatch(axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64], beyond: NDArray[np.bool_], label: str) -> None:
    for i, j in np.argwhere(beyond):
        (x0, x1), (y0, y1) = x[i : i + 2].tolist(), y[j : j + 2].tolist()
        box = Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, hatch="///", lw=0, ec="0.45")
        box.set_label(label)
        axes.add_patch(box)
        label = "_nolegend_"


def _outline(axes: Axes, across: Scale, up: Scale, marks: Landmarks) -> None:
    """Outline the range of the calibration; where it is one value or of no number, along the other field only."""
    spans = []
    for scale, known in ((across, marks.ranges[0]), (up, marks.ranges[1])):
        span = (scale.edges[0], scale.edges[-1]) if known is None else scale.span(*known)
        if span is None:
            return
        spans.append(span)
    (x0, x1), (y0, y1) = spans
    label = f"range of the calibration ({marks.study})"
    axes.plot([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], color=OKABE_ITO[1], lw=2.0, clip_on=False, label=label)


def _mark(axes: Axes, across: Scale, up: Scale, marks: Landmarks) -> None:
    for mark, shape, size in zip(marks.cells, MARKERS, (13, 7, 5, 4), strict=False):  # one may lie upon another
        x, y = across.place(mark.place[0]), up.place(mark.place[1])
        if x is not None and y is not None:
            axes.plot([x], [y], shape, ms=size, mec=PAPER, mfc="white", mew=1.5, ls="", label=mark.name, clip_on=False)
