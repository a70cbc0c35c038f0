"""Infrared spectra: fits of bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from ionweld.analyse.ftir import fit_infrared
from ionweld.api.analysed import Analysed
from ionweld.api.measurements import Measurement
from ionweld.api.quantities import Place, path_of, text_of
from ionweld.api.reading import measured
from ionweld.read.ftir import parse_ordinate, read_infrared
from ionweld.result import plain
from ionweld.spec.infrared import own_bands
from ionweld.spec.own_files import solid_electrolyte

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        ax.set(xlabel="wavenumber / cm$^{-1}$")


def fit_ftir(
    spectrum: Measurement | Place,
    *,
    electrolyte: str,
    ordinate: Literal["absorbance", "transmittance"] | None = None,
    bands: Sequence[Place] = (),
) -> InfraredFit:
    """Fit the bands of an electrolyte, LiOH, water and solvent residues: where, how large, what would have been seen.

    Parameters
    ----------
    spectrum : Measurement or path
        An infrared spectrum: csv, JCAMP-DX, OMNIC .spa or Bruker OPUS.
    electrolyte : str
        A solid electrolyte by its name or file: its bands are looked for.
    ordinate : {"absorbance", "transmittance"}, optional
        What the numbers of a file are, where it does not say.
    bands : list of paths
        Own bands and regions, as TOML.

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
    host, said = (
        solid_electrolyte(text_of(electrolyte, "electrolyte", "Li2OHCl")),
        parse_ordinate(ordinate or "", "ordinate"),
    )
    data = measured(spectrum, "ftir", "spectrum", lambda path: read_infrared(path, said))
    own = own_bands([path_of(one, "bands") for one in bands]) if bands else None
    return InfraredFit(data, fit_infrared(data, host, own))
