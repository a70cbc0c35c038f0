"""False alarms on healthy cells, and detection of faults, on cells of a generator that shares no code with the twin.

    python benchmarks/cycling_alarms.py [healthy cells per row] [cells with a fault per row] [first number] [only programs with]

An alarm is a short, a contact loss or an end of life; an activation and a temperature swing are no alarms. Found means:
a short for shorts and leaks, a contact loss in the ramp for a void, not before the fault was there. The cells are described
in tests/independent_cycler.py; shares with their 95 % intervals (Clopper-Pearson).
"""

import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from scipy.stats import beta

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from independent_cycler import full_cell, symmetric_cell

from ionweld.analyse.cycling import SHORTS, Finding, Kind, diagnose, summarise
from ionweld.measurement.cycling import CyclingTest
from ionweld.result import EventKind

ALARMS = (*SHORTS, EventKind.CONTACT_LOSS, EventKind.END_OF_LIFE)
COMMON = ("several currents", "rests", "thermal steps", "missing rows", "time restarts")
FULL = ("rate", "formation", "unfinished", "days", "activation", "cv", "power cut", *COMMON)
SYMMETRIC = ("steady", "unfinished", "days", "activation", "power cut", "ramp", *COMMON, "pressure steps")


def findings(test: CyclingTest, kind: Kind) -> tuple[Finding, ...]:
    return diagnose(test, summarise(test, kind, "charge"), kind)


def alarms(test: CyclingTest, kind: Kind, kinds: tuple[EventKind, ...] = ALARMS) -> list[Finding]:
    return [found for found in findings(test, kind) if found.kind in kinds]


def interval(k: int, n: int) -> tuple[float, float]:
    low = 0.0 if k == 0 else float(beta.ppf(0.025, k, n - k + 1))
    return low, 1.0 if k == n else float(beta.ppf(0.975, k + 1, n - k))


def show(name: str, hits: list[list[Finding]], started: float) -> None:
    k, n = sum(bool(found) for found in hits), len(hits)
    low, high = interval(k, n)
    what = Counter(f"{found.kind} ({found.sign})" for cell in hits for found in cell[:1])
    seconds = time.process_time() - started
    print(f"{name:48} {k:4d}/{n:<4d} {100 * low:5.1f}-{100 * high:5.1f} %  {seconds:5.1f} s  {dict(what)}", flush=True)


def row(name: str, count: int, first: int, judge: Callable[[int], list[Finding]]) -> None:
    started = time.process_time()
    show(name, [judge(seed) for seed in range(first, first + count)], started)


def found_from(test: CyclingTest, kind: Kind, kinds: tuple[EventKind, ...], cycle: int) -> list[Finding]:
    """Return the first event of these kinds, if it is not from before the fault."""
    return [found for found in alarms(test, kind, kinds)[:1] if found.cycle >= cycle]


def leaking(program: str, seed: int) -> list[Finding]:
    test = full_cell(program, seed, leak=0.02)
    return found_from(test, "full", SHORTS, 12)


def shorted(seed: int, **fault: float) -> list[Finding]:
    return found_from(symmetric_cell("steady", seed, short_from=40, **fault), "symmetric", SHORTS, 20)


def in_ramp(seed: int, kinds: tuple[EventKind, ...], **fault: float) -> list[Finding]:
    return found_from(symmetric_cell("ramp", seed, **fault), "symmetric", kinds, 4)


def main(healthy: int, faulty: int, first: int, only: str = "") -> None:
    print("healthy cells with an alarm")
    for program in (name for name in FULL if only in name):
        row(f"full, {program}", healthy, first, lambda seed, p=program: alarms(full_cell(p, seed), "full"))
    for program in (name for name in SYMMETRIC if only in name):
        row(
            f"symmetric, {program}",
            healthy,
            first,
            lambda seed, p=program: alarms(symmetric_cell(p, seed), "symmetric"),
        )
    print("faults that were found")
    for program in ("cv", "formation", "days"):
        row(f"full, {program}, leak of 2 % of the current", faulty, first, lambda seed, p=program: leaking(p, seed))
    for share in (0.5, 2.0, 20.0):
        name = f"symmetric, short of {share:g} times the conductance"
        row(name, faulty, first, lambda seed, s=share: shorted(seed, short=s))
    row("symmetric, short that grows by 2 % per half cycle", faulty, first, lambda seed: shorted(seed, growing=0.02))
    for growth in (0.5, 2.0):
        name = f"ramp, void: resistance up by {100 * growth:g} %"
        row(name, faulty, first, lambda seed, g=growth: in_ramp(seed, (EventKind.CONTACT_LOSS,), void_from=6, void=g))
    row(
        "ramp, short of the cell's conductance",
        faulty,
        first,
        lambda seed: in_ramp(seed, SHORTS, short_from=6, short=1.0),
    )


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:4]]
    main(*(counts + [300, 60, 0][len(counts) :]), *sys.argv[4:5])
