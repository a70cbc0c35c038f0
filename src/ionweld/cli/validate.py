"""`ionweld validate`: the twin's laws against other papers' numbers, nothing refitted."""

from pathlib import Path
from typing import Any

from ionweld.cli.output import JsonFlag, OutFolder, emit, emit_json


def validate(out: OutFolder = None, as_json: JsonFlag = False) -> None:
    """Hold the twin's laws against critical currents of other papers, misses shown as misses."""
    from ionweld.measurement.store import ensure_folder
    from ionweld.report.files import write_results
    from ionweld.report.validation import figures, page, results
    from ionweld.study.validate import load_table
    from ionweld.study.validate import validate as run

    folder = ensure_folder(out or Path("ionweld-validate"))
    told = load_table()
    rows = run(told)
    drawn = figures(rows)
    document = write_results(
        folder, lambda shown: page(rows, told, shown), drawn, {}, lambda files: results(rows, files)
    )
    if as_json:
        emit_json(document)
    else:
        _print(document, folder / "report.html")


def _print(document: dict[str, Any], report: Path) -> None:
    emit(f"{'row':<22} {'measured':>16} {'predicted':>10} {'ratio':>6}  verdict")
    for row in document["rows"]:
        unit = "" if row["unit"] == "1" else f" {row['unit']}"
        measured = f"{row['relation'].replace('=', '')}{row['measured']:g}{unit}"
        verdict = ("holds" if row["status"] == "holds" else "MISS") + f" ({row['role']})"
        checked = "" if row["doi_checked"] and row["value_checked"] else "; not fully checked against its source"
        emit(f"{row['id']:<22} {measured:>16} {row['predicted']:>10.3g} {row['ratio']:>6.2f}  {verdict}{checked}")
    emit(f"{document['holds']} rows hold, {document['misses']} miss; nothing was refitted")
    emit(f"report: {report}")
