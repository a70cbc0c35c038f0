"""The calibration of a study: what it is told, how it is run, and what its kept result predicts."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ionweld import __version__
from ionweld.spec.conditions import PATHS, conditions_entry
from ionweld.spec.library import Entry, assumption, entry
from ionweld.spec.protocol import WindowProtocol
from ionweld.spec.quantity import parse_quantity
from ionweld.study.model import Study
from ionweld.study.settings import CalibrationSettings, CalibrationTest
from ionweld.twin.calibrate import Calibration, CalibrationProblem, TargetRow, calibrate, sensitivities
from ionweld.twin.calibrated import Calibrated, FittedParameter, with_calibrated
from ionweld.twin.full_model import FullModel
from ionweld.twin.joint_model import JointModel
from ionweld.twin.pool import Mapper
from ionweld.twin.posterior import Posterior, posterior
from ionweld.twin.symmetric_model import SymmetricModel


def problem(study: Study, settings: CalibrationSettings) -> CalibrationProblem:
    """Return the least-squares problem of a study. Raises SpecError for a row that no calibration can be told."""
    rows = []
    for row in settings.row:
        number = study.number(row.number)
        value = parse_quantity(row.target, number.unit).value
        logarithmic = row.scale == "logarithmic"
        sigma = parse_quantity(row.sigma, "1" if logarithmic else number.unit).value
        rows.append(TargetRow(str(number.observable), value, sigma, number.relation, logarithmic))
    model = JointModel(tuple(_model(study, settings, test) for test in settings.test))
    return CalibrationProblem(_prior(study, settings), model, tuple(rows), tuple(settings.carried))


def _prior(study: Study, settings: CalibrationSettings) -> Entry:
    """Return the parameters of all cells, with the conditions that are fitted or carried among them."""
    described = [part for test in settings.test for part in study.described(study.test(test.name))]
    names = [*settings.conditions, *(name for name in settings.carried if name in PATHS)]
    assumed = {
        name: assumption(name) for name in settings.carried if name in entry("assumptions").properties.keys() - PATHS
    }
    told = conditions_entry(described, names).joined(
        replace(entry("assumptions"), properties=assumed, symbols={name: name for name in assumed})
    )
    interface = entry(settings.interface)
    known = interface if settings.cathode is None else interface.joined(entry(settings.cathode))
    return known.joined(replace(told, priors=dict(settings.conditions)))


def _model(study: Study, settings: CalibrationSettings, test: CalibrationTest) -> SymmetricModel | FullModel:
    """Return the model of one test, with the observables of it that the rows are about."""
    cell, protocol = study.described(study.test(test.name))
    told = (study.observable(str(study.number(row.number).observable)) for row in settings.row)
    about = (test.members, test.seed, tuple(one for one in told if one.test == test.name))
    if isinstance(protocol, WindowProtocol):
        return FullModel(cell, protocol, *about)
    return SymmetricModel(cell, protocol, *about)


def recalibrate(study: Study, settings: CalibrationSettings, mapper: Mapper, done: Callable[[], None]) -> Calibrated:
    """Run a study's calibration from scratch. Raises ComputationError when its starts do not agree.

    `done` is called after each start and each draw.
    """
    posed = problem(study, settings)
    found = calibrate(posed, settings.starts, settings.seed, mapper, done)
    return result(settings, posed, found, left_open(settings, posed, found, mapper, done))


def left_open(
    settings: CalibrationSettings,
    posed: CalibrationProblem,
    found: Calibration,
    mapper: Mapper,
    done: Callable[[], None],
) -> Posterior:
    """Return draws of what the rows leave open about the optimum."""
    slopes = sensitivities(posed, found.optimum.z, mapper)
    return posterior(posed, found.optimum.z, slopes, settings.draws, settings.seed, mapper, done)


def result(settings: CalibrationSettings, posed: CalibrationProblem, found: Calibration, left: Posterior) -> Calibrated:
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


def _fitted(parameters: Entry, factor: float, name: str, spread: float) -> FittedParameter:
    known = parameters.quantity(name)
    return FittedParameter(
        value=f"{known.value:.5g}" + ("" if known.unit == "1" else f" {known.unit}"),
        unit=known.unit,
        factor=round(factor**spread, 3),
        posterior_over_prior=round(spread, 3),
    )


def predictive(study: Study, settings: CalibrationSettings, calibrated: Calibrated) -> tuple[Entry, list[Entry]]:
    """Return the calibrated parameters of all cells with their conditions, and draws of what is left uncertain.

    A draw moves the fitted parameters within what the data leave open, and what is carried within its range.
    """
    posed = problem(study, settings)
    return with_calibrated(calibrated, posed.prior), [posed.entry(np.array(draw)) for draw in calibrated.draws]
