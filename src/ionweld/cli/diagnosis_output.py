"""A diagnosis in words: the verdict, what is borrowed, how the test ended, odds as bars, parameters, what does not fit."""

from typing import TYPE_CHECKING, Any

from ionweld.cli.output import emit
from ionweld.infer.counsel import shown

if TYPE_CHECKING:
    from pathlib import Path

    from ionweld.infer.diagnosis import Findings, PosteriorRow

_BAR = 40  # characters of certainty
_LEAST = 0.005  # odds that are still shown


def print_diagnosis(found: "Findings", folder: "Path | None" = None) -> None:
    """Write a diagnosis to standard output, the verdict first; folder: where its report was written."""
    emit(found.verdict)
    if found.borrowed:
        emit(found.borrowed)
    emit(f"outcome: {found.outcome.kind}, cycle {found.outcome.cycle}")
    for line in (*_odds(found), *_posterior(found), *_misfit(found), *_next(found)):
        emit(line)
    for warning in found.warnings:
        emit(f"note: {warning}")
    emit(f"from {found.draws} virtual cells; all odds are conditional on the laws of the twin")
    if folder is not None:
        emit(f"report: {folder / 'report.html'}")
        emit(f"parameters: {folder / 'data' / 'parameters.toml'}")


def _odds(found: "Findings") -> list[str]:
    rows = [(one.mechanism, one.odds) for one in found.mechanisms] + [("undecided", found.undecided)]
    return ["", "odds"] + [
        f"  {name:13} {odds:5.2f}  {'#' * round(_BAR * odds)}".rstrip() for name, odds in rows if odds >= _LEAST
    ]


def _posterior(found: "Findings") -> list[str]:
    head = f"  {'parameter':26} {'unit':15} {'before the data':>22}   {'after (95 %)':>22}   median"
    return ["", "parameters", head, *(_row(one) for one in found.posterior)] if found.posterior else []


def _row(one: "PosteriorRow") -> str:
    before = f"{one.prior[0]:.3g} to {one.prior[1]:.3g}"
    after = f"{one.low:.3g} to {one.high:.3g}"
    return f"  {one.parameter:26} {one.unit:15} {before:>22}   {after:>22}   {one.median:.3g}"


def _misfit(found: "Findings") -> list[str]:
    lines = [f"  {one}" for one in found.misfit]
    return ["", "what does not fit", *lines, ""] if lines else [""]


def _next(found: "Findings") -> list[str]:
    said = [f"next experiment: {one.experiment}: {one.told}" for one in found.telling[:3]]
    if not said:
        said = [f"next experiment: {found.deciding}"]
    return said if found.counsel is None else [*said, "", *shown(found.counsel)]


def print_project(document: dict[str, Any], folder: "Path") -> None:
    """Write the diagnoses of a project to standard output, by treatment."""
    for sentence in dict.fromkeys(one["borrowed"] for one in document["cells"] if one["borrowed"]):
        emit(sentence)
    for group in document["treatments"]:
        told = ", ".join(f"{one['mechanism']} {one['odds']:.2f}" for one in group["mechanisms"][:3])
        emit(f"{group['group']} (n = {group['n']}): {told}, undecided {group['undecided']:.2f}")
        for one in document["cells"]:
            if one["group"] == group["group"]:
                emit(f"  {one['name']}: {one['verdict']}")
    emit(f"report: {folder / 'report.html'}")
