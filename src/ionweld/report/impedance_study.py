"""Figures and tables on the impedance of a study: its pellets, its cells, and what a fit reads off them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld.analyse.eis.arrhenius import K_EV, ArrheniusSeries, said_of
from ionweld.report.figure import BARE, LAYER, OKABE_ITO, PAPER, WELDED, legend_above
from ionweld.report.impedance import KILO, equal_axes, nyquist, parts_table
from ionweld.report.page import Marked, items, paragraph, table
from ionweld.study.impedance import ImpedanceStudy, TransitionCase
from ionweld.twin.conduction import PelletSeries
from ionweld.twin.impedance_ensemble import PointSpectra
from ionweld.twin.impedance_reading import Reading, misread

_SHOWN = 2.2  # how many times the pellet's resistance is shown: behind it there is but the blocking tail
_MOST_LINES = 20


def draw_pellets(found: ImpedanceStudy) -> Figure:
    """Return the Nyquist plots of both pellets. To be drawn in the house's style."""
    drawn = Figure(figsize=(7.1, 4.6))
    axes = drawn.subplots()
    T = found.settings.shown_temperature
    largest = 0.0
    for series, spectrum, colour in zip(_both(found), found.shown, (BARE, WELDED), strict=True):
        nyquist(axes, spectrum.impedance_ohm, colour, series.pellet.name)
        at = min(series.fits, key=lambda fit: abs((fit.spectrum.temperature_K or 0.0) - T.value))
        largest = max(largest, at.value("Rb") + at.value("Rgb"))
    edge = _SHOWN * largest / KILO
    equal_axes(axes, (0.0, edge, 0.0, 0.55 * edge))
    axes.set_title(f"pellets between blocking electrodes, {T.text}, simulated")
    legend_above(axes)
    return drawn


def _both(found: ImpedanceStudy) -> tuple[PelletSeries, PelletSeries]:
    return found.before, found.after


def draw_arrhenius(found: ImpedanceStudy) -> Figure:
    """Return the conductivities over temperature. To be drawn in the house's style."""
    drawn = Figure(figsize=(9.2, 4.4), layout="constrained")
    left, right = drawn.subplots(1, 2, sharey=True)
    for series, colour in zip(_both(found), (BARE, WELDED), strict=True):
        _points(left, series.total, colour, "")
        energy = series.energy
        half = 0.5 * (energy.ci95_eV[1] - energy.ci95_eV[0])
        label = f"{series.pellet.name}: {energy.Ea_eV:.3f} ± {half:.3f} eV"
        _line(left, series.total, colour, label)
    left.set_title("through noisy spectra, simulated; ±: 95 %")
    _points(right, found.before.total, BARE, "transition below the range")
    for case, colour in zip(_inside(found), (LAYER, OKABE_ITO[3]), strict=False):
        _broken(right, case, colour)
    right.set_title("if the transition lay inside the range, simulated")
    for axes in (left, right):
        axes.set(xlabel="1000 K / T", yscale="log")
        legend_above(axes)
    left.set_ylabel("conductivity / S cm$^{-1}$")
    return drawn


def _inside(found: ImpedanceStudy) -> list[TransitionCase]:
    return [case for case in found.transitions if case.series is not None]


def _broken(axes: Axes, case: TransitionCase, colour: str) -> None:
    """Draw a series with a transition: as one circuit reads it, and below it with an arc for the grains."""
    assert case.series is not None
    _points(axes, case.series.total, colour, f"at {case.source.temperature.text}, same circuit", "x")
    if case.below is not None:
        energy = case.below.energy
        _points(axes, case.below.total, PAPER, "the same, an arc for the grains", "s")
        _line(
            axes, case.below.total, PAPER, f"its slope: {energy.Ea_eV:.2f} ± {energy.stderr_eV:.2f} eV (standard error)"
        )
    found = case.series.total.transition
    if found is not None and found.T_low_K and found.T_high_K:
        axes.axvspan(
            1e3 / found.T_high_K, 1e3 / found.T_low_K, color=colour, alpha=0.15, lw=0, label="where it is found"
        )


def _points(axes: Axes, series: ArrheniusSeries, colour: str, label: str, marker: str = "o") -> None:
    x = np.array([1e3 / point.T_K for point in series.sigma])
    y = np.array([point.S_per_cm for point in series.sigma])
    spread = np.exp(1.96 * np.array([point.stderr for point in series.sigma]) / y)
    bars = [y - y / spread, y * spread - y]
    axes.errorbar(x, y, bars, fmt=marker, ms=4, mfc="none", capsize=2, lw=1, color=colour, label=label or None)


def _line(axes: Axes, series: ArrheniusSeries, colour: str, label: str) -> None:
    energy = next(one for one in series.methods if one.method == series.method)
    T = np.array([min(p.T_K for p in series.sigma), max(p.T_K for p in series.sigma)])
    factor = 1.0 / T if series.convention == "sigma T" else 1.0
    y = (energy.prefactor or np.nan) * np.exp(-energy.Ea_eV / K_EV / T) * factor
    axes.plot(1e3 / T, y, "-", lw=1, color=colour, label=label)


