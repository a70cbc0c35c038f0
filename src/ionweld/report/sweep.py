"""The report of `ionweld sweep`: tables as Parquet and CSV, maps, and one page that says what was varied and what failed."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from ionweld import __version__
from ionweld.measurement.store import staged_folder, write_whole
from ionweld.report.drawing import Drawing
from ionweld.report.files import drawings, write_figures
from ionweld.report.page import Marked, PageHead, Section, figure, items, paragraph, render_page, table
from ionweld.report.simulation import UNREAL_V
from ionweld.report.specification import assumptions, assumptions_table, parameters_table
from ionweld.report.sweep_figures import figures, results_of
from ionweld.result import plain
from ionweld.study.landmarks import Landmarks
from ionweld.twin.sweep import SweepOutcome, summarised
from ionweld.wording import many

_MEANINGS = {
    "critical_current": "The last current density of the ramp that was borne without a short or loss of contact. ",
    "overpotential": "Half the difference of the mean voltages of charge and discharge, before the first sign of a short. ",
    "cycles_to_short": "The first cycle with a sign of a short, found as in a measured file: a leak of the electrolyte itself, "
    "large against a small current, gives the same sign from the start. ",
    "fade": "Of the discharge capacity, from the first cycle to the last. ",
}


def write_sweep(out: Path, found: SweepOutcome, marks: Landmarks | None) -> dict[str, Any]:
    """Write report.html, figures/, data/ and results.json into `out`, all of them or none; return the JSON document."""
    drawn = figures(found, marks)
    shown = drawings(drawn)
    with staged_folder(out) as stage:
        write_figures(stage / "figures", drawn, shown)
        for name, rows in (("cells", found.cells), ("points", summarised(found))):
            buffer = BytesIO()
            rows.write_parquet(buffer)
            write_whole(stage / "data" / f"{name}.parquet", buffer.getvalue())
            write_whole(stage / "data" / f"{name}.csv", rows.write_csv())
        write_whole(stage / "report.html", page(found, shown, marks))
        names = sorted(str(path.relative_to(stage)) for path in stage.rglob("*") if path.is_file())
        document = plain(results(found, [str(out / name) for name in [*names, "results.json"]]))
        write_whole(stage / "results.json", json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    return document


def results(found: SweepOutcome, files: list[str]) -> dict[str, Any]:
    """Return the JSON document of the command line. runs: cells in all; reused and failed: how many of them."""
    varied = [
        {"field": one.asked, "paths": [field.path for field in one.fields], "values": [v.text for v in one.values]}
        for one in found.variations
    ]
    return {
        "verdict": verdict(found),
        "borrowed": found.borrowed,
        "runs": found.cells.height,
        "reused": found.reused,
        "failed": found.failed.height,
        "points": len(found.points),
        "replicates": found.replicates,
        "varied": varied,
        "remarks": remarks(found),
        "failures": failures(found),
        "software": f"ionweld {__version__}",
        "files": files,
    }


def remarks(found: SweepOutcome) -> list[str]:
    """Return what is to be said of what was varied, and of what came out."""
    return [*(one.remark for one in found.variations if one.remark), *unreal(found)]


def unreal(found: SweepOutcome) -> list[str]:
    """Return what is to be said of cells at voltages that no cell has."""
    beyond = found.cells.filter(pl.col("largest_overpotential_V") > UNREAL_V)
    if not beyond.height:
        return []
    where = f"{beyond['point'].n_unique()} of {many(len(found.points), 'point')}"
    return [
        (
            f"{beyond.height} of {found.cells.height} cells, at {where}, pass {UNREAL_V:g} V: no cell does; the contact is all "
            "but lost, and the laws say no more than that. Give the protocol a voltage limit"
        )
    ]


def failures(found: SweepOutcome) -> list[dict[str, Any]]:
    """Return the reasons of failure, each with the number of its cells and the first point where it happened."""
    counted = found.failed.group_by("reason", maintain_order=True).agg(
        pl.len().alias("cells"), pl.col("point").first().alias("first_point")
    )
    return counted.to_dicts()


def page(found: SweepOutcome, shown: dict[str, Drawing], marks: Landmarks | None) -> str:
    """Return the report as one HTML document."""
    first = found.first
    lead, *others = [figure(one, _caption(name, found, marks)) for name, one in shown.items()]
    sections = [
        *([Section("Further maps", "".join(others))] if others else []),
        Section("What was varied", _varied(found)),
        Section("What failed", _failed(found)),
        Section("Points", _points(found)),
        Section("Assumptions", assumptions_table(assumptions(first.cell, first.protocol)), folded=True),
        Section("Parameters", parameters_table(first.parameters), folded=True),
    ]
    count = f"{many(found.cells.height, 'cell')} at {many(len(found.points), 'point')}"
    about = f"{first.cell.name}; {first.protocol.name}; {count}, everything here is simulated; ionweld {__version__}"
    return render_page(PageHead("What if", verdict(found), about, "; ".join(found.borrowed)), sections, lead)


def verdict(found: SweepOutcome) -> str:
    """Return in one sentence between which points the result runs that the test is made for, and how cells fare there."""
    column, one, what, said = (
        ("critical_current_mA_cm2", "a critical current", "critical current", _critical_said)
        if found.ramped
        else ("first_overpotential_V", "an overpotential", "overpotential of the first cycle", _point_said)
    )
    points = summarised(found).drop_nulls(column).sort(column)
    if not points.height:
        return f"Simulated: no point has {one}."
    low, high = (said(found, points.row(at, named=True)) for at in (0, -1))
    return f"Simulated: the {what} runs from {low} to {high}."


def _critical_said(found: SweepOutcome, row: dict[str, Any]) -> str:
    ended = "every current borne" if row["above_ramp"] else f"ended by: {row['limited_by']}"
    return f"{_critical(row)} mA/cm2 (at {_where(found, row)}; {ended})"


def _critical(row: dict[str, Any]) -> str:
    """Return the median with the middle 90 % of the cells; "" where there is none."""
    if row["critical_current_mA_cm2"] is None:
        return ""
    low, high = row["critical_current_p05_mA_cm2"], row["critical_current_p95_mA_cm2"]
    spread = f" ({low:.3g} to {high:.3g})" if high > low else ""
    return f"{'> ' if row['above_ramp'] else ''}{row['critical_current_mA_cm2']:.3g}{spread}"


def _point_said(found: SweepOutcome, row: dict[str, Any]) -> str:
    lasting = "" if row["surviving"] is None else f", where {100.0 * row['surviving']:.0f} % of the cells survive"
    return f"{1e3 * row['first_overpotential_V']:.3g} mV (at {_where(found, row)}{lasting})"


def _where(found: SweepOutcome, row: dict[str, Any]) -> str:
    """Return what was varied at a point: "temperature 25 degC, stack_pressure 2 MPa"."""
    parts = [(*one.label.partition(" / "), _text(row[one.label])) for one in found.variations]
    return ", ".join(f"{name} {value} {unit}".rstrip() for name, _, unit, value in parts)


def _caption(name: str, found: SweepOutcome, marks: Landmarks | None) -> str:
    text = f"Simulated: {results_of(found)[name].label}, {found.replicates} drawn at each point"
    text += ", their median. " if name != "surviving" else ". "
    if found.replicates == 1:
        text += "One cell alone does not show what is chance. "
    text += _MEANINGS.get(name, "") if found.full or name == "critical_current" else ""
    fixed = [f"{one.asked} = {one.values[0].text}" for one in found.variations[2:]]
    if fixed:
        text += f"Shown at {', '.join(fixed)}; the table holds the rest. "
    if marks is None:
        return text + "No study calibrated this interface: all of it is extrapolation."
    text += "The paper's cells lie at their values of the fields shown, where these lie within the axes; all other fields are "
    text += "those of the swept cell. Outside of the range of the calibration, the map extrapolates."
    return text


def _varied(found: SweepOutcome) -> str:
    rows = [
        (one.asked, ", ".join(field.path for field in one.fields), ", ".join(value.text for value in one.values))
        for one in found.variations
    ]
    said = "".join(paragraph(one, "note") for one in remarks(found))
    note = "Replicate i has the same seed at every point: neighbours differ by what is varied, not by luck."
    return table(("asked", "fields", "values"), rows) + said + paragraph(note)


def _failed(found: SweepOutcome) -> str:
    if not found.failed.height:
        return paragraph("No cell failed to be simulated.")
    return items(
        [
            f"{many(one['cells'], 'cell')}, first at point {one['first_point']}: {one['reason']}"
            for one in failures(found)
        ]
    )


def _points(found: SweepOutcome) -> str:
    points = summarised(found)
    header = [
        "point",
        *(one.label for one in found.variations),
        "cells",
        "first / mV",
        "largest / mV",
        "short",
        "surviving",
        *(["fade / %"] if found.full else []),
        *(["critical (5 to 95 %) / mA/cm2", "ended by"] if found.ramped else []),
    ]
    rows = []
    for row in points.head(500).to_dicts():
        short = "" if row["short_cycle"] is None else f"{'> ' if row['no_short'] else ''}{row['short_cycle']:.0f}"
        volts = [row["first_overpotential_V"], row["largest_overpotential_V"]]
        surviving = "" if row["surviving"] is None else f"{row['surviving']:.2f}"
        numbers = [*("" if v is None else f"{1e3 * v:.1f}" for v in volts), short, surviving]
        if found.full:
            numbers.append("" if row["fade_per_cycle"] is None else f"{100 * row['fade_per_cycle']:.2f}")
        if found.ramped:
            numbers += [_critical(row), row["limited_by"] or ""]
        varied = [_text(row[one.label]) for one in found.variations]
        rows.append([str(row["point"]), *varied, str(row["cells"]), *(Marked(text, "number") for text in numbers)])
    more = paragraph("The first 500 points; data/points.csv holds all.") if points.height > 500 else ""
    return table(header, rows) + more


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
