"""The report of a project: treatments compared, with every replicate, every event and its evidence, and what is asked."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path, PurePath
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from ionweld import __version__
from ionweld.analyse.cycling import DEFINITIONS
from ionweld.lab.compare import Characterised, ProjectComparison, Replicate, Tested, Treated
from ionweld.numerics.effects import Effect
from ionweld.read.find import shown
from ionweld.report.comparison_figures import WIDTHS, drawings
from ionweld.report.drawing import Drawing, drawing
from ionweld.report.effects import caption, effects_figure, methods
from ionweld.report.figure import house_style
from ionweld.report.files import write_results
from ionweld.report.glance import figure_of, glance_at
from ionweld.report.page import Marked, PageHead, Section, figure, folded, items, paragraph, render_page, table

_CAPTIONS = {
    "voltage": "Voltage over the whole test, the first replicate of each treatment.",
    "plateaus": "The first five cycles of the first replicate of each treatment.",
    "resistance": "Resistance of the whole cell by cycle: thin lines are replicates, the thick one their median as far as all "
    "of them go; marks are events.",
    "wedge": "Wedge index by cycle; thin lines are replicates, the thick one their median.",
    "capacity": "Discharge capacity by cycle; thin lines are replicates, the thick one their median.",
    "efficiency": "Coulombic efficiency by cycle; thin lines are replicates, the thick one their median.",
    "energy_efficiency": "Energy efficiency by cycle; thin lines are replicates, the thick one their median.",
    "differential_capacity": "Differential capacity of the first whole cycle of every replicate: charge counted on a grid of "
    "2 mV, Gaussian smoothing of 5 mV.",
    "impedance": "Impedance of every replicate; the style of the line says the state of the cell.",
}
_EFFECTS = "effects"  # the name of the figure of all designs
_MOST_OTHER_FIGURES = 12  # of one technique in a report
_PRINT: dict[Any, Any] = {
    "font.size": 7,
    "legend.fontsize": 6.5,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
}


@dataclass(frozen=True, slots=True)
class DesignFigures:
    """The figures of one design, by name and width: "voltage_88mm"."""

    design: str
    prefix: str
    figures: dict[str, Figure]


@contextmanager
def print_style() -> Iterator[None]:
    """Draw everything inside this context in the house's style, in the sizes of print."""
    with house_style(), mpl.rc_context(_PRINT):
        yield


def write_report(found: ProjectComparison, project: Path, out: Path) -> dict[str, Any]:
    """Write report.html, figures at 88 and 180 mm and results.json into `out`; return the JSON document."""
    with print_style():
        drawn, every = _figures(found)
        return write_results(
            out, lambda inline: _page(found, drawn, inline), every, {}, lambda files: results(found, project, files)
        )


def page(found: ProjectComparison) -> str:
    """Return the report as one HTML document."""
    with print_style():
        drawn, every = _figures(found)
        return _page(found, drawn, {name: drawing(name, one) for name, one in every.items()})


def _figures(found: ProjectComparison) -> tuple[list[DesignFigures], dict[str, Figure]]:
    """Return the figures by design, and all of them by the names of their files. To be drawn in the style of print."""
    designs = [(name, list(groups)) for name, groups in groupby(found.groups, key=lambda group: group.design)]
    drawn = [_draw(name, groups, number, len(designs)) for number, (name, groups) in enumerate(designs, start=1)]
    every = {f"{part.prefix}{name}": one for part in drawn for name, one in part.figures.items()}
    if found.effects:
        every |= {f"{_EFFECTS}_{name}": effects_figure(found.effects, mm) for name, mm in WIDTHS.items()}
    return drawn, every


def nothing_to_compare(found: ProjectComparison) -> str | None:
    """Return what to say where no measurement belongs to a cell, or None."""
    if any(
        cell.tests or cell.sweeps or cell.others or cell.unreadable
        for group in found.groups
        for cell in group.replicates
    ):
        return None
    return "Nothing to compare yet: no stored file belongs to a cell. What is to be said stands below."


def _draw(design: str, groups: list[Treated], number: int, designs: int) -> DesignFigures:
    made = {
        f"{name}_{label}": draw(width) for name, draw in drawings(groups).items() for label, width in WIDTHS.items()
    }
    return DesignFigures(design, f"design{number}_" if designs > 1 else "", made)


