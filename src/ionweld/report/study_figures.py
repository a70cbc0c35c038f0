"""The figures of a study, each of a general kind: what a block of its report.toml asks for, drawn from what was found."""

from collections.abc import Callable

from matplotlib.figure import Figure

from ionweld.report import cycling_figures as draw
from ionweld.report import full_cell
from ionweld.report.characterisation import draw_profiles, draw_section, said_of_section, said_of_surface
from ionweld.report.figure import OF_CELLS, house_style
from ionweld.report.impedance_study import draw_arrhenius, draw_nyquist, draw_pellets
from ionweld.report.interface_drawing import DrawnInterfaces, interface_drawing
from ionweld.report.rivals import best_separated, rivals_figure
from ionweld.report.soaking import draw_patterns, draw_spectra
from ionweld.report.xps import draw_regions
from ionweld.result import EventKind
from ionweld.simulate.snapshot import moment
from ionweld.spec.protocol import by_time
from ionweld.study.layout import FigureKind, MarkedNumber, ReportBlock
from ionweld.study.reproduce import Reproduction
from ionweld.twin.ensemble import per_cycle

STYLES = ("-", "--", ":")
COULOMB_PER_MAH = 3.6


def study_figures(found: Reproduction, blocks: list[ReportBlock]) -> dict[str, Figure]:
    """Return the figures of a report by the names of their files."""
    with house_style():
        return {block.figure: KINDS[block.kind](found, block) for block in blocks if block.kind is not None}


def caption(found: Reproduction, block: ReportBlock) -> str:
    """Return the caption of a figure, with the numbers of cells in place and what was found on it."""
    counts = {name: len(ensemble.members) for name, ensemble in found.ensembles.items()}
    said = SAID[block.kind](found, block) if block.kind in SAID else ""
    return f"{block.caption.format(**counts)} {said}".strip()


def _colour(found: Reproduction, name: str) -> str:
    """Return the colour of a test: by its place among the study's."""
    return OF_CELLS[[test.name for test in found.study.tests].index(name) % len(OF_CELLS)]


def _trace(found: Reproduction, name: str) -> draw.Trace:
    ensemble = found.ensembles[name]
    stage = by_time(ensemble.recipe.protocol).stages[0]
    volts, cycle_h = per_cycle(ensemble.members, "overpotential_V"), 2.0 * stage.half_cycle_time.value / draw.HOUR
    table, colour = ensemble.typical.measurement.table, _colour(found, name)
    return draw.Trace(name.replace("_", " "), table, volts, cycle_h, colour)


def _hours(found: Reproduction, block: ReportBlock) -> tuple[float, float]:
    """Return what a figure over time shows: as asked, or all of it."""
    tables = (found.ensembles[name].typical.measurement.table for name in block.tests)
    ends = [float(table["Test Time / s"].to_numpy()[-1]) / draw.HOUR for table in tables]
    return block.hours or (0.0, max(ends))


def _cycling(found: Reproduction, block: ReportBlock) -> Figure:
    traces = [_trace(found, name) for name in block.tests]
    levels = [draw.Mark(one.label, found.study.number(one.number).value_si) for one in block.levels]
    middle = [  # a cycle is drawn in its middle
        draw.Mark(one.label, (found.study.number(one.number).value_si - 0.5) * traces[0].cycle_h)
        for one in block.moments
    ]
    steps = _stages(found, block.stages) if block.stages else []
    return draw.cycling(traces, _hours(found, block)[1], levels, [*middle, *steps])


def _stages(found: Reproduction, name: str) -> list[draw.Mark]:
    marks, hours = [], 0.0
    for stage in by_time(found.ensembles[name].recipe.protocol).stages:
        marks.append(draw.Mark(f"{stage.current_density.value / 10:g} mA/cm2", hours))
        hours += stage.cycles * 2.0 * stage.half_cycle_time.value / draw.HOUR
    return marks


def _zoom(found: Reproduction, block: ReportBlock) -> Figure:
    return draw.zoom([_trace(found, name) for name in block.tests], *_hours(found, block))


