"""How often the right number of processes is found, how near their resistances come, and how long it takes.

Seven cells, 81 points over eight decades, 1 % noise in proportion to |Z|. `bound` is the median error of an unbiased estimate that
is told how many arcs there are and reaches the bound of Cramer and Rao: nobody's is smaller on average. Run: python benchmarks/eis_relaxation_times.py 200
With peers beside: python benchmarks/eis_relaxation_times.py 50 ionweld hybrid-drt pyDRTtools, in an environment that has them
(pip install eisyfit-hybrid-drt pyDRTtools): hybrid-drt with its defaults, pyDRTtools with ridge regression and generalised
cross-validation. Their peak is what stands between two troughs, and counts above 2 % of the whole area.
"""

import contextlib
import io
import sys
import warnings
from collections.abc import Callable
from time import process_time
from types import ModuleType
from unittest import mock

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]

OMEGA = 2 * np.pi * np.geomspace(1e6, 1e-2, 81)
LEAST_SHARE = 0.02
JW = 1j * OMEGA
CELLS = {
    "ZARC n 0.8": ([(50, 1e-3, 0.8)], 0),
    "ZARC n 0.95": ([(50, 1e-3, 0.95)], 0),
    "two, 3 decades": ([(50, 1e-4, 0.85), (80, 1e-1, 0.85)], 0),
    "two, 1.2 decades": ([(50, 1e-3, 0.85), (80, 10**-1.8, 0.85)], 0),
    "100 + 10 ohm": ([(100, 1e-4, 0.9), (10, 1e-1, 0.9)], 0),
    "arcs + blocking": ([(50, 1e-5, 0.85), (80, 1e-3, 0.85)], 1 / (1e-2 * JW**0.9)),
    "arcs + Warburg": ([(50, 1e-5, 0.85), (80, 1e-3, 0.85)], 20 * JW**-0.5),
}


def measured(arcs, beside, seed):
    """Return a spectrum of this cell with 1 % noise."""
    rng = np.random.default_rng(seed)
    Z = 10 + sum(R / (1 + (JW * tau) ** n) for R, tau, n in arcs) + beside
    return Z + 0.01 * np.abs(Z) * (rng.standard_normal(81) + 1j * rng.standard_normal(81))


def bound(arcs, beside):
    """Return the least median of |dR/R| of each arc, all parameters of the true model free: 0.674 standard errors."""
    slopes = [np.ones_like(JW)]
    for R, tau, n in arcs:
        u = (JW * tau) ** n
        arc = R / (1 + u)
        slopes += [arc, -arc * n * u / (1 + u), -arc * u * np.log(JW * tau) / (1 + u)]  # by ln R, ln tau, n
    Z = 10 + sum(R / (1 + (JW * tau) ** n) for R, tau, n in arcs) + beside
    if np.ndim(beside):
        slopes += [
            beside,
            beside * np.log(JW),
        ]  # a power of the frequency: by the logarithm of its size, and its exponent
    rows = (np.array(slopes) / (0.01 * np.abs(Z))).view(float)
    errors = np.sqrt(np.diag(np.linalg.inv(rows @ rows.T)))
    return 0.6745 * errors[1 : 1 + 3 * len(arcs) : 3]


def ionweld(Z: Complex) -> list[float]:
    """Return the resistances (ohm) that this project finds, fast processes first."""
    from ionweld.analyse.eis.processes import processes_of

    return [peak.R_ohm for peak in processes_of(OMEGA, Z).peaks]


def hybrid_drt(Z: Complex) -> list[float]:
    """Return the resistances of hybrid-drt's peaks."""
    from hybdrt.models import DRT

    model = DRT()
    model.fit_eis(OMEGA / (2 * np.pi), Z)
    tau = model.find_peaks()
    return _large([R for _, R in sorted(zip(tau, model.quantify_peaks(), strict=True))])


def pydrttools(Z: Complex) -> list[float]:
    """Return the areas between the troughs of pyDRTtools' distribution."""
    sys.modules.setdefault("pyDRTtools.cli", ModuleType("pyDRTtools.cli"))  # it would open the toolkit of its windows
    with mock.patch("matplotlib.use"):
        from pyDRTtools.runs import EIS_object, simple_run
    from scipy.signal import argrelmin

    found = simple_run(EIS_object(OMEGA / (2 * np.pi), Z.real, Z.imag), cv_type="GCV")
    order = np.argsort(found.out_tau_vec)
    log_tau, gamma = np.log(np.asarray(found.out_tau_vec)[order]), np.asarray(found.gamma)[order]
    parts = np.split(np.arange(len(gamma)), argrelmin(gamma)[0])
    return _large([float(np.trapezoid(gamma[part], log_tau[part])) for part in parts])


def _large(resistances: list[float]) -> list[float]:
    return [R for R in resistances if LEAST_SHARE * sum(resistances) < R]


METHODS: dict[str, Callable[[Complex], list[float]]] = {
    "ionweld": ionweld,
    "hybrid-drt": hybrid_drt,
    "pyDRTtools": pydrttools,
}


def main(count: int, names: list[str]) -> None:
    """Print one row a cell and method."""
    print(f"{count} spectra of each cell")
    print("cell              method       right number   median |dR/R|      bound            ms")
    for cell, (arcs, beside) in CELLS.items():
        least = " / ".join(f"{100 * error:.1f} %" for error in bound(arcs, beside))
        for name in names:
            errors, times = [], []
            for seed in range(-1, count):  # the first one warms up
                Z = measured(arcs, beside, max(seed, 0))
                began = process_time()
                with contextlib.redirect_stdout(io.StringIO()):  # pyDRTtools and hybrid-drt print as they go
                    found = METHODS[name](Z)
                if seed < 0:
                    continue
                times.append(process_time() - began)
                if len(found) == len(arcs):
                    errors.append([abs(one / R - 1) for one, (R, _, _) in zip(found, arcs, strict=True)])
            middle = np.median(errors, axis=0) if errors else []
            typical = " / ".join(f"{100 * error:.1f} %" for error in middle) or "-"
            share, ms = 100 * len(errors) / count, 1e3 * np.median(times)
            print(f"{cell:17s} {name:12s} {share:8.1f} %     {typical:16s} {least:14s} {ms:6.0f}", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # the peers'
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50, sys.argv[2:] or ["ionweld"])