def _page(found: ProjectComparison, drawn: list[DesignFigures], inline: dict[str, Drawing]) -> str:
    sections = [Section("What differs", _effects(found.effects)), Section("Cells", _cells(found))]
    lead = figure(inline[f"{_EFFECTS}_180mm"], caption(found.effects)) if found.effects else ""
    if nothing := nothing_to_compare(found):
        sections = [Section("Nothing to compare yet", paragraph(nothing, "note"))]
    origin = _origin(found)
    for part in drawn:
        wide = [(name, inline[f"{part.prefix}{name}"]) for name in part.figures if name.endswith("_180mm")]
        html = "".join(figure(one, f"{_caption(name)} {part.design}; {origin}.") for name, one in wide)
        sections.append(Section(f"Figures: {part.design}", html or paragraph("Nothing to draw.")))
    sections += [
        Section("Events", _events(found)),
        Section("To be said", _asks(found)),
        Section("Every cell", _every_cell(found), folded=True),
        *_other_measurements(found),
        Section("Definitions", table(("number", "what it is"), list(DEFINITIONS.items())), folded=True),
        Section("Origin", items(_files(found)), folded=True),
    ]
    about = f"Treatments compared; {origin}; ionweld {__version__}."
    return render_page(PageHead(found.name, said_of_effects(found, found.effects), about), sections, lead)


def said_of_effects(found: ProjectComparison, effects: tuple[Effect, ...]) -> str:
    """Return in one sentence what differs: the first effect that has an interval, else the first."""
    known = [effect for effect in effects if effect.low is not None] or list(effects)
    if not known:
        return nothing_to_compare(found) or "No two treatments of a design can be compared."
    design = f"{known[0].design}: " if len({effect.design for effect in effects}) > 1 else ""
    return f"{design}{known[0].said}."


def _caption(name: str) -> str:
    return _CAPTIONS[name.rpartition("_")[0]]


def _origin(found: ProjectComparison) -> str:
    """Say where the data comes from; a file made by a generator is an instrument's file to a reader."""
    kinds = {test.measurement.provenance.kind for *_, test in _tested(found)}
    words = {"measured": "from instrument files", "simulated": "simulated"}
    return " and ".join(words[kind] for kind in sorted(kinds)) or "no cycling tests"


def _tested(found: ProjectComparison) -> list[tuple[Treated, Replicate, Tested]]:
    return [(group, cell, test) for group in found.groups for cell in group.replicates for test in cell.tests]


def _cells(found: ProjectComparison) -> str:
    rows = []
    for group in found.groups:
        names = ", ".join(replicate.name for replicate in group.replicates)
        said = found.treatments.get(group.treatment, "")
        rows.append((group.treatment, said, group.design, Marked(str(len(group.replicates)), "number"), names))
    single = [f"{group.treatment} ({group.design})" for group in found.groups if len(group.replicates) == 1]
    alone = f"n = 1: {'; '.join(single)}. One cell says nothing about the next one: no interval can be given."
    note = paragraph(alone, "note") if single else ""
    return table(("treatment", "what it is", "design", "n", "cells"), rows) + note


def _effects(effects: tuple[Effect, ...]) -> str:
    if not effects:
        return paragraph("No two treatments of the same design were measured in the same way yet.")
    rows = [
        (
            effect.design,
            effect.quantity,
            f"{effect.other} / {effect.baseline}" if effect.kind == "ratio" else f"{effect.other} - {effect.baseline}",
            Marked(_number(effect.value, effect.unit), "number"),
            Marked(_interval(effect), "number"),
            f"{effect.other_n} and {effect.baseline_n}",
            effect.method,
        )
        for effect in effects
    ]
    made = table(("design", "quantity", "effect", "value", "95 % interval", "cells", "how"), rows)
    return made + folded("How, for the methods of a paper", paragraph(methods(effects)))


def _number(value: float, unit: str) -> str:
    return f"{value:.3g}" if unit == "1" else f"{value:.3g} {unit}"


def _interval(effect: Effect) -> str:
    if effect.low is None or effect.high is None:
        return "none"
    return f"{effect.low:.3g} to {effect.high:.3g}"


def _events(found: ProjectComparison) -> str:
    rows = [
        (
            group.treatment,
            cell.name,
            f"{event.kind}: {event.sign}",
            Marked(f"{event.cycle}", "number"),
            Marked(f"{event.time_s / 3600.0:.4g} h", "number"),
            event.evidence,
            " | ".join(event.rivals),
        )
        for group, cell, test in _tested(found)
        for event in test.findings
    ]
    header = ("treatment", "cell", "event", "cycle", "time", "the numbers that fired it", "rivals, and what would tell")
    return table(header, rows) if rows else paragraph("No event fired.")


def _every_cell(found: ProjectComparison) -> str:
    rows = []
    for group, cell, test in _tested(found):
        cycle, shorted = test.life
        life = f"short in cycle {cycle:.0f}" if shorted else f"no short in {cycle:.0f} cycles"
        first = test.at("asr_ohm_cm2", 1, 3)
        resistance = "area not given" if first is None else f"{first:.4g} ohm cm2"
        rows.append((group.treatment, cell.name, test.file, resistance, life, "; ".join(test.warnings) or "none"))
    header = ("treatment", "cell", "file", "resistance, cycles 1 to 3", "life", "warnings of the reader")
    unreadable = [text for group in found.groups for cell in group.replicates for text in cell.unreadable]
    return table(header, rows) + (items(unreadable) if unreadable else "")


