"""What a simulation leaves: one cell with its test and states, or many cells that differ by chance alone."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from ionweld.api.interface import Picture, picture_of
from ionweld.api.measurements import Cycling, Spectrum
from ionweld.api.quantities import Place, as_text
from ionweld.api.result import Result, place_for
from ionweld.errors import Fault, InputError
from ionweld.result import EventKind, plain
from ionweld.simulate.cell_spectra import spectrum_of
from ionweld.simulate.lumped import lumped
from ionweld.simulate.named_points import Taken, moment_of, spectra_at, sweep_of
from ionweld.simulate.run import CellEvent, Outcome
from ionweld.spec.borrowed import borrowed
from ionweld.spec.faults import check
from ionweld.spec.impedance import ImpedancePoint, impedance_faults
from ionweld.twin import ensemble as drawing
from ionweld.wording import many

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BANDS = ("median", "p05", "p16", "p84", "p95")
_CELLS = {
    "seed": pl.String,
    "outcome": pl.String,
    "cycles": pl.Int64,
    "sudden_drop_cycle": pl.Int64,
    "failure_cycle": pl.Int64,
    "largest_V": pl.Float64,
}


@dataclass(frozen=True, eq=False, repr=False)
class _Simulated(Result):
    """What a simulation of one cell or of many leaves; the first warning says how many numbers are borrowed.

    Attributes
    ----------
    found
        The cells as they were drawn, the typical one with all of its states.
    files : tuple of str
        What was written, where a folder was given.
    """

    found: drawing.DrawnCells
    files: tuple[str, ...] = ()

    @cached_property
    def taken(self) -> tuple[Taken, ...]:
        """The spectra that the protocol asks for (`[[impedance]]` of its file), of the typical cell."""
        return spectra_at(self.found.typical, self.found.recipe.protocol.impedance)

    @property
    def warnings(self) -> tuple[str, ...]:
        from ionweld.report.simulation import warnings

        first = borrowed(self.found.recipe.cell, self.found.recipe.parameters).sentence
        return (*([first] if first else []), *warnings(self.found))

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.simulation import results

        return plain(results(self.found, list(self.files), self.taken))

    def _page(self) -> str:
        from ionweld.report.files import drawings
        from ionweld.report.simulation import figures, page

        return page(self.found, drawings(figures(self.found, self.taken)), self.taken)


@dataclass(frozen=True, eq=False, repr=False)
class Run(_Simulated):
    """One simulated cell: how its test ended, the test as a cycler would record it, and what no instrument sees."""

    @property
    def outcome(self) -> str:
        """How the test ended, as a sentence."""
        return self.found.typical.outcome.value

    @property
    def test(self) -> Cycling:
        """The test as a measurement, for `summarise` and all that takes a measured one."""
        return Cycling("cycling", self.found.typical.measurement)

    @property
    def states(self) -> pl.DataFrame:
        """What happens in the cell: one row per recorded moment; units are in the names of the columns."""
        return self.found.typical.states

    @property
    def events(self) -> tuple[CellEvent, ...]:
        """What happened to the states: kind, cycle, time (s), voltage (V), meaning."""
        return self.found.typical.events

    @property
    def verdict(self) -> str:
        recipe = self.found.recipe
        return f"{recipe.cell.name}; {recipe.protocol.name}; {self.outcome} (simulated)"

    def table(self) -> pl.DataFrame:
        """Return one row per cycle."""
        return self.found.members[0].cycles

    def spectrum(
        self,
        *,
        after_cycle: int | None = None,
        state: Literal["end of charge", "end of discharge", "rested"] = "rested",
        rest: Any = None,
        temperature: Any = None,
        **instrument: Any,
    ) -> Spectrum:
        """Return the impedance spectrum of the cell at a moment of its test, with the noise of an instrument.

        Parameters
        ----------
        after_cycle : int, optional
            After which cycle; without it, before the first current. A test that ended before is taken as it ended.
        state : {"rested", "end of charge", "end of discharge"}
            Of the cycle: after which half cycle, or after the whole and a rest.
        rest : str, optional
            How long a rested cell has rested ("2 h").
        temperature : str, optional
            If not that of the cell.
        **instrument
            highest_frequency="1 MHz", lowest_frequency="0.1 Hz", points=60, noise="0.1 %".

        Raises
        ------
        SpecError
            With every fault of what was asked.
        """
        asked = {"after_cycle": after_cycle, "rest": as_text(rest), "temperature": as_text(temperature)}
        document = {name: value for name, value in asked.items() if value is not None} | as_text(instrument)
        document |= {"when": "before"} if after_cycle is None else {"state": state}
        point = check(ImpedancePoint, document, "spectrum", lambda raw: impedance_faults({"impedance": [raw]}, None))
        return Spectrum.of(spectrum_of(self.found.typical, moment_of(self.found.typical, point), sweep_of(point)))

    def to_bpx(self, path: Place, *, after_cycle: int | None = None) -> tuple[str, ...]:
        """Write a full cell as a BPX file (Battery Parameter eXchange); return what BPX cannot hold of it.

        path: a name that ends in .json; after_cycle: after which cycle, as assembled without it. The file says the same in
        its description. Raises InputError for a symmetric cell, OutputError where it cannot be written.
        """
        from ionweld.measurement.store import write_whole
        from ionweld.report.bpx import NOT_HELD, bpx_text

        text = bpx_text(lumped(self.found.typical, after_cycle), self.found.recipe.protocol)
        write_whole(place_for(path, ".json"), text)
        return NOT_HELD

    def picture(self, *, after_cycle: int | None = None) -> Picture:
        """Return the interfaces drawn to scale after a cycle, or before the first current; `frames` of it make it move.

        after_cycle: its number, from 1. Raises InputError for a cycle that was not run to its end.
        """
        return picture_of(self.found.typical, after_cycle)

    def _draw(self, ax: "Axes") -> None:
        self.test.plot(ax)


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble(_Simulated):
    """A cell drawn many times: what chance alone does to it. typical: the cell whose end is the median."""

    @property
    def runs(self) -> list[drawing.Member]:
        """The cells as the analysis sees them: cycles, events and how each ended."""
        return self.found.members

    @cached_property
    def typical(self) -> Run:
        """The cell nearest to the medians of its end and its sudden drop, with all of its states."""
        number = self.found.typical_number
        one = [self.found.members[number]]
        return Run(drawing.DrawnCells(self.found.recipe, one, self.found.typical, 0))

    @property
    def verdict(self) -> str:
        recipe, members = self.found.recipe, self.found.members
        whole = sum(member.outcome is Outcome.COMPLETED for member in members)
        return f"{recipe.cell.name}; {recipe.protocol.name}; {whole} of {many(len(members), 'cell')} completed it (simulated)"

    def table(self) -> pl.DataFrame:
        """Return one row per cell: how it ended, how many cycles it ran, and when what happened first."""
        return pl.DataFrame([_row(member) for member in self.runs], schema=_CELLS)

    def survival(self) -> pl.DataFrame:
        """Return by cycle the share of the cells whose test had not ended before that cycle was whole."""
        lives = [member.cycles.height - (member.outcome is not Outcome.COMPLETED) for member in self.runs]
        last = max(member.cycles.height for member in self.runs)
        shares = [sum(life >= cycle for life in lives) / len(lives) for cycle in range(1, last + 1)]
        return pl.DataFrame({"cycle": range(1, last + 1), "surviving": shares})

    def band(self, name: str = "overpotential") -> pl.DataFrame:
        """Return a number by cycle over the cells still running: median, 5-95 % and 16-84 % band, and of how many.

        name: of a column of the cycles, its unit may be left out. Raises InputError for a name that is none.
        """
        values = drawing.per_cycle(self.runs, self._column(name))
        bands = [drawing.band([one if one == one else None for one in row]) for row in values.T.tolist()]
        columns = {part: [getattr(one, part) for one in bands] for part in (*_BANDS, "n")}
        return pl.DataFrame({"cycle": range(1, len(bands) + 1), **columns})

    def _column(self, name: str) -> str:
        cycles = self.runs[0].cycles
        numbers = [one for one in cycles.columns if cycles[one].dtype.is_numeric() and one != "cycle"]
        for one in numbers:
            if name in (one, one.rpartition("_")[0]):
                return one
        raise InputError(Fault("band", f"{name!r} is no number of a cycle", f"Choose of {', '.join(numbers)}"))

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.simulation import draw_band

        full = self.found.recipe.cell.cathode is not None
        column, label = (
            ("discharge_capacity_Ah", "discharge capacity / Ah") if full else ("overpotential_V", "overpotential / V")
        )
        draw_band(ax, self.found, column, label)


def _row(member: drawing.Member) -> dict[str, Any]:
    drop, failure = (member.first(kind) for kind in (EventKind.SUDDEN_DROP, EventKind.FAILURE))
    return {
        "seed": member.seed,
        "outcome": member.outcome.value,
        "cycles": member.cycles.height,
        "sudden_drop_cycle": drop and drop.cycle,
        "failure_cycle": failure and failure.cycle,
        "largest_V": member.largest_V,
    }
