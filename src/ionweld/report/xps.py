"""The report of an XPS fit: each region with its model, the species, and what to know before believing them."""

from html import escape
from typing import Any

from matplotlib.figure import Figure

from ionweld.analyse.xps.fit import Curves, Quality, XpsFit
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.report.figure import OKABE_ITO, house_style, svg
from ionweld.report.page import Section, render_page


def render_xps(measurement: Photoelectron, result: XpsFit) -> str:
    """Return the report as one HTML document."""
    kind = measurement.provenance.kind
    quality = result.quality
    about = (
        f"<p>{_judged(quality)}: reduced chi-square {quality.reduced_chi2:.2f} over "
        f"{quality.channels} channels; {escape(result.background)} background; sensitivity factors: "
        f"{escape(result.sensitivity_set)}.</p>"
    )
    caption = f"{kind.capitalize()} spectra; energies as measured, the charge shift not taken off."
    flags = "".join(f'<p class="note">{escape(flag)}</p>' for flag in result.flags) or "<p>None.</p>"
    sections = [
        Section("Regions", f"<figure>{svg(draw_regions(result, kind))}<figcaption>{caption}</figcaption></figure>"),
        Section("Species", about + _species(result)),
        Section("Lines", _lines(result)),
        Section("Flags", flags),
    ]
    return render_page("XPS", f"{kind} spectra, {measurement.provenance.source}", sections)


def _judged(quality: Quality) -> str:
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
            rows.append((escape(one.name), limit, ""))
            continue
        between = "no errors, see the flags" if one.low is None else f"{one.low:.1f} to {one.high:.1f}"
        rows.append((escape(one.name), f"{one.atomic_percent:.1f}", between))
    return _table(("species", "atomic percent", "95 % interval"), rows)


def _lines(result: XpsFit) -> str:
    rows = []
    for one in result.lines:
        low, high = one.reference_eV
        energy = one.binding_energy_eV
        error = f" &plusmn; {energy.stderr:.2f}" if energy.stderr is not None else ""
        place = f"{low:g} to {high:g}" + ("" if one.in_range else " (outside)")
        rows.append((escape(one.species), one.line, f"{energy.value:.2f}{error}", place))
    return _table(("species", "line", "binding energy / eV", "references / eV"), rows)


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{one}</th>" for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
