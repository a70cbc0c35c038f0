"""`ionweld reproduce STUDY`: a published study, run again and set beside its numbers."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, OutFolder, emit, emit_json, say, started


def reproduce(
    study: Annotated[str, typer.Argument(help="Name of a study that comes with ionweld, or the folder of your own.")],
    out: OutFolder = None,
    open_report: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    recalibrate: Annotated[bool, typer.Option("--recalibrate", help="Calibrate from scratch, in minutes.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Run a published study again and set the results beside its numbers, hit or miss."""
    from ionweld.measurement.store import ensure_folder
    from ionweld.report.files import write_results
    from ionweld.report.reproduction import figures, page, results
    from ionweld.study.model import load_study
    from ionweld.study.reproduce import reproduce as run
    from ionweld.twin.calibrated import KEPT, keep

    published = load_study(study)
    folder = ensure_folder(out or Path(f"ionweld-{published.name}"))
    with ExitStack() as bars:
        found = run(published, started(bars), fresh_calibration=recalibrate)
    say("drawing the report")
    drawn = figures(found)
    tables = {f"{name}_typical": ensemble.typical.measurement for name, ensemble in found.ensembles.items()}
    document = write_results(
        folder, lambda shown: page(found, shown), drawn, tables, lambda files: results(found, files)
    )
    if recalibrate and found.known.calibrated is not None:
        keep(found.known.calibrated, folder / KEPT)
    if as_json:
        emit_json(document)
    else:
        _print(document, folder / "report.html")
    if open_report:
        typer.launch((folder / "report.html").resolve().as_uri())


def _print(document: dict[str, Any], report: Path) -> None:
    emit(f"{'quantity':<62} {'paper':>16} {'twin':>10}  verdict")
    for target in document["targets"]:
        unit = "" if target["unit"] == "1" else f" {target['unit']}"
        paper = f"{target['relation'].replace('=', '')} {target['paper']:.4g}{unit}".strip()
        verdict = ("holds" if target["holds"] else "MISS") + f" ({target['role']})"
        twin = "none" if target["twin"] is None else f"{target['twin']:.4g}"
        emit(f"{target['quantity'][:61]:<62} {paper:>16} {twin:>10}  {verdict}")
    emit(document["parameters_from"])
    emit(f"report: {report}")
