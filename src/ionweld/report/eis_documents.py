"""Impedance results as plain data: the documents that `--json` prints and that a result's `to_dict` returns."""

from collections.abc import Sequence
from typing import Any

from ionweld.analyse.eis.arcs import FORMULAS, Formula, name_arcs
from ionweld.analyse.eis.fit import CircuitFit, FitParameter, parameters
from ionweld.analyse.eis.kramers_kronig import KramersKronig, consistency
from ionweld.analyse.eis.processes import Processes
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.spec.circuit import leaves

CONVENTION = "CPE: Z = 1/(Q (j omega)^n)"


def spectrum_json(spectrum: ImpedanceSpectrum) -> dict[str, Any]:
    """Return what identifies a sweep."""
    return {
        "file": spectrum.provenance.source,
        "label": spectrum.label,
        "provenance": spectrum.provenance.kind,
        "temperature_K": spectrum.temperature_K,
        "temperature_from": spectrum.temperature_from,
        "points": len(spectrum.frequency_Hz),
        "ingest_dropped": spectrum.ingest.dropped if spectrum.ingest else (),
        "ingest_warnings": spectrum.ingest.warnings if spectrum.ingest else (),
    }


def fit_json(fit: CircuitFit, formula: Formula, rows: Sequence[FitParameter] | None = None) -> dict[str, Any]:
    """Return one fit in the fields of the contract, and more. rows: parameters of a joint fit in place of its own."""
    arcs = name_arcs(fit.circuit, fit.logs, fit.problem.omega, fit.spectrum.geometry, formula)
    return spectrum_json(fit.spectrum) | {
        "circuit": fit.circuit.text,
        "parameters": [row_json(row) for row in rows or parameters(fit, profiles=True)],
        "chi2": fit.chi2,
        "chi2_reduced": fit.reduced_chi2,
        "degrees_of_freedom": fit.problem.freedom,
        "seeds": fit.seeds,
        "starts": fit.starts,
        "starts_agreeing": fit.starts_agreeing,
        "milliseconds": fit.milliseconds,
        "arcs": arcs,
        "capacitance_formula": FORMULAS[formula],
        "convention": CONVENTION,
        "elements": {leaf.name: f"Z = {leaf.element.formula}" for leaf in leaves(fit.circuit.tree)},
        "correlation": {"names": fit.circuit.names, "matrix": fit.correlation},
        "warnings": (*fit.warnings, *consistency(fit.spectrum)),
    }


def row_json(row: FitParameter) -> dict[str, Any]:
    """Return one parameter in the fields of the contract, and more."""
    return {
        "name": row.name,
        "value": row.value,
        "unit": row.unit,
        "stderr": row.stderr,
        "ci95": row.ci95,
        "interval_from": row.interval_from,
    }


def kramers_kronig_json(result: KramersKronig) -> dict[str, Any]:
    """Return the outcome of the test without its arrays."""
    names = (
        "passes", "residual_rms_percent", "systematic_percent", "noise_percent", "noise_constant", "limit_percent",
        "terms", "faults", "outliers", "said",
    )  # fmt: skip
    return {name: getattr(result, name) for name in names}


def relaxation_json(spectrum: ImpedanceSpectrum, result: Processes) -> dict[str, Any]:
    """Return the distribution of a spectrum with its peaks and the terms beside it."""
    names = (
        "peaks", "R_series_ohm", "R_series_ci95", "L_H", "tail", "describes", "misfit_percent", "neighbours", "said", "tau_s",
        "gamma_ohm",
    )  # fmt: skip
    return {name: getattr(result, name) for name in names} | {"warnings": consistency(spectrum)}
