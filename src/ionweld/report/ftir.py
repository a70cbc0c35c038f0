"""The report of an infrared fit: each region with its bands and baseline, and a table of what was found."""

from typing import Any

from ionweld.analyse.ftir import BandResult, FtirResult, RegionFit
from ionweld.measurement.infrared import InfraredSpectrum
from ionweld.measurement.provenance import said_of_reading
from ionweld.report.drawing import Drawing, drawing
from ionweld.report.figure import OKABE_ITO, house_style
from ionweld.report.page import Marked, PageHead, Section, figure, paragraph, render_page, table


def render_ftir(spectrum: InfraredSpectrum, result: FtirResult) -> str:
    """Return the report as one HTML document."""
    kind = spectrum.provenance.kind
    caption = f"{kind.capitalize()} spectrum (recorded as {spectrum.recorded_as}); dashed: places of detected bands."
    notes = "".join(paragraph(warning, "note") for warning in (*said_of_reading(spectrum.ingest), *result.warnings))
    sections = [
        Section("Bands", _table(result) + paragraph(_share(result))),
        Section("Notes", notes or paragraph("None.")),
    ]
    head = PageHead(
        f"FTIR of {spectrum.label}",
        f"{result.said[:1].upper()}{result.said[1:]}.",
        f"{kind} spectrum, {spectrum.provenance.source}.",
    )
    return render_page(head, sections, figure(_figure(spectrum, result), caption))


def _figure(spectrum: InfraredSpectrum, result: FtirResult) -> Drawing:
    from matplotlib.figure import Figure

    with house_style():
        drawn = Figure(figsize=(9.0, 2.8 * len(result.regions)), layout="constrained")
        axes = drawn.subplots(len(result.regions), 1, squeeze=False)[:, 0]
        for axis, region in zip(axes, result.regions, strict=True):
            draw_region(axis, spectrum, result, region)
        axes[0].legend()
        axes[-1].set_xlabel("wavenumber / cm$^{-1}$")
        return drawing("bands", drawn)


def draw_region(axis: Any, spectrum: InfraredSpectrum, result: FtirResult, region: RegionFit) -> None:
    """Draw one region with its model, its baseline and the bands that were found."""
    x = region.wavenumber_cm1
    axis.plot(x, region.absorbance, ".", markersize=2, color=OKABE_ITO[6], label=spectrum.provenance.kind)
    axis.plot(x, region.model, color=OKABE_ITO[1], linewidth=1.0, label="model")
    axis.plot(x, region.baseline, color=OKABE_ITO[0], linewidth=1.0, label="baseline")
    for band in result.bands:
        if band.position_cm1 is not None and x[0] <= band.position_cm1 <= x[-1]:
            axis.axvline(band.position_cm1, color=OKABE_ITO[2], linewidth=0.7, linestyle="--")
    axis.set_xlim(x[-1], x[0])  # the field draws wavenumbers falling to the right
    axis.set_ylabel("absorbance")
    axis.set_title(f"{region.name} region ({spectrum.provenance.kind})", fontsize=10)


def _table(result: FtirResult) -> str:
    names = ("band", "position / cm⁻¹", "area / cm⁻¹", "significance", "status", "source")
    return table(names, [_row(band) for band in result.bands])


def _row(band: BandResult) -> tuple[str | Marked, ...]:
    if band.detected and band.position_cm1 is not None and band.area is not None:
        place = f"{band.position_cm1:.2f} ± {band.stderr or 0.0:.2f}"
        area = f"{band.area:.3f} ± {band.area_stderr or 0.0:.3f}"
    else:
        place = "not detected"
        area = "no limit" if band.upper_limit_95 is None else f"< {band.upper_limit_95:.3f} (95 %)"
    numbers = (Marked(text, "number") for text in (place, area, f"{band.significance:.1f}"))
    return band.assignment, *numbers, band.status, band.source


def _share(result: FtirResult) -> str:
    share = result.lioh_share
    if share is None:
        return "The band of Li2OHCl is not seen, so no share of LiOH can be given."
    low, high = 100 * (share.low or 0.0), 100 * (share.high or 0.0)
    return (
        f"LiOH: {100 * share.value:.2f} % of the O-H groups (95 %: {low:.2f} to {high:.2f} %), "
        "assuming equal band strength per O-H; a standard mixture would calibrate it."
    )
