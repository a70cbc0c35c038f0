"""What the report says of the rival readings of a falling overpotential: a table, and a figure of the cooled cell."""

from matplotlib.figure import Figure

from ionweld.report.figure import BARE, LAYER, WELDED, house_style, legend_above
from ionweld.report.page import Marked, paragraph, table
from ionweld.study.rivals import Rivals
from ionweld.twin.rivals import Prediction

COLOURS = (WELDED, LAYER, BARE)
MARKERS = "osD"


def rivals_figure(found: Rivals) -> Figure:
    """Return how the resistance of the same cell rises on cooling under each reading."""
    with house_style():
        drawn = Figure(figsize=(7.1, 3.6))
        axes = drawn.subplots()
        cooled = {one.temperature_K: one for one in found.predictions if one.temperature_K is not None}
        falling = sorted(cooled, reverse=True)
        own = found.bench.cell.temperature.value - 273.15
        celsius = [own, *(T - 273.15 for T in falling)]
        for number, (name, colour, marker) in enumerate(zip(found.names, COLOURS, MARKERS, strict=False)):
            spans = [(1.0, 1.0, 1.0), *(_span(cooled[T], number) for T in falling)]
            low, ratio, high = ([span[edge] for span in spans] for edge in range(3))
            axes.semilogy(celsius, ratio, marker + "-", color=colour, label=name)
            axes.fill_between(celsius, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.set(xlabel="temperature / °C", ylabel=f"V/j over that at {own:.0f} °C", title="simulated")
        legend_above(axes)
        return drawn


def rivals_table(found: Rivals) -> str:
    """Return what was fitted, and what each reading predicts."""
    rows = [
        (
            f"{one.experiment}{'' if one.unit == '1' else f' / {one.unit}'}",
            *(Marked(_valued(one, number), "number") for number in range(len(one.values))),
            one.tells,
        )
        for one in found.predictions
    ]
    bench = found.bench
    given = (
        f"Each reading was given {found.readings[0].settled_V * 1e3:.3g} mV at cycle {bench.settled} and the same fall from "
        f"cycle {bench.settled} to {bench.fallen}, by the conductivity of the layer and one rate."
    )
    return paragraph(given) + table(("experiment", *found.names, "why"), rows)


def best_separated(found: Rivals) -> str:
    """Return the sentence on the experiment that tells most."""
    return (
        "The table begins with the experiment that separates the first reading best from any between the others: "
        f"{found.predictions[0].experiment}."
    )


def rival_verdict(found: Rivals) -> str:
    """Return what the paper's own numbers say, as paragraphs."""
    return "".join(paragraph(text) for text in found.verdict)


def _span(one: Prediction, number: int) -> tuple[float, float, float]:
    """Return the lower end, the value and the upper end of what a reading predicts."""
    value = one.values[number]
    low, high = one.ranges[number] if one.ranges is not None else (value, value)
    return low, value, high


def _valued(one: Prediction, number: int) -> str:
    low, value, high = (_short(edge) for edge in _span(one, number))
    return value if low == value == high else f"{value} ({low} to {high})"


def _short(value: float) -> str:
    """Return a ratio or a percentage with three digits; less than a hundredth of either is nothing that is measured."""
    if abs(value) >= 100.0:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 0.01 or value == 0.0 else "< 0.01" if value > 0.0 else "> -0.01"
