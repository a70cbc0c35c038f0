"""Cycling tests, measured or simulated alike: cycles, events with their evidence, and what the program of the test gives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from ionweld.analyse import cycling as analysis
from ionweld.analyse.cycling.joined import JoinedPart, join_parts
from ionweld.api.keywords import passes_on
from ionweld.api.measurements import Measurement
from ionweld.api.quantities import Place, all_positive, count, path_of, several
from ionweld.api.reading import measured
from ionweld.api.result import Result
from ionweld.errors import Fault, InputError
from ionweld.measurement import cycling as bdf
from ionweld.read.cycling import read_cycling_file
from ionweld.result import EventKind, plain

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes

Kind = Literal["symmetric", "half", "full"]
_SHORTS_FIRST = (EventKind.HARD_SHORT, EventKind.SOFT_SHORT, EventKind.END_OF_LIFE, EventKind.CONTACT_LOSS)
_GRAVEST = {kind: place for place, kind in enumerate(_SHORTS_FIRST)}
_KINDS = ("symmetric", "half", "full", None)


@dataclass(frozen=True, eq=False, repr=False)
class Summary(Result):
    """A cycling test by cycle, with its events. What was not given and is needed stands in `asks`, never assumed.

    Attributes
    ----------
    subject
        The test, its half cycles and cycles, and what was found in it.
    parts : tuple
        Of a test from several files: how each was put in.
    files : tuple of str
        What was written, where a folder was given.
    """

    subject: analysis.Subject
    parts: tuple[JoinedPart, ...] = ()
    remarks: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @cached_property
    def programs(self) -> tuple[analysis.Analysis, ...]:
        """What the program of the test gives, where it is one: a ramp, a rate test, GITT, an efficiency test."""
        return analysis.analyses(self.subject)

    @property
    def cycles(self) -> "pl.DataFrame":
        """One row per cycle; units are in the names of the columns, definitions in `to_dict()["definitions"]`."""
        return self.subject.summary.cycles

    @property
    def half_cycles(self) -> "pl.DataFrame":
        """One row per half cycle."""
        return self.subject.summary.half_cycles

    @property
    def events(self) -> tuple[analysis.Finding, ...]:
        """What happened: kind, cycle, time, the numbers that fired it, and its rivals."""
        return self.subject.findings

    def dqdv(self, cycle: int | None = None) -> tuple[analysis.DifferentialCapacity, ...]:
        """Return dQ/dV of the half cycles of a cycle, without one of the first whole cycle; none where there is none."""
        if cycle is None:
            whole = self.cycles.filter(
                self.cycles["charge_capacity_Ah"].gt(0) & self.cycles["discharge_capacity_Ah"].gt(0)
            )
            cycle = int(whole["cycle"][0]) if whole.height else None
        if cycle is None:
            return ()
        ways = ("charge", "discharge")
        made = [analysis.differential_capacity(self.subject.measurement, cycle, way) for way in ways]
        return tuple(one for one in made if one is not None)

    @property
    def gravest(self) -> analysis.Finding | None:
        """The event to speak of first: a short before a worn out cell before lost contact before all else."""
        return min(self.events, key=lambda event: _GRAVEST.get(event.kind, len(_GRAVEST)), default=None)

    @property
    def asks(self) -> tuple[str, ...]:
        """What has to be said before the empty columns can be filled."""
        return self.subject.summary.asks

    @property
    def ramp(self) -> dict[str, Any] | None:
        """Of a ramp of currents: critical current density (mA/cm2), the first that failed, the cause; else None."""
        return next((plain(one.document) for one in self.programs if one.name == "ramp"), None)

    @property
    def verdict(self) -> str:
        return f"{self.subject.measurement.provenance.source}: {self.subject.said}"

    @property
    def warnings(self) -> tuple[str, ...]:
        ingest = self.subject.measurement.ingest
        own = [text for one in self.programs for text in one.warnings]
        return (*(ingest.said if ingest else ()), *self.remarks, *self.subject.summary.warnings, *own)

    def table(self) -> "pl.DataFrame":
        """Return the cycles."""
        return self.cycles

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.cycling_document import summary_document

        source = self.subject.measurement.provenance.source
        document = summary_document([source], self.subject, self.programs, self.parts, self.remarks)
        return plain(document | ({"files": self.files} if self.files else {}))

    def _page(self) -> str:
        from ionweld.report.cycling import page

        return page(self.subject, self.programs, self.to_dict()["warnings"])

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.cycling import draw_voltage

        draw_voltage(ax, self.subject.measurement, self.subject)


class TestedCellKeywords(TypedDict, total=False):
    """What a person says of the cell of a test; quantities are text with a unit."""

    area: Any
    mass: Any
    nominal: Any
    interfaces: int | None
    diffusion_length: Any


def _said(
    area: Any = None, mass: Any = None, nominal: Any = None, interfaces: int | None = None, diffusion_length: Any = None
) -> tuple[dict[str, float], dict[str, Any]]:
    """Return what a person said of the cell: quantities in SI units, and the same by the names of a test's context."""
    lengths = {"area": (area, "m^2"), "diffusion_length": (diffusion_length, "m")}
    si = all_positive({**lengths, "mass": (mass, "kg"), "nominal": (nominal, "A*h")})
    context: dict[str, Any] = {"area_m2": si["area"], "area_name": "given"} if "area" in si else {}
    context |= {"active_mass_kg": si["mass"]} if "mass" in si else {}
    return si, context | ({} if interfaces is None else {"interfaces": count(interfaces, "interfaces")})


