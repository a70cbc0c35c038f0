"""ionweld: a digital twin and lab bench for solid-state lithium-metal cells and their interfaces.

    import ionweld as iw

The public names, each imported when it is first used: this module itself loads nothing.
"""

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

# polars' allocator keeps what was freed for good unless it is told before polars is loaded: reading a large table took
# half as much memory again
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0")

# name -> the module of ionweld.api that it stands in; __init__.pyi tells type checkers the same, and a test holds the two together
PUBLIC = {
    "Cell": "cells",
    "Cycling": "measurements",
    "Project": "project",
    "Protocol": "cells",
    "Spectrum": "measurements",
    "advise": "advice",
    "arrhenius": "arrhenius",
    "check": "impedance",
    "compatibility": "verdicts",
    "diagnose": "diagnosis",
    "drt": "impedance",
    "ensemble": "twin",
    "fit": "impedance",
    "fit_ftir": "ftir",
    "fit_xps": "xps",
    "fit_xps_levels": "xps",
    "fit_xrd": "xrd",
    "fit_xrd_series": "xrd",
    "interface_verdict": "verdicts",
    "look": "looking",
    "material": "materials",
    "materials": "materials",
    "measure_sem": "sem",
    "profile_eds": "eds",
    "read": "reading",
    "read_one": "reading",
    "reproduce": "studies",
    "simulate": "twin",
    "summarise": "cycling",
    "sweep": "sweep",
    "validate": "studies",
}
__all__ = [*sorted(PUBLIC), "__version__"]  # pyright: ignore[reportUnsupportedDunderAll] - __init__.pyi lists them


class _Front(ModuleType):
    """The package as a person sees it."""

    def __getattr__(self, name: str) -> Any:
        if name not in PUBLIC:
            raise AttributeError(f"module 'ionweld' has no attribute {name!r}; it has {', '.join(__all__)}")
        found = getattr(import_module(f"ionweld.api.{PUBLIC[name]}"), name)
        self.__dict__[name] = found
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep public names: importing the room ionweld.read would otherwise put it in the place of the function."""
        if not (name in PUBLIC and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *PUBLIC})


sys.modules[__name__].__class__ = _Front
