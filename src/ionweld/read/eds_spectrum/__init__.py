"""X-ray spectra (EDS): one file per format in formats/, with `recognises(head)` and `read(source)`, found by being there."""

from functools import cache
from pathlib import Path
from types import ModuleType

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.xray_spectrum import XraySpectrum
from ionweld.read.text import load
from ionweld.rooms import names, part

LARGEST_FILE_BYTES = 2**26


@cache
def known_formats() -> tuple[ModuleType, ...]:
    """Return the modules of formats/, in the order of their names."""
    found = (part("read.eds_spectrum.formats", name) for name in names("read.eds_spectrum.formats"))
    return tuple(module for module in found if module is not None and hasattr(module, "recognises"))


def read_xray_spectrum(path: Path) -> XraySpectrum:
    """Return the spectrum in a file; its format is known by content. Raises FileFormatError."""
    source = load(path, LARGEST_FILE_BYTES)
    known = next((module for module in known_formats() if module.recognises(source.data)), None)
    if known is None:
        mend = "Export it as EMSA/MAS (.msa, .emsa), which every EDS program writes"
        raise FileFormatError(Fault(str(path), "is no X-ray spectrum that is known here (EMSA/MAS, Bruker .spx)", mend))
    return known.read(source)
