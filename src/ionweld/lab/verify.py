"""Every stored byte hashed again, what is damaged, and exactly what to repeat; and everything derived made again."""

from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from os import W_OK, access
from pathlib import Path
from shlex import quote
from sqlite3 import Connection, Error
from typing import Literal

from ionweld.errors import Fault, FileFormatError, InputError, OutputError, SpecError
from ionweld.lab import catalog
from ionweld.lab.cells import read_description
from ionweld.lab.folder import Advance, ProjectFolder, beginnings, corner, hold
from ionweld.lab.ingest import continued
from ionweld.lab.stored import (
    ID_LENGTH,
    Derivation,
    DerivedFile,
    Record,
    StoredFile,
    derive,
    derived_is_intact,
    description_is_intact,
    hashes,
    raw_is_intact,
    read_record,
    record_path,
    store,
    stored_file,
    write_last,
)

_EDITED = "project.toml or cells.toml was edited since: `ionweld project list` or `report` takes it into the catalogue"

Outcome = Literal["identical bytes", "same values", "restored", "changed", "values differ", "not rebuilt"]


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not as it was stored: what, where in the project, what was seen, what to repeat."""

    what: str
    where: str
    seen: str
    repeat: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked and what is damaged. left_over: corners of killed processes; the next ingest sweeps them.

    notes: what is not as it was, and is as it should be: a person has edited the description.
    """

    raw_files: int
    derived_files: int
    damages: tuple[Damage, ...]
    left_over: tuple[str, ...]
    notes: tuple[str, ...] = ()


def raw_size(project: ProjectFolder) -> int:
    """Return how many raw bytes there are to hash."""
    return sum(path.stat().st_size for path in project.raw.glob("*/*"))


def verify(project: ProjectFolder, advance: Advance) -> Verified:
    """Hash every raw and derived file again and compare records and catalogue; nothing is changed."""
    writable = access(project.folder, W_OK)
    with hold(project.lock) if writable else nullcontext():  # a file that is just moving in is no damage
        stored = [stored_file(project, sha) for sha in hashes(project)]
        in_catalogue, notes = _catalog(project)
        damages = [*_strays(project, stored), *in_catalogue]
    for item in stored:
        damages += _raw(project, item, advance)
        damages += _described(project, item)
        damages += _record(project, item)
        damages += [damage for part in _derived_of(item) for damage in _derived(project, part)]
    derived_files = sum(len(_derived_of(item)) for item in stored)
    left_over = tuple(f".incoming/{item.name}" for item in project.incoming.glob("*"))
    return Verified(len(stored), derived_files, tuple(damages), left_over, notes)


def _derived_of(item: StoredFile) -> tuple[DerivedFile, ...]:
    return item.record.derived if item.record else ()


def _raw(project: ProjectFolder, item: StoredFile, advance: Advance) -> list[Damage]:
    if raw_is_intact(item, advance):
        return []
    place = f"raw/{item.sha256}"
    if item.raw is None:
        return [Damage("raw missing", place, "does not hold exactly one file", _ingest_again(project, item.record))]
    seen = "its bytes no longer have the hash they were stored under"
    return [Damage("raw damaged", f"{place}/{item.raw.name}", seen, _ingest_again(project, item.record, item.raw.name))]


def _ingest_again(project: ProjectFolder, record: Record | None, name: str = "FILE") -> str:
    source = (record.source or record.name) if record else name
    return f"ionweld ingest {quote(source)} --project {quote(str(project.folder))}"


def _described(project: ProjectFolder, item: StoredFile) -> list[Damage]:
    if description_is_intact(item):
        return []
    seen = "is missing, or is not the one that the file was read with"
    source = (item.record.description_source if item.record else None) or "DESCRIPTION.toml"
    repeat = f"{_ingest_again(project, item.record)} --description {quote(source)}"
    return [Damage("description damaged", f"descriptions/{item.sha256}.toml", seen, repeat)]


def _rebuild_command(project: ProjectFolder) -> str:
    return f"ionweld project rebuild --project {quote(str(project.folder))}"


def _record(project: ProjectFolder, item: StoredFile) -> list[Damage]:
    if item.record is not None:
        return []
    path = record_path(project.records, item.sha256)
    where = f"records/{path.name}"
    if not path.exists():
        return [
            Damage("incomplete", where, "an ingest was interrupted: the raw file is there", _rebuild_command(project))
        ]
    try:
        read_record(path)
    except FileFormatError as error:
        return [Damage("record damaged", where, error.faults[0].seen, _rebuild_command(project))]
    return []


def _derived(project: ProjectFolder, derived: DerivedFile) -> list[Damage]:
    if derived_is_intact(project, derived):
        return []
    present = (project.data / derived.file).exists()
    seen = "its bytes no longer have the hash in the record" if present else "is not there"
    return [
        Damage(
            "derived damaged" if present else "derived missing", f"data/{derived.file}", seen, _rebuild_command(project)
        )
    ]


