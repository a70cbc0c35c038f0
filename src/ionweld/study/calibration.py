"""The calibration of a study: what it is told, how it is run, and its result as data."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from ionweld import __version__
from ionweld.measurement.store import write_whole
from ionweld.spec.cell import Cell, Part
from ionweld.spec.conditions import PATHS, conditions_entry
from ionweld.spec.derived import interface_name, library_parameters
from ionweld.spec.faults import check
from ionweld.spec.library import Entry, assumption, entry
from ionweld.spec.protocol import by_time, by_window
from ionweld.spec.quantity import Quantity, parse_quantity
from ionweld.study.model import Study, available, study_document
from ionweld.twin.calibrate import Calibration, Problem, Row, calibrate, sensitivities
from ionweld.twin.full_model import FullModel
from ionweld.twin.joint_model import JointModel
from ionweld.twin.pool import Mapper
from ionweld.twin.posterior import Posterior, posterior
from ionweld.twin.symmetric_model import SymmetricModel
from ionweld.units import from_si, written_unit


class Test(Part):
    """A cell of the study and the protocol it goes through."""

    cell: str
    protocol: str


class ToldRow(Part):
    """A number that the calibration is told, and how uncertain it is taken to be."""

    number: str
    target: str
    sigma: str
    scale: Literal["linear", "logarithmic"]
    why: str


class Settings(Part):
    """What calibration.toml holds."""

    interface: str
    cathode: str
    conditions: dict[str, float] = Field(description="left out by the paper and fitted: the factor of one prior spread")
    carried: list[str] = Field(description="not fitted: their ranges are carried into every prediction")
    bare: Test
    welded: Test
    full_bare: Test
    full_welded: Test
    members: int = Field(gt=0)
    starts: int = Field(gt=0)
    draws: int = Field(gt=1, description="of what the rows leave open")
    seed: str
    row: list[ToldRow]

    @property
    def tests(self) -> dict[str, Test]:
        """The cells, each with its protocol, by the first part of their observables' names."""
        return {"bare": self.bare, "welded": self.welded, "full_bare": self.full_bare, "full_welded": self.full_welded}


class Fitted(Part):
    """One calibrated parameter: its value, the factor of one standard deviation, and what the data taught."""

    value: str
    unit: str
    factor: float
    posterior_over_prior: float


class Calibrated(Part):
    """What calibrated.toml holds: the result of a calibration."""

    software: str
    interface: str
    cathode: str
    cost: float
    starts: int
    agreeing: int
    misfits: dict[str, float]
    parameters: dict[str, Fitted]
    carried: list[str]
    refused: int = Field(description="draws that were tried, and for which no fit to the rows was found")
    draws: list[list[float]] = Field(description="what the rows leave open, in prior spreads: parameters, then carried")


def load_settings(study: str) -> Settings:
    """Return what the calibration of a study is told."""
    return check(Settings, study_document(study, "calibration.toml"), "calibration.toml")


def load_calibrated(study: str) -> Calibrated:
    """Return the kept result of the study's calibration."""
    return check(Calibrated, study_document(study, "calibrated.toml"), "calibrated.toml")


def problem(study: Study, settings: Settings) -> Problem:
    """Return the least-squares problem of a study."""
    told = {number.id: number for number in study.numbers}
    rows = []
    for row in settings.row:
        number = told[row.number]
        value = parse_quantity(row.target, number.unit).value
        logarithmic = row.scale == "logarithmic"
        sigma = parse_quantity(row.sigma, "1" if logarithmic else number.unit).value
        rows.append(Row(str(number.observable), value, sigma, number.relation, logarithmic))
    return Problem(_prior(study, settings), _model(study, settings), tuple(rows), tuple(settings.carried))


def _prior(study: Study, settings: Settings) -> Entry:
    """Return the parameters of all cells, with the conditions that are fitted or carried among them."""
    tests = settings.tests.values()
    described = [part for test in tests for part in (study.cells[test.cell], study.protocols[test.protocol])]
    names = [*settings.conditions, *(name for name in settings.carried if name in PATHS)]
    assumed = {
        name: assumption(name) for name in settings.carried if name in entry("assumptions").properties.keys() - PATHS
    }
    told = conditions_entry(described, names).joined(
        replace(entry("assumptions"), properties=assumed, symbols={name: name for name in assumed})
    )
    priors = {name: settings.conditions[name] for name in settings.conditions}
    return entry(settings.interface).joined(entry(settings.cathode)).joined(replace(told, priors=priors))


def _model(study: Study, settings: Settings) -> JointModel:
    bare, welded, full_bare, full_welded = (
        (study.cells[test.cell], study.protocols[test.protocol]) for test in settings.tests.values()
    )
    about = (settings.members, settings.seed)
    return JointModel(
        SymmetricModel(bare[0], by_time(bare[1]), welded[0], by_time(welded[1]), *about),
        FullModel(full_bare[0], full_welded[0], by_window(full_bare[1]), *about),
    )


def recalibrate(study: Study, settings: Settings, mapper: Mapper, done: Callable[[], None]) -> Calibrated:
    """Run a study's calibration from scratch. Raises ComputationError when its starts do not agree.

    `done` is called after each start and each draw.
    """
    posed = problem(study, settings)
    found = calibrate(posed, settings.starts, settings.seed, mapper, done)
    return result(settings, posed, found, left_open(settings, posed, found, mapper, done))


