"""`ionweld sweep CELL.toml PROTOCOL.toml --vary FIELD=...`: what if it were thicker, hotter, pressed harder?"""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from ionweld.cli.output import DrawSeed, JsonFlag, OutFolder, ParametersFile, emit, emit_json, say, started


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
    from ionweld.measurement.store import ensure_folder
    from ionweld.report.sweep import unreal, write_sweep
    from ionweld.spec.cell import parse_cell
    from ionweld.spec.faults import read_toml
    from ionweld.spec.fields import fields
    from ionweld.spec.protocol import load_protocol
    from ionweld.spec.variation import parse_variations
    from ionweld.study.landmarks import landmarks
    from ionweld.twin import pool
    from ionweld.twin.cluster import cluster
    from ionweld.twin.own_parameters import parameters_from
    from ionweld.twin.sweep import Base, grid
    from ionweld.twin.sweep import sweep as run

    described = parse_cell(read_toml(cell), cell.name, cell.parent)
    load_protocol(protocol)
    known = parameters_from(parameters)
    base = Base(str(seed), read_toml(cell), read_toml(protocol), known, cell.parent)
    variations = parse_variations(vary, fields(base.cell, base.protocol, known(described)))
    for remark in filter(None, (variation.remark for variation in variations)):
        say(f"note: {remark}")
    points = grid(base, variations, replicates)
    folder = ensure_folder(out or Path(f"ionweld-sweep-{cell.stem}"))
    door = cluster(scheduler) if scheduler else pool.workers(workers, ordered=False)
    with ExitStack() as bars, door as mapper:
        found = run(points, replicates, folder / "cells", mapper, started(bars))
    for remark in unreal(found):
        say(f"warning: {remark}")
    document = write_sweep(folder, found, landmarks(variations, described))
    if as_json:
        emit_json(document)
    else:
        _print(document, folder / "report.html")


def _print(document: dict[str, Any], report: Path) -> None:
    for sentence in document["borrowed"]:
        emit(sentence)
    emit(f"{document['runs']} cells at {document['points']} points, {document['reused']} of them kept from before")
    for failure in document["failures"]:
        emit(f"  {failure['cells']} failed: {failure['reason']}")
    emit(f"report: {report}")
