"""Thermo OMNIC .spa, through the optional package spectrochempy-omnic (CeCILL-B)."""

import struct
import warnings
from dataclasses import replace

import numpy as np

from ionweld.errors import Fault, MissingExtraError
from ionweld.measurement.infrared import InfraredSpectrum, Ordinate
from ionweld.read.ftir.spectrum import make_spectrum, ordinate_of, refuse
from ionweld.read.text import RawFile, start_report

_READER = "OMNIC spa"
_FIRST_KEY = 304  # where the table of keys begins: one byte of key, one unknown, four of position
_HEADER_KEY = 2
# What the package raises for a damaged file: it reads at offsets that the file itself names.
_BROKEN = (
    struct.error,
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    UnboundLocalError,
    OSError,
    OverflowError,
    MemoryError,
)


def is_omnic(source: RawFile) -> bool:
    """Return whether the file begins as OMNIC's spectra do."""
    return source.data.startswith(b"Spectral Data File")


def _check_size(source: RawFile) -> None:
    """Refuse a file that promises more points than it has bytes for: the package would make room for all of them."""
    position = _FIRST_KEY
    while position + 16 <= len(source.data) and source.data[position] not in (0, 1):
        if source.data[position] == _HEADER_KEY:
            header = int.from_bytes(source.data[position + 2 : position + 6], "little")
            points = int.from_bytes(source.data[header + 4 : header + 8], "little")
            if 4 * points > len(source.data):
                raise refuse(
                    source, f"is a damaged OMNIC file: it promises {points} points in {len(source.data)} bytes"
                )
        position += 16


def read_omnic(source: RawFile, ordinate: Ordinate | None) -> InfraredSpectrum:
    """Return the spectrum of a .spa file. Raises MissingExtraError without the package, FileFormatError if damaged."""
    try:
        from spectrochempy_omnic import (  # pyright: ignore[reportMissingImports]
            OMNICReader,
            OMNICReaderError,
        )
    except ImportError:
        mend = 'Install it: pip install "ionweld[omnic]", or export the spectrum as csv'
        raise MissingExtraError(
            Fault(str(source.path), "is an OMNIC file; spectrochempy-omnic reads it", mend)
        ) from None
    _check_size(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package's own remarks; what matters is checked below
            found = OMNICReader(source.data, suffix=".spa")
    except (OMNICReaderError, *_BROKEN) as error:
        raise refuse(source, f"is a damaged OMNIC file: {type(error).__name__} {error}") from None
    if found.x_units != "cm^-1" or found.x is None or found.data is None:
        raise refuse(source, f"is an OMNIC file over {found.x_title}", "Give a spectrum over wavenumbers")
    said = ordinate_of(f"{found.title} {found.units}")
    report = replace(
        start_report(source, _READER), columns_mapped={"x": "wavenumber / cm-1", "y": str(ordinate or said)}
    )
    values = np.asarray(found.data, dtype=float).reshape(-1)
    return make_spectrum(source, np.asarray(found.x, dtype=float), values, ordinate or said, report)
