"""A person's own cells as a source of parameters: the posterior as a file that `simulate` and `sweep` take.

Cells of one design share their parameters. Each posterior is the prior times what its own data say; in the logarithm, and
with normal distributions for all of them, the one of several cells has

    1/s^2  =  1/s_0^2 + sum_i (1/s_i^2 - 1/s_0^2),     m/s^2  =  m_0/s_0^2 + sum_i (m_i/s_i^2 - m_0/s_0^2)

with (m_0, s_0) of the prior and (m_i, s_i) of cell i. What a cell teaches is never counted as less than nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

from ionweld import __version__
from ionweld.infer.diagnosis import PosteriorRow
from ionweld.infer.engine import Inference
from ionweld.spec.derived import interface_name
from ionweld.spec.library import Entry

TWO_SIDED_95 = 1.959964  # standard deviations
WRITTEN = {"% per cycle": "%"}  # how a unit is written in a file
OF_THE_FLAW = (
    "critical_current",
)  # of a pair with other laws this follows from its flaws, and is no number of its file


@dataclass(frozen=True, slots=True)
class SharedParameter:
    """A parameter of one or several cells of a design: median and 95 % interval, in `unit`."""

    parameter: str
    unit: str
    low: float
    median: float
    high: float


def shared(posteriors: Sequence[Sequence[PosteriorRow]]) -> tuple[SharedParameter, ...]:
    """Return the parameters that cells have in common, by the posteriors of all of them."""
    names = [row.parameter for row in posteriors[0]]
    rows = {name: [row for one in posteriors for row in one if row.parameter == name] for name in names}
    return tuple(_joined(found) for found in rows.values() if len(found) == len(posteriors))


def _joined(rows: Sequence[PosteriorRow]) -> SharedParameter:
    first = rows[0]
    if len(rows) == 1:
        return SharedParameter(first.parameter, first.unit, first.low, first.median, first.high)
    middle = 0.5 * (log(first.prior[0]) + log(first.prior[1]))
    precision = _precision(*first.prior)
    moment = middle * precision
    for row in rows:
        told = max(0.0, _precision(row.low, row.high) - _precision(*row.prior))
        known = _precision(row.low, row.high)
        own = 0.5 * (log(row.prior[0]) + log(row.prior[1]))
        # the middle of what the data alone say, which with the prior gives the posterior's
        alone = (log(row.median) * known - own * (known - told)) / told if told > 0.0 else middle
        precision, moment = precision + told, moment + told * alone
    spread = TWO_SIDED_95 / precision**0.5
    centre = moment / precision
    return SharedParameter(first.parameter, first.unit, exp(centre - spread), exp(centre), exp(centre + spread))


def _precision(low: float, high: float) -> float:
    """Return 1/s^2 of a 95 % interval in the logarithm."""
    return (2.0 * TWO_SIDED_95 / max(log(high / low), 1e-6)) ** 2


def parameter_text(*cells: Inference) -> str:
    """Return the parameters that cells of one design have in common as the text of a file for `--parameters`."""
    prior = cells[0].plan.prior
    found = [one for one in shared([cell.posterior.rows for cell in cells]) if _is_a_number_of(prior.parameters, one)]
    about = [
        "# What the measurements of a person's own cells say of their interfaces, by `ionweld diagnose`:",
        "# give it to `ionweld simulate` and `ionweld sweep` with --parameters. Ranges: 95 %, inside the twin's laws.",
        f"software = {json.dumps(f'ionweld {__version__}')}",
        f"interface = {json.dumps(interface_name(prior.cell))}",
        f"cells = {json.dumps([one.plan.prior.cell.name for one in cells], ensure_ascii=False)}",
        f"draws = {sum(len(one.table.draws) for one in cells)}",
        "",
        "[files] # what the numbers were read from, with the hash of each",
        *(f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(digest)}" for name, digest in _files(cells).items()),
    ]
    for one in found:
        unit = WRITTEN.get(one.unit, "" if one.unit == "1" else one.unit)
        low, median, high = (json.dumps(f"{value:.4g} {unit}".strip()) for value in (one.low, one.median, one.high))
        about += ["", f"[parameters.{one.parameter}]", f"value = {median}", f"range = [{low}, {high}]"]
    return "\n".join(about) + "\n"


def _is_a_number_of(parameters: Entry, one: SharedParameter) -> bool:
    own = one.parameter not in OF_THE_FLAW or "filament" in parameters.mechanisms
    return own and one.parameter in parameters.properties and bool(np.isfinite(one.median))


def _files(cells: Sequence[Inference]) -> dict[str, str]:
    tests = [one.observation.whole.provenance for one in cells]
    spectra = [spectrum.provenance for one in cells for _, spectrum in one.observation.spectra]
    return {origin.source: origin.sha256 for origin in [*tests, *spectra]}
