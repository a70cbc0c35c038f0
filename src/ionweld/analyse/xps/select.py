"""Which regions are fitted, which species are tried, and which the data asks for."""

import re
from dataclasses import dataclass
from math import log

import numpy as np

from ionweld.analyse.xps.model import Background, Model, build
from ionweld.analyse.xps.noise import Scan, prepare
from ionweld.analyse.xps.solve import SurfaceSolution, amount_error, solve
from ionweld.analyse.xps.survey import is_survey
from ionweld.errors import Fault, InputError
from ionweld.measurement.photoelectron import Photoelectron, Region
from ionweld.spec.photoelectron import Species, SurfaceTables, core_lines

_NEAR_EV = 6.0  # a region without a name is taken for a line that lies at most this far outside it
_FARTHEST = 12.0  # sets whose criterion is that much higher hold less than 0.3 % of the belief
_CORE_LINE = re.compile(r"[A-Z][a-z]? [1-7][spdf]")
_SURE = 8.0  # an amount of so many standard errors is kept without asking


@dataclass(frozen=True, slots=True)
class Rival:
    """A set of species that explains the data: its model and solution, and the share of the belief that it holds."""

    model: Model
    solution: SurfaceSolution
    weight: float


@dataclass(frozen=True, slots=True)
class Selection:
    """The rivals that come near the best, the best first, and the upper limits of the amounts that were dropped."""

    rivals: tuple[Rival, ...]
    limits: dict[str, float]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Scans whose species are fitted jointly, scans of elements that are counted whole, and what has to be said."""

    joint: tuple[Scan, ...]
    whole: tuple[Scan, ...]
    said: tuple[str, ...]


def choose_scans(
    measurement: Photoelectron, region: str | None, names: list[str] | None, tables: SurfaceTables
) -> Chosen:
    """Return the scans that there are species for, those of other elements, and a sentence for what is left out or taken.

    `region` names the line of a single region whose file does not; `names`: the species that were asked for. Raises
    InputError when nothing is left.
    """
    joint: dict[str, Scan] = {}
    whole: dict[str, Scan] = {}
    said, listed = [], tables.of_lines()
    fitted = {line for line, species in listed.items() if any(_is_asked(one, names) for one in species)}
    for one in measurement.regions:
        line = _line_of(one, region if len(measurement.regions) == 1 else None, tables)
        if is_survey(one):
            span = float(np.ptp(one.binding_energy_eV))
            said.append(
                f"not fitted: a survey of {span:.0f} eV; name elements with --elements to have them counted in it"
            )
        elif not is_core_line(line):
            said.append(f"not fitted: {line or 'a region without a name'}: {_which(one)}")
        elif line in joint or line in whole:
            mend = "Give one scan of each region; a depth profile is fitted level by level"
            raise InputError(Fault(measurement.provenance.source, f"region {line} is there more than once", mend))
        elif line in fitted:
            joint[line] = prepare(one, line)
        else:
            whole[line] = prepare(one, line)
            said += _species_that_were_not_asked(line, listed.get(line, [])) if names is None else []
        if line and not one.label and not region:
            said.append(f"a region without a name was taken for {line}, by where it stands; --region says otherwise")
    if not joint and not whole:
        seen = "no region can be fitted: " + "; ".join(one.removeprefix("not fitted: ") for one in said)
        mend = (
            'Name its line with --region, such as "C 1s" or "Zr 3d"'
            if any("survey" not in one for one in said)
            else "Say which elements to count in it, --elements C,O,Zr; for species record narrow scans, 10 to 20 eV wide"
        )
        raise InputError(Fault(measurement.provenance.source, seen, mend))
    return Chosen(tuple(joint.values()), tuple(whole.values()), tuple(said))


def _is_asked(species: Species, names: list[str] | None) -> bool:
    return species.default if names is None else species.name in names


def is_core_line(text: str) -> bool:
    """Say whether a text is the name of a photoelectron line, as "Zr 3d"."""
    return bool(_CORE_LINE.fullmatch(text))


def _which(region: Region) -> str:
    """Return what to say of a region whose line is not known: which lines stand there."""
    low, high = float(region.binding_energy_eV.min()), float(region.binding_energy_eV.max())
    near = [one.name for one in core_lines().values() if low <= one.at_eV[0] <= high]
    return f"say with --region which line it is ({', '.join(near)} stand there)" if near else "no line is known there"


def _species_that_were_not_asked(line: str, species: list[Species]) -> list[str]:
    names = ", ".join(one.name for one in species)
    return [f"{line}: counted whole; its species are fitted when asked for by name, with --species ({names})"] * bool(
        names
    )


def _line_of(region: Region, given: str | None, tables: SurfaceTables) -> str:
    if given:
        return given
    if region.label:
        return region.label
    low, high = float(region.binding_energy_eV.min()), float(region.binding_energy_eV.max())
    near = {
        line.line
        for species in tables.species.values()
        for line in species.lines
        if low - _NEAR_EV < line.centre_eV < high + _NEAR_EV
    }
    return near.pop() if len(near) == 1 else ""


def choose_species(scans: tuple[Scan, ...], names: list[str] | None, tables: SurfaceTables) -> tuple[Species, ...]:
    """Return the named species, or all those whose every line was measured.

    Raises InputError for a name that is not in the table, or that has no line in the regions.
    """
    measured, table = {scan.line for scan in scans}, tables.species
    if names is None:
        return tuple(one for one in table.values() if one.default and all(line.line in measured for line in one.lines))
    faults = [
        Fault("species", f"{name!r} is not in the table", f"Choose among {', '.join(table)}")
        for name in names
        if name not in table
    ]
    if faults:
        raise InputError(faults)
    chosen = tuple(table[name] for name in dict.fromkeys(names))
    missing = [one.name for one in chosen if not any(line.line in measured for line in one.lines)]
    if missing:
        seen = f"{', '.join(missing)}: none of their lines was measured (regions: {', '.join(sorted(measured))})"
        raise InputError(Fault("species", seen, "Leave them out, or measure one of their lines"))
    return chosen


def fit_selected(
    scans: tuple[Scan, ...],
    species: tuple[Species, ...],
    tables: SurfaceTables,
    background: Background,
    keep_all: bool,
) -> Selection:
    """Fit, then drop species one by one, weakest first, as long as the Bayesian information criterion falls.

    Chi-square is divided by its reduced value where that is above one, so that a misfit does not keep a species
    alive. Afterwards each dropped species is tried in place of a kept one of its kind, because the order of dropping
    can leave the wrong one of two that overlap. All sets that come near the best are kept, weighted by exp(-BIC/2):
    which species are there is uncertain too, and the intervals must say so. Species that were asked for by name
    (`keep_all`) are not dropped.
    """
    model = build(scans, species, tables, background)
    solution = solve(model)
    visited = [(model, solution)]
    limits: dict[str, float] = {}
    asked: set[str] = set()
    while not keep_all and len(model.species) > 1:
        weakest = _weakest(model, solution, asked)
        if weakest is None:
            break
        fewer = tuple(one for one in model.species if one.name != weakest)
        smaller, retried = _refit(model, solution, fewer)
        visited.append((smaller, retried))
        if retried.cost * retried.misfit**2 - solution.cost * solution.misfit**2 < _bar(solution):
            limits[weakest] = _upper_limit(model, solution, weakest)
            model, solution = smaller, retried
        else:
            asked.add(weakest)
    visited += [_refit(model, solution, swapped) for swapped in _swaps(model.species, tuple(limits), model.tables)]
    return _select(visited, limits)


def _refit(model: Model, solution: SurfaceSolution, species: tuple[Species, ...]) -> tuple[Model, SurfaceSolution]:
    """Fit other species from where an earlier fit ended."""
    other = build(model.scans, species, model.tables, model.background)
    starts = [_carry(model, other, one.p) for one in solution.explanations]
    return other, solve(other, starts)


def _swaps(kept: tuple[Species, ...], dropped: tuple[str, ...], tables: SurfaceTables) -> list[tuple[Species, ...]]:
    """Return the kept species with one of them replaced by a dropped one of the same role and the same lines."""
    table = tables.species
    return [
        tuple(table[name] if one is old else one for one in kept)
        for name in dropped
        for old in kept
        if old.role == table[name].role
        and not any(line.fixed for line in old.lines)
        and {line.line for line in old.lines} == {line.line for line in table[name].lines}
    ]


def _select(visited: list[tuple[Model, SurfaceSolution]], limits: dict[str, float]) -> Selection:
    """Weigh the visited sets by exp(-BIC/2), with chi-squares relative to the best set's misfit."""
    scale = min(solution.misfit for _, solution in visited) ** 2
    criteria = np.array(
        [
            solution.cost * solution.misfit**2 / scale + len(model.species) * log(solution.channels)
            for model, solution in visited
        ]
    )
    order = [at for at in np.argsort(criteria, kind="stable") if criteria[at] - criteria.min() < _FARTHEST]
    weights = np.exp(-0.5 * (criteria[order] - criteria.min()))
    weights /= weights.sum()
    rivals = tuple(Rival(*visited[at], weight=float(weight)) for at, weight in zip(order, weights, strict=True))
    names = {one.name for one in rivals[0].model.species}
    return Selection(rivals, {name: limit for name, limit in limits.items() if name not in names})


