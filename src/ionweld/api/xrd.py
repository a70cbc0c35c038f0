"""Powder diffraction: fits of whole patterns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.analyse.xrd import fit_pattern
from ionweld.analyse.xrd.instrument import Instrument, instrument_of
from ionweld.api.analysed import Analysed
from ionweld.api.measurements import Measurement
from ionweld.api.quantities import Place, each, text_of
from ionweld.api.reading import measured
from ionweld.api.series import Series
from ionweld.errors import Fault, InputError, UnitError
from ionweld.measurement.pattern import Diffractogram
from ionweld.read.xrd import read_diffractogram, with_radiation
from ionweld.read.xrd.phases import phases_looked_for, phases_named
from ionweld.read.xrd.wavelength import parse_radiation
from ionweld.result import plain
from ionweld.spec.own_files import solid_electrolyte
from ionweld.units import to_si

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class PatternFit(Analysed):
    """A fitted diffractogram: phases with shares, cells and upper limits; instrument: as a standard has shown it."""

    instrument: Instrument | None = None

    @property
    def verdict(self) -> str:
        return f"{self.data.label}: {self.found.said}"

    def table(self) -> pl.DataFrame:
        """Return one row per phase: whether it is there, its share of the mass with error or upper limit, and its cell."""
        rows = [
            (one.phase, one.present, one.fraction, one.fraction_stderr, one.upper_limit_95, *one.cell_angstrom)
            for one in self.found.phases
        ]
        numbers = ("mass_fraction", "stderr", "upper_limit_95", "a_angstrom", "b_angstrom", "c_angstrom")
        kinds = {"phase": pl.String, "present": pl.Boolean} | dict.fromkeys(numbers, pl.Float64)
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.surface_documents import xrd_json

        return plain(xrd_json(self.data, self.found) | {"instrument": self.instrument})

    def _page(self) -> str:
        from ionweld.report.xrd import render_xrd

        return render_xrd(self.data, self.found)

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.xrd import draw_pattern

        draw_pattern(ax, self.data, self.found)
        ax.set(xlabel="2θ / deg")


def fit_xrd(
    pattern: Measurement | Place,
    *,
    phases: Sequence[str] | None = None,
    electrolyte: str | None = None,
    wavelength: str | None = None,
    standard: tuple[Measurement | Place, str] | None = None,
) -> PatternFit:
    """Fit a whole pattern: which phases, how much, with which cell, and upper limits for what is not there.

    Parameters
    ----------
    pattern : Measurement or path
        A diffractogram: .xrdml, .rasx, or columns of 2 theta (degree) and counts.
    phases : list of str, optional
        Names of the library and .cif files.
    electrolyte : str, optional
        In place of phases: a solid electrolyte by its name or file, whose phases are looked for.
    wavelength : str, optional
        Where the file does not say: a tube ("Cu"), or angstrom: one number, or K-alpha-1,K-alpha-2.
    standard : (path, str), optional
        A pattern of a standard on the same instrument, and the standard as a .cif of its certified cell.

    Returns
    -------
    PatternFit
        One row per phase: share of the mass with its standard error, or the 95 % upper limit; cell lengths (angstrom).

    Raises
    ------
    InputError
        When neither phases nor an electrolyte is given, or the wavelength is not known.

    Notes
    -----
    Line strengths from atomic scattering factors of Waasmaier and Kirfel (doi 10.1107/S0108767394013292).

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.fit_xrd("scan.xy", wavelength="Cu")
    Traceback (most recent call last):
    ionweld.errors.InputError: phases: phases or an electrolyte has to be given, one of them. Write phases=["LiOH"]
    """
    return _pattern_fit(phases, electrolyte, wavelength, standard)(pattern)


def fit_xrd_series(
    patterns: Sequence[Measurement | Place],
    *,
    at: Sequence[str] = (),
    phases: Sequence[str] | None = None,
    electrolyte: str | None = None,
    wavelength: str | None = None,
    standard: tuple[Measurement | Place, str] | None = None,
) -> Series:
    """Fit several patterns one by one, against temperature or time.

    Parameters
    ----------
    patterns : list of Measurement or paths
    at : list of str, optional
        Where each stands, all temperatures ("60 degC") or all times ("30 min"); their order without it.
    phases, electrolyte, wavelength, standard
        As of `fit_xrd`, the same for all patterns.

    Returns
    -------
    Series
        One row per pattern and phase: share of the mass with its standard error, cell lengths (angstrom).

    Raises
    ------
    InputError
        When not each pattern has its place, and as `fit_xrd`.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.fit_xrd_series(["a.xy", "b.xy"], at=["60 degC"], phases=["LiOH"])
    Traceback (most recent call last):
    ionweld.errors.InputError: at: 1 places for 2 patterns. Give one per pattern, in their order
    """
    coordinate, values = _places(at, len(patterns))
    fitted = _pattern_fit(phases, electrolyte, wavelength, standard)
    return Series(coordinate, values, tuple(fitted(one) for one in patterns))


def _places(at: Sequence[str], count: int) -> tuple[str, tuple[float, ...]]:
    if not at:
        return "pattern", tuple(float(place) for place in range(1, count + 1))
    if len(at) != count:
        raise InputError(Fault("at", f"{len(at)} places for {count} patterns", "Give one per pattern, in their order"))
    try:
        return "temperature / K", tuple(to_si(text, "K", "at") for text in at)
    except UnitError:
        return "time / s", tuple(to_si(text, "s", "at") for text in at)


def _pattern_fit(
    phases: Sequence[str] | None,
    electrolyte: str | None,
    wavelength: str | None,
    standard: tuple[Measurement | Place, str] | None,
) -> Callable[[Measurement | Place], PatternFit]:
    """Return what fits one pattern, all that was asked for checked before."""
    radiation = (
        None
        if wavelength is None
        else parse_radiation(text_of(wavelength, "wavelength", "1.5406 angstrom"), "wavelength")
    )
    if (phases is None) == (electrolyte is None):
        seen = "phases or an electrolyte has to be given, one of them"
        raise InputError(Fault("phases", seen, 'Write phases=["LiOH"]'))
    if phases is not None:
        wanted = phases_named([text_of(one, "phases", "LiOH") for one in each(phases, "phases")])
    else:
        wanted = phases_looked_for(solid_electrolyte(text_of(electrolyte, "electrolyte", "Li2OHCl")))

    def scan(pattern: Measurement | Place) -> Diffractogram:
        data = measured(pattern, "xrd", "pattern", read_diffractogram)
        return data if radiation is None else with_radiation(data, radiation)

    instrument = instrument_of(scan(standard[0]), phases_named([standard[1]])[0]) if standard else None

    def fitted(pattern: Measurement | Place) -> PatternFit:
        data = scan(pattern)
        return PatternFit(data, fit_pattern(data, wanted, instrument and instrument.known), instrument)

    return fitted
