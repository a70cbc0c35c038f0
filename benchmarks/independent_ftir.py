"""How often `ftir fit` is right about independent spectra: `python benchmarks/independent_ftir.py [DRAWS [SCENARIO...]]`.

Per scenario and number: how many 95 % intervals hold the truth, how many limits exclude it. Nothing of the product makes
the spectra (tests/independent_infrared.py).
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "src"), str(ROOT / "tests")]

from held_intervals import print_coverage
from independent_infrared import Band, Bench, Recorded, recorded

from ionweld.analyse.ftir import FtirResult, fit_infrared
from ionweld.spec.library import entry

SCENARIOS = ("plain", "skewed", "vapour", "nitrile")


def draw(scenario: str, seed: int) -> tuple[Recorded, float]:
    """Return a spectrum, and the share of the O-H groups that are LiOH."""
    rng = np.random.default_rng((SCENARIOS.index(scenario), seed))
    skew = (lambda: float(np.clip(rng.normal(0.0, 0.2), -0.4, 0.4))) if scenario != "plain" else (lambda: 0.0)
    host, lioh = rng.uniform(8.0, 25.0), rng.choice([0.0, 1.0]) * rng.uniform(0.3, 4.0)
    bands = {
        "Li2OHCl": Band(rng.normal(3604, 3), rng.uniform(18, 32), host, skew(), rng.uniform(0.2, 0.8)),
        "CH_asymmetric": Band(rng.normal(2965, 8), rng.uniform(25, 45), rng.uniform(0.3, 3.0), skew()),
        "CH_symmetric": Band(rng.normal(2880, 8), rng.uniform(25, 45), rng.uniform(0.3, 3.0), skew()),
        "carbonate": Band(rng.normal(1435, 8), rng.uniform(60, 100), rng.uniform(1.0, 8.0), skew()),
    }
    if lioh:
        bands["LiOH"] = Band(rng.normal(3678, 1), rng.uniform(11, 22), lioh, skew(), rng.uniform(0.2, 0.8))
    if scenario == "nitrile":
        bands["nitrile"] = Band(rng.normal(2256, 5), rng.uniform(8, 16), rng.uniform(0.1, 1.0), skew())
        bands["cyclic_carbonate"] = Band(rng.normal(1795, 6), rng.uniform(20, 36), rng.uniform(0.5, 3.0), skew())
    bench = Bench(
        noise=rng.uniform(5e-4, 2e-3), scatter=rng.uniform(0.0, 0.1), slope=rng.normal(0, 0.02),
        fringe=rng.uniform(0, 0.01), vapour=rng.uniform(0.004, 0.03) if scenario == "vapour" else 0.0, seed=seed,
    )  # fmt: skip
    return recorded(bands, bench), lioh / (lioh + host)


def compare(result: FtirResult, truth: Recorded, share: float) -> dict[str, list[bool]]:
    """Return whether each number that is given holds the truth, by its kind."""
    held: dict[str, list[bool]] = {}
    for one in result.bands:
        area = truth.areas.get(one.name, 0.0)
        if one.detected:
            held.setdefault("no band too many", []).append(area > 0.0)
            if area > 0.0 and one.position_cm1 and one.stderr and one.area is not None and one.area_stderr:
                held.setdefault("position", []).append(
                    abs(one.position_cm1 - truth.places[one.name]) < 1.96 * one.stderr
                )
                held.setdefault("area", []).append(abs(one.area - area) < 1.96 * one.area_stderr)
                if one.name == "LiOH":
                    held.setdefault("LiOH area", []).append(held["area"][-1])
        elif one.upper_limit_95 is not None:
            kind = "limit (present)" if area > 0.0 else "limit (absent)"
            held.setdefault(kind, []).append(one.upper_limit_95 >= area)
    if result.lioh_share is not None:
        told = result.lioh_share
        held.setdefault("LiOH share", []).append(told.low <= share <= told.high)
        held.setdefault("share inside its own interval", []).append(told.low <= told.value <= told.high)
    return held


def judge(scenario: str, seed: int) -> tuple[dict[str, list[bool]], str]:
    """Return what one draw held, and the verdict on its fit."""
    truth, share = draw(scenario, seed)
    result = fit_infrared(truth.spectrum, entry("Li2OHCl"))
    return compare(result, truth, share), result.verdict


if __name__ == "__main__":
    print_coverage(sys.argv[2:] or SCENARIOS, int(sys.argv[1]) if len(sys.argv) > 1 else 100, judge)
