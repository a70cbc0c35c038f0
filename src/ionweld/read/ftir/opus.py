"""Bruker OPUS files, through the optional package brukeropus (MIT)."""

import re
import struct
import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from ionweld.errors import Fault, MissingExtraError
from ionweld.measurement.infrared import InfraredSpectrum, Ordinate
from ionweld.read.ftir.spectrum import make_spectrum, refuse
from ionweld.read.text import RawFile, start_report

_READER = "Bruker OPUS"
_MAGIC = b"\n\n\xfe\xfe"
_POINTS = re.compile(rb"NPT\x00\x00\x00\x02\x00(.{4})", re.DOTALL)
_KINDS: dict[str, Ordinate] = {"a": "absorbance", "t": "transmittance", "atr": "absorbance"}
# What the package raises for a damaged file: it reads at offsets that the file itself names.
_BROKEN = (
    struct.error, KeyError, IndexError, TypeError, ValueError, AttributeError, OSError, OverflowError, MemoryError,
    ZeroDivisionError, RecursionError,
)  # fmt: skip


def is_opus(source: RawFile) -> bool:
    """Return whether the file begins as those of OPUS do."""
    return source.data.startswith(_MAGIC)


def read_opus(source: RawFile, ordinate: Ordinate | None) -> InfraredSpectrum:
    """Return the absorbance, or else the transmittance, of an OPUS file; its other blocks are named in the report.

    Raises MissingExtraError without the package, FileFormatError when the file is damaged or holds neither.
    """
    try:
        from brukeropus.file.file import OPUSFile  # pyright: ignore[reportMissingImports]
    except ImportError:
        mend = 'Install it: pip install "ionweld[opus]", or export the spectrum from OPUS as a data point table'
        raise MissingExtraError(Fault(str(source.path), "is an OPUS file; brukeropus reads it", mend)) from None
    for match in _POINTS.finditer(source.data):
        if not 0 < 4 * int.from_bytes(match[1], "little", signed=True) <= len(source.data):
            raise refuse(source, "is a damaged OPUS file: it promises more points than it has bytes for")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = OPUSFile(str(source.path))
        held = ", ".join(found.data_keys) or "no spectrum"
        key = next((key for key in _KINDS if key in found.data_keys), None)
        if key is None:
            raise refuse(source, f"is an OPUS file that holds {held}: neither absorbance nor transmittance")
        block: Any = getattr(found, key)
        x, y, unit = np.asarray(block.x, float), np.asarray(block.y, float), str(block.params.dxu)
    except _BROKEN as error:
        raise refuse(source, f"is a damaged OPUS file: {type(error).__name__} {error}") from None
    if unit != "WN" or x.shape != y.shape:
        raise refuse(source, f"is an OPUS file over {unit}", "Give a spectrum over wavenumbers")
    left = tuple(f"{other}: not read" for other in found.data_keys if other != key)
    said = ordinate or _KINDS[key]
    report = replace(start_report(source, _READER), columns_mapped={key: said}, columns_unmapped=left)
    return make_spectrum(source, x, y, said, report)
