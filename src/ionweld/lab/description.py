"""What a person wrote about the cells: project.toml and cells.toml, checked as a whole."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ionweld.lab.keys import Faults, Key, check_table, check_tables, load_toml
from ionweld.lab.layout import Project
from ionweld.measurement.cycling import CellContext
from ionweld.measurement.impedance import SampleGeometry

_CELL_KEYS = (
    Key("name", "name", required=True),
    Key("treatment", "treatment", required=True),
    Key("replicate", "replicate", required=True, whole=True),
    Key("kind", "kind", words=("symmetric", "full", "half")),
    Key("positive", "positive"),
    Key("negative", "negative"),
    Key("first_half_cycle", "first_half_cycle", words=("charge", "discharge")),
    Key("area", "area_m2", unit="m^2"),
    Key("area_name", "area_name"),
    Key("interfaces", "interfaces", whole=True),
    Key("thickness", "thickness_m", unit="m"),
    Key("active_mass", "active_mass_kg", unit="kg"),
    Key("temperature", "temperature_K", unit="K"),
    Key("stack_pressure", "stack_pressure_Pa", unit="Pa"),
    Key("note", "note"),
)
_MEASUREMENT_KEYS = (
    Key("file", "file", required=True),
    Key("state", "state"),
    Key("temperature", "temperature_K", unit="K"),
    Key("note", "note"),
)
_SHORTEST_HASH = 8


@dataclass(frozen=True, slots=True)
class Assignment:
    """One measurement of a cell: the stored file it is in, the state the cell was in, its temperature if given."""

    file: str
    state: str | None = None
    temperature_K: float | None = None
    note: str | None = None

    def means(self, sha256: str, name: str) -> bool:
        """Say whether this is the stored file of that name or hash."""
        return self.file == name or (len(self.file) >= _SHORTEST_HASH and sha256.startswith(self.file.lower()))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that was built, as its maker describes it. None = not said: an analysis that needs it must ask.

    positive, negative: the electrode materials. In a half cell the first half cycle is that of the working electrode.
    interfaces: how many lithium interfaces the current crosses in series.
    """

    name: str
    treatment: str
    replicate: int
    kind: str | None = None
    positive: str | None = None
    negative: str | None = None
    first_half_cycle: str | None = None
    area_m2: float | None = None
    area_name: str | None = None
    interfaces: int | None = None
    thickness_m: float | None = None
    active_mass_kg: float | None = None
    temperature_K: float | None = None
    stack_pressure_Pa: float | None = None
    note: str | None = None
    measurements: tuple[Assignment, ...] = ()

    def context(self, temperature_K: float | None) -> CellContext:
        """Return what an analysis of a cycling test needs to know."""
        return CellContext(
            self.area_m2, self.area_name, self.interfaces, self.active_mass_kg, temperature_K, self.stack_pressure_Pa
        )

    def geometry(self) -> SampleGeometry:
        """Return what an analysis of an impedance spectrum needs to know."""
        return SampleGeometry(self.area_m2, self.area_name, self.thickness_m, self.interfaces)

    def asks(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """Return the keys that are still needed to analyse measurements of these kinds, and are not given."""
        needed = ["kind", "positive", "negative", "area_m2", "area_name", "interfaces"]
        if "cycling" in kinds:
            needed += ["first_half_cycle"] + ["active_mass_kg"] * (self.kind in ("full", "half"))
        if "impedance" in kinds:
            needed += ["thickness_m"]
        written = {key.field: key.name for key in _CELL_KEYS}
        return tuple(written[name] for name in needed if getattr(self, name) is None)


@dataclass(frozen=True, slots=True)
class Description:
    """What the two hand-written files say, without a fault."""

    name: str
    treatments: dict[str, str] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()


def read_description(project: Project) -> Description:
    """Return what project.toml and cells.toml say. Raises SpecError with every fault of both."""
    faults = Faults()
    about = load_toml(project.about, faults)
    cells = load_toml(project.cells, faults)
    faults.raise_if_any()
    description = _describe(about or {}, cells or {}, project, faults)
    faults.raise_if_any()
    return description


def _describe(about: dict[str, Any], cells: dict[str, Any], project: Project, faults: Faults) -> Description:
    where = project.about.name
    keys = (Key("name", "name", required=True), Key("description", "description"))
    name = check_table(about, keys, where, faults, also="treatments").get("name", "")
    treatments = _treatments(about.get("treatments", {}), f"{where}: treatments", faults)
    return Description(name, treatments, _cells(cells, project.cells.name, treatments, faults))


def _treatments(value: Any, where: str, faults: Faults) -> dict[str, str]:
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return value
    faults.add(where, "is not a table of sentences", 'Write [treatments], and below it bare = "as pressed"')
    return {}


def _cells(document: dict[str, Any], where: str, treatments: dict[str, str], faults: Faults) -> tuple[Cell, ...]:
    check_table(document, (), where, faults, also="cell")
    tables = check_tables(document.get("cell", []), f"{where}: cell", faults)
    found = [_cell(table, _place(where, number, table), treatments, faults) for number, table in enumerate(tables, 1)]
    cells = tuple(cell for cell in found if cell is not None)
    _check_repeats(cells, where, faults)
    return cells


def _place(where: str, number: int, table: dict[str, Any]) -> str:
    return f"{where}: [[cell]] {number} ({table.get('name', 'without a name')})"


def _cell(table: dict[str, Any], where: str, treatments: dict[str, str], faults: Faults) -> Cell | None:
    before = len(faults.found)
    fields = check_table(table, _CELL_KEYS, where, faults, also="measurement")
    if fields.get("treatment", "") not in ("", *treatments):
        mend = "Name one of project.toml, or add it there under [treatments]"
        faults.add(f"{where}: treatment", f"{fields['treatment']!r} is not one of the project", mend)
    measurements = []
    for number, item in enumerate(check_tables(table.get("measurement", []), f"{where}: cell.measurement", faults), 1):
        given = check_table(item, _MEASUREMENT_KEYS, f"{where}: [[cell.measurement]] {number}", faults)
        measurements += [Assignment(**given)] if "file" in given else []
    return Cell(**fields, measurements=tuple(measurements)) if len(faults.found) == before else None


def _check_repeats(cells: tuple[Cell, ...], where: str, faults: Faults) -> None:
    """Compare the cells that have no fault of their own with each other."""
    for name, count in Counter(cell.name for cell in cells).items():
        if count > 1:
            faults.add(f"{where}: {name}", f"names {count} cells", "Give every cell a name of its own")
    designs = Counter((cell.treatment, cell.kind, cell.positive, cell.negative, cell.replicate) for cell in cells)
    for (treatment, _, _, _, replicate), count in designs.items():
        if count > 1:
            seen = f"there are {count} cells that are replicate {replicate} of the same design"
            faults.add(f"{where}: {treatment}", seen, "Count replicates 1, 2, 3 ... within a treatment")
    for file, count in Counter(item.file for cell in cells for item in cell.measurements).items():
        if count > 1:
            faults.add(f"{where}: {file}", f"is a measurement {count} times", "Name it under one cell, once")
