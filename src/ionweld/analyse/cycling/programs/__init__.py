"""Tests with a program of their own (current ramp, GITT, rate test ...): one file each, found by being there.

A module has `find(subject) -> Analysis | None`: None where the test is no such test. To add one, write its file here; the
command line, the JSON document and the report show it without knowing it.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ionweld.analyse.cycling.program import Analysis, Find, Subject


@cache
def _finders() -> tuple[Find, ...]:
    return tuple(import_module(f"{__name__}.{info.name}").find for info in iter_modules(__path__))


def analyses(subject: Subject) -> tuple[Analysis, ...]:
    """Return what each program that the test followed gives, in the order of their files' names."""
    return tuple(found for find in _finders() if (found := find(subject)) is not None)
