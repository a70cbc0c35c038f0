"""The interface's instruments: fit a diffractogram, an infrared spectrum, photoelectron regions; measure a micrograph."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from ionweld.analyse.ftir import fit_infrared
from ionweld.analyse.sem.conventions import parse_edges
from ionweld.analyse.sem.layers import measure_layers
from ionweld.analyse.xps import fit as xps
from ionweld.analyse.xrd import fit_pattern
from ionweld.api.measurements import Measurement, measured
from ionweld.api.quantities import Place
from ionweld.api.result import Result, write_page
from ionweld.errors import Fault, InputError
from ionweld.read.cif import read_cif
from ionweld.read.sem import parse_scale, with_scale
from ionweld.read.xrd.wavelength import parse_radiation
from ionweld.result import plain
from ionweld.spec.crystal import Phase, library_phase, phase_for
from ionweld.spec.entry import Entry, appearance_of
from ionweld.spec.library import Library
from ionweld.spec.own_files import is_file, read_own

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_UM = 1e6


class _Analysed(Result):
    """An analysis of one measurement. data: the measurement; found: what the analysis returned, with all of its numbers."""

    def __init__(self, data: Any, found: Any) -> None:
        self.data = data
        self.found = found

    def to_dict(self) -> dict[str, Any]:
        about = {"source": self.data.provenance.source, "provenance": self.data.provenance.kind}
        return plain(about | asdict(self.found) | {"warnings": self.warnings})

    def _said(self, own: Sequence[str]) -> tuple[str, ...]:
        """Return the warnings of the reader and of the analysis."""
        return (*(self.data.ingest.warnings if self.data.ingest else ()), *own)


class PatternFit(_Analysed):
    """A fitted diffractogram: phases with shares, cells and upper limits."""

    @property
    def verdict(self) -> str:
        quality = self.found.quality
        seen = ", ".join(one.phase for one in self.found.phases if one.present) or "no phase"
        return f"{self.data.label}: {quality.verdict} fit (Rwp {100 * quality.rwp:.1f} %); seen: {seen}"

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._said(self.found.warnings)

    def table(self) -> pl.DataFrame:
        """Return one row per phase: whether it is there, its share of the mass with error or upper limit, and its cell."""
        rows = [
            (one.phase, one.present, one.fraction, one.fraction_stderr, one.upper_limit_95, *one.cell_angstrom)
            for one in self.found.phases
        ]
        numbers = ("mass_fraction", "stderr", "upper_limit_95", "a_angstrom", "b_angstrom", "c_angstrom")
        kinds = {"phase": pl.String, "present": pl.Boolean} | dict.fromkeys(numbers, pl.Float64)
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def report(self, path: Place) -> None:
        """Write the report as one HTML file. Raises OutputError."""
        from ionweld.report.xrd import render_xrd

        write_page(path, render_xrd(self.data, self.found))

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.xrd import draw_pattern

        draw_pattern(ax, self.data, self.found)
        ax.set_xlabel("2θ / deg")


class InfraredFit(_Analysed):
    """A fitted infrared spectrum: bands with place and area, and what would have been seen."""

    @property
    def verdict(self) -> str:
        seen = ", ".join(one.name for one in self.found.bands if one.detected) or "no band"
        return f"{self.data.label}: {self.found.verdict} fit; seen: {seen}"

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._said(self.found.warnings)

    def table(self) -> pl.DataFrame:
        """Return one row per band: what it is, whether it is there, its place (1/cm) and area, or the upper limit."""
        rows = [
            (b.name, b.assignment, b.detected, b.position_cm1, b.stderr, b.area, b.area_stderr, b.upper_limit_95)
            for b in self.found.bands
        ]
        numbers = ("position_cm1", "position_stderr_cm1", "area_cm1", "area_stderr_cm1", "area_upper_limit_95_cm1")
        kinds = {"band": pl.String, "assignment": pl.String, "detected": pl.Boolean}
        return pl.DataFrame(rows, schema=kinds | dict.fromkeys(numbers, pl.Float64), orient="row")

    def report(self, path: Place) -> None:
        """Write the report as one HTML file. Raises OutputError."""
        from ionweld.report.ftir import render_ftir

        write_page(path, render_ftir(self.data, self.found))

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.ftir import draw_region

        draw_region(ax, self.data, self.found, self.found.regions[0])
        ax.set_xlabel("wavenumber / cm$^{-1}$")


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
    phases : list of str, optional
        Names of the library and .cif files.
    electrolyte : str, optional
        In place of phases: a solid electrolyte by its name or file, whose phases are looked for.
    wavelength : str, optional
        Where the file does not say: a tube ("Cu"), or angstrom: one number, or K-alpha-1,K-alpha-2.

    Raises
    ------
    InputError
        When neither phases nor an electrolyte is given, or the wavelength is not known.
    """
    data = measured(pattern, "xrd", "pattern")
    if wavelength is not None:
        data = replace(data, radiation=parse_radiation(wavelength, "wavelength"))
    if (phases is None) == (electrolyte is None):
        raise InputError(
            Fault("phases", "phases or an electrolyte has to be given, one of them", 'Write phases=["LiOH"]')
        )
    wanted = _phases_of(electrolyte) if electrolyte is not None else [_phase(name) for name in phases or ()]
    return PatternFit(data, fit_pattern(data, wanted))


def fit_ftir(spectrum: Measurement | Place, *, electrolyte: str) -> InfraredFit:
    """Fit the bands of an electrolyte, LiOH, water and solvent residues: where, how large, what would have been seen.

    electrolyte: a solid electrolyte by its name or file. Raises InputError.
    """
    data = measured(spectrum, "ftir", "spectrum")
    return InfraredFit(data, fit_infrared(data, _host(electrolyte)))


