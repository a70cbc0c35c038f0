"""VAMAS, ISO 14976: one value a line, the meaning of a line given by those before it.

Source of the order of lines: W. A. Dench, L. B. Hazell, M. P. Seah, Surf. Interface Anal. 13 (1988) 63-122.
Tolerated: blank lines before the first one (Kratos), NUL characters (PHI MultiPak), any extension (.npl), CRLF.
Kinetic energies become binding energies as photon energy minus kinetic energy: the work function that some files
hold is not applied, because the charge shift of the analysis takes it up.
"""

from dataclasses import dataclass, replace

import numpy as np

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.photoelectron import IntensityUnit, Photoelectron, Region
from ionweld.read.text import RawFile, Text, provenance_of, start_report
from ionweld.read.xps.names import line_name
from ionweld.wording import many

READER = "VAMAS"
_TITLE = "VAMAS Surface Chemical Analysis Standard Data Transfer Format"
_UNKNOWN = 1e37  # the standard's mark for a value that is not known
_MAPS = {"MAP", "MAPDP"}
_SPUTTER = {"MAPDP", "MAPSVDP", "SDP", "SDPSV"}
_LINESCANS = {"MAPSV", "MAPSVDP", "SEM"}
_FIELDS_OF_VIEW = _MAPS | _LINESCANS
_ION_TECHNIQUES = {"FABMS", "FABMS energy spec", "ISS", "SIMS", "SIMS energy spec", "SNMS", "SNMS energy spec"}
_ION_TECHNIQUES |= {"ion depth profile"}
_MODES = _FIELDS_OF_VIEW | {"SDP", "SDPSV", "NORM", "NOEXP"}
_REEXPORT = "Export the measurement again, as VAMAS with all parameters in every block or as csv"


def recognises(text: Text) -> bool:
    """Return whether the first line with anything on it is the title of a VAMAS file."""
    first = next((line for line in text.lines if line.strip()), "")
    return first.strip("\ufeff \x00").startswith(_TITLE[:40])


class _Cursor:
    """Reads the lines one after the other; every complaint names the line and what was expected there."""

    def __init__(self, source: RawFile, lines: list[str]) -> None:
        self.path, self.lines, self.at = str(source.path), lines, 0

    def fail(self, seen: str) -> FileFormatError:
        return FileFormatError(Fault(f"{self.path}: line {self.at}", seen, _REEXPORT))

    def text(self, what: str) -> str:
        if self.at >= len(self.lines):
            raise self.fail(f"the file ends where {what} should stand")
        self.at += 1
        return self.lines[self.at - 1].strip(" \x00\t")

    def number(self, what: str) -> float:
        written = self.text(what)
        try:
            return float(written.replace(",", "."))
        except ValueError:
            raise self.fail(f"{written[:40]!r} stands where {what} (a number) should") from None

    def count(self, what: str) -> int:
        value = self.number(what)
        if not 0 <= value <= len(self.lines) or value != int(value):
            raise self.fail(f"{what} is {value:g}, which does not fit a file of {len(self.lines)} lines")
        return int(value)

    def skip(self, lines: int, what: str) -> None:
        self.at += lines
        if self.at > len(self.lines):
            self.at = len(self.lines)
            raise self.fail(f"the file ends within {what}")

    def known(self, what: str) -> float | None:
        value = self.number(what)
        return value if np.isfinite(value) and abs(value) < _UNKNOWN else None


@dataclass(frozen=True, slots=True)
class _Header:
    mode: str
    regular: bool
    variables: int
    manual: int
    future: int
    blocks: int


def read(source: RawFile, text: Text) -> Photoelectron:
    """Return the XPS blocks of a VAMAS file as regions; blocks of other techniques are reported as dropped."""
    start = next(index for index, line in enumerate(text.lines) if line.strip())
    cursor = _Cursor(source, text.lines)
    cursor.at = start
    header = _read_header(cursor)
    regions, dropped, warnings = [], [], []
    for number in range(1, header.blocks + 1):
        technique, region = _read_block(cursor, header)
        if region is None:
            dropped.append(f"block {number}: technique {technique!r}, not XPS")
        else:
            regions.append(region)
    if not regions:
        raise cursor.fail("no XPS block with data was found")
    if start:
        warnings.append(
            f"{many(start, 'blank line stands', 'blank lines stand')} before the title; the standard has none"
        )
    if not any("end of experiment" in line for line in text.lines[cursor.at :]):
        warnings.append("the closing line 'end of experiment' is missing: the file may be cut off")
    report = replace(
        start_report(source, READER, text),
        header_line=start + 1,
        columns_mapped={region.label: f"{region.intensity_unit}, {region.energy_from}" for region in regions},
        dropped=tuple(dropped),
        warnings=tuple(warnings),
    )
    return Photoelectron(tuple(regions), provenance_of(report), ingest=report)


def _read_header(cursor: _Cursor) -> _Header:
    cursor.skip(5, "the title, institution, instrument, operator and experiment")
    cursor.skip(cursor.count("the number of comment lines"), "the comment")
    mode, scan = cursor.text("the experiment mode"), cursor.text("the scan mode")
    if mode not in _MODES or scan not in {"REGULAR", "IRREGULAR", "MAPPING"}:
        raise cursor.fail(f"the modes {mode[:20]!r} and {scan[:20]!r} are none of the standard's")
    if mode in _MAPS | {"NORM", "SDP"}:
        cursor.count("the number of spectral regions")
    if mode in _MAPS:
        cursor.skip(3, "the positions of a map")
    variables = cursor.count("the number of experimental variables")
    cursor.skip(2 * variables, "the experimental variables")
    if cursor.number("the length of the parameter list") != 0:
        raise cursor.fail("blocks that leave out parameters are not supported")
    manual = cursor.count("the number of manual items")
    cursor.skip(manual, "the manual items")
    future_header, future = cursor.count("future header entries"), cursor.count("future block entries")
    cursor.skip(future_header, "the future header entries")
    blocks = cursor.count("the number of blocks")
    return _Header(mode, scan == "REGULAR", variables, manual, future, blocks)


