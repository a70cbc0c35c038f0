"""The report of an XPS fit: each region with its model, the species, and what to know before believing them."""

from typing import Any

from matplotlib.figure import Figure

from ionweld.analyse.xps.fit import Curves, Quality, XpsFit
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.measurement.provenance import said_of_reading
from ionweld.report.drawing import drawing
from ionweld.report.figure import OKABE_ITO, house_style
from ionweld.report.page import Marked, PageHead, Section, figure, paragraph, render_page, table


def render_xps(measurement: Photoelectron, result: XpsFit) -> str:
    """Return the report as one HTML document."""
    kind = measurement.provenance.kind
    quality = result.quality
    about = (
        f"{quality.channels} channels; {result.background} background; sensitivity factors: {result.sensitivity_set}."
    )
    caption = f"{kind.capitalize()} spectra; energies as measured, the charge shift not taken off."
    flags = "".join(
        paragraph(flag, "note") for flag in (*said_of_reading(measurement.ingest), *result.flags)
    ) or paragraph("None.")
    sections = [
        Section("Species", _species(result) + paragraph(about)),
        Section("Flags", flags),
        Section("Lines", _lines(result)),
    ]
    head = PageHead("XPS", f"{_judged(quality)}: {result.said}.", f"{kind} spectra, {measurement.provenance.source}.")
    return render_page(head, sections, figure(drawing("regions", draw_regions(result, kind)), caption))


def _judged(quality: Quality) -> str:
    if quality.reduced_chi2 is None:
        return "Elements counted whole"
    if not quality.fits:
        return "Bad fit"
    return "Good fit" if quality.anchored else "Fits, but no confident assignment"


def draw_regions(result: XpsFit, kind: str) -> Figure:
    """Return one panel per region: data, model, background and each species."""
    columns = min(2, len(result.curves))
    rows = -(-len(result.curves) // columns)
    with house_style():
        figure = Figure(figsize=(4.8 * columns, 3.6 * rows), layout="constrained")
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        colors = _colors(result)
        for panel, curves in zip(panels, result.curves, strict=False):
            _draw(panel, curves, kind, colors)
        for panel in panels[len(result.curves) :]:
            panel.set_visible(False)
        return figure


def draw_region(panel: Any, result: XpsFit, kind: str) -> None:
    """Draw the first region: data, model, background and each species."""
    _draw(panel, result.curves[0], kind, _colors(result))


def _colors(result: XpsFit) -> dict[str, str]:
    """Return one colour for each species, the same in all regions."""
    names = dict.fromkeys(name for curves in result.curves for name in curves.components)
    return dict(zip(names, OKABE_ITO * 3, strict=False))


def _draw(panel: Any, curves: Curves, kind: str, colors: dict[str, str]) -> None:
    panel.plot(curves.energy_eV, curves.intensity, ".", color="0.45", markersize=2.5, label=kind)
    panel.plot(curves.energy_eV, curves.background, color="0.6", linewidth=0.9, linestyle="--", label="background")
    for name, profile in curves.components.items():
        panel.fill_between(curves.energy_eV, curves.background, curves.background + profile, color=colors[name], alpha=0.35,
                           linewidth=0, label=name)  # fmt: skip
    panel.plot(curves.energy_eV, curves.model, color="black", linewidth=1.0, label="model")
    panel.set_xlim(curves.energy_eV.max(), curves.energy_eV.min())
    panel.set_xlabel("binding energy / eV")
    panel.set_ylabel("intensity / counts")
    panel.set_title(f"{curves.line} ({kind})")
    panel.legend(fontsize=7)


def _species(result: XpsFit) -> str:
    rows = []
    for one in result.species:
        if not one.detected:
            limit = "not needed" if one.upper_limit_95 is None else f"below {one.upper_limit_95:.2g} (95 %)"
            rows.append((one.name, limit, ""))
            continue
        between = "no errors, see the flags" if one.low is None else f"{one.low:.1f} to {one.high:.1f}"
        rows.append((one.name, Marked(f"{one.atomic_percent:.1f}", "number"), between))
    return table(("species", "atomic percent", "95 % interval"), rows)


def _lines(result: XpsFit) -> str:
    rows = []
    for one in result.lines:
        low, high = one.reference_eV
        energy = one.binding_energy_eV
        error = f" ± {energy.stderr:.2f}" if energy.stderr is not None else ""
        place = f"{low:g} to {high:g}" + ("" if one.in_range else " (outside)")
        rows.append((one.species, one.line, Marked(f"{energy.value:.2f}{error}", "number"), place))
    rows += [
        (
            one.element,
            one.line,
            Marked(f"highest at {one.peak_eV:.1f}, as measured", "number"),
            f"counted whole: area {one.area:.4g} ± {one.area_stderr:.2g}",
        )
        for one in result.whole_lines
    ]
    return table(("species", "line", "binding energy / eV", "references / eV"), rows)
