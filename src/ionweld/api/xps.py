"""Photoelectron spectra: joint fits of regions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

import polars as pl

from ionweld.analyse.xps import fit as analysis
from ionweld.analyse.xps.flags import parse_claim
from ionweld.api.analysed import Analysed
from ionweld.api.keywords import passes_on
from ionweld.api.measurements import Measurement
from ionweld.api.quantities import Place, each, path_of, text_of
from ionweld.api.reading import measured
from ionweld.api.series import Series
from ionweld.errors import Fault, InputError
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.read.xps import join_samples, levels_of, read_xps
from ionweld.result import plain
from ionweld.spec.own_surface_tables import own_surface_tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes


Background = Literal["shirley", "tougaard", "linear"]


@dataclass(frozen=True, eq=False, repr=False)
class Surface(Analysed):
    """Fitted photoelectron regions: species with amounts, or upper limits, and one charge shift."""

    @property
    def verdict(self) -> str:
        return f"{self.source}: {self.found.said}"

    def _own_warnings(self) -> Sequence[str]:
        return self.found.flags

    def table(self) -> pl.DataFrame:
        """Return one row per species: atomic percent with error and 95 % interval, or the upper limit."""
        rows = [
            (one.name, one.detected, one.atomic_percent, one.stderr, one.low, one.high, one.upper_limit_95)
            for one in self.found.species
        ]
        numbers = ("atomic_percent", "stderr", "ci95_low", "ci95_high", "upper_limit_95")
        kinds = {"species": pl.String, "detected": pl.Boolean} | dict.fromkeys(numbers, pl.Float64)
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.surface_documents import xps_json

        return plain(xps_json(self.data, self.found))

    def _page(self) -> str:
        from ionweld.report.xps import render_xps

        return render_xps(self.data, self.found)

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.xps import draw_region

        draw_region(ax, self.found, self.data.provenance.kind)


class SurfaceKeywords(TypedDict, total=False):
    """How a surface is fitted, and what a person says of it."""

    species: Sequence[str] | None
    background: Background
    region: str | None
    sputtered: bool | None
    rinsed: bool | None
    claims: Sequence[str]
    tables: Sequence[Place]
    elements: Sequence[str] | None


@dataclass(frozen=True)
class SurfaceAsked:
    """The keywords with their defaults."""

    species: Sequence[str] | None = None
    background: Background = "shirley"
    region: str | None = None
    sputtered: bool | None = None
    rinsed: bool | None = None
    claims: Sequence[str] = ()
    tables: Sequence[Place] = ()
    elements: Sequence[str] | None = None


def _surface_fit(asked: SurfaceAsked) -> Callable[[list[Photoelectron]], Surface]:
    """Return what fits the files of one surface jointly, all that was asked for checked before."""
    if asked.background not in ("shirley", "tougaard", "linear"):
        raise InputError(Fault("background", f"{asked.background!r} is none", "Choose of shirley, tougaard, linear"))
    claims = tuple(parse_claim(text_of(one, "claims", "LiCl Cl 2p 200.1")) for one in each(asked.claims, "claims"))
    own = own_surface_tables([path_of(one, "tables") for one in asked.tables]) if asked.tables else None
    species = None if asked.species is None else each(asked.species, "species")
    elements = None if asked.elements is None else each(asked.elements, "elements")

    def fitted(parts: list[Photoelectron]) -> Surface:
        data = join_samples(parts, asked.sputtered, asked.rinsed)
        found = analysis.fit_xps(data, species, asked.background, asked.region, claims, own, elements)
        return Surface(data, found)

    return fitted


@passes_on(SurfaceAsked)
def fit_xps(surface: Measurement | Place | Sequence[Place], **how: Unpack[SurfaceKeywords]) -> Surface:
    """Fit all regions jointly: one charge shift, doublets and stoichiometry tied, honest errors or none.

    A line of an element without species is counted whole, by its area above the background.

    Parameters
    ----------
    surface : Measurement, path or list of paths
        VAMAS, PHI .spe or csv; several files of one sample are joined.
    species : list of str, optional
        What to fit; without it, what the data asks for.
    background : {"shirley", "tougaard", "linear"}
        Under the peaks.
    region : str, optional
        Line of a region without a name ("C 1s").
    sputtered, rinsed : bool, optional
        What was done to the surface, where it is known.
    claims : list of str
        Assignments to check, as "LiCl Cl 2p 200.1".
    tables : list of paths
        Own species, doublets and sensitivity factors, as TOML.
    elements : list of str, optional
        To be counted whole, without species: in a survey where there is one, else in narrow scans.

    Returns
    -------
    Surface
        One row per species: atomic percent with its 95 % interval, or the 95 % upper limit.

    Raises
    ------
    InputError
        For regions or species that cannot be used.
    ComputationError
        When the fit does not end.

    Notes
    -----
    Backgrounds after Shirley (Phys. Rev. B 5:4709, 1972) and Tougaard (Surf. Sci. 216:343, 1989).

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.fit_xps("surface.vms", background="spline")
    Traceback (most recent call last):
    ionweld.errors.InputError: background: 'spline' is none. Choose of shirley, tougaard, linear
    """
    fitted = _surface_fit(SurfaceAsked(**how))
    return fitted(_read_each(surface, "surface"))


@passes_on(SurfaceAsked)
def fit_xps_levels(levels: Measurement | Place | Sequence[Place], **how: Unpack[SurfaceKeywords]) -> Series:
    """Fit a depth profile level by level.

    Parameters
    ----------
    levels : Measurement, path or list of paths
        A file that holds every line several times, or one file per level in their order.
    species, background, region, sputtered, rinsed, claims, tables, elements
        As of `fit_xps`, the same for all levels.

    Returns
    -------
    Series
        One row per level and species: atomic percent with its 95 % interval, or the 95 % upper limit.

    Raises
    ------
    InputError
        When the lines were not scanned equally often, and as `fit_xps`.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.fit_xps_levels(["surface.vms", "deep.vms"], background="spline")
    Traceback (most recent call last):
    ionweld.errors.InputError: background: 'spline' is none. Choose of shirley, tougaard, linear
    """
    fitted = _surface_fit(SurfaceAsked(**how))
    parts = _read_each(levels, "levels")
    each = tuple(parts) if len(parts) > 1 else levels_of(parts[0])
    found = tuple(fitted([one]) for one in each)
    return Series("level", tuple(float(at) for at in range(1, len(found) + 1)), found)


def _read_each(surface: Measurement | Place | Sequence[Place], where: str) -> list[Photoelectron]:
    listed = [surface] if isinstance(surface, str | PathLike | Measurement) else surface
    return [measured(one, "xps", where, read_xps) for one in listed]
