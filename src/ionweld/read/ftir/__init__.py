"""Infrared spectra: text columns, JCAMP-DX, OMNIC .spa and Bruker OPUS. The content decides, not the name."""

from pathlib import Path

from ionweld.errors import Fault, InputError, SpecError
from ionweld.measurement.infrared import InfraredSpectrum, Ordinate
from ionweld.read.ftir.columns import read_columns
from ionweld.read.ftir.jcamp import is_jcamp, read_jcamp
from ionweld.read.ftir.omnic import is_omnic, read_omnic
from ionweld.read.ftir.opus import is_opus, read_opus
from ionweld.read.technique import own_description, said_of
from ionweld.read.text import load


def read_infrared(path: Path, ordinate: Ordinate | None = None) -> InfraredSpectrum:
    """Return the spectrum in a file. `ordinate` says what the numbers are, and goes before what the file says.

    Without it a description beside the file does, one of this technique. Raises FileFormatError when the file is none of the
    known formats, is damaged, or does not say whether it holds absorbance or transmittance and nobody else does.
    """
    if ordinate is None and (beside := own_description(path, "ftir")) is not None:
        ordinate = described_ordinate(beside)
    source = load(path)
    if is_omnic(source):
        return read_omnic(source, ordinate)
    if is_opus(source):
        return read_opus(source, ordinate)
    if is_jcamp(source):
        return read_jcamp(source, ordinate)
    return read_columns(source, ordinate)


def described_ordinate(description: Path) -> Ordinate | None:
    """Return what a description says of the numbers, `ordinate = "absorbance"`. Raises SpecError."""
    said = said_of(description, "ftir", "ordinate").get("ordinate", "")
    try:
        return parse_ordinate(said, f"{description}: ordinate")
    except InputError as error:
        raise SpecError(error.faults) from None


def parse_ordinate(text: str, where: str) -> Ordinate | None:
    """Return what the numbers of a spectrum are said to be, None where nothing is said. Raises InputError."""
    if text == "absorbance":
        return "absorbance"
    if text == "transmittance":
        return "transmittance"
    if text:
        raise InputError(Fault(where, f"{text!r} is neither", "Write absorbance or transmittance"))
    return None
