"""What the verbs on cycling files say, as JSON and as text."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ionweld.cli.output import emit
from ionweld.wording import many

if TYPE_CHECKING:
    from ionweld.analyse.cycling import DifferentialCapacity
    from ionweld.api.cycling import Summary
    from ionweld.measurement.cycling import CyclingTest
    from ionweld.measurement.provenance import IngestReport

_SHOWN = (
    ("charge_capacity_Ah", "charge/mAh", 1e3), ("charge_integral_Ah", "(integral)", 1e3),
    ("discharge_capacity_Ah", "discharge/mAh", 1e3), ("discharge_integral_Ah", "(integral)", 1e3),
    ("coulombic_efficiency", "efficiency/%", 1e2), ("discharge_c_rate", "C-rate", 1.0),
    ("discharge_capacity_mAh_g", "mAh/g", 1.0),
    ("overpotential_V", "overpot./mV", 1e3), ("resistance_ohm", "R/ohm", 1.0), ("asr_ohm_cm2", "ASR/ohm cm2", 1.0),
    ("wedge_index", "wedge/%", 1e2),
)  # fmt: skip


def print_summary(found: "Summary") -> None:
    """Print the cycles as a table, then what was found, what is to be looked at, and what is asked."""
    measurement, made = found.subject.measurement, found.subject.summary
    emit(f"{measurement.provenance.source}: {many(measurement.table.height, 'row')}, {measurement.provenance.software}")
    shown = [column for column in _SHOWN if made.cycles[column[0]].is_not_null().any()]
    emit("cycle" + "".join(f"{title:>15}" for _, title, _ in shown))
    for row in made.cycles.iter_rows(named=True):
        values = ((row[name], factor) for name, _, factor in shown)
        cells = ("-" if value is None else f"{value * factor:.5g}" for value, factor in values)
        emit(f"{'-' if row['cycle'] is None else row['cycle']:>5}" + "".join(f"{text:>15}" for text in cells))
    for analysis in found.programs:
        _print_sentences(analysis.title.lower(), list(analysis.says))
    for event in found.events:
        emit(
            f"event: cycle {event.cycle}, {event.time_s / 3600.0:.4g} h: {event.kind} ({event.sign}): {event.evidence}"
        )
        _print_sentences("  rival", list(event.rivals))
    _print_sentences("asked", list(made.asks))
    _print_sentences("look at", list(found.warnings))
    _print_sentences("written", list(found.files))


def differential_document(file: Path, curves: "tuple[DifferentialCapacity, ...]") -> dict[str, Any]:
    """Return the JSON document of `cycling dqdv`."""
    from ionweld.analyse.cycling.differential_capacity import peaks

    return {
        "file": str(file),
        "curves": [
            {
                "cycle": curve.cycle,
                "direction": curve.direction,
                "charge_Ah": curve.charge_Ah,
                "method": curve.method,
                "peaks": peaks(curve),
                "voltage_V": curve.voltage_V,
                "dQ_dV_Ah_per_V": curve.dQ_dV_Ah_per_V,
            }
            for curve in curves
        ],
    }


def print_differential(document: dict[str, Any]) -> None:
    """Print the peaks of each half cycle."""
    for curve in document["curves"]:
        emit(f"cycle {curve['cycle']}, {curve['direction']}: {1e3 * curve['charge_Ah']:.5g} mAh; {curve['method']}")
        for peak in curve["peaks"]:
            emit(
                f"  peak at {peak['voltage_V']:.4f} V, {1e3 * peak['height_Ah_per_V']:.4g} mAh/V, "
                f"{1e3 * peak['width_V']:.3g} mV wide at half of it"
            )
    _print_sentences("written", document.get("files", []))


def print_read(measurement: "CyclingTest", files: list[str]) -> None:
    """Print what a reader saw and did."""
    emit(f"{measurement.provenance.source}: {many(measurement.table.height, 'row')}, {measurement.provenance.software}")
    if measurement.ingest is not None:
        _print_report(measurement.ingest)
    _print_sentences("written", files)


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
        emit(f"  and {many(len(report.counters) - most, 'half cycle')} more (--json gives all)")
