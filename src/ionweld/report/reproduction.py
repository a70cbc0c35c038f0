"""The report of a reproduced study: the paper's figures beside the twin's, number by number, hit or miss."""

from dataclasses import asdict
from hashlib import sha256
from platform import python_version
from typing import Any

import numba
import numpy as np
import scipy
from matplotlib.figure import Figure

from ionweld import __version__
from ionweld.report import cycling_figures as draw
from ionweld.report.characterisation import characterisation_figures, characterisation_sections
from ionweld.report.figure import house_style
from ionweld.report.identifiability import calibration_tables
from ionweld.report.impedance_study import FullCellSpectra, impedance_figures, impedance_sections
from ionweld.report.interface_drawing import interface_drawing
from ionweld.report.page import Section, figure, items, paragraph, render_page, table
from ionweld.report.reproduced_full_cells import ended, full_figures, full_section
from ionweld.report.rivals import rivals_figure, rivals_section
from ionweld.report.specification import assumptions, assumptions_table, derived_table, parameters_table
from ionweld.report.targets import targets_tables
from ionweld.result import EventKind
from ionweld.simulate.columns import column_currents
from ionweld.spec.protocol import by_time
from ionweld.study.characterisation import document
from ionweld.study.reproduce import Reproduction
from ionweld.twin.ensemble import Ensemble, per_cycle


def figures(found: Reproduction) -> dict[str, Figure]:
    """Return the figures of a reproduction by the name of their file."""
    paper = {target.id: target.paper for target in found.targets}
    bare, welded = _trace("bare", found), _trace("welded", found)
    first_short = draw.Mark("paper: sudden drop, cycle 14", paper["fig2a.bare.first_short"] - 0.5)
    failure = draw.Mark("paper: failure, cycle 37", paper["fig2a.bare.failure"] - 0.5)
    above = draw.Mark("paper: bare, more than 150 mV", 1e-3 * paper["fig2a.bare.overpotential"])
    settled = draw.Mark("paper: welded, 50 mV", 1e-3 * paper["fig2a.welded.overpotential"])
    with house_style():
        return {
            "fig2a": draw.cycling([bare, welded], 50.0, [above, settled], [first_short, failure]),
            "fig2b": draw.zoom([bare, welded], 0.0, 10.0),
            "fig2c": draw.cycling([welded], 400.0, [settled], _stages(found)),
            "fig2d": draw.zoom([welded], 389.0, 400.0),
            "events": _events(found),
            "states_bare": draw.states("bare", found.ensembles["bare"].typical.states, filled=False),
            "states_welded": draw.states("welded", found.ensembles["welded"].typical.states, filled=True),
            "columns": draw.columns([*_columns("bare", found), *_columns("welded", found)]),
            "interface": _interface(found),
            **full_figures(found),
            **characterisation_figures(found.characterisation),
            "rivals": rivals_figure(found.rivals),
            **impedance_figures(found.impedance, _full_cells(found)),
        }


def _full_cells(found: Reproduction) -> dict[str, FullCellSpectra]:
    """Return the spectra of the full cells with the totals of the paper, by the name of their figure."""
    paper = {number.id: number.value_si for number in found.study.numbers}
    return {
        name: FullCellSpectra(
            kind, found.spectra[f"full_{kind}"], tuple(paper[f"fig3.{kind}.impedance_{n}"] for n in (0, 40))
        )
        for name, kind in (("fig3c", "bare"), ("fig3f", "welded"))
        if f"full_{kind}" in found.spectra
    }


def _trace(name: str, found: Reproduction) -> draw.Trace:
    ensemble = found.ensembles[name]
    stage = by_time(ensemble.recipe.protocol).stages[0]
    volts = per_cycle(ensemble.members, "overpotential_V")
    return draw.Trace(name, ensemble.typical.measurement.table, volts, 2.0 * stage.half_cycle_time.value / draw.HOUR)


def _stages(found: Reproduction) -> list[draw.Mark]:
    marks, hours = [], 0.0
    for stage in by_time(found.ensembles["welded"].recipe.protocol).stages:
        marks.append(draw.Mark(f"{stage.current_density.value / 10:g} mA/cm2", hours))
        hours += stage.cycles * 2.0 * stage.half_cycle_time.value / draw.HOUR
    return marks


