"""What a person says about the cells, project.toml and cells.toml, and which stored file belongs to which of them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ionweld.errors import Fault, FileFormatError, SpecError
from ionweld.lab.folder import ProjectFolder
from ionweld.lab.stored import SHORTEST_HASH, DerivedFile, Record, by_name
from ionweld.measurement.cycling import CellContext
from ionweld.measurement.impedance import SampleGeometry
from ionweld.read.find import shown
from ionweld.spec.faults import check, read_toml
from ionweld.spec.quantity import In, Length, Mass, Pressure, Quantity, Temperature

_MOST_NAMES = 3  # of a group that is asked about, before "and 9 more"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Count = Annotated[int, Field(strict=True, ge=1)]
Area = Annotated[Quantity, In("m^2")]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assignment(_Written):
    """One measurement of a cell: the stored file it is in, the state the cell was in, its temperature if given."""

    file: Text = Field(examples=['"bare_1.csv"'])
    state: Text | None = None
    temperature: Temperature | None = None
    note: Text | None = None

    def means(self, record: Record) -> bool:
        """Say whether this is the stored file of that name or hash."""
        by_hash = len(self.file) >= SHORTEST_HASH and record.sha256.startswith(self.file.lower())
        return by_hash or self.file in record.names


class BuiltCell(_Written):
    """A cell that was built, as its maker describes it. None = not said: an analysis that needs it must ask.

    positive, negative: the electrode materials. In a half cell the first half cycle is that of the working electrode.
    interfaces: how many lithium interfaces the current crosses in series.
    """

    name: Text = Field(examples=['"cell 1"'], description="What you call it.")
    treatment: Text = Field(examples=['"untreated"'], description="What was done to it; treatments are compared.")
    replicate: Count = Field(examples=["1"], description="1, 2, 3 ... within a treatment and a pair of electrodes.")
    kind: Literal["symmetric", "full", "half"] | None = Field(None, description="What kind of cell it is.")
    positive: Text | None = Field(None, description="Material of the positive electrode.")
    negative: Text | None = Field(None, description="Material of the negative electrode.")
    first_half_cycle: Literal["charge", "discharge"] | None = Field(None, description="Which half cycle opens a cycle.")
    area: Area | None = Field(None, description="The area that currents are divided by.")
    area_name: Text | None = Field(None, description="Which area that is: foil, pellet, cathode.")
    interfaces: Count | None = Field(None, description="Lithium interfaces that the current crosses in series.")
    thickness: Length | None = Field(None, description="Of the electrolyte between the electrodes.")
    active_mass: Mass | None = Field(None, description="Of the active material of the cathode.")
    temperature: Temperature | None = Field(None, description="During its tests, where their files do not say it.")
    stack_pressure: Pressure | None = Field(None, description="On the stack of the cell.")
    note: Text | None = Field(None, description="Whatever else you want to remember.")
    measurement: tuple[Assignment, ...] = ()

    @property
    def design(self) -> tuple[str, str, str, str]:
        """What makes cells replicates of each other."""
        return self.kind or "", self.positive or "", self.negative or "", self.treatment

    def context(self, temperature_K: float | None) -> CellContext:
        """Return what an analysis of a cycling test needs to know."""
        sizes = si(self.area), self.area_name, self.interfaces, si(self.active_mass)
        return CellContext(*sizes, temperature_K, si(self.stack_pressure))

    def geometry(self) -> SampleGeometry:
        """Return what an analysis of an impedance spectrum needs to know."""
        return SampleGeometry(si(self.area), self.area_name, si(self.thickness), self.interfaces)

    def asks(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """Return the keys that are still needed to analyse measurements of these kinds, and are not given."""
        needed = []
        if {"cycling", "impedance"} & set(kinds):
            needed = ["kind", "positive", "negative", "area", "area_name", "interfaces"]
        if "cycling" in kinds:
            needed += ["first_half_cycle"] + ["active_mass"] * (self.kind in ("full", "half"))
        if "impedance" in kinds:
            needed += ["thickness"]
        return tuple(name for name in needed if getattr(self, name) is None)


class ProjectFile(_Written):
    """project.toml."""

    name: Text
    description: Text | None = None
    treatments: dict[str, str] = Field({}, examples=['{ bare = "as pressed" }'])


class CellsFile(_Written):
    """cells.toml."""

    cell: tuple[BuiltCell, ...] = ()


def si(quantity: Quantity | None) -> float | None:
    """Return the SI value of a quantity that may be missing."""
    return None if quantity is None else quantity.value


@dataclass(frozen=True, slots=True)
class ProjectDescription:
    """What the two hand-written files say, without a fault."""

    name: str
    treatments: dict[str, str] = field(default_factory=dict)
    cells: tuple[BuiltCell, ...] = ()


def read_description(project: ProjectFolder) -> ProjectDescription:
    """Return what project.toml and cells.toml say. Raises SpecError with every fault of both."""
    faults: list[Fault] = []
    about, cells = (_load(path, faults) for path in (project.about, project.cells))
    if about is None or cells is None:
        raise SpecError(faults)
    return describe(about, cells, project)


def describe(about: dict[str, Any], cells: dict[str, Any], project: ProjectFolder) -> ProjectDescription:
    """Return what the documents of project.toml and cells.toml say. Raises SpecError with every fault of both."""
    faults: list[Fault] = []
    said = about.get("treatments", {})
    treatments = set(said) if isinstance(said, dict) else set()
    found = [
        _checked(ProjectFile, about, project.about.name, faults),
        _checked(CellsFile, cells, project.cells.name, faults),
    ]
    faults += _cross_faults(cells, treatments, project.cells.name)
    if faults:
        raise SpecError(faults)
    head, body = found
    return ProjectDescription(head.name, head.treatments, body.cell)


def _load(path: Any, faults: list[Fault]) -> dict[str, Any] | None:
    try:
        return read_toml(path)
    except FileFormatError as error:
        mend = "Put the file back; `ionweld ingest` makes a new one" if not path.exists() else error.faults[0].mend
        faults.append(Fault(str(path), error.faults[0].seen, mend))
    return None


def _checked(model: Any, document: dict[str, Any], where: str, faults: list[Fault]) -> Any:
    try:
        return check(model, document, where)
    except SpecError as error:
        faults += [Fault(_named(fault.where, document), fault.seen, fault.mend) for fault in error.faults]
    return None


def _named(where: str, document: dict[str, Any]) -> str:
    """Return a place with the cell's name in it: "cells.toml: cell.1.area" becomes "cells.toml: cell 2 (bare 2): area"."""

    def name(match: re.Match[str]) -> str:
        cell = document["cell"][int(match[1])]
        said = cell.get("name", "without a name") if isinstance(cell, dict) else "no table"
        return f"cell {int(match[1]) + 1} ({said}): "

    where = re.sub(r"cell\.(\d+)\.?", name, where, count=1)
    return re.sub(r"measurement\.(\d+)\.?", lambda match: f"measurement {int(match[1]) + 1}: ", where).removesuffix(
        ": "
    )


