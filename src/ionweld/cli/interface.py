"""`ionweld interface`: what an interface is made of, from all techniques joined."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, say

if TYPE_CHECKING:
    from ionweld.verdict.interface import InterfaceVerdict


def interface(
    study: Annotated[Path, typer.Argument(help="TOML file that names XPS, SEM, EDS and impedance of one interface.")],
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the measured gap, or layer, as TOML for a cell.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Join XPS, EDS, SEM and impedance of one interface; contradictions between them are reported as such."""
    from ionweld.api.verdicts import interface_verdict

    found = interface_verdict(study)
    if export is not None:
        _export(export, found.twin_lines)
    if json:
        emit_json(found.to_dict())
    else:
        _print(found.found)


def _export(path: Path, snippet: str | None) -> None:
    from ionweld.errors import Fault, InputError
    from ionweld.measurement.store import write_whole

    if snippet is None:
        mend = "Add [sem] or [thickness] to the study"
        raise InputError(Fault("--export", "the study measures no thickness or gap", mend))
    say(f"written: {write_whole(path, snippet)}")


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
