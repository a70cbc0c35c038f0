"""How every result shows itself: one line, a table, a dictionary, a figure, and all of these in a notebook."""

from abc import ABC, abstractmethod
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ionweld.api.quantities import Place, path_of
from ionweld.errors import Fault, MissingExtraError, OutputError

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingTypeStubs] - it has none
    import polars as pl
    from matplotlib.axes import Axes


class Result(ABC):
    """Something found or measured: a plain dataclass that shows itself.

    `repr` is one line; a notebook shows the verdict, the warnings, the table and the figure. Two results are equal when
    all of their numbers are; what `pickle` gives back is equal to what it was given.
    """

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

        axes = shown_axes() if ax is None else ax
        with house_style():
            self._draw(axes)
        return axes

    def to_csv(self, path: Place) -> None:
        """Write the table as csv to `path`. Raises OutputError when the name does not end in .csv or cannot be written."""
        self._write_table(path, ".csv")

    def to_excel(self, path: Place) -> None:
        """Write the table as one sheet to `path`. Raises OutputError when the name does not end in .xlsx or cannot be written."""
        self._write_table(path, ".xlsx")

    def to_parquet(self, path: Place) -> None:
        """Write the table as Parquet to `path`. Raises OutputError when it does not end in .parquet or cannot be written."""
        self._write_table(path, ".parquet")

    def to_pandas(self) -> "pandas.DataFrame":
        """Return the table for pandas. Raises MissingExtraError, with the line that installs it, where there is none."""
        return as_pandas(self.table())

    def report(self, path: Place) -> None:
        """Write the report as one HTML file to `path`, all of it or nothing. Raises OutputError."""
        from ionweld.measurement.store import write_whole

        write_whole(path_of(path, "path"), self._page())

    def _page(self) -> str:
        """Return the report as one HTML document."""
        from ionweld.report.shown import result_page

        return result_page(type(self).__name__, self.verdict, self.warnings, self.table(), self._draw)

    def _write_table(self, path: Place, suffix: str) -> None:
        from ionweld.measurement.store import write_table

        write_table(place_for(path, suffix), self.table())

    def __eq__(self, other: object) -> bool:
        from ionweld.api.equality import same

        return same(self, other) if isinstance(other, Result) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.verdict}>"

    def _repr_html_(self) -> str:
        from ionweld.report.shown import drawing

        said = "".join(f"<p>{escape(text)}</p>" for text in (self.verdict, *self.warnings))
        shown = self.table()._repr_html_()  # pyright: ignore[reportPrivateUsage] - the name that notebooks call
        return said + shown + drawing(self._draw).svg


def place_for(path: Place, suffix: str) -> Path:
    """Return where a table goes. Raises OutputError for a name that does not end as its content does."""
    place = path_of(path, "path")
    if place.suffix.lower() != suffix:
        raise OutputError(Fault(str(place), f"does not end in {suffix}", f"Name it {place.stem}{suffix}"))
    return place


def as_pandas(table: "pl.DataFrame") -> "pandas.DataFrame":
    """Return a polars table for pandas, missing numbers as NaN. Raises MissingExtraError where pandas is not installed."""
    try:
        import pandas  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        mend = "Install it with: pip install 'ionweld[pandas]'"
        raise MissingExtraError(Fault("to_pandas", "pandas is not installed", mend)) from None
    return pandas.DataFrame({column.name: column.to_numpy() for column in table})
