"""`ionweld diagnose CELL.toml [MOMENT=]FILE...`: why this cell fails, with what odds, and what does not fit."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Literal

import typer

from ionweld.cli.output import DrawSeed, JsonFlag, OutFolder, emit_json, fresh_folder, say, started

Given = Annotated[
    list[str],
    typer.Argument(
        metavar="[MOMENT=]FILE...",
        help="A cycling file; a spectrum with its moment: before=a.csv after=b.csv cycle:20=c.csv before@100degC=d.csv.",
    ),
]
First = Annotated[Literal["charge", "discharge"] | None, typer.Option(help="Which half cycle opens a cycle.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; all processors without it.")]


def diagnose(
    cell: Annotated[Path, typer.Argument(metavar="CELL.toml", help="What is known of the cell; ranges are allowed.")],
    files: Given,
    first: First = None,
    out: OutFolder = None,
    seed: DrawSeed = 0,
    workers: Workers = None,
    as_json: JsonFlag = False,
) -> None:
    """Say why a cell fails: the mechanism with its odds, what is known better now, and what does not fit."""
    from ionweld.cli.diagnosis_output import print_diagnosis
    from ionweld.infer.engine import infer
    from ionweld.infer.kept import KeptDraws, user_cache
    from ionweld.infer.moments import given_files
    from ionweld.infer.observation import observe, read_files
    from ionweld.spec.cell import load_cell
    from ionweld.twin.pool import workers as processes

    described = load_cell(cell)
    tests, spectra = read_files(given_files(files), described.temperature.value)
    observation = observe(described, tests, spectra, first)
    folder = fresh_folder(out, Path(f"ionweld-{cell.stem}")) if out is not None else None
    place = user_cache() if folder is None else folder / "draws"
    with ExitStack() as bars, processes(workers) as mapper:
        found = infer(described, observation, mapper, started(bars), seed=seed, kept=lambda key: KeptDraws(place, key))
    if as_json:
        for warning in found.diagnosis.warnings:
            say(f"note: {warning}")
        emit_json(found.diagnosis.to_dict())
    else:
        print_diagnosis(found.diagnosis)
