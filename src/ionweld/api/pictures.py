"""What micrographs and element maps show of an interface: thicknesses, gaps, and what is enriched in a layer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.analyse.eds.profile import eds_profile
from ionweld.analyse.sem.conventions import parse_edges
from ionweld.analyse.sem.layers import measure_layers
from ionweld.api.analysed import Analysed
from ionweld.api.measurements import Measurement, measured
from ionweld.api.quantities import Place, path_of
from ionweld.errors import Fault, InputError
from ionweld.read.eds import read_maps
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


@dataclass(frozen=True, eq=False, repr=False)
class Profile(Analysed):
    """Net counts of each X-ray line across a layer, and whether it is enriched there; no atomic percent."""

    @property
    def verdict(self) -> str:
        return f"{self.source}: " + "; ".join(f"{one.line} {one.verdict}" for one in self.found.profiles)

    def table(self) -> pl.DataFrame:
        """Return one row per line: counts per pixel within the layer and outside, and their ratio with its 95 % interval."""
        rows = [
            (
                one.line, one.verdict, one.layer_per_pixel, one.layer_stderr, one.outside_per_pixel, one.outside_stderr,
                one.ratio, one.ratio_low, one.ratio_high,
            )
            for one in self.found.profiles
        ]  # fmt: skip
        counts = ("layer_per_pixel", "layer_stderr", "outside_per_pixel", "outside_stderr")
        numbers = dict.fromkeys((*counts, "ratio", "ratio_low", "ratio_high"), pl.Float64)
        return pl.DataFrame(rows, schema={"line": pl.String, "verdict": pl.String} | numbers, orient="row")

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.surface_documents import eds_json

        return plain({"file": self.source} | eds_json(self.found) | {"ingest": self.data.ingest})

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.eds import draw_lines

        draw_lines(ax, self.found)


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
    ends = None if between is None else _fractions(between, "between")
    choice, given = parse_edges(edges, "edges"), None if scale is None else parse_scale(scale)
    data = measured(picture, "sem", "picture", read_micrograph)
    data = data if given is None else with_scale(data, given)
    return Layers(data, measure_layers(data, upright, ends, choice))


def profile_eds(
    maps: Measurement | Place | Sequence[Place],
    *,
    layer: tuple[float, float],
    upright: bool = True,
    background: str | None = None,
    scale: str | None = None,
) -> Profile:
    """Compare each X-ray line's counts within and outside a layer: counting errors, overlaps, no atomic percent.

    Parameters
    ----------
    maps : Measurement, path or list of paths
        One map of counts per line ("F_Ka.csv", "O.tif"), or one Bruker .bcf.
    layer : (float, float)
        Edges of the layer across it, in fractions of the picture.
    upright : bool
        Whether the layer runs up and down.
    background : str, optional
        Name of a map of the continuum beside the lines, taken off each of them.
    scale : str, optional
        Length of a pixel ("50 nm/px").

    Returns
    -------
    Profile
        One row per line: counts per pixel within the layer and outside, and their ratio with its 95 % interval.

    Raises
    ------
    InputError
        For maps that are no counts or differ in shape, a layer without pixels, or an unknown background.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.profile_eds(["F.csv", "O.csv"], layer=(0.4, 1.4))
    Traceback (most recent call last):
    ionweld.errors.InputError: layer: (0.4, 1.4) is no pair of fractions. Write two from 0 to 1, such as (0.3, 0.4)
    """
    ends = _fractions(layer, "layer")
    several = isinstance(maps, Sequence) and not isinstance(maps, str)
    if several:
        data = read_maps([path_of(one, "maps") for one in maps])
    else:
        data = measured(maps, "eds", "maps", lambda path: read_maps([path]))
    data = data if scale is None else replace(data, scale=parse_scale(scale))
    return Profile(data, eds_profile(data, ends, upright, background))


def _fractions(pair: Sequence[float], where: str) -> tuple[float, float]:
    """Return two fractions of a picture. Raises InputError for anything else."""
    try:
        low, high = (float(one) for one in pair)
    except (TypeError, ValueError):
        low, high = 0.0, 0.0
    if not 0.0 <= low < high <= 1.0:
        raise InputError(Fault(where, f"{pair!r} is no pair of fractions", "Write two from 0 to 1, such as (0.3, 0.4)"))
    return low, high
