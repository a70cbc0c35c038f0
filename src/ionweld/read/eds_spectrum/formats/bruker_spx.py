"""Bruker Esprit spectra, `.spx`: XML.

<TRTSpectrum><ClassInstance Type="TRTSpectrum">
  <TRTHeaderedClass><ClassInstance Type="TRTSpectrumHardwareHeader"><LifeTime>59000</LifeTime>   milliseconds
  <ClassInstance Type="TRTSpectrumHeader"><CalibAbs>-0.955</CalibAbs><CalibLin>0.010</CalibLin>  keV, keV per channel
  <Channels>0,0,12,...</Channels>
"""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np

from ionweld.measurement.xray_spectrum import XraySpectrum
from ionweld.read.eds_spectrum.spectrum import make_spectrum, refuse
from ionweld.read.text import RawFile, start_report

_READER = "Bruker spx"


def recognises(head: bytes) -> bool:
    """Return whether the file is XML that names Bruker's spectrum."""
    return b"TRTSpectrum" in head[:4096]


def read(source: RawFile) -> XraySpectrum:
    """Return the spectrum. Raises FileFormatError for broken XML, and without channels or calibration."""
    if b"<!DOCTYPE" in source.data or b"<!ENTITY" in source.data:
        raise refuse(source, "declares a document type or entities, which no detector writes")
    try:
        root = ElementTree.fromstring(source.data)  # noqa: S314 - entities were refused above
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise refuse(source, f"is broken XML: {error}") from None
    channels = next((one.text or "" for one in root.iter("Channels")), "")
    offset, step = _number(root, "CalibAbs"), _number(root, "CalibLin")
    if not channels or offset is None or step is None:
        raise refuse(source, "has no channels, or no calibration CalibAbs and CalibLin")
    try:
        counts = np.array(channels.split(","), dtype=float)
    except ValueError as error:
        raise refuse(source, f"<Channels> holds something that is no number: {error}") from None
    report = replace(start_report(source, _READER), columns_mapped={"Channels": "counts"})
    live = _number(root, "LifeTime")
    known = {"live_time_s": live / 1e3 if live else None, "beam_keV": _number(root, "PrimaryEnergy")}
    return make_spectrum(source, report, offset + step * np.arange(counts.size, dtype=np.float64), counts, known)


def _number(root: ElementTree.Element, tag: str) -> float | None:
    found = next(iter(root.iter(tag)), None)
    try:
        value = float((found.text or "") if found is not None else "")
    except ValueError:
        return None
    return value if np.isfinite(value) else None
