"""Simulated element maps: Poisson counts of each X-ray line within and outside a layer."""

import numpy as np

from ionweld import __version__
from ionweld.errors import Fault, SpecError
from ionweld.measurement.micrograph import ElementMaps, PixelScale
from ionweld.measurement.provenance import Provenance, hash_bytes


def simulate_maps(
    layer_rate: dict[str, float],
    outside_rate: dict[str, float],
    seed: int,
    layer: tuple[float, float] = (0.45, 0.55),
    shape: tuple[int, int] = (128, 200),
    continuum: float = 0.5,
    metres_per_pixel: float | None = None,
) -> ElementMaps:
    """Return maps with the given expected counts per pixel of each line, on a continuum that every line has.

    A map called "continuum" holds the continuum alone, as counted in a window beside the lines. Raises SpecError when
    the two tables name different lines.
    """
    if set(layer_rate) != set(outside_rate):
        mend = "Give a rate of each line within and outside the layer"
        raise SpecError(Fault("outside_rate", "names other lines than layer_rate", mend))
    draw = np.random.default_rng(seed)
    centre = (np.arange(shape[1]) + 0.5) / shape[1]
    inside = ((centre >= layer[0]) & (centre <= layer[1]))[None, :]
    maps: dict[str, np.ndarray] = {
        line: draw.poisson(np.where(inside, layer_rate[line], outside_rate[line]) + continuum, shape)
        for line in layer_rate
    }
    maps["continuum"] = draw.poisson(continuum, shape)
    stated = repr((layer_rate, outside_rate, seed, layer, shape, continuum))
    origin = Provenance("simulated", "element maps", hash_bytes(stated.encode()), f"ionweld {__version__}")
    scale = PixelScale(metres_per_pixel, 0.0, "stated by the simulation") if metres_per_pixel else None
    return ElementMaps(dict(maps), origin, scale)
