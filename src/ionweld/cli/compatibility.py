"""`ionweld compatibility`: one verdict per solvent, from all instruments together."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json, say, started

if TYPE_CHECKING:
    from ionweld.api.verdicts import Compatibility


def compatibility(
    study: Annotated[Path, typer.Argument(help="TOML file that names the pristine and the treated samples.")],
    json: JsonFlag = False,
) -> None:
    """Say compatible, incompatible or undecided for each treated sample, with odds and the deciding instrument."""
    from ionweld.api.verdicts import compatibility as judged

    with ExitStack() as bars:
        found = judged(study, progress=started(bars))
    if json:
        emit_json({"study": str(study)} | found.to_dict())
    else:
        _print(found)


def _print(found: "Compatibility") -> None:
    emit(f"{'sample':14s} {'verdict':13s} {'odds':>9s}  {'decided by':11s} next")
    for item in found.samples:
        emit(f"{item.name:14s} {item.verdict:13s} {item.odds:9.2g}  {item.deciding or '-':11s} {item.next}")
    for note in found.warnings:
        say(f"note: {note}")
