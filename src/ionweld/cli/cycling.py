"""`ionweld cycling ...`: verbs on cycling files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json

if TYPE_CHECKING:
    from ionweld.measurement.cycling import Cycling
    from ionweld.measurement.provenance import IngestReport

cycling = typer.Typer(name="cycling", help="Cycling files: read, summarise.", no_args_is_help=True)

InputFile = Annotated[Path, typer.Argument(metavar="FILE", help="A cycler's file; the format is found by content.")]
Description = Annotated[
    Path | None, typer.Option("--description", help="A TOML file that says how an unknown csv is to be read.")
]


@cycling.command()
def read(
    file: InputFile,
    description: Description = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the table here, as Parquet.")] = None,
    json: JsonFlag = False,
) -> None:
    """Read a cycling file into the columns of the Battery Data Format, and say what was seen and done."""
    from ionweld.measurement.store import write_cycling
    from ionweld.read.cycling import read_cycling_file

    measurement = read_cycling_file(file, description=description)
    files = [str(write_cycling(out, measurement))] if out else []
    if json:
        emit_json(_document(file, measurement, files))
    else:
        _print(measurement, files)


def _document(file: Path, measurement: "Cycling", files: list[str]) -> dict[str, Any]:
    return {
        "file": str(file),
        "reader": measurement.provenance.software,
        "rows": measurement.table.height,
        "columns": measurement.table.columns,
        "ingest": measurement.ingest,
        "files": files,
    }


def _print(measurement: "Cycling", files: list[str]) -> None:
    emit(f"{measurement.provenance.source}: {measurement.table.height} rows, {measurement.provenance.software}")
    if measurement.ingest is not None:
        _print_report(measurement.ingest)
    for path in files:
        emit(f"written: {path}")


def _print_report(report: "IngestReport") -> None:
    seen = {"encoding": report.encoding, "decimal mark": report.decimal_mark, "header line": report.header_line}
    emit(", ".join(f"{name} {value}" for name, value in seen.items() if value is not None))
    emit()
    for source, target in report.columns_mapped.items():
        factor = report.unit_factors.get(source, 1.0)
        emit(f"  {source:32} -> {target}" + (f"  (times {factor:g})" if factor != 1.0 else ""))
    for title, names in (
        ("kept under their own names", report.columns_unmapped),
        ("without any value, left out", report.columns_empty),
        ("not in the file", report.columns_missing),
    ):
        if names:
            emit(f"  {title}: {', '.join(names)}")
    emit()
    _print_sentences("derived", [f"{column}: {rule}" for column, rule in report.derived.items()])
    _print_counters(report)
    _print_sentences("left out", list(report.dropped))
    _print_sentences("look at", list(report.warnings))


def _print_sentences(title: str, sentences: list[str]) -> None:
    for sentence in sentences:
        emit(f"{title}: {sentence}")


def _print_counters(report: "IngestReport", most: int = 10) -> None:
    if report.counters:
        emit("counter against integral of the current, mAh (the counter counts):")
    for check in report.counters[:most]:
        counted, integrated = check.counter_Ah * 1e3, check.integral_Ah * 1e3
        emit(f"  cycle {check.cycle:5d} {check.direction:9} {counted:12.5g} {integrated:12.5g}")
    if len(report.counters) > most:
        emit(f"  and {len(report.counters) - most} half cycles more (--json gives all)")
