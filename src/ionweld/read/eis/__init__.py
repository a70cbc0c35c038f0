"""Impedance files -> spectra: one module per format, recognised by content and never by extension.

A format module documents its layout and columns and has a NAME, `recognises` and `read`; the order below matters only
in that the plain table, which fits most texts with a header, comes last.
"""

from pathlib import Path

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.impedance import SampleGeometry, Spectrum
from ionweld.read.eis import autolab_fra, ec_lab_binary, ec_lab_text, fixed_values, gamry, nova, plain, zplot
from ionweld.read.eis.conditions import conditions_of
from ionweld.read.eis.sweeps import spectra_of
from ionweld.read.eis.table import HOW_TO_MEND, Table
from ionweld.read.text import RawFile, Text, decode, load

_TEXT_FORMATS = (ec_lab_text, gamry, zplot, autolab_fra, fixed_values, nova, plain)
FORMATS = (*(module.NAME for module in _TEXT_FORMATS), ec_lab_binary.NAME)
LARGEST_FILE_BYTES = 2**26  # thousands of sweeps; a larger file is something else
_NOTHING_KNOWN = SampleGeometry()


def read_spectra(
    path: Path, *, temperature_K: float | None = None, geometry: SampleGeometry = _NOTHING_KNOWN
) -> list[Spectrum]:
    """Return every sweep of an instrument's file, in the file's order.

    temperature_K and geometry: what the caller knows. Where they say nothing, `ionweld-eis.toml` beside the file does,
    and for the temperature alone also the file's header, columns or name; Spectrum.temperature_from says which.
    Frequencies are positive and finite; every row that was left out is counted in Spectrum.ingest.
    Raises FileFormatError (no such file, no known format, no usable sweep), SpecError (a faulty TOML), UnitError (a
    temperature that is none) and MissingExtraError (.mpr without galvani).
    """
    path = Path(path)
    source = load(path, LARGEST_FILE_BYTES)
    table = _table(source)
    return spectra_of(source, table, conditions_of(path, table.preamble, temperature_K, geometry))


def looks_like_impedance(source: RawFile, text: Text) -> bool:
    """Return whether the beginning of a file (its bytes, its lines) is that of a known format."""
    return ec_lab_binary.recognises(source) or any(module.recognises(text) for module in _TEXT_FORMATS)


def _table(source: RawFile) -> Table:
    if ec_lab_binary.recognises(source):
        return ec_lab_binary.read(source)
    text = decode(source)
    for module in _TEXT_FORMATS:
        if module.recognises(text):
            return module.read(source, text)
    first = next((line.strip() for line in text.lines if line.strip()), "")[:80]
    seen = f"has no impedance that is known here (text in {text.encoding}, beginning {first!r})"
    raise FileFormatError(Fault(str(source.path), seen, f"Known formats: {'; '.join(FORMATS)}. {HOW_TO_MEND}"))
