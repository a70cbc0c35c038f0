"""`ionweld advise CELL.toml PROTOCOL.toml --goal "400 h at 0.4 mA/cm^2"`: what to change, and what it brings."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from ionweld.cli.output import DrawSeed, GoalOption, JsonFlag, emit, emit_json, started


def advise(
    cell: Annotated[Path, typer.Argument(help="The cell, a TOML file.")],
    protocol: Annotated[Path, typer.Argument(help="What is done to it, a TOML file.")],
    goal: GoalOption = None,
    draws: Annotated[int, typer.Option(min=2, max=10_000, help="Cells that may be the real one.")] = 20,
    workers: Annotated[int | None, typer.Option(min=1, max=4096, help="Processes; all processors by default.")] = None,
    seed: DrawSeed = 0,
    as_json: JsonFlag = False,
) -> None:
    """Say what to change in a cell or its test: every lever over what is not known of the cell, with its gain and odds."""
    from ionweld.api.advice import advise as ask
    from ionweld.infer.counsel import lines
    from ionweld.twin.pool import worker_count

    given = {"goal": goal, "draws": draws, "seed": seed, "workers": workers or worker_count()}
    with ExitStack() as bars:
        found = ask(cell, protocol, **given, progress=started(bars))
    if as_json:
        emit_json(found.to_dict())
    else:
        for line in lines(found.counsel, found.cell):
            emit(line)
