"""Crystallographic information files (CIF 1.1): the cell, the symmetry operations and the atoms, nothing else.

Format: International Tables for Crystallography volume G. A data block is a run of "_tag value" pairs and of "loop_"
tables; values may stand in quotes or between lines that begin with ";". The first block that has a cell is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite, pi
from pathlib import Path

from ionweld.errors import Fault, FileFormatError, SpecError
from ionweld.read.text import RawFile, decode, load
from ionweld.spec.crystal import Phase, Site, element_of, expand, lattice_of, parse_operation

LARGEST_CIF_BYTES = 4_000_000
CELL_TOLERANCE = 0.02  # a computed cell is 1-2 % off; a CIF does not reliably say whether it was computed
ASSUMED_B_ISO = 1.0  # angstrom^2, where a file gives no displacement; assumed, range 0.5 to 3
_CELL = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
_OPERATIONS = ("_symmetry_equiv_pos_as_xyz", "_space_group_symop_operation_xyz")
_VALUE = re.compile(r"\S+")
_CLOSING = {quote: re.compile(rf"{quote}(?=\s|$)") for quote in ("'", '"')}  # a quote within a word closes nothing


@dataclass
class _Block:
    values: dict[str, str] = field(default_factory=dict)
    loops: list[tuple[list[str], list[list[str]]]] = field(default_factory=list)

    def column(self, tag: str) -> list[str] | None:
        for tags, rows in self.loops:
            if tag in tags:
                return [row[tags.index(tag)] for row in rows]
        return [self.values[tag]] if tag in self.values else None


def read_cif(path: Path) -> Phase:
    """Return the phase of a CIF file. Raises FileFormatError, saying what is missing and how to mend it."""
    source = load(path, LARGEST_CIF_BYTES)
    block = _block_with_cell(source)
    try:
        return _phase(path.stem, block)
    except SpecError as error:
        raise FileFormatError([Fault(str(path), fault.seen, fault.mend) for fault in error.faults]) from None


def _phase(name: str, block: _Block) -> Phase:
    numbers = [_number(block.values.get(f"_cell_{tag}", "?"), f"_cell_{tag}") for tag in _CELL]
    a, b, c, alpha, beta, gamma = numbers
    if not (all(0.5 < length < 200.0 for length in numbers[:3]) and all(20.0 < angle < 160.0 for angle in numbers[3:])):
        raise SpecError(Fault("", f"the cell {numbers} is no crystal's", "Give lengths in angstrom, angles in degrees"))
    cosine_sum = _volume_squared(alpha, beta, gamma)
    if cosine_sum <= 1e-6:
        raise SpecError(Fault("", f"the angles {numbers[3:]} close no cell", "Check _cell_angle_alpha, beta and gamma"))
    texts = next((column for tag in _OPERATIONS if (column := block.column(tag))), None)
    if texts is None and block.values.get("_symmetry_space_group_name_h-m", "P1").replace(" ", "") not in ("P1", "?"):
        mend = "Export the CIF with its symmetry operations, or in space group P1 with every atom"
        raise SpecError(Fault("", "names a space group but lists no symmetry operations", mend))
    operations = [parse_operation(text) for text in (texts or ["x,y,z"])]
    return Phase(
        name=name,
        lattice=lattice_of((a, b, c, alpha, beta, gamma)),
        cell=(a, b, c, alpha, beta, gamma),
        sites=expand(_sites(block), operations),
        cell_tolerance=CELL_TOLERANCE,
        status="given",
        source="the CIF file that was given",
    )


def _volume_squared(alpha: float, beta: float, gamma: float) -> float:
    from math import cos, radians

    x, y, z = (cos(radians(angle)) for angle in (alpha, beta, gamma))
    return 1.0 - x * x - y * y - z * z + 2.0 * x * y * z


def _sites(block: _Block) -> list[Site]:
    columns = [block.column(f"_atom_site_fract_{axis}") for axis in "xyz"]
    species = block.column("_atom_site_type_symbol") or block.column("_atom_site_label")
    if species is None or any(column is None for column in columns):
        raise SpecError(Fault("", "has no atom sites", "Export the CIF with _atom_site_fract_x, _y, _z and labels"))
    count = len(species)
    occupancies = block.column("_atom_site_occupancy") or ["1"] * count
    u_iso, b_iso = block.column("_atom_site_u_iso_or_equiv"), block.column("_atom_site_b_iso_or_equiv")
    displacement = b_iso or u_iso or ["?"] * count
    factor = 1.0 if b_iso else 8.0 * pi * pi
    sites = []
    for row in range(count):
        element_of(species[row])
        x, y, z = (_number(column[row], "_atom_site_fract") for column in columns if column)
        occupancy = _number(occupancies[row], "_atom_site_occupancy", 1.0)
        b = _number(displacement[row], "_atom_site displacement", ASSUMED_B_ISO / factor) * factor
        if not (0.0 <= occupancy <= 1.5 and abs(b) < 100.0 and max(abs(x), abs(y), abs(z)) < 100.0):
            raise SpecError(Fault("", f"atom {row + 1} ({species[row]}) has numbers out of range", "Check its line"))
        sites.append(Site(_species(species[row]), (x % 1.0, y % 1.0, z % 1.0), occupancy, b))
    if not any(site.occupancy for site in sites):
        raise SpecError(Fault("", "every atom has occupancy 0", "Check _atom_site_occupancy"))
    return sites


def _species(text: str) -> str:
    """Return "Li1+" for "Li+", "Li1+" or "Li0+" (a computed structure's way of saying neutral is Li)."""
    element = element_of(text)
    charge = re.search(r"(\d*)([+-])$", text)
    if charge is None or charge[1] == "0":
        return element
    return f"{element}{charge[1] or '1'}{charge[2]}"


def _number(text: str, tag: str, default: float | None = None) -> float:
    if text in (".", "?") and default is not None:
        return default
    match = re.fullmatch(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?:\(\d+\))?", text)
    number = float(match[1]) if match else float("nan")
    if not isfinite(number):
        raise SpecError(Fault("", f"{tag} is {text[:40]!r}, which is no number", "Write a number such as 4.0263(2)"))
    return number


def _block_with_cell(source: RawFile) -> _Block:
    for block in _blocks(_tokens(decode(source).lines)):
        if "_cell_length_a" in block.values:
            return block
    fault = Fault(str(source.path), "has no _cell_length_a: no crystal structure is in it", "Give a CIF of a crystal")
    raise FileFormatError(fault)


def _line_tokens(line: str) -> Iterator[tuple[str, bool]]:
    """Yield the values of one line. Where a quote is not closed any more, this is looked up once, not at each of them."""
    last = {
        quote: max((match.start() for match in closing.finditer(line)), default=-1)
        for quote, closing in _CLOSING.items()
    }
    at = 0
    while (value := _VALUE.search(line, at)) and value[0][0] != "#":
        start, quote = value.start(), value[0][0]
        closed = _CLOSING[quote].search(line, start + 1) if last.get(quote, -1) > start else None
        yield (line[start + 1 : closed.start()], True) if closed else (value[0], False)
        at = closed.end() if closed else value.end()


def _tokens(lines: list[str]) -> list[tuple[str, bool]]:
    """Return (text, was it quoted) for each value of the file."""
    tokens: list[tuple[str, bool]] = []
    field_lines: list[str] | None = None
    for line in lines:
        if field_lines is not None:
            if line.startswith(";"):
                tokens.append(("\n".join(field_lines), True))
                field_lines = None
            else:
                field_lines.append(line)
        elif line.startswith(";"):
            field_lines = [line[1:]]
        else:
            tokens += _line_tokens(line)
    return tokens


def _blocks(tokens: list[tuple[str, bool]]) -> list[_Block]:
    blocks, position = [_Block()], 0
    while position < len(tokens):
        text, quoted = tokens[position]
        key = text.lower()
        position += 1
        if not quoted and key.startswith("data_"):
            blocks.append(_Block())
        elif not quoted and key == "loop_":
            position = _read_loop(blocks[-1], tokens, position)
        elif not quoted and key.startswith("_") and position < len(tokens):
            blocks[-1].values[key.replace(".", "_")] = tokens[position][0]
            position += 1
    return blocks


def _read_loop(block: _Block, tokens: list[tuple[str, bool]], position: int) -> int:
    tags: list[str] = []
    while position < len(tokens) and tokens[position][0].startswith("_") and not tokens[position][1]:
        tags.append(tokens[position][0].lower().replace(".", "_"))
        position += 1
    values: list[str] = []
    while position < len(tokens) and not _ends_loop(*tokens[position]):
        values.append(tokens[position][0])
        position += 1
    width = len(tags)
    if width:
        block.loops.append((tags, [values[i : i + width] for i in range(0, len(values) - width + 1, width)]))
    return position


def _ends_loop(text: str, quoted: bool) -> bool:
    return not quoted and (text.startswith("_") or text.lower() == "loop_" or text.lower().startswith("data_"))
