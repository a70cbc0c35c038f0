"""How often do the intervals of a layer's thickness hold the truth? Prints one row per cross section.

Each draw makes a cross section with rough, wandering, tilted edges and a scale that is off by what it states; the 95 %
interval is thickness +- 1.96 stderr. The truth is the stated thickness of the section.
Usage: python benchmarks/sem_coverage.py [draws]
"""

import sys
import time
from dataclasses import replace

import numpy as np

from ionweld.analyse.sem.layers import measure_layers
from ionweld.simulate.sem import CrossSection, simulate_cross_section

GAP = CrossSection(10e-6, 100e-9, (150.0, 40.0, 120.0), roughness_m=1e-7, correlation_m=8e-7)
LAYER = CrossSection(2e-6, 20e-9, (150.0, 90.0, 120.0), roughness_m=2e-8, correlation_m=1.5e-7)


def sem(title: str, section: CrossSection, draws: int) -> None:
    held, off, slowest = [], [], 0.0
    for seed in range(draws):
        draw = np.random.default_rng(10_000 + seed)
        one = replace(
            section,
            scale_error=draw.normal(0.0, section.stated_relative_error),
            tilt_deg=draw.uniform(-3.0, 3.0),
            centre=draw.uniform(0.42, 0.58),
            upright=bool(seed % 2),
        )
        start = time.process_time()
        layer = measure_layers(simulate_cross_section(one, seed)).layers[0]
        slowest = max(slowest, time.process_time() - start)
        off.append(layer.thickness_m * (1.0 + one.scale_error) / section.thickness_m - 1.0)
        held.append(abs(layer.thickness_m - section.thickness_m) <= 1.96 * layer.stderr_m)
    print(
        f"{title}: held by {100 * np.mean(held):5.1f} % of {draws} intervals; apart from the scale off by "
        f"{100 * np.mean(off):+.2f} % on average, {100 * np.std(off):.2f} % scatter; slowest {slowest:.2f} s of CPU"
    )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    sem("gap of 10 um", GAP, count)
    sem("layer of 2 um", LAYER, count)
