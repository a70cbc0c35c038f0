"""The characterisation part of a study's report: simulated pictures, maps and spectra, and the rows that were checked."""

from matplotlib.figure import Figure

from ionweld.analyse.eds.profile import EdsResult
from ionweld.report.figure import OKABE_ITO, house_style
from ionweld.report.page import Marked, paragraph, table
from ionweld.report.sem import draw_edges
from ionweld.study.characterisation import Characterisation, SimulatedMicrograph, Spectra
from ionweld.study.text import CheckedRow

_CHECK = (
    "agrees: the paper's number lies within the references (or, for a thickness, the simulated sample returns it within "
    "its 95 % interval and the precision of the text); flagged: it lies outside every reference; paper only: no other work was found to hold it "
    "against. The simulated lines stand where the table puts them, so the fourth column shows the error of such a fit."
)


def draw_section(picture: SimulatedMicrograph) -> Figure:
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


def said_of_section(found: Characterisation, name: str) -> str:
    """Return what was measured on a cross section."""
    layer, um = found.pictures[name].result.layers[0], 1e6
    return (
        f"{found.samples.sem[name].what}. Found {um * layer.thickness_m:.2f} "
        f"± {um * layer.stderr_m:.2f} um (of the edges {um * layer.edges_stderr_m:.3f}, of the scale {um * layer.scale_stderr_m:.3f} um); "
        f"roughness {um * layer.roughness_m:.2f} um; the layer is {layer.kind}."
    )


def lines_table(result: EdsResult) -> str:
    """Return the counts of each line within and outside the layer."""
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
    header = ("line", "counts per pixel in the layer", "outside", "verdict", "overlaps")
    return table(header, rows)


def said_of_surface(found: Characterisation, name: str) -> str:
    """Return how the spectra of a surface were fitted."""
    one = found.spectra[name]
    shift, what = one.fit.charge_shift_eV, found.samples.xps[name].what
    if shift is None:
        return f"{what}. Elements counted whole, without species. Energies as measured."
    return (
        f"{what}. All regions share one charge shift ({shift.value:+.2f} eV); "
        f"reduced chi-square {one.fit.quality.reduced_chi2:.2f}. Energies as measured, the shift not taken off."
    )


def species_table(one: Spectra) -> str:
    """Return the amounts that were put into a surface and those that the fit found, and what it warns of."""
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
    return table(header, rows) + flags


def checked_table(rows: tuple[CheckedRow, ...]) -> str:
    """Return the paper's numbers beside the simulated samples and the references of other works."""
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
    return table(header, body) + paragraph(_CHECK)
