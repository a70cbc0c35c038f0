"""`ionweld interface`: what an interface is made of, from all techniques joined."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, say

if TYPE_CHECKING:
    from ionweld.verdict.interface import Evidence, InterfaceVerdict


def interface(
    study: Annotated[Path, typer.Argument(help="TOML file that names XPS, SEM, EDS and impedance of one interface.")],
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the measured gap, or layer, as TOML for a cell.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Join XPS, EDS, SEM and impedance of one interface; contradictions between them are reported as such."""
    from ionweld.verdict.interface import judge, twin_snippet
    from ionweld.verdict.interface_files import load_study

    evidence = load_study(study)
    verdict = judge(evidence)
    snippet = twin_snippet(evidence.thickness) if evidence.thickness else None
    if export is not None:
        _export(export, snippet)
    if json:
        emit_json(document(evidence, verdict, snippet))
    else:
        _print(verdict)


def _export(path: Path, snippet: str | None) -> None:
    from ionweld.errors import Fault, InputError
    from ionweld.measurement.store import write_whole

    if snippet is None:
        mend = "Add [sem] or [thickness] to the study"
        raise InputError(Fault("--export", "the study measures no thickness or gap", mend))
    say(f"written: {write_whole(path, snippet)}")


def document(evidence: "Evidence", verdict: "InterfaceVerdict", snippet: str | None) -> dict[str, Any]:
    """Return the JSON document of a verdict."""
    sigma = verdict.conductivity_S_per_m
    return {
        "name": verdict.name,
        "verdict": verdict.verdict,
        "temperature_K": evidence.temperature_K,
        "thickness": evidence.thickness,
        "resistance": evidence.resistance,
        "conductivity_S_per_cm": None
        if sigma is None or sigma.stderr is None or sigma.low is None or sigma.high is None
        else {
            "value": sigma.value / 100,
            "stderr": sigma.stderr / 100,
            "ci95": [sigma.low / 100, sigma.high / 100],
        },
        "candidates": verdict.candidates,
        "species": evidence.xps.species if evidence.xps else None,
        "agreements": verdict.agreements,
        "contradictions": verdict.contradictions,
        "cautions": verdict.cautions,
        "next": verdict.next_measurement,
        "twin": snippet,
    }


def _print(verdict: "InterfaceVerdict") -> None:
    emit(f"{verdict.name}: {verdict.verdict}")
    sigma = verdict.conductivity_S_per_m
    if sigma is not None and sigma.low is not None and sigma.high is not None:
        interval = f"{sigma.low / 100:.1e} to {sigma.high / 100:.1e}"
        emit(f"  conductivity of the layer {sigma.value / 100:.2e} S/cm ({interval})")
    for one in verdict.candidates:
        able = {True: "could have it", False: "could not", None: "not asked"}[one.plausible]
        seen = {True: "seen by XPS", False: "not seen by XPS", None: "no XPS"}[one.seen]
        emit(
            f"  {one.phase:8s} {one.low_S_per_m / 100:.0e} to {one.high_S_per_m / 100:.0e} S/cm ({one.status}): "
            f"{able}; {seen}"
        )
    for mark, sentences in (("+", verdict.agreements), ("X", verdict.contradictions), ("!", verdict.cautions)):
        for sentence in sentences:
            emit(f"  {mark} {sentence}")
    emit(f"  next: {verdict.next_measurement}")
