"""Reports on impedance: spectra with their fits, validity, relaxation times; a series with its Arrhenius lines."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import PurePath
from typing import Any

import numpy as np

from ionweld.analyse.eis.arcs import FORMULAS, Formula, name_arcs
from ionweld.analyse.eis.arrhenius import K_EV, ArrheniusSeries, energies_said, said_of
from ionweld.analyse.eis.compare import CircuitRanking
from ionweld.analyse.eis.cycles import ResistanceChange
from ionweld.analyse.eis.drt import FEWEST_POINTS, relaxation_times
from ionweld.analyse.eis.fit import CircuitFit, parameters, percent
from ionweld.analyse.eis.geometry import Conduction
from ionweld.analyse.eis.kramers_kronig import consistency, kramers_kronig
from ionweld.analyse.eis.problem import Complex, Real
from ionweld.analyse.eis.propose import Proposal
from ionweld.report.circuit_drawing import draw_circuit
from ionweld.report.drawing import Drawing, drawing
from ionweld.report.eis_checks import counted
from ionweld.report.figure import OKABE_ITO, house_style
from ionweld.report.page import PageHead, Section, figure, paragraph, render_page, table

_MOST_FIGURES = 12
_DATA, _MODEL, _IMAGINARY = OKABE_ITO[6], OKABE_ITO[1], OKABE_ITO[0]


def render_fits(
    fits: Sequence[CircuitFit],
    formula: Formula = "Hsu-Mansfeld",
    comparisons: Sequence[CircuitRanking | None] = (),
    changes: Sequence[ResistanceChange] = (),
    proposals: Sequence[Sequence[Proposal]] = (),
) -> str:
    """Return the report of one or several fitted spectra as one HTML document."""
    sections = []
    if changes:
        sections.append(Section("What changed", _changes_table(changes)))
    for place, fit in enumerate(fits):
        rival = comparisons[place] if place < len(comparisons) else None
        if proposals:
            sections.append(Section(f"Circuits proposed: {fit.spectrum.where}", _proposals(proposals[place])))
        sections.append(_spectrum_section(fit, formula, rival, place < _MOST_FIGURES))
    sections.append(_circuit_section(fits[0]))
    head = PageHead("Impedance fit", _fitted(fits), f"{counted(len(fits), _kinds(fits))}, {fits[0].circuit.text}.")
    return render_page(head, sections, _all_spectra(fits))


def _all_spectra(fits: Sequence[CircuitFit]) -> str:
    return figure(_overlay(fits), f"Nyquist plots, {_kinds(fits)}; lines: fits.")


def _fitted(fits: Sequence[CircuitFit]) -> str:
    """Return in one sentence what the fits give: of one spectrum its resistances, of several how many are consistent."""
    if len(fits) == 1:
        found = [p for p in parameters(fits[0]) if p.unit == "ohm"]
        values = ", ".join(f"{p.name} = {p.value:.4g} ohm ({_percent(p.stderr, p.value)})" for p in found)
        return (
            f"{values or 'No resistance in the circuit'}; {fits[0].starts_agreeing} of {fits[0].starts} starts agree."
        )
    judged = [fit for fit in fits if len(fit.problem.Z) >= FEWEST_POINTS]
    passed = sum(kramers_kronig(fit.spectrum).passes for fit in judged)
    agreed = sum(fit.starts_agreeing > 1 for fit in fits)
    return (
        f"{len(fits)} spectra fitted; {passed} of {len(judged)} pass the Kramers-Kronig test; the fit of {agreed} was found "
        "again from another start."
    )


def render_arrhenius(fits: Sequence[CircuitFit], series: Sequence[ArrheniusSeries], geometry: Conduction) -> str:
    """Return the report of a temperature series as one HTML document."""
    said = "".join(paragraph(f"{line}.") for line in geometry.said)
    caption = (
        f"{_kinds(fits).capitalize()} conductivities with 95 % intervals; lines: {series[0].method}, "
        f"Ea from ln({series[0].convention}) against 1/T."
    )
    sections = [
        Section("Energies", said + _energies(series)),
        Section("Change of slope", _slopes(series)),
        Section("Conductivities", _sigma_table(series)),
        Section("All spectra", _all_spectra(fits)),
        _circuit_section(fits[0]),
        *(
            replace(_spectrum_section(fit, "Hsu-Mansfeld", None, place < _MOST_FIGURES), folded=True)
            for place, fit in enumerate(fits)
        ),
    ]
    head = PageHead("Arrhenius series", f"{energies_said(series)}.", f"{counted(len(fits), _kinds(fits))}.")
    return render_page(head, sections, figure(_arrhenius_figure(series), caption))


def _proposals(proposals: Sequence[Proposal]) -> str:
    rows = [(one.circuit, f"{one.odds:.2f}", str(len(one.fit.logs)), f"{one.fit.chi2:.4g}") for one in proposals]
    return table(("circuit", "odds among these", "parameters", "chi2"), rows)


def _kinds(fits: Sequence[CircuitFit]) -> str:
    return " and ".join(sorted({fit.spectrum.provenance.kind for fit in fits}))


def _circuit_section(fit: CircuitFit) -> Section:
    seen = {leaf.leaf.element.symbol: leaf.leaf.element for leaf in fit.circuit.steps if leaf.leaf}
    laws = table(("element", "impedance"), [(f"{e.symbol}: {e.name}", f"Z = {e.formula}") for e in seen.values()])
    return Section(
        "Circuit", f"<p><code>{escape(fit.circuit.text)}</code></p>{draw_circuit(fit.circuit)}{laws}", folded=True
    )


def _title(fit: CircuitFit) -> str:
    T = fit.spectrum.temperature_K
    warm = f", {T:.2f} K" if T is not None else ""
    return f"{fit.spectrum.where}{warm}"


def _spectrum_section(fit: CircuitFit, formula: Formula, rival: CircuitRanking | None, drawn: bool) -> Section:
    about = (
        f"chi2 {fit.chi2:.6e}, {fit.problem.freedom} degrees of freedom; {fit.starts_agreeing} of {fit.starts} "
        f"starts agree. {FORMULAS[formula]}."
    )
    parts = [
        figure(_panels(fit), f"{fit.spectrum.provenance.kind.capitalize()} spectrum.") if drawn else "",
        paragraph(about),
        _parameter_table(fit),
        _arc_table(fit, formula),
        *(paragraph(note, "note") for note in (*fit.spectrum.ingest_lines, *fit.warnings, *consistency(fit.spectrum))),
        _comparison(rival) if rival else "",
    ]
    return Section(_title(fit), "".join(parts))


def _parameter_table(fit: CircuitFit) -> str:
    rows = [
        (p.name, f"{p.value:.5g}", p.unit, _percent(p.stderr, p.value), _interval(p.ci95), p.interval_from)
        for p in parameters(fit, profiles=True)
    ]
    return table(("parameter", "value", "unit", "standard error", "95 % interval", "from"), rows)


def _arc_table(fit: CircuitFit, formula: Formula) -> str:
    arcs = name_arcs(fit.circuit, fit.logs, fit.problem.omega, fit.spectrum.geometry, formula)
    rows = [
        (
            f"{arc.role or 'not named'} ({arc.resistor})", f"{arc.R_ohm:.4g}", f"{arc.tau_s:.3g}",
            f"{arc.C_eff_F:.3g}", arc.warning or "",
        )
        for arc in arcs
    ]  # fmt: skip
    return table(("arc", "R / ohm", "tau / s", "C_eff / F", "note"), rows) if rows else ""


def _percent(stderr: float | None, value: float) -> str:
    return percent(stderr / value) if stderr else "not known"


def _interval(ends: tuple[float | None, float | None] | None) -> str:
    if ends is None:
        return "not known"
    return " to ".join("open" if end is None else f"{end:.4g}" for end in ends)


def _comparison(rival: CircuitRanking) -> str:
    rows = [(text, f"{above:.1f}", f"{weight:.3f}") for text, above, weight in rival.ranking]
    note = paragraph(rival.warning, "note") if rival.warning else ""
    return table(("circuit", "AICc above the best", "weight"), rows) + note


def _changes_table(changes: Sequence[ResistanceChange]) -> str:
    rows = [
        (
            f"{c.role} ({c.resistor})", f"{c.R_ohm[0]:.4g}", f"{c.R_ohm[-1]:.4g}",
            f"{c.ratio:.3g}", _interval(c.ratio_ci95), c.verdict,
        )
        for c in changes
    ]  # fmt: skip
    return table(("resistance", "first / ohm", "last / ohm", "factor", "95 % interval", "verdict"), rows)


def _overlay(fits: Sequence[CircuitFit]) -> Drawing:
    from matplotlib.figure import Figure

    with house_style():
        drawn = Figure(figsize=(7.5, 5.5))
        axes = drawn.subplots()
        scale = _scale(fits)
        for place, fit in enumerate(fits):
            color = OKABE_ITO[place % len(OKABE_ITO)]
            _nyquist(axes, fit, color, color, fit.spectrum.label or fit.spectrum.provenance.source, scale)
        _equal(axes)
        if len(fits) <= _MOST_FIGURES:
            axes.legend(fontsize=8)
        return drawing("spectra", drawn)


def _nyquist(axes: Any, fit: CircuitFit, data: str, model: str, label: str, scale: tuple[float, str]) -> None:
    factor, unit = scale
    order = np.argsort(fit.problem.omega)
    Z, line = fit.problem.Z / factor, fit.model_ohm[order] / factor
    axes.plot(Z.real, -Z.imag, "o", ms=3.5, color=data, mfc="none", label=label)
    axes.plot(line.real, -line.imag, "-", lw=1.2, color=model)
    axes.set_xlabel(f"Re Z / {unit}")
    axes.set_ylabel(f"-Im Z / {unit}")


def _scale(fits: Sequence[CircuitFit]) -> tuple[float, str]:
    largest = max(float(np.abs(fit.problem.Z).max()) for fit in fits)
    for factor, unit in ((1e6, "Mohm"), (1e3, "kohm")):
        if largest >= factor:
            return factor, unit
    return 1.0, "ohm"


def _equal(axes: Any) -> None:
    """One ohm is as long on both axes: a semicircle must look like one."""
    axes.set_aspect("equal", adjustable="datalim")
    axes.axhline(0, color="#999999", lw=0.6)


def _panels(fit: CircuitFit) -> Drawing:
    from matplotlib.figure import Figure

    with house_style():
        drawn = Figure(figsize=(11, 6.6), layout="constrained")
        panels = drawn.subplots(2, 3)
        drawn.suptitle(f"{_title(fit)} ({fit.spectrum.provenance.kind})")
        _nyquist(panels[0, 0], fit, _DATA, _MODEL, fit.spectrum.provenance.kind, _scale([fit]))
        _equal(panels[0, 0])
        panels[0, 0].set_title("Nyquist (line: fit)")
        _bode(panels[0, 1], panels[0, 2], fit)
        _residuals(panels[1, 0], fit.problem.omega, 100 * (fit.problem.Z - fit.model_ohm) / np.abs(fit.problem.Z))
        panels[1, 0].set_title("Data minus fit")
        _validity(panels[1, 1], fit)
        _relaxation(panels[1, 2], fit)
        return drawing(f"spectrum_{PurePath(fit.spectrum.provenance.source).stem}", drawn)


def _bode(modulus: Any, phase: Any, fit: CircuitFit) -> None:
    f = fit.problem.omega / (2 * np.pi)
    order = np.argsort(f)
    for axes, quantity, name in (
        (modulus, np.abs, "|Z| / ohm"),
        (phase, lambda Z: -np.degrees(np.angle(Z)), "-phase / deg"),
    ):
        axes.semilogx(f, quantity(fit.problem.Z), "o", ms=3.5, color=_DATA, mfc="none")
        axes.semilogx(f[order], quantity(fit.model_ohm)[order], "-", lw=1.2, color=_MODEL)
        axes.set_xlabel("frequency / Hz")
        axes.set_ylabel(name)
    modulus.set_yscale("log")
    modulus.set_title("Bode, modulus")
    phase.set_title("Bode, phase")


def _residuals(axes: Any, omega: Real, residuals: Complex) -> None:
    f = omega / (2 * np.pi)
    axes.axhline(0, color="#999999", lw=0.6)
    axes.semilogx(f, residuals.real, "o-", ms=3, lw=0.7, color=_MODEL, label="Re")
    axes.semilogx(f, residuals.imag, "s-", ms=3, lw=0.7, color=_IMAGINARY, label="Im")
    axes.set_xlabel("frequency / Hz")
    axes.set_ylabel("residual / % of |Z|")
    axes.legend(fontsize=8)


def _validity(axes: Any, fit: CircuitFit) -> None:
    if len(fit.problem.Z) < FEWEST_POINTS:
        axes.set_title("Kramers-Kronig: too few points")
        return
    result = kramers_kronig(fit.spectrum)
    _residuals(axes, fit.problem.omega, result.residuals)
    axes.set_title(f"Kramers-Kronig: {'passes' if result.passes else 'FAILS'}")


def _relaxation(axes: Any, fit: CircuitFit) -> None:
    if len(fit.problem.Z) < FEWEST_POINTS:
        axes.set_title("Relaxation times: too few points")
        return
    result = relaxation_times(fit.spectrum)
    axes.semilogx(result.tau_s, result.gamma_ohm, "-", color=_IMAGINARY)
    axes.fill_between(result.tau_s, result.gamma_ohm, color=_IMAGINARY, alpha=0.2)
    axes.set_xlabel("tau / s")
    axes.set_ylabel("gamma / ohm per ln tau")
    axes.set_title("Relaxation times")


def _arrhenius_figure(series: Sequence[ArrheniusSeries]) -> Drawing:
    from matplotlib.figure import Figure

    with house_style():
        drawn = Figure(figsize=(8, 5.5))
        draw_arrhenius(drawn.subplots(), series)
        return drawing("arrhenius", drawn)


def draw_arrhenius(axes: Any, series: Sequence[ArrheniusSeries]) -> None:
    """Draw conductivities over 1000 K / T with their 95 % intervals and lines."""
    for place, item in enumerate(series):
        _arrhenius_line(axes, item, OKABE_ITO[place % len(OKABE_ITO)])
    axes.set_yscale("log")
    axes.set_xlabel("1000 K / T")
    axes.set_ylabel("sigma T / (S K/cm)" if series[0].convention == "sigma T" else "sigma / (S/cm)")
    axes.legend()


def _arrhenius_line(axes: Any, item: ArrheniusSeries, color: str) -> None:
    T = np.array([point.T_K for point in item.sigma])
    factor = T if item.convention == "sigma T" else np.ones_like(T)
    sigma = np.array([point.S_per_cm for point in item.sigma])
    spread = np.exp(1.96 * np.array([point.stderr for point in item.sigma]) / sigma)
    y = sigma * factor
    axes.errorbar(1e3 / T, y, [y - y / spread, y * spread - y], fmt="o", ms=4, capsize=3, color=color)
    energy = next(e for e in item.methods if e.method == item.method)
    x = np.linspace(1 / T.max(), 1 / T.min(), 2)
    label = f"{item.role}: {item.Ea_eV:.3f} ± {item.stderr_eV:.3f} eV"
    axes.plot(1e3 * x, (energy.prefactor or np.nan) * np.exp(-energy.Ea_eV / K_EV * x), "-", color=color, label=label)
    if item.transition and item.transition.T_low_K and item.transition.T_high_K:
        axes.axvspan(1e3 / item.transition.T_high_K, 1e3 / item.transition.T_low_K, color=color, alpha=0.12, lw=0)


def _energies(series: Sequence[ArrheniusSeries]) -> str:
    rows = [
        (item.role, energy.method, f"{energy.Ea_eV:.4f}", f"{energy.stderr_eV:.4f}", _interval(energy.ci95_eV))
        for item in series
        for energy in item.methods
    ]
    notes = "".join(paragraph(f"{item.role}: {note}", "note") for item in series for note in item.warnings)
    return table(("resistance", "road", "Ea / eV", "standard error", "95 % interval"), rows) + notes


def _slopes(series: Sequence[ArrheniusSeries]) -> str:
    return table(("resistance", "one line or two"), [(item.role, said_of(item.transition)) for item in series])


def _sigma_table(series: Sequence[ArrheniusSeries]) -> str:
    head = ["resistance", "T / K", "sigma / (S/cm)", "standard error"]
    per_interface = any(point.asr_ohm_cm2 is not None for item in series for point in item.sigma)
    rows = [
        [
            item.role, f"{point.T_K:.2f}", f"{point.S_per_cm:.4e}", f"{point.stderr:.1e}",
            *(["" if (asr := point.asr_ohm_cm2) is None else f"{asr:.4g}"] if per_interface else []),
        ]
        for item in series
        for point in item.sigma
    ]  # fmt: skip
    return table([*head, *(["ohm cm2 per interface"] if per_interface else [])], rows)
