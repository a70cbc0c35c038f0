"""The project folder of a laboratory: instrument files stored under their hash, cells, and what compares treatments."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import polars as pl

from ionweld.analyse.cycling import Subject
from ionweld.api.comparison import Comparison
from ionweld.api.cycling import Summary
from ionweld.api.measurements import Spectrum
from ionweld.api.progress import Progress, by_hundredths, unseen
from ionweld.api.quantities import Place, count, path_of, several
from ionweld.lab import catalog, folder
from ionweld.lab import edit as editing
from ionweld.lab import ingest as taking_in
from ionweld.lab import verify as checking
from ionweld.lab.assign import assign_table
from ionweld.lab.catalog import lay_out
from ionweld.lab.compare import compare, one_cell
from ionweld.lab.edit import sheet
from ionweld.measurement.store import write_whole
from ionweld.read.find import find_files


@dataclass(frozen=True)
class ProjectCell:
    """A cell of a project with what was measured on it. first: the half cycle that opens a cycle.

    tests: summaries of its cycling tests; spectra: each with the state of the cell that `cells.toml` names; unreadable: what
    is there and cannot be shown, and why.
    """

    name: str
    treatment: str
    kind: str | None
    first: str | None
    tests: tuple[Summary, ...]
    spectra: tuple[tuple[str | None, Spectrum], ...]
    unreadable: tuple[str, ...]


class Project:
    """A project folder. `ingest` makes it where it is not there yet; nothing is changed by looking.

    Attributes
    ----------
    folder : Path
        Where it is; `project.toml` and `cells.toml` in it are written by a person.

    Raises
    ------
    InputError
        For a folder that holds something else, or, by all but `ingest`, one that is no project yet.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import ionweld as iw
    >>> with TemporaryDirectory() as desk:
    ...     iw.Project.open(desk).cells()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ionweld.errors.InputError: ...
    """

    def __init__(self, place: Place) -> None:
        self.folder: Path = folder.refuse_foreign(path_of(place, "project")).folder

    @classmethod
    def open(cls, place: Place) -> Self:
        """Open a project by its folder (`place`). Raises InputError for a folder that holds something else."""
        return cls(place)

    @classmethod
    def sample(cls, into: Place, *, cycles: int = 40, replicates: int = 3, progress: Progress | None = None) -> Self:
        """Write a small laboratory of known truth, simulated, into a new folder; return its project, all taken in.

        into: the folder, which is made. cycles: of each cell. replicates: cells of each treatment. What was put in
        stands in `truth.json`, the files in `files`, the project in `project`. progress: called with the title and the
        number of steps of each part of the work; what it returns is called after each. Raises InputError.
        """
        from ionweld.twin.sample import write_sample

        place = path_of(into, "folder")
        write_sample(place, count(cycles, "cycles", 2), count(replicates, "replicates"), progress or unseen)
        project = cls(place / "project")
        project.ingest(place / "files", progress=progress)
        write_whole(project.folder / "project.toml", (place / "project.toml").read_bytes())
        project.assign(place / "cells.csv")
        return project

    def assign(self, table: Place) -> tuple[str, ...]:
        """Say which file belongs to which cell in a table (csv, xlsx), one row per file; return treatments that are new.

        Columns that say nothing of a cell are left, with a Python warning. Raises SpecError with every fault; then nothing
        is written.
        """
        home = folder.open_project(self.folder)
        given = assign_table(home, path_of(table, "table"))
        catalog.refresh(home)
        if given.unused:
            warnings.warn(f"{table}: not used are the columns {', '.join(map(repr, given.unused))}", stacklevel=2)
        return given.new_treatments

    def ingest(self, path: Place | Sequence[Place], *, progress: Progress | None = None) -> pl.DataFrame:
        """Store instrument files, folders and archives; return one row per file: what became of it, and what is said.

        path: one or a list of them. What cannot be read is a Python warning too. progress: called with a title and 100; what
        it returns is called after each hundredth of the bytes. Raises InputError when there is no file at all.
        """
        found = find_files([path_of(place, "path") for place in several(path)], self.folder)
        refusals: list[str] = []
        advance = by_hundredths(progress or unseen, "files taken in, %", sum(one.size for one in found.files))
        done = taking_in.ingest(found, folder.begin_project(self.folder), None, advance, refusals.append)
        for refusal in refusals:
            warnings.warn(f"not read: {refusal}", stacklevel=2)
        rows = [(one.source, one.answer, one.of, "; ".join(str(fault) for fault in one.faults)) for one in done]
        return pl.DataFrame(rows, schema=dict.fromkeys(("source", "answer", "of", "said"), pl.String), orient="row")

    def cells(self) -> pl.DataFrame:
        """Return the cells that `cells.toml` describes, one row each."""
        return pl.DataFrame(self._summary()["cells"], infer_schema_length=None)

    def cell(self, name: str) -> ProjectCell:
        """Return a cell by its name with its tests, analysed as the comparison does, and its spectra. Raises InputError."""
        built, found = one_cell(lay_out(folder.open_project(self.folder)), name)
        subjects = [Subject(one.measurement, one.summary, built.kind, one.findings) for one in found.tests]
        spectra = tuple((one.state, Spectrum.of(one.spectrum)) for one in found.sweeps)
        summaries = tuple(map(Summary, subjects))
        said = built.treatment, built.kind, built.first_half_cycle
        return ProjectCell(name, *said, summaries, spectra, found.unreadable)

    def sheet(self) -> dict[str, Any]:
        """Return what is said of the cells as it is written, what is asked, and every file with its cell; its version."""
        return sheet(folder.open_project(self.folder))

    def change(self, edits: Sequence[editing.Edit], version: str | None = None) -> editing.DescriptionFiles:
        """Change what is said of cells, all or nothing; return what stood there before, for `put_back`.

        edits: such as ``{"do": "set", "cell": "cell 1", "key": "area", "value": "28.3 mm^2"}``; further ones are "add",
        "remove" (a cell), "assign" (a file to a cell), "say" (of a file) and "describe" (a treatment). version: of the
        sheet that was seen; when somebody else has changed it since, nothing is changed. Raises SpecError with every fault.
        """
        return editing.change(folder.open_project(self.folder), edits, version)

    def put_back(self, earlier: editing.DescriptionFiles, version: str) -> None:
        """Undo: write what stood there `earlier`, as `change` returned it, if it is still of this version. Raises OutputError."""
        editing.put_back(folder.open_project(self.folder), earlier, version)

    def measurements(self) -> pl.DataFrame:
        """Return what is stored, one row per measurement, with the cell that it belongs to."""
        return pl.DataFrame(self._summary()["measurements"], infer_schema_length=None)

    def asks(self) -> tuple[str, ...]:
        """Return what a person has to say before all can be compared."""
        return tuple(f"{one['where']}: {one['missing']}. {one['how']}" for one in self._summary()["asks"])

    def compare(self, baseline: str, other: str) -> pl.DataFrame:
        """Return what differs of a treatment `other` from `baseline`, each with its 95 % interval, or why there is none.

        Raises InputError for a treatment that no cell has.
        """
        return self.comparison().between(baseline, other).table()

    def comparison(self) -> Comparison:
        """Return all treatments side by side: effects with intervals, one sentence, a figure, a paragraph for the methods."""
        found = compare(lay_out(folder.open_project(self.folder)))
        return Comparison(found, self.folder, found.effects)

    def verify(self) -> tuple[str, ...]:
        """Hash every stored byte again; return each damage as a sentence with what to repeat: none where all is intact."""
        found = checking.verify(folder.open_project(self.folder), lambda _: None)
        return tuple(f"{one.what}: {one.where}: {one.seen}. Repeat: {one.repeat}" for one in found.damages)

    def _summary(self) -> dict[str, Any]:
        return catalog.summary(folder.open_project(self.folder))

    def __repr__(self) -> str:
        return f"<Project: {self.folder}>"
