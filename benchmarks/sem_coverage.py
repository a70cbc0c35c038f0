"""How often do the intervals of a layer's thickness hold the truth? Prints one row per cross section.

Each draw makes a cross section with rough, wandering, tilted edges and a scale that is off by what it states; the 95 %
interval is thickness +- 1.96 stderr. The truth is the stated thickness of the section, or what the convention of the
edges makes of it; ridges are tilted by 1 degree at most, other edges by 3. The edges alone: the interval from the edges' error, the scale's taken off.
Usage: python benchmarks/sem_coverage.py [draws]
"""

import sys
import time
from dataclasses import replace

import numpy as np

from ionweld.analyse.sem.layers import measure_layers
from ionweld.simulate.sem import CrossSection, simulate_cross_section, true_thickness

GAP = CrossSection(10e-6, 100e-9, (150.0, 40.0, 120.0), roughness_m=1e-7, correlation_m=8e-7)
LAYER = CrossSection(2e-6, 20e-9, (150.0, 90.0, 120.0), roughness_m=2e-8, correlation_m=1.5e-7)
Edges = tuple[str, str]
SHARP: Edges = ("steepest", "steepest")
GRADUAL = {"edge_px": (4.0, 2.5)}
RIDGES = {"ridge": (60.0, 60.0), "ridge_px": 4.0, "ridge_at_px": (-3.0, 4.0)}
ONE_RIDGE = {**RIDGES, "ridge": (60.0, 0.0)}


def sem(title: str, section: CrossSection, draws: int, edges: Edges = SHARP) -> None:
    held, alone, off, slowest = [], [], [], 0.0
    for seed in range(draws):
        draw = np.random.default_rng(10_000 + seed)
        one = replace(
            section,
            scale_error=draw.normal(0.0, section.stated_relative_error),
            tilt_deg=draw.uniform(-1.0, 1.0) * (1.0 if "ridge" in edges else 3.0),
            centre=draw.uniform(0.42, 0.58),
            upright=bool(seed % 2),
        )
        start = time.process_time()
        layer = measure_layers(simulate_cross_section(one, seed), edges=edges).layers[0]
        slowest = max(slowest, time.process_time() - start)
        truth = true_thickness(one, edges)
        off.append(layer.thickness_m * (1.0 + one.scale_error) / truth - 1.0)
        held.append(abs(layer.thickness_m - truth) <= 1.96 * layer.stderr_m)
        alone.append(abs(off[-1]) * truth <= 1.96 * layer.edges_stderr_m)
    print(
        f"{title}, {', '.join(edges)}: held by {100 * np.mean(held):5.1f} % of {draws} intervals, "
        f"{100 * np.mean(alone):.1f} % of those of the edges alone; apart from the scale off by "
        f"{100 * np.mean(off):+.2f} % on average, {100 * np.std(off):.2f} % scatter; slowest {slowest:.2f} s of CPU"
    )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for name, base in (("gap of 10 um", GAP), ("layer of 2 um", LAYER)):
        sem(f"{name}, sharp", base, count)
        for both in (SHARP, ("foot", "foot"), ("top", "top"), ("foot", "top")):
            sem(f"{name}, gradual", replace(base, **GRADUAL), count, both)
        sem(f"{name}, two ridges", replace(base, **RIDGES), count, ("ridge", "ridge"))
        sem(f"{name}, one ridge", replace(base, **ONE_RIDGE), count, ("ridge", "steepest"))