def _events(found: Reproduction) -> Figure:
    members = found.ensembles["bare"].members
    paper = {target.id: target.paper for target in found.targets}
    kinds = []
    for kind, number in (
        (EventKind.SUDDEN_DROP, "fig2a.bare.first_short"),
        (EventKind.FAILURE, "fig2a.bare.failure"),
    ):
        events = [member.first(kind) for member in members]
        kinds.append((kind, [None if event is None else float(event.cycle) for event in events], paper[number]))
    return draw.moments(kinds, float(max(member.cycles.height for member in members)))


def _columns(name: str, found: Reproduction) -> list[tuple[str, str, np.ndarray]]:
    run = found.ensembles[name].typical
    short = next((event for event in run.events if event.kind is EventKind.FIRST_SHORT), None)
    last_h = 10 if short is None else max(1, short.cycle - 1)
    moments = {f"end of cycle {cycle}": 2 * cycle - 1 for cycle in sorted({1, last_h})}
    return [(name, moment, column_currents(run, at)) for moment, at in moments.items()]


def _interface(found: Reproduction) -> Figure:
    conditions = found.ensembles["bare"].typical.conditions
    contact = float(conditions.columns[0].mean())
    fill = conditions.derived.fills[0]
    return interface_drawing(1e6 * fill.gap_m, 1e6 * found.parameters["solid_content"], contact)


def page(found: Reproduction, shown: dict[str, str]) -> str:
    """Return the whole report as one HTML document."""
    paper = found.study.paper
    judged = [target for target in found.targets if target.role == "predicted"]
    held = sum(target.holds for target in judged)
    subtitle = (
        f"{paper.title}. {paper.authors[0].split(',')[0]} et al., {paper.journal} {paper.volume}:{paper.article_number} "
        f"({paper.year}), doi {paper.doi}. All curves and "
        "pictures are simulated; a number of the paper that is drawn into a figure is called so."
    )
    summary = (
        f"{len(found.known.calibrated.parameters)} parameters were calibrated, once for all four cells. Of the {len(judged)} "
        f"predicted numbers {held} hold and {len(judged) - held} miss."
    )
    pellets, full_impedance = impedance_sections(found.impedance, _full_cells(found), shown)
    soaking, *surfaces = characterisation_sections(found.characterisation, shown)
    sections = [
        Section(
            "Targets",
            paragraph(summary) + targets_tables(found.targets) + paragraph(ended(found.ensembles["full_bare"])),
        ),
        soaking,
        pellets,
        Section("Figure 2: cycling", _cycling(shown, found)),
        Section("Figures 3A, B, D and E: full cells", full_section(found, shown)),
        full_impedance,
        *surfaces,
        Section("Figure 6: the mechanism and its rival", rivals_section(found.rivals, shown["rivals"])),
        Section("Chance", figure(shown["events"], _EVENTS)),
        Section("States", _states(shown)),
        Section("The interface, to scale", figure(shown["interface"], _INTERFACE)),
        Section("Cell and assumptions", _specification(found)),
        Section("Parameters", _parameters(found)),
        Section("What the paper's text slips on", _notes(found)),
        Section("Origin", _origin(found)),
    ]
    return render_page(found.study.title, subtitle, sections)


_DIFFER = (
    "A bare and a welded cell differ in the liquid alone, so the welded ones are shown. Stack pressure was fitted: see the "
    "parameters."
)
_ASSUMED = "What the paper does not say, and is therefore assumed:"
_EVENTS = (
    "Simulated: share of bare cells whose overpotential has dropped, and that have failed, by cycle. Circles: the paper's "
    "single cell, drawn on the curve it belongs to. One cell says little about a number that scatters this much. What "
    "happens after the first bridge is described by the model, not derived."
)
_INTERFACE = (
    "Drawn, not measured: cross sections at one scale. The gap and the layer's thickness are the paper's (Figures 4B, 4C, "
    "4E, seen after 20 h of cycling); the shape of the ridges is free, the part that touches is the twin's at assembly."
)


