"""`ionweld simulate CELL.toml PROTOCOL.toml`: a person's own cell, drawn many times."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from ionweld.cli.output import DrawSeed, JsonFlag, OutFolder, ParametersFile, emit, emit_json, fresh_folder, started


def simulate(
    cell: Annotated[Path, typer.Argument(help="The cell, a TOML file.")],
    protocol: Annotated[Path, typer.Argument(help="What is done to it, a TOML file.")],
    out: OutFolder = None,
    replicates: Annotated[int, typer.Option(min=1, max=100_000, help="How many cells are drawn.")] = 20,
    parameters: ParametersFile = None,
    seed: DrawSeed = 0,
    as_json: JsonFlag = False,
) -> None:
    """Simulate a cell through a protocol: how it cycles, what happens in it, and how much of that is chance."""
    from ionweld.report.files import write_results
    from ionweld.report.simulation import figures, page, results
    from ionweld.simulate.named_points import spectra_at
    from ionweld.simulate.refusals import refuse_the_impossible
    from ionweld.simulate.spectra import as_csv
    from ionweld.spec.cell import load_cell
    from ionweld.spec.protocol import load_protocol
    from ionweld.twin.ensemble import Recipe, run
    from ionweld.twin.own_parameters import parameters_from
    from ionweld.twin.pool import workers

    described, program = load_cell(cell), load_protocol(protocol)
    refuse_the_impossible(described, program)
    known = parameters_from(parameters)(described)
    folder = fresh_folder(out, Path(f"ionweld-{cell.stem}"))
    recipe = Recipe(str(seed), described, program, known)
    with ExitStack() as bars, workers(None if replicates > 1 else 1) as mapper:
        found = run(recipe, replicates, mapper, started(bars)("cells", replicates))
    taken = spectra_at(found.typical, program.impedance)
    document = write_results(
        folder,
        lambda shown: page(found, shown, taken),
        figures(found, taken),
        {"typical": found.typical.measurement},
        lambda files: results(found, files, taken),
        {one.file: as_csv(one.spectrum) for one in taken},
    )
    if as_json:
        emit_json(document)
    else:
        _print(document, folder / "report.html")


def _print(document: dict[str, Any], report: Path) -> None:
    if document["borrowed"]["sentence"]:
        emit(document["borrowed"]["sentence"])
    for warning in document["warnings"]:
        emit(f"note: {warning}")
    emit(f"typical cell: {document['outcome']}")
    if "critical_current" in document:
        emit(document["critical_current"]["sentence"])
    for event in document["events"]:
        emit(f"  cycle {event['cycle']}: {event['kind']} ({event['evidence']})")
    for outcome, count in document["ensemble"]["outcomes"].items():
        emit(f"{count} of {document['ensemble']['members']} cells {outcome}")
    emit(f"report: {report}")
