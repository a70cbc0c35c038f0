"""The characterisation part of a reproduction's report: simulated Figures 1A, 1B, 4 and 5, and the rows."""

from matplotlib.figure import Figure

from ionweld.analyse.eds.profile import EdsResult
from ionweld.report.figure import OKABE_ITO, house_style
from ionweld.report.joined import joined_section
from ionweld.report.page import Marked, Section, figure, paragraph, table
from ionweld.report.sem import draw_edges
from ionweld.report.soaking import draw_patterns, draw_spectra, soaking_section
from ionweld.report.xps import draw_regions
from ionweld.study.characterisation import Characterisation, Picture, Spectra
from ionweld.study.rows import CheckedRow

_PUT_IN = (
    "Everything in this section is simulated. The paper's pictures and spectra are not public and its text gives no "
    "amounts: the samples were made as the text names them, with assumed amounts, and went through the same analysis as "
    "measured files. That an amount or a thickness comes back confirms the analysis, not the paper."
)
_CHECK = (
    "agrees: the paper's number lies within the references (or, for a thickness, the simulated sample returns it within "
    "its 95 % interval and the precision of the text); flagged: it lies outside every reference; paper only: no other work was found to hold it "
    "against. The simulated lines stand where the table puts them, so the fourth column shows the error of such a fit."
)
_FIGURES = {"bare": "Figures 4B and 4C", "welded": "Figure 4E"}


def characterisation_figures(found: Characterisation) -> dict[str, Figure]:
    """Return the figures by the name of their file."""
    drawn = {"fig1a": draw_patterns(found.soaking), "fig1b": draw_spectra(found.soaking)}
    drawn |= {f"sem_{name}": _section(one) for name, one in found.pictures.items()}
    drawn["eds"] = draw_profiles(found.eds)
    drawn |= {f"xps_{name}": draw_regions(one.fit, "simulated") for name, one in found.spectra.items()}
    return drawn


def _section(picture: Picture) -> Figure:
    """Draw the principal layer alone: further pairs of edges would hide it."""
    return draw_edges(picture.micrograph, picture.result, most=1)


def draw_profiles(result: EdsResult) -> Figure:
    """Return net counts across the layer, one panel per line, with errors of counting; the layer is shaded."""
    with house_style():
        drawing = Figure(figsize=(8.0, 1.5 * len(result.profiles) + 0.4), layout="constrained")
        panels = drawing.subplots(len(result.profiles), 1, sharex=True, squeeze=False).ravel()
        scale = 1e6 * result.position_m / result.position_px.clip(1) if result.position_m is not None else None
        um = float(scale[-1]) if scale is not None else 1.0
        for panel, color, one in zip(panels, OKABE_ITO * 3, result.profiles, strict=False):
            x = result.position_px * um
            panel.fill_between(x, one.counts - one.stderr, one.counts + one.stderr, color=color, alpha=0.3, linewidth=0)
            panel.plot(x, one.counts, color=color, linewidth=0.9)
            panel.axvspan(*(edge * um for edge in result.layer_px), color="0.88", zorder=0)
            panel.axhline(0.0, color="0.6", linewidth=0.6)
            panel.set_ylabel("net counts")
            panel.set_title(f"{one.line} (simulated): {one.verdict}")
        panels[-1].set_xlabel("position across the layer / um" if scale is not None else "position / px")
        return drawing


def characterisation_sections(found: Characterisation, shown: dict[str, str]) -> list[Section]:
    """Return the sections of the report; `shown` holds the figures as SVG by name."""
    sections = "".join(_picture(name, one, found, shown[f"sem_{name}"]) for name, one in found.pictures.items())
    spectra = "".join(_spectra(name, one, found, shown[f"xps_{name}"]) for name, one in found.spectra.items())
    return [
        Section("Figures 1A, 1B and Table S1: soaking", soaking_section(found.soaking, shown)),
        Section("Figure 4: cross sections and maps", paragraph(_PUT_IN) + sections + _maps(found.eds, shown["eds"])),
        Section("Figure 5: surfaces", paragraph(_PUT_IN) + spectra),
        Section("What the welded interface is: all techniques joined", joined_section(found.joined)),
        Section("Peaks and thicknesses of the paper, checked", _rows(found.rows) + paragraph(_CHECK)),
    ]


