"""Many spectra of one kind: the optimum of one is where the next is looked for, as long as that fits as well.

A spectrum that its neighbour's optimum leads to a fit as good as the fits from many starts had been needs no many starts.
Where it is worse, and every tenth time, all starts are tried.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ionweld.analyse.eis.fit import CircuitFit, fit
from ionweld.analyse.eis.problem import Weighting
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.spec.circuit import Circuit

_FEW = 20  # a batch of fewer spectra costs little, and they may differ: each is searched
_SEARCHED_FIRST = 3  # spectra that are searched from many starts before one is trusted to lead on
_SEARCHED_AGAIN = 10
_AS_GOOD = 1.3  # times the median of reduced chi2 of the searched ones


def fit_batch(
    spectra: Sequence[ImpedanceSpectrum],
    circuit: Circuit,
    weighting: Weighting = "modulus",
    advance: Callable[[], None] = lambda: None,
) -> list[CircuitFit]:
    """Return the fit of each spectrum; a fit that was led to says that it had one start. advance: called after each."""
    found = []
    for one in _each(spectra, circuit, weighting):
        found.append(one)
        advance()
    return found


def _each(spectra: Sequence[ImpedanceSpectrum], circuit: Circuit, weighting: Weighting) -> Iterator[CircuitFit]:
    searched: list[float] = []
    last: CircuitFit | None = None
    many = len(spectra) >= _FEW
    for place, spectrum in enumerate(spectra):
        led = None
        if many and last is not None and len(searched) >= _SEARCHED_FIRST and place % _SEARCHED_AGAIN:
            led = fit(spectrum, circuit, weighting=weighting, start=last.logs)
        if led is not None and led.reduced_chi2 <= _AS_GOOD * float(np.median(searched)):
            last = led
        else:
            last = fit(spectrum, circuit, weighting=weighting)
            searched.append(last.reduced_chi2)
        yield last
