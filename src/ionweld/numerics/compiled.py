"""Compiled code: functions that Python and numba both call, and a cache that cannot go stale.

numba's own cache watches one source file per function. A law that changes in another file would go on running as it
was, and give wrong numbers in silence; so the cache folder carries a hash of every file that compiled code is made of.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

_ERRORS = "numpy"  # a division by zero in a trial step gives inf, and the step is refused; a callback cannot raise
_COMPILED_ROOMS = ("laws", "numerics", "simulate")
_ONCE = "compiling the twin for this machine, which happens once and takes about half a minute"
Function = TypeVar("Function", bound=Callable[..., Any])
Compiled = Callable[..., Any]
_WAITING: list[Compiled] = []  # laws of which numba is told when it is loaded, with the first compiled function


def law(function: Function) -> Function:
    """Mark a pure function so that compiled code can call it; for Python it stays the same function."""
    _WAITING.append(function)
    if "numba" in sys.modules:
        _tell_numba()
    return function


def inner(function: Function) -> Function:
    """Mark a function that compiled code alone calls: it becomes a part of its callers, and is kept with them.

    numba compiles it once for callers that are such functions themselves, and once more for each other kind of caller: a
    large one is better called from one kind alone.
    """
    from numba.extending import register_jitable

    return register_jitable(function)


def _tell_numba() -> None:
    from numba.extending import register_jitable

    while _WAITING:
        register_jitable(_WAITING.pop())


def compiled(function: Compiled) -> Compiled:
    """Compile `function` when it is first called, and keep the machine code on disk."""
    with _fresh_cache() as numba:
        return numba.njit(cache=True, error_model=_ERRORS)(function)


class Deferred:
    """A function that Python calls, or whose address it hands on, compiled when either is first done.

    Who loads a cell, a study or the library's mechanisms without simulating compiles nothing.
    """

    def __init__(self, function: Compiled, compile_it: Callable[[Compiled], Any]) -> None:
        self._function, self._compile = function, compile_it

    @cached_property
    def code(self) -> Any:
        """The compiled function."""
        _announce()
        return self._compile(self._function)

    @property
    def address(self) -> int:
        """Where the machine code lies."""
        return self.code.address

    def __call__(self, *arguments: Any) -> Any:
        """Call the compiled function."""
        return self.code(*arguments)


def compiled_for(*kinds: Any) -> Callable[[Compiled], Deferred]:
    """Compile a function for arguments of these kinds, all at once when it is first called."""

    def machine_code(function: Compiled) -> Any:
        with _fresh_cache() as numba:
            return numba.njit(kinds, cache=True, error_model=_ERRORS)(function)

    return lambda function: Deferred(function, machine_code)


def callback(signature: Any) -> Callable[[Compiled], Any]:
    """Compile a function of a fixed signature, so that it can be handed to compiled code as a value."""

    def decorate(function: Compiled) -> Any:
        with _fresh_cache() as numba:
            return numba.cfunc(signature, cache=True, error_model=_ERRORS)(function)

    return decorate


@contextmanager
def _fresh_cache() -> Iterator[Any]:
    """Give numba, told of all laws, which keeps what is compiled here in our folder; one that the user chose goes first."""
    import numba
    from numba.core import config

    _tell_numba()
    settings: Any = config  # numba fills this module when it starts, so a type checker sees it empty
    before = settings.CACHE_DIR
    settings.CACHE_DIR = before or str(_cache_folder())
    try:
        yield numba
    finally:
        settings.CACHE_DIR = before


@cache
def _cache_folder() -> Path:
    """Return a folder of the user's cache, named after the content of all sources of compiled code."""
    package = Path(__file__).parent.parent
    digest = sha256()
    for room in _COMPILED_ROOMS:
        for source in sorted((package / room).rglob("*.py")):
            digest.update(source.read_bytes())
    return _user_cache() / "ionweld" / digest.hexdigest()[:16]


@cache
def _announce() -> None:
    """Say once that compiling takes its time, where nothing is compiled yet."""
    if not any(_cache_folder().rglob("*.nbi")):
        sys.stderr.write(f"{_ONCE}\n")


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
