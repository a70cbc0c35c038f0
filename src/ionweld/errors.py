"""Everything that can go wrong, in one look.

    IonweldError
    ├── InputError              exit status 2: the input is wrong, and the message says how to mend it
    │   ├── SpecError           a cell, protocol or study file: every fault at once, each with its path
    │   ├── UnitError           a text that is no quantity, or a quantity of the wrong dimension
    │   ├── FileFormatError     a file that cannot be read as what it was taken for
    │   │   ├── UnknownFormatError  nothing in a file says that it is of the kind that was asked for
    │   │   └── AreaUnknownError    a table of currents per area, of a cell whose area nobody said
    │   ├── OutputError         a place that cannot be written
    │   └── MissingExtraError   an optional package is needed and not installed
    └── ComputationError        exit status 1: the input is fine, the computation failed, and the message says why

Raise the narrowest one that fits; a person reads the message, so it says what was seen, where, what was expected
and what to do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input: where, what was seen, and how to mend it."""

    where: str
    seen: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.seen}. {self.mend}" if self.where else f"{self.seen}. {self.mend}"


class IonweldError(Exception):
    """The root: whatever is raised on purpose is one of its children."""


class InputError(IonweldError):
    """The input is wrong. Carries one fault or several; the message lists them all."""

    def __init__(self, faults: Fault | Sequence[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type, tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)  # so that it survives the way back from a worker process


class SpecError(InputError):
    """A cell, protocol or study file has faults; all of them are listed."""


class UnitError(InputError):
    """A text is no quantity, or has the wrong dimension."""


class FileFormatError(InputError):
    """A file cannot be read as what it was taken for."""


class UnknownFormatError(FileFormatError):
    """Nothing in a file says that it is of the kind that was asked for: another kind may know it."""


class AreaUnknownError(FileFormatError):
    """A table gives currents or capacities per area, and nobody said the area of the cell."""


class OutputError(InputError):
    """A file or folder cannot be written."""


class MissingExtraError(InputError):
    """An optional package is needed for this and is not installed."""


class ComputationError(IonweldError):
    """The input is fine, but the computation failed; the message says why."""


def why(error: Exception) -> str:
    """Return what the system says of an access that failed, without its number and without the path that is named anyway."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def together(*makes: Callable[[], Any]) -> list[Any]:
    """Return what each call gives. Raises one InputError, of the kind of the first, with the faults of all of them."""
    made: list[Any] = []
    refused: list[InputError] = []
    for make in makes:
        try:
            made.append(make())
        except InputError as error:
            refused.append(error)
    if refused:
        raise type(refused[0])([fault for error in refused for fault in error.faults])
    return made
