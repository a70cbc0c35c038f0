"""Where the length of a pixel comes from: a text that a person gives, a sidecar file, or a vendor's tag.

Hitachi writes a text file beside the picture with `PixelSize=` in nanometres; Zeiss (tag 34118) lines such as
"Image Pixel Size = 35.94 nm" under AP_IMAGE_PIXEL_SIZE; FEI (tag 34682) `PixelWidth=` in metres under [Scan].
"""

import re
from pathlib import Path

from ionweld.errors import Fault, InputError
from ionweld.measurement.micrograph import PixelScale
from ionweld.units import to_si

# No vendor file states how good its scale is; a person who writes "100 nm/px" seldom does. One percent is what a
# calibrated microscope is usually trusted to: an assumption, which every report repeats.
ASSUMED_RELATIVE_ERROR = 0.01
ZEISS_TAG = 34118
FEI_TAG = 34682

_PER_PIXEL = re.compile(r"\s*(?P<length>[\d.eE+-]+\s*\S+?)\s*(?:/|per)\s*(?:px|pixels?)\s*$", re.IGNORECASE)
_BAR = re.compile(
    r"\s*(?P<length>[\d.eE+-]+\s*\S+)\s*=\s*(?P<pixels>\d+(?:\.\d+)?)\s*(?:px|pixels?)?"
    r"\s*(?:(?:\+-|±|\+/-)\s*(?P<error>\d+(?:\.\d+)?)\s*)?(?<=[\d\sxls])(?:px|pixels?)?\s*$",
    re.IGNORECASE,
)
_ZEISS = re.compile(
    r"(?:AP_IMAGE_PIXEL_SIZE\s*)?Image Pixel Size\s*=\s*([\d.eE+-]+)\s*(\S+)|"
    r"AP_PIXEL_SIZE\s+Pixel Size\s*=\s*([\d.eE+-]+)\s*(\S+)"
)
_FEI = re.compile(r"^PixelWidth\s*=\s*([\d.eE+-]+)", re.MULTILINE)
_HITACHI = re.compile(r"^PixelSize\s*=\s*([\d.eE+-]+)", re.MULTILINE)
_BAR_END_PIXELS = 1.0  # how well each end of a bar is read, when nothing is said


def parse_scale(text: str) -> PixelScale:
    """Return the scale that "100 nm/px" or "5 um = 312 px" (also "= 312 +- 2 px") stands for.

    A bar's error is that of reading its ends, one pixel each unless given. Raises InputError, UnitError.
    """
    if match := _PER_PIXEL.match(text):
        length = to_si(match["length"], "m", "--scale")
        return PixelScale(_positive(length, text), ASSUMED_RELATIVE_ERROR, f"given: {text} (1 % error assumed)")
    if match := _BAR.match(text):
        pixels = float(match["pixels"])
        length = to_si(match["length"], "m", "--scale") / _positive(pixels, text)
        error = float(match["error"]) if match["error"] else 2**0.5 * _BAR_END_PIXELS
        return PixelScale(_positive(length, text), error / pixels, f"given: bar {text}")
    mend = 'Write the length of a pixel, "100 nm/px", or of the bar, "5 um = 312 px"'
    raise InputError(Fault("--scale", f"{text!r} is no scale", mend))


def _positive(value: float, text: str) -> float:
    if not 0 < value < float("inf"):
        raise InputError(Fault("--scale", f"{text!r} is not above zero", 'Write it as "100 nm/px" or "5 um = 312 px"'))
    return value


def from_tag(tag: int, text: str) -> PixelScale | None:
    """Return the scale in the text of a vendor's tag, or None when there is none."""
    if tag == FEI_TAG and (match := _FEI.search(text)):
        return _vendor(match[1], 1.0, "FEI tag, PixelWidth")
    if tag == ZEISS_TAG and (match := _ZEISS.search(text)):
        number, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
        factors = {"pm": 1e-12, "nm": 1e-9, "µm": 1e-6, "μm": 1e-6, "um": 1e-6, "?m": 1e-6, "mm": 1e-3, "m": 1.0}
        return _vendor(number, factors.get(unit, float("nan")), "Zeiss tag, Pixel Size")
    return None


def from_sidecar(picture: Path) -> PixelScale | None:
    """Return the scale in the Hitachi text file beside a picture, or None when there is none."""
    for name in (picture.with_suffix(".txt"), picture.with_suffix(".TXT"), Path(f"{picture}.txt")):
        try:
            raw = name.read_bytes()[:65536]
        except OSError:
            continue
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "replace")
        if match := _HITACHI.search(text.replace("\r", "")):
            return _vendor(match[1], 1e-9, f"Hitachi file {name.name}, PixelSize")
    return None


def _vendor(number: str, factor: float, says: str) -> PixelScale | None:
    try:
        length = float(number) * factor
    except ValueError:
        return None
    if not 0 < length < 1e-3:
        return None
    return PixelScale(length, ASSUMED_RELATIVE_ERROR, f"{says} (1 % error assumed)")
