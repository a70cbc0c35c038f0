"""Which circuits a spectrum proposes by itself: from its processes, few candidates, with odds.

The distribution of relaxation times says how many arcs there are and what stands beside them; candidates are that
circuit, the same with one arc less or more, with ideal capacitors where an arc is ideal, and with diffusion in place of a
tail or of a broad slow arc. Odds are the weights exp(-BIC/2) of the fits (Schwarz 1978, 10.1214/aos/1176344136; equal
odds before the data): they compare the candidates with each other and say nothing of circuits that are none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ionweld.analyse.eis.drt import relaxation_times
from ionweld.analyse.eis.fit import CircuitFit, fit
from ionweld.analyse.eis.problem import Weighting
from ionweld.analyse.eis.processes import Processes
from ionweld.errors import Fault, InputError
from ionweld.measurement.impedance import ImpedanceSpectrum

_IDEAL = 0.97  # exponent from which an arc may be ideal
_DIFFUSIVE = (0.35, 0.65)  # exponents of a tail that may be diffusion
_BROAD = 0.75  # exponent below which the slowest arc may be diffusion
_PLAINEST = 0.2  # of the best odds: a circuit of fewer parameters that has this much is preferred
_EXACT = float(np.finfo(float).eps) ** 2
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """A circuit with its odds among those that were tried, and its fit."""

    circuit: str
    odds: float
    fit: CircuitFit


def propose(spectrum: ImpedanceSpectrum, weighting: Weighting = "modulus") -> tuple[Proposal, ...]:
    """Return the circuits that serve, the one to use first: the plainest of those whose odds are near the best.

    Raises InputError for fewer than eight points, or when no candidate can be carried by so few points.
    """
    found = relaxation_times(spectrum)
    peaks = tuple(peak.tau_s for peak in found.peaks)
    texts = [text for text in candidates(found) if _carried(text, spectrum)]
    if not texts:
        seen = f"{len(spectrum.frequency_Hz)} points carry no circuit"
        raise InputError(Fault(spectrum.provenance.source, seen, "Give a longer sweep, or --circuit"))
    fits = [fit(spectrum, text, weighting=weighting, times=peaks) for text in texts]
    scores = np.array([_bic(one) for one in fits])
    weights = np.exp(-0.5 * (scores - scores.min()))
    odds = weights / weights.sum()
    proposals = [Proposal(one.circuit.text, float(share), one) for one, share in zip(fits, odds, strict=True)]
    return _ordered(proposals)


def _ordered(proposals: Sequence[Proposal]) -> tuple[Proposal, ...]:
    best = max(proposal.odds for proposal in proposals)
    serving = [proposal for proposal in proposals if proposal.odds >= _PLAINEST * best]
    first = min(serving, key=lambda proposal: (len(proposal.fit.logs), -proposal.odds))
    rest = sorted((one for one in proposals if one is not first), key=lambda proposal: -proposal.odds)
    return (first, *rest[: _SHOWN - 1])


def _carried(text: str, spectrum: ImpedanceSpectrum) -> bool:
    """Whether there are more data than unknowns; an arc has three, a tail two, R and L one each."""
    unknowns = 3 * text.count("p(") + 2 * text.count("W") + 2 * text.endswith("CPE9") + 2
    return 2 * len(spectrum.frequency_Hz) > 2 * unknowns


def _bic(found: CircuitFit) -> float:
    count = found.problem.data
    return float(count * np.log(max(found.chi2 / count, _EXACT)) + len(found.logs) * np.log(count))


def candidates(found: Processes) -> tuple[str, ...]:
    """Return the circuits that these processes suggest, in the notation of impedance.py."""
    lead = "L0-R0" if found.L_H else "R0"
    arcs = _arcs(found)
    ends = ["CPE9"] if found.tail else [""]
    if found.tail and _DIFFUSIVE[0] <= found.tail.exponent <= _DIFFUSIVE[1]:
        ends += ["W9", "Wo9", "Ws9"]
    texts = [_series(lead, arcs, end) for end in ends]
    ideal = [arc.replace("CPE", "C") if peak.n > _IDEAL else arc for arc, peak in zip(arcs, found.peaks, strict=False)]
    texts.append(_series(lead, ideal, ends[0]))
    if len(arcs) > 1:
        texts.append(_series(lead, arcs[:-1], ends[0]))
    if arcs and not found.tail and found.peaks[-1].n < _BROAD:
        texts += [_series(lead, arcs[:-1], "Ws9"), _series(lead, arcs[:-1], "G9")]
    texts.append(_series(lead, [*arcs, _arc(len(arcs) + 1)], ends[0]))
    return tuple(dict.fromkeys(texts))


def _arc(number: int) -> str:
    return f"p(R{number},CPE{number})"


def _arcs(found: Processes) -> list[str]:
    """Return an arc for each process; a negative one turns the arc before it back through an inductive branch."""
    arcs: list[str] = []
    for peak in found.peaks:
        number = len(arcs) + 1
        if peak.R_ohm > 0.0:
            arcs.append(_arc(number))
        elif arcs:
            arcs[-1] = f"{arcs[-1][:-1]},R{number + 5}-L{number + 5})"
    return arcs


def _series(lead: str, arcs: Sequence[str], end: str) -> str:
    return "-".join(part for part in (lead, *arcs, end) if part)
