"""How verbs speak: results to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

JsonFlag = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document.")]
OutFolder = Annotated[Path | None, typer.Option("--out", help="Folder to write into.")]


def say(message: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def emit(line: str = "") -> None:
    """Write one line of the result to standard output."""
    sys.stdout.write(line + "\n")


def emit_json(document: dict[str, Any]) -> None:
    """Write one JSON document to standard output."""
    from ionweld.result import plain

    emit(json.dumps(plain(document), indent=2, ensure_ascii=False, allow_nan=False))


class Progress:
    """A line of progress on standard error: redrawn on a terminal, one line per tenth elsewhere."""

    def __init__(self, title: str, total: int) -> None:
        self.title, self.total, self.done, self._said = title, total, 0, -1

    def advance(self, steps: int = 1) -> None:
        self.done += steps
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self.title}: {self.done}/{self.total}")
            sys.stderr.flush()
        elif (tenth := 10 * self.done // max(1, self.total)) > self._said:
            self._said = tenth
            say(f"{self.title}: {self.done}/{self.total}")


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
