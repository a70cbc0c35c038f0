"""A published study as data: its paper, every number of its text, its slips, its cells and its protocols."""

from collections.abc import Callable
from functools import partial
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from pydantic import Field

from ionweld.errors import Fault, SpecError
from ionweld.spec.cell import Cell, Part, parse_cell
from ionweld.spec.faults import check, read_toml
from ionweld.spec.pellet import Pellet, parse_pellet
from ionweld.spec.protocol import AnyProtocol, parse_protocol
from ionweld.study.text import Note, Notes, Number, Numbers, disagreements

T = TypeVar("T")
Parse = Callable[[dict[str, Any], str], T]


class Paper(Part):
    """Where the study was published."""

    title: str
    authors: list[str] = Field(min_length=1, description='"Surname, Given names"')
    journal: str
    volume: str
    article_number: str
    year: int
    doi: str
    licence: str
    licence_url: str


class Study(Part):
    """A published study."""

    name: str
    paper: Paper
    precision_rule: str
    numbers: list[Number]
    notes: list[Note]
    cells: dict[str, Cell]
    protocols: dict[str, AnyProtocol]
    pellets: dict[str, Pellet] = Field(default_factory=dict)

    def targets(self) -> list[Number]:
        """Return the numbers that are set against something computed, in the order of the paper."""
        return [number for number in self.numbers if number.observable is not None]


def available() -> list[str]:
    """Return the names of the studies that come with ionweld."""
    folders = files("ionweld.study").iterdir()
    return sorted(folder.name for folder in folders if folder.joinpath("paper.toml").is_file())


def study_document(*path: str) -> dict[str, Any]:
    """Return a TOML file of the studies' folder, such as ("yu2021", "impedance.toml")."""
    with as_file(files("ionweld.study").joinpath(*path)) as file:
        return read_toml(file)


def load_study(name: str) -> Study:
    """Return a study by its name. Raises SpecError with all faults of all its files."""
    if name not in available():
        raise SpecError(Fault("study", f"{name!r} is no study", f"Known: {', '.join(available())}"))
    return read_study(files("ionweld.study").joinpath(name))


def read_study(folder: Traversable) -> Study:
    """Return the study that the files of a folder describe. Raises SpecError with all faults, or FileFormatError."""
    faults: list[Fault] = []
    paper = _read(partial(check, Paper), folder.joinpath("paper.toml"), faults)
    numbers = _read(partial(check, Numbers), folder.joinpath("numbers.toml"), faults)
    notes = _read(partial(check, Notes), folder.joinpath("notes.toml"), faults)
    cells = _read_each(parse_cell, folder.joinpath("cells"), faults)
    protocols = _read_each(parse_protocol, folder.joinpath("protocols"), faults)
    pellets = _read_each(parse_pellet, folder.joinpath("pellets"), faults)
    if numbers and notes:
        faults += disagreements(numbers.number, notes.note)
    if faults or not (paper and numbers and notes):
        raise SpecError(faults)
    return Study(
        name=folder.name,
        paper=paper,
        precision_rule=numbers.precision_rule,
        numbers=numbers.number,
        notes=notes.note,
        cells=cells,
        protocols=protocols,
        pellets=pellets,
    )


def _read(parse: Parse[T], item: Traversable, faults: list[Fault]) -> T | None:
    """Return what a file holds, or None where it has faults, which are added to `faults`."""
    try:
        with as_file(item) as path:
            return parse(read_toml(path), path.name)
    except SpecError as error:
        faults += error.faults
        return None


def _read_each(parse: Parse[T], folder: Traversable, faults: list[Fault]) -> dict[str, T]:
    found = folder.iterdir() if folder.is_dir() else iter(())
    items = sorted((item for item in found if item.name.endswith(".toml")), key=lambda item: item.name)
    read = {item.name.removesuffix(".toml"): _read(parse, item, faults) for item in items}
    return {name: found for name, found in read.items() if found is not None}
