"""How often the right number of processes is found, how near their resistances come, and how long it takes.

Seven cells, 81 points over eight decades, 1 % noise in proportion to |Z|. Run: python benchmarks/eis_relaxation_times.py 200
The peers hybrid-drt and pyDRTtools are not in the package index, so this project's files cannot install them to run beside.
"""

import sys
from time import process_time

import numpy as np

from ionweld.analyse.eis.processes import processes_of
from ionweld.numerics.threads import one_thread

OMEGA = 2 * np.pi * np.geomspace(1e6, 1e-2, 81)
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


def main(count: int) -> None:
    """Print one row a cell."""
    print(f"{count} spectra of each cell")
    print("cell              right number   median |dR/R|      ms")
    for name, (arcs, beside) in CELLS.items():
        errors, times = [], []
        for seed in range(count):
            Z = measured(arcs, beside, seed)
            began = process_time()
            found = processes_of(OMEGA, Z).peaks
            times.append(process_time() - began)
            if len(found) == len(arcs):
                errors.append([abs(peak.R_ohm / R - 1) for peak, (R, _, _) in zip(found, arcs, strict=True)])
        typical = " / ".join(f"{100 * error:.1f} %" for error in np.median(errors, axis=0))
        print(f"{name:17s} {100 * len(errors) / count:8.1f} %     {typical:16s} {1e3 * np.median(times):6.0f}")


if __name__ == "__main__":
    with one_thread():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