def _picture(name: str, one: Picture, found: Characterisation, drawing: str) -> str:
    layer, um = one.result.layers[0], 1e6
    caption = (
        f"Equivalent of {_FIGURES[name]}, simulated: {found.samples.sem[name].what}. Found {um * layer.thickness_m:.2f} "
        f"± {um * layer.stderr_m:.2f} um (of the edges {um * layer.edges_stderr_m:.3f}, of the scale {um * layer.scale_stderr_m:.3f} um); "
        f"roughness {um * layer.roughness_m:.2f} um; the layer is {layer.kind}."
    )
    return figure(drawing, caption)


def _maps(result: EdsResult, drawing: str) -> str:
    rows = [
        (
            one.line,
            Marked(f"{one.layer_per_pixel:.3f} ± {one.layer_stderr:.3f}", "number"),
            Marked(f"{one.outside_per_pixel:.3f} ± {one.outside_stderr:.3f}", "number"),
            one.verdict,
            "; ".join(one.overlaps),
        )
        for one in result.profiles
    ]
    caption = (
        "Equivalent of Figure 4F, simulated: net counts of each line, summed along the layer (shaded), continuum taken "
        "off, with one standard error of counting. Atomic percent is not given, and lithium is invisible."
    )
    header = ("line", "counts per pixel in the layer", "outside", "verdict", "overlaps")
    return figure(drawing, caption) + table(header, rows)


def _spectra(name: str, one: Spectra, found: Characterisation, drawing: str) -> str:
    caption = (
        f"{'Equivalent of Figure 5' if name == 'welded' else 'Before welding'}, simulated: {found.samples.xps[name].what}. "
        f"All regions share one charge shift ({one.fit.charge_shift_eV.value:+.2f} eV); reduced chi-square "
        f"{one.fit.quality.reduced_chi2:.2f}. Energies as measured, the shift not taken off."
    )
    rows = []
    for species in one.fit.species:
        truth = one.truth_percent.get(species.name)
        said = "not found"
        if species.detected:
            between = "" if species.low is None else f" ({species.low:.1f} to {species.high:.1f})"
            said = f"{species.atomic_percent:.1f}{between}"
        elif species.upper_limit_95 is not None:
            said = f"below {species.upper_limit_95:.2g}"
        rows.append((species.name, Marked("0" if truth is None else f"{truth:.1f}", "number"), Marked(said, "number")))
    header = ("species", "put in / at.%", "fitted / at.% (95 %)")
    flags = "".join(paragraph(flag, "note") for flag in one.fit.flags)
    return figure(drawing, caption) + table(header, rows) + flags


def _rows(rows: tuple[CheckedRow, ...]) -> str:
    kinds = {"agrees": "hit", "flagged": "miss", "paper only": "wait"}
    digits = {"eV": 2, "um": 2, "deg": 2, "1/cm": 2}
    body = []
    for row in rows:
        found = "" if row.simulated is None else f"{row.simulated:.{digits[row.unit]}f}"
        error = "" if row.stderr is None else f" ± {row.stderr:.{digits[row.unit]}f}"
        paper = Marked(f"{row.paper:g}", "number")
        verdict = Marked(row.verdict, kinds[row.verdict])
        body.append(
            (
                row.quantity,
                row.where,
                paper,
                Marked(found + error, "number"),
                row.unit,
                row.reference,
                verdict,
                row.says,
            )
        )
    header = ("quantity", "in the paper", "paper", "simulated", "unit", "references", "verdict", "says")
    return table(header, body)
