"""How often the automatic fit finds the global optimum, how close it comes, how long it takes, how honest it is.

Run: python benchmarks/eis_synthetic_sets.py [spectra per set, 200] [first seed, random]; one core.
The optimum is what a refinement from the true parameters reaches; a fit counts when its chi2 is at most 0.1 % above it.
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path[:0] = [str(Path(__file__).parents[1] / name) for name in ("src", "tests")]

import numpy as np
from eisfit_sets import CIRCUIT, NOISE, draw, judged

from ionweld.analyse.eis.fit import covariance_interval, fit
from ionweld.spec.circuit import circuit


def run(kind: str, count: int, first: int) -> tuple[list[float], ...]:
    optimum, close, milliseconds, inside, agreeing = [], [], [], [], []
    made = circuit(CIRCUIT)
    for seed in range(first, first + count):
        case = draw(kind, seed)
        began = time.process_time()
        found = fit(case.spectrum, made)
        milliseconds.append(1e3 * (time.process_time() - began))
        truth = np.log([case.truth[name] for name in made.names])
        best = fit(case.spectrum, made, start=truth)
        optimum.append(found.chi2 <= best.chi2 * 1.001)
        close.append(np.max(np.abs(judged(made.values(found.logs)) / judged(case.truth) - 1)) < 0.05)
        agreeing.append(found.starts_agreeing / found.starts)
        for index, name in enumerate(made.names):
            low, high = covariance_interval(found, index)
            inside.append(low <= case.truth[name] <= high)
    return optimum, close, milliseconds, inside, agreeing


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    first = int(sys.argv[2]) if len(sys.argv) > 2 else int(np.random.default_rng().integers(10**6))
    fit(draw("a", 0).spectrum, CIRCUIT)  # imports and caches
    print(f"{count} spectra per set, seeds from {first}; process time on one core")
    print("set  noise  optimum %  within 5 %  median ms  mean ms  95 % intervals hold %  starts agreeing %")
    for kind, noise in NOISE.items():
        optimum, close, ms, inside, agreeing = run(kind, count, first)
        print(
            f"({kind})  {100 * noise:4.1f}  {100 * np.mean(optimum):9.1f}  {100 * np.mean(close):10.1f}  "
            f"{np.median(ms):9.1f}  {np.mean(ms):7.1f}  {100 * np.mean(inside):21.1f}  {100 * np.mean(agreeing):17.0f}"
        )


if __name__ == "__main__":
    main()
