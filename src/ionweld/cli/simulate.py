"""`ionweld simulate CELL.toml PROTOCOL.toml`: a person's own cell, drawn many times."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from ionweld.cli.output import DrawSeed, JsonFlag, OutFolder, ParametersFile, emit, emit_json, free_folder, started
from ionweld.wording import many


def simulate(
    cell: Annotated[Path, typer.Argument(help="The cell, a TOML file.")],
    protocol: Annotated[Path, typer.Argument(help="What is done to it, a TOML file.")],
    out: OutFolder = None,
    replicates: Annotated[int, typer.Option(min=1, max=100_000, help="How many cells are drawn.")] = 20,
    unknown: Annotated[
        int,
        typer.Option(
            min=0,
            max=100_000,
            help="How many cells more, over what nobody measured: the ranges of parameters and conditions.",
        ),
    ] = 0,
    parameters: ParametersFile = None,
    seed: DrawSeed = 0,
    as_json: JsonFlag = False,
) -> None:
    """Simulate a cell through a protocol: how it cycles, what happens in it, and how much of that is chance."""
    from ionweld.api.twin import ensemble
    from ionweld.twin.pool import worker_count

    folder = free_folder(out, Path(f"ionweld-{cell.stem}"))
    given = {
        "n": replicates,
        "unknown": unknown,
        "seed": seed,
        "workers": worker_count(),
        "parameters": parameters,
        "out": folder,
    }
    with ExitStack() as bars:
        found = ensemble(cell, protocol, **given, progress=started(bars))
    emit_json(found.to_dict()) if as_json else _print(found.to_dict(), folder / "report.html")


def _print(document: dict[str, Any], report: Path) -> None:
    if document["borrowed"]["sentence"]:
        emit(document["borrowed"]["sentence"])
    for warning in document["warnings"]:
        emit(f"note: {warning}")
    emit(f"typical cell: {document['outcome']}")
    for said in document["says"]:
        emit(said)
    for event in document["events"] or document["states_events"]:
        emit(f"  cycle {event['cycle']}: {event['kind']} ({event.get('evidence') or event['meaning']})")
    for outcome, count in document["ensemble"]["outcomes"].items():
        emit(f"{count} of {many(document['ensemble']['members'], 'cell')} {outcome}")
    emit(f"report: {report}")
