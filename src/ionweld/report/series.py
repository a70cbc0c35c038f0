"""Amounts of phases or species along a coordinate, from the table of a series."""

from itertools import cycle

import polars as pl
from matplotlib.axes import Axes

from ionweld.report.figure import OKABE_ITO

_NAMES = ("phase", "species")
_AMOUNTS = {"mass_fraction": "share of the mass", "atomic_percent": "amount / at.%"}
_MARKERS = "osD^vPX*"


def draw_series(axes: Axes, table: pl.DataFrame, coordinate: str) -> None:
    """Draw each phase's or species' amount with its standard error; one that is nowhere detected is left out."""
    name = next(one for one in _NAMES if one in table.columns)
    amount = next(one for one in _AMOUNTS if one in table.columns)
    styles = zip(cycle(OKABE_ITO), cycle(_MARKERS), strict=False)
    for (key,), rows in table.group_by([name], maintain_order=True):
        seen = rows.filter(pl.col(amount).is_not_null())
        if not seen.height or float(seen[amount].max() or 0.0) <= 0.0:  # type: ignore[arg-type]
            continue
        color, marker = next(styles)
        errors = seen["stderr"].fill_null(0.0) if "stderr" in seen.columns else None
        axes.errorbar(
            seen[coordinate], seen[amount], errors, color=color, marker=marker, markersize=4, capsize=2, label=str(key)
        )
    axes.set_xlabel(coordinate)
    axes.set_ylabel(_AMOUNTS[amount])
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False)
