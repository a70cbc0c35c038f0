"""Fitted spectra as files: a summary of a batch, the points with their fit, a figure at print size, layouts of ZView and RelaxIS."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld.analyse.eis.arcs import Formula, name_arcs
from ionweld.analyse.eis.fit import CircuitFit, FitParameter, parameters
from ionweld.report.figure import COLUMN_MM, OKABE_ITO, print_figure
from ionweld.report.numbers import csv_text, digits_csv

_DATA, _MODEL = OKABE_ITO[6], OKABE_ITO[1]
_CM2 = 1e4  # of a m2
_PREFIXES = (("M", 1e6), ("k", 1e3), ("", 1.0), ("m", 1e-3), ("u", 1e-6), ("n", 1e-300))
_LABELS_APART = 0.1  # of the largest |Z|


def summary_csv(fits: Sequence[CircuitFit], rows: Sequence[Sequence[FitParameter] | None], formula: Formula) -> str:
    """Return one row per spectrum: what it is, its circuit, every parameter with its error, every arc."""
    records = [_record(fit, row, formula) for fit, row in zip(fits, rows, strict=True)]
    names = list(dict.fromkeys(name for record in records for name in record))
    return csv_text(names, [[_digits(record.get(name)) for name in names] for record in records])


def _record(fit: CircuitFit, row: Sequence[FitParameter] | None, formula: Formula) -> dict[str, Any]:
    spectrum, area = fit.spectrum, fit.spectrum.geometry.area_m2
    record: dict[str, Any] = {
        "file": spectrum.where, "provenance": spectrum.provenance.kind, "temperature / K": spectrum.temperature_K,
        "points": len(spectrum.frequency_Hz), "circuit": fit.circuit.text, "chi2": fit.chi2,
        "degrees of freedom": fit.problem.freedom, "starts agreeing": f"{fit.starts_agreeing} of {fit.starts}",
    }  # fmt: skip
    for one in row or parameters(fit):
        record[f"{one.name} / {one.unit}"] = one.value
        record[f"{one.name} stderr"] = one.stderr
        if one.unit == "ohm" and area:
            record[f"{one.name} / ohm cm2"] = one.value * area * _CM2
    for arc in name_arcs(fit.circuit, fit.logs, fit.problem.omega, spectrum.geometry, formula):
        record[f"{arc.resistor} role"] = arc.role or "not named"
        record[f"{arc.resistor} tau / s"] = arc.tau_s
        record[f"{arc.resistor} C_eff / F"] = arc.C_eff_F
    record["notes"] = "; ".join((*spectrum.ingest_lines, *fit.warnings))
    return record


def _digits(value: Any) -> Any:
    """Return a number with nine digits, anything else as it is."""
    return f"{value:.9g}" if isinstance(value, int | float) else value


def fit_csv(fit: CircuitFit) -> str:
    """Return the points of a spectrum with its fit."""
    Z, model = fit.problem.Z, fit.model_ohm
    head = ("frequency / Hz", "Re Z / ohm", "Im Z / ohm", "Re fit / ohm", "Im fit / ohm")
    return digits_csv(head, np.column_stack([fit.problem.omega / (2 * np.pi), Z.real, Z.imag, model.real, model.imag]))


def zplot_text(fit: CircuitFit) -> str:
    """Return the measured points in the layout of ZPlot, which ZView and others open."""
    f, Z = fit.problem.omega / (2 * np.pi), fit.problem.Z
    head = [
        "ZPLOT2 ASCII",
        f"  Data Points:  {len(f)}",
        "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange",
    ]
    rows = [f"{frequency:.9E}\t0\t0\t0\t{z.real:.9E}\t{z.imag:.9E}\t0\t0\t0" for frequency, z in zip(f, Z, strict=True)]
    return "\n".join([*head, "End Comments", *rows]) + "\n"


def relaxis_text(fit: CircuitFit) -> str:
    """Return the measured points and the fit in the layout of RelaxIS' text export."""
    Z, model = fit.problem.Z, fit.model_ohm
    columns = [fit.problem.omega / (2 * np.pi)]
    for z in (Z, model):
        columns += [z.real, z.imag, np.abs(z), np.degrees(np.angle(z))]
    names = [f"{part}: {name}" for part in ("Data", "Model") for name in ("Z'", "Z''", "|Z|", "Theta (Z)")]
    rows = ["\t".join(f"{value:.9g}" for value in row) for row in np.column_stack(columns)]
    return "\n".join(["RelaxIS 3.0 Spectrum export", "\t".join(["Data: Frequency", *names]), *rows]) + "\n"


def fit_figure(fit: CircuitFit) -> Figure:
    """Return a Nyquist plot of a column's width with every decade marked, per area where the area is known."""
    drawing = print_figure(COLUMN_MM, 0.8 * COLUMN_MM)
    draw_fit(drawing.subplots(), fit)
    return drawing


def draw_fit(axes: Axes, fit: CircuitFit) -> None:
    """Draw the Nyquist plot of a spectrum with its fit, every decade marked, per area where the area is known."""
    area = fit.spectrum.geometry.area_m2
    per, unit = (area * _CM2, "ohm cm$^2$") if area else (1.0, "ohm")
    prefix, power = next(one for one in _PREFIXES if per * np.abs(fit.problem.Z).max() >= one[1])
    factor = per / power
    order = np.argsort(fit.problem.omega)
    Z, line = factor * fit.problem.Z, factor * fit.model_ohm[order]
    axes.plot(Z.real, -Z.imag, "o", ms=3, mfc="none", color=_DATA, label=fit.spectrum.provenance.kind)
    axes.plot(line.real, -line.imag, "-", lw=1, color=_MODEL, label="fit")
    apart, last = _LABELS_APART * float(np.abs(Z).max()), complex(np.inf, 0.0)
    for place, decade in reversed(_decades(fit)):
        axes.plot(Z[place].real, -Z[place].imag, "o", ms=3, color=_DATA)
        if abs(Z[place] - last) > apart:  # else it would be written over its neighbour
            label, last = f"$10^{{{decade}}}$ Hz", Z[place]
            axes.annotate(label, (Z[place].real, -Z[place].imag), (3, 4), textcoords="offset points", fontsize=7)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel(f"Re Z / {prefix}{unit}")
    axes.set_ylabel(f"-Im Z / {prefix}{unit}")
    axes.legend()


def _decades(fit: CircuitFit) -> list[tuple[int, int]]:
    """Return the point nearest to each whole decade of the sweep, with the decade."""
    logs = np.log10(fit.problem.omega / (2 * np.pi))
    whole = range(int(np.ceil(logs.min() - 0.05)), int(np.floor(logs.max() + 0.05)) + 1)
    return [(int(np.argmin(np.abs(logs - decade))), decade) for decade in whole]