def _other_measurements(found: ProjectComparison) -> list[Section]:
    """Return what else was measured on the cells: three numbers each, and the first figures of each technique."""
    rows, pictures, drawn = [], [], Counter[str]()
    for group, cell, one in _others(found):
        seen = glance_at(one.technique, [one.measurement])
        said = "; ".join(map(str, seen.numbers)) if seen else ""
        rows.append((group.treatment, cell.name, one.file, one.kind, one.state or "", said))
        drawn[one.technique] += 1
        if seen and drawn[one.technique] <= _MOST_OTHER_FIGURES:
            caption = f"{one.file}: {one.kind} of {cell.name}{f', {one.state}' if one.state else ''}."
            name = f"{PurePath(one.file).stem}_{one.technique}"
            pictures.append(figure(drawing(name, figure_of(seen, shown(one.file))), caption))
    if not rows:
        return []
    more = sum(max(0, count - _MOST_OTHER_FIGURES) for count in drawn.values())
    note = paragraph(f"{more} more are not drawn here: `ionweld look` draws each.") if more else ""
    header = ("treatment", "cell", "file", "what", "state", "at first sight")
    return [Section("Other measurements", table(header, rows) + "".join(pictures) + note)]


def _others(found: ProjectComparison) -> list[tuple[Treated, Replicate, Characterised]]:
    return [(group, cell, one) for group in found.groups for cell in group.replicates for one in cell.others]


def _asks(found: ProjectComparison) -> str:
    if not found.asks:
        return paragraph("Nothing: all that the analyses need was given.")
    return table(
        ("where", "what is missing", "how to say it"), [(ask.where, ask.missing, ask.how) for ask in found.asks]
    )


def _files(found: ProjectComparison) -> list[str]:
    cycling = [
        f"{test.file}: {test.measurement.provenance.software}, SHA-256 {test.measurement.provenance.sha256}"
        for *_, test in _tested(found)
    ]
    sweeps = {
        f"{sweep.file}: {sweep.spectrum.provenance.software}, SHA-256 {sweep.spectrum.provenance.sha256}": None
        for group in found.groups
        for cell in group.replicates
        for sweep in cell.sweeps
    }
    others = {
        f"{one.file}: {one.measurement.provenance.software}, SHA-256 {one.measurement.provenance.sha256}": None
        for *_, one in _others(found)
    }
    return [*cycling, *sweeps, *others]


def results(found: ProjectComparison, project: Path, files: list[str]) -> dict[str, Any]:
    """Return the JSON document of `ionweld project report`."""
    return {
        "project": str(project),
        "name": found.name,
        "warnings": [text for text in [nothing_to_compare(found)] if text],
        "groups": [_group_document(group) for group in found.groups],
        "effects": [asdict(effect) for effect in found.effects],
        "asks": [asdict(ask) for ask in found.asks],
        "software": f"ionweld {__version__}",
        "files": files,
    }


def _group_document(group: Treated) -> dict[str, Any]:
    return {
        "treatment": group.treatment,
        "design": group.design,
        "n": len(group.replicates),
        "cells": [_cell_document(cell) for cell in group.replicates],
    }


def _cell_document(cell: Replicate) -> dict[str, Any]:
    return {
        "name": cell.name,
        "replicate": cell.number,
        "tests": [
            {
                "file": test.file,
                "sha256": test.measurement.provenance.sha256,
                "cycles": test.summary.cycles.to_dicts(),
                "events": [asdict(event) for event in test.findings],
                "life": {"cycle": test.life[0], "shorted": test.life[1]},
            }
            for test in cell.tests
        ],
        "impedance": [
            {
                "file": sweep.file,
                "state": sweep.state,
                "temperature_K": sweep.spectrum.temperature_K,
                "lowest_frequency_Hz": sweep.lowest[0],
                "real_at_lowest_ohm": sweep.lowest[1],
            }
            for sweep in cell.sweeps
        ],
        "others": [_other_document(one) for one in cell.others],
        "unreadable": list(cell.unreadable),
    }


def _other_document(one: Characterised) -> dict[str, Any]:
    seen = glance_at(one.technique, [one.measurement])
    numbers = (
        [{"name": number.name, "value": number.value, "unit": number.unit} for number in seen.numbers] if seen else []
    )
    return {
        "file": one.file,
        "kind": one.kind,
        "state": one.state,
        "sha256": one.measurement.provenance.sha256,
        "numbers": numbers,
    }