def left_open(
    settings: Settings, posed: Problem, found: Calibration, mapper: Mapper, done: Callable[[], None]
) -> Posterior:
    """Return draws of what the rows leave open about the optimum."""
    slopes = sensitivities(posed, found.optimum.z, mapper)
    return posterior(posed, found.optimum.z, slopes, settings.draws, settings.seed, mapper, done)


def result(settings: Settings, posed: Problem, found: Calibration, left: Posterior) -> Calibrated:
    """Return a calibration as data. The spread of a parameter is that of the draws, with all that is carried."""
    misfits = dict(zip((row.id for row in posed.rows), found.optimum.residuals.tolist(), strict=False))
    spreads = dict(zip(posed.names, np.std(left.z, axis=0, ddof=1).tolist(), strict=False))
    return Calibrated(
        software=f"ionweld {__version__}",
        interface=settings.interface,
        cathode=settings.cathode,
        cost=float(f"{found.optimum.cost:.4g}"),
        starts=found.starts,
        agreeing=found.agreeing,
        misfits={name: round(value, 3) for name, value in misfits.items()},
        parameters={
            name: _fitted(found.parameters, posed.prior.priors[name], name, spreads[name]) for name in posed.names
        },
        carried=list(posed.carried),
        refused=left.refused,
        draws=[[round(value, 3) for value in draw] for draw in left.z.tolist()],
    )


def _fitted(parameters: Entry, factor: float, name: str, spread: float) -> Fitted:
    known = parameters.quantity(name)
    return Fitted(
        value=f"{known.value:.5g}" + ("" if known.unit == "1" else f" {known.unit}"),
        unit=known.unit,
        factor=round(factor**spread, 3),
        posterior_over_prior=round(spread, 3),
    )


def with_calibrated(calibrated: Calibrated, base: Entry) -> Entry:
    """Return `base` with those of its numbers that were calibrated, each with status "fitted" and one deviation."""
    changed = {}
    for name in calibrated.parameters.keys() & base.properties.keys():
        fitted = calibrated.parameters[name]
        value = parse_quantity(fitted.value, fitted.unit).value
        changed[name] = replace(
            base.quantity(name),
            value=value,
            text=_as_written(value, base.quantity(name)),
            status="fitted",
            low=value / fitted.factor,
            high=value * fitted.factor,
            source=f"calibrated on the study's rows marked calibrated ({calibrated.software}); range: one sigma",
        )
    return base.updated(changed)


def _as_written(value: float, known: Quantity) -> str:
    """Return a calibrated value (SI) in the unit in which the number that it replaces is written."""
    unit = written_unit(known.text)
    return f"{value:.5g}" if unit == "1" else f"{from_si(value, known.unit, unit):.5g} {unit}"


def predictive(study: Study, settings: Settings, calibrated: Calibrated) -> tuple[Entry, list[Entry]]:
    """Return the calibrated parameters of all cells with their conditions, and draws of what is left uncertain.

    A draw moves the fitted parameters within what the data leave open, and what is carried within its range.
    """
    posed = problem(study, settings)
    return with_calibrated(calibrated, posed.prior), [posed.entry(np.array(draw)) for draw in calibrated.draws]


def as_toml(calibrated: Calibrated) -> str:
    """Return a calibration's result as the text of calibrated.toml."""
    lines = [
        "# The result of `ionweld reproduce yu2021 --recalibrate`. Written by the program, not by hand.",
        f'software = "{calibrated.software}"',
        f'interface = "{calibrated.interface}"',
        f'cathode = "{calibrated.cathode}"',
        f"cost = {calibrated.cost} # sum of squares: rows and priors",
        f"starts = {calibrated.starts}",
        f"agreeing = {calibrated.agreeing} # starts that ended at the same optimum",
        f"carried = {json.dumps(calibrated.carried)}",
        f"refused = {calibrated.refused} # draws that were tried, and for which no fit to the rows was found",
        "draws = [ # what the rows leave open, in prior spreads: the parameters below, then what is carried",
        *(f"  {draw}," for draw in calibrated.draws),
        "]",
        "\n[misfits] # in sigma, 0 where a bound holds",
        *(f'"{name}" = {value}' for name, value in calibrated.misfits.items()),
    ]
    for name, fitted in calibrated.parameters.items():
        lines += [f"\n[parameters.{name}]", f'value = "{fitted.value}"', f'unit = "{fitted.unit}"']
        lines += [f"factor = {fitted.factor} # one standard deviation, times or over"]
        lines += [f"posterior_over_prior = {fitted.posterior_over_prior} # 1: nothing was learnt"]
    return "\n".join(lines) + "\n"


def keep(calibrated: Calibrated, path: Path) -> Path:
    """Write a calibration's result."""
    return write_whole(path, as_toml(calibrated))


def parameters_for(cell: Cell) -> Entry:
    """Return the parameters of a cell's interfaces: calibrated where a study of them was, else as assumed."""
    for study in available():
        calibrated = load_calibrated(study)
        if calibrated.interface == interface_name(cell):
            return with_calibrated(calibrated, library_parameters(cell))
    return library_parameters(cell)
