"""Simulated micrographs of a cross section with a gap or a layer of known thickness."""

from dataclasses import asdict, dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from ionweld import __version__
from ionweld.measurement.micrograph import Micrograph, PixelScale
from ionweld.measurement.provenance import Provenance, hash_bytes


@dataclass(frozen=True, slots=True)
class CrossSection:
    """A layer between two materials. greys: left, layer, right; lengths in metres.

    roughness_m and correlation_m: standard deviation of each edge about its line, and over what length along the
    layer it varies. scale_error: true length of a pixel over the stated one, minus one; the picture is made with the
    true length. tilt_deg: of the layer against upright.
    """

    thickness_m: float
    metres_per_pixel: float
    greys: tuple[float, float, float] = (150.0, 60.0, 120.0)
    rows: int = 480
    columns: int = 640
    centre: float = 0.5
    roughness_m: float = 0.0
    correlation_m: float = 1e-6
    blur_px: float = 1.5
    noise: float = 8.0
    texture: float = 0.0
    tilt_deg: float = 0.0
    scale_error: float = 0.0
    stated_relative_error: float = 0.01
    upright: bool = True


def simulate_cross_section(section: CrossSection, seed: int) -> Micrograph:
    """Return the micrograph of a cross section: sharp edges, blurred, with texture and noise, as 8-bit greys."""
    draw = np.random.default_rng(seed)
    pixel = section.metres_per_pixel * (1.0 + section.scale_error)
    tilt = np.radians(section.tilt_deg)
    along = np.arange(section.rows, dtype=float)
    line = section.centre * section.columns + (along - section.rows / 2) * np.tan(tilt)
    half = 0.5 * section.thickness_m / pixel / np.cos(tilt)
    first = line - half + _wander(section, pixel, draw)
    second = line + half + _wander(section, pixel, draw)
    fine = 4  # sub-pixels across, so that an edge can stand anywhere within a pixel
    x = (np.arange(section.columns * fine) + 0.5) / fine - 0.5
    left, layer, right = section.greys
    grid = np.where(x < first[:, None], left, np.where(x < second[:, None], layer, right))
    grid = grid.reshape(section.rows, section.columns, fine).mean(axis=2)
    if section.texture:
        grid = grid + section.texture * gaussian_filter(draw.normal(size=grid.shape), 3.0) * 3.0 * np.sqrt(4 * np.pi)
    grid = gaussian_filter1d(grid, section.blur_px, axis=1)
    grid = np.clip(np.rint(grid + draw.normal(0.0, section.noise, grid.shape)), 0, 255)
    stated = repr((asdict(section), seed))
    origin = Provenance("simulated", "cross section", hash_bytes(stated.encode()), f"ionweld {__version__}")
    scale = PixelScale(section.metres_per_pixel, section.stated_relative_error, "stated by the simulation")
    return Micrograph(grid if section.upright else grid.T.copy(), origin, scale)


def _wander(section: CrossSection, pixel: float, draw: np.random.Generator) -> np.ndarray:
    """Return how far an edge strays from its line in each row, in pixels."""
    if section.roughness_m == 0:
        return np.zeros(section.rows)
    reach = max(section.correlation_m / pixel, 1e-3)
    padding = int(6 * reach) + 1
    smooth = gaussian_filter1d(draw.normal(size=section.rows + 2 * padding), reach)[padding:-padding]
    return smooth * np.sqrt(2.0 * np.sqrt(np.pi) * reach) * section.roughness_m / pixel
