"""Impedance files -> spectra, recognised by content and never by extension.

formats/ holds one file per format, found by being there; plain tables that name their columns come after them, and tables
without names are read when the caller says what their columns are.
"""

from functools import cache
from pathlib import Path
from types import ModuleType

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.impedance import ImpedanceSpectrum, SampleGeometry
from ionweld.read.eis import plain, unnamed, workbook
from ionweld.read.eis.conditions import conditions_of, described_in, merged
from ionweld.read.eis.sweeps import spectra_of
from ionweld.read.eis.table import HOW_TO_MEND, Table
from ionweld.read.technique import own_description
from ionweld.read.text import RawFile, Text, decode, load
from ionweld.rooms import names, part

LARGEST_FILE_BYTES = 2**26  # thousands of sweeps; a larger file is something else
_NOTHING_KNOWN = SampleGeometry()


@cache
def text_formats() -> tuple[ModuleType, ...]:
    """Return the modules of formats/, in the order of their names, and after them that of plain tables."""
    return (*(module for module in _formats() if hasattr(module, "recognises")), plain)


@cache
def binary_formats() -> tuple[ModuleType, ...]:
    """Return the modules of formats/ that look at a file's bytes, in the order of their names."""
    return tuple(module for module in _formats() if hasattr(module, "recognises_bytes"))


def _formats() -> list[ModuleType]:
    found = (part("read.eis.formats", name) for name in names("read.eis.formats"))
    return [module for module in found if module is not None]


def format_names() -> tuple[str, ...]:
    """Return the names of all formats, for messages."""
    return tuple(module.NAME for module in (*text_formats(), *binary_formats(), workbook))


def read_spectra(
    path: Path,
    *,
    temperature_K: float | None = None,
    geometry: SampleGeometry = _NOTHING_KNOWN,
    columns: str | None = None,
    description: Path | None = None,
) -> list[ImpedanceSpectrum]:
    """Return every sweep of an instrument's file, in the file's order.

    temperature_K and geometry: what the caller knows. Where they say nothing, the file's description does, then
    `ionweld-eis.toml` beside it, and for the temperature alone also the file's header, columns or name;
    Spectrum.temperature_from says which. description: a TOML, else the one beside the file that has its name and .toml.
    columns: what the columns of a table without names are, such as "f,re,-im"; it goes before what a file says itself.
    Frequencies are positive and finite; every row that was left out is counted in Spectrum.ingest.
    Raises FileFormatError (no such file, no known format, no usable sweep), SpecError (a faulty TOML), UnitError (a
    temperature that is none) and MissingExtraError (.mpr without galvani).
    """
    path = Path(path)
    source = load(path, LARGEST_FILE_BYTES)
    described, said = described_in(description or own_description(path, "eis"))
    columns, geometry = described if columns is None else columns, merged(geometry, said)
    temperature_K = said.get("temperature") if temperature_K is None else temperature_K
    table = _table(source) if columns is None else unnamed.read(source, decode(source), columns)
    return spectra_of(source, table, conditions_of(path, table.preamble, temperature_K, geometry))


def looks_like_impedance(source: RawFile, text: Text) -> bool:
    """Return whether the beginning of a file (its bytes, its lines) is that of a known format, or lacks but a frequency."""
    known = any(module.recognises_bytes(source) for module in binary_formats())
    return known or any(module.recognises(text) for module in text_formats()) or unnamed.names_an_impedance(text)


def _table(source: RawFile) -> Table:
    for module in binary_formats():
        if module.recognises_bytes(source):
            return module.read_bytes(source)
    if workbook.recognises(source):
        return workbook.read(source)
    text = decode(source)
    for module in text_formats():
        if module.recognises(text):
            return module.read(source, text)
    first = next((line.strip() for line in text.lines if line.strip()), "")[:80]
    strange = unnamed.strange_columns(text)
    seen = strange or f"text in {text.encoding}, beginning {first!r}"
    mend = f"{unnamed.HOW_TO_SAY}. " if strange else ""
    mend += f"Known formats: {'; '.join(format_names())}. {HOW_TO_MEND}"
    raise FileFormatError(Fault(str(source.path), f"has no impedance that is known here ({seen})", mend))
