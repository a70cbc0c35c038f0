"""PHI .spe: a text header between SOFH and EOFH (ended by LF or CRLF), then binary spectra.

The binary part: four int32 (format, number of spectra, length of a spectrum's header, length of this head); one
header for each spectrum (number of channels, unit, type of a value "f4" or "f8", bytes of data and their offset from
the start of the binary part, at the byte positions below); then the data, little-endian. This layout was
read off real files (VersaProbe II and 4); the numbers of channels of both parts must agree, or the file is refused.
"""

import re
import struct
from dataclasses import replace

import numpy as np

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.photoelectron import Photoelectron, Region
from ionweld.read.text import RawFile, provenance_of, start_report
from ionweld.read.xps.names import line_name

READER = "PHI spe"
_END = re.compile(rb"EOFH(\r\n|\n)")
_CHANNELS, _UNIT, _TYPE, _BYTES = 20, 56, 72, 76  # byte positions within a spectrum's header
_REEXPORT = "Export the spectra from MultiPak as csv or VAMAS"


def recognises(data: bytes) -> bool:
    """Return whether the file starts as a PHI file does."""
    return data.startswith(b"SOFH")


def read(source: RawFile) -> Photoelectron:
    """Return the regions of a PHI .spe file. Raises FileFormatError when header and binary part do not agree."""
    end = _END.search(source.data)
    if end is None:
        raise _fault(source, "the header never ends (no EOFH)")
    header = source.data[: end.start()].decode("latin-1").splitlines()
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in header)}
    kind = fields.get("FileType", "SPECTRUM")
    if kind != "SPECTRUM":
        raise _fault(source, f"it holds {kind} and not single spectra, as .pro files of depth profiles do")
    definitions = [line.partition(":")[2].split() for line in header if line.startswith("SpectralRegDef:")]
    photon_energy = _first_number(fields.get("XraySource", ""))
    binary = source.data[end.end() :]
    spectra = _spectra(source, binary, len(definitions))
    regions = tuple(
        _region(source, words, unit, values, photon_energy)
        for words, (unit, values) in zip(definitions, spectra, strict=True)
    )
    details = {key: fields[key] for key in ("SputterIon", "Presputter", "InstrumentModel", "FileDesc") if key in fields}
    report = replace(
        start_report(source, READER),
        encoding="latin-1 header, little-endian data",
        header_line=1,
        columns_mapped={region.label: f"{region.intensity_unit}, as written" for region in regions},
        warnings=("the header says that the sample was sputtered first",) if details.get("Presputter") == "yes" else (),
    )
    sputtered = True if details.get("Presputter") == "yes" else None  # "no" speaks of this scan alone
    return Photoelectron(regions, provenance_of(report), sputtered, None, report, details)


def _fault(source: RawFile, seen: str) -> FileFormatError:
    return FileFormatError(Fault(str(source.path), f"PHI file: {seen}", _REEXPORT))


def _first_number(text: str) -> float | None:
    match = re.search(r"\d+\.\d+", text)
    return float(match[0]) if match else None


def _spectra(source: RawFile, binary: bytes, expected: int) -> list[tuple[str, np.ndarray]]:
    """Return the unit and the values of each spectrum of the binary part."""
    try:
        _, count, size, start = struct.unpack_from("<4i", binary)
        if not (count == expected >= 1 and size >= 88 and start >= 16):
            raise _fault(source, f"the header names {expected} regions, the binary part {count}")
        return [_spectrum(source, binary, start + index * size) for index in range(count)]
    except struct.error:
        raise _fault(source, "the binary part is cut off") from None


def _spectrum(source: RawFile, binary: bytes, at: int) -> tuple[str, np.ndarray]:
    channels = struct.unpack_from("<i", binary, at + _CHANNELS)[0]
    length, offset = struct.unpack_from("<2i", binary, at + _BYTES)
    kind = binary[at + _TYPE : at + _TYPE + 2]
    unit = binary[at + _UNIT : at + _UNIT + 4].rstrip(b"\x00").decode("latin-1")
    if kind not in (b"f4", b"f8") or length != channels * int(kind[1:]) or channels < 2 or offset < 0:
        raise _fault(source, f"a spectrum of {channels} channels of type {kind!r} in {length} bytes is not understood")
    if offset + length > len(binary):
        raise _fault(source, f"{offset + length} bytes of data are announced, {len(binary)} are there: it is cut off")
    with np.errstate(invalid="ignore"):  # a damaged value may be a signalling NaN; it is refused below
        values = np.frombuffer(binary, f"<{kind.decode()}", channels, offset).astype(np.float64)
    if not np.all(np.isfinite(values)):
        raise _fault(source, "a value is not finite")
    return unit, values


def _region(source: RawFile, words: list[str], unit: str, values: np.ndarray, photon_energy: float | None) -> Region:
    """Words: number, flag, name, atomic number, channels, step, start, end, ..., dwell (eleventh), pass energy."""
    try:
        name, channels, step, start = words[2], int(words[4]), float(words[5]), float(words[6])
        dwell, pass_energy = float(words[10]), float(words[11])
    except (IndexError, ValueError):
        raise _fault(source, f"the region {' '.join(words)[:60]!r} is not understood") from None
    finite = bool(np.all(np.isfinite([step, start, dwell, pass_energy])))
    if channels != len(values) or step == 0 or not finite:
        raise _fault(source, f"region {name[:20]} has {channels} channels in the header, {len(values)} in the data")
    energies = start + step * np.arange(channels, dtype=np.float64)
    # PHI's dwell is the total per channel over all sweeps: one count is 1/dwell counts per second in its data.
    return Region(
        line_name(name) or name, energies, values, "counts/s" if unit == "c/s" else "counts",
        dwell if dwell > 0 else None, 1, photon_energy, pass_energy,
    )  # fmt: skip
