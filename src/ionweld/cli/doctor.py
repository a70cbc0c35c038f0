"""`ionweld doctor`: versions, write access, and which optional packages are missing."""

from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from platform import platform, python_version
from re import match
from tempfile import TemporaryFile
from time import perf_counter
from typing import Annotated, Any

import typer

from ionweld import __version__
from ionweld.cli.output import JsonFlag, emit, emit_json, progress

FOR_CONTRIBUTORS = ("docs", "oracle", "test")  # extras that add nothing to what a user can do


def doctor(
    twin: Annotated[bool, typer.Option("--twin", help="Compile the twin now, once, for about half a minute.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Say what is installed, what is missing, and whether this folder can be written."""
    found = {
        "ionweld": __version__,
        "python": python_version(),
        "platform": platform(),
        "required": {name: installed(name) for name, extra in _requirements() if extra is None},
        "optional": {name: {"version": installed(name), "extra": extra} for name, extra in _requirements() if extra},
        "writable": {str(Path.cwd()): _writable(Path.cwd())},
        "twin_ready_s": _twin_ready() if twin else None,
    }
    if as_json:
        emit_json(found)
        return
    _print(found)


def _print(found: dict[str, Any]) -> None:
    emit(f"ionweld {found['ionweld']}, Python {found['python']}, {found['platform']}")
    for name, seen in found["required"].items():
        emit(f"  {name:<16} {seen or 'MISSING: reinstall ionweld'}")
    for name, about in found["optional"].items():
        missing = f"not installed (optional: pip install 'ionweld[{about['extra']}]')"
        emit(f"  {name:<16} {about['version'] or missing}")
    for folder, writable in found["writable"].items():
        emit(f"  {folder}: {'can be written' if writable else 'CANNOT be written: results need --out elsewhere'}")
    if found["twin_ready_s"] is None:
        emit("  the twin is compiled when it is first used, once; `ionweld doctor --twin` does it now")
    else:
        emit(f"  the twin is compiled; ready after {found['twin_ready_s']:g} s")


def _twin_ready() -> float:
    """Compile the twin where it was not yet; return how long that took (s)."""
    from ionweld.simulate.course import machine_code

    begun, parts = perf_counter(), machine_code()
    with progress("the twin is made ready", len(parts)) as bar:
        for one in parts:
            _ = one.code
            bar.advance()
    return round(perf_counter() - begun, 1)


def installed(name: str) -> str | None:
    """Return the version of an installed package, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _requirements() -> list[tuple[str, str | None]]:
    """Return the packages that ionweld declares, each with its extra; none when it runs from a bare source tree."""
    try:
        declared = requires("ionweld") or []
    except PackageNotFoundError:
        return []
    found = []
    for line in declared:
        name = match(r"[A-Za-z0-9_.-]+", line)
        extra = match(r""".*extra == ['"]([^'"]+)""", line)
        if name is not None and (extra is None or extra[1] not in FOR_CONTRIBUTORS):
            found.append((name[0], extra[1] if extra is not None else None))
    return found


def _writable(folder: Path) -> bool:
    try:
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
