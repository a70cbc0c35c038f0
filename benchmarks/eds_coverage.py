"""How often do the 95 % intervals of a ratio of lines hold the truth? Prints one row per line and size of map.

Two hundred draws alone cannot tell 98.5 % from 95 %: their standard deviation is 1.5 %. Printed beside the share: the
least and the greatest share of any 200 draws, and what 1.96 linear errors would hold where they are given.
Usage: python benchmarks/eds_coverage.py [draws]
"""

import sys
import time

import numpy as np

from ionweld.analyse.eds.profile import LineProfile, eds_profile
from ionweld.simulate.eds import simulate_maps

INSIDE = {"F Ka": 2.0, "C Ka": 1.5, "Cl Ka": 0.4}
OUTSIDE = {"F Ka": 0.6, "C Ka": 1.0, "Cl Ka": 1.6}
SIZES = ((128, 200), (4, 40), (1, 40))
BLOCK = 200


def holds(one: LineProfile, truth: float) -> bool:
    return one.ratio_low <= truth and (one.ratio_high is None or truth <= one.ratio_high)


def coverage(shape: tuple[int, int], draws: int) -> None:
    held: dict[str, list[bool]] = {line: [] for line in INSIDE}
    linear: dict[str, list[bool]] = {line: [] for line in INSIDE}
    start = time.process_time()
    for seed in range(draws):
        maps = simulate_maps(INSIDE, OUTSIDE, seed, shape=shape)
        for one in eds_profile(maps, (0.45, 0.55), background_from="continuum").profiles:
            truth = INSIDE[one.line] / OUTSIDE[one.line]
            held[one.line].append(holds(one, truth))
            if one.ratio is not None and one.ratio_stderr is not None:
                linear[one.line].append(abs(one.ratio - truth) <= 1.96 * one.ratio_stderr)
    each = (time.process_time() - start) / draws
    for line, hits in held.items():
        blocks = [100 * np.mean(hits[at : at + BLOCK]) for at in range(0, draws, BLOCK)]
        print(
            f"{shape[0]} x {shape[1]} pixels, {line:5s}: held by {100 * np.mean(hits):.1f} +- "
            f"{100 * np.std(hits) / np.sqrt(draws):.1f} % of {draws} intervals (by {BLOCK}: {min(blocks):.1f} to "
            f"{max(blocks):.1f} %); linear {100 * np.mean(linear[line]):.1f} % of {len(linear[line])}; {each:.4f} s each"
        )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else BLOCK
    for size in SIZES:
        coverage(size, count)
