"""Tables that no format knows: what their columns may mean, and the description that their owner writes of them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import tomlkit

from ionweld.api.measurements import Cycling
from ionweld.api.quantities import Place, path_of
from ionweld.api.reading import Measurements, read
from ionweld.errors import InputError
from ionweld.measurement.store import write_whole
from ionweld.read.cycling import read_cycling_file
from ionweld.read.cycling.formats.bdf import LABELS
from ionweld.read.cycling.propose import SeenTable, table_in
from ionweld.read.find import description_beside

QUANTITIES = LABELS


def unknown_table(path: Place) -> SeenTable:
    """Return names and first rows of a table, and what the names may mean. Raises FileFormatError where there is none."""
    return table_in(path_of(path, "path"))


def describe_table(
    path: Place,
    columns: Mapping[str, tuple[str, str]],
    *,
    current_positive: str,
    decimal_mark: str | None = None,
    states: Mapping[str, str] | None = None,
    area: str | None = None,
) -> Cycling:
    """Write beside a table what its columns are, as `NAME.toml`, and return the test that it then is.

    columns: name in the file -> name in the Battery Data Format, and the unit ("" for the one in that name);
    current_positive: "charge", "discharge" or "by state", and then states: word -> "charge", "discharge" or "rest";
    area: of the cell, where a unit is per area ("mA/cm^2").
    Nothing is written unless the table can be read so. Raises SpecError or FileFormatError.
    """
    place = path_of(path, "path")
    told = {"area": area, "current_positive": current_positive, "decimal_mark": decimal_mark}
    text = _text({key: value for key, value in told.items() if value}, columns, states or {})
    with TemporaryDirectory() as desk:
        draft = Path(desk) / f"{place.name}.toml"
        draft.write_text(text, encoding="utf-8")
        try:
            found = read_cycling_file(place, description=draft)
        except InputError as error:
            faults = [replace(fault, where=fault.where.replace(str(draft), draft.name)) for fault in error.faults]
            raise type(error)(faults) from None
    write_whole(place.with_name(f"{place.name}.toml"), text)
    return Cycling("cycling", found)


def describe_area(path: Place, area: str) -> Measurements:
    """Write beside a file that gives things per area how large its cell is, in `NAME.toml`; return what the file then holds.

    What the description says already is kept. Nothing is written unless the file can be read so. Raises InputError.
    """
    place = path_of(path, "path")
    found = read(place, area=area)
    beside = description_beside(place) or place.with_name(f"{place.name}.toml")
    document = tomlkit.parse(beside.read_text("utf-8")) if beside.is_file() else tomlkit.document()
    document.setdefault("technique", found[0].technique)
    document["area"] = area
    write_whole(beside, tomlkit.dumps(document))
    return found


def _text(told: Mapping[str, str], columns: Mapping[str, tuple[str, str]], states: Mapping[str, str]) -> str:
    document = tomlkit.document()
    for key, value in told.items():
        document[key] = value
    table = tomlkit.table()
    for name, (target, unit) in columns.items():
        row = tomlkit.inline_table()
        row["as"] = target
        if unit:
            row["unit"] = unit
        table[name] = row
    document["columns"] = table
    if states:
        document["states"] = dict(states)
    return tomlkit.dumps(document)
