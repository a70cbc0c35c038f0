"""The report of one cycling test: what was found first, then figures, cycles, and what each number is."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ionweld import __version__
from ionweld.analyse.cycling import DEFINITIONS, Analysis, DifferentialCapacity, Subject
from ionweld.analyse.cycling.program import Plot
from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CyclingTest
from ionweld.report.cycling_figures import HOUR
from ionweld.report.drawing import Drawing
from ionweld.report.figure import OKABE_ITO, house_style, legend_above
from ionweld.report.files import drawings, write_results
from ionweld.report.numbers import csv_text
from ionweld.report.page import Marked, PageHead, Section, figure, items, paragraph, render_page, table

_POINTS = 4000  # of a voltage trace: two per step of the finest screen
_ROWS = 200
_BY_CYCLE = (
    ("discharge_capacity_Ah", "discharge capacity / mAh", 1e3),
    ("coulombic_efficiency", "coulombic efficiency / %", 1e2),
    ("asr_ohm_cm2", "area-specific resistance / ohm cm$^{2}$", 1.0),
    ("resistance_ohm", "resistance / ohm", 1.0),
)


def write_report(out: Path, subject: Subject, found: tuple[Analysis, ...], document: dict[str, Any]) -> dict[str, Any]:
    """Write report.html, figures with their numbers, the tables as csv and results.json into `out`.

    document: of `cycling summary`; returns it with the names of the files.
    """
    with house_style():
        drawn = _figures(subject, found)
    texts = {f"{name}.csv": _as_csv(frame) for name, frame in _tables(subject).items()}
    return write_results(
        out,
        lambda shown: _page(subject, found, document["warnings"], shown),
        drawn,
        {},
        lambda files: document | {"files": files},
        texts,
    )


def page(subject: Subject, found: tuple[Analysis, ...], warnings: list[str]) -> str:
    """Return the report as one HTML document."""
    with house_style():
        drawn = _figures(subject, found)
    return _page(subject, found, warnings, drawings(drawn))


def _tables(subject: Subject) -> dict[str, pl.DataFrame]:
    return {"cycles": subject.summary.cycles, "half_cycles": subject.summary.half_cycles}


def _as_csv(frame: pl.DataFrame) -> str:
    return csv_text(frame.columns, frame.iter_rows())


def _figures(subject: Subject, found: tuple[Analysis, ...]) -> dict[str, Figure]:
    drawn = {"voltage": _voltage(subject.measurement, subject)}
    for name, label, factor in _shown(subject):
        drawn[name] = _by_cycle(subject, name, label, factor)
    for analysis in found:
        drawn |= {plot.name: _plotted(plot) for plot in analysis.plots}
    return drawn


def _shown(subject: Subject) -> list[tuple[str, str, float]]:
    """Return which columns are drawn: those that say something of this kind of cell, resistance once."""
    cycles = subject.summary.cycles
    known = [column for column in _BY_CYCLE if cycles[column[0]].is_not_null().any()]
    if subject.kind == "symmetric":
        known = [column for column in known if column[0] not in ("discharge_capacity_Ah", "coulombic_efficiency")]
    names = [name for name, _, _ in known]
    return [column for column in known if not (column[0] == "resistance_ohm" and "asr_ohm_cm2" in names)]


def _voltage(measurement: CyclingTest, subject: Subject) -> Figure:
    drawn = Figure(figsize=(7.1, 2.8))
    draw_voltage(drawn.subplots(), measurement, subject)
    return drawn


def draw_voltage(axes: Axes, measurement: CyclingTest, subject: Subject) -> None:
    """Draw the voltage of a whole test over time, with its events."""
    time, volts = (measurement.table[name].to_numpy() for name in (bdf.TIME, bdf.VOLTAGE))
    kept = _outline(volts)
    factor, unit = (1e3, "mV") if subject.kind == "symmetric" else (1.0, "V")
    axes.plot(time[kept] / HOUR, factor * volts[kept], lw=0.7, label="voltage")
    for number, finding in enumerate(subject.findings):
        colour, said = OKABE_ITO[1 + number % 4], f"{finding.kind} ({finding.sign})"
        axes.axvline(finding.time_s / HOUR, color=colour, lw=1.0, ls=":", label=said)
    axes.set(xlabel="time / h", ylabel=f"voltage / {unit}")
    if subject.findings:
        legend_above(axes)


def _outline(volts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rows that are drawn: of each of many equal stretches the lowest and the highest, so that no peak is lost."""
    if volts.size <= _POINTS:
        return np.arange(volts.size)
    edges = np.linspace(0, volts.size, _POINTS // 2 + 1).astype(int)
    parts = [(start, volts[start:end]) for start, end in itertools.pairwise(edges)]
    return np.unique([start + int(at(part)) for start, part in parts for at in (np.argmin, np.argmax)])


def _by_cycle(subject: Subject, name: str, label: str, factor: float) -> Figure:
    drawn = Figure(figsize=(7.1, 2.8))
    axes = drawn.subplots()
    cycles = subject.summary.cycles
    x = cycles["cycle"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    y = factor * cycles[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    whole = cycles["complete"].to_numpy()
    axes.plot(x, y, lw=0.8, marker="o", ms=2.5, label="each cycle")
    if not whole.all():
        axes.plot(x[~whole], y[~whole], "o", ms=5, mfc="white", mec=OKABE_ITO[1], label="cut short: not judged")
        legend_above(axes)
    axes.set(xlabel="cycle", ylabel=label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.02, y=0.1)
    return drawn


def _plotted(plot: Plot) -> Figure:
    drawn = Figure(figsize=(7.1, 3.0))
    axes = drawn.subplots()
    for curve in plot.curves:
        axes.plot(curve.x, curve.y, marker="o" if plot.points else "", ms=3.5, lw=0.9, label=curve.label)
    axes.set(xlabel=plot.x_label, ylabel=plot.y_label)
    axes.margins(x=0.04, y=0.1)
    if len(plot.curves) > 1:
        axes.legend()
    return drawn


def _page(subject: Subject, found: tuple[Analysis, ...], warnings: list[str], shown: dict[str, Drawing]) -> str:
    origin = subject.measurement.provenance
    captions = {plot.name: plot.caption for analysis in found for plot in analysis.plots}
    lead, *others = [figure(one, captions.get(name) or _caption(name)) for name, one in shown.items()]
    sections = [
        Section("What was found", _found(subject, found)),
        *([Section("To look at", items(warnings))] if warnings else []),
        *([Section("To be said", items(list(subject.summary.asks)))] if subject.summary.asks else []),
        *([Section("Further figures", "".join(others))] if others else []),
        *(Section(analysis.title, _rows(list(analysis.rows))) for analysis in found if analysis.rows),
        Section("Cycles", _cycles(subject.summary.cycles), folded=True),
        Section("Definitions", table(("number", "what it is"), list(DEFINITIONS.items())), folded=True),
        Section("Origin", items(_origin(subject)), folded=True),
    ]
    kind = f"{subject.kind} cell" if subject.kind else "kind of cell not said"
    verdict = "; ".join([subject.said, *(text for analysis in found for text in analysis.says)])
    head = PageHead(origin.source, f"{verdict}.", f"Cycling test, {origin.kind}; {kind}.")
    return render_page(head, sections, lead)


def _origin(subject: Subject) -> list[str]:
    origin = subject.measurement.provenance
    return [f"{origin.source}, SHA-256 {origin.sha256}", origin.software, f"ionweld {__version__}"]


def _found(subject: Subject, found: tuple[Analysis, ...]) -> str:
    said = [f"{analysis.title}: {text}" for analysis in found for text in analysis.says]
    rows = [
        (f"{event.kind}: {event.sign}", Marked(str(event.cycle), "number"), event.evidence, " | ".join(event.rivals))
        for event in subject.findings
    ]
    events = table(("event", "cycle", "the numbers that fired it", "rivals, and what would tell"), rows) if rows else ""
    silent = "No event fired." if subject.kind else "No events: they need the kind of cell."
    return (items(said) if said else "") + (events or paragraph(silent))


def _caption(name: str) -> str:
    labels = {column: label.partition(" / ")[0] for column, label, _ in _BY_CYCLE}
    return (
        "Voltage over the whole test; dotted: events."
        if name == "voltage"
        else f"{labels[name].capitalize()} by cycle."
    )


def _rows(rows: list[dict[str, Any]]) -> str:
    shown = [[_cell(value) for value in row.values()] for row in rows[:_ROWS]]
    more = paragraph(f"The first {_ROWS} of {len(rows)}.", "note") if len(rows) > _ROWS else ""
    return table(list(rows[0]), shown) + more


def _cycles(cycles: pl.DataFrame) -> str:
    known = cycles.select(name for name in cycles.columns if cycles[name].is_not_null().any())
    more = "data/cycles.csv holds all." if cycles.height > _ROWS else ""
    rows = known.to_dicts()
    return (_rows(rows) if rows else paragraph("No cycle: no current flowed.")) + (paragraph(more) if more else "")


def _cell(value: Any) -> Marked:
    if value is None:
        return Marked("", "number")
    return Marked(f"{value:.5g}" if isinstance(value, float) else str(value), "number")


def write_differential(
    out: Path, measurement: CyclingTest, curves: tuple[DifferentialCapacity, ...], document: dict[str, Any]
) -> dict[str, Any]:
    """Write the figure of dQ/dV with its numbers, and a page around it; return the document with the names of the files."""
    with house_style():
        drawn = {"differential_capacity": _differential(curves)}
    title = f"Differential capacity of {measurement.provenance.source}"

    def page(shown: dict[str, Drawing]) -> str:
        caption = f"dQ/dV: {curves[0].method}; {measurement.provenance.kind}."
        about = f"Cycling test, {measurement.provenance.kind}; {measurement.provenance.software}."
        return render_page(
            PageHead(title, _highest(curves), about), [], figure(shown["differential_capacity"], caption)
        )

    return write_results(out, page, drawn, {}, lambda files: document | {"files": files})


def _highest(curves: tuple[DifferentialCapacity, ...]) -> str:
    """Return where the highest peak of the first curve stands."""
    one = curves[0]
    top = int(np.argmax(one.dQ_dV_Ah_per_V))
    where = f"{one.voltage_V[top]:.4g} V, {1e3 * one.dQ_dV_Ah_per_V[top]:.3g} mAh/V"
    return f"Cycle {one.cycle}, {one.direction}: the highest peak stands at {where}."


def _differential(curves: tuple[DifferentialCapacity, ...]) -> Figure:
    import matplotlib as mpl

    drawn = Figure(figsize=(7.1, 3.6))
    axes = drawn.subplots()
    cycles = sorted({curve.cycle for curve in curves})
    paint = dict(zip(cycles, mpl.colormaps["cividis"](np.linspace(0.0, 0.9, len(cycles))), strict=True))
    for curve in curves:
        sign = 1.0 if curve.direction == "charge" else -1.0
        y = sign * 1e3 * curve.dQ_dV_Ah_per_V
        axes.plot(curve.voltage_V, y, color=paint[curve.cycle], lw=0.8, label=f"cycle {curve.cycle}, {curve.direction}")
    axes.axhline(0.0, color="0.6", lw=0.5)
    axes.set(xlabel="voltage / V", ylabel="dQ/dV (discharge drawn downwards) / mAh V$^{-1}$")
    if len(curves) <= 8:
        axes.legend()
    return drawn