def _host(electrolyte: str) -> Entry:
    """Return the solid electrolyte of this name or file. Raises SpecError."""
    own, faults = read_own([Path(electrolyte)] if is_file(electrolyte) else [])
    known = [*own, *Library().names("solid electrolyte")]
    name = next(iter(own), electrolyte)
    if faults or name not in known:
        unknown = Fault("electrolyte", f"{name!r} is no solid electrolyte", f"Known: {', '.join(known)}")
        raise InputError(faults or unknown)
    return Library(own).entry(name)


def _phases_of(electrolyte: str) -> list[Phase]:
    """Return the phases that the file of an electrolyte names; .cif files lie beside it."""
    host = _host(electrolyte)
    names = appearance_of(host).phase_names
    folder = Path(host.file).parent
    return [read_cif(folder / name) if name.lower().endswith(".cif") else phase_for(name, host) for name in names]


def _phase(name: str) -> Phase:
    return read_cif(Path(name)) if name.lower().endswith(".cif") else library_phase(name)


class Surface(_Analysed):
    """Fitted photoelectron regions: species with amounts, or upper limits, and one charge shift."""

    @property
    def verdict(self) -> str:
        seen = ", ".join(f"{one.name} {one.atomic_percent:.3g} at.%" for one in self.found.species if one.detected)
        good = f"reduced chi-square {self.found.quality.reduced_chi2:.2f}"
        return f"{self.data.provenance.source}: {seen or 'no species'}; {good}"

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._said(self.found.flags)

    def table(self) -> pl.DataFrame:
        """Return one row per species: atomic percent with error and 95 % interval, or the upper limit."""
        rows = [
            (one.name, one.detected, one.atomic_percent, one.stderr, one.low, one.high, one.upper_limit_95)
            for one in self.found.species
        ]
        numbers = ("atomic_percent", "stderr", "ci95_low", "ci95_high", "upper_limit_95")
        kinds = {"species": pl.String, "detected": pl.Boolean} | dict.fromkeys(numbers, pl.Float64)
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def report(self, path: Place) -> None:
        """Write the report as one HTML file. Raises OutputError."""
        from ionweld.report.xps import render_xps

        write_page(path, render_xps(self.data, self.found))

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.xps import draw_region

        draw_region(ax, self.found, self.data.provenance.kind)


class Layers(_Analysed):
    """Layers or gaps measured in a micrograph, the principal one first."""

    @property
    def verdict(self) -> str:
        first = self.found.layers[0]
        said = f"{first.thickness_m * _UM:.3g} ± {first.stderr_m * _UM:.2g} um"
        return f"{self.data.provenance.source}: {len(self.found.layers)} layers, the principal one {said}"

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._said(self.found.warnings)

    def table(self) -> pl.DataFrame:
        """Return one row per layer: thickness, its error by cause, and roughness (um)."""
        rows = [
            [
                _UM * value
                for value in (one.thickness_m, one.stderr_m, one.edges_stderr_m, one.scale_stderr_m, one.roughness_m)
            ]
            for one in self.found.layers
        ]
        names = ("thickness_um", "stderr_um", "edges_stderr_um", "scale_stderr_um", "roughness_um")
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Float64), orient="row")

    def report(self, path: Place) -> None:
        """Write the report as one HTML file. Raises OutputError."""
        from ionweld.report.sem import render_sem

        write_page(path, render_sem(self.data, self.found))

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.sem import draw_layers

        draw_layers(ax, self.data, self.found)


def fit_xps(
    surface: Measurement | Place,
    *,
    species: Sequence[str] | None = None,
    background: Literal["shirley", "tougaard", "linear"] = "shirley",
    region: str | None = None,
) -> Surface:
    """Fit all regions jointly: one charge shift, doublets and stoichiometry tied, honest errors or none.

    species: to fit; without them, what the data asks for. region: line of a region without a name ("C 1s").
    Raises InputError for regions or species that cannot be used, ComputationError when the fit does not end.
    """
    if background not in ("shirley", "tougaard", "linear"):
        raise InputError(Fault("background", f"{background!r} is none", "Choose of shirley, tougaard, linear"))
    data = measured(surface, "xps", "surface")
    return Surface(data, xps.fit_xps(data, list(species) if species is not None else None, background, region))


def measure_sem(
    picture: Measurement | Place,
    *,
    scale: str | None = None,
    upright: bool | None = None,
    between: tuple[float, float] | None = None,
    edges: str = "steepest",
) -> Layers:
    """Measure the thickness of layers or gaps, with roughness, the error of the edges and that of the scale.

    Parameters
    ----------
    picture : Measurement or path
    scale : str, optional
        "100 nm/px" or "5 um = 312 px"; goes before what the file says.
    upright : bool, optional
        Whether the layers run up and down; found out without it.
    between : (float, float), optional
        Only the layer nearest to two positions across, in fractions of the picture.
    edges : str
        What an edge is: steepest, foot, top or ridge; two for first and second: "ridge,steepest".

    Raises
    ------
    InputError
        For a scale that is not known or cannot be read, an unknown convention, or fractions outside of 0 to 1.
    """
    if between is not None and not (len(between) == 2 and 0.0 <= between[0] < between[1] <= 1.0):
        raise InputError(Fault("between", f"{between!r} is no pair of fractions", "Write (0.3, 0.4)"))
    choice = parse_edges(edges, "edges")
    data = measured(picture, "sem", "picture")
    if scale is not None:
        data = with_scale(data, parse_scale(scale))
    return Layers(data, measure_layers(data, upright, between, choice))
