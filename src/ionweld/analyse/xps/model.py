"""The joint model of all regions: one charge shift, one number per species, doublets and stoichiometry tied.

In region r the expected intensity is

    y_r(E) = b0 + b1 (E - E_mid) + sum over species s and their lines l in r of
             n_s v_sl S_l exp(g_e) t_r [shape(E - E_sl - d_sl - shift) + k_r * tail of that shape]

with n_s the amount of species s, v_sl its atoms of the line's element, S_l the sensitivity factor, t_r exposure times
transmission, and k_r the scattering into the region's background (Shirley: running integral; Tougaard: loss tail).
Priors, as further residuals: d_sl ~ N(0, disagreement of the references), g_e ~ N(0, spread of the sets of
sensitivity factors), splitting of a doublet ~ N(value, error), the tail of all lines ~ N(0, what uneven charging does).
So what the references do not know widens the errors, and a lopsided line is not taken for another species.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ionweld.analyse.xps.backgrounds import tougaard_matrix
from ionweld.analyse.xps.lineshapes import Shape, lopsided, lopsided_value
from ionweld.analyse.xps.noise import Scan
from ionweld.spec.photoelectron import Doublet, Species, SpeciesLine, SurfaceTables

Array = NDArray[np.float64]
Background = Literal["shirley", "tougaard", "linear"]

START_FWHM_EV = 1.4
FWHM_RANGE_EV = (0.4, 4.0)
START_MIX = 0.3
TAIL_RANGE_EV = (-0.6, 0.6)
TAIL_ERROR_EV = 0.2  # assumed: parts of an insulating surface stand at potentials that differ by tenths of a volt
SHIFT_RANGE_EV = (-10.0, 10.0)
_LARGEST_STEP_PER_EV = 0.5  # a Shirley step of half a line's area per eV would hide the line


@dataclass(frozen=True, slots=True)
class Component:
    """One line of one species in one region, and where its parameters stand in the vector (None = not free)."""

    species: int
    region: int
    line: SpeciesLine
    factor: float
    offset: int | None
    gain: int | None
    splitting: int | None
    doublet: Doublet | None


@dataclass(frozen=True, slots=True)
class Model:
    """Everything a fit needs; `names` says what stands at each place of the parameter vector."""

    scans: tuple[Scan, ...]
    species: tuple[Species, ...]
    components: tuple[Component, ...]
    names: tuple[str, ...]
    start: Array
    lower: Array
    upper: Array
    prior_mean: Array
    prior_error: Array  # inf where there is no prior
    background: Background
    tails: tuple[Array, ...]
    tables: SurfaceTables

    def index(self, name: str) -> int:
        return self.names.index(name)

    @property
    def amounts(self) -> slice:
        return slice(len(self.names) - len(self.species), len(self.names))


@dataclass(slots=True)
class _Vector:
    """Collects the parameters one by one while a model is made."""

    names: list[str]
    rows: list[tuple[float, float, float, float]]

    def add(self, name: str, start: float, low: float, high: float, error: float = np.inf) -> int:
        if name not in self.names:
            self.names.append(name)
            self.rows.append((start, low, high, error))
        return self.names.index(name)


def build(
    scans: tuple[Scan, ...],
    species: tuple[Species, ...],
    tables: SurfaceTables,
    background: Background,
) -> Model:
    """Return the joint model of the scans for these species."""
    vector = _Vector([], [])
    vector.add("shift", 0.0, *SHIFT_RANGE_EV)
    vector.add("mix", START_MIX, 0.0, 1.0)
    vector.add("tail", 0.0, *TAIL_RANGE_EV, TAIL_ERROR_EV)
    for scan in scans:
        vector.add(f"fwhm {scan.line}", START_FWHM_EV, *FWHM_RANGE_EV)
        if background != "linear":
            vector.add(f"step {scan.line}", 0.0, 0.0, _LARGEST_STEP_PER_EV if background == "shirley" else np.inf)
    components = tuple(
        _component(vector, scans, position, index, line, one, tables)
        for index, one in enumerate(species)
        for line in one.lines
        for position, scan in enumerate(scans)
        if scan.line == line.line
    )
    for scan in scans:
        vector.add(f"level {scan.line}", 0.0, -np.inf, np.inf)
        vector.add(f"slope {scan.line}", 0.0, -np.inf, np.inf)
    for one in species:
        vector.add(f"amount {one.name}", 0.0, 0.0, np.inf)
    start, lower, upper, error = (np.array(column) for column in zip(*vector.rows, strict=True))
    tails = tuple(
        tougaard_matrix(scan.energy_eV) * 1e3 if background == "tougaard" else np.empty((0, 0)) for scan in scans
    )  # in units of 1000 eV^2, so that the step parameter is of the order of one
    return Model(
        scans,
        species,
        components,
        tuple(vector.names),
        start,
        lower,
        upper,
        start.copy(),
        error,
        background,
        tails,
        tables,
    )


def _component(
    vector: _Vector, scans: tuple[Scan, ...], region: int, index: int, line: SpeciesLine, one: Species,
    tables: SurfaceTables,
) -> Component:  # fmt: skip
    sensitivity = tables.sensitivity
    scan = scans[region]
    factor = one.formula[line.element] * sensitivity.value.get(line.line, 1.0)
    factor *= (scan.exposure_s or 1.0) * (scan.transmission or 1.0)
    offset = gain = splitting = None
    if not line.fixed:
        offset = vector.add(f"offset {one.name} {line.line}", 0.0, -4 * line.error_eV, 4 * line.error_eV, line.error_eV)
    log_error = sensitivity.log_error.get(line.line, 0.0)
    if log_error > 0 and len(scans) > 1:
        gain = vector.add(f"gain {line.line}", 0.0, -5 * log_error, 5 * log_error, log_error)
    doublet = tables.doublets.get(line.line)
    if doublet is not None:
        low, high = doublet.splitting_eV - 5 * doublet.error_eV, doublet.splitting_eV + 5 * doublet.error_eV
        splitting = vector.add(f"splitting {line.line}", doublet.splitting_eV, low, high, doublet.error_eV)
    return Component(index, region, line, factor, offset, gain, splitting, doublet)


Evaluated = tuple[list[Array], list[Array]]


def evaluate(model: Model, p: Array) -> Evaluated:
    """Return the intensities of each region, shape (n_r,), and their derivatives, shape (n_r, parameters)."""
    values, slopes = [], []
    for position, scan in enumerate(model.scans):
        slope = np.zeros((len(p), len(scan.energy_eV)))  # parameters first: each is added to in one piece
        middle = scan.energy_eV - scan.energy_eV.mean()
        level, rise = (model.index(f"{name} {scan.line}") for name in ("level", "slope"))
        slope[level], slope[rise] = 1.0, middle
        values.append(p[level] + p[rise] * middle + _add_lines(model, p, position, slope))
        slopes.append(slope.T)
    return values, slopes


def unit_profile(model: Model, p: Array, component: Component) -> Array:
    """Return what one unit of a component's species adds to its region without its tail, shape (n_r,)."""
    scan = model.scans[component.region]
    shape = p[model.index(f"fwhm {scan.line}")], p[model.index("mix")], p[model.index("tail")]
    scale, peaks = _peaks(p, component)
    parts = [share * lopsided_value(scan.energy_eV, place, *shape) for share, place, _ in peaks]
    return scale * sum(parts, np.zeros_like(scan.energy_eV))


