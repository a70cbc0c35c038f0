"""One fit of a whole series: parameters of different spectra linked over temperature or cycles.

In logarithms every link is linear, so the parameters of all spectra are x = offset + A theta:

    arrhenius   ln R = ln R_ref + (Ea/k)(1/T - 1/T_ref) [+ ln(T/T_ref) when Ea belongs to sigma T]
    smooth      ln p is a straight line in the coordinate (1/T, or the number of the cycle)
    shared      ln p is the same in every spectrum
    free        ln p is its own in every spectrum

Each spectrum is weighted by the noise that its own fit found, or all of them alike (one chi2, as some publications have it).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from ionweld.analyse.eis.fit import CircuitFit, FitParameter, parameters
from ionweld.analyse.eis.problem import Real
from ionweld.errors import Fault, InputError
from ionweld.numerics.levenberg import minimise

Link = Literal["arrhenius", "smooth", "shared", "free"]
_FLAT = 1e-13


@dataclass(frozen=True, slots=True)
class JointFit:
    """A fitted series. logs (s, p): ln of the unknowns of each spectrum; covariance (s p, s p) of all of them.

    theta: the linked unknowns, theta_covariance theirs; lines[name] is the place in theta of ln p at the smallest
    coordinate (s,) of a parameter linked by a line, that at the largest follows; excess: root of the reduced
    chi-squared, 1 when the links hold; link_p_value: how often links that are true fit this badly.
    """

    fits: tuple[CircuitFit, ...]
    links: dict[str, Link]
    coordinate: Real
    logs: Real
    covariance: Real
    theta: Real
    theta_covariance: Real
    lines: dict[str, int]
    excess: float
    link_p_value: float

    def place(self, name: str) -> NDArray[np.intp]:
        """Return the places of one parameter in the flattened logs and in covariance, (s,)."""
        return np.arange(len(self.fits)) * self.logs.shape[1] + self.fits[0].circuit.index(name)

    @property
    def chi2(self) -> float:
        """Return the sum of the squared weighted residuals of all spectra, each in the weights of its own fit."""
        return sum(float(fit.problem.chi2(logs)) for fit, logs in zip(self.fits, self.logs, strict=True))

    def slope(self, name: str) -> tuple[float, float]:
        """Return d ln p/d coordinate of a parameter that is linked by a line, and its standard error."""
        first = self.lines[name]
        apart = np.ptp(self.coordinate)
        ends = self.theta_covariance[first : first + 2, first : first + 2]
        variance = ends[0, 0] + ends[1, 1] - 2.0 * ends[0, 1]
        return float((self.theta[first + 1] - self.theta[first]) / apart), float(np.sqrt(max(variance, 0.0)) / apart)


@dataclass(frozen=True, slots=True)
class _Map:
    """x = offset + matrix theta, (s p,), (s p, q), with theta between low and high, (q,)."""

    matrix: Real
    offset: Real
    low: Real
    high: Real
    lines: dict[str, int]


def joint_fit(
    fits: Sequence[CircuitFit],
    coordinate: Sequence[float],
    links: Mapping[str, Link],
    offsets: Mapping[str, Real] | None = None,
    *,
    alike: bool = False,
) -> JointFit:
    """Return the joint fit of a series from the separate fits of its spectra, all of one circuit.

    coordinate: (s,), such as 1/T; links: by unknown, "free" where a name is missing; offsets: by unknown, (s,), a known
    part of ln p; alike: one noise for all spectra in place of each one's own.
    Raises InputError for fewer than two spectra, mixed circuits or one coordinate.
    """
    _check(fits, coordinate)
    names = fits[0].circuit.names
    mapped = _linear_map(fits, np.asarray(coordinate, float), links, offsets or {})
    separate = np.concatenate([fit.logs for fit in fits])
    start = np.asarray(np.linalg.lstsq(mapped.matrix, separate - mapped.offset, rcond=None)[0], float)
    scale = 1 / np.sqrt(_noises(fits, alike))

    def model(theta: Real, _rows: NDArray[np.intp]) -> tuple[Real, Real]:
        logs = (mapped.offset + mapped.matrix @ theta[0]).reshape(len(fits), -1)
        parts = [fit.problem.residuals(row[None]) for fit, row in zip(fits, logs, strict=True)]
        blocks = mapped.matrix.reshape(len(fits), len(names), -1)
        residuals = np.concatenate([r[0] * w for (r, _), w in zip(parts, scale, strict=True)])
        slopes = np.hstack([block.T @ (J[0] * w) for (_, J), block, w in zip(parts, blocks, scale, strict=True)])
        return residuals[None], slopes[None]

    found = minimise(model, start[None], mapped.low, mapped.high, tolerance=1e-10, iterations=100)
    return _result(fits, dict(links), np.asarray(coordinate, float), mapped, found.points[0], model)


def _noises(fits: Sequence[CircuitFit], alike: bool) -> Real:
    """Return the variance of a weighted residual of each spectrum, (s,)."""
    own = np.array([fit.noise for fit in fits])
    freedom = np.array([max(fit.problem.freedom, 1) for fit in fits])
    return np.full(len(fits), own @ freedom / freedom.sum()) if alike else own


def _check(fits: Sequence[CircuitFit], coordinate: Sequence[float]) -> None:
    where = "joint fit"
    if len(fits) < 2:
        raise InputError(Fault(where, "there is only one spectrum", "Give the spectra of a series"))
    if len({fit.circuit.text for fit in fits}) > 1:
        raise InputError(Fault(where, "the fits are of different circuits", "Fit one circuit to all spectra"))
    if np.ptp(coordinate) == 0:
        raise InputError(Fault(where, "all spectra have one temperature", "Give spectra at different temperatures"))


def _linear_map(
    fits: Sequence[CircuitFit], coordinate: Real, links: Mapping[str, Link], offsets: Mapping[str, Real]
) -> _Map:
    """Return the linear map from what is linked to the unknowns of all spectra.

    A line is given by its two ends, so that it stays within bounds wherever its ends do.
    """
    names = fits[0].circuit.names
    along = (coordinate - coordinate.min()) / np.ptp(coordinate)
    columns, low, high, lines = [], [], [], {}
    offset = np.zeros((len(fits), len(names)))
    for place, name in enumerate(names):
        link = links.get(name, "free")
        offset[:, place] = offsets.get(name, 0.0) if link == "arrhenius" else 0.0
        if link in ("arrhenius", "smooth"):
            lines[name] = len(columns)
        for shape in _shapes(link, along):
            column = np.zeros((len(fits), len(names)))
            column[:, place] = shape
            columns.append(column.ravel())
            bounds = _bounds(fits, place, shape == 1.0, offset[:, place])
            low.append(bounds[0])
            high.append(bounds[1])
    return _Map(np.array(columns).T, offset.ravel(), np.array(low), np.array(high), lines)


def _shapes(link: Link, along: Real) -> Sequence[Real]:
    """Return how each linked unknown of a parameter enters the spectra, (s,); along: 0 to 1 over the coordinate."""
    if link == "free":
        return list(np.eye(len(along)))
    return [np.ones_like(along)] if link == "shared" else [1.0 - along, along]


def _bounds(fits: Sequence[CircuitFit], place: int, whole: NDArray[np.bool_], offset: Real) -> tuple[float, float]:
    """Return the bounds of a linked unknown: the widest of the spectra that it gives by itself."""
    tasks = [(fit.problem, known) for fit, alone, known in zip(fits, whole, offset, strict=True) if alone]
    return (
        float(min(task.lower[place] - known for task, known in tasks)),
        float(max(task.upper[place] - known for task, known in tasks)),
    )


def _result(
    fits: Sequence[CircuitFit], links: dict[str, Link], coordinate: Real, mapped: _Map, theta: Real, model
) -> JointFit:
    residuals, slopes = (part[0] for part in model(theta[None], np.zeros(1, np.intp)))
    norms = np.maximum(np.sqrt(np.sum(slopes**2, axis=1)), 1e-150)
    values, vectors = np.linalg.eigh((slopes / norms[:, None]) @ (slopes / norms[:, None]).T)
    inverse = (vectors / np.maximum(values, _FLAT * values.max())) @ vectors.T / np.outer(norms, norms)
    chi2, freedom = float(residuals @ residuals), max(len(residuals) - len(theta), 1)
    # Each separate fit contributes its degrees of freedom exactly, because it set the scale of its own noise.
    separate = sum(fit.problem.freedom for fit in fits)
    extra = sum(len(fit.logs) for fit in fits) - len(theta)
    p_value = float(fdtrc(extra, separate, max(chi2 - separate, 0.0) / extra)) if extra else 1.0
    # residuals of exactly nothing: each spectrum's noise is then that of the machine, and no more is known
    covariance = inverse * (chi2 / freedom or 1.0)
    logs = (mapped.offset + mapped.matrix @ theta).reshape(len(fits), -1)
    return JointFit(
        tuple(fits), links, coordinate, logs, mapped.matrix @ covariance @ mapped.matrix.T, theta, covariance,
        mapped.lines, float(np.sqrt(chi2 / freedom)), p_value,
    )  # fmt: skip


def at_solution(joint: JointFit) -> list[CircuitFit]:
    """Return each spectrum's fit with the joint values and their joint covariance in place of its own."""
    size = joint.logs.shape[1]
    found = []
    for index, (fit, logs) in enumerate(zip(joint.fits, joint.logs, strict=True)):
        residuals = fit.problem.residuals(logs[None])[0][0]
        weighted = residuals.view(complex)
        block = slice(index * size, (index + 1) * size)
        found.append(
            replace(
                fit,
                logs=logs,
                covariance=joint.covariance[block, block],
                chi2=float(residuals @ residuals),
                residuals=weighted,
                model_ohm=weighted / fit.problem.weights + fit.problem.Z,
            )
        )
    return found


def joint_parameters(joint: JointFit, index: int) -> tuple[FitParameter, ...]:
    """Return the parameters of one spectrum at the joint solution, intervals from the joint covariance."""
    return parameters(at_solution(joint)[index])
