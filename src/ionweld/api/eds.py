"""Element maps: what is enriched in a layer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from ionweld.analyse.eds.profile import eds_profile
from ionweld.api.analysed import Analysed
from ionweld.api.measurements import Measurement
from ionweld.api.quantities import Place, fractions, path_of, text_of
from ionweld.api.reading import measured
from ionweld.read.eds import read_maps
from ionweld.read.sem import parse_scale
from ionweld.result import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    ends = fractions(layer, "layer")
    if isinstance(maps, Sequence) and not isinstance(maps, str):
        data = read_maps([path_of(one, "maps") for one in maps])
    else:
        data = measured(maps, "eds", "maps", lambda path: read_maps([path]))
    data = data if scale is None else replace(data, scale=parse_scale(text_of(scale, "scale", "100 nm/px")))
    return Profile(data, eds_profile(data, ends, upright, background))
