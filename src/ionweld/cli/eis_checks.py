"""`ionweld eis check | drt`: what a spectrum shows before any circuit."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.eis_files import SpectrumView, deliver, prove
from ionweld.cli.eis_input import Columns, Files, ReportFile, StatedConditions, read_all
from ionweld.cli.output import JsonFlag, OutFolder, emit, emit_json, say

if TYPE_CHECKING:
    from ionweld.measurement.impedance import ImpedanceSpectrum


def _each(
    spectra: list["ImpedanceSpectrum"], analyse: Callable[["ImpedanceSpectrum"], Any]
) -> tuple[list["ImpedanceSpectrum"], list[Any]]:
    """Return the spectra that can be analysed, with their results; one that cannot is said and costs only itself.

    Raises InputError when not one of them can.
    """
    from ionweld.errors import InputError

    done: list[tuple[ImpedanceSpectrum, Any]] = []
    refusals: list[InputError] = []
    for spectrum in spectra:
        try:
            done.append((spectrum, analyse(spectrum)))
        except InputError as refusal:
            refusals.append(refusal)
    if not done:
        raise InputError(list(dict.fromkeys(fault for refusal in refusals for fault in refusal.faults)))
    for refusal in refusals:
        say(f"left out: {refusal}")
    return [spectrum for spectrum, _ in done], [result for _, result in done]


def check_verb(
    files: Files,
    limit: Annotated[str, typer.Option("--limit", help="Faults below this size pass.")] = "1 %",
    columns: Columns = None,
    report: ReportFile = None,
    out: OutFolder = None,
    as_json: JsonFlag = False,
) -> None:
    """Test spectra for linearity, causality and stability (Kramers-Kronig); name spikes, steps and drift."""
    from ionweld.api.impedance import check
    from ionweld.api.measurements import Spectrum
    from ionweld.cli.eis_output import warning_lines
    from ionweld.report.eis_checks import check_csv, check_figure, render_checks
    from ionweld.report.eis_documents import kramers_kronig_json, spectrum_json

    prove(report, files)
    spectra, results = _each(
        read_all(files, StatedConditions(columns=columns)),
        lambda spectrum: check(Spectrum.of(spectrum), limit=limit).outcome,
    )
    written = deliver(report, out, spectra, results, SpectrumView("check", render_checks, check_figure, check_csv))
    if as_json:
        rows = [
            spectrum_json(s) | {"kramers_kronig": kramers_kronig_json(r)} for s, r in zip(spectra, results, strict=True)
        ]
        emit_json({"kramers_kronig": rows[0]["kramers_kronig"], "spectra": rows, "files": written})
        return
    for spectrum, result in zip(spectra, results, strict=True):
        verdict = "passes" if result.passes else "FAILS"
        numbers = f"rms {result.residual_rms_percent:.2g} %, {result.terms} terms"
        emit(f"{spectrum.where}: {verdict}; {result.said}; {numbers}")
        warning_lines(spectrum)


def drt_verb(
    files: Files,
    columns: Columns = None,
    report: ReportFile = None,
    out: OutFolder = None,
    as_json: JsonFlag = False,
) -> None:
    """Distribution of relaxation times: how many processes, each with its resistance and interval."""
    from ionweld.analyse.eis.kramers_kronig import consistency
    from ionweld.api.impedance import drt
    from ionweld.api.measurements import Spectrum
    from ionweld.cli.eis_output import relaxation_table, warning_lines
    from ionweld.report.eis_checks import distribution_csv, distribution_figure, render_distributions
    from ionweld.report.eis_documents import relaxation_json, spectrum_json

    prove(report, files)
    spectra, results = _each(
        read_all(files, StatedConditions(columns=columns)), lambda spectrum: drt(Spectrum.of(spectrum)).found
    )
    drawn = SpectrumView("drt", render_distributions, distribution_figure, distribution_csv)
    written = deliver(report, out, spectra, results, drawn)
    if as_json:
        rows = [spectrum_json(s) | relaxation_json(s, r) for s, r in zip(spectra, results, strict=True)]
        emit_json({"peaks": rows[0]["peaks"], "spectra": rows, "files": written})
        return
    for spectrum, result in zip(spectra, results, strict=True):
        relaxation_table(spectrum.where, result)
        warning_lines(spectrum, *consistency(spectrum))
