"""How often do the intervals of a joint XPS fit hold the truth? Prints one row per quantity.

Each draw makes a sample of the composition below with a charge shift, line positions and sensitivity factors drawn
from what the tables call their errors, measures it, fits it, and asks whether the 95 % intervals hold the truth.
Usage: python benchmarks/xps_coverage.py [draws]
"""

import sys
import time

import numpy as np

from ionweld.analyse.xps.fit import fit_xps
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.simulate.xps import Peak, SurfaceScan, simulate_xps
from ionweld.spec.photoelectron import doublets, sensitivity, species_table

WELDED = {
    "C-C": 30.0,
    "C-O": 12.0,
    "O-C=O": 6.0,
    "LiF": 18.0,
    "Li2CO3": 12.0,
    "organic F": 8.0,
    "organic O (C-O)": 14.0,
}
BARE = {"C-C": 25.0, "C-O": 10.0, "Li2OHCl": 60.0, "LiOH": 35.0, "organic O (C-O)": 10.0}
REGIONS = {"Li 1s": (48, 64), "C 1s": (278, 298), "O 1s": (524, 542), "F 1s": (678, 698), "Cl 2p": (192, 208)}


def draw_sample(amounts: dict[str, float], seed: int) -> Photoelectron:
    """Return a measurement of the composition, with everything that a lab does not know drawn at random."""
    draw = np.random.default_rng(seed)
    table, factors = species_table(), sensitivity()
    lines = sorted({line.line for name in amounts for line in table[name].lines})  # sorted, so that a seed is a sample
    gain = {line: np.exp(draw.normal(0.0, factors.log_error[line])) for line in lines}
    splitting = {line: draw.normal(pair.splitting_eV, pair.error_eV) for line, pair in doublets().items()}
    peaks = []
    for name, amount in amounts.items():
        for line in table[name].lines:
            energy = line.centre_eV if line.fixed else draw.normal(line.centre_eV, line.error_eV)
            area = 100 * amount * table[name].formula[line.element] * factors.value[line.line] * gain[line.line]
            pair = doublets().get(line.line)
            minor = (splitting[line.line], pair.minor_to_major) if pair else (0.0, 0.0)
            peaks.append(Peak(line.line, energy, area, *minor))
    scans = tuple(
        SurfaceScan(line, *REGIONS[line], fwhm_eV=draw.uniform(1.2, 1.7), shirley_per_eV=draw.uniform(0.01, 0.03))
        for line in lines
    )
    return simulate_xps(tuple(peaks), scans, draw.uniform(-2.0, 4.0), seed)


def main(draws: int) -> None:
    for title, amounts in (("welded", WELDED), ("bare", BARE)):
        held: dict[str, list[bool]] = {}
        total = sum(amount * sum(species_table()[name].formula.values()) for name, amount in amounts.items())
        truth = {n: 100 * a * sum(species_table()[n].formula.values()) / total for n, a in amounts.items()}
        bad, extra, slowest = 0, 0, 0.0
        for seed in range(draws):
            start = time.process_time()
            result = fit_xps(draw_sample(amounts, seed))
            slowest = max(slowest, time.process_time() - start)
            bad += not result.quality.good
            found = {one.name: one for one in result.species}
            extra += sum(one.detected and one.name not in amounts for one in result.species)
            for name, value in truth.items():
                one = found[name]
                inside = one.low is not None and one.high is not None and one.low <= value <= one.high
                if not one.detected:  # what is said of it then is an upper limit
                    inside = one.upper_limit_95 is not None and value <= one.upper_limit_95
                held.setdefault(name, []).append(bool(inside))
        print(f"{title}: {draws} draws, {bad} bad fits, {extra} species too many, slowest fit {slowest:.2f} s of CPU")
        for name, hits in held.items():
            print(f"  {name:18s} truth {truth[name]:5.1f} %  held by {100 * np.mean(hits):5.1f} % of intervals")
        by_draw = 100 * np.mean(list(held.values()), axis=0)  # one factor off moves all amounts: draws are independent
        error = np.std(by_draw, ddof=1) / np.sqrt(draws)
        print(f"  {'all':18s}               held by {by_draw.mean():5.1f} +- {error:.1f} % of intervals")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
