"""The report of a pattern fit: the pattern with its model, what is left over, and the phases."""

from typing import Any

import numpy as np

from ionweld.analyse.xrd import PhaseResult, XrdResult
from ionweld.measurement.pattern import Diffractogram
from ionweld.measurement.provenance import said_of_reading
from ionweld.report.drawing import Drawing, drawing
from ionweld.report.figure import OKABE_ITO, house_style
from ionweld.report.page import Marked, PageHead, Section, figure, paragraph, render_page, table


def render_xrd(pattern: Diffractogram, result: XrdResult) -> str:
    """Return the report as one HTML document."""
    kind = pattern.provenance.kind
    quality = result.quality
    trust = paragraph(
        f"{100 * quality.unexplained:.0f} % of the net intensity is not explained; errors enlarged {quality.misfit:.1f} "
        "times for misfit."
    )
    notes = "".join(paragraph(warning, "note") for warning in (*said_of_reading(pattern.ingest), *result.warnings))
    sections = [
        Section("Phases", _table(result) + trust),
        Section("Notes", notes or paragraph("None.")),
    ]
    head = PageHead(
        f"XRD of {pattern.label}",
        f"{result.said[:1].upper()}{result.said[1:]}.",
        f"{kind} pattern, {pattern.provenance.source}.",
    )
    return render_page(head, sections, figure(_figure(pattern, result), _caption(pattern)))


def _caption(pattern: Diffractogram) -> str:
    wave = pattern.radiation.kalpha1 if pattern.radiation else float("nan")
    return f"{pattern.provenance.kind.capitalize()} pattern, {wave:.6f} Å; below: measured minus model."


def _figure(pattern: Diffractogram, result: XrdResult) -> Drawing:
    from matplotlib.figure import Figure

    x = pattern.two_theta_deg
    with house_style():
        drawn = Figure(figsize=(9.0, 4.8))
        top, low = drawn.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1]})
        draw_pattern(top, pattern, result)
        low.plot(x, pattern.counts - result.model, color=OKABE_ITO[2], linewidth=0.6)
        low.set_ylabel("difference")
        low.set_xlabel("2θ / deg")
        return drawing("pattern", drawn)


def draw_pattern(axes: Any, pattern: Diffractogram, result: XrdResult) -> None:
    """Draw a pattern with its model and background; lines that no phase explains carry a question mark."""
    x = pattern.two_theta_deg
    axes.plot(x, pattern.counts, ".", markersize=1.5, color=OKABE_ITO[6], label=pattern.provenance.kind)
    axes.plot(x, result.model, color=OKABE_ITO[1], linewidth=0.9, label="model")
    axes.plot(x, result.background, color=OKABE_ITO[0], linewidth=0.9, label="background and hump")
    for angle in result.quality.unexplained_lines_deg:
        near = int(np.argmin(np.abs(x - angle)))
        axes.annotate("?", (angle, pattern.counts[near]), ha="center", va="bottom", color=OKABE_ITO[3])
    axes.set_ylabel("counts" if pattern.counts_are == "counts" else "intensity")
    axes.legend()
    axes.set_title(f"{pattern.label} ({pattern.provenance.kind})")


def _table(result: XrdResult) -> str:
    names = ("phase", "share of mass / %", "cell / Å", "lattice", "source of cell")
    odds = result.cubic_odds
    said = "" if odds is None else paragraph(f"Odds of cubic against orthorhombic: {odds:.3g}")
    return table(names, [_row(item) for item in result.phases]) + said


def _row(item: PhaseResult) -> tuple[str | Marked, ...]:
    if item.present and item.fraction is not None:
        share = f"{100 * item.fraction:.1f}"
        share += "" if item.fraction_stderr is None else f" ± {100 * item.fraction_stderr:.1f}"
    elif item.present:
        share = "seen, no share"
    else:
        share = "no limit" if item.upper_limit_95 is None else f"< {100 * item.upper_limit_95:.2f} (95 %)"
    errors = item.cell_stderr or (None,) * 3
    cell = ", ".join(
        f"{length:.4f}" + ("" if error is None else f" ± {error:.4f}")
        for length, error in zip(item.cell_angstrom, errors, strict=True)
    )
    return item.phase, Marked(share, "number"), cell if item.present else "not seen", item.lattice, item.source
