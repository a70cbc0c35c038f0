"""The report of `ionweld simulate`: one kind of cell, drawn many times."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld import __version__
from ionweld.report import cycling_figures as draw
from ionweld.report import full_cell, impedance, limits
from ionweld.report.drawing import Drawing
from ionweld.report.figure import OKABE_ITO, house_style
from ionweld.report.full_cell_notes import full_cell_notes
from ionweld.report.interface_picture import caption, picture_figure
from ionweld.report.page import PageHead, Section, figure, items, paragraph, render_page, table
from ionweld.report.specification import assumptions, assumptions_table, derived_table, parameters_table
from ionweld.result import EventKind
from ionweld.simulate.critical import OPEN_WIDE, cracks, driven, pressed_in
from ionweld.simulate.interface_shape import CellShape, shape_of
from ionweld.simulate.named_points import Taken
from ionweld.simulate.run import SimulatedTest
from ionweld.spec.borrowed import borrowed
from ionweld.spec.derived import electrolyte_entry, interface_entry
from ionweld.spec.library import assumption
from ionweld.spec.protocol import by_time
from ionweld.twin.ensemble import Band, DrawnCells, band, per_cycle
from ionweld.wording import many

UNREAL_V = 100.0  # no cell has such a voltage: a number beyond it is printed with its warning


def figures(found: DrawnCells, taken: Sequence[Taken] = ()) -> dict[str, Figure]:
    """Return the figures of a simulation by the name of their file. taken: spectra of the typical cell."""
    drawn = _figures(found)
    with house_style():
        drawn |= {f"interface_{when}": picture_figure(one) for when, one in _shapes(found).items()}
        if taken:
            drawn["impedance"] = impedance.points_figure(taken)
    return drawn


def _shapes(found: DrawnCells) -> dict[str, CellShape]:
    """Return the shapes of the typical cell that are drawn: as assembled, and as the test left it."""
    run = found.typical
    return {"before": shape_of(run), "after": shape_of(run, len(run.legs) - 1)}


def _interface(found: DrawnCells, shown: dict[str, Drawing]) -> str:
    return "".join(figure(shown[f"interface_{when}"], caption(one)) for when, one in _shapes(found).items())


def _figures(found: DrawnCells) -> dict[str, Figure]:
    if found.recipe.cell.cathode is not None:
        return full_cell.figures(found)
    stage = by_time(found.recipe.protocol).stages[0]
    cycle_h = 2.0 * stage.half_cycle_time.value / draw.HOUR
    trace = draw.Trace("cell", found.typical.measurement.table, per_cycle(found.members, "overpotential_V"), cycle_h)
    end_h = float(found.typical.measurement.table["Test Time / s"].to_numpy()[-1]) / draw.HOUR
    with house_style():
        return {
            "cycling": draw.cycling([trace], end_h, [], []),
            "first_cycles": draw.zoom([trace], 0.0, min(end_h, 10.0 * cycle_h)),
            "states": draw.states("typical", found.typical.states, _filled(found)),
        }


def _filled(found: DrawnCells) -> bool:
    return any(fill.chi > 0.0 for fill in found.typical.conditions.derived.fills)


def draw_band(axes: Axes, found: DrawnCells, column: str, label: str) -> None:
    """Draw a number by cycle over the cells that are still running: median, 16-84 % and 5-95 %."""
    values = per_cycle(found.members, column)
    cycles = np.arange(1, values.shape[1] + 1)
    bands = [band([value if np.isfinite(value) else None for value in row]) for row in values.T.tolist()]
    for low, high, alpha, what in (("p05", "p95", 0.2, "5-95 %"), ("p16", "p84", 0.4, "16-84 %")):
        below, above = ([getattr(one, end) for one in bands] for end in (low, high))
        axes.fill_between(cycles, below, above, color=OKABE_ITO[0], alpha=alpha, lw=0, label=what)
    axes.plot(cycles, [one.median for one in bands], color=OKABE_ITO[0], lw=1.2, label="median")
    axes.set(xlabel="cycle", ylabel=label)
    axes.legend()


def page(found: DrawnCells, shown: dict[str, Drawing], taken: Sequence[Taken] = ()) -> str:
    """Return the report as one HTML document."""
    recipe, derived = found.recipe, found.typical.conditions.derived
    lead, other = (
        _cycling(shown, len(found.members)) if recipe.cell.cathode is None else full_cell.cycling(found, shown)
    )
    sections = [
        Section("Outcome", _outcome(found)),
        Section("Cycling", other),
        Section("The interface, to scale", _interface(found, shown)),
        Section("States", figure(shown["states"], "Simulated states of the typical cell.")),
        *([Section("Impedance", impedance.points_section(taken, shown))] if taken else []),
        Section("The cell", derived_table(derived), folded=True),
        Section("Assumptions", assumptions_table(assumptions(recipe.cell, recipe.protocol)), folded=True),
        Section("Parameters", parameters_table(recipe.parameters), folded=True),
        Section("Origin", items(_origin(found)), folded=True),
    ]
    about = f"{recipe.protocol.name}; {many(len(found.members), 'cell')} drawn; everything here is simulated."
    first = borrowed(recipe.cell, recipe.parameters).sentence
    return render_page(PageHead(recipe.cell.name, verdict(found), about, first), sections, lead)


def _cycling(shown: dict[str, Drawing], count: int) -> tuple[str, str]:
    """Return the figure that leads the report, and the one that follows."""
    caption = (
        f"Simulated: voltage of the typical cell (the one whose end is the median of {count}), and overpotential by "
        "cycle, median with 16-84 % and 5-95 % bands over the cells still running."
    )
    zoomed = figure(shown["first_cycles"], "Simulated: the first ten cycles of the typical cell.")
    return figure(shown["cycling"], caption), zoomed


def verdict(found: DrawnCells) -> str:
    """Return in one sentence how the cells ended, and the number that a reader asks for first."""
    ended = ", ".join(
        f"{count} of {len(found.members)} {end.partition(':')[0]}" for end, count in outcomes(found).items()
    )
    if (critical := limits.critical_sentence(found)) is not None:
        return f"Simulated: {critical}."
    return f"Simulated: {ended}; {full_cell.said(found) if found.recipe.cell.cathode is not None else _said(found)}."


def _said(found: DrawnCells) -> str:
    """Return the overpotential at the start and at the end, over the cells still running."""
    values = 1e3 * per_cycle(found.members, "overpotential_V")
    running = np.flatnonzero(np.isfinite(values).any(axis=0))
    if not running.size:
        return "no cycle was whole"
    first, last = (float(np.nanmedian(values[:, cycle])) for cycle in (running[0], running[-1]))
    return f"overpotential {first:.3g} mV in cycle {running[0] + 1}, {last:.3g} mV in cycle {running[-1] + 1} (medians)"


def _outcome(found: DrawnCells) -> str:
    lines = [f"{count} of {many(len(found.members), 'cell')} {outcome}" for outcome, count in outcomes(found).items()]
    rows = [(event.kind, str(event.cycle), event.evidence) for event in found.members[found.typical_number].events]
    if found.recipe.cell.cathode is not None:  # a full cell's events are those of its states
        rows = [(event.kind, str(event.cycle), event.meaning) for event in found.typical.events]
    notes = "".join(paragraph(text, "note") for text in warnings(found))
    events = table(("event of the typical cell", "cycle", "evidence"), rows) if rows else paragraph("No event fired.")
    spread = [_spread(kind, moment(found, kind)) for kind in (EventKind.SUDDEN_DROP, EventKind.FAILURE)]
    return notes + items([*lines, *(line for line in spread if line)]) + events + limits.limits_table(found)


def _spread(kind: EventKind, when: Band) -> str:
    if not when.n:
        return ""
    return f"{kind}: in {when.n} of {when.total} cells, at cycle {when.median:.0f} (5-95 %: {when.p05:.0f} to {when.p95:.0f})"


def outcomes(found: DrawnCells) -> dict[str, int]:
    """Return how many cells ended in which way."""
    return dict(Counter(member.outcome.value for member in found.members))


def moment(found: DrawnCells, kind: EventKind) -> Band:
    """Return the cycle of the first event of a kind, over the cells in which it happened."""
    events = [member.first(kind) for member in found.members]
    return band([None if event is None else float(event.cycle) for event in events])


def _origin(found: DrawnCells) -> list[str]:
    provenance = found.typical.measurement.provenance
    return [
        f"ionweld {__version__}; parameters: {found.recipe.parameters.name}",
        f"seeds {found.members[0].seed} to {found.members[-1].seed}; typical cell {provenance.details['seed']}",
        f"hash of cell, protocol, parameters and seed: {provenance.sha256}",
    ]


def warnings(found: DrawnCells) -> list[str]:
    """Return what is to be said of a simulation before its numbers are believed."""
    said, beyond = list(found.typical.conditions.derived.warnings), UNREAL_V
    many = sum(member.largest_V > beyond for member in found.members)
    if many:
        volts = max(member.largest_V for member in found.members)
        mend = " Give the protocol a voltage limit" if found.recipe.cell.cathode is None else ""
        said.append(
            f"{many} of {len(found.members)} cells pass {beyond:g} V (up to {volts:.3g} V): no cell does; {_why_so_high(found)}, "
            f"and the laws say no more than that.{mend}"
        )
    if found.recipe.protocol.program and found.recipe.cell.cathode is None:
        said.append("conditions change within the test: what happened is told by the states, not by the resistance")
    if found.recipe.cell.cathode is not None:
        said += full_cell_notes(found)
    return said + _of_a_short(found.typical)


def _why_so_high(found: DrawnCells) -> str:
    """Return what drives a voltage beyond all measure: contact that went, or in a full cell its current."""
    if found.recipe.cell.cathode is None:
        return "the contact is all but lost"
    return "the contact is all but lost, or the current is far beyond what an electrode that is full or empty carries"


def _of_a_short(run: SimulatedTest) -> list[str]:
    """Return what the moment of a short stands on, and where it does not answer to heat and pressure as one would expect."""
    if not {event.kind for event in run.events} & {EventKind.FIRST_SHORT, EventKind.FIRST_BRIDGE}:
        return []
    return [*_of_the_surface(run), *_of_assumed_strength(run), *_of_heat_and_pressure(run)]


def _of_the_surface(run: SimulatedTest) -> list[str]:
    """Return that an electrolyte as received is told, where a treatment that the library knows resists less."""
    cell, pair = run.conditions.cell, interface_entry(run.conditions.cell)
    interface, name = cell.electrodes.negative.interface, "charge_transfer_resistance"
    if not (interface.surface is interface.interlayer is interface.liquid is None):
        return []
    plain = pair.quantity(name)
    better = [how for how, own in pair.surfaces.items() if name in own and own[name].value < plain.value]
    if not better:
        return []
    said = f"{cell.electrolyte.material} is taken as received ({plain.text}, {plain.range_text})"
    return [
        f"{said}: a surface that was treated resists less and bears more; say which, surface = {' or '.join(better)}"
    ]


def _of_assumed_strength(run: SimulatedTest) -> list[str]:
    """Return that nobody has measured what opens flaws of this electrolyte, where shorts follow from it."""
    known = electrolyte_entry(run.conditions.cell).properties
    strength = [known.get(name) or assumption(f"usual_{name}") for name in ("fracture_toughness", "flaw_size")]
    if not cracks(run) or any(one.status != "assumed" for one in strength):
        return []
    toughness, flaw = (
        f"{one.text} (a factor of {(one.high or one.value) / (one.low or one.value):.2g} wide)" for one in strength
    )
    said = f"when it shorts rests on a fracture toughness of {toughness} and flaws of {flaw}"
    return [f"{said}, both assumed: the entry of {run.conditions.cell.electrolyte.material} holds no measurement"]


def _of_heat_and_pressure(run: SimulatedTest) -> list[str]:
    if pressed_in(run):
        pressed = max((leg.conditions.cell.stack_pressure for leg in run.legs), key=lambda one: one.value)
        said = f"a stack pressure of {pressed.text} is above three times lithium's yield stress"
        return [
            f"{said}: it presses lithium into pores and flaws, the faster the warmer, so that heat can bring the short sooner"
        ]
    beyond = driven(run)
    if beyond is None or beyond <= OPEN_WIDE:
        return []
    said = (
        f"at the end the weakest flaw carried {beyond:.3g} times the current that opens it: the charge of a half cycle"
    )
    return [f"{said} decides over the short, and a little more heat, density or pressure hardly moves it"]


def results(found: DrawnCells, files: list[str], taken: Sequence[Taken] = ()) -> dict[str, Any]:
    """Return the JSON document of the command line: the typical cell, and the ensemble it is typical of."""
    typical = found.members[found.typical_number]
    return {
        "borrowed": asdict(borrowed(found.recipe.cell, found.recipe.parameters)),
        "cell": found.recipe.cell.name,
        "protocol": found.recipe.protocol.name,
        "outcome": typical.outcome.value,
        "cycles": typical.cycles.to_dicts(),
        "events": [asdict(event) for event in typical.events],
        "states_events": [asdict(event) for event in found.typical.events],
        "warnings": warnings(found),
        "derived": asdict(found.typical.conditions.derived),
        "impedance": impedance.points_results(taken),
        **(full_cell.results(found) if found.recipe.cell.cathode is not None else {}),
        "ensemble": {
            "members": len(found.members),
            "outcomes": outcomes(found),
            "sudden_drop_cycle": asdict(moment(found, EventKind.SUDDEN_DROP)),
            "failure_cycle": asdict(moment(found, EventKind.FAILURE)),
            "seeds": [member.seed for member in found.members],
        },
        **_limits(found),
        "software": f"ionweld {__version__}",
        "files": files,
    }


def _limits(found: DrawnCells) -> dict[str, Any]:
    """Return what is read off the cells' limits; of full cells their capacity and efficiency are said first."""
    document = limits.document(found)
    if found.recipe.cell.cathode is not None:
        document["says"] = [full_cell.said(found), *document["says"]]
    return document