def _read_block(cursor: _Cursor, header: _Header) -> tuple[str, Region | None]:
    name = cursor.text("the block's name")
    cursor.skip(8, "the sample and the date")
    cursor.skip(cursor.count("the number of comment lines"), "the block's comment")
    technique = cursor.text("the technique")
    cursor.skip((2 if header.mode in _MAPS else 0) + header.variables, "the coordinates and variables")
    cursor.text("the source")
    if header.mode in _SPUTTER or technique in _ION_TECHNIQUES:
        cursor.skip(3, "the sputtering ion")
    photon_energy = cursor.known("the photon energy")
    cursor.skip(3, "the source's strength and width")
    if header.mode in _FIELDS_OF_VIEW:
        cursor.skip(2, "the field of view")
    if header.mode in _LINESCANS:
        cursor.skip(6, "the line scans")
    cursor.skip(3, "the angles and the analyser's mode")
    pass_energy = cursor.known("the pass energy")
    if technique == "AES diff":
        cursor.skip(1, "the differential width")
    cursor.skip(7, "the analyser's settings")
    label = " ".join((cursor.text("the species"), cursor.text("the transition")))
    cursor.number("the charge of the particle")
    energies = _read_abscissa(cursor, header)
    columns = [(cursor.text("a variable"), cursor.text("its unit")) for _ in range(_column_count(cursor))]
    cursor.text("the signal mode")
    dwell, sweeps = cursor.known("the collection time"), cursor.known("the number of scans")
    cursor.number("the signal time correction")
    if header.mode in _SPUTTER and technique in {"AES diff", "AES dir", "EDX", "ELS", "UPS", "XPS", "XRF"}:
        cursor.skip(7, "the sputtering gun")
    cursor.skip(3, "the tilt and rotation")
    cursor.skip(3 * cursor.count("the number of additional parameters"), "the additional parameters")
    cursor.skip(header.future, "the future block entries")
    values = _read_values(cursor, len(columns))
    if technique != "XPS":
        return technique, None
    label = line_name(label) or line_name(name) or label.strip() or name
    region = Region(
        label, *_columns(cursor, values, columns, energies, photon_energy), dwell, int(sweeps) if sweeps else None,
        photon_energy, pass_energy, _transmission(values, columns),
        "as written" if "binding" in energies[0].lower() else "photon energy - kinetic energy",
    )  # fmt: skip
    return technique, region


def _column_count(cursor: _Cursor) -> int:
    count = cursor.count("the number of variables of each channel")
    if not 1 <= count <= 1000:
        raise cursor.fail(f"a block has {count} variables for each channel")
    return count


def _read_abscissa(cursor: _Cursor, header: _Header) -> tuple[str, float, float]:
    if not header.regular:
        return "", 0.0, 0.0
    label, unit = cursor.text("the label of the energies"), cursor.text("the unit of the energies")
    start, step = cursor.known("the first energy"), cursor.known("the energy step")
    if start is None or not step or unit.lower() != "ev":
        raise cursor.fail(f"the energies ({label[:20]!r}, unit {unit[:10]!r}) have no start, no step or no eV")
    return label, start, step


def _read_values(cursor: _Cursor, columns: int) -> np.ndarray:
    total = cursor.count("the number of values")
    if total == 0 or total % columns:
        raise cursor.fail(f"{total} values do not make whole channels of {columns} variables")
    cursor.skip(2 * columns, "the smallest and largest values")
    first = cursor.at
    cursor.skip(total, "the values")
    try:
        values = np.array([line.strip(" \x00\t").replace(",", ".") for line in cursor.lines[first : cursor.at]], float)
    except ValueError as error:
        cursor.at = first
        raise cursor.fail(f"among the {total} values that follow: {error}") from None
    if not np.all(np.isfinite(values)):
        raise cursor.fail("a value is not finite")
    return values.reshape(-1, columns)


def _columns(
    cursor: _Cursor,
    values: np.ndarray,
    columns: list[tuple[str, str]],
    abscissa: tuple[str, float, float],
    photon_energy: float | None,
) -> tuple[np.ndarray, np.ndarray, IntensityUnit]:
    """Return the binding energies, the intensity and its unit; the first variable that is no transmission counts."""
    labels = [label.lower() for label, _ in columns]
    if not abscissa[0]:  # irregular: the first variable is the energy
        energy, label, signal = values[:, 0], labels[0], 1
    else:
        energy, label, signal = abscissa[1] + abscissa[2] * np.arange(len(values)), abscissa[0].lower(), 0
    if signal >= len(columns):
        raise cursor.fail("a block has energies, but no intensities")
    if "binding" not in label:
        if photon_energy is None or not photon_energy > 0:
            raise cursor.fail(f"the energies are {label[:20]!r} and the photon energy is not given")
        energy = photon_energy - energy
    unit = columns[signal][1].lower()
    name: IntensityUnit = "counts/s" if unit in {"c/s", "cps", "counts/s"} else "counts"
    return energy, values[:, signal].copy(), name


def _transmission(values: np.ndarray, columns: list[tuple[str, str]]) -> np.ndarray | None:
    for index, (label, _) in enumerate(columns):
        if "transmission" in label.lower() and np.all(values[:, index] > 0):
            return values[:, index].copy()
    return None