def draw_nyquist(points: Sequence[PointSpectra], paper_ohm: Sequence[float] = ()) -> Figure:
    """Return the Nyquist plots of a cell at the points of its protocol, with the totals that a paper prints.

    To be drawn in the house's style.
    """
    drawn = Figure(figsize=(7.1, 4.4))
    axes = drawn.subplots()
    furthest, highest = 1.0, 0.5
    for place, one in enumerate(points):
        colour = OKABE_ITO[place % len(OKABE_ITO)]
        for Z in one.members_ohm[:_MOST_LINES]:
            nyquist(axes, Z, colour, "_", "-")
            axes.lines[-1].set(alpha=0.25, lw=0.7)
        Z = one.taken.spectrum.impedance_ohm
        nyquist(axes, Z, colour, f"typical cell, {one.taken.said}")
        furthest = max(furthest, float(np.max(Z.real)) / KILO)
        highest = max(highest, float(np.max(-Z.imag)) / KILO)
    for total, colour in zip(paper_ohm, OKABE_ITO, strict=False):
        axes.axvline(total / KILO, color=colour, lw=0.9, ls="--")
        furthest = max(furthest, total / KILO)
    equal_axes(axes, (0.0, 1.15 * furthest, 0.0, max(1.5 * highest, 0.35 * furthest)))
    axes.set_title("simulated; thin lines: other draws of the same cell")
    legend_above(axes)
    return drawn


def conduction_table(found: ImpedanceStudy) -> str:
    """Return what the Arrhenius analysis says, as HTML: energies with intervals, and what a transition would do."""
    rows = [_energy_row(series) for series in _both(found)]
    gap, error = found.difference_eV
    clear = abs(gap) > 2.0 * error
    compared = (
        f"The two differ by {gap:.3f} ± {error:.3f} eV (standard error), which is {'more' if clear else 'no more'} than two "
        f"standard errors: one series each {'tells' if clear else 'does not tell'} a change of the pellet from the noise of "
        "temperatures and spectra."
    )
    convention = f"Energies are from ln({found.settings.convention}) against 1/T. {found.settings.convention_remark}"
    cases = [_case_text(case, found.settings.transition_remark) for case in found.transitions]
    head = ("pellet", "Ea put in", "Ea found / eV", "95 % interval / eV", "change of slope")
    return table(head, rows) + paragraph(compared) + paragraph(convention) + items(cases)


def _energy_row(series: PelletSeries) -> tuple[str | Marked, ...]:
    known, energy = series.pellet.conduction, series.energy
    put_in = known.conductivity_activation_energy if known is not None else None
    return (
        series.pellet.name,
        Marked("library" if put_in is None else put_in.text, "number"),
        Marked(f"{energy.Ea_eV:.4f}", "number"),
        f"{energy.ci95_eV[0]:.4f} to {energy.ci95_eV[1]:.4f}",
        said_of(series.total.transition),
    )


def _case_text(case: TransitionCase, remark: str) -> str:
    where = f"Transition at {case.source.temperature.text} ({case.source.source})"
    if case.series is None:
        return f"{where}: below the range, nothing changes."
    text = f"{where}: one line would give {case.series.energy.Ea_eV:.2f} eV; the analysis reports: "
    text += f"{said_of(case.series.total.transition)}."
    if case.below is not None:
        energy = case.below.energy
        text += (
            " Below it the arc of the grains enters the window, and a circuit without it misreads the slope; with it: "
            f"{energy.Ea_eV:.2f} ± {energy.stderr_eV:.2f} eV (standard error)."
        )
    return f"{text} {remark}"


def reading_text(points: Sequence[PointSpectra]) -> str:
    """Return, for one cell, what its states hold and what two circuits read off its spectra, as HTML."""
    parts = [parts_table([(one.taken.said, one.taken.states) for one in points])]
    for one in points:
        rows = [_reading_row("paper", row) for row in one.read.paper]
        rows += [_reading_row("fuller", row) for row in one.read.fuller]
        head = (
            "circuit",
            f"{one.taken.said}: part",
            "resistors",
            "states / ohm",
            "fit / ohm",
            "95 % interval",
            "inside?",
        )
        parts.append(table(head, rows) + items(misread(one.read)))
        total = one.total
        parts.append(
            paragraph(
                f"Total of the states over {total.n} of {total.total} draws: median {total.median:,.0f} ohm, 16-84 % "
                f"{total.p16:,.0f} to {total.p84:,.0f} ohm."
            )
        )
    return "".join(parts)


def _reading_row(circuit: str, row: Reading) -> tuple[str | Marked, ...]:
    return (
        circuit,
        row.what,
        " + ".join(row.resistors),
        Marked(f"{row.state_ohm:,.0f}", "number"),
        Marked(f"{row.fitted_ohm:,.0f}", "number"),
        f"{row.low_ohm:,.0f} to {row.high_ohm:,.0f}",
        Marked("yes", "hit") if row.inside else Marked("no", "miss"),
    )