def _strays(project: ProjectFolder, stored: list[StoredFile]) -> list[Damage]:
    """Find files in data/ that no record names; those of a raw file without a record come with its rebuild."""
    known = {derived.file for item in stored for derived in _derived_of(item)}
    pending = tuple(item.sha256[:ID_LENGTH] for item in stored if item.record is None)
    found = sorted(path.name for path in project.data.glob("*") if path.name not in known and path.name[0] != ".")
    strays = [name for name in found if not name.startswith(pending)]
    return [
        Damage("stray", f"data/{name}", "belongs to no stored file", f"rm {quote(str(project.data / name))}")
        for name in strays
    ] + [damage for item in stored for damage in _beside(item)]


def _beside(item: StoredFile) -> list[Damage]:
    """Find files beside the one raw file of a hash; with none or no certain one, that is the damage itself."""
    if item.raw is None:
        return []
    folder = quote(str(item.raw.parent))
    return [
        Damage(
            "stray",
            f"raw/{item.sha256}/{path.name}",
            "lies beside the raw file of this hash and belongs to no stored file",
            f"chmod u+w {folder} && rm -f {quote(str(path))} && chmod a-w {folder}",
        )
        for path in sorted(item.raw.parent.iterdir())
        if path != item.raw and path.name[0] != "."
    ]


def _catalog(project: ProjectFolder) -> tuple[list[Damage], tuple[str, ...]]:
    where = project.catalog.name
    try:
        with closing(catalog.fresh(project)) as expected:
            seen, notes = _compared(project, expected)
    except SpecError as error:
        return [Damage("description", fault.where, fault.seen, fault.mend) for fault in error.faults], ()
    listing = f"ionweld project list --project {quote(str(project.folder))}"  # it brings the catalogue in step
    remedy = _rebuild_command(project) if catalog.in_step(project) else listing
    return ([Damage("catalogue", where, seen, remedy)] if seen else []), notes


def _compared(project: ProjectFolder, expected: Connection) -> tuple[str | None, tuple[str, ...]]:
    """Return what is wrong with the catalogue, and notes. It is held against the description that it was made from."""
    if not project.catalog.is_file():
        return "is not there", ()
    try:
        with closing(catalog.open_read_only(project)) as found:
            if found.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return "is damaged", ()
            if catalog.content(found) == catalog.content(expected):
                return None, ()
            edited = not catalog.is_of_this_description(found, project)
            if edited and catalog.content_of_files(found) == catalog.content_of_files(expected):
                return None, (_EDITED,)
    except (Error, UnicodeDecodeError):
        return "is damaged", ()
    return "is out of step with the files", ()


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


def rebuild(project: ProjectFolder, advance: Advance, accept_changes: bool = False) -> list[Rebuilt]:
    """Derive everything again from the raw files, then make the catalogue anew.

    Values that differ from those on record are kept as they were unless accept_changes is set.
    Raises SpecError when the description has faults, OutputError when the project cannot be written.
    """
    read_description(project)
    with corner(project) as mine:
        lost = {sha for sha in hashes(project) if stored_file(project, sha).record is None}
        rebuilt = [
            _rebuild(project, stored_file(project, sha), mine / sha, advance, accept_changes) for sha in hashes(project)
        ]
        _find_older_versions(project, lost, mine)
    catalog.refresh(project)
    return rebuilt


def _find_older_versions(project: ProjectFolder, lost: set[str], mine: Path) -> None:
    """Say again, in records that were lost, which stored file each continues."""
    records = {record.sha256: record for record in catalog.read_records(project)}
    for sha in sorted(lost & set(records)):
        raw, record = stored_file(project, sha).raw, records[sha]
        marks = sorted({other.size for other in records.values() if other.size < record.size})
        known = [records[one] for one in beginnings(raw, marks) if one in records] if raw else []
        older = known[-1] if known else continued(project, Derivation(record, project.data), records)
        if older is not None:
            write_last(project, replace(record, older_version=older.sha256), mine)


def _rebuild(project: ProjectFolder, item: StoredFile, folder: Path, advance: Advance, accept_changes: bool) -> Rebuilt:
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
        store(project, derivation, None)
    return Rebuilt(item.sha256, name, outcome)


def _outcome(project: ProjectFolder, old: Record | None, new: Record, accept_changes: bool) -> Outcome:
    if old is None:
        return "restored"
    if [part.values_sha256 for part in old.derived] != [part.values_sha256 for part in new.derived]:
        return "changed" if accept_changes else "values differ"
    if not all(derived_is_intact(project, part) for part in old.derived):
        return "restored"
    same = [part.sha256 for part in old.derived] == [part.sha256 for part in new.derived]
    return "identical bytes" if same else "same values"
