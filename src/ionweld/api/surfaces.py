"""What X-rays, infrared light and photoelectrons tell of a powder or a surface: fits of whole patterns and spectra."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from ionweld.analyse.ftir import fit_infrared
from ionweld.analyse.xps import fit as xps
from ionweld.analyse.xps.flags import parse_claim
from ionweld.analyse.xrd import fit_pattern
from ionweld.api.analysed import Analysed
from ionweld.api.measurements import Measurement, measured
from ionweld.api.quantities import Place, path_of
from ionweld.api.series import Series
from ionweld.errors import Fault, InputError
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.read.ftir import parse_ordinate, read_infrared
from ionweld.read.xps import join_samples, levels_of, read_xps
from ionweld.read.xrd import read_diffractogram, with_radiation
from ionweld.read.xrd.phases import phases_looked_for, phases_named
from ionweld.read.xrd.wavelength import parse_radiation
from ionweld.result import plain
from ionweld.spec.own_files import solid_electrolyte
from ionweld.spec.own_surface_tables import own_surface_tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Background = Literal["shirley", "tougaard", "linear"]


@dataclass(frozen=True, eq=False, repr=False)
class PatternFit(Analysed):
    """A fitted diffractogram: phases with shares, cells and upper limits."""

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

        return plain(xrd_json(self.data, self.found))

    def _page(self) -> str:
        from ionweld.report.xrd import render_xrd

        return render_xrd(self.data, self.found)

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.xrd import draw_pattern

        draw_pattern(ax, self.data, self.found)
        ax.set_xlabel("2θ / deg")


@dataclass(frozen=True, eq=False, repr=False)
class InfraredFit(Analysed):
    """A fitted infrared spectrum: bands with place and area, and what would have been seen."""

    @property
    def verdict(self) -> str:
        return f"{self.data.label}: {self.found.said}"

    def table(self) -> pl.DataFrame:
        """Return one row per band: what it is, whether it is there, its place (1/cm) and area, or the upper limit."""
        rows = [
            (b.name, b.assignment, b.detected, b.position_cm1, b.stderr, b.area, b.area_stderr, b.upper_limit_95)
            for b in self.found.bands
        ]
        numbers = ("position_cm1", "position_stderr_cm1", "area_cm1", "area_stderr_cm1", "area_upper_limit_95_cm1")
        kinds = {"band": pl.String, "assignment": pl.String, "detected": pl.Boolean}
        return pl.DataFrame(rows, schema=kinds | dict.fromkeys(numbers, pl.Float64), orient="row")

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.surface_documents import ftir_json

        return plain(ftir_json(self.data, self.found))

    def _page(self) -> str:
        from ionweld.report.ftir import render_ftir

        return render_ftir(self.data, self.found)

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.ftir import draw_region

        draw_region(ax, self.data, self.found, self.found.regions[0])
        ax.set_xlabel("wavenumber / cm$^{-1}$")


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


def fit_xrd(
    pattern: Measurement | Place,
    *,
    phases: Sequence[str] | None = None,
    electrolyte: str | None = None,
    wavelength: str | None = None,
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
    radiation = None if wavelength is None else parse_radiation(wavelength, "wavelength")
    if (phases is None) == (electrolyte is None):
        seen = "phases or an electrolyte has to be given, one of them"
        raise InputError(Fault("phases", seen, 'Write phases=["LiOH"]'))
    wanted = phases_named(phases) if phases is not None else phases_looked_for(solid_electrolyte(electrolyte or ""))
    data = measured(pattern, "xrd", "pattern", read_diffractogram)
    data = data if radiation is None else with_radiation(data, radiation)
    return PatternFit(data, fit_pattern(data, wanted))


def fit_ftir(
    spectrum: Measurement | Place,
    *,
    electrolyte: str,
    ordinate: Literal["absorbance", "transmittance"] | None = None,
) -> InfraredFit:
    """Fit the bands of an electrolyte, LiOH, water and solvent residues: where, how large, what would have been seen.

    Parameters
    ----------
    spectrum : Measurement or path
        An infrared spectrum: csv, JCAMP-DX, or OMNIC .spa.
    electrolyte : str
        A solid electrolyte by its name or file: its bands are looked for.
    ordinate : {"absorbance", "transmittance"}, optional
        What the numbers of a file are, where it does not say.

    Returns
    -------
    InfraredFit
        One row per band: place (1/cm) and area (1/cm of absorbance), each with its standard error, or the 95 % upper limit.

    Raises
    ------
    InputError
        For a name that is no solid electrolyte, or a file that is no infrared spectrum.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.fit_ftir("powder.csv", electrolyte="salt")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ionweld.errors.SpecError: electrolyte: 'salt' is no solid electrolyte. Known: ...
    """
    host, said = solid_electrolyte(electrolyte), parse_ordinate(ordinate or "", "ordinate")
    data = measured(spectrum, "ftir", "spectrum", lambda path: read_infrared(path, said))
    return InfraredFit(data, fit_infrared(data, host))


def fit_xps(
    surface: Measurement | Place | Sequence[Place],
    *,
    species: Sequence[str] | None = None,
    background: Background = "shirley",
    region: str | None = None,
    sputtered: bool | None = None,
    rinsed: bool | None = None,
    claims: Sequence[str] = (),
    tables: Sequence[Place] = (),
) -> Surface:
    """Fit all regions jointly: one charge shift, doublets and stoichiometry tied, honest errors or none.

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
    fitted = _surface_fit(species, background, region, claims, tables)
    return fitted(join_samples(_read_each(surface, "surface"), sputtered, rinsed))


def fit_xps_levels(
    levels: Measurement | Place | Sequence[Place],
    *,
    species: Sequence[str] | None = None,
    background: Background = "shirley",
    region: str | None = None,
    sputtered: bool | None = None,
    rinsed: bool | None = None,
    claims: Sequence[str] = (),
    tables: Sequence[Place] = (),
) -> Series:
    """Fit a depth profile level by level; parameters as of `fit_xps`.

    levels: a file that holds every line several times, or one file per level in their order.
    Raises InputError when the lines were not scanned equally often.
    """
    fitted = _surface_fit(species, background, region, claims, tables)
    parts = _read_each(levels, "levels")
    each = tuple(parts) if len(parts) > 1 else levels_of(parts[0])
    found = tuple(fitted(join_samples([one], sputtered, rinsed)) for one in each)
    return Series("level", tuple(float(at) for at in range(1, len(found) + 1)), found)


def _read_each(surface: Measurement | Place | Sequence[Place], where: str) -> list[Photoelectron]:
    listed = [surface] if isinstance(surface, str | PathLike | Measurement) else surface
    return [measured(one, "xps", where, read_xps) for one in listed]


def _surface_fit(
    species: Sequence[str] | None,
    background: Background,
    region: str | None,
    claims: Sequence[str],
    tables: Sequence[Place],
) -> Callable[[Photoelectron], Surface]:
    """Return what fits one surface, all that was asked for checked before."""
    if background not in ("shirley", "tougaard", "linear"):
        raise InputError(Fault("background", f"{background!r} is none", "Choose of shirley, tougaard, linear"))
    checked = tuple(parse_claim(text) for text in claims)
    own = own_surface_tables([path_of(one, "tables") for one in tables]) if tables else None
    names = None if species is None else list(species)
    return lambda data: Surface(data, xps.fit_xps(data, names, background, region, checked, own))
