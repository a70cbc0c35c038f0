"""Cycling tests from tables of polars, pandas, or plain arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from ionweld import __version__
from ionweld.errors import Fault, InputError
from ionweld.measurement.cycling import REQUIRED, TIME, CyclingTest
from ionweld.measurement.provenance import Provenance
from ionweld.measurement.store import hash_values


def cycling_of(table: Any, columns: Mapping[str, str], label: str) -> CyclingTest:
    """Return a test from named columns. Raises InputError with every fault."""
    named = {columns.get(name, name): name for name in _names(table)}
    missing = [
        Fault(f"columns.{own}", "is no column of the table", f"It has {', '.join(named.values())}")
        for own in columns
        if own not in named.values()
    ]
    missing += [
        Fault(name, "is missing", f'Say which column it is, as columns={{"t": "{name}"}}')
        for name in REQUIRED
        if name not in named
    ]
    if missing:
        raise InputError(missing)
    made = pl.DataFrame({name: _numbers(table[own], name, name in REQUIRED) for name, own in named.items()})
    times = made[TIME].to_numpy()
    if times.size < 2 or not np.isfinite(times).all() or (np.diff(times) < 0.0).any():
        raise InputError(
            Fault(TIME, "does not run on from row to row", "Give the seconds since the start, two rows at least")
        )
    return CyclingTest(made, Provenance("measured", label, hash_values(made), f"ionweld {__version__}"))


def _names(table: Any) -> list[str]:
    names = table.keys() if hasattr(table, "keys") else getattr(table, "columns", None)
    if names is None:
        mend = "Give a table of polars or pandas, or a dictionary of arrays"
        raise InputError(Fault("table", f"{type(table).__name__} has no columns", mend))
    return [str(name) for name in names]


def _numbers(column: Any, name: str, wanted: bool) -> Any:
    """Return a column as numbers; text stays text where no number is wanted."""
    values = np.array(column)
    if values.dtype.kind in "iub":
        return values.astype(np.int64)
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError):
        if wanted:
            raise InputError(Fault(name, "holds what is no number", "Give numbers in the unit of its name")) from None
        return [None if value is None else str(value) for value in values.tolist()]