@passes_on(_said)
def summarise(
    test: Measurement | Place | Sequence[Measurement | Place],
    *,
    kind: Kind | None = None,
    first: Literal["charge", "discharge"] | None = None,
    order: Literal["clock", "given"] | None = None,
    out: Place | None = None,
    **cell: Unpack[TestedCellKeywords],
) -> Summary:
    """Summarise a cycling test: cycles, efficiencies, resistances, events. What is not given is asked, never assumed.

    Parameters
    ----------
    test : Cycling or path, or a list of them
        A measured or simulated test; several are the parts of one.
    kind, first : {"symmetric", "half", "full"} and {"charge", "discharge"}, optional
        The kind of cell, and which half cycle opens a cycle.
    order : {"clock", "given"}, optional
        How parts follow each other; by the clock where all of them have one.
    out : path, optional
        Folder for the report, its figures with their numbers, the tables and results.json.
    area, mass, nominal : str, optional
        Area that current densities refer to ("0.2827 cm^2"), mass of the active material ("5 mg"), capacity that 1C
        refers to ("2 mAh"); a simulated test knows its area and mass.
    interfaces : int, optional
        Lithium interfaces in series.
    diffusion_length : str, optional
        For GITT: volume of the active material over its surface ("2 um"); of spheres a third of the radius.

    Returns
    -------
    Summary
        One row per cycle, units in the names of the columns; events with the numbers that fired them.

    Raises
    ------
    InputError
        For a bare number, another dimension, or a file that is no cycling test.

    Examples
    --------
    >>> import ionweld as iw
    >>> protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=2)
    >>> run = iw.simulate("examples/bare.toml", protocol)
    >>> iw.summarise(run.test, kind="symmetric", first="charge").table()["coulombic_efficiency"].round(6).to_list()
    [1.0, 1.0]
    """
    _refuse_unknown(kind, first)
    si, context = _said(**cell)
    data, parts, remarks = _joined(test, order, cell.get("area"), si.get("area"))
    data = replace(data, context=replace(data.context, **context))
    made = analysis.summarise(data, kind, first, si.get("nominal"))
    subject = analysis.Subject(data, made, kind, analysis.diagnose(data, made, kind), si.get("diffusion_length"))
    found = Summary(subject, parts, remarks)
    return found if out is None else replace(found, files=_written(found, path_of(out, "out")))


def _refuse_unknown(kind: str | None, first: str | None) -> None:
    if kind not in _KINDS or first not in ("charge", "discharge", None):
        known = "kind: symmetric, half or full; first: charge or discharge"
        raise InputError(Fault("kind, first", f"{kind!r}, {first!r} are not known", f"Choose of {known}"))


def _joined(
    test: Measurement | Place | Sequence[Measurement | Place], order: str | None, area: Any, area_m2: float | None
) -> tuple[bdf.CyclingTest, tuple[JoinedPart, ...], tuple[str, ...]]:
    """Return a test, and of several parts how they were joined."""
    reader = partial(read_cycling_file, area_m2=area_m2)
    tests = [measured(one, "cycling", "test", reader, area) for one in several(test)]
    if not tests:
        raise InputError(Fault("test", "there is none", "Give a test, or the parts of one"))
    return join_parts(tests, order) if len(tests) > 1 else (tests[0], (), ())


def _written(found: Summary, folder: Path) -> tuple[str, ...]:
    from ionweld.report.cycling import write_report

    return tuple(write_report(folder, found.subject, found.programs, found.to_dict())["files"])
