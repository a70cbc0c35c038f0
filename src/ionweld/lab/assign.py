"""Which stored file belongs to which cell, and what is still to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from ionweld.lab.description import Assignment, Cell, Description
from ionweld.lab.record import Derived, Record


@dataclass(frozen=True, slots=True)
class Placed:
    """A stored file with its cell and what was said about the measurement; None for both: not assigned yet."""

    record: Record
    cell: Cell | None = None
    assignment: Assignment | None = None

    def temperatures(self, derived: Derived) -> tuple[float | None, ...]:
        """Return the temperature (K) of each sweep, or of the test: as given for it, in the file, or for the cell."""
        given = self.assignment.temperature_K if self.assignment else None
        of_cell = self.cell.temperature_K if self.cell else None
        in_file = derived.temperatures_K or (None,)
        return tuple(next((t for t in (given, found, of_cell) if t is not None), None) for found in in_file)


@dataclass(frozen=True, slots=True)
class Ask:
    """Something a person has to say before a number can be trusted: where to write it, and what."""

    where: str
    missing: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """Every stored file in its place, and what is to be asked."""

    placed: tuple[Placed, ...]
    asks: tuple[Ask, ...]


def assign(description: Description, records: Sequence[Record]) -> Assigned:
    """Join the cells with the stored files; what does not fit is asked, never guessed."""
    asks: list[Ask] = []
    owner: dict[str, tuple[Cell, Assignment]] = {}
    for cell in description.cells:
        for item in cell.measurements:
            meant = [record for record in records if item.means(record.sha256, record.name)]
            problem = _problem(item, meant, owner)
            if problem:
                asks.append(Ask(f"cells.toml: {cell.name}: {item.file}", problem))
            else:
                owner[meant[0].sha256] = (cell, item)
    placed = tuple(Placed(record, *owner.get(record.sha256, (None, None))) for record in records)
    asks += [Ask("cells.toml", _unassigned(item.record)) for item in placed if item.cell is None]
    return Assigned(placed, (*asks, *_asks_of_cells(description, placed)))


def _problem(item: Assignment, meant: list[Record], owner: dict[str, tuple[Cell, Assignment]]) -> str | None:
    if not meant:
        return "no stored file has this name or hash: ingest it, or correct the name"
    if len(meant) > 1:
        hashes = ", ".join(record.sha256[:12] for record in meant)
        return f"{len(meant)} stored files have this name: write the first characters of one's hash ({hashes})"
    if meant[0].sha256 in owner:
        return f"the same file is a measurement of {owner[meant[0].sha256][0].name} already: name it once"
    return None


def _unassigned(record: Record) -> str:
    return f'which cell does {record.name} belong to? Add [[cell.measurement]] file = "{record.sha256[:12]}"'


def _asks_of_cells(description: Description, placed: tuple[Placed, ...]) -> list[Ask]:
    asks = []
    for cell in description.cells:
        mine = [item for item in placed if item.cell is cell]
        kinds = {derived.kind for item in mine for derived in item.record.derived}
        asks += [Ask(f"cells.toml: {cell.name}", name) for name in cell.asks(kinds)] if mine else []
        for item in mine:
            impedance = (derived for derived in item.record.derived if derived.kind == "impedance")
            if any(None in item.temperatures(derived) for derived in impedance):
                asks.append(Ask(f"cells.toml: {cell.name}: {item.record.name}", "temperature"))
    return asks
