"""ionweld against impedance.py (the [oracle] extra) in one run, on two circuits.

Run: python benchmarks/eis_vs_impedance_py.py [spectra per circuit, 12]; one core.
Per refinement: the same start (every parameter within 20 % of the truth), modulus weights in both. Whole job: ionweld
gets no start values; impedance.py needs some, so it gets each R, Q, tau off by up to 10^1.5, as a first guess is.
A fit counts as found when its modulus-weighted chi2 is at most 1 % above the best of all four.
"""

import os
import sys
import time
import warnings
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path[:0] = [str(Path(__file__).parents[1] / name) for name in ("src", "tests")]

import numpy as np
from eisfit_sets import CIRCUIT, SWEEP, draw, log_uniform
from impedance.models.circuits import CustomCircuit

from ionweld.analyse.eis.fit import fit
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.simulate.spectra import simulate_spectrum
from ionweld.spec.circuit import circuit

DIFFUSION = "R0-p(R1-Wo1,CPE1)"


def diffusion(seed: int) -> tuple[ImpedanceSpectrum, dict[str, float]]:
    """Return a spectrum of a charge-transfer arc with finite diffusion in a blocking layer."""
    rng = np.random.default_rng(seed)
    R1 = log_uniform(rng, 10, 1e3)
    n = rng.uniform(0.85, 1.0)
    truth = {
        "R0": R1 * rng.uniform(0.1, 0.5), "R1": R1, "Wo1.R": R1 * log_uniform(rng, 0.3, 3),
        "Wo1.tau": log_uniform(rng, 0.3, 10), "CPE1.Q": log_uniform(rng, 1e-5, 1e-3) ** n / R1, "CPE1.n": n,
    }  # fmt: skip
    return simulate_spectrum(DIFFUSION, truth, SWEEP, noise=0.005, seed=seed), truth


def theirs(text: str, spectrum: ImpedanceSpectrum, start: np.ndarray) -> tuple[float, float]:
    """Return (milliseconds, chi2) of impedance.py from one start; chi2 is infinite when it gives up."""
    model = CustomCircuit(text, initial_guess=list(np.exp(start)))
    began = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(spectrum.frequency_Hz, spectrum.impedance_ohm, weight_by_modulus=True)
            Z = model.predict(spectrum.frequency_Hz)
    except (RuntimeError, ValueError):
        return 1e3 * (time.process_time() - began), float("inf")
    spent = 1e3 * (time.process_time() - began)
    return spent, float(np.sum(np.abs((Z - spectrum.impedance_ohm) / spectrum.impedance_ohm) ** 2))


def ours(text: str, spectrum: ImpedanceSpectrum, start: np.ndarray | None) -> tuple[float, float]:
    """Return (milliseconds, chi2) of ionweld, refining a start or finding one."""
    began = time.process_time()
    found = fit(spectrum, text, start=start)
    return 1e3 * (time.process_time() - began), found.chi2


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    for text in (CIRCUIT, DIFFUSION):
        names, kinds = circuit(text).names, circuit(text).kinds
        rng = np.random.default_rng(1)
        rows = []
        for seed in range(count):
            case = draw("a", seed)
            spectrum, truth = (case.spectrum, case.truth) if text == CIRCUIT else diffusion(seed)
            exact = np.log([truth[name] for name in names])
            near = exact + np.log(rng.uniform(0.8, 1.2, len(names)))
            wild = exact + np.log(10) * rng.uniform(-1.5, 1.5, len(names))
            exponents = np.array([kind == "exponent" for kind in kinds])
            near[exponents], wild[exponents] = np.minimum(near[exponents], 0), np.log(0.8)
            ours(text, spectrum, near)  # warm up the caches for both roads alike
            rows.append(
                [
                    ours(text, spectrum, near),
                    theirs(text, spectrum, near),
                    ours(text, spectrum, None),
                    theirs(text, spectrum, wild),
                ]
            )
        table = np.array(rows)  # (spectrum, road, [ms, chi2])
        best = table[:, :, 1].min(axis=1)
        found = table[:, :, 1] <= 1.01 * best[:, None]
        print(f"\n{text}, {count} spectra, process time on one core")
        roads = (
            "ionweld, same start",
            "impedance.py, same start",
            "ionweld, no start values",
            "impedance.py, first guess",
        )
        for place, road in enumerate(roads):
            ms = table[:, place, 0]
            rate = 100 * np.mean(found[:, place])
            print(f"  {road:28s} median {np.median(ms):8.1f} ms  mean {np.mean(ms):8.1f} ms  found {rate:5.0f} %")
        print(f"  per refinement: {np.median(table[:, 1, 0] / table[:, 0, 0]):.0f} times faster (median of ratios)")
        print(f"  whole job:      {np.median(table[:, 3, 0] / table[:, 2, 0]):.0f} times faster (median of ratios)")


if __name__ == "__main__":
    main()
