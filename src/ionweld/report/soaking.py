"""Soaking as a study shows it: simulated portions before and after, what was found in them, and the verdicts."""

from math import hypot, log10

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ionweld.report.figure import OKABE_ITO, house_style
from ionweld.report.page import Marked, paragraph, table
from ionweld.spec.infrared import regions
from ionweld.study.soaking import HOST, AnalysedPortion, Soaking, SolventVerdict

_DATA, _MODEL, _LINES = OKABE_ITO[6], OKABE_ITO[1], OKABE_ITO[2]
_SHOWN = ("hydroxyl", "carbonyl", "fingerprint")


def draw_patterns(found: Soaking) -> Figure:
    """Return both diffractograms with their models."""
    with house_style():
        drawing = Figure(figsize=(8.0, 5.2), layout="constrained")
        panels = drawing.subplots(2, 1, sharex=True)
        for panel, portion, title in _titled(found, panels):
            x, counts = portion.sample.pattern.two_theta_deg, portion.sample.pattern.counts
            panel.plot(x, counts, ".", markersize=1.5, color=_DATA, label="simulated counts")
            panel.plot(x, portion.xrd.model, color=_MODEL, linewidth=0.9, label="fit")
            panel.plot(x, portion.xrd.background, color=OKABE_ITO[0], linewidth=0.9, label="background and Kapton hump")
            panel.set_ylabel("counts")
            panel.set_title(f"{title} (simulated)")
        panels[0].legend()
        panels[1].set_xlabel("2θ / deg (Cu Kα)")
        return drawing


def draw_spectra(found: Soaking) -> Figure:
    """Return both infrared spectra with their fits in the regions where something stands."""
    spans = {region.name: region.highest - region.lowest for region in regions() if region.name in _SHOWN}
    with house_style():
        drawing = Figure(figsize=(8.0, 4.8), layout="constrained")
        grid = drawing.subplots(
            2, len(_SHOWN), width_ratios=[spans[name] for name in _SHOWN], sharex="col", sharey="col"
        )
        for row, portion, title in _titled(found, grid):
            for panel, name in zip(row, _SHOWN, strict=True):
                _region(panel, portion, name)
            row[0].set_ylabel("absorbance")
            row[0].set_title(f"{title} (simulated)")
        grid[0][0].legend(loc="upper right")
        grid[1][1].set_xlabel("wavenumber / cm$^{-1}$")
        return drawing


def _titled(found: Soaking, panels: list) -> list[tuple]:
    liquid = found.soaked.sample.name
    titles = (f"{HOST} as made", f"{HOST} soaked in {liquid}, dried")
    return list(zip(panels, (found.pristine, found.soaked), titles, strict=True))


def _region(panel: Axes, portion: AnalysedPortion, name: str) -> None:
    region = next(one for one in portion.ftir.regions if one.name == name)
    panel.plot(region.wavenumber_cm1, region.absorbance, ".", markersize=2, color=_DATA, label="simulated")
    panel.plot(region.wavenumber_cm1, region.model, color=_MODEL, linewidth=1.0, label="fit")
    panel.plot(region.wavenumber_cm1, region.baseline, color=OKABE_ITO[0], linewidth=1.0, label="baseline")
    low, high = region.wavenumber_cm1[0], region.wavenumber_cm1[-1]
    for band in portion.ftir.bands:
        if band.position_cm1 is not None and low <= band.position_cm1 <= high:
            panel.axvline(band.position_cm1, color=_LINES, linewidth=0.7, linestyle="--")
    panel.set_xlim(high, low)  # the field draws wavenumbers falling to the right


def phases_table(found: Soaking) -> str:
    """Return the phases that XRD finds before and after."""
    rows = []
    for before, after in zip(found.pristine.xrd.phases, found.soaked.xrd.phases, strict=True):
        rows.append((before.phase, *(Marked(_share(one), "number") for one in (before, after))))
    odds = [one.xrd.cubic_odds for one in (found.pristine, found.soaked)]
    rows.append(("odds of a cubic cell", *(Marked("" if one is None else f"{one:,.0f}", "number") for one in odds)))
    return table(("phase", "as made: share of mass", "soaked: share of mass"), rows)


def _share(one) -> str:
    if one.present and one.fraction is not None:
        error = "" if one.fraction_stderr is None else f" ± {100 * one.fraction_stderr:.1f}"
        return f"{100 * one.fraction:.1f}{error} %"
    if one.present:
        return "seen, no share"
    return "no limit" if one.upper_limit_95 is None else f"< {100 * one.upper_limit_95:.1f} % (95 %)"


def bands_table(found: Soaking) -> str:
    """Return the infrared bands that are seen before or after."""
    rows = []
    for before, after in zip(found.pristine.ftir.bands, found.soaked.ftir.bands, strict=True):
        if before.detected or after.detected:
            rows.append((before.assignment, *(Marked(_place(one), "number") for one in (before, after)), before.status))
    return table(("band", "as made / cm-1", "soaked / cm-1", "its place is"), rows)


def _place(one) -> str:
    return "not seen" if one.position_cm1 is None else f"{one.position_cm1:.2f} ± {one.stderr or 0.0:.2f}"


def shifts_text(found: Soaking) -> str:
    """Return in words how far the host's band and cell have moved, and the verdict on the liquid that is shown."""
    before, after = found.pristine.evidence, found.soaked.evidence
    said = []
    for name, old, new, unit in (("O-H band", before.band, after.band, "cm-1"), ("cell", before.cell, after.cell, "Å")):
        if old is not None and new is not None:
            error = hypot(old.stderr, new.stderr)
            digits = 2 if unit == "cm-1" else 4
            said.append(f"the {name} moves by {new.value - old.value:+.{digits}f} ± {error:.{digits}f} {unit}")
    one = found.verdict
    return paragraph(
        f"After soaking, {' and '.join(said)}. Verdict on the liquid: {one.verdict}, odds {one.odds:.3g}, decided by "
        f"{one.deciding}; next: {one.next}."
    )


def solvents_table(found: Soaking) -> str:
    """Return the verdict on each solvent, beside the paper's."""
    header = (
        "solvent",
        "paper",
        "simulated",
        "log10 odds",
        "deciding",
        "turned over: found (95 %)",
        "put in",
        "residues seen",
    )
    return table(header, [_solvent(one) for one in found.solvents])


def _solvent(one: SolventVerdict) -> tuple:
    verdict, share = one.verdict, one.verdict.converted
    kind = "hit" if verdict.verdict == one.paper else ("wait" if verdict.verdict == "undecided" else "miss")
    turned = "" if share is None else f"{100 * share[0]:.1f} % ({100 * share[1]:.1f} to {100 * share[2]:.1f})"
    return (
        one.name, one.paper, Marked(verdict.verdict, kind), Marked(f"{log10(verdict.odds):+.1f}", "number"),
        verdict.deciding or "", Marked(turned, "number"), Marked(f"{100 * one.converted_truth:.1f} %", "number"),
        "; ".join(verdict.residues),
    )  # fmt: skip
