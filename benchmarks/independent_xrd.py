"""How often `xrd fit` is right about patterns of the independent diffractometer: `python benchmarks/independent_xrd.py [DRAWS [SCENARIO...]]`.

Per scenario and number: how many 95 % intervals hold the truth, how many limits exclude it. Nothing of the product makes
the patterns (tests/independent_diffraction.py).
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "src"), str(ROOT / "tests")]

from held_intervals import print_coverage
from independent_diffraction import KAPTON, Bench, Portion, host, lioh, measured, rock_salt

from ionweld.analyse.xrd import XrdResult, fit_pattern
from ionweld.spec.crystal import phases_of
from ionweld.spec.library import entry

SCENARIOS = ("clean", "axial", "textured", "halo", "foreign", "grainy")
Truth = dict[str, tuple[float, float, float]]  # phase -> share, a, c


def draw(scenario: str, seed: int) -> tuple[list[Portion], Bench, Truth]:
    """Return a sample, an instrument, and what is true of them."""
    rng = np.random.default_rng((SCENARIOS.index(scenario), seed))
    second, third = rng.uniform(0.03, 0.3), rng.choice([0.0, 1.0]) * rng.uniform(0.03, 0.15)
    a, a2, c2, a3 = 3.91 + rng.normal(0, 0.004), 3.549 * rng.normal(1, 0.001), 4.334 * rng.normal(1, 0.001), 5.13
    march = rng.uniform(0.5, 0.8) if scenario == "textured" else 1.0
    parts = [
        Portion(host(a), 1 - second - third, rng.uniform(0.04, 0.15), b_iso=rng.uniform(1.0, 2.0)),
        Portion(lioh(a2, c2), second, rng.uniform(0.05, 0.2), march, rng.uniform(1.0, 2.0)),
        Portion(rock_salt("Li+", "Cl-", a3), third, rng.uniform(0.05, 0.15), b_iso=rng.uniform(1.0, 2.0)),
    ]
    truth = {"Li2OHCl": (1 - second - third, a, a), "LiOH": (second, a2, c2), "LiCl": (third, a3, a3)}
    if scenario == "foreign":
        parts.append(Portion(rock_salt("Na+", "Cl-", 5.640), rng.uniform(0.03, 0.25), 0.08))
    bench = Bench(
        zero=rng.normal(0, 0.01), displacement=rng.normal(0, 0.08), counts=rng.uniform(2000, 8000), seed=seed,
        soller_deg=rng.uniform(3.5, 5.0) if scenario == "axial" else rng.uniform(1.5, 2.5),
        graininess=0.06 if scenario == "grainy" else 0.0,
    )  # fmt: skip
    if scenario == "halo":
        scale, moved = rng.uniform(0.3, 1.5), rng.normal(0, 0.4)
        bench = replace(bench, halo=tuple((p + moved, w * rng.uniform(0.8, 1.2), scale * h) for p, w, h in KAPTON))
    return [part for part in parts if part.share > 0.0], bench, truth


def compare(result: XrdResult, truth: Truth) -> dict[str, list[bool]]:
    """Return whether each number that is given holds the truth, by its kind."""
    held: dict[str, list[bool]] = {}
    for one in result.phases:
        share, a, c = truth.get(one.phase, (0.0, 0.0, 0.0))
        if one.present and share == 0.0:
            held.setdefault("no phase too many", []).append(False)
        elif one.present:
            held.setdefault("no phase too many", []).append(True)
            if one.cell_stderr is not None:
                for axis, true in ((0, a), (2, c)) if one.phase == "LiOH" else ((0, a),):
                    inside = abs(one.cell_angstrom[axis] - true) < 1.96 * one.cell_stderr[axis]
                    held.setdefault(f"{one.phase} {'abc'[axis]}", []).append(inside)
            if one.fraction is not None and one.fraction_stderr:
                held.setdefault(f"{one.phase} share", []).append(abs(one.fraction - share) < 1.96 * one.fraction_stderr)
        elif one.upper_limit_95 is not None:
            held.setdefault("limit", []).append(one.upper_limit_95 >= share)
        if one.phase in truth and share > 0.0:
            held.setdefault(f"{one.phase} found", []).append(one.present)
    return held


def judge(scenario: str, seed: int) -> tuple[dict[str, list[bool]], str]:
    """Return what one draw held, and the verdict on its fit."""
    parts, bench, truth = draw(scenario, seed)
    result = fit_pattern(measured(parts, bench), phases_of(entry("Li2OHCl")))
    return compare(result, truth), result.quality.verdict


if __name__ == "__main__":
    print_coverage(sys.argv[2:] or SCENARIOS, int(sys.argv[1]) if len(sys.argv) > 1 else 100, judge)
