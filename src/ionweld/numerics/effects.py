"""How much two groups differ, with intervals that say how they were made.

Ratio: of geometric means, with Welch's t interval on the logarithms, for positive numbers such as resistances.
Difference: of means, with Welch's t interval. With a single cell in a group there is no interval, and it is said.
Welch, B. L. (1947), Biometrika 34, 28-35, 10.1093/biomet/34.1-2.28.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect size. low, high: 95 % interval, None where there is none; method says how, or why there is none.

    design: of the cells compared.
    """

    quantity: str
    unit: str
    kind: str
    baseline: str
    other: str
    value: float
    low: float | None
    high: float | None
    baseline_n: int
    other_n: int
    method: str
    design: str = ""

    @property
    def none(self) -> float:
        """What this number is where the treatments do not differ."""
        return 1.0 if self.kind == "ratio" else 0.0

    @property
    def clear(self) -> bool:
        """Whether there is an interval, and it leaves out that nothing differs."""
        return self.low is not None and self.high is not None and not self.low <= self.none <= self.high

    @property
    def said(self) -> str:
        """The effect in one sentence, with its interval and the numbers of cells."""
        unit = "" if self.unit == "1" else f" {self.unit}"
        amount = f"{self.value:.3g} times that of" if self.kind == "ratio" else f"{self.value:+.3g}{unit} against"
        between = self.method if self.low is None or self.high is None else f"95 %: {self.low:.3g} to {self.high:.3g}"
        doubt = "" if self.clear or self.low is None else "; the interval holds no difference"
        cells = f"n = {self.other_n} and {self.baseline_n}"
        return f"{self.quantity}: {self.other} has {amount} {self.baseline} ({between}; {cells}){doubt}"


@dataclass(frozen=True, slots=True)
class GroupValues:
    """The numbers of one group: one per member."""

    name: str
    values: tuple[float, ...]


def ratio(quantity: str, baseline: GroupValues, other: GroupValues) -> Effect:
    """Return the ratio other / baseline of positive numbers."""
    logs = [np.log(sample.values) for sample in (baseline, other)]
    middle, half, method = _welch(logs[0], logs[1], "Welch's t on the logarithms, 95 %")
    low, high = (None, None) if half is None else (float(np.exp(middle - half)), float(np.exp(middle + half)))
    value = float(np.exp(middle))
    return Effect(quantity, "1", "ratio", **_groups(baseline, other), value=value, low=low, high=high, method=method)


def difference(quantity: str, unit: str, baseline: GroupValues, other: GroupValues) -> Effect:
    """Return the difference other - baseline."""
    middle, half, method = _welch(np.array(baseline.values), np.array(other.values), "Welch's t, 95 %")
    low, high = (None, None) if half is None else (middle - half, middle + half)
    groups = _groups(baseline, other)
    return Effect(quantity, unit, "difference", **groups, value=middle, low=low, high=high, method=method)


def _groups(baseline: GroupValues, other: GroupValues) -> dict[str, Any]:
    counts = {"baseline_n": len(baseline.values), "other_n": len(other.values)}
    return {"baseline": baseline.name, "other": other.name} | counts


def _welch(a: np.ndarray, b: np.ndarray, method: str) -> tuple[float, float | None, str]:
    """Return the difference of the means, half of its 95 % interval, and the method or why there is no interval."""
    middle = float(b.mean() - a.mean())
    alone = [str(name) for name, sample in (("the first", a), ("the second", b)) if sample.size < 2]
    if alone:
        return middle, None, f"no interval: n = 1 in {' and '.join(alone)} group"
    parts = [float(sample.var(ddof=1)) / sample.size for sample in (a, b)]
    spread = sum(parts)
    if spread == 0.0:
        return middle, None, "no interval: no scatter within either group"
    freedom = spread**2 / sum(part**2 / (sample.size - 1) for part, sample in zip(parts, (a, b), strict=True))
    return middle, float(stdtrit(freedom, 0.975) * np.sqrt(spread)), method


def common_horizon(lives: Sequence[tuple[float, bool]]) -> float:
    """Return up to which cycle every cell was followed. lives: (last cycle seen or cycle of the event, event seen)."""
    followed = [cycles for cycles, ended in lives if not ended]
    return min(followed) if followed else max(cycles for cycles, _ in lives)


def restricted(lives: Sequence[tuple[float, bool]], horizon: float) -> tuple[float, ...]:
    """Return the lives cut off at the horizon: nothing in them is censored any more, so their means can be compared."""
    return tuple(min(cycles, horizon) for cycles, _ in lives)
