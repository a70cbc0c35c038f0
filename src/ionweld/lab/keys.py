"""Reading hand-written TOML against a table of keys: every fault at once, quantities with their unit."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ionweld.errors import Fault, SpecError, UnitError
from ionweld.units import to_si


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table: text, a whole number from 1, one of some words, or a positive quantity of an SI unit."""

    name: str
    field: str
    required: bool = False
    whole: bool = False
    words: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(slots=True)
class Faults:
    """The faults found so far, each with the place it was found at."""

    found: list[Fault] = field(default_factory=list)

    def add(self, where: str, seen: str, mend: str) -> None:
        self.found.append(Fault(where, seen, mend))

    def raise_if_any(self) -> None:
        if self.found:
            raise SpecError(self.found)


def load_toml(path: Path, faults: Faults) -> dict[str, Any] | None:
    """Return the content of a TOML file; for an unreadable one add a fault and return None."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        faults.add(
            str(path), f"cannot be read: {error.strerror}", "Put the file back; `ionweld ingest` makes a new one"
        )
    except UnicodeDecodeError:
        faults.add(str(path), "is not UTF-8 text", "Save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        faults.add(str(path), f"is not valid TOML: {error}", "Mend that line")
    return None


def check_table(
    table: dict[str, Any], keys: Sequence[Key], where: str, faults: Faults, also: str = ""
) -> dict[str, Any]:
    """Return the fields that `table` gives; unknown keys, wrong types and missing required keys become faults.

    `also` names one further key that the caller reads itself.
    """
    names = [key.name for key in keys] + [also] * bool(also)
    for unknown in table.keys() - set(names):
        close = get_close_matches(unknown, names, n=1)
        mend = f"Did you mean {close[0]!r}?" if close else f"The keys are {', '.join(names)}"
        faults.add(f"{where}: {unknown}", "is an unknown key", mend)
    for key in keys:
        if key.required and key.name not in table:
            faults.add(where, f"has no {key.name!r}", f"Add {key.name} = {_example(key)}")
    read = {key.field: _read(table[key.name], key, f"{where}: {key.name}", faults) for key in keys if key.name in table}
    return {name: value for name, value in read.items() if value is not None}


def check_tables(value: Any, where: str, faults: Faults) -> list[dict[str, Any]]:
    """Return `value` as a list of tables; anything else is a fault and counts as empty."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    name = where.rpartition(": ")[2]
    faults.add(where, "is not a list of tables", f"Write [[{name}]] above each")
    return []


def _read(value: Any, key: Key, where: str, faults: Faults) -> Any:
    if key.whole:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return value
        faults.add(where, f"{value!r} is not a whole number from 1", f"Write {_example(key)}")
        return None
    if not isinstance(value, str) or not value.strip():
        faults.add(
            where, f"{value!r} is not {'a quantity' if key.unit else 'a text'} in quotes", f"Write {_example(key)}"
        )
        return None
    if key.unit:
        return _quantity(value, key.unit, where, faults)
    if key.words and value not in key.words:
        faults.add(where, f"{value!r} is not known", f"Write one of {', '.join(key.words)}")
        return None
    return value


def _quantity(text: str, unit: str, where: str, faults: Faults) -> float | None:
    try:
        value = to_si(text, unit, where)
    except UnitError as error:
        faults.found.extend(error.faults)
        return None
    if value <= 0:
        faults.add(where, f"{text!r} is not above zero", "Write a positive quantity")
        return None
    return value


_EXAMPLES = {"m": '"0.9 mm"', "m^2": '"28.3 mm^2"', "kg": '"3.1 mg"', "K": '"80 degC"', "Pa": '"0.1 MPa"'}


def _example(key: Key) -> str:
    if key.whole:
        return "1"
    if key.unit:
        return _EXAMPLES[key.unit]
    return " or ".join(f'"{word}"' for word in key.words) or '"..."'
