"""`ionweld sweep CELL.toml PROTOCOL.toml --vary FIELD=...`: what if it were thicker, hotter, pressed harder?"""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from ionweld.cli.output import DrawSeed, JsonFlag, OutFolder, ParametersFile, emit, emit_json, say, started
from ionweld.wording import many


def sweep(
    cell: Annotated[Path, typer.Argument(help="The cell, a TOML file.")],
    protocol: Annotated[Path, typer.Argument(help="What is done to it, a TOML file.")],
    vary: Annotated[
        list[str],
        typer.Option(help="FIELD=START:STOP:STEPunit or FIELD=a,b,cunit; a grid over several of them."),
    ],
    out: OutFolder = None,
    replicates: Annotated[int, typer.Option(min=1, max=100_000, help="How many cells are drawn at each point.")] = 5,
    workers: Annotated[int | None, typer.Option(min=1, max=4096, help="Processes; all processors by default.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, instead of --workers.")] = None,
    parameters: ParametersFile = None,
    seed: DrawSeed = 0,
    as_json: JsonFlag = False,
) -> None:
    """Vary fields of a cell, its protocol or its interface over a grid, and map what becomes of the cell."""
    from ionweld.api.sweep import sweep as run
    from ionweld.twin.pool import worker_count

    folder = out or Path(f"ionweld-sweep-{cell.stem}")
    given = {"n": replicates, "seed": seed, "workers": workers or worker_count(), "scheduler": scheduler}
    with ExitStack() as bars:
        found = run(cell, protocol, vary, **given, parameters=parameters, out=folder, progress=started(bars))
    for remark in found.remarks:
        say(f"note: {remark}")
    emit_json(found.to_dict()) if as_json else _print(found.to_dict(), folder / "report.html")


def _print(document: dict[str, Any], report: Path) -> None:
    for sentence in (*document["borrowed"], document["verdict"]):
        emit(sentence)
    emit(
        f"{many(document['runs'], 'cell')} at {many(document['points'], 'point')}, {document['reused']} of them kept from before"
    )
    for failure in document["failures"]:
        emit(f"  {failure['cells']} failed: {failure['reason']}")
    emit(f"report: {report}")