def _bar(solution: SurfaceSolution) -> float:
    """Return by how much chi-square may rise when a species goes; more where the model does not fit anyway."""
    return log(solution.channels) * solution.misfit**2


def _weakest(model: Model, solution: SurfaceSolution, asked: set[str]) -> str | None:
    """Return the species with the least significant amount, if it is not plainly there and was not tried yet.

    The charge reference is never dropped.
    """
    errors = np.sqrt(np.diag(solution.covariance)[model.amounts])
    amounts = solution.p[model.amounts]
    score = {one.name: a / e if e > 0 else 0.0 for one, a, e in zip(model.species, amounts, errors, strict=True)}
    references = {one.name for one in model.species if any(line.fixed for line in one.lines)}
    open_ = {name: value for name, value in score.items() if name not in asked | references and value < _SURE}
    return min(open_, key=lambda name: open_[name]) if open_ else None


def _upper_limit(model: Model, solution: SurfaceSolution, name: str) -> float:
    """Return the one-sided 95 % limit of an amount."""
    at = model.index(f"amount {name}")
    return float(solution.p[at]) + 1.645 * amount_error(model, solution, at)


def _carry(model: Model, smaller: Model, p: np.ndarray) -> np.ndarray:
    """Return the parameters of a model that the other one also has, and the start of those that it has not."""
    known = dict(zip(model.names, p, strict=True))
    return np.array([known.get(name, start) for name, start in zip(smaller.names, smaller.start, strict=True)])
