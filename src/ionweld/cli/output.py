"""How verbs speak: results to standard output, everything else to standard error."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ionweld.errors import InputError
    from ionweld.measurement.provenance import Provenance

_CONTROL = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069]"
)  # but tab and line end

_ARGUMENTS = re.compile(r"^\w+(?:, \w+)*(?=$| )")  # how a fault names arguments: "area", "low, high, step", "vary gap"

JsonFlag = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same file.")]
SimulatedFile = Annotated[Path, typer.Option("--out", help="The file to write; it must not exist yet.")]
_SOON_S = 3.0  # work that takes no longer needs no forecast
RESULTS = "results.json"  # what says that a folder holds a result
DrawSeed = Annotated[
    int, typer.Option("--seed", min=0, help="Of chance: the same cell and seed give the same numbers.")
]
HostOption = Annotated[
    str, typer.Option("--electrolyte", help="The solid electrolyte, by its name or its file: what is looked for.")
]
ParametersFile = Annotated[
    Path | None, typer.Option("--parameters", help="Numbers of own cells, as `ionweld diagnose --out` writes them.")
]
GoalOption = Annotated[
    str | None,
    typer.Option(
        "--goal",
        help='"400 h at 0.4 mA/cm^2", "200 cycles", "critical current 1 mA/cm^2" or "80 % capacity after 100 cycles"; '
        "a longer life without it.",
    ),
]
OutFolder = Annotated[Path | None, typer.Option("--out", help="Folder to write into.")]


def free_folder(asked: Path | None, usual: Path) -> Path:
    """Return a folder without an earlier result: the one asked for, or the usual one with the next number that is free.

    Raises InputError where the folder asked for holds one: nothing is overwritten. The folder is not made.
    """
    from ionweld.errors import Fault, InputError

    if asked is not None:
        if (asked / RESULTS).exists():
            mend = "Name another folder, or remove this one"
            raise InputError(Fault("--out", f"{asked} holds an earlier result", mend))
        return asked
    number, folder = 1, usual
    while (folder / RESULTS).exists():
        number += 1
        folder = usual.with_name(f"{usual.name}-{number}")
    if number > 1:
        say(f"note: {usual} holds an earlier result; this one goes to {folder}")
    return folder


def fresh_folder(asked: Path | None, usual: Path) -> Path:
    """Return a folder without an earlier result, proved to be writable: see `free_folder`. Raises OutputError too."""
    from ionweld.measurement.store import prove_folder

    return prove_folder(free_folder(asked, usual))


def as_flags(error: "InputError", words: Sequence[str]) -> str:
    """Return what is wrong, each argument by the option that the person wrote: a room says "wavelength", a verb --wavelength."""
    given = {word.partition("=")[0] for word in words}

    def flags(found: re.Match[str]) -> str:
        options = {name: f"--{name.replace('_', '-')}" for name in found[0].split(", ")}
        return ", ".join(option if option in given else name for name, option in options.items())

    return "\n".join(str(replace(one, where=_ARGUMENTS.sub(flags, one.where))) for one in error.faults)


def say(message: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(_harmless(message) + "\n")
    sys.stderr.flush()


def emit(line: str = "") -> None:
    """Write one line of the result to standard output."""
    sys.stdout.write(_harmless(line) + "\n")


def _harmless(text: str) -> str:
    """Return text whose control characters are spelt: a file's name may carry orders to the terminal."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def emit_json(document: dict[str, Any]) -> None:
    """Write one JSON document to standard output."""
    from ionweld.result import plain

    sys.stdout.write(json.dumps(plain(document), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def refuse_existing(out: Path) -> None:
    """Raise InputError when a simulated file would take the place of another one."""
    from ionweld.errors import Fault, InputError

    if out.exists():
        mend = "Give a new name, or remove it first: nothing simulated takes the place of a measurement"
        raise InputError(Fault("--out", f"{out} exists already", mend))


def hand_over(out: Path, text: str, provenance: "Provenance", about: dict[str, Any], said: str, as_json: bool) -> None:
    """Write a simulated file, and say what was put into it; about: the truth, the instrument and the seed."""
    from ionweld.measurement.store import write_whole

    write_whole(out, text)
    if as_json:
        emit_json({"provenance": provenance, "files": [str(out)]} | about)
    else:
        emit(f"{out}: simulated, {said}; seed {about['seed']}")


class Progress:
    """A line of progress on standard error: redrawn on a terminal, one line per tenth elsewhere."""

    def __init__(self, title: str, total: int) -> None:
        self.title, self.total, self.done, self._said = title, total, 0, -1
        self._begun = monotonic()

    def advance(self, steps: int = 1) -> None:
        self.done += steps
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self.title}: {self.done}/{self.total}{self._left():20}")
            sys.stderr.flush()
        elif (tenth := 10 * self.done // max(1, self.total)) > self._said:
            self._said = tenth
            say(f"{self.title}: {self.done}/{self.total}{self._left()}")

    def _left(self) -> str:
        """Return how long it may still take, in words; nothing for what is soon done."""
        passed = monotonic() - self._begun
        left = passed / max(1, self.done) * (self.total - self.done)
        if passed < _SOON_S or left < _SOON_S:
            return ""
        return f", {left / 60.0:.0f} min left" if left > 90.0 else f", {left:.0f} s left"


@contextmanager
def progress(title: str, total: int) -> Iterator[Progress]:
    """Show how far a piece of long work has come."""
    bar = Progress(title, total)
    try:
        yield bar
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\n")


def started(bars: ExitStack) -> Callable[[str, int], Callable[[], None]]:
    """Return what long work calls with the title and size of each of its parts; the bars close with `bars`."""

    def start(title: str, total: int) -> Callable[[], None]:
        return bars.enter_context(progress(title, total)).advance

    return start
