"""The report of `ionweld diagnose --project`: all cells of a laboratory side by side, by treatment."""

from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld.infer.calibration import parameter_text
from ionweld.infer.diagnosis import MECHANISMS, WORDS
from ionweld.infer.of_project import DiagnosedCell, ProjectDiagnosis
from ionweld.infer.table import CAUSES
from ionweld.report.diagnosis import LIMITS
from ionweld.report.drawing import Drawing
from ionweld.report.figure import OKABE_ITO, PAGE_MM, house_style, print_figure
from ionweld.report.files import write_results
from ionweld.report.page import Marked, PageHead, Section, figure, items, paragraph, render_page, table
from ionweld.wording import many

COLOURS = (*OKABE_ITO, "0.55", "0.85")
ROW_MM, FRAME_MM = 6.5, 30.0
LEAST_ODDS = 0.02


def write_project_diagnosis(out: Path, found: ProjectDiagnosis) -> dict[str, Any]:
    """Write report.html, figures/, data/ (a file of parameters for each treatment) and results.json; return the document."""
    texts = {
        f"parameters_{_file_name(name)}.toml": parameter_text(*(one.followed.inference for one in cells))
        for name, cells in found.treatments.items()
    }
    tests = {_file_name(one.name): one.followed.inference.observation.whole for one in found.cells}
    return write_results(
        out,
        lambda drawn: page(found, drawn),
        figures(found),
        tests,
        lambda names: document(found) | {"files": names},
        texts,
    )


def _file_name(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in name)


def document(found: ProjectDiagnosis) -> dict[str, Any]:
    """Return the diagnoses of a project as plain data."""
    cells = [
        one.followed.diagnosis.to_dict() | {"name": one.name, "treatment": one.treatment, "group": group}
        for group, sisters in found.treatments.items()
        for one in sisters
    ]
    return {
        "project": found.project,
        "cells": cells,
        "treatments": [_treatment(found, name, group) for name, group in found.treatments.items()],
        "left_out": found.left_out,
    }


def _treatment(found: ProjectDiagnosis, name: str, cells: list[DiagnosedCell]) -> dict[str, Any]:
    odds = mean_odds(cells)
    return {
        "group": name,
        "treatment": cells[0].treatment,
        "n": len(cells),
        "mechanisms": [
            {"mechanism": cause, "odds": odds[cause]} for cause in sorted(MECHANISMS, key=lambda c: -odds[c])
        ],
        "undecided": odds["undecided"],
        "parameters": [
            {"parameter": one.parameter, "unit": one.unit, "low": one.low, "median": one.median, "high": one.high}
            for one in found.shared(name)
        ],
    }


def odds_of(one: DiagnosedCell) -> dict[str, float]:
    """Return the odds of every cause of a cell."""
    said = one.followed.diagnosis
    return {name: said.odds(name) for name in MECHANISMS} | {"undecided": said.undecided}


def mean_odds(cells: list[DiagnosedCell]) -> dict[str, float]:
    """Return the mean odds over the cells of a treatment: replicates share a design, not their flaws."""
    return {cause: float(np.mean([odds_of(one)[cause] for one in cells])) for cause in CAUSES}


def verdict(found: ProjectDiagnosis) -> str:
    """Return in one sentence what limits the cells of each treatment."""
    said = []
    for name, cells in found.treatments.items():
        odds = mean_odds(cells)
        cause = max(odds, key=lambda one: odds[one])
        word = "undecided" if cause == "undecided" else WORDS[cause]
        said.append(f"{name}: {word} ({odds[cause]:.2f}, {len(cells)} cell{'s' if len(cells) > 1 else ''})")
    return "; ".join(said)


def figures(found: ProjectDiagnosis) -> dict[str, Figure]:
    """Return the figure over the treatments."""
    with house_style():
        drawn = print_figure(PAGE_MM, FRAME_MM + ROW_MM * max(2, len(found.cells)))
        draw_cells(drawn.subplots(), found)
        return {"treatments": drawn}


def draw_cells(axes: Axes, found: ProjectDiagnosis) -> None:
    """Draw the odds of each cell as one bar, the cells of a treatment together."""
    rows = [one for cells in found.treatments.values() for one in cells][::-1]
    odds = [odds_of(one) for one in rows]
    left = np.zeros(len(rows))
    for cause, colour in zip(CAUSES, cycle(COLOURS), strict=False):
        widths = np.array([one[cause] for one in odds])
        if (widths >= LEAST_ODDS).any():
            axes.barh(range(len(rows)), widths, left=left, color=colour, height=0.75, label=WORDS.get(cause, cause))
        left += widths
    axes.set_yticks(range(len(rows)), [f"{one.treatment}: {one.name}" for one in rows])
    axes.set(xlabel="odds of each cause", xlim=(0.0, 1.0))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)


def page(found: ProjectDiagnosis, drawn: dict[str, Drawing]) -> str:
    """Return the report as one HTML document."""
    left = [f"{name}: {why}" for name, why in found.left_out.items()]
    head = ("treatment", "cell", "outcome", "explained", "verdict", "next experiment", "best change")
    sections = [
        Section("Cells", table(head, [_row(one) for one in found.cells])),
        Section("Parameters by treatment", "".join(_parameters(found, name) for name in found.treatments)),
        *([Section("Left out", items(left))] if left else []),
        Section("Limits", items(LIMITS)),
    ]
    about = (
        f"{many(len(found.cells), 'cell')} of {found.project}, each compared with virtual cells of its own description."
    )
    borrowed = "; ".join(dict.fromkeys(said for one in found.cells if (said := one.followed.diagnosis.borrowed)))
    lead = figure(drawn["treatments"], "Odds of each cause for each cell, by treatment.")
    return render_page(PageHead("Diagnosis of a project", f"{verdict(found)}.", about, borrowed), sections, lead)


def _row(one: DiagnosedCell) -> tuple[str, ...]:
    said = one.followed.diagnosis
    first = said.telling[0].experiment if said.telling else "none decides"
    best = said.advice[0].change if said.advice and said.advice[0].helps > 0.5 else "none helps in most draws"
    ended = f"{said.outcome.kind}, cycle {said.outcome.cycle}"
    return one.treatment, one.name, ended, "yes" if said.explained else "no", said.verdict, first, best


def _parameters(found: ProjectDiagnosis, treatment: str) -> str:
    rows = [
        (one.parameter, one.unit, *(Marked(f"{value:.3g}", "number") for value in (one.low, one.median, one.high)))
        for one in found.shared(treatment)
    ]
    said = paragraph(f"{treatment}: what its {len(found.treatments[treatment])} cells have in common")
    return said + table(("parameter", "unit", "2.5 %", "median", "97.5 %"), rows) if rows else ""
