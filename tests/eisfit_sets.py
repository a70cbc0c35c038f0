"""Five sets of synthetic spectra with known truth: two arcs, a series resistance and a blocking tail.

Draws: R1 1e2..5e4 ohm, tau1 2..20 us, tau2/tau1 60..400, R2/R1 0.5..3.2, n 0.8..1, R0/R1 0.2..0.8, tail modulus at
0.1 Hz one to ten times R0 + R1 + R2; 60 points, 1 MHz to 0.1 Hz. (a) 0.5 % noise; (b) 2 %; (c) tau2/tau1 6..30, 0.5 %;
(d) the same at 2 %; (e) tau1 1e-8..1e-7 s, above the window, 0.5 %.
"""

from dataclasses import dataclass

import numpy as np

from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.simulate.spectra import frequencies, simulate_spectrum

CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
NOISE = {"a": 0.005, "b": 0.02, "c": 0.005, "d": 0.02, "e": 0.005}
SWEEP = frequencies(1e6, 0.1, 60)


@dataclass(frozen=True, slots=True)
class Case:
    """A spectrum with its truth."""

    spectrum: ImpedanceSpectrum
    truth: dict[str, float]


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(10 ** rng.uniform(np.log10(low), np.log10(high)))


def draw(kind: str, seed: int) -> Case:
    """Return one case of a set; the seed decides everything."""
    rng = np.random.default_rng([ord(kind), seed])
    R1 = log_uniform(rng, 1e2, 5e4)
    tau1 = log_uniform(rng, 1e-8, 1e-7) if kind == "e" else log_uniform(rng, 2e-6, 2e-5)
    tau2 = tau1 * (log_uniform(rng, 6, 30) if kind in "cd" else log_uniform(rng, 60, 400))
    R2, R0 = R1 * log_uniform(rng, 0.5, 3.2), R1 * rng.uniform(0.2, 0.8)
    n1, n2, n3 = rng.uniform(0.8, 1.0, 3)
    tail = log_uniform(rng, 1, 10) * (R0 + R1 + R2)
    truth = {
        "R0": R0, "R1": R1, "CPE1.Q": tau1**n1 / R1, "CPE1.n": n1, "R2": R2, "CPE2.Q": tau2**n2 / R2, "CPE2.n": n2,
        "CPE3.Q": 1 / (tail * (2 * np.pi * 0.1) ** n3), "CPE3.n": n3,
    }  # fmt: skip
    return Case(simulate_spectrum(CIRCUIT, truth, SWEEP, noise=NOISE[kind], seed=int(rng.integers(2**31))), truth)


def judged(values: dict[str, float]) -> np.ndarray:
    """Return what a fit is judged by: every R, tau and n (Q alone is poorly determined by nature)."""
    taus = [(values[f"R{i}"] * values[f"CPE{i}.Q"]) ** (1 / values[f"CPE{i}.n"]) for i in (1, 2)]
    return np.array([values["R0"], values["R1"], values["R2"], *taus, *(values[f"CPE{i}.n"] for i in (1, 2, 3))])