def _events(found: Reproduction, block: ReportBlock) -> Figure:
    members = found.ensembles[block.tests[0]].members
    kinds = []
    for one in block.moments:
        kind = _event_of(found, one)
        events = [member.first(kind) for member in members]
        cycles = [None if event is None else float(event.cycle) for event in events]
        kinds.append((kind, cycles, found.study.number(one.number).value_si))
    return draw.moments(kinds, float(max(member.cycles.height for member in members)))


def _event_of(found: Reproduction, marked: MarkedNumber) -> EventKind:
    kind = found.study.observable(str(found.study.number(marked.number).observable)).event
    assert kind is not None  # the study was checked
    return kind


def _states(found: Reproduction, block: ReportBlock) -> Figure:
    name = block.tests[0]
    ensemble = found.ensembles[name]
    if ensemble.recipe.cell.cathode is not None:
        return full_cell.states(ensemble)
    filled = any(fill.chi > 0.0 for fill in ensemble.typical.conditions.derived.fills)
    return draw.states(name.replace("_", " "), ensemble.typical.states, filled=filled)


def _columns(found: Reproduction, block: ReportBlock) -> Figure:
    """Draw the currents at the end of the first cycle, and before the first short or in the tenth."""
    shown = []
    for name in block.tests:
        run = found.ensembles[name].typical
        short = next((event for event in run.events if event.kind is EventKind.FIRST_SHORT), None)
        last = min(10, len(run.snapshots) // 2) if short is None else max(1, short.cycle - 1)
        for cycle, style in zip(sorted({1, last}), STYLES, strict=False):
            ratio = moment(run, 2 * cycle - 1).shares
            label = name.replace("_", " ")
            shown.append(draw.ColumnCurrents(label, f"end of cycle {cycle}", ratio, _colour(found, name), style))
    return draw.columns(shown)


def _interface(found: Reproduction, block: ReportBlock) -> Figure:
    run = found.ensembles[block.tests[0]].typical
    cell, fill = run.conditions.cell, run.conditions.derived.fills[0]
    second = block.tests[-1]
    about = DrawnInterfaces(
        (block.tests[0].replace("_", " "), second.replace("_", " ")),
        1e6 * fill.gap_m,
        1e6 * found.known.parameters[second]["solid_content"],
        float(run.conditions.columns[0].mean()),
        cell.electrolyte.material,
        "lithium",
    )
    return interface_drawing(about)


def _capacity(found: Reproduction, block: ReportBlock) -> Figure:
    """Draw the capacities that the paper prints (mAh/g) at the cycles of their observables."""
    printed = []
    for one in block.levels:
        number = found.study.number(one.number)
        cycle = found.study.observable(str(number.observable)).cycle
        printed.append((float(cycle or 1), number.value_si / (1e3 * COULOMB_PER_MAH)))
    return full_cell.capacity(found.ensembles[block.tests[0]], printed)


def _nyquist(found: Reproduction, block: ReportBlock) -> Figure:
    totals = [found.study.number(one.number).value_si for one in block.levels]
    return draw_nyquist(found.spectra[block.tests[0]], totals)


KINDS: dict[FigureKind, Callable[..., Figure]] = {
    "cycling": _cycling,
    "zoom": _zoom,
    "events": _events,
    "states": _states,
    "columns": _columns,
    "interface": _interface,
    "profiles": lambda found, block: full_cell.profiles(found.ensembles[block.tests[0]]),
    "capacity": _capacity,
    "nyquist": _nyquist,
    "pellets": lambda found, _: draw_pellets(found.impedance),
    "arrhenius": lambda found, _: draw_arrhenius(found.impedance),
    "diffraction": lambda found, _: draw_patterns(found.characterisation.soaking),
    "infrared": lambda found, _: draw_spectra(found.characterisation.soaking),
    "cross section": lambda found, block: draw_section(found.characterisation.pictures[block.sample]),
    "maps": lambda found, _: draw_profiles(found.characterisation.eds),
    "surface": lambda found, block: draw_regions(found.characterisation.spectra[block.sample].fit, "simulated"),
    "rivals": lambda found, _: rivals_figure(found.rivals),
}
# what is said below a figure of what was found on it
SAID: dict[FigureKind | None, Callable[..., str]] = {
    "cross section": lambda found, block: said_of_section(found.characterisation, block.sample),
    "surface": lambda found, block: said_of_surface(found.characterisation, block.sample),
    "rivals": lambda found, _: best_separated(found.rivals),
}
