"""What the other instruments of a laboratory would have measured on one cell of the sample: of known truth, and simulated.

Diffractogram and infrared spectrum of the electrolyte, photoelectrons of the lithium side, a cross section with the gap or
the layer, and element maps of it. Each file says that it is simulated, but for pictures, which have no place for it.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import numpy as np

from ionweld.simulate import ftir, xps, xrd
from ionweld.simulate.eds import simulate_maps
from ionweld.simulate.sem import CrossSection, simulate_cross_section
from ionweld.simulate.surface import atomic_percent, hundred_atoms, surface_lines, surface_peaks, surface_scans
from ionweld.spec.crystal import library_phase
from ionweld.spec.faults import shipped

_PIXEL_M = 5e-8
_ZEISS_TAG = 34118


@dataclass(frozen=True, slots=True)
class SampleSurface:
    """What is put in: mass shares of the electrolyte, formula units at the surface, thickness between lithium and pellet.

    fluorine: counts per pixel in the layer, of the maps.
    """

    mass_share: dict[str, float]
    formula_units: dict[str, float]
    thickness_m: float
    fluorine: float


SURFACES = {
    treatment: SampleSurface(**said) for treatment, said in shipped("ionweld.twin.sample", "surfaces.toml").items()
}


def surface_files(surface: SampleSurface, stem: str, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each file."""
    yield f"{stem}_xrd.xy", _diffractogram(surface, stem, seed).encode()
    yield f"{stem}_ftir.csv", _infrared(surface, stem, seed).encode()
    yield f"{stem}_xps.csv", _photoelectrons(surface, stem, seed).encode()
    yield f"{stem}_sem.tif", _micrograph(surface, seed)
    yield f"{stem}_F_Ka.csv", _map(surface, seed).encode()


def surface_truth(surface: SampleSurface) -> dict[str, Any]:
    """Return what was put in, for truth.json."""
    return asdict(surface) | {"atomic_percent": atomic_percent(surface.formula_units)}


def _diffractogram(surface: SampleSurface, stem: str, seed: int) -> str:
    sample = [xrd.PhaseAmount(library_phase(name), share) for name, share in surface.mass_share.items()]
    pattern = xrd.diffractogram(sample, xrd.Diffractometer(), seed, stem)
    return xrd.as_xy(pattern, {"mass_fraction": surface.mass_share, "seed": seed})


def _infrared(surface: SampleSurface, stem: str, seed: int) -> str:
    sample = ftir.InfraredSample(ftir.band_areas(surface.mass_share, {}))
    spectrum = ftir.infrared_spectrum(sample, ftir.Spectrometer(), seed, stem)
    return ftir.as_csv(spectrum, {"share_of_formula_units": surface.mass_share, "seed": seed})


def _photoelectrons(surface: SampleSurface, stem: str, seed: int) -> str:
    scans = surface_scans(surface_lines(surface.formula_units), 1.4)
    peaks = surface_peaks(hundred_atoms(surface.formula_units))
    return xps.as_csv(
        xps.simulate_xps(peaks, scans, 0.5, seed, stem), {"formula_units": surface.formula_units, "seed": seed}
    )


def _micrograph(surface: SampleSurface, seed: int) -> bytes:
    """Return a TIFF with the length of its pixels as a Zeiss microscope writes it."""
    from PIL import Image
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    picture = simulate_cross_section(CrossSection(surface.thickness_m, _PIXEL_M), seed)
    tags = ImageFileDirectory_v2()
    tags[_ZEISS_TAG] = f"AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = {1e9 * _PIXEL_M:.2f} nm\r\n"
    buffer = BytesIO()
    Image.fromarray(picture.grey.astype(np.uint8)).save(buffer, "TIFF", tiffinfo=tags)
    return buffer.getvalue()


def _map(surface: SampleSurface, seed: int) -> str:
    maps = simulate_maps({"F Ka": surface.fluorine}, {"F Ka": 0.2}, seed)
    return "\n".join(",".join(str(int(count)) for count in row) for row in maps.counts["F Ka"]) + "\n"
