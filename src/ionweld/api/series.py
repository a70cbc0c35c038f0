"""Several results of one kind along a coordinate: levels of a depth profile, patterns against time or temperature."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.api.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Series(Result):
    """Results in order.

    Attributes
    ----------
    coordinate : str
        What they run over, with its unit: "level", "temperature / K".
    values : tuple of float
        Where each result stands.
    results : tuple of Result
        All of one kind.
    """

    coordinate: str
    values: tuple[float, ...]
    results: tuple[Result, ...]

    @property
    def verdict(self) -> str:
        first, last = self.values[0], self.values[-1]
        return f"{len(self.results)} results, {self.coordinate} {first:g} to {last:g}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """Every warning once, with how many of the results carry it."""
        said: dict[str, int] = {}
        for one in self.results:
            for text in dict.fromkeys(one.warnings):
                said[text] = said.get(text, 0) + 1
        total = len(self.results)
        return tuple(text if count == total else f"{text} (in {count} of {total})" for text, count in said.items())

    def table(self) -> pl.DataFrame:
        """Return the tables of all results below each other, the coordinate in the first column."""
        parts = [
            one.table().select(pl.lit(value).alias(self.coordinate), pl.all())
            for value, one in zip(self.values, self.results, strict=True)
        ]
        return pl.concat(parts, how="vertical_relaxed")

    def to_dict(self) -> dict[str, Any]:
        results = [one.to_dict() for one in self.results]
        return {"coordinate": self.coordinate, "values": list(self.values), "results": results}

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.series import draw_series

        draw_series(ax, self.table(), self.coordinate)
