"""When a spectrum was taken, as a person writes it before the file: `before=`, `after=`, `cycle:20=`, `before@100degC=`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ionweld.errors import Fault, InputError
from ionweld.units import to_si

HOW = "Write when it was taken: before=FILE, after=FILE or cycle:20=FILE, with a temperature of its own before@100degC=FILE"
_MOMENT = re.compile(r"(?:(before|after)|cycle:(\d+))$")
_LIKE_A_MOMENT = re.compile(r"^[a-z]+(:[^=/\\]*)?(@[^=]*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SpectrumMoment:
    """A moment of a test: before the first current, after the last, or after a cycle; and the temperature (K) if another."""

    when: Literal["before", "after", "cycle"]
    cycle: int | None = None
    temperature_K: float | None = None

    @property
    def name(self) -> str:
        """The moment as a person writes it."""
        place = f"cycle:{self.cycle}" if self.when == "cycle" else self.when
        warm = "" if self.temperature_K is None else f"@{self.temperature_K - 273.15:.4g}degC"
        return f"{place}{warm}"


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as it was given: with the moment of a spectrum, or without one."""

    path: Path
    moment: SpectrumMoment | None = None


def moment(text: str) -> SpectrumMoment:
    """Return the moment that a text such as "cycle:20@60degC" stands for. Raises InputError, UnitError."""
    place, at, warm = text.strip().partition("@")
    found = _MOMENT.match(place)
    if found is None:
        raise InputError(Fault(text, f"{place!r} is no moment of a test", HOW))
    temperature = to_si(warm, "K", text) if at else None
    if temperature is not None and temperature <= 0.0:
        raise InputError(Fault(text, f"{warm!r} lies below absolute zero", "Check the temperature and its unit"))
    if found[1]:
        return SpectrumMoment("before" if found[1] == "before" else "after", None, temperature)
    if int(found[2]) < 1:
        raise InputError(Fault(text, "cycles are counted from 1", "Write before= for a spectrum before the first"))
    return SpectrumMoment("cycle", int(found[2]), temperature)


def given_file(text: str) -> GivenFile:
    """Return what `[MOMENT[@TEMPERATURE]=]FILE` means; a file whose name holds an equals sign is still a file."""
    head, equals, rest = text.partition("=")
    if not equals or Path(text).exists() or not _LIKE_A_MOMENT.match(head):
        return GivenFile(Path(text))
    return GivenFile(Path(rest), moment(head))


def given_files(texts: Sequence[str]) -> list[GivenFile]:
    """Return what several arguments mean. Raises InputError with the faults of all of them."""
    found, faults = [], []
    for text in texts:
        try:
            found.append(given_file(text))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found
