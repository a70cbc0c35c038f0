"""Pairs of numbers of one paper that differ in one condition alone: does the twin put them in order?

Both members are drawn together: the same pellet, the same lithium, the same hands (twin.library_draws.common_draws), so
that what is not known of the cell does not blur what the condition does. A forecast is right where more than half of
the draws are; draws that tie count as half.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ionweld.study.forecast import Forecast, looked_for
from ionweld.study.validation_rows import CONDITIONS, MeasuredRow, PaperRow


@dataclass(frozen=True, slots=True)
class OrderedPair:
    """Two numbers whose order is known. share: of the draws that put them in that order (1)."""

    lower: str
    higher: str
    condition: str
    split: str
    share: float

    @property
    def right(self) -> bool:
        """Whether the forecast has the order."""
        return self.share > 0.5


def ordered_pairs(rows: list[PaperRow], found: list[Forecast]) -> list[OrderedPair]:
    """Return all pairs that were measured, differ in one condition alone and could both be forecast."""
    return list(_pairs(rows, found))


def _pairs(rows: list[PaperRow], found: list[Forecast]) -> Iterator[OrderedPair]:
    counted = [(row, one) for row, one in zip(rows, found, strict=True) if _counts(row[1])]
    for (one, drawn), (other, drawn_other) in combinations(counted, 2):
        condition = _differ_in(one, other)
        if condition is None or one[1].measured == other[1].measured:
            continue
        first, second = (one[1], drawn), (other[1], drawn_other)
        lower, higher = (first, second) if one[1].measured < other[1].measured else (second, first)
        share = in_order(lower[0], lower[1], higher[0], higher[1])
        if share is not None:
            yield OrderedPair(lower[0].id, higher[0].id, condition, one[0].split, share)


def _counts(row: MeasuredRow) -> bool:
    return row.value_checked and row.relation == "="


def _differ_in(one: PaperRow, other: PaperRow) -> str | None:
    """Return the one condition in which two numbers of one paper, kind and material differ; None where it is not one."""
    (paper, row), (paper_other, row_other) = one, other
    same = ("kind", "material", "composition")
    if paper.citation != paper_other.citation or any(getattr(row, name) != getattr(row_other, name) for name in same):
        return None
    unlike = [name for name in CONDITIONS if getattr(row, name) != getattr(row_other, name)]
    return unlike[0] if len(unlike) == 1 else None


def in_order(lower: MeasuredRow, drawn_lower: Forecast, higher: MeasuredRow, drawn_higher: Forecast) -> float | None:
    """Return the share of draws in which `lower` is forecast below `higher`; None where none could be drawn of both.

    What outlived the time that was simulated of either counts as a tie: how long that was is the measured number's doing.
    """
    if not drawn_lower.values.size or not drawn_higher.values.size:
        return None
    longest = min(looked_for(lower), looked_for(higher))
    low, high = (np.minimum(drawn.values, longest) for drawn in (drawn_lower, drawn_higher))
    both = np.isfinite(low) & np.isfinite(high)
    return float(np.mean(0.5 + 0.5 * np.sign(high - low)[both])) if both.any() else None
