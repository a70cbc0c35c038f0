"""XPS text tables: MultiPak csv, CasaXPS csv/txt, and plain columns.

Blocks of rows of numbers, parted by rows of text. The last texts before a block name it: a photoelectron line
("C1s"), the heads of its columns ("B.E.", "Counts", "CPS", "E_kin") and the photon energy ("hv=180eV"). The first
column is the energy unless a head says otherwise (negative binding energies count down from the Fermi level); further intensity columns become regions of their own.
"""

import re
from dataclasses import dataclass, replace

import numpy as np

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.photoelectron import IntensityUnit, Photoelectron, Region
from ionweld.read.text import (
    RawFile,
    Text,
    numbers,
    provenance_of,
    sniff_layout,
    split_fields,
    split_table,
    start_report,
)
from ionweld.read.xps.names import line_name
from ionweld.spec.photoelectron import core_lines

READER = "XPS table"
_FARTHEST_EV = 1600.0  # binding energies that the anodes of laboratories reach
_CHARGED_EV = 15.0  # by which charging may move a line
_KEV = re.compile(r"\bkeV\b", re.IGNORECASE)
_OTHERS = (
    "X-ray spectra of a detector (EDS) are read as .msa or .spx; optical and absorption spectra over eV are not read"
)
_BELOW_THE_EDGE_EV = -10.0  # no scan of binding energies ends there
_SHORTEST_BLOCK = 8  # fewer rows of numbers than that are settings, not a spectrum
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_KINETIC = re.compile(r"kin|cin[ée]t|кинет|动能|動能|運動|운동|\bk\.?\s?e\b\.?", re.IGNORECASE)
_BINDING = re.compile(r"bind|liaison|связи|结合|結合|결합|束縛|\be[ _]?b\b|\bb\.?\s?e\b\.?|\bbe\b", re.IGNORECASE)
_SIGNAL = re.compile(r"count|cps|intens|c/s|\by\b", re.IGNORECASE)
_NO_SIGNAL = re.compile(r"backg|envel|residual|transm|fit|scaling|error", re.IGNORECASE)
_RATE = re.compile(r"cps|(?:counts?|\bc)\s*(?:/|per)\s*s", re.IGNORECASE)
_SCALE = re.compile(
    r"energy (?:axis|scale|type)\s*[:=]\s*(kinetic|binding)|(kinetic|binding) energy axis\s*[:=]\s*yes"
    r"|values in (kinetic|binding) energy",
    re.IGNORECASE,
)
_SCAN = re.compile(r"\b(?:scan|cycle)\s*:\s*\d", re.IGNORECASE)
_ONE_SCAN = re.compile(r"\bscan\s*:\s*\d", re.IGNORECASE)
_NEW_REGION = re.compile(r"\b(?:region|group|name)\b", re.IGNORECASE)
_SCANS = re.compile(r"number of (?:scans|sweeps)\s*[:=]\s*(\d+)", re.IGNORECASE)
_LABELS = re.compile(r"^[#\s]*(?:column\s?labels?\s*:)?\s*", re.IGNORECASE)
_ASIDE = re.compile(r"\([^)]*(?:residual|fit)[^)]*\)", re.IGNORECASE)  # "Counts / s (Residuals x 0.5)"
_QUOTED = re.compile(r'"(\d{1,3}(?:,\d{3})*(?:\.\d*)?)"')
_UNIT = re.compile(r"\(?(?:eV|cps|c/s|counts(?: ?/ ?s)?|a\. ?u\.|arb\. ?units)\)?", re.IGNORECASE)
_PHOTON = re.compile(
    r"(?:hv|hν|photon energy|characteristic energy|excitation energy)[^\d\n]{0,40}?(\d+(?:\.\d+)?)", re.IGNORECASE
)
_ANODES_EV = {"al": 1486.6, "mg": 1253.6}
_ANODE = re.compile(r"\b(Al|Mg)\s*-?\s*K(?:\s*-?\s*(?:a|alpha|α))?\b", re.IGNORECASE)
_DWELL = re.compile(r"(?:acquisition time|dwell)[^\d\n]{0,40}?(\d+(?:\.\d+)?(?:e-?\d+)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Block:
    head: list[str]
    rows: list[str]
    first_line: int


def read(source: RawFile, text: Text) -> Photoelectron:
    """Return each column of intensities of each block of numbers as a region."""
    blocks = _blocks([_QUOTED.sub(lambda match: match[1].replace(",", ""), line) for line in text.lines])
    if not blocks:
        seen = f"has no block of at least {_SHORTEST_BLOCK} rows of energy and intensity"
        raise FileFormatError(Fault(str(source.path), seen, "Give a VAMAS, PHI .spe or csv file of XPS spectra"))
    regions: list[Region] = []
    heads: list[str] = []
    for block in blocks:
        heads += block.head
        found = _regions(source, replace(block, head=heads[-6:] if not block.head else block.head), "\n".join(heads))
        regions += [replace(one, label=regions[-1].label) if _goes_on(one, block, regions) else one for one in found]
    layout = sniff_layout(blocks[0].rows)
    report = replace(
        start_report(source, READER, text, layout),
        header_line=blocks[0].first_line - 1 or None,
        columns_mapped={
            region.label or "unnamed": f"{region.intensity_unit}, {region.energy_from}" for region in regions
        },
        warnings=(*_warnings(regions), *_kinds(blocks, heads, layout.delimiter, regions)),
    )
    return Photoelectron(tuple(regions), provenance_of(report), ingest=report)


def _goes_on(region: Region, block: _Block, before: list[Region]) -> bool:
    """Say whether this is a further scan or cycle of the region before it, which alone was named."""
    head = "\n".join(block.head)
    return bool(before) and not region.label and bool(_SCAN.search(head)) and not _NEW_REGION.search(head)


def _warnings(regions: list[Region]) -> tuple[str, ...]:
    unknown = [region.label or "unnamed" for region in regions if region.dwell_s is None]
    if not unknown:
        return ()
    return (f"the file does not say how long each channel of {', '.join(unknown)} was counted: noise is estimated",)


def _kinds(blocks: list[_Block], heads: list[str], delimiter: str, regions: list[Region]) -> tuple[str, ...]:
    """Say so where nothing tells of what kind the energies are."""
    names = [name for block in blocks for name in _heads(block, delimiter, len(split_fields(block.rows[0], delimiter)))]
    told = _says_binding([*names, *heads], "\n".join(heads)) or any(one.energy_from != "as written" for one in regions)
    return () if told else ("the file does not say of what kind its energies are: taken for binding energies in eV",)


def _blocks(lines: list[str]) -> list[_Block]:
    blocks: list[_Block] = []
    head: list[str] = []
    rows: list[str] = []
    for index, line in enumerate([*lines, "end"]):
        if _is_row(line):
            rows.append(line)
            continue
        if len(rows) >= _SHORTEST_BLOCK:
            blocks.append(_Block(head, rows, index + 1 - len(rows)))
            head = []
        rows = []
        if line.strip(" \t,;"):
            head = [*head, line]
    return blocks


def _is_row(line: str) -> bool:
    fields = [field.strip() for field in re.split(r"[,;\t ]+", line.strip()) if field.strip()]
    return len(fields) >= 2 and all(_NUMBER.fullmatch(field) for field in fields)


def _regions(source: RawFile, block: _Block, above: str) -> list[Region]:
    layout = sniff_layout(block.rows)
    width = max(len(split_fields(row.strip(" "), layout.delimiter)) for row in block.rows)
    frame = split_table(block.rows, [f"c{index}" for index in range(width)], layout)
    columns = [numbers(frame[name], layout.decimal_mark) for name in frame.columns]
    names = _heads(block, layout.delimiter, width)
    starts = _beside(names)
    if len(starts) > 1:  # each energy column begins a spectrum of its own
        ends = [*starts[1:], width]
        parts = [_part(block, layout.delimiter, first, end) for first, end in zip(starts, ends, strict=True)]
        return [region for part in parts for region in _regions(source, part, above)]
    energy, kinetic = _energy_column(names, above)
    photon_energy = _photon_energy(above)
    if kinetic and photon_energy is None:
        seen = f"line {block.first_line}: the energies are kinetic and the photon energy is not given"
        raise FileFormatError(Fault(str(source.path), seen, "Write it in the header, for example hv=1486.6eV"))
    energies = columns[energy]
    if not kinetic and not _says_binding(names, above):
        _ask_of_what_kind(source, block, names, energies, photon_energy)
    if kinetic and photon_energy is not None:
        energies = photon_energy - energies
    elif np.all(energies[np.isfinite(energies)] < _BELOW_THE_EDGE_EV):  # counted down from the Fermi level
        energies = -energies
    regions = [
        _region(block, names[index], energies, columns[index], photon_energy, kinetic, above)
        for index in _signal_columns(names, energy)
        if index < len(columns)
    ]
    usable = [region for region in regions if len(region.intensity) >= _SHORTEST_BLOCK]
    if not usable:
        seen = f"line {block.first_line}: the rows hold no energies with intensities"
        raise FileFormatError(Fault(str(source.path), seen, "Give two columns of numbers, energy and intensity"))
    return usable


def _region(
    block: _Block, head: str, energies: np.ndarray, signal: np.ndarray, photon: float | None, kinetic: bool, above: str
) -> Region:
    good = np.isfinite(energies) & np.isfinite(signal)
    label = next((name for name in map(line_name, [head, *reversed(block.head)]) if name), "")
    origin = "photon energy - kinetic energy" if kinetic else "as written"
    dwell = _last_said(_DWELL, above)
    alone = any(map(_ONE_SCAN.search, block.head))
    sweeps = 1 if alone else int(_last_said(_SCANS, above) or 1)
    return Region(
        label, energies[good], signal[good], _unit(head), dwell, sweeps if dwell else None, photon, energy_from=origin
    )


def _last_said(pattern: re.Pattern[str], above: str) -> float | None:
    """Return the number that stands nearest above the rows: every region may have its own."""
    found = pattern.findall(above)
    return float(found[-1]) if found else None


def _photon_energy(above: str) -> float | None:
    """Return the photon energy (eV) that the header gives, or that of the anode it names."""
    said, anodes = _last_said(_PHOTON, above), _ANODE.findall(above)
    return said if said is not None or not anodes else _ANODES_EV[anodes[-1].lower()]


def _unit(head: str) -> IntensityUnit:
    if _RATE.search(head):
        return "counts/s"
    return "counts" if "count" in head.lower() else "arbitrary"


def _heads(block: _Block, delimiter: str, width: int) -> list[str]:
    """Return the heads of the columns: the last row of text, when it names as many or the file's only one."""
    said = [line for line in block.head if line.strip("# \t")]
    if not said:
        return [""] * width
    under = [field for field in split_fields(said[-1], delimiter) if field]
    if len(said) > 1 and under and all(map(_UNIT.fullmatch, under)):  # a row of units below the names
        said.pop()
    line = _ASIDE.sub("", said[-1])
    fields = split_fields(_LABELS.sub("", line) if line.lstrip().startswith("#") else line, delimiter)
    return (fields + [""] * width)[:width]


def _beside(names: list[str]) -> list[int]:
    """Return where the columns of binding energy stand, if there are several and the first column is one."""
    found = [index for index, name in enumerate(names) if _BINDING.search(name.replace("_", " "))]
    return found if found and found[0] == 0 else []


def _part(block: _Block, delimiter: str, first: int, end: int) -> _Block:
    """Return the columns of one spectrum of several that stand side by side, as a block of its own; empty rows are its end."""
    rows = [split_fields(row.strip(" "), delimiter)[first:end] for row in block.rows]
    between = delimiter if delimiter != " " else "\t"
    kept = [between.join(fields) for fields in rows if all(fields[:2]) and len(fields) > 1]
    heads = [between.join(split_fields(line, delimiter)[first:end]) for line in block.head]
    return _Block(heads, kept, block.first_line)


def _energy_column(names: list[str], above: str) -> tuple[int, bool]:
    """Return which column holds the energies and whether they are kinetic; binding energies are preferred.

    above: the header, which says of what kind the energies are where their column does not.
    """
    for pattern, kinetic in ((_BINDING, False), (_KINETIC, True)):
        for index, name in enumerate(names):
            if pattern.search(name.replace("_", " ")):
                return index, kinetic
    said = ["".join(words).lower() for words in _SCALE.findall(above)]
    return 0, bool(said) and said[-1] == "kinetic"


def _says_binding(names: list[str], above: str) -> bool:
    said = any(_BINDING.search(name.replace("_", " ")) for name in names)
    return said or any("binding" in "".join(words).lower() for words in _SCALE.findall(above))


def _ask_of_what_kind(
    source: RawFile, block: _Block, names: list[str], energies: np.ndarray, photon: float | None
) -> None:
    """Raise FileFormatError where energies of an unsaid kind cannot be binding energies, or would not be those of their line."""
    finite = np.abs(energies[np.isfinite(energies)])
    where, heads = f"{source.path}: line {block.first_line}", ", ".join(filter(None, names))
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if _KEV.search(heads) or high > _FARTHEST_EV:
        seen = f"{heads or 'the first column'}: energies up to {high:g} are no binding energies in eV"
        raise FileFormatError(Fault(where, seen, _OTHERS))
    label = next((name for name in map(line_name, [*names, *reversed(block.head)]) if name), "")
    line = core_lines().get(label)
    if line is None or low - _CHARGED_EV <= line.at_eV[0] <= high + _CHARGED_EV:
        return
    anodes = [photon] if photon else list(_ANODES_EV.values())
    kinetic = any(low - _CHARGED_EV <= one - line.at_eV[0] <= high + _CHARGED_EV for one in anodes)
    seen = f"{label} stands at {line.at_eV[0]:g} eV of binding energy, and the energies go from {low:g} to {high:g} eV"
    mend = (
        'They look kinetic: call the column "Kinetic energy / eV" and write the photon energy above it, hv=1486.6eV'
        if kinetic
        else f'Call the column "Binding energy / eV", or mend the name of the line. {_OTHERS}'
    )
    raise FileFormatError(Fault(where, seen, mend))


def _signal_columns(names: list[str], energy: int) -> list[int]:
    others = [index for index in range(len(names)) if index != energy]
    named = [index for index in others if _SIGNAL.search(names[index]) and not _NO_SIGNAL.search(names[index])]
    if named:
        return named[:1]  # CasaXPS repeats the same spectrum as counts and as counts per second
    free = [index for index in others if not _NO_SIGNAL.search(names[index]) and not _KINETIC.search(names[index])]
    return free or others
