"""Figures of a comparison: treatments on the same axes, every replicate drawn, at the width of a column or a page."""

from collections.abc import Callable, Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ionweld.lab.compare import Replicate, Tested, Treated
from ionweld.measurement import cycling as bdf
from ionweld.report.cycling_figures import HOUR
from ionweld.report.figure import COLUMN_MM, OF_CELLS, PAGE_MM, print_figure
from ionweld.result import EventKind

WIDTHS = {"88mm": COLUMN_MM, "180mm": PAGE_MM}
_MARKS = {EventKind.CONTACT_LOSS: "o", EventKind.SOFT_SHORT: "v", EventKind.HARD_SHORT: "X", EventKind.END_OF_LIFE: "s"}
_ZOOM_CYCLES = 5
_FIRST_OF = "cell 1 of"
_STYLES = ("-", "--", ":", "-.")
Draw = Callable[[float], Figure]


def colours(groups: list[Treated]) -> dict[str, str]:
    """Return one colour per treatment, by the order of their names."""
    names = sorted({group.treatment for group in groups})
    return dict(zip(names, OF_CELLS * len(names), strict=False))


def drawings(groups: list[Treated]) -> dict[str, Draw]:
    """Return what can be drawn of the groups of one design, by name; each takes a width in mm."""
    tested = [test for group in groups for _, test in _tests(group)]
    made: dict[str, Draw] = {}
    if tested:
        made["voltage"] = lambda width: _voltage(groups, width)
        made["plateaus"] = lambda width: _plateaus(groups, width)
        for name, column, label, factor in _by_cycle(groups, tested):
            made[name] = _column_drawing(groups, column, label, factor)
    if any(test.differential for test in tested):
        made["differential_capacity"] = lambda width: _differential(groups, width)
    if any(replicate.sweeps for group in groups for replicate in group.replicates):
        made["impedance"] = lambda width: _impedance(groups, width)
    return made


def _by_cycle(groups: list[Treated], tested: list[Tested]) -> Iterator[tuple[str, str, str, float]]:
    offered = [
        ("resistance", "asr_ohm_cm2", "area-specific resistance / $\\mathrm{\\Omega\\,cm^2}$", 1.0),
        ("resistance", "resistance_ohm", "resistance / $\\mathrm{\\Omega}$", 1.0),
        ("wedge", "wedge_index", "wedge index / %", 100.0),
    ]
    if any(group.kind in ("half", "full") for group in groups):
        offered += [
            ("capacity", "discharge_capacity_mAh_g", "discharge capacity / $\\mathrm{mAh\\,g^{-1}}$", 1.0),
            ("capacity", "discharge_capacity_Ah", "discharge capacity / mAh", 1e3),
            ("efficiency", "coulombic_efficiency", "coulombic efficiency / %", 100.0),
            ("energy_efficiency", "energy_efficiency", "energy efficiency / %", 100.0),
        ]
    seen: set[str] = set()
    for name, column, label, factor in offered:
        if name not in seen and all(test.summary.cycles[column].is_not_null().any() for test in tested):
            seen.add(name)
            yield name, column, label, factor


def _column_drawing(groups: list[Treated], column: str, label: str, factor: float) -> Draw:
    return lambda width: _cycles_figure(groups, column, label, factor, width)


def _tests(group: Treated) -> Iterator[tuple[Replicate, Tested]]:
    for replicate in group.replicates:
        for test in replicate.tests:
            yield replicate, test


def _canvas(width: float, height: float = 60.0) -> tuple[Figure, Axes]:
    figure = print_figure(width, height if width <= COLUMN_MM else 1.25 * height)
    return figure, figure.subplots()


def _legend(axes: Axes, groups: list[Treated], marks: tuple[EventKind, ...] = (), what: str = "n =") -> None:
    paint = colours(groups)
    handles = [
        Line2D([], [], color=paint[group.treatment], label=f"{group.treatment}, {what} {len(list(_tests(group)))}")
        for group in groups
    ]
    handles += [Line2D([], [], color="0.3", marker=_MARKS[mark], ls="", ms=4, label=mark) for mark in marks]
    axes.figure.legend(handles=handles, loc="outside upper left", ncols=2 if len(handles) > 3 else len(handles))  # pyright: ignore[reportAttributeAccessIssue]


def _cycles_figure(groups: list[Treated], column: str, label: str, factor: float, width: float) -> Figure:
    figure, axes = _canvas(width)
    paint, seen = colours(groups), set()
    for group in groups:
        lines = [(test, *_series(test, column)) for _, test in _tests(group)]
        x, y = _one_after_the_other([line[1] for line in lines]), _one_after_the_other([line[2] for line in lines])
        axes.plot(
            x, factor * y, color=paint[group.treatment], lw=0.7, alpha=0.7, label=f"{group.treatment}, every cell"
        )
        for test, cycle, values in lines:
            seen |= _mark_events(axes, test, cycle, factor * values, paint[group.treatment])
        _median(axes, group, column, factor, paint[group.treatment])
    axes.set(xlabel="cycle", ylabel=label)
    axes.margins(x=0.02, y=0.08)
    _legend(axes, groups, tuple(mark for mark in _MARKS if mark in seen))
    return figure


