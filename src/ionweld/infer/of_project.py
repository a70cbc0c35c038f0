"""The cells of a project folder as evidence: each with its description for the twin, its test, and spectra by their state.

The description lies in the project, in `cells/NAME.toml` of the cell itself, or in `cells/KIND TREATMENT.toml` or
`cells/TREATMENT.toml` of all its sisters; or in a folder `cells` beside the project's.
The state of a spectrum that cells.toml names says its moment: before, after, cycle:20, or as people write it.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ionweld.errors import Fault, InputError
from ionweld.infer.calibration import SharedParameter, shared
from ionweld.infer.follow_up import FollowedUp
from ionweld.infer.moments import SpectrumMoment
from ionweld.infer.observation import Observation, observe
from ionweld.lab.catalog import Laid
from ionweld.lab.cells import BuiltCell
from ionweld.lab.compare import Replicate, one_cell
from ionweld.spec.cell import CellSpec, load_cell

FOLDER = "cells"
_BEFORE = re.compile(r"(before.*|as[ -]assembled|as[ -]built|fresh|pristine|initial|start)", re.IGNORECASE)
_CYCLE = re.compile(r"(?:after\s+|at\s+)?(?:cycle[:\s]\s*(\d+)|(\d+)\s+cycles?)", re.IGNORECASE)
_AFTER = re.compile(r"(after.*|cycled|dead|failed|end|final|post[ -]?mortem)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ProjectEvidence:
    """A cell of a project, as the twin is told of it, with what was measured."""

    name: str
    treatment: str
    cell: CellSpec
    observation: Observation


@dataclass(frozen=True, slots=True)
class DiagnosedCell:
    """A cell of a project with its diagnosis."""

    name: str
    treatment: str
    followed: FollowedUp


@dataclass(frozen=True, slots=True)
class ProjectDiagnosis:
    """All cells of a project. shared: parameters that the cells of a treatment have in common; left_out: cells, and why."""

    project: str
    cells: tuple[DiagnosedCell, ...]
    left_out: dict[str, str]

    @property
    def treatments(self) -> dict[str, list[DiagnosedCell]]:
        """The cells by their treatment and kind: those share a design."""
        found: dict[str, list[DiagnosedCell]] = {}
        for one in self.cells:
            found.setdefault(f"{one.treatment}, {one.followed.inference.plan.kind}", []).append(one)
        return found

    def shared(self, treatment: str) -> tuple[SharedParameter, ...]:
        """Return the parameters of a treatment by the posteriors of all its cells."""
        return shared([one.followed.inference.posterior.rows for one in self.treatments[treatment]])


def evidence(laid: Laid, only: str | None) -> tuple[list[ProjectEvidence], dict[str, str]]:
    """Return the cells of a project that can be diagnosed, and why others cannot. only: the name of one cell.

    Raises InputError where none can, with all reasons.
    """
    names = [cell.name for cell in laid.description.cells] if only is None else [only]
    found: list[ProjectEvidence] = []
    faults: dict[str, InputError] = {}
    for name in names:
        built, measured = one_cell(laid, name)
        try:
            found.append(evidence_of(laid.project.folder, built, measured))
        except InputError as error:
            faults[name] = error
    if not found:
        none = Fault("project", "no cell is described in it", "Write cells.toml; `ionweld project assign` helps")
        raise InputError([fault for one in faults.values() for fault in one.faults] or none)
    return found, {name: str(error) for name, error in faults.items()}


def evidence_of(folder: Path, built: BuiltCell, measured: Replicate) -> ProjectEvidence:
    """Return a cell of a project as evidence. Raises InputError where it lacks a description, or a test.

    A spectrum whose state says no moment is left out, and the observation warns of it.
    """
    cell = load_cell(_description(folder, built))
    tests = [one.measurement for one in measured.tests]
    spectra = [(moment_of(one.state), one.spectrum) for one in measured.sweeps]
    known = [(moment, spectrum) for moment, spectrum in spectra if moment is not None]
    seen = observe(cell, tests, known, built.first_half_cycle)
    unknown = [one.state for one in measured.sweeps if moment_of(one.state) is None]
    said = [f"a spectrum of state {state!r} is left out: it does not say when it was taken" for state in unknown]
    return ProjectEvidence(built.name, built.treatment, cell, replace(seen, warnings=(*seen.warnings, *said)))


def _description(folder: Path, built: BuiltCell) -> Path:
    """Return the file that describes a cell for the twin. Raises InputError where there is none."""
    names = (built.name, f"{built.kind} {built.treatment}", built.treatment)
    places = [base / FOLDER / f"{name}.toml" for base in (folder, folder.parent) for name in names]
    for place in places:
        if place.is_file():
            return place
    seen = f"cell {built.name!r} has no description for the twin"
    raise InputError(
        Fault("project", seen, f"Write it as for `ionweld simulate`: {places[0]}, or {places[2]} for its treatment")
    )


def moment_of(state: str | None) -> SpectrumMoment | None:
    """Return the moment that the state of a spectrum means; None where it means none."""
    said = (state or "").strip()
    cycle = _CYCLE.fullmatch(said)
    if cycle is not None:
        return SpectrumMoment("cycle", int(cycle[1] or cycle[2]))
    if _BEFORE.fullmatch(said):
        return SpectrumMoment("before")
    return SpectrumMoment("after") if _AFTER.fullmatch(said) else None
