"""How a series of results is printed: one row per phase or species, one column per place of the coordinate."""

from typing import TYPE_CHECKING

from ionweld.cli.output import emit

if TYPE_CHECKING:
    from ionweld.api.series import Series


def print_series(series: "Series", amount: str, unit: str) -> None:
    """Print what each phase or species amounts to along the coordinate; in brackets: the upper limit of what is not seen."""
    table = series.table()
    name = table.columns[1]
    emit(f"{series.verdict}; {unit}")
    emit(f"  {series.coordinate:20s} " + " ".join(f"{value:>12g}" for value in series.values))
    for key in table[name].unique(maintain_order=True):
        rows = {row[series.coordinate]: row for row in table.filter(table[name] == key).iter_rows(named=True)}
        emit(f"  {key:20s} " + " ".join(f"{_cell(rows.get(value), amount):>12s}" for value in series.values))
    for warning in series.warnings:
        emit(f"  ! {warning}")


def _cell(row: dict | None, amount: str) -> str:
    if row is None or row[amount] is None:
        return "-"
    limit = row.get("upper_limit_95")
    if limit is not None:
        return f"(<{limit:.2g})"
    return f"{row[amount]:.3g}" + (f"+-{row['stderr']:.2g}" if row.get("stderr") else "")
