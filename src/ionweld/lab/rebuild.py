"""Everything derived, made again from the raw files, and compared with what was there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ionweld.errors import Fault, InputError, OutputError
from ionweld.lab import catalog
from ionweld.lab.derive import derive
from ionweld.lab.description import read_description
from ionweld.lab.disk import Advance, corner
from ionweld.lab.layout import Project
from ionweld.lab.record import Record
from ionweld.lab.stored_files import (
    Shelved,
    derived_is_intact,
    description_is_intact,
    hashes,
    raw_is_intact,
    shelve,
    shelved,
)

Outcome = Literal["identical bytes", "same values", "restored", "changed", "values differ", "not rebuilt"]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of one raw file.

    outcome: "identical bytes" or "same values" as before; "restored": derived files or record were missing or damaged;
    "values differ": another version of the reader gives other values, and the old ones were kept; "changed": the same,
    and the new ones were accepted; "not rebuilt": see faults.
    """

    sha256: str
    name: str
    outcome: Outcome
    faults: tuple[Fault, ...] = ()


def rebuild(project: Project, advance: Advance, accept_changes: bool = False) -> list[Rebuilt]:
    """Derive everything again from the raw files, then make the catalogue anew.

    Values that differ from those on record are kept as they were unless accept_changes is set.
    Raises SpecError when the description has faults, OutputError when the project cannot be written.
    """
    read_description(project)
    with corner(project) as mine:
        rebuilt = [
            _rebuild(project, shelved(project, sha), mine / sha, advance, accept_changes) for sha in hashes(project)
        ]
    catalog.refresh(project)
    return rebuilt


def _rebuild(project: Project, item: Shelved, folder: Path, advance: Advance, accept_changes: bool) -> Rebuilt:
    name = item.raw.name if item.raw else item.record.name if item.record else item.sha256
    if not raw_is_intact(item, advance):
        fault = Fault(f"raw/{item.sha256}", "is missing or damaged", f"Ingest {name} again; verify names its source")
        return Rebuilt(item.sha256, name, "not rebuilt", (fault,))
    assert item.raw is not None
    if not description_is_intact(item):
        fault = Fault(
            f"descriptions/{item.sha256}.toml", "is missing or damaged", f"Ingest {name} again with --description"
        )
        return Rebuilt(item.sha256, name, "not rebuilt", (fault,))
    try:
        derivation = derive(item.raw, item.sha256, folder, item.description)
    except OutputError:
        raise
    except InputError as error:
        return Rebuilt(item.sha256, name, "not rebuilt", error.faults)
    outcome = _outcome(project, item.record, derivation.record, accept_changes)
    if outcome in ("restored", "changed"):
        shelve(project, derivation, None)
    return Rebuilt(item.sha256, name, outcome)


def _outcome(project: Project, old: Record | None, new: Record, accept_changes: bool) -> Outcome:
    if old is None:
        return "restored"
    if [part.values_sha256 for part in old.derived] != [part.values_sha256 for part in new.derived]:
        return "changed" if accept_changes else "values differ"
    if not all(derived_is_intact(project, part) for part in old.derived):
        return "restored"
    same = [part.sha256 for part in old.derived] == [part.sha256 for part in new.derived]
    return "identical bytes" if same else "same values"
