"""Cycling tests, measured or simulated alike: cycles, events with their evidence, and what the program of the test gives."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from ionweld.analyse import cycling as analysis
from ionweld.api.measurements import Measurement, measured
from ionweld.api.quantities import Place, count, positive
from ionweld.api.result import Result
from ionweld.errors import Fault, InputError
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
    """

    subject: analysis.Subject

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
        return (*(ingest.warnings if ingest else ()), *self.subject.summary.warnings, *own)

    def table(self) -> "pl.DataFrame":
        """Return the cycles."""
        return self.cycles

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.cycling_document import summary_document

        source = self.subject.measurement.provenance.source
        return plain(summary_document([source], self.subject, self.programs, (), ()))

    def _page(self) -> str:
        from ionweld.report.cycling import page

        return page(self.subject, self.programs, self.to_dict()["warnings"])

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.cycling import draw_voltage

        draw_voltage(ax, self.subject.measurement, self.subject)


def summarise(
    test: Measurement | Place,
    *,
    kind: Kind | None = None,
    first: Literal["charge", "discharge"] | None = None,
    area: Any = None,
    mass: Any = None,
    nominal: Any = None,
    interfaces: int | None = None,
) -> Summary:
    """Summarise a cycling test: cycles, efficiencies, resistances, events. What is not given is asked, never assumed.

    Parameters
    ----------
    test : Cycling or path
        A measured or simulated test.
    kind : {"symmetric", "half", "full"}, optional
        The kind of cell.
    first : {"charge", "discharge"}, optional
        Which half cycle opens a cycle.
    area, mass, nominal : str, optional
        Area that current densities refer to ("0.2827 cm^2"), mass of the active material ("5 mg"), capacity that 1C
        refers to ("2 mAh"); a simulated test knows its area and mass.
    interfaces : int, optional
        Lithium interfaces in series.

    Raises
    ------
    InputError
        For a bare number, another dimension, or a file that is no cycling test.
    """
    if kind not in _KINDS or first not in ("charge", "discharge", None):
        known = "kind: symmetric, half or full; first: charge or discharge"
        raise InputError(Fault("kind, first", f"{kind!r}, {first!r} are not known", f"Choose of {known}"))
    data = measured(test, "cycling", "test", read_cycling_file)
    known = {"area_m2": positive(area, "m^2", "area"), "active_mass_kg": positive(mass, "kg", "mass")}
    given: dict[str, Any] = {name: value for name, value in known.items() if value is not None}
    given |= {"area_name": "given"} if area is not None else {}
    given |= {} if interfaces is None else {"interfaces": count(interfaces, "interfaces")}
    data = replace(data, context=replace(data.context, **given))
    made = analysis.summarise(data, kind, first, positive(nominal, "A*h", "nominal"))
    return Summary(analysis.Subject(data, made, kind, analysis.diagnose(data, made, kind)))
