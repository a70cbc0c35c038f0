"""The report of a micrograph: the picture with the edges that were found, and the thickness of each layer."""

from typing import Any

from matplotlib.figure import Figure

from ionweld.analyse.sem.layers import Layer, SemResult
from ionweld.measurement.micrograph import Micrograph
from ionweld.report.drawing import drawing
from ionweld.report.figure import OKABE_ITO, house_style
from ionweld.report.page import Marked, PageHead, Section, figure, paragraph, render_page, table

_UM = 1e6
_MEANS = {
    "steepest": "where the grey changes fastest",
    "foot": "the foot, 10 % of the fitted step from its dark side",
    "top": "the top, 90 % of the fitted step from its dark side",
    "ridge": "the brightest line of the ridge beside it",
}
_STROKE = {"steepest": "-", "foot": ":", "top": "--", "ridge": "-."}
_DRAWN = 4  # more pairs of edges on one picture cannot be told apart


def render_sem(picture: Micrograph, result: SemResult) -> str:
    """Return the report as one HTML document."""
    kind = picture.provenance.kind
    caption = (
        f"{kind.capitalize()} micrograph, {result.metres_per_pixel * 1e9:.4g} nm per pixel "
        f"({result.scale_says}); edges of the first {min(_DRAWN, len(result.layers))} layers. "
        f"First edge: {_MEANS[result.layers[0].edges[0]]}; second edge: {_MEANS[result.layers[0].edges[1]]}."
    )
    notes = "".join(paragraph(one, "note") for one in result.warnings) or paragraph("None.")
    sections = [
        Section("Layers", _table(result)),
        Section("Notes", notes),
    ]
    head = PageHead("SEM", f"{result.said}.", f"{kind} micrograph, {picture.provenance.source}.")
    return render_page(head, sections, figure(drawing("edges", draw_edges(picture, result)), caption))


def draw_edges(picture: Micrograph, result: SemResult, most: int = _DRAWN) -> Figure:
    """Return the picture with the edges of the first layers, `most` at most; axes in micrometres."""
    rows, columns = picture.grey.shape
    with house_style():
        figure = Figure(figsize=(8.0, 8.0 * rows / columns + 0.8), layout="constrained")
        draw_layers(figure.subplots(), picture, result, most)
        return figure


def draw_layers(panel: Any, picture: Micrograph, result: SemResult, most: int = _DRAWN) -> None:
    """Draw the picture with the edges of its first layers; axes in micrometres."""
    um = result.metres_per_pixel * _UM
    rows, columns = picture.grey.shape
    panel.imshow(picture.grey, cmap="gray", extent=(0, columns * um, rows * um, 0), interpolation="nearest")
    for number, layer in enumerate(result.layers[:most]):
        label = f"layer {number + 1}: {layer.thickness_m * _UM:.3g} um ({', '.join(layer.edges)})"
        for edge, name, text in zip((layer.first_px, layer.second_px), layer.edges, (label, None), strict=True):
            across, along = (edge + 0.5) * um, (layer.rows_px + 0.5) * um
            x, y = (across, along) if result.upright else (along, across)
            panel.plot(x, y, color=OKABE_ITO[(1, 5, 4, 3)[number]], linewidth=1.2, linestyle=_STROKE[name], label=text)
    panel.set_xlabel("x / um")
    panel.set_ylabel("y / um")
    panel.set_title(f"Edges found ({picture.provenance.kind})")
    panel.legend(loc="upper right", frameon=True, fontsize=8)


def _table(result: SemResult) -> str:
    heads = (
        "layer",
        "thickness / um",
        "of the edges",
        "of the scale",
        "roughness / um",
        "edges",
        "inner ends, middles, outer ends / um",
        "grey",
    )
    return table(heads, [_row(number, layer) for number, layer in enumerate(result.layers, start=1)])


def _row(number: int, layer: Layer) -> tuple[str | Marked, ...]:
    return (
        str(number),
        f"{layer.thickness_m * _UM:.3f} ± {layer.stderr_m * _UM:.3f}",
        f"{layer.edges_stderr_m * _UM:.3f}",
        f"{layer.scale_stderr_m * _UM:.3f}",
        f"{layer.roughness_m * _UM:.3f}",
        ", ".join(layer.edges),
        ", ".join(f"{one * _UM:.3f}" for one in (layer.innermost_m, layer.steepest_m, layer.outermost_m)),
        layer.kind,
    )
