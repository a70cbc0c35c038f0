"""The report of a micrograph: the picture with the edges that were found, and the thickness of each layer."""

from html import escape
from typing import Any

from matplotlib.figure import Figure

from ionweld.analyse.sem.layers import Layer, SemResult
from ionweld.measurement.micrograph import Micrograph
from ionweld.report.figure import OKABE_ITO, house_style, svg
from ionweld.report.page import Section, render_page

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
        f"({escape(result.scale_says)}); edges of the first {min(_DRAWN, len(result.layers))} layers. "
        f"First edge: {_MEANS[result.layers[0].edges[0]]}; second edge: {_MEANS[result.layers[0].edges[1]]}."
    )
    notes = "".join(f'<p class="note">{escape(one)}</p>' for one in result.warnings) or "<p>None.</p>"
    sections = [
        Section("Edges", f"<figure>{svg(draw_edges(picture, result))}<figcaption>{caption}</figcaption></figure>"),
        Section("Layers", _table(result)),
        Section("Notes", notes),
    ]
    return render_page("SEM", f"{kind} micrograph, {picture.provenance.source}", sections)


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
    head = "".join(f"<th>{one}</th>" for one in heads)
    rows = "".join(_row(number, layer) for number, layer in enumerate(result.layers, start=1))
    return f"<table><tr>{head}</tr>{rows}</table>"


def _row(number: int, layer: Layer) -> str:
    cells = (
        str(number),
        f"{layer.thickness_m * _UM:.3f} &plusmn; {layer.stderr_m * _UM:.3f}",
        f"{layer.edges_stderr_m * _UM:.3f}",
        f"{layer.scale_stderr_m * _UM:.3f}",
        f"{layer.roughness_m * _UM:.3f}",
        ", ".join(layer.edges),
        ", ".join(f"{one * _UM:.3f}" for one in (layer.innermost_m, layer.steepest_m, layer.outermost_m)),
        layer.kind,
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
