"""How often the compatibility verdict is right about independent patterns and spectra.

python benchmarks/independent_compatibility.py [DRAWS [SCENARIO...]]

Half of the portions are as they were (handling turns over at most 1 %), half are converted by 8 to 60 % into LiOH and LiCl;
in the scenario "foreign" the other half has instead turned into a salt that no list names, by 5 to 30 %.
"""

import sys
from collections import Counter
from pathlib import Path
from time import process_time

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "src"), str(ROOT / "tests")]

import independent_diffraction as xrd
import independent_infrared as ftir

from ionweld.spec.library import entry
from ionweld.verdict.compatibility import judge
from ionweld.verdict.soaked import Sample, SolventEvidence, evidence

SCENARIOS = ("clean", "textured", "vapour", "foreign")


def portion(scenario: str, seed: int, converted: float, foreign: float, skew: float) -> SolventEvidence:
    """Return what the analyses find in one portion, after XRD and FTIR. skew: of the bands, which a batch has."""
    rng = np.random.default_rng((SCENARIOS.index(scenario), seed, round(1e4 * converted), round(1e4 * foreign)))
    march = rng.uniform(0.5, 0.8) if scenario == "textured" else 1.0
    left = (1.0 - converted) * (1.0 - foreign)
    parts = [
        xrd.Portion(xrd.host(3.91), left, rng.uniform(0.06, 0.12)),
        xrd.Portion(xrd.lioh(), 0.361 * converted + 0.01, rng.uniform(0.08, 0.2), march),  # 23.95 of 66.34 g/mol
        xrd.Portion(xrd.rock_salt("Li+", "Cl-", 5.13), 0.639 * converted, rng.uniform(0.06, 0.15)),
        xrd.Portion(xrd.rock_salt("Na+", "Cl-", 5.64), foreign, 0.08),
    ]
    bench = xrd.Bench(
        zero=rng.normal(0, 0.01), displacement=rng.normal(0, 0.08), counts=rng.uniform(3000, 8000), seed=seed,
        soller_deg=rng.uniform(1.5, 2.5), span=(14.0, 76.0, 0.03),
    )  # fmt: skip
    hydroxyl = 16.0 * rng.uniform(0.7, 1.3)
    bands = {
        "Li2OHCl": ftir.Band(rng.normal(3604, 0.7), 25.0, hydroxyl * (1.0 - converted), skew),
        "LiOH": ftir.Band(rng.normal(3678, 0.7), 16.0, hydroxyl * (converted + 0.01), skew),
    }
    moist = rng.uniform(0.004, 0.02) if scenario == "vapour" else 0.0
    spectrum = ftir.recorded(bands, ftir.Bench(seed=seed, vapour=moist, fringe=0.004, span=(2600.0, 3900.0))).spectrum
    pattern = xrd.measured([p for p in parts if p.share > 0], bench)
    return evidence(Sample(f"{scenario} {seed}", pattern, spectrum), entry("Li2OHCl"))


def main(draws: int, scenarios: tuple[str, ...]) -> None:
    """Print one line per scenario and truth."""
    for scenario in scenarios:
        for truth in ("compatible", "incompatible"):
            said: Counter[str] = Counter()
            start = process_time()
            for seed in range(draws):
                rng = np.random.default_rng((7, seed))
                amount = float(rng.uniform(0.08, 0.6))
                converted = float(rng.uniform(0.0, 0.01)) if truth == "compatible" or scenario == "foreign" else amount
                foreign = 0.5 * amount if truth == "incompatible" and scenario == "foreign" else 0.0
                skew = float(np.clip(rng.normal(0.0, 0.15), -0.3, 0.3))
                before = portion(scenario, 2 * seed, 0.0, 0.0, skew)
                said[judge(before, portion(scenario, 2 * seed + 1, converted, foreign, skew)).verdict] += 1
            wrong = draws - said[truth] - said["undecided"]
            print(
                f"{scenario:9s} {truth:13s} {said[truth]} right, {said['undecided']} undecided, {wrong} wrong of {draws},"
                f" {process_time() - start:.0f} s of CPU", flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25, tuple(sys.argv[2:]) or SCENARIOS)
