"""Simulated micrographs of a cross section with a gap or a layer of known thickness."""

from dataclasses import asdict, dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d
from scipy.special import ndtr, ndtri

from ionweld import __version__
from ionweld.measurement.micrograph import Micrograph, PixelScale
from ionweld.measurement.provenance import Provenance, hash_bytes


@dataclass(frozen=True, slots=True)
class CrossSection:
    """A layer between two materials. greys: left, layer, right; lengths in metres.

    roughness_m and correlation_m: standard deviation of each edge about its line, and over what length along the
    layer it varies. scale_error: true length of a pixel over the stated one, minus one; the picture is made with the
    true length. tilt_deg: of the layer against upright. edge_px: standard deviation of each gradual edge before the
    blur; 0 is sharp. ridge: height in grey levels of a bright ridge at each edge, ridge_px its standard deviation, and
    ridge_at_px how far right of the edge its middle lies.
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
    edge_px: tuple[float, float] = (0.0, 0.0)
    ridge: tuple[float, float] = (0.0, 0.0)
    ridge_px: float = 3.0
    ridge_at_px: tuple[float, float] = (0.0, 0.0)


def simulate_cross_section(section: CrossSection, seed: int) -> Micrograph:
    """Return the micrograph of a cross section: edges and ridges, blurred, with texture and noise, as 8-bit greys."""
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
    grid = _greys(section, x - first[:, None], x - second[:, None])
    grid = grid.reshape(section.rows, section.columns, fine).mean(axis=2)
    if section.texture:
        grid = grid + section.texture * gaussian_filter(draw.normal(size=grid.shape), 3.0) * 3.0 * np.sqrt(4 * np.pi)
    grid = gaussian_filter1d(grid, section.blur_px, axis=1)
    grid = np.clip(np.rint(grid + draw.normal(0.0, section.noise, grid.shape)), 0, 255)
    stated = repr((asdict(section), seed))
    origin = Provenance("simulated", "cross section", hash_bytes(stated.encode()), f"ionweld {__version__}")
    scale = PixelScale(section.metres_per_pixel, section.stated_relative_error, "stated by the simulation")
    return Micrograph(grid if section.upright else grid.T.copy(), origin, scale)


def true_thickness(section: CrossSection, edges: tuple[str, str] = ("steepest", "steepest")) -> float:
    """Return the thickness in metres between the edges that each convention names, as the blurred picture shows it.

    steepest: as stated; foot, top: the 10 % and 90 % levels of a gradual edge without a ridge; ridge: the brightest
    point of a row without noise, near the ridge.
    """
    shifts = [_shift(section, edge, side) for side, edge in enumerate(edges)]
    pixel = section.metres_per_pixel * (1.0 + section.scale_error)
    return section.thickness_m + (shifts[1] - shifts[0]) * pixel * float(np.cos(np.radians(section.tilt_deg)))


def _shift(section: CrossSection, edge: str, side: int) -> float:
    """Return how far right of an edge's middle its convention puts it, in pixels; a pixel blurs by its own width."""
    blur = section.blur_px**2 + 1.0 / 12.0
    dark_to_bright = 1.0 if section.greys[side + 1] > section.greys[side] else -1.0
    if edge in ("foot", "top"):
        share = 0.1 if edge == "foot" else 0.9
        return dark_to_bright * float(ndtri(share)) * float(np.hypot(section.edge_px[side], np.sqrt(blur)))
    if edge == "steepest":
        return 0.0
    wide = float(np.hypot(section.ridge_px, np.sqrt(blur)))
    x = section.ridge_at_px[side] + np.linspace(-3.0, 3.0, 6001) * wide
    step = (section.greys[side + 1] - section.greys[side]) * ndtr(x / np.hypot(section.edge_px[side], np.sqrt(blur)))
    ridge = section.ridge[side] * section.ridge_px / wide
    return float(x[np.argmax(step + ridge * np.exp(-0.5 * ((x - section.ridge_at_px[side]) / wide) ** 2))])


def _greys(section: CrossSection, from_first: np.ndarray, from_second: np.ndarray) -> np.ndarray:
    """Return the greys before the blur, from the distances to both edges in pixels."""
    left, layer, right = section.greys
    grid = left + (layer - left) * _step(from_first, section.edge_px[0])
    grid = grid + (right - layer) * _step(from_second, section.edge_px[1])
    for height, at, away in zip(section.ridge, section.ridge_at_px, (from_first, from_second), strict=True):
        if height:
            grid = grid + height * np.exp(-0.5 * ((away - at) / section.ridge_px) ** 2)
    return grid


def _step(distance: np.ndarray, width: float) -> np.ndarray:
    return ndtr(distance / width) if width else (distance >= 0.0).astype(float)


def _wander(section: CrossSection, pixel: float, draw: np.random.Generator) -> np.ndarray:
    """Return how far an edge strays from its line in each row, in pixels."""
    if section.roughness_m == 0:
        return np.zeros(section.rows)
    reach = max(section.correlation_m / pixel, 1e-3)
    padding = int(6 * reach) + 1
    smooth = gaussian_filter1d(draw.normal(size=section.rows + 2 * padding), reach)[padding:-padding]
    return smooth * np.sqrt(2.0 * np.sqrt(np.pi) * reach) * section.roughness_m / pixel
