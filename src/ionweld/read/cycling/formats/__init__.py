"""One file per format of cycling files; to add one, write its file here: nothing else is touched.

A module holds FORMATS, a tuple of ionweld.read.cycling.format.Format. A format that is a plain table says its columns and
its hallmarks, and is found in text, in workbooks and in databases alike; one that is not brings an Opener.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from ionweld.read.cycling.format import Format


@cache
def known_formats() -> tuple[Format, ...]:
    """Return the formats of all modules in this package, by name."""
    modules = [import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__)]
    return tuple(sorted((form for module in modules for form in module.FORMATS), key=lambda form: form.name))
