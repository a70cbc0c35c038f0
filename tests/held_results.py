"""What every result of a public name must do: show itself, be written, compared and pickled."""

import pickle
from dataclasses import fields, is_dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import polars as pl
import pytest

from ionweld.api.equality import same
from ionweld.api.result import Result
from ionweld.errors import OutputError


def shows_itself(result: Result) -> None:
    assert is_dataclass(result)
    assert "\n" not in repr(result)
    assert len(repr(result)) < 400
    shown = result._repr_html_()
    assert shown.index("<p>") < shown.index("<table") < shown.index("<svg")
    axes = result.plot()
    if axes.axison:  # a picture to scale carries its scale inside
        assert axes.get_xlabel()
        assert axes.get_ylabel() or all(tick.get_text() for tick in axes.get_yticklabels())
    given = plt.figure().subplots()
    assert result.plot(given) is given
    plt.close("all")
    assert isinstance(result.to_dict(), dict)


def is_written_and_read_back(result: Result, folder: Path) -> None:
    table = result.table()
    for suffix in ("csv", "xlsx", "parquet"):
        write = {"csv": result.to_csv, "xlsx": result.to_excel, "parquet": result.to_parquet}[suffix]
        write(folder / f"table.{suffix}")
        with pytest.raises(OutputError, match=f"does not end in .{suffix}"):
            write(folder / "table.txt")
    assert pl.read_parquet(folder / "table.parquet").equals(table)
    assert pl.read_csv(folder / "table.csv").shape == table.shape
    assert (folder / "table.xlsx").stat().st_size > 1000
    framed = result.to_pandas()
    assert (list(framed.columns), len(framed)) == (table.columns, table.height)


def reports_on_one_page(result: Result, folder: Path) -> None:
    result.report(str(folder / "report.html"))
    page = (folder / "report.html").read_text("utf-8")
    assert page.rstrip().endswith("</html>")
    assert "<svg" in page or "<img" in page
    assert [path.name for path in folder.iterdir()] == ["report.html"]


def is_equal_to_what_pickle_gives_back(result: Result) -> None:
    again = pickle.loads(pickle.dumps(result))  # noqa: S301
    assert again == result
    assert again is not result
    assert result != "a text"
    first = fields(result)[0].name  # pyright: ignore[reportArgumentType]
    assert not same(getattr(result, first), None)
