"""Treatments of a project side by side: every effect with its interval, one figure, one sentence, a paragraph for the methods."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.api.result import Result
from ionweld.errors import Fault, InputError
from ionweld.lab.compare import ProjectComparison
from ionweld.numerics.effects import Effect
from ionweld.result import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = {
    "quantity": pl.String, "unit": pl.String, "kind": pl.String, "baseline": pl.String, "other": pl.String,
    "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "baseline_n": pl.Int64, "other_n": pl.Int64,
    "method": pl.String, "design": pl.String,
}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Result):
    """What differs between treatments. found: the cells behind it, every replicate; effects: those that are looked at."""

    found: ProjectComparison
    place: Path
    effects: tuple[Effect, ...]

    @property
    def verdict(self) -> str:
        from ionweld.report.comparison import said_of_effects

        return said_of_effects(self.found, self.effects)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person has to say before all can be compared."""
        return tuple(f"{ask.where}: {ask.missing}. {ask.how}" for ask in self.found.asks)

    @property
    def methods(self) -> str:
        """How the effects were worked out, as a paragraph for the methods of a paper."""
        from ionweld.report.effects import methods

        return methods(self.effects)

    def between(self, baseline: str, other: str) -> "Comparison":
        """Return the same for two treatments alone, `baseline` and `other`. Raises InputError for a treatment that no cell has."""
        known = sorted({group.treatment for group in self.found.groups})
        unknown = [name for name in (baseline, other) if name not in known]
        if unknown:
            mend = f"Choose of {', '.join(known) or 'none yet'}"
            raise InputError(Fault("compare", f"no cell is {unknown[0]!r}", mend))
        kept = tuple(one for one in self.effects if {one.baseline, one.other} == {baseline, other})
        return Comparison(self.found, self.place, kept)

    def table(self) -> pl.DataFrame:
        """Return one row per effect: ratio or difference, its 95 % interval or why there is none, the numbers of cells."""
        rows = [[getattr(one, name) for name in COLUMNS] for one in self.effects]
        return pl.DataFrame(rows, schema=COLUMNS, orient="row")

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.comparison import results

        return plain(results(self.found, self.place, []))

    def figure(self, width: float = 180.0) -> "Figure":
        """Return all effects as a figure of a width in mm: 88 for a column of a journal, 180 for its page.

        Raises InputError where there is no effect yet.
        """
        from ionweld.report.comparison import print_style
        from ionweld.report.effects import effects_figure

        if not self.effects:
            raise InputError(Fault("figure", "no effect can be drawn yet", self.verdict))
        with print_style():
            return effects_figure(self.effects, width)

    def _page(self) -> str:
        from ionweld.report.comparison import page

        return page(self.found)

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.effects import draw_effects

        draw_effects(ax, self.effects)
