"""Where things are in a project folder, and how one is begun."""

from dataclasses import dataclass
from pathlib import Path

from ionweld.errors import Fault, InputError, OutputError
from ionweld.measurement.store import ensure_folder, write_whole

_PROJECT = """\
# What this project is. `ionweld project list` says what is missing.
name = {name}

# The treatments that are compared, each with a sentence.
[treatments]
# bare = "as pressed"
# welded = "3 uL of liquid electrolyte on each side, solidified in place"
"""

_CELLS = """\
# One [[cell]] per cell that was built. Every quantity carries its unit; what is left out is asked for, never assumed.
#
# [[cell]]
# name = "bare 1"
# treatment = "bare"                # one of project.toml
# replicate = 1                     # 1, 2, 3 ... within a treatment and a pair of electrodes
# kind = "symmetric"                # "symmetric", "full" or "half"
# positive = "Li"
# negative = "Li"
# first_half_cycle = "charge"       # or "discharge"
# area = "28.3 mm^2"
# area_name = "lithium foil, 6 mm"
# interfaces = 2                    # lithium interfaces that the current crosses in series
# thickness = "0.96 mm"             # of the electrolyte; asked for when there are impedance spectra
# active_mass = "3.1 mg"            # of the cathode; asked for in full and half cells
#
# [[cell.measurement]]
# file = "bare_1.csv"               # the name of a stored file, or the first 8 or more characters of its hash
# state = "before cycling"
# temperature = "80 degC"           # asked for when the file does not say it
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder. Only paths: nothing is read or made by looking at them."""

    folder: Path

    @property
    def about(self) -> Path:
        return self.folder / "project.toml"

    @property
    def cells(self) -> Path:
        return self.folder / "cells.toml"

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def descriptions(self) -> Path:
        return self.folder / "descriptions"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def records(self) -> Path:
        return self.folder / "records"

    @property
    def catalog(self) -> Path:
        return self.folder / "catalog.sqlite"

    @property
    def incoming(self) -> Path:
        return self.folder / ".incoming"

    @property
    def folders(self) -> tuple[Path, ...]:
        return self.raw, self.descriptions, self.data, self.records, self.incoming

    @property
    def lock(self) -> Path:
        return self.folder / ".lock"


def open_project(folder: Path) -> Project:
    """Return the project in `folder`. Raises InputError when there is none."""
    project = Project(folder.resolve())
    if not _is_file(project.about):
        mend = "Name a project folder with --project; `ionweld ingest` makes one"
        raise InputError(Fault(str(folder), "is no project: it holds no project.toml", mend))
    return project


def begin_project(folder: Path) -> Project:
    """Return the project in `folder`, made first if the folder is empty or does not exist.

    Raises InputError when the folder holds other things, OutputError when it cannot be written.
    """
    project = Project(folder.resolve())
    if not _is_file(project.about):
        _refuse_foreign(project)
    ensure_folder(project.folder)
    for part in project.folders:
        ensure_folder(part)
    if not project.cells.exists():
        write_whole(project.cells, _CELLS)
    if not project.about.exists():  # last: a folder with project.toml is complete
        write_whole(project.about, _PROJECT.format(name=_toml_text(project.folder.name)))
    return project


def _is_file(path: Path) -> bool:
    """Say whether `path` is a file; a place that may not be looked at holds none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _refuse_foreign(project: Project) -> None:
    """Refuse a folder with other things in it; what an interrupted beginning has left is not one of them."""
    ours = {part.name for part in (*project.folders, project.cells)}
    try:
        names = [item.name for item in project.folder.iterdir()]
    except FileNotFoundError:
        return
    except OSError as error:
        fault = Fault(str(project.folder), f"cannot be written: {error.strerror}", "Name another folder with --project")
        raise OutputError(fault) from None
    foreign = sorted(name for name in names if name[0] != "." and name not in ours)
    if foreign:
        seen = f"holds other things ({', '.join(foreign[:3])}) and no project.toml"
        raise InputError(Fault(str(project.folder), seen, "Name a new or an empty folder with --project"))


def _toml_text(text: str) -> str:
    """Return `text` as a TOML string: JSON's escapes are a subset of TOML's."""
    import json

    return json.dumps(text, ensure_ascii=False)
