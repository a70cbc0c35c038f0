"""The library of materials and pairs: every number with its unit, range, status and source."""

import polars as pl

from ionweld.api.quantities import Place, path_of
from ionweld.spec.described import MODELS
from ionweld.spec.library import Entry
from ionweld.spec.own_files import library_with
from ionweld.spec.quantity import Quantity
from ionweld.spec.written import where_written

_COLUMNS = {
    "property": pl.String, "symbol": pl.String, "as_written": pl.String, "value": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "unit": pl.String, "range": pl.String, "status": pl.String, "source": pl.String, "borrowed_from": pl.String,
    "file": pl.String, "line": pl.Int64,
}  # fmt: skip


def materials(folder: Place = ".") -> pl.DataFrame:
    """Return the materials and pairs that there are.

    Parameters
    ----------
    folder : path
        Whose folder `materials` is listed too.

    Returns
    -------
    polars.DataFrame
        One row per material or pair: name, kind, how many numbers, how many of them assumed or borrowed.

    Raises
    ------
    SpecError
        For a file of the folder with faults, all of them.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.materials().columns
    ['name', 'kind', 'numbers', 'assumed', 'borrowed', 'about']
    """
    library, _ = library_with(None, path_of(folder, "folder"))
    return pl.DataFrame([_summary(library.entry(name)) for name in library.names(*MODELS)])


def material(name: Place, folder: Place = ".") -> pl.DataFrame:
    """Return every number of one material or pair.

    Parameters
    ----------
    name : str or path
        Name in the library ("Li6PS5Cl", "Li|Li6PS5Cl"), or the file of a material of one's own.
    folder : path
        Whose folder `materials` is searched too.

    Returns
    -------
    polars.DataFrame
        One row per number. value, low and high are in the SI `unit`, range as the value is written; source: DOI and place;
        borrowed_from: the other material whose number is taken here; file, line: where it is written.

    Raises
    ------
    SpecError
        For a name that the library has not, and for a file with faults.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.material("Li6PS5Cl").columns[:3]
    ['property', 'symbol', 'as_written']
    """
    library, asked = library_with(str(path_of(name, "name")), path_of(folder, "folder"))
    entry = library.entry(str(asked))
    rows = [
        (*_number(one, known, entry), *where_written(library, entry.name, one))
        for one, known in entry.properties.items()
    ]
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


def _summary(one: Entry) -> dict[str, str | int]:
    statuses = [known.status for known in one.properties.values()]
    return {
        "name": one.name,
        "kind": one.kind,
        "numbers": len(statuses),
        "assumed": statuses.count("assumed"),
        "borrowed": len(one.borrowed),
        "about": one.about,
    }


def _number(name: str, known: Quantity, one: Entry) -> tuple[str | float | None, ...]:
    return (
        name, one.symbols.get(name, name), known.text, known.value, known.low, known.high, known.unit, known.range_text, known.status,
        known.source, one.borrowed.get(name),
    )  # fmt: skip
