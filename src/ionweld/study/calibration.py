"""The calibration of a study: what it is told, how it is run, and its result as data."""

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from ionweld import __version__
from ionweld.measurement.store import write_whole
from ionweld.spec.cell import Cell, Part
from ionweld.spec.derived import cathode_parameters, interface_name
from ionweld.spec.faults import check, read_toml
from ionweld.spec.library import Entry, entry
from ionweld.spec.protocol import by_time
from ionweld.spec.quantity import parse_quantity
from ionweld.study.model import Study, available
from ionweld.twin.calibrate import Calibration, Problem, Row, calibrate, prior_to_posterior, spread_factor
from ionweld.twin.pool import Mapper
from ionweld.twin.symmetric_model import SymmetricModel


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
    bare: Test
    welded: Test
    members: int = Field(gt=0)
    starts: int = Field(gt=0)
    seed: str
    row: list[ToldRow]


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
    cost: float
    starts: int
    agreeing: int
    misfits: dict[str, float]
    parameters: dict[str, Fitted]


def _file(study: str, name: str) -> dict[str, Any]:
    with as_file(files("ionweld.study").joinpath(study, name)) as path:
        return read_toml(path)


def load_settings(study: str) -> Settings:
    """Return what the calibration of a study is told."""
    return check(Settings, _file(study, "calibration.toml"), "calibration.toml")


def load_calibrated(study: str) -> Calibrated:
    """Return the kept result of the study's calibration."""
    return check(Calibrated, _file(study, "calibrated.toml"), "calibrated.toml")


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
    bare, welded = settings.bare, settings.welded
    model = SymmetricModel(
        study.cells[bare.cell],
        by_time(study.protocols[bare.protocol]),
        study.cells[welded.cell],
        by_time(study.protocols[welded.protocol]),
        settings.members,
        settings.seed,
    )
    return Problem(entry(settings.interface), model, tuple(rows))


def recalibrate(study: Study, settings: Settings, mapper: Mapper, done: Callable[[], None]) -> Calibrated:
    """Run a study's calibration from scratch. Raises ComputationError when its starts do not agree."""
    posed = problem(study, settings)
    return _result(posed, calibrate(posed, settings.starts, settings.seed, mapper, done))


def _result(posed: Problem, found: Calibration) -> Calibrated:
    factors = spread_factor(posed.prior, posed.names, found.optimum)
    learnt = dict(zip(posed.names, prior_to_posterior(found.optimum), strict=True))
    misfits = dict(zip((row.id for row in posed.rows), found.optimum.residuals, strict=False))
    return Calibrated(
        software=f"ionweld {__version__}",
        interface=posed.prior.name,
        cost=float(f"{found.optimum.cost:.4g}"),
        starts=found.starts,
        agreeing=found.agreeing,
        misfits={name: round(float(value), 3) for name, value in misfits.items()},
        parameters={name: _fitted(found.parameters, name, factors[name], learnt[name]) for name in posed.names},
    )


def _fitted(parameters: Entry, name: str, factor: float, learnt: float) -> Fitted:
    known = parameters.quantity(name)
    return Fitted(
        value=f"{known.value:.5g}" + ("" if known.unit == "1" else f" {known.unit}"),
        unit=known.unit,
        factor=round(factor, 3),
        posterior_over_prior=round(float(learnt), 3),
    )


def with_calibrated(calibrated: Calibrated) -> Entry:
    """Return the interface with its calibrated parameters, each with status "fitted" and one standard deviation."""
    base = entry(calibrated.interface)
    changed = {}
    for name, fitted in calibrated.parameters.items():
        value = parse_quantity(fitted.value, fitted.unit).value
        changed[name] = replace(
            base.quantity(name),
            value=value,
            text=fitted.value,
            status="fitted",
            low=value / fitted.factor,
            high=value * fitted.factor,
            source=f"calibrated on the study's rows marked calibrated ({calibrated.software}); range: one sigma",
        )
    return base.updated(changed)


def as_toml(calibrated: Calibrated) -> str:
    """Return a calibration's result as the text of calibrated.toml."""
    lines = [
        "# The result of `ionweld reproduce yu2021 --recalibrate`. Written by the program, not by hand.",
        f'software = "{calibrated.software}"',
        f'interface = "{calibrated.interface}"',
        f"cost = {calibrated.cost} # sum of squares: rows and priors",
        f"starts = {calibrated.starts}",
        f"agreeing = {calibrated.agreeing} # starts that ended at the same optimum",
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
    lithium = _lithium_parameters(interface_name(cell))
    return lithium.joined(cathode_parameters(cell)) if cell.cathode is not None else lithium


def _lithium_parameters(name: str) -> Entry:
    for study in available():
        calibrated = load_calibrated(study)
        if calibrated.interface == name:
            return with_calibrated(calibrated)
    return entry(name)
