"""Micrographs: thicknesses of layers and gaps."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.analyse.sem.conventions import parse_edges
from ionweld.analyse.sem.layers import measure_layers
from ionweld.api.analysed import Analysed
from ionweld.api.measurements import Measurement
from ionweld.api.quantities import Place, fractions, text_of
from ionweld.api.reading import measured
from ionweld.read.sem import parse_scale, read_micrograph, with_scale
from ionweld.result import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_UM = 1e6


@dataclass(frozen=True, eq=False, repr=False)
class Layers(Analysed):
    """Layers or gaps measured in a micrograph, the principal one first."""

    @property
    def verdict(self) -> str:
        return f"{self.source}: {self.found.said}"

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

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.surface_documents import sem_json

        return plain(sem_json(self.data, self.found))

    def _page(self) -> str:
        from ionweld.report.sem import render_sem

        return render_sem(self.data, self.found)

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.sem import draw_layers

        draw_layers(ax, self.data, self.found)


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
        A cross section: png, jpg or tif.
    scale : str, optional
        "100 nm/px" or "5 um = 312 px"; goes before what the file says.
    upright : bool, optional
        Whether the layers run up and down; found out without it.
    between : (float, float), optional
        Only the layer nearest to two positions across, in fractions of the picture.
    edges : str
        What an edge is: steepest, foot, top or ridge; two for first and second: "ridge,steepest".

    Returns
    -------
    Layers
        One row per layer, the principal one first: thickness, its standard errors and roughness (um).

    Raises
    ------
    InputError
        For a scale that is not known or cannot be read, an unknown convention, or fractions outside of 0 to 1.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.measure_sem("section.tif", between=(0.5, 0.2))
    Traceback (most recent call last):
    ionweld.errors.InputError: between: (0.5, 0.2) is no pair of fractions. Write two from 0 to 1, such as (0.3, 0.4)
    """
    ends = None if between is None else fractions(between, "between")
    choice, given = (
        parse_edges(text_of(edges, "edges", "steepest"), "edges"),
        None if scale is None else parse_scale(text_of(scale, "scale", "100 nm/px")),
    )
    data = measured(picture, "sem", "picture", read_micrograph)
    data = data if given is None else with_scale(data, given)
    return Layers(data, measure_layers(data, upright, ends, choice))