def _cross_faults(document: dict[str, Any], treatments: set[str], where: str) -> list[Fault]:
    """Compare the cells with the project and with each other, as far as each says enough."""
    rows = document.get("cell")
    cells = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    mend = "Name one of project.toml, or add it there under [treatments]"
    faults = [
        Fault(
            f"{where}: {cell.get('name', 'a cell without a name')}: treatment",
            f"{cell['treatment']!r} is not one of the project",
            mend,
        )
        for cell in cells
        if isinstance(cell.get("treatment"), str) and cell["treatment"] not in treatments
    ]
    for name, count in Counter(str(cell["name"]) for cell in cells if "name" in cell).items():
        if count > 1:
            faults.append(Fault(f"{where}: {name}", f"names {count} cells", "Give every cell a name of its own"))
    return [*faults, *_repeated_replicates(cells, where), *_repeated_files(cells, where)]


def _repeated_replicates(cells: list[dict[str, Any]], where: str) -> Iterator[Fault]:
    keys = ("treatment", "kind", "positive", "negative", "replicate")
    designs = Counter(tuple(str(cell.get(key)) for key in keys) for cell in cells if "replicate" in cell)
    for (treatment, *_, replicate), count in designs.items():
        if count > 1:
            seen = f"there are {count} cells that are replicate {replicate} of the same design"
            yield Fault(f"{where}: {treatment}", seen, "Count replicates 1, 2, 3 ... within a treatment")


def _repeated_files(cells: list[dict[str, Any]], where: str) -> Iterator[Fault]:
    said = [cell.get("measurement", []) for cell in cells]
    rows = [row for rows in said if isinstance(rows, list) for row in rows if isinstance(row, dict)]
    for file, count in Counter(str(row["file"]) for row in rows if "file" in row).items():
        if count > 1:
            yield Fault(f"{where}: {file}", f"is a measurement {count} times", "Name it under one cell, once")


@dataclass(frozen=True, slots=True)
class AssignedFile:
    """A stored file with its cell and what was said about the measurement; None for both: not assigned yet."""

    record: Record
    cell: BuiltCell | None = None
    said: Assignment | None = None

    def temperatures(self, derived: DerivedFile) -> tuple[float | None, ...]:
        """Return the temperature (K) of each sweep, or of the test: as given for it, in the file, or for the cell."""
        given = si(self.said.temperature) if self.said else None
        of_cell = si(self.cell.temperature) if self.cell else None
        in_file = derived.temperatures_K or (None,)
        return tuple(next((t for t in (given, found, of_cell) if t is not None), None) for found in in_file)


