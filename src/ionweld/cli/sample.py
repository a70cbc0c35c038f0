"""`ionweld sample DIR`: a sample project of known truth."""

from pathlib import Path
from typing import Annotated

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, say
from ionweld.wording import many


def sample(
    folder: Annotated[Path, typer.Argument(help="A new folder, or an empty one.", metavar="DIR")],
    cycles: Annotated[int, typer.Option(min=2, max=200, help="How often the cells are cycled.")] = 40,
    replicates: Annotated[int, typer.Option(min=1, max=20, help="Cells of each kind.")] = 3,
    json: JsonFlag = False,
) -> None:
    """Write the files of a small laboratory, all techniques, simulated, with what was put in: to learn and to try on."""
    from ionweld.twin.sample import write_sample

    say("simulating the cells of the sample; the first time, the twin is compiled")
    truth = write_sample(folder, cycles, replicates)
    files = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    if json:
        emit_json({"folder": str(folder), "cells": list(truth), "files": files})
        return
    emit(
        f"{many(len(truth), 'cell')}, {many(len(files), 'file')} in {folder}; what was put in: {folder / 'truth.json'}"
    )
    emit(f"next: ionweld look {folder / 'files'}")
    emit(f"next: ionweld ingest {folder / 'files'} --project {folder / 'project'}")
    emit(
        f"next: ionweld project assign {folder / 'cells.csv'} --project {folder / 'project'}, which says which file is of which cell"
    )
