"""EMSA/MAS spectral data, `.msa`, `.emsa`: the open text format of ISO 22029.

    #FORMAT      : EMSA/MAS Spectral Data File
    #NPOINTS     : 1024.
    #XUNITS      : keV
    #DATATYPE    : XY
    #XPERCHAN    : 0.01
    #OFFSET      : -0.2
    #LIVETIME  -s: 60.0
    #BEAMKV   -kV: 5.0
    #SPECTRUM    : Spectral Data Starts Here
    -0.20, 12.
    #ENDOFDATA   :

With the type Y rows hold counts alone, one or several beside each other, and the energies are OFFSET + n XPERCHAN.
"""

import re
from dataclasses import replace

import numpy as np

from ionweld.measurement.xray_spectrum import XraySpectrum
from ionweld.read.eds_spectrum.spectrum import make_spectrum, refuse
from ionweld.read.text import RawFile, decode, number_or_nan, start_report

_READER = "EMSA/MAS"
_ENTRY = re.compile(r"#\s*([A-Z0-9]+)\s*(?:-\s*([A-Za-z]+)\s*)?:\s*(.*)", re.IGNORECASE)
_PER_keV = {"kev": 1.0, "ev": 1e3, "mev": 1e-3}
_ENERGY = re.compile(rf"\b(?:{'|'.join(_PER_keV)})\b", re.IGNORECASE)
_DISPERSED = re.compile(r"X?EDS|EDX|ED\b")  # also EDS_SEM, EDS_TEM


def recognises(head: bytes) -> bool:
    """Return whether the first lines name the format."""
    return b"EMSA/MAS" in head[:2048].upper()


def read(source: RawFile) -> XraySpectrum:
    """Return the spectrum. Raises FileFormatError for other signals, units that are no energies, and wrong counts of points."""
    text = decode(source)
    header, rows = _parts(text.lines)
    signal = (header.get("SIGNALTYPE") or "EDS").upper()
    if not _DISPERSED.match(signal):
        raise refuse(source, f"holds a signal of type {signal}, not EDS", "Give the spectrum of an X-ray detector")
    named = header.get("XUNITS", "")
    unit = _ENERGY.search(named)  # "keV", "Energy (eV)"
    if unit is None:
        said = (
            f"its XUNITS are {named!r}, no energy" if named else "its XUNITS do not say in which unit its energies are"
        )
        raise refuse(source, said)
    values = [number_or_nan(field) for row in rows for field in re.split(r"[,\s]+", row.strip(" ,")) if field]
    energy, counts = _columns(source, header, np.array(values), _PER_keV[unit[0].lower()])
    declared = number_or_nan(header.get("NPOINTS", "nan"))
    short = (f"the file says {declared:g} points, {counts.size} were found",) if declared not in (counts.size,) else ()
    report = replace(
        start_report(source, _READER, text),
        decimal_mark=".",
        columns_mapped={"energy": "keV", "counts": "counts"},
        warnings=short if np.isfinite(declared) else (),
    )
    known = {"live_time_s": _known(header, "LIVETIME"), "beam_keV": _known(header, "BEAMKV")}
    return make_spectrum(source, report, energy, counts, known)


def _parts(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    header: dict[str, str] = {}
    rows: list[str] = []
    started = False
    for line in lines:
        entry = _ENTRY.match(line)
        if entry is None:
            rows += [line] if started and line.strip() else []
        elif entry[1].upper() == "SPECTRUM":
            started = True
        elif entry[1].upper() == "ENDOFDATA":
            break
        elif not started:
            header[entry[1].upper()] = entry[3].strip()
    return header, rows


def _columns(
    source: RawFile, header: dict[str, str], values: np.ndarray, per_keV: float
) -> tuple[np.ndarray, np.ndarray]:
    if header.get("DATATYPE", "Y").upper() == "XY":
        if values.size % 2:
            raise refuse(source, "is of type XY, but has an odd number of values")
        return values[0::2] / per_keV, values[1::2]
    step, offset = number_or_nan(header.get("XPERCHAN", "nan")), number_or_nan(header.get("OFFSET", "nan"))
    if not (np.isfinite(step) and np.isfinite(offset)):
        raise refuse(source, "is of type Y, but XPERCHAN or OFFSET is missing")
    return (offset + step * np.arange(values.size)) / per_keV, values


def _known(header: dict[str, str], key: str) -> float | None:
    value = number_or_nan(header.get(key, "nan"))
    return value if np.isfinite(value) and value > 0.0 else None
