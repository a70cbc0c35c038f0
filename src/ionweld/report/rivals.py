"""What the report says of the rival readings of a falling overpotential: a table, and a figure of the plainest test."""

from matplotlib.figure import Figure

from ionweld.report.figure import BARE, LAYER, WELDED, house_style
from ionweld.report.page import Cell, figure, paragraph, table
from ionweld.study.rivals import Rivals
from ionweld.twin.rivals import COOLED_K

COLOURS = (WELDED, LAYER, BARE)
MARKERS = "osD"


def rivals_figure(found: Rivals) -> Figure:
    """Return how the resistance of the same cell rises on cooling under each reading."""
    with house_style():
        drawn = Figure(figsize=(7.1, 3.6))
        axes = drawn.subplots()
        celsius = [80.0, *(T - 273.15 for T in COOLED_K)]
        for number, (name, colour, marker) in enumerate(zip(found.names, COLOURS, MARKERS, strict=False)):
            ratio = [1.0, *(found.predictions[place].values[number] for place in range(len(COOLED_K)))]
            axes.semilogy(celsius, ratio, marker + "-", color=colour, label=name)
        axes.set(xlabel="temperature / °C", ylabel="V/j over that at 80 °C", title="simulated")
        axes.legend()
        return drawn


def rivals_section(found: Rivals, shown: str) -> str:
    """Return the section: what was fitted, what each reading predicts, and what the paper's own data say."""
    rows = [
        (
            f"{one.experiment}{'' if one.unit == '1' else f' / {one.unit}'}",
            *(Cell(_short(value), "number") for value in one.values),
            one.tells,
        )
        for one in found.predictions
    ]
    intro = (
        "The paper reads the falling overpotential as compaction of the layer. A soft short that grows slowly would look "
        f"the same. Each reading was given {found.readings[0].settled_V * 1e3:.3g} mV at cycle 10 and the same fall from cycle 10 to "
        "280, by the conductivity of the layer and one rate. The paper prints no size of the fall: beside that of the "
        "calibrated compaction, a larger one is shown for the soft short."
    )
    caption = (
        "Simulated: the test that tells most. Electrons hardly notice the cold, ions do. Between 40 and 25 degC the twin's "
        "pellet passes its phase transition, whose temperature is uncertain: the steep rise there hangs on it."
    )
    return (
        paragraph(intro)
        + table(("experiment", *found.names, "why"), rows)
        + figure(shown, caption)
        + "".join(paragraph(text) for text in found.verdict)
    )


def _short(value: float) -> str:
    """Return a ratio or a percentage with three digits; less than a hundredth of either is nothing that is measured."""
    if abs(value) >= 100.0:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 0.01 or value == 0.0 else "< 0.01" if value > 0.0 else "> -0.01"
