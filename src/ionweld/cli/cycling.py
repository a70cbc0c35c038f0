"""`ionweld cycling ...`: verbs on cycling files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ionweld.cli.output import JsonFlag, emit, emit_json

if TYPE_CHECKING:
    from ionweld.analyse.cycling import Finding, Summary
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


@cycling.command()
def summary(
    file: InputFile,
    mass: Annotated[str | None, typer.Option(help='Mass of the active material, as "5 mg".')] = None,
    area: Annotated[str | None, typer.Option(help='Area that current densities refer to, as "0.2827 cm^2".')] = None,
    cell: Annotated[Literal["symmetric", "half", "full"] | None, typer.Option(help="What kind of cell it is.")] = None,
    first: Annotated[
        Literal["charge", "discharge"] | None, typer.Option(help="Which half cycle opens a cycle.")
    ] = None,
    interfaces: Annotated[
        int | None, typer.Option(min=1, help="Lithium interfaces in series; kept with the results.")
    ] = None,
    description: Description = None,
    json: JsonFlag = False,
) -> None:
    """Summarise a cycling file: cycles, efficiencies, resistances, events. What is not given is asked, never assumed."""
    from dataclasses import replace

    from ionweld.analyse.cycling import diagnose, summarise
    from ionweld.read.cycling import read_cycling_file

    given = _given(mass, area, interfaces)
    found = read_cycling_file(file, description=description)
    found = replace(found, context=replace(found.context, **given))
    made = summarise(found, cell, first)
    events = diagnose(found, made, cell)
    emit_json(_summary_document(file, found, made, events)) if json else _print_summary(found, made, events)


def _given(mass: str | None, area: str | None, interfaces: int | None) -> dict[str, Any]:
    """Return what the options say about the cell, in SI. Raises UnitError."""
    from ionweld.errors import Fault, InputError
    from ionweld.units import to_si

    said = {"active_mass_kg": (mass, "kg", "--mass"), "area_m2": (area, "m^2", "--area")}
    given: dict[str, Any] = {
        name: to_si(text, unit, where) for name, (text, unit, where) in said.items() if text is not None
    }
    wrong = [said[name] for name, value in given.items() if value <= 0.0]
    if wrong:
        raise InputError(
            [Fault(where, f"{text!r} is not above zero", "Give a positive one") for text, _, where in wrong]
        )
    if area is not None:
        given["area_name"] = "given"
    return given if interfaces is None else given | {"interfaces": interfaces}


def _summary_document(
    file: Path, measurement: "Cycling", made: "Summary", events: "tuple[Finding, ...]"
) -> dict[str, Any]:
    from ionweld.analyse.cycling import DEFINITIONS

    return {
        "file": str(file),
        "reader": measurement.provenance.software,
        "rows": measurement.table.height,
        "cycles": made.cycles.to_dicts(),
        "half_cycles": made.half_cycles.to_dicts(),
        "events": events,
        "asks": made.asks,
        "definitions": DEFINITIONS,
        "context": measurement.context,
        "ingest": measurement.ingest,
    }


_SHOWN = (
    ("charge_capacity_Ah", "charge/mAh", 1e3), ("charge_integral_Ah", "(integral)", 1e3),
    ("discharge_capacity_Ah", "discharge/mAh", 1e3), ("discharge_integral_Ah", "(integral)", 1e3),
    ("coulombic_efficiency", "efficiency/%", 1e2), ("discharge_capacity_mAh_g", "mAh/g", 1.0),
    ("overpotential_V", "overpot./mV", 1e3), ("resistance_ohm", "R/ohm", 1.0), ("asr_ohm_cm2", "ASR/ohm cm2", 1.0),
    ("wedge_index", "wedge/%", 1e2),
)  # fmt: skip


def _print_summary(measurement: "Cycling", made: "Summary", events: "tuple[Finding, ...]") -> None:
    emit(f"{measurement.provenance.source}: {measurement.table.height} rows, {measurement.provenance.software}")
    shown = [column for column in _SHOWN if made.cycles[column[0]].is_not_null().any()]
    emit("cycle" + "".join(f"{title:>15}" for _, title, _ in shown))
    for row in made.cycles.iter_rows(named=True):
        values = ((row[name], factor) for name, _, factor in shown)
        cells = ("-" if value is None else f"{value * factor:.5g}" for value, factor in values)
        emit(f"{row['cycle'] or '-':>5}" + "".join(f"{text:>15}" for text in cells))
    for event in events:
        emit(
            f"event: cycle {event.cycle}, {event.time_s / 3600.0:.4g} h: {event.kind} ({event.sign}): {event.evidence}"
        )
        _print_sentences("  rival", list(event.rivals))
    for ask in made.asks:
        emit(f"asked: {ask}")
    _print_sentences("look at", list(measurement.ingest.warnings) if measurement.ingest else [])


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
