"""`ionweld validate`: the twin's forecasts against other papers' numbers, nothing refitted."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, OutFolder, emit, emit_json, started
from ionweld.wording import many


def validate(
    out: OutFolder = None,
    draws: Annotated[int, typer.Option(min=2, max=10_000, help="Simulated cells for each number.")] = 12,
    as_json: JsonFlag = False,
) -> None:
    """Hold the twin's forecasts against numbers of other papers, misses shown as misses, with a score."""
    from ionweld.api.studies import validate as run

    folder = out or Path("ionweld-validate")
    with ExitStack() as bars:
        found = run(out=folder, draws=draws, progress=started(bars))
    if as_json:
        emit_json(found.to_dict())
    else:
        _print(found.to_dict(), folder / "report.html")


def _print(document: dict[str, Any], report: Path) -> None:
    if document["borrowed"]:
        emit(document["borrowed"])
    emit(f"{'row':<34} {'measured':>20} {'forecast':>9} {'90 % band':>21}  verdict")
    for row in document["rows"]:
        unit = "" if row["unit"] == "1" else f" {row['unit']}"
        measured = f"{row['relation'].replace('=', '')}{row['measured']:.3g}{unit}"
        known = row["predicted"] is not None
        forecast = f"{row['predicted']:.3g}" if known else "none"
        band = f"{row['low']:.3g} to {row['high']:.3g}" if known else ""
        verdict = row["status"].replace("miss", "MISS") + f" ({row['split'].replace('_', ' ')})"
        emit(f"{row['id']:<34} {measured:>20} {forecast:>9} {band:>21}  {verdict}")
    found = document["score"]
    if found["inside_90"] is not None:
        emit(
            f"{found['rows']} held-out numbers count: {100 * found['inside_90']:.0f} % inside the 90 % band; median distance "
            f"{found['median_abs_log10_ratio']:.2f} decades, width of the band {found['median_width_decades']:.2f}"
        )
        alone = document["score_of_physics_alone"]
        emit(
            f"physics alone, before told papers moved and widened it: {100 * alone['inside_90']:.0f} % inside, "
            f"{alone['median_abs_log10_ratio']:.2f} decades, width {alone['median_width_decades']:.2f}"
        )
    if found["right_order"] is not None:
        emit(
            f"in the right order: {100 * found['right_order']:.0f} % of {found['ordered_pairs']} pairs that differ in one condition"
        )
    skills = ", ".join(f"{name} {value:+.2f}" for name, value in found["skill"].items() if value is not None)
    emit(f"skill against a naive forecast: {skills or 'not known'}")
    emit(
        f"{many(document['holds'], 'row holds', 'rows hold')}, {many(document['misses'], 'misses', 'miss')}, {document['not_predicted']} cannot be predicted; no number of the twin was refitted"
    )
    emit(f"report: {report}")