@dataclass(frozen=True, slots=True)
class Ask:
    """Something a person has to say before a number can be trusted: where to write it, what, and how."""

    where: str
    missing: str
    how: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assigned:
    """Every stored file in its place, the newest version of each measurement, and what is to be asked."""

    files: tuple[AssignedFile, ...]
    asks: tuple[Ask, ...]


def assign(description: ProjectDescription, records: Sequence[Record]) -> Assigned:
    """Join the cells with the stored files; what does not fit is asked, never guessed.

    Whatever names an older version of a measurement means its newest one.
    """
    newest = _newest(records)
    asks: list[Ask] = []
    owner: dict[str, tuple[BuiltCell, Assignment]] = {}
    called = by_name(records)
    for cell in description.cells:
        for item in cell.measurement:
            near = (*called.get(item.file, ()), *called.get(item.file[:SHORTEST_HASH].lower(), ()))
            meant = {newest[record.sha256].sha256: newest[record.sha256] for record in near if item.means(record)}
            problem = _problem(list(meant.values()), owner)
            if problem:
                asks.append(Ask(f"cells.toml: {cell.name}: {item.file}", *problem))
            else:
                owner[next(iter(meant))] = (cell, item)
    current = {record.sha256: record for record in newest.values()}
    files = tuple(
        AssignedFile(record, *owner.get(record.sha256, (None, None))) for record in records if record.sha256 in current
    )
    asks += _unassigned([item.record.name for item in files if item.cell is None])
    return Assigned(files, (*asks, *_asks_of_cells(description, files)))


def _newest(records: Sequence[Record]) -> dict[str, Record]:
    """Return for the hash of each record the newest version of its measurement."""
    known = {record.sha256: record for record in records}
    followed = {record.older_version: record for record in records if record.older_version in known}
    newest = {}
    for record in records:
        last, seen = record, {record.sha256}
        while last.sha256 in followed and followed[last.sha256].sha256 not in seen:
            last = followed[last.sha256]
            seen.add(last.sha256)
        newest[record.sha256] = last
    return newest


def _problem(meant: list[Record], owner: dict[str, tuple[BuiltCell, Assignment]]) -> tuple[str, str] | None:
    """Return what is wrong with the one file that is meant, and how to mend it."""
    if not meant:
        return "no stored file has this name or hash", "ingest it, or correct the name"
    if len(meant) > 1:
        hashes = ", ".join(record.sha256[:12] for record in meant)
        return f"{len(meant)} stored files have this name", f"write the first characters of one's hash ({hashes})"
    if meant[0].sha256 in owner:
        return f"the same file is a measurement of {owner[meant[0].sha256][0].name} already", "name it once"
    return None


def listed(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(map(shown, names[:_MOST_NAMES])) + more


def _unassigned(names: list[str]) -> list[Ask]:
    if not names:
        return []
    what = "which cell does it belong to" if len(names) == 1 else "which cells do they belong to"
    how = "`ionweld project assign TABLE.csv` with columns file, cell, treatment ..., or [[cell.measurement]] in cells.toml"
    return [Ask(f"{len(names)} file{'s' * (len(names) > 1)}", f"{what}: {listed(names)}", how)]


def _asks_of_cells(description: ProjectDescription, files: tuple[AssignedFile, ...]) -> list[Ask]:
    """Ask each thing once for all cells of a treatment that lack it."""
    lacking: dict[tuple[str, str], list[str]] = {}
    for cell in description.cells:
        mine = [item for item in files if item.cell is cell]
        kinds = {derived.kind for item in mine for derived in item.record.derived}
        for name in cell.asks(kinds) if mine else ():
            lacking.setdefault((cell.treatment, name), []).append(cell.name)
        for item in mine:
            spectra = [derived for derived in item.record.derived if derived.kind == "impedance"]
            if any(None in item.temperatures(derived) for derived in spectra):
                lacking.setdefault((cell.treatment, "temperature"), []).append(f"{cell.name}: {item.record.name}")
    return [
        Ask(f"cells.toml: {listed(names)}", missing, _how(missing), tuple(name.partition(": ")[0] for name in names))
        for (_, missing), names in lacking.items()
    ]


def _how(missing: str) -> str:
    example = EXAMPLES.get(missing, '"..."')
    return f"{missing} = {example} under [[cell]], or a column {missing!r} in the table of `ionweld project assign`"


EXAMPLES = {
    "kind": '"symmetric", "full" or "half"',
    "positive": '"LiFePO4"',
    "negative": '"Li"',
    "first_half_cycle": '"charge" or "discharge"',
    "area": '"28.3 mm^2"',
    "area_name": '"lithium foil, 6 mm"',
    "interfaces": "2",
    "thickness": '"0.9 mm"',
    "active_mass": '"3.1 mg"',
    "temperature": '"80 degC"',
}