def _cycling(shown: dict[str, str], found: Reproduction) -> str:
    bare, welded = (len(found.ensembles[name].members) for name in ("bare", "welded"))
    return (
        figure(
            shown["fig2a"],
            f"Equivalent of Fig. 2A, simulated: voltage of one typical cell of each kind (the one nearest to the "
            f"medians of drop and end), and overpotential by cycle: median of {bare} bare and {welded} welded cells, with 16-84 % and "
            "5-95 % bands. Dashed and dotted: the paper's numbers.",
        )
        + figure(
            shown["fig2b"], "Equivalent of Fig. 2B, simulated: the first ten cycles. The bare plateaus are wedges."
        )
        + figure(
            shown["fig2c"],
            "Equivalent of Fig. 2C, simulated: the welded cell at 0.1, 0.2 and 0.4 mA/cm2. The overpotential steps up with "
            "the current; what falls is the resistance.",
        )
        + figure(shown["fig2d"], "Equivalent of Fig. 2D, simulated: the last ten cycles.")
    )


def _states(shown: dict[str, str]) -> str:
    return (
        figure(shown["states_bare"], "Simulated states of the typical bare cell: contact and filament over time.")
        + figure(shown["states_welded"], "Simulated states of the typical welded cell.")
        + figure(shown["columns"], "Simulated: how the current spreads over the columns. Welding makes it uniform.")
    )


def _specification(found: Reproduction) -> str:
    return paragraph(_DIFFER) + "".join(
        paragraph(f"{said}:") + _one_cell(found.ensembles[name])
        for name, said in (("welded", "Welded symmetric cell"), ("full_welded", "Welded full cell"))
    )


def _one_cell(ensemble: Ensemble) -> str:
    listed = assumptions(ensemble.recipe.cell, ensemble.recipe.protocol)
    return derived_table(ensemble.typical.conditions.derived) + paragraph(_ASSUMED) + assumptions_table(listed)


def _parameters(found: Reproduction) -> str:
    everything = paragraph("All parameters of the interfaces, and the fitted conditions:")
    return (
        calibration_tables(found.study, found.known.calibrated, found.parameters)
        + everything
        + parameters_table(found.parameters)
    )


def _notes(found: Reproduction) -> str:
    rows = [(note.where, note.printed, note.meant, note.why) for note in found.study.notes]
    return table(("where", "printed", "taken as", "why"), rows)


def _origin(found: Reproduction) -> str:
    numerics = f"numpy {np.__version__}, scipy {scipy.__version__}, numba {numba.__version__}"
    lines = [
        f"ionweld {__version__}, Python {python_version()}, {numerics}",
        f"computed in {found.seconds:.0f} s; calibration kept from {found.known.calibrated.software}",
    ]
    for name, ensemble in found.ensembles.items():
        members = ensemble.members
        provenance = ensemble.typical.measurement.provenance
        worst = max(max(member.charge_error, member.lithium_error) for member in members)
        lines.append(
            f"{name}: seeds {members[0].seed} to {members[-1].seed}; typical cell {provenance.details['seed']}, "
            f"hash {provenance.sha256[:16]}; worst balance of charge or lithium {worst:.0e}"
        )
    return items(lines)


def results(found: Reproduction, files: list[str]) -> dict[str, Any]:
    """Return the results as the JSON document of the command line."""
    values = {name: known.value for name, known in found.parameters.properties.items()}
    return {
        "study": found.study.name,
        "targets": [asdict(target) for target in found.targets],
        "fitted_parameters": len(found.known.calibrated.parameters),
        "calibration": found.known.calibrated.model_dump(),
        "parameters": {
            name: {"value": known.value, "unit": known.unit, "status": known.status, "source": known.source}
            for name, known in found.parameters.properties.items()
        },
        "parameters_sha256": sha256(repr(sorted(values.items())).encode()).hexdigest(),
        "ensembles": {
            name: {"members": len(ensemble.members), "seeds": [member.seed for member in ensemble.members]}
            for name, ensemble in found.ensembles.items()
        },
        "characterisation": document(found.characterisation),
        "rivals": {
            "names": found.rivals.names,
            "predictions": [asdict(one) | {"separation": one.separation} for one in found.rivals.predictions],
            "verdict": found.rivals.verdict,
        },
        "software": f"ionweld {__version__}",
        "seconds": round(found.seconds, 2),
        "files": files,
    }
