"""A study as data: its paper, every number of its text, its cells and protocols, and what is done with them.

A study is a folder, one that comes with ionweld or a person's own:

    paper.toml        where it was published
    study.toml        tests: a cell, a protocol, how many are drawn; observables: what is read off them
    numbers.toml      the numbers of the text, each with its place, its role and the observable it is held against
    cells/  protocols/  pellets/    one file each
    notes.toml        slips of the text                        (may be missing)
    report.toml       the sections of the report               (may be missing)
    calibration.toml  what a calibration is told               (may be missing)
    calibrated.toml   its kept result; without it, parameters are the library's
    impedance.toml  characterisation.toml  rivals.toml         (may be missing)
"""

from collections.abc import Callable
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from ionweld.errors import Fault, InputError, SpecError
from ionweld.spec.cell import parse_cell
from ionweld.spec.faults import check, read_toml
from ionweld.spec.pellet import parse_pellet
from ionweld.spec.protocol import parse_protocol
from ionweld.study.consistency import disagreements
from ionweld.study.layout import ReportLayout
from ionweld.study.published import Study
from ionweld.study.settings import CalibrationSettings, ImpedanceSettings, Paper, RivalSettings, Samples, Tests
from ionweld.study.text import PaperNotes, PaperNumbers
from ionweld.twin.calibrated import KEPT, Calibrated

T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)
Parse = Callable[[dict[str, Any], Path], T]  # of a document, and the file that it stood in


def available() -> list[str]:
    """Return the names of the studies that come with ionweld."""
    folders = files("ionweld.study").iterdir()
    return sorted(folder.name for folder in folders if folder.joinpath("paper.toml").is_file())


def load_study(name: str) -> Study:
    """Return a study that comes with ionweld by its name, or that of a folder. Raises SpecError with all faults."""
    if name in available():
        return read_study(files("ionweld.study").joinpath(name))
    folder = Path(name)
    if folder.joinpath("paper.toml").is_file():
        return read_study(folder.resolve())
    seen = f"{name!r} is no study" + (": it has no paper.toml" if folder.is_dir() else "")
    raise SpecError(Fault("study", seen, f"Give the path of a study's folder, or one of: {', '.join(available())}"))


def read_study(folder: Traversable) -> Study:
    """Return the study that the files of a folder describe. Raises SpecError with all faults."""
    reader = _FolderReader(folder)
    paper, run = reader.needed(Paper, "paper.toml"), reader.needed(Tests, "study.toml")
    numbers = reader.needed(PaperNumbers, "numbers.toml")
    notes = reader.optional(PaperNotes, "notes.toml")
    parts = {
        "cells": reader.each(lambda document, path: parse_cell(document, path.name, path.parent), "cells"),
        "protocols": reader.each(lambda document, path: parse_protocol(document, path.name), "protocols"),
        "pellets": reader.each(lambda document, path: parse_pellet(document, path.name, path.parent), "pellets"),
        "calibration": reader.optional(CalibrationSettings, "calibration.toml"),
        "calibrated": reader.optional(Calibrated, KEPT),
        "impedance": reader.optional(ImpedanceSettings, "impedance.toml"),
        "characterisation": reader.optional(Samples, "characterisation.toml"),
        "rivals": reader.optional(RivalSettings, "rivals.toml"),
        "report": reader.optional(ReportLayout, "report.toml"),
    }
    if not (paper and run and numbers):
        raise SpecError(reader.faults)
    study = Study(
        name=folder.name,
        paper=paper,
        title=run.title,
        tests=run.test,
        observables=run.observable,
        precision_rule=numbers.precision_rule,
        numbers=numbers.number,
        notes=notes.note if notes else [],
        **parts,
    )
    faults = reader.faults or disagreements(study)
    if faults:
        raise SpecError(faults)
    return study


class _FolderReader:
    """Reads the files of a folder, and collects what is wrong with them."""

    def __init__(self, folder: Traversable) -> None:
        self._folder = folder
        self.faults: list[Fault] = []

    def needed(self, model: type[Model], name: str) -> Model | None:
        """Return what a file holds, or None where it has faults."""
        if not self._folder.joinpath(name).is_file():
            self.faults.append(Fault(name, "is missing", f"Write {name} into the folder {self._folder.name}"))
            return None
        return self._read(lambda document, path: check(model, document, path.name), self._folder.joinpath(name))

    def optional(self, model: type[Model], name: str) -> Model | None:
        """Return what a file holds, or None where it is missing or has faults."""
        return self.needed(model, name) if self._folder.joinpath(name).is_file() else None

    def each(self, parse: Parse[T], name: str) -> dict[str, T]:
        """Return what each file of a folder inside holds, by its name."""
        folder = self._folder.joinpath(name)
        found = folder.iterdir() if folder.is_dir() else iter(())
        items = sorted((item for item in found if item.name.endswith(".toml")), key=lambda item: item.name)
        read = {item.name.removesuffix(".toml"): self._read(parse, item) for item in items}
        return {name: one for name, one in read.items() if one is not None}

    def _read(self, parse: Parse[T], item: Traversable) -> T | None:
        try:
            with as_file(item) as path:
                return parse(read_toml(path), path)
        except InputError as error:
            self.faults += error.faults
            return None