def _one_after_the_other(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return many curves as one, with a gap after each: a thousand cells are drawn as fast as one."""
    return np.concatenate([np.append(part, np.nan) for part in parts]) if parts else np.empty(0)


def _mark_events(
    axes: Axes, test: Tested, x: NDArray[np.float64], y: NDArray[np.float64], colour: str
) -> set[EventKind]:
    """Mark each event on the curve, at its cycle or the last one before it that has a value; return the kinds."""
    known = np.isfinite(y)
    shown = set()
    for finding in test.findings:
        at = np.flatnonzero(known & (x <= finding.cycle))
        if at.size and finding.kind in _MARKS and finding.kind is not EventKind.END_OF_LIFE:
            shown.add(finding.kind)
            axes.plot(x[at[-1]], y[at[-1]], _MARKS[finding.kind], color=colour, ms=4, mec="k", mew=0.4)
    return shown


def _series(test: Tested, column: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    cycles = test.summary.cycles  # read as numbers at once: filters of a thousand small tables take seconds
    cycle, values = (cycles[name].to_numpy().astype(float) for name in ("cycle", column))
    known = np.isfinite(cycle)
    return cycle[known], values[known]


def _median(axes: Axes, group: Treated, column: str, factor: float, colour: str) -> None:
    """Draw the median as far as all replicates go."""
    series = [_series(test, column) for _, test in _tests(group)]
    if len(series) < 2:
        return
    end = min(y.size for _, y in series)
    axes.plot(series[0][0][:end], factor * np.median([y[:end] for _, y in series], axis=0), color=colour, lw=1.8)


def _first_tests(groups: list[Treated]) -> list[tuple[Treated, Tested]]:
    return [(group, next(_tests(group))[1]) for group in groups if any(True for _ in _tests(group))]


def _unit(group: Treated) -> tuple[float, str]:
    return (1e3, "voltage / mV") if group.kind == "symmetric" else (1.0, "voltage / V")


def _voltage(groups: list[Treated], width: float) -> Figure:
    figure, axes = _canvas(width)
    shown = _first_tests(groups)
    longest_first = sorted(
        shown, key=lambda pair: -float(pair[1].measurement.table[bdf.VOLTAGE].abs().to_numpy().max())
    )
    for group, test in longest_first:
        _trace(axes, group, test, colours(groups)[group.treatment], None)
    _legend(axes, groups, what=_FIRST_OF)
    return figure


def _plateaus(groups: list[Treated], width: float) -> Figure:
    figure, axes = _canvas(width)
    for group, test in _first_tests(groups):
        cycles = test.summary.cycles
        until = float(cycles["end_s"].to_numpy()[min(_ZOOM_CYCLES, cycles.height) - 1]) if cycles.height else 0.0
        _trace(axes, group, test, colours(groups)[group.treatment], until)
    _legend(axes, groups, what=_FIRST_OF)
    return figure


def _trace(axes: Axes, group: Treated, test: Tested, colour: str, until_s: float | None) -> None:
    factor, label = _unit(group)
    table = test.measurement.table
    hours, volts = table[bdf.TIME].to_numpy() / HOUR, factor * table[bdf.VOLTAGE].to_numpy()
    shown = hours <= (np.inf if until_s is None else until_s / HOUR)
    axes.plot(hours[shown], volts[shown], color=colour, lw=0.6 if until_s is None else 0.9)
    axes.set(xlabel="time / h", ylabel=label)
    axes.margins(x=0.01)


def _differential(groups: list[Treated], width: float) -> Figure:
    figure, axes = _canvas(width)
    for group in groups:
        for _, test in _tests(group):
            for item in test.differential:
                sign = 1.0 if item.direction == "charge" else -1.0
                axes.plot(
                    item.voltage_V, sign * 1e3 * item.dQ_dV_Ah_per_V, color=colours(groups)[group.treatment], lw=0.8
                )
    axes.axhline(0.0, color="0.7", lw=0.6)
    axes.set(xlabel="voltage / V", ylabel="dQ/dV / $\\mathrm{mAh\\,V^{-1}}$ (discharge below 0)")
    _legend(axes, groups)
    return figure


def _impedance(groups: list[Treated], width: float) -> Figure:
    figure, axes = _canvas(width)
    paint = colours(groups)
    states = list(dict.fromkeys(s.state for g in groups for r in g.replicates for s in r.sweeps))
    for group in groups:
        for replicate in group.replicates:
            for sweep in replicate.sweeps:
                z = 1e-3 * sweep.spectrum.impedance_ohm
                style = _STYLES[states.index(sweep.state) % len(_STYLES)]
                axes.plot(z.real, -z.imag, ls=style, color=paint[group.treatment], lw=0.8)
    axes.set(xlabel="$Z'$ / $\\mathrm{k\\Omega}$", ylabel="$-Z''$ / $\\mathrm{k\\Omega}$", aspect="equal")
    axes.set_xlim(0.0, None)
    handles = [Line2D([], [], color=paint[name], label=name) for name in paint]
    handles += [
        Line2D([], [], color="0.3", ls=_STYLES[i % len(_STYLES)], label=state or "state not said")
        for i, state in enumerate(states)
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=2)
    return figure
