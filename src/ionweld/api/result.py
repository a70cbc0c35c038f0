"""How every result shows itself: one line, a table, a dictionary, a figure, and all of these in a notebook."""

from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING, Any

from ionweld.api.quantities import Place, path_of
from ionweld.errors import Fault, OutputError

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes


class Result(ABC):
    """Something found or measured. `repr` is one line; a notebook shows the verdict, the table and the figure."""

    @property
    @abstractmethod
    def verdict(self) -> str:
        """What is to be said first, in one line."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should look at before the numbers are believed, one sentence each."""
        return ()

    @abstractmethod
    def table(self) -> "pl.DataFrame":
        """Return the numbers as a polars table; each column carries its unit in its name."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data, as `--json` of the command line prints it."""

    @abstractmethod
    def _draw(self, ax: "Axes") -> None:
        """Draw into axes."""

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw into `ax`, or into a figure of its own, and return the axes."""
        from ionweld.report.figure import house_style, shown_axes

        with house_style():
            axes = shown_axes() if ax is None else ax
            self._draw(axes)
        return axes

    def to_csv(self, path: Place) -> None:
        """Write the table as csv. Raises OutputError when the name does not end in .csv or cannot be written."""
        from ionweld.measurement.store import write_table

        place = path_of(path, "path")
        if place.suffix.lower() != ".csv":
            raise OutputError(Fault(str(place), "does not end in .csv", "Name it .csv"))
        write_table(place, self.table())

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.verdict}>"

    def _repr_html_(self) -> str:
        from ionweld.report.figure import PAGE_MM, house_style, print_figure, svg

        with house_style():
            figure = print_figure(PAGE_MM, PAGE_MM / 2)
            self._draw(figure.subplots())
            drawn = svg(figure)
        said = "".join(f"<p>{escape(text)}</p>" for text in (self.verdict, *self.warnings))
        return said + self.table()._repr_html_() + drawn


def write_page(path: Place, page: str) -> None:
    """Write a report as one HTML file, all of it or nothing. Raises OutputError."""
    from ionweld.measurement.store import write_whole

    write_whole(path_of(path, "path"), page)
