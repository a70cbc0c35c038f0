"""What files are, at first sight: kind, instrument, three numbers, warnings, the verb that goes on, and a figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ionweld.api.quantities import Place, path_of, positive, several
from ionweld.errors import InputError
from ionweld.read import Contents, open_file, why_left_out
from ionweld.read.find import GZIP, FoundFile, Refusal, begins_with, find_files, on_disk
from ionweld.report.glance import Glance, GlanceNumber, glance_at
from ionweld.result import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Seen:
    """What a file holds of one technique, or why nothing was read.

    path: the file, "archive.zip:name" for a member; kind: of measurement, "not data", "not read" or "another instrument";
    technique: None where nothing knows the file; next: the verb that goes on; count: how many measurements `read` gives of it.
    """

    path: str
    name: str
    kind: str
    technique: str | None = None
    instrument: str | None = None
    numbers: tuple[GlanceNumber, ...] = ()
    warnings: tuple[str, ...] = ()
    next: str = ""
    count: int = 0
    glance: Glance | None = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return all but the figure as plain data."""
        names = ("path", "kind", "technique", "instrument", "numbers", "warnings", "next", "count")
        return plain({name: getattr(self, name) for name in names})

    def plot(self, ax: "Axes | None" = None) -> "Axes | None":
        """Draw the figure into `ax`, or into a figure of its own, and return the axes; None where there is nothing to show."""
        from ionweld.report.figure import house_style, shown_axes

        if self.glance is None:
            return None
        axes = shown_axes() if ax is None else ax
        with house_style():
            self.glance.draw(axes)
        return axes

    def thumbnail(self) -> bytes | None:
        """Return the figure without its axes, small, as PNG; None where there is nothing to show."""
        from ionweld.report.glance import thumbnail

        return None if self.glance is None else thumbnail(self.glance)


def look(path: Place | Sequence[Place], *, technique: str | None = None, area: Any = None) -> list[Seen]:
    """Say what files, folders and zip archives hold, told by content and not by name.

    Parameters
    ----------
    path : path or list of paths
        What to look at; folders to the bottom.
    technique : str, optional
        Take the files for this: cycling, eis, xrd, ftir, xps, sem, eds.
    area : str, optional
        Of the cell ("0.2827 cm^2"): a table of currents, capacities or impedances per area needs it.

    Returns
    -------
    list of Seen
        One entry per file and technique: kind, instrument, three numbers, warnings, the verb that goes on, a figure. A
        file that cannot be read is an entry that says why.

    Raises
    ------
    InputError
        When there is no file at all.

    Examples
    --------
    >>> import ionweld as iw
    >>> [one.kind for one in iw.look("examples/bare.toml")]
    ['not data']
    """
    area_m2 = positive(area, "m^2", "area")
    found = find_files([path_of(place, "path") for place in several(path)])
    with TemporaryDirectory() as desk:
        seen = [one for file in found.files for one in look_at(file, Path(desk), technique, area_m2)]
    return [*map(refused, found.refused), *seen]


def refused(refusal: Refusal) -> Seen:
    """Return what is said of a file that was not even opened."""
    return Seen(refusal.source, refusal.source, "not read", warnings=tuple(map(str, refusal.faults)))


def look_at(file: FoundFile, desk: Path, technique: str | None = None, area_m2: float | None = None) -> Iterator[Seen]:
    """Yield what one file holds. desk: a folder for what is unpacked of an archive."""
    try:
        with on_disk(file, desk) as path:
            try:
                for held in open_file(path, technique=technique, area_m2=area_m2):
                    yield _seen(file, held, area_m2)
            except InputError as error:
                left = why_left_out(path, file.shown, error)
                said = tuple(map(str, left.faults))
                yield Seen(file.shown, file.name, left.answer, left.technique, warnings=said, next=left.verb or "")
    except InputError as error:
        yield Seen(file.shown, file.name, "not read", warnings=tuple(map(str, error.faults)))


def _seen(file: FoundFile, held: Contents, area_m2: float | None) -> Seen:
    reports = [one.ingest for one in held.measurements if one.ingest is not None]
    within = file.member is not None and not begins_with(file.path, GZIP)  # a .gz is read as it is
    place = f"'unpacked {file.name}'" if within else quote(str(file.path))
    glance = glance_at(held.technique.name, held.measurements)
    sized = f' --area "{1e4 * area_m2:.6g} cm^2"' if area_m2 is not None and held.technique.read_sized else ""
    return Seen(
        file.shown,
        file.name,
        held.technique.kind,
        held.technique.name,
        reports[0].reader if reports else None,
        glance.numbers if glance else (),
        tuple(dict.fromkeys(text for report in reports for text in report.said)),
        held.technique.next.replace("{file}", place) + held.technique.unsaid(held.measurements) + sized,
        len(held.measurements),
        glance,
    )