def _peaks(p: Array, component: Component) -> tuple[float, list[tuple[float, float, bool]]]:
    """Return the area of one unit of the species, and its peaks: share, place, whether it is the weaker partner."""
    scale = component.factor * (float(np.exp(p[component.gain])) if component.gain is not None else 1.0)
    place = component.line.centre_eV + p[0] + (p[component.offset] if component.offset is not None else 0.0)
    minor = component.doublet.minor_to_major if component.doublet else 0.0
    peaks = [(1.0 / (1.0 + minor), place, False)]
    if component.splitting is not None:
        peaks.append((minor / (1.0 + minor), place + p[component.splitting], True))
    return scale, peaks


def _add_lines(model: Model, p: Array, region: int, slope: Array) -> Array:
    """Add the derivatives of all lines of a region to `slope`, shape (parameters, n), and return their intensity."""
    scan = model.scans[region]
    peaks = [
        (component, scale * share, place, is_minor)
        for component in model.components
        if component.region == region
        for scale, parts in [_peaks(p, component)]
        for share, place, is_minor in parts
    ]
    if not peaks:
        return np.zeros_like(scan.energy_eV)
    of_peaks, unit, places, minor = zip(*peaks, strict=True)
    forms = [model.index(f"fwhm {scan.line}"), model.index("mix"), model.index("tail")]
    step_at = None if model.background == "linear" else model.index(f"step {scan.line}")
    step = p[step_at] if step_at is not None else 0.0
    amounts = [model.amounts.start + component.species for component in of_peaks]
    shape = lopsided(scan.energy_eV, np.array(places), *p[forms])
    tail, tail_c, *tail_forms = _tails(model, region, shape)
    whole = np.array(unit)[:, None] * (shape.value + step * tail)
    area = p[amounts] * unit
    moved = area[:, None] * (shape.by_centre + step * tail_c)
    slope[0] += moved.sum(axis=0)
    for at, by, tail_by in zip(forms, (shape.by_fwhm, shape.by_mix, shape.by_tail), tail_forms, strict=True):
        slope[at] += area @ (by + step * tail_by)
    if step_at is not None:
        slope[step_at] += area @ tail
    for component, is_minor, amount_at, one, by_place in zip(of_peaks, minor, amounts, whole, moved, strict=True):
        slope[amount_at] += one
        for at in (component.offset, component.splitting if is_minor else None):
            if at is not None:
                slope[at] += by_place
        if component.gain is not None:
            slope[component.gain] += p[amount_at] * one
    return p[amounts] @ whole


def _tails(model: Model, region: int, shape: Shape) -> tuple[Array, ...]:
    """Return the background that each line leaves, and its derivatives by centre, width, mixing and the line's tail."""
    if model.background == "tougaard":
        matrix = model.tails[region]
        return tuple(
            one @ matrix.T for one in (shape.value, shape.by_centre, shape.by_fwhm, shape.by_mix, shape.by_tail)
        )
    return shape.integral, -shape.value, shape.integral_by_fwhm, shape.integral_by_mix, shape.integral_by_tail


def residuals(model: Model, p: Array, sigma: list[Array], known: Evaluated | None = None) -> Array:
    """Return (model - data)/sigma of all regions, followed by the priors. known: the model at p, where it is."""
    values, _ = known or evaluate(model, p)
    parts = [(value - scan.intensity) / s for value, scan, s in zip(values, model.scans, sigma, strict=True)]
    return np.concatenate([*parts, (p - model.prior_mean) / model.prior_error])


def jacobian(model: Model, p: Array, sigma: list[Array], known: Evaluated | None = None) -> Array:
    """Return the derivatives of `residuals`, shape (channels + parameters, parameters). known: as there."""
    _, slopes = known or evaluate(model, p)
    parts = [slope / s[:, None] for slope, s in zip(slopes, sigma, strict=True)]
    return np.vstack([*parts, np.diag(1.0 / model.prior_error)])
