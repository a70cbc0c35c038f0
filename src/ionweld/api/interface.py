"""The interfaces of a simulated cell as a picture to scale, still or moving."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.api.quantities import count
from ionweld.api.result import Result
from ionweld.errors import Fault, InputError
from ionweld.result import plain
from ionweld.simulate.interface_shape import CellShape, shape_of
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import BEFORE, half_cycle_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Picture(Result):
    """What the interfaces look like at a moment: contact, voids, layer and filament of each column of the twin."""

    run: SimulatedTest
    shape: CellShape

    @property
    def verdict(self) -> str:
        from ionweld.report.interface_picture import said_of_shape

        return f"{said_of_shape(self.shape)} (simulated)"

    def table(self) -> pl.DataFrame:
        """Return one row per interface and column: contact, lost contact, depth of its voids and the column's filament."""
        return pl.concat([self._side(number) for number in range(len(self.shape.sides))])

    def _side(self, number: int) -> pl.DataFrame:
        side, one = self.shape.sides[number], self.shape
        columns = {
            "column": range(1, side.contact.size + 1),
            "contact": side.contact,
            "lost_contact": side.lost,
            "void_depth_um": 1e6 * side.depth,
            "occluded_um": 1e6 * side.buried,
            "cover_um": 1e6 * side.cover,
            "filament_mm": 1e3 * one.filament,
            "bridged": one.bridged,
        }
        return pl.DataFrame(columns).insert_column(0, pl.Series("interface", [side.name] * side.contact.size))

    def to_dict(self) -> dict[str, Any]:
        return plain({"said": self.verdict, "columns": self.table().to_dicts()})

    def frames(self, most: int = 40) -> dict[str, Any]:
        """Return the whole test as a picture that moves: by moment what is said, and rectangles in um, mm and columns.

        most: how many moments evenly over the test, besides those of its events. All are drawn on one scale.
        """
        from ionweld.report.interface_picture import frames

        return plain(frames(self.run, count(most, "most")))

    def figure(self, width: float = 180.0) -> "Figure":
        """Return the picture as a figure of a width in mm: 88 for a column of a journal, 180 for its page."""
        from ionweld.report.figure import house_style
        from ionweld.report.interface_picture import picture_figure

        with house_style():
            return picture_figure(self.shape, width)

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.interface_picture import draw_into

        draw_into(ax, self.shape)


def picture_of(run: SimulatedTest, after_cycle: int | None) -> Picture:
    """Return the picture after a cycle, or before the first current. Raises InputError for a cycle that was not run."""
    if after_cycle is None:
        return Picture(run, shape_of(run, BEFORE))
    half_cycle = half_cycle_of(run, count(after_cycle, "after_cycle"))
    if half_cycle is None:
        last = int(run.snapshot_cycles[-1])
        raise InputError(Fault("after_cycle", f"cycle {after_cycle} was not run to its end", f"The test has {last}"))
    return Picture(run, shape_of(run, half_cycle))
