"""How often `xps fit` is right about independent spectra: `python benchmarks/independent_xps.py [DRAWS [SCENARIO...]]`.

Per scenario: how many 95 % intervals of the amounts hold the truth, how many limits exclude it. Nothing of the product makes
the spectra (tests/independent_photoelectrons.py).
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "src"), str(ROOT / "tests")]

from held_intervals import print_coverage
from independent_photoelectrons import Bench, atomic_percent, measured

from ionweld.analyse.xps.fit import XpsFit, fit_xps

SCENARIOS = ("plain", "lopsided", "steep", "patches")
MIXTURE = {"C-C": 30.0, "C-O": 10.0, "LiF": 18.0, "Li2CO3": 12.0, "organic O (C-O)": 10.0}


def draw(scenario: str, seed: int) -> tuple[dict[str, float], Bench]:
    """Return the amounts of a surface, and a spectrometer."""
    rng = np.random.default_rng((SCENARIOS.index(scenario), seed))
    amounts = {name: amount * rng.uniform(0.5, 1.5) for name, amount in MIXTURE.items()}
    bench = Bench(
        shift=rng.uniform(-2, 4), width=rng.uniform(1.1, 1.6), seed=seed,
        tail=rng.uniform(0.1, 0.4) if scenario == "lopsided" else 0.0,
        patch=(rng.uniform(0.05, 0.25), rng.choice([-1, 1]) * rng.uniform(0.3, 0.8)) if scenario == "patches" else (0.0, 0.0),
        rise=rng.uniform(0.03, 0.06) if scenario == "steep" else rng.uniform(0.01, 0.03),
    )  # fmt: skip
    return amounts, bench


def compare(result: XpsFit, amounts: dict[str, float]) -> dict[str, list[bool]]:
    """Return whether each amount that is told holds the truth, by its kind."""
    truth, held = atomic_percent(amounts), {}
    for one in result.species:
        true = truth.get(one.name, 0.0)
        if one.detected:
            held.setdefault("no species too many", []).append(true > 0.0)
            if true > 0.0 and one.low is not None and one.high is not None:
                held.setdefault(one.name, []).append(one.low <= true <= one.high)
                held.setdefault("all amounts", []).append(one.low <= true <= one.high)
        elif one.upper_limit_95 is not None:
            held.setdefault("limit", []).append(one.upper_limit_95 >= true)
    return held


def judge(scenario: str, seed: int) -> tuple[dict[str, list[bool]], str]:
    """Return what one draw held, and whether the fit was called good."""
    amounts, bench = draw(scenario, seed)
    result = fit_xps(measured(amounts, bench))
    return compare(result, amounts), "good" if result.quality.good else "bad"


if __name__ == "__main__":
    print_coverage(sys.argv[2:] or SCENARIOS, int(sys.argv[1]) if len(sys.argv) > 1 else 100, judge)
