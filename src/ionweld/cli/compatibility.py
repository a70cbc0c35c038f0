"""`ionweld compatibility`: one verdict per solvent, from all instruments together."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, progress, say

if TYPE_CHECKING:
    from ionweld.spec.soaking import SoakedPortion, SoakingStudy
    from ionweld.verdict.compatibility import Sample, Verdict


def compatibility(
    study: Annotated[Path, typer.Argument(help="TOML file that names the pristine and the treated samples.")],
    json: JsonFlag = False,
) -> None:
    """Say compatible, incompatible or undecided for each treated sample, with odds and the deciding instrument."""
    from ionweld.spec.soaking import read_soaking_study
    from ionweld.verdict.compatibility import evidence, judge

    wanted = read_soaking_study(study)
    samples = [_measured(wanted, portion) for portion in (wanted.pristine, *wanted.treated)]
    found = []
    with progress("samples analysed", len(samples)) as bar:
        for sample in samples:
            found.append(evidence(sample))
            bar.advance()
    verdicts = [judge(found[0], item) for item in found[1:]]
    if json:
        emit_json(document(study, verdicts))
    else:
        _print(verdicts)


def _measured(study: "SoakingStudy", portion: "SoakedPortion") -> "Sample":
    """Return the sample with its files read."""
    from ionweld.cli.ftir import parse_ordinate
    from ionweld.read.ftir import read_infrared
    from ionweld.read.xrd import read_diffractogram
    from ionweld.read.xrd.wavelength import parse_radiation
    from ionweld.verdict.compatibility import Conductivity, Sample

    radiation = parse_radiation(study.wavelength) if study.wavelength else None
    sigma, error = portion.conductivity, portion.conductivity_error
    return Sample(
        name=portion.name,
        pattern=read_diffractogram(portion.xrd, radiation) if portion.xrd else None,
        spectrum=read_infrared(portion.ftir, parse_ordinate(study.ordinate)) if portion.ftir else None,
        conductivity=Conductivity(sigma.value, error.value) if sigma is not None and error is not None else None,
    )


def document(study: Path, verdicts: list["Verdict"]) -> dict[str, Any]:
    """Return the JSON document of the verdicts."""
    from ionweld.verdict.compatibility import assumed

    return {"study": str(study), "samples": verdicts, "assumed": assumed()}


def _print(verdicts: list["Verdict"]) -> None:
    emit(f"{'sample':14s} {'verdict':13s} {'odds':>9s}  {'decided by':11s} next")
    for item in verdicts:
        emit(f"{item.name:14s} {item.verdict:13s} {item.odds:9.2g}  {item.deciding or '-':11s} {item.next}")
        for note in (*item.notes, *(f"residue: {text}" for text in item.residues)):
            say(f"note: {item.name}: {note}")
