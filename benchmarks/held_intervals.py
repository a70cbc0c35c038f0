"""The loop that the coverage benchmarks share: draws of each scenario, and how many of the told intervals hold the truth."""

from collections import Counter
from collections.abc import Callable, Iterable
from time import process_time

import numpy as np

Held = dict[str, list[bool]]  # kind of number -> whether each one held


def print_coverage(scenarios: Iterable[str], draws: int, judge: Callable[[str, int], tuple[Held, str]]) -> None:
    """Print one table per scenario. judge: what was held in one draw (scenario, seed), and the analysis's verdict on it.

    "+-" is one binomial standard error; numbers of one draw are not independent, so that the true one is larger.
    """
    for scenario in scenarios:
        held: Held = {}
        told: Counter[str] = Counter()
        start = process_time()
        for seed in range(draws):
            found, verdict = judge(scenario, seed)
            told[verdict] += 1
            for name, values in found.items():
                held.setdefault(name, []).extend(values)
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(told.items()))
        print(f"{scenario}: {draws} draws, {process_time() - start:.0f} s of CPU; {verdicts}")
        for name in sorted(held):
            share, count = float(np.mean(held[name])), len(held[name])
            error = np.sqrt(share * (1.0 - share) / count)
            print(f"  {name:30s} {100 * share:5.1f} +- {100 * error:.1f} % of {count}", flush=True)
