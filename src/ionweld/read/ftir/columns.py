"""Text columns (.csv, .dpt, .txt): wavenumber in 1/cm, then absorbance or transmittance; a header may name which.

Names above the numbers say which column is which. A wavelength in um or nm is turned into a wavenumber; other places on the
axis (THz, eV, a wavelength without a unit) are refused.
"""

import re
from dataclasses import replace

import numpy as np

from ionweld.measurement.infrared import InfraredSpectrum, Ordinate
from ionweld.read.ftir.spectrum import is_neither, make_spectrum, ordinate_of, refuse
from ionweld.read.named_columns import find_column, number_table, wanted
from ionweld.read.text import RawFile, decode, start_report

_READER = "ftir text columns"
_PLACE = wanted(r"wave\s?num|cm\s*[-^(]|cm⁻|1/cm|wellenzahl|波数|波數|파수", r"wave\s?len")
_LENGTHS = {  # what a wavelength in these units makes 1/cm of, divided by it
    1e4: wanted(r"(wave\s?len|wellenl|波长|波長|longueur).*(µm|μm|\bum\b|micro)|^(µm|μm|um|microns?|micromet)", "^$"),
    1e7: wanted(r"(wave\s?len|wellenl|波长|波長|longueur).*\bnm\b|^nm\b|^nanomet", "^$"),
}
_BLUEST_cm1 = 20_000.0
_NO_PLACE = wanted(r"wave\s?len|µm|μm|\bum\b|micron|\bnm\b|wellenl|波长|hz\b|\bm?ev\b|points?$", r"cm\s*-")
_BESIDES = wanted(r"wave|cm\s*[-^(]|1/cm|err|sigma|std|back|single|^no\.?$|index|^column", "^$")


def read_columns(source: RawFile, ordinate: Ordinate | None) -> InfraredSpectrum:
    """Return the spectrum in a text file. Raises FileFormatError."""
    text = decode(source)
    found = number_table(text)
    if found is None:
        raise refuse(source, "has no rows of two numbers (wavenumber, value), and is neither JCAMP-DX nor .spa")
    above, names = found.above, found.names
    place, value = _places(source, above)
    length = _length(above[place]) if place < len(above) else None
    if value >= len(names):
        raise refuse(source, f"has no spectrum beside its column {above[place]!r}")
    strange = next((name for name in (*above[place : place + 1], *above[value : value + 1]) if is_neither(name)), None)
    if strange is not None:
        raise refuse(source, f"has {strange!r}: no absorbance or transmittance", "Export it as absorbance")
    said = (ordinate_of(above[value]) if value < len(above) else None) or _said_by_header(text.lines[: found.start])
    report = replace(
        start_report(source, _READER, text, found.layout),
        header_line=found.start or None,
        columns_mapped={
            names[place]: f"wavenumber / cm-1{f', {length:g} over it' if length else ''}",
            names[value]: str(ordinate or said),
        },
        columns_unmapped=found.besides(place, value),
        warnings=(*found.remarks, *found.unread(place, value, besides=_BESIDES)),
    )
    numbers = found.column(place)
    if length and length / np.nanmin(numbers) > _BLUEST_cm1:
        seen = f"has {above[place]!r} from {np.nanmin(numbers):g} to {np.nanmax(numbers):g}: that is no infrared light"
        raise refuse(source, seen, "Give an infrared spectrum")
    with np.errstate(divide="ignore"):
        wavenumber = length / numbers if length else numbers
    return make_spectrum(source, wavenumber, found.column(value), ordinate or said, report)


def _places(source: RawFile, names: list[str]) -> tuple[int, int]:
    """Return which columns hold the wavenumber and the spectrum. Raises FileFormatError where the first is a wavelength."""
    place = find_column(names, _PLACE)
    if place is None and names and _length(names[0]) is None and _NO_PLACE.is_named(names[0]):
        raise refuse(source, f"has {names[0]!r} for the wavenumber", "Export the spectrum over wavenumbers in 1/cm")
    place = place or 0
    value = next((at for at, name in enumerate(names) if at != place and ordinate_of(name)), None)
    return place, place + 1 if value is None else value


def _length(name: str) -> float | None:
    """Return what divided by the numbers of a column gives 1/cm, where its name says a wavelength with its unit."""
    return next((factor for factor, named in _LENGTHS.items() if named.is_named(name)), None)


def _said_by_header(lines: list[str]) -> Ordinate | None:
    for line in reversed(lines):
        for field in re.split(r"[\t;,]", line):
            found = ordinate_of(field.strip().strip('"'))
            if found is not None:
                return found
    return None
