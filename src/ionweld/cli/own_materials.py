"""Materials that a word on the command line names: of the library, of ./materials, or by their file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ionweld.spec.library import Entry, Library

HostOption = Annotated[
    str, typer.Option("--electrolyte", help="The solid electrolyte, by its name or its file: what is looked for.")
]


def library_here(name: str | None) -> tuple["Library", str | None]:
    """Return the entries that there are here, and the name of the one that is asked for. Raises SpecError."""
    from ionweld.errors import SpecError
    from ionweld.spec.library import Library
    from ionweld.spec.own_files import beside, is_file, read_own

    named = [Path(name)] if name is not None and is_file(name) else []
    own, faults = read_own([*named, *beside(Path())])
    if faults:
        raise SpecError(faults)
    files = {one.file: one.name for one in own.values()}
    return Library(own), files.get(str(named[0]), name) if named else name


def host_of(electrolyte: str) -> "Entry":
    """Return the solid electrolyte of this name or file. Raises SpecError."""
    from ionweld.errors import Fault, SpecError

    library, name = library_here(electrolyte)
    known = library.names("solid electrolyte")
    if name not in known:
        raise SpecError(Fault("--electrolyte", f"{name!r} is no solid electrolyte", f"Known: {', '.join(known)}"))
    return library.entry(name)
