"""The joint fit of an XPS measurement, and what can honestly be said from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.xps.anchor import anchored
from ionweld.analyse.xps.composition import ElementAmount, SpeciesAmount, elements_of, species_of
from ionweld.analyse.xps.flags import Claim, Said, all_flags, whole_flags
from ionweld.analyse.xps.model import Background, Model, evaluate, unit_profile
from ionweld.analyse.xps.select import choose_scans, choose_species, fit_selected
from ionweld.analyse.xps.solve import SurfaceSolution
from ionweld.analyse.xps.survey import scans_of_elements
from ionweld.analyse.xps.whole import WholeLine, counted_once, whole_line
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.numerics.threads import one_thread
from ionweld.result import Estimate
from ionweld.spec.photoelectron import SurfaceTables, surface_tables

Array = NDArray[np.float64]
WORST_REDUCED_CHI2 = 3.0  # beyond it the model is not what was measured, and its errors mean nothing


@dataclass(frozen=True, slots=True)
class FittedLine:
    """A line of a species: its binding energy with the charge shift taken off, and what references say."""

    species: str
    line: str
    binding_energy_eV: Estimate
    measured_eV: float
    fwhm_eV: Estimate
    reference_eV: tuple[float, float]
    in_range: bool
    splitting_eV: Estimate | None


@dataclass(frozen=True, slots=True)
class Quality:
    """How well the model fits, and whether its assignment can be trusted.

    fits: every region's reduced chi-square is at most WORST_REDUCED_CHI2. anchored: the charge shift rests on a
    reference line or on a species seen in two regions. good = both; without it no errors are given. reduced_chi2: None where
    nothing was fitted.
    """

    good: bool
    fits: bool
    anchored: bool
    reduced_chi2: float | None
    by_region: dict[str, float]
    channels: int
    free_parameters: int
    noise: dict[str, str]


_NOTHING_FITTED = Quality(True, True, True, None, {}, 0, 0, {})


@dataclass(frozen=True, slots=True)
class Curves:
    """What a figure shows of one region, each array of shape (n,); energies are as measured."""

    line: str
    energy_eV: Array
    intensity: Array
    model: Array
    background: Array
    components: dict[str, Array]


@dataclass(frozen=True, slots=True)
class XpsFit:
    """The result: amounts, lines, quality, flags, and the curves behind them.

    charge_shift_eV: None where every line was counted whole, so that nothing was fitted.
    """

    charge_shift_eV: Estimate | None
    species: tuple[SpeciesAmount, ...]
    elements: tuple[ElementAmount, ...]
    lines: tuple[FittedLine, ...]
    whole_lines: tuple[WholeLine, ...]
    quality: Quality
    flags: tuple[str, ...]
    background: str
    sensitivity_set: str
    curves: tuple[Curves, ...]

    @property
    def said(self) -> str:
        """What was found, in one line."""
        seen = ", ".join(f"{one.name} {one.atomic_percent:.3g} at.%" for one in self.species if one.detected)
        chi2 = self.quality.reduced_chi2
        return (seen or "no species") + ("" if chi2 is None else f"; reduced chi-square {chi2:.2f}")


def fit_xps(
    measurement: Photoelectron,
    species: list[str] | None = None,
    background: Background = "shirley",
    region: str | None = None,
    claims: tuple[Claim, ...] = (),
    tables: SurfaceTables | None = None,
    elements: list[str] | None = None,
) -> XpsFit:
    """Fit all regions jointly with one charge shift; species named are kept, others are chosen by the data.

    A line that no species is fitted in is counted whole: its area above the background makes the atoms of its element.

    elements: counted whole, in a survey where there is one, and nothing else is then looked at. tables: species, doublets and sensitivity
    factors; those that ship, when not given. A positive charge shift means
    that lines appear at higher binding energies than on the scale of the table. Errors include counting, the
    disagreement of the references, and the spread of the sensitivity factors; they are None when the fit is bad or its
    charge shift not anchored. Raises InputError for regions or species that cannot be used, ComputationError when the
    fit does not come to an end.
    """
    tables = tables or surface_tables()
    if elements is not None:
        measurement, species = scans_of_elements(measurement, elements, tables), []
    chosen = choose_scans(measurement, region, species, tables)
    wanted = choose_species(chosen.joint, species, tables)
    lines_of_species = {line.line for one in wanted for line in one.lines}
    joint = tuple(scan for scan in chosen.joint if scan.line in lines_of_species)
    alone = [whole_line(scan, tables, background) for scan in (*chosen.joint, *chosen.whole) if scan not in joint]
    whole = counted_once(alone, {line.element for one in wanted for line in one.lines})
    with one_thread():
        selection = fit_selected(joint, wanted, tables, background, keep_all=species is not None) if joint else None
    model, solution = (selection.rivals[0].model, selection.rivals[0].solution) if selection else (None, None)
    quality = _quality(model, solution) if model and solution else _NOTHING_FITTED
    covariance = solution.covariance if solution and quality.good else None
    lines = _lines(model, solution, covariance) if model and solution else ()
    amounts = species_of(selection, whole, quality.good)
    said = Said(_verdicts(quality), chosen.said, lines_out_of_range(lines), whole_flags(measurement, whole))
    flags = all_flags(measurement, model, amounts, whole, said, claims, tables)
    return XpsFit(
        _estimate(solution.p[0], "eV", covariance, 0) if solution else None, amounts,
        elements_of(selection, whole, quality.good), lines, whole, quality, flags, background, tables.sensitivity.name,
        (*(_curves(model, solution.p) if model and solution else ()), *map(_whole_curves, whole)),
    )  # fmt: skip


def _verdicts(quality: Quality) -> tuple[str, ...]:
    """Return a sentence for each reason why no errors are given."""
    says = []
    if not quality.fits:
        says.append("bad fit: the model is not what was measured, so no errors are given")
    if not quality.anchored:
        says.append(
            "no confident assignment: neither a reference line nor a species with lines in two regions was found, so the "
            "charge shift may have locked onto a wrong line; no errors are given"
        )
    return tuple(says)


def lines_out_of_range(lines: tuple[FittedLine, ...]) -> tuple[str, ...]:
    """Return a sentence for each line that lies outside the range of the references."""
    return tuple(
        f"{one.species} {one.line} came out at {one.binding_energy_eV.value:.2f} eV; references say "
        f"{one.reference_eV[0]:g} to {one.reference_eV[1]:g} eV"
        for one in lines
        if not one.in_range
    )


def _quality(model: Model, solution: SurfaceSolution) -> Quality:
    share = 1.0 - solution.free / max(1, solution.channels)
    by_region = {
        scan.line: chi2 / max(1.0, len(scan.energy_eV) * share)
        for scan, chi2 in zip(model.scans, solution.chi2_by_region, strict=True)
    }
    noise = {
        scan.line: "counting" if scan.counted else "estimated from the data, because the counting time is not known"
        for scan in model.scans
    }
    fits, sure = max(by_region.values()) <= WORST_REDUCED_CHI2, anchored(model, solution)
    return Quality(fits and sure, fits, sure, solution.reduced_chi2, by_region, solution.channels, solution.free, noise)


def _estimate(value: float, unit: str, covariance: Array | None, at: int | None) -> Estimate:
    if covariance is None or at is None:
        return Estimate(float(value), unit, status="fitted")
    error = float(np.sqrt(covariance[at, at]))
    if error == 0.0:  # held at a bound
        return Estimate(float(value), unit, status="fitted")
    return Estimate(float(value), unit, error, value - 1.96 * error, value + 1.96 * error, "fitted")


def _lines(model: Model, solution: SurfaceSolution, covariance: Array | None) -> tuple[FittedLine, ...]:
    found = []
    for component in model.components:
        line = component.line
        offset = solution.p[component.offset] if component.offset is not None else 0.0
        energy = _estimate(line.centre_eV + offset, "eV", covariance, component.offset)
        splitting = None
        if component.splitting is not None:
            splitting = _estimate(solution.p[component.splitting], "eV", covariance, component.splitting)
        width_at = model.index(f"fwhm {line.line}")
        found.append(
            FittedLine(
                model.species[component.species].name, line.line, energy, energy.value + float(solution.p[0]),
                _estimate(solution.p[width_at], "eV", covariance, width_at), (line.low_eV, line.high_eV),
                bool(abs(offset) <= 3.0 * line.error_eV), splitting,
            )
        )  # fmt: skip
    return tuple(found)


def _whole_curves(one: WholeLine) -> Curves:
    net = one.intensity - one.background
    return Curves(one.line, one.energy_eV, one.intensity, one.background, one.background, {one.element: net})


def _curves(model: Model, p: Array) -> tuple[Curves, ...]:
    values, _ = evaluate(model, p)
    curves = []
    for position, (scan, value) in enumerate(zip(model.scans, values, strict=True)):
        lines: dict[str, Array] = {}
        for component in model.components:
            if component.region == position:
                amount = p[model.amounts.start + component.species]
                lines[model.species[component.species].name] = amount * unit_profile(model, p, component)
        total = sum(lines.values(), np.zeros_like(value))
        curves.append(Curves(scan.line, scan.energy_eV, scan.intensity, value, value - total, lines))
    return tuple(curves)
