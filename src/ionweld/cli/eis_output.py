"""Impedance results as JSON documents and as tables for a person."""

from collections.abc import Sequence

from ionweld.analyse.eis.arcs import Formula, name_arcs
from ionweld.analyse.eis.arrhenius import ArrheniusSeries, said_of
from ionweld.analyse.eis.compare import CircuitRanking
from ionweld.analyse.eis.cycles import ResistanceChange
from ionweld.analyse.eis.fit import CircuitFit, FitParameter, parameters, percent
from ionweld.analyse.eis.geometry import Conduction
from ionweld.analyse.eis.kramers_kronig import consistency
from ionweld.analyse.eis.processes import Processes
from ionweld.analyse.eis.propose import Proposal
from ionweld.cli.output import emit
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.wording import many


def warning_lines(spectrum: ImpedanceSpectrum, *more: str) -> None:
    """Print what the reader dropped, renamed or doubted, and more."""
    for line in (*spectrum.ingest_lines, *more):
        emit(f"  note: {line}")


def fit_table(fit: CircuitFit, formula: Formula, rows: Sequence[FitParameter] | None = None) -> None:
    """Print one fit for a person."""
    warm = (
        f", {fit.spectrum.temperature_K:.2f} K ({fit.spectrum.temperature_from})" if fit.spectrum.temperature_K else ""
    )
    emit(f"{fit.spectrum.where}{warm}")
    emit(
        f"  {fit.circuit.text}   chi2 {fit.chi2:.6e} ({fit.problem.freedom} degrees of freedom), "
        f"{fit.starts_agreeing} of {fit.starts} starts agree, {fit.milliseconds:.0f} ms"
    )
    for row in rows or parameters(fit, profiles=True):
        emit("  " + parameter_line(row))
    for arc in name_arcs(fit.circuit, fit.logs, fit.problem.omega, fit.spectrum.geometry, formula):
        role = arc.role or "not named"
        emit(
            f"  {role} ({arc.resistor}): R {arc.R_ohm:.4g} ohm, tau {arc.tau_s:.3g} s, "
            f"C_eff {arc.C_eff_F:.3g} F ({arc.formula})"
        )
        if arc.warning:
            emit(f"    note: {arc.warning}")
    warning_lines(fit.spectrum)
    for warning in (*fit.warnings, *consistency(fit.spectrum)):
        emit(f"  note: {warning}")


def parameter_line(row: FitParameter) -> str:
    """Return one parameter with its uncertainty."""
    unit = "" if row.unit == "1" else f" {row.unit}"
    if row.interval_from == "fixed":
        return f"{row.name:10s} {row.value:11.4e}{unit} (fixed)"
    spread = f"+- {percent(row.stderr / row.value)}" if row.stderr else "error not known"
    if row.ci95 is None:
        return f"{row.name:10s} {row.value:11.4e}{unit}  {spread}"
    low, high = ("open" if end is None else f"{end:.4g}" for end in row.ci95)
    return f"{row.name:10s} {row.value:11.4e}{unit}  {spread}  95 %: {low} to {high} ({row.interval_from})"


def proposal_table(proposals: Sequence[Proposal]) -> None:
    """Print the circuits that a spectrum proposes, the one that is used first."""
    emit(f"{proposals[0].fit.spectrum.where}: circuits it proposes, with their odds among these")
    for proposal in proposals:
        emit(f"  {proposal.circuit:60s} {proposal.odds:.2f}   {many(len(proposal.fit.logs), 'parameter')}")


def comparison_table(comparison: CircuitRanking) -> None:
    """Print the ranking of several circuits."""
    for text, above, weight in comparison.ranking:
        emit(f"  {text:40s} AICc +{above:.1f}, weight {weight:.3f}")
    if comparison.warning:
        emit(f"  note: {comparison.warning}")


def change_table(found: Sequence[ResistanceChange]) -> None:
    """Print what changed over the cycles."""
    for change in found:
        low, high = change.ratio_ci95
        emit(
            f"  {change.resistor} ({change.role}): {change.R_ohm[0]:.4g} -> {change.R_ohm[-1]:.4g} ohm, "
            f"factor {change.ratio:.3g} (95 %: {low:.3g} to {high:.3g}): {change.verdict}"
        )


def relaxation_table(where: str, result: Processes) -> None:
    """Print the processes of a spectrum with their intervals."""
    beside = [result.said_of_series]
    beside += [f"L {result.L_H:.3g} H"] if result.L_H else []
    beside += [f"{result.tail.said}, Q = {result.tail.Q:.3g}"] if result.tail else []
    emit(f"{where}: {result.said}; " + "; ".join(beside))
    for peak in result.peaks:
        low, high = peak.R_ci95
        outside = "" if peak.inside else "   (its top lies outside the window: an extrapolation)"
        emit(
            f"  tau {peak.tau_s:.3e} s   R {peak.R_ohm:.4g} ohm (95 %: {low:.4g} to {high:.4g})   n {peak.n:.3f}   "
            f"C {peak.C_F:.3g} F{outside}"
        )


def series_table(series: Sequence[ArrheniusSeries], geometry: Conduction) -> None:
    """Print the Arrhenius analysis."""
    for line in geometry.said:
        emit(f"geometry: {line}")
    for item in series:
        emit(
            f"{item.role} ({' + '.join(item.resistors)}): Ea {item.Ea_eV:.4f} +- {item.stderr_eV:.4f} eV, {item.method}"
        )
        for energy in item.methods:
            low, high = energy.ci95_eV
            emit(
                f"    {energy.method:32s} {energy.Ea_eV:.4f} +- {energy.stderr_eV:.4f} eV "
                f"(95 %: {low:.4f} to {high:.4f})"
            )
        emit(f"    change of slope: {said_of(item.transition)}")
        for point in item.sigma:
            asr = f", {point.asr_ohm_cm2:.4g} ohm cm2 per interface" if point.asr_ohm_cm2 is not None else ""
            emit(f"    {point.T_K:7.2f} K  {point.S_per_cm:.4e} +- {point.stderr:.1e} S/cm{asr}")
        for warning in item.warnings:
            emit(f"    note: {warning}")
    emit(f"convention: Ea from the slope of ln({series[0].convention}) against 1/T")
