"""Reports on what a spectrum shows before any circuit: its Kramers-Kronig test and its distribution of relaxation times."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ionweld.analyse.eis.kramers_kronig import KramersKronig, consistency
from ionweld.analyse.eis.processes import Processes, distribution
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.report.drawing import drawing
from ionweld.report.figure import OKABE_ITO, PAGE_MM, house_style, print_figure
from ionweld.report.numbers import digits_csv
from ionweld.report.page import PageHead, Section, figure, paragraph, render_page, table
from ionweld.wording import many

_DATA, _MODEL, _IMAGINARY = OKABE_ITO[6], OKABE_ITO[1], OKABE_ITO[0]
_HEIGHT_MM = 70.0


def distribution_figure(spectrum: ImpedanceSpectrum, result: Processes) -> Figure:
    """Return the Nyquist plot with the model, and the distribution with its peaks and their intervals."""
    drawn = print_figure(PAGE_MM, _HEIGHT_MM)
    nyquist, times = drawn.subplots(1, 2)
    _nyquist(nyquist, spectrum, result.model_ohm)
    draw_distribution(times, spectrum, result)
    return drawn


def draw_distribution(times: Axes, spectrum: ImpedanceSpectrum, result: Processes) -> None:
    """Draw a distribution of relaxation times with its peaks and their intervals."""
    times.semilogx(result.tau_s, result.gamma_ohm, "-", color=_MODEL)
    for place, peak in enumerate(result.peaks):
        color = OKABE_ITO[place % len(OKABE_ITO)]
        times.fill_between(result.tau_s, distribution(result.tau_s, peak), color=color, alpha=0.25, lw=0)
        times.axvspan(*peak.tau_ci95, color=color, alpha=0.4, lw=0)
    window = 1.0 / (2 * np.pi * spectrum.frequency_Hz)
    for end in (window.min(), window.max()):
        times.axvline(end, color="#999999", lw=0.6, ls=":")
    times.set_xlabel("time constant / s")
    times.set_ylabel("distribution / ohm per ln(tau)")
    times.set_title(f"{many(len(result.peaks), 'arc')}; dotted: measured window")


def check_figure(spectrum: ImpedanceSpectrum, result: KramersKronig) -> Figure:
    """Return the Nyquist plot with the consistent model, and the residuals over frequency with the faults marked."""
    drawn = print_figure(PAGE_MM, _HEIGHT_MM)
    nyquist, left = drawn.subplots(1, 2)
    _nyquist(nyquist, spectrum, result.model_ohm)
    draw_residuals(left, spectrum, result)
    return drawn


def draw_residuals(left: Axes, spectrum: ImpedanceSpectrum, result: KramersKronig) -> None:
    """Draw what a consistent model leaves of a spectrum over frequency, with the noise and the faults."""
    f = spectrum.frequency_Hz
    left.axhline(0.0, color="#999999", lw=0.6)
    left.axhspan(-result.noise_percent, result.noise_percent, color="#999999", alpha=0.2, lw=0)
    left.semilogx(f, result.residuals.real, "o", ms=3, color=_MODEL, label="real part")
    left.semilogx(f, result.residuals.imag, "s", ms=3, color=_IMAGINARY, label="imaginary part")
    for fault in result.faults:
        if fault.at_Hz is not None:
            left.axvline(fault.at_Hz, color=_DATA, lw=0.8, ls="--")
    left.set_xlabel("frequency / Hz")
    left.set_ylabel("residual / % of |Z|")
    left.set_title(f"{'passes' if result.passes else 'FAILS'}; grey: noise; dashed: faults")
    left.legend()


def _nyquist(axes: Any, spectrum: ImpedanceSpectrum, model: NDArray[np.complex128]) -> None:
    order = np.argsort(spectrum.frequency_Hz)
    Z = spectrum.impedance_ohm
    axes.plot(Z.real, -Z.imag, "o", ms=3, color=_DATA, label=spectrum.provenance.kind)
    axes.plot(model.real[order], -model.imag[order], "-", lw=1, color=_MODEL, label="model")
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel("Re Z / ohm")
    axes.set_ylabel("-Im Z / ohm")
    axes.legend()


def distribution_csv(spectrum: ImpedanceSpectrum, result: Processes) -> str:
    """Return the distribution as csv: time constant, total, and each arc by itself."""
    arcs = [distribution(result.tau_s, peak) for peak in result.peaks]
    head = ["tau / s", "gamma / ohm", *(f"arc {place + 1} / ohm" for place in range(len(arcs)))]
    return digits_csv(head, np.column_stack([result.tau_s, result.gamma_ohm, *arcs]))


def check_csv(spectrum: ImpedanceSpectrum, result: KramersKronig) -> str:
    """Return the residuals as csv."""
    head = ["frequency / Hz", "Re Z / ohm", "Im Z / ohm", "residual of Re / % of |Z|", "residual of Im / % of |Z|"]
    Z, left = spectrum.impedance_ohm, result.residuals
    return digits_csv(head, np.column_stack([spectrum.frequency_Hz, Z.real, Z.imag, left.real, left.imag]))


def render_distributions(spectra: Sequence[ImpedanceSpectrum], results: Sequence[Processes]) -> str:
    """Return the report on relaxation times, verdict first."""
    with house_style():
        sections = [_distribution_section(one, found) for one, found in zip(spectra, results, strict=True)]
    said = (
        f"{len(spectra)} spectra; {sum(one.describes for one in results)} of them are described by their distribution"
    )
    verdict = results[0].said if len(results) == 1 else said
    return render_page(PageHead("Relaxation times", f"{verdict}.", f"{counted(len(spectra))}."), sections)


def _distribution_section(spectrum: ImpedanceSpectrum, result: Processes) -> Section:
    rows = [
        (
            f"{peak.tau_s:.3e}", f"{peak.R_ohm:.4g}", f"{peak.R_ci95[0]:.4g} to {peak.R_ci95[1]:.4g}", f"{peak.n:.3f}",
            f"{peak.C_F:.3g}", "" if peak.inside else "outside the window: an extrapolation",
        )
        for peak in result.peaks
    ]  # fmt: skip
    beside = [result.said_of_series, *([f"{result.tail.said}, Q = {result.tail.Q:.3g}"] if result.tail else [])]
    head = ("time constant / s", "resistance / ohm", "95 % interval", "exponent", "tau/R / F", "note")
    parts = [
        paragraph(f"{result.said}.", "" if result.describes else "note"),
        _drawn(spectrum, "drt", distribution_figure(spectrum, result), "spectrum and its distribution."),
        table(head, rows) if rows else "",
        paragraph(f"Beside them: {'; '.join(beside)}."),
        _warnings(spectrum, *consistency(spectrum)),
    ]
    return Section(spectrum.where, "".join(parts))


def render_checks(spectra: Sequence[ImpedanceSpectrum], results: Sequence[KramersKronig]) -> str:
    """Return the report on Kramers-Kronig tests, verdict first."""
    failed = sum(not result.passes for result in results)
    said = f"{len(results) - failed} of {many(len(results), 'spectrum passes', 'spectra pass')}"
    with house_style():
        sections = [_check_section(one, found) for one, found in zip(spectra, results, strict=True)]
    verdict = _judged(results[0]) if len(results) == 1 else said
    return render_page(PageHead("Kramers-Kronig", f"{verdict}.", f"{counted(len(spectra))}."), sections)


def _check_section(spectrum: ImpedanceSpectrum, found: KramersKronig) -> Section:
    said = paragraph(f"{_judged(found)}.", "" if found.passes else "note")
    drawn = _drawn(spectrum, "check", check_figure(spectrum, found), "spectrum and what the model leaves.")
    return Section(spectrum.where, said + drawn + _warnings(spectrum))


def _judged(found: KramersKronig) -> str:
    return f"{'Passes' if found.passes else 'Fails'}: {found.said}"


def counted(number: int, kind: str = "") -> str:
    """Return how many spectra there are, in words."""
    return " ".join(filter(None, (str(number), kind, "spectrum" if number == 1 else "spectra")))


def _drawn(spectrum: ImpedanceSpectrum, kind: str, drawn: Figure, caption: str) -> str:
    name = f"{PurePath(spectrum.provenance.source).stem}_{kind}"
    return figure(drawing(name, drawn), f"{spectrum.provenance.kind.capitalize()} {caption}")


def _warnings(spectrum: ImpedanceSpectrum, *more: str) -> str:
    return "".join(paragraph(line, "note") for line in (*spectrum.ingest_lines, *more))
