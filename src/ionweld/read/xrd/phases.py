"""The phases that a fit looks for, by names of the library or of an electrolyte's file, and by .cif files."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ionweld.errors import Fault, SpecError, together
from ionweld.read.cif import read_cif
from ionweld.spec.crystal import Phase, library_phase, phase_for
from ionweld.spec.entry import Entry, appearance_of


def phases_named(names: Sequence[str]) -> list[Phase]:
    """Return the phases of these names; one that ends in .cif is a file.

    Raises SpecError with every name that is none, where there is none at all, and for a phase that is named twice.
    """
    if isinstance(names, str) or not names:
        raise SpecError(
            Fault("phases", f"{names!r} names none" if names else "is empty", 'Name them: "Li2OHCl", "LiOH"')
        )
    found: list[Phase] = together(*(partial(_phase, name) for name in names))
    unique = {phase.name: phase for phase in found}
    if len(unique) < len(found):
        seen = f"{', '.join(names)} names a phase twice"
        raise SpecError(Fault("phases", seen, "Give each phase once; rename a CIF file"))
    return list(unique.values())


def phases_looked_for(electrolyte: Entry) -> list[Phase]:
    """Return the phases that the file of an electrolyte names; .cif files lie beside it."""
    folder = Path(electrolyte.file).parent
    return [
        read_cif(folder / name) if name.lower().endswith(".cif") else phase_for(name, electrolyte)
        for name in appearance_of(electrolyte).phase_names
    ]


def _phase(name: str) -> Phase:
    return read_cif(Path(name)) if name.lower().endswith(".cif") else library_phase(name)
