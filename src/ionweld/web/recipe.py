"""The command line and the Python cell that say the same as a panel: to copy, to repeat, to learn from."""

from collections.abc import Sequence
from pathlib import Path
from shlex import join
from typing import Any


def recipe(command: Sequence[Any] | str, *python: str) -> dict[str, str]:
    """Return what stands below a panel. command: the words of the command line; python: lines below the import."""
    line = command if isinstance(command, str) else join(["ionweld", *map(str, command)])
    return {"command": line, "python": "\n".join(["import ionweld as iw", "", *python])}


def said(value: Any) -> str:
    """Return a value as Python writes it; a path as its text."""
    return repr(str(value) if isinstance(value, Path) else value)


def call(name: str, *values: Any, **named: Any) -> str:
    """Return a call as Python writes it; what is None is left out. A value that begins with "=" is code."""
    shown = [_code(value) for value in values]
    shown += [f"{key}={_code(value)}" for key, value in named.items() if value is not None]
    return f"{name}({', '.join(shown)})"


def _code(value: Any) -> str:
    return value[1:] if isinstance(value, str) and value.startswith("=") else said(value)
