"""Where the length of a pixel comes from: a text that a person gives, a sidecar file, or a tag of the picture.

| program | where | what is read |
|---|---|---|
| Zeiss | tag 34118 | "Image Pixel Size = 35.94 nm", of this picture; else "Width" over its columns; "Pixel Size" is that of the live frame |
| FEI | tag 34682 | `PixelWidth=` in metres, else `HFW=` over its columns |
| Digital Micrograph, as tif | tags 65003, 65009 | the unit and the pixel's side in it |
| Tescan | a private tag, or `<stem>-tif.hdr` beside the picture | `PixelSizeX=` in metres |
| ImageJ | ImageDescription with `ImageJ=` and `unit=` | XResolution, in pixels per unit |
| Olympus | tag 33560 and its SIS block | the pixel's side (olympus.py) |
| Digital Micrograph | the file's own tags | Calibrations (digital_micrograph.py) |
| Hitachi | `<stem>.txt` beside the picture | `PixelSize=` in nanometres |
| JEOL | `<stem>.txt` beside the picture | `$$SM_MICRON_BAR` in pixels and `$$SM_MICRON_MARKER` |

All that are found are returned, the most trusted first, so that two which disagree can be said.
"""

import math
import re
from collections.abc import Mapping
from pathlib import Path

from ionweld.errors import Fault, InputError, UnitError
from ionweld.measurement.micrograph import PixelScale
from ionweld.read.technique import said_of
from ionweld.units import to_si

# No vendor file states how good its scale is; a person who writes "100 nm/px" seldom does. One percent is what a
# calibrated microscope is usually trusted to: an assumption, which every report repeats.
ASSUMED_RELATIVE_ERROR = 0.01
ZEISS_TAG = 34118
FEI_TAG = 34682
_COLUMNS_TAG, _DESCRIPTION_TAG, _X_RESOLUTION_TAG = 256, 270, 282
_GATAN_UNIT_TAG, _GATAN_SIDE_TAG = 65003, 65009
_FIRST_PRIVATE_TAG = 32768
_MOST_TEXT = 1_000_000  # characters of a tag that are looked at

_PER_PIXEL = re.compile(r"\s*(?P<length>[\d.eE+-]+\s*\S+?)\s*(?:/|per)\s*(?:px|pixels?)\s*$", re.IGNORECASE)
_BAR = re.compile(
    r"\s*(?P<length>[\d.eE+-]+\s*\S+)\s*=\s*(?P<pixels>\d+(?:\.\d+)?)\s*(?:px|pixels?)?"
    r"\s*(?:(?:\+-|±|\+/-)\s*(?P<error>\d+(?:\.\d+)?)\s*)?(?<=[\d\sxls])(?:px|pixels?)?\s*$",
    re.IGNORECASE,
)
_NUMBER = r"([\d.,eE+-]+)"  # with a decimal comma where Windows is set so
_ZEISS_IMAGE = re.compile(rf"Image Pixel Size\s*=\s*{_NUMBER}\s*(\S+)")
_ZEISS_WIDTH = re.compile(rf"^Width\s*=\s*{_NUMBER}\s*(\S+)", re.MULTILINE)
_ZEISS_LIVE = re.compile(rf"^Pixel Size\s*=\s*{_NUMBER}\s*(\S+)", re.MULTILINE)
_FEI = re.compile(rf"^PixelWidth\s*=\s*{_NUMBER}", re.MULTILINE)
_FEI_WIDTH = re.compile(rf"^HFW\s*=\s*{_NUMBER}", re.MULTILINE)
_TESCAN = re.compile(rf"\bPixelSizeX\s*=\s*{_NUMBER}")
_IMAGEJ_UNIT = re.compile(r"^unit\s*=\s*(\S+)", re.MULTILINE)
_HITACHI = re.compile(rf"^PixelSize\s*=\s*{_NUMBER}", re.MULTILINE)
_JEOL_BAR = re.compile(r"^\${1,2}SM_MICRON_BAR\s+([\d.]+)", re.MULTILINE)
_JEOL_MARKER = re.compile(r"^\${1,2}SM_MICRON_MARKER\s+([\d.]+\s*[^\s\d]+)", re.MULTILINE)
_COLUMNS = (  # of the picture that the microscope stored, for which its scale holds
    re.compile(r"Store resolution\s*=\s*(\d+)\s*\*"),
    re.compile(r"^ResolutionX\s*=\s*(\d+)", re.MULTILINE),
    re.compile(r"^DataSize\s*=\s*(\d+)\s*x", re.MULTILINE),
    re.compile(r"^\${1,2}CM_FULL_SIZE\s+(\d+)", re.MULTILINE),
)
_SHIFT_JIS_MICRO = b"\x83\xca"
_METRES = {
    "pm": 1e-12, "nm": 1e-9, "um": 1e-6, "µm": 1e-6, "μm": 1e-6, "?m": 1e-6, "\\u00b5m": 1e-6, "micron": 1e-6,
    "microns": 1e-6, "micrometer": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0, "inch": 0.0254,
}  # fmt: skip
_LONGEST_PIXEL = 1e-3  # metres: no electron microscope shows less
_BAR_END_PIXELS = 1.0  # how well each end of a bar is read, when nothing is said


def described(description: Path | None) -> list[PixelScale]:
    """Return the scale that a description says, `scale = "100 nm/px"`, if it says one. Raises SpecError, InputError."""
    said = {} if description is None else said_of(description, "sem", "scale")
    return [parse_scale(said["scale"])] if "scale" in said else []


def parse_scale(text: str, says: str = "") -> PixelScale:
    """Return the scale that "100 nm/px" or "5 um = 312 px" (also "= 312 +- 2 px") stands for.

    A bar's error is that of reading its ends, one pixel each unless given. says: where it comes from, when no person
    gave it. Raises InputError, UnitError.
    """
    if match := _PER_PIXEL.match(text):
        length = to_si(match["length"], "m", "scale")
        return PixelScale(_positive(length, text), ASSUMED_RELATIVE_ERROR, f"given: {text} (1 % error assumed)")
    if match := _BAR.match(text):
        pixels = float(match["pixels"])
        length = to_si(match["length"], "m", "scale") / _positive(pixels, text)
        error = float(match["error"]) if match["error"] else 2**0.5 * _BAR_END_PIXELS
        return PixelScale(_positive(length, text), error / pixels, says or f"given: bar {text}")
    mend = 'Write the length of a pixel, "100 nm/px", or of the bar, "5 um = 312 px"'
    raise InputError(Fault("scale", f"{text!r} is no scale", mend))


def _positive(value: float, text: str) -> float:
    if not 0 < value < float("inf"):
        raise InputError(Fault("scale", f"{text!r} is not above zero", 'Write it as "100 nm/px" or "5 um = 312 px"'))
    return value


def in_tags(tags: Mapping[int, object]) -> list[PixelScale]:
    """Return the scales in the tags of a tif, the most trusted first."""
    private = [tag for tag in tags if tag >= _FIRST_PRIVATE_TAG and tag not in (ZEISS_TAG, FEI_TAG)]
    tescan = [_TESCAN.search(_text(tags, tag)) for tag in private]
    found = [
        *_zeiss(_text(tags, ZEISS_TAG), _columns(tags)),
        _fei(_text(tags, FEI_TAG), _columns(tags)),
        *(_found(match, "Tescan tag, PixelSizeX") for match in tescan),
        _imagej(tags),
        from_unit(str(tags.get(_GATAN_SIDE_TAG)), str(tags.get(_GATAN_UNIT_TAG)), "Digital Micrograph's tag"),
    ]
    return [scale for scale in found if scale]


def _zeiss(text: str, columns: float) -> list[PixelScale | None]:
    """Return Zeiss' scales; the width of the picture speaks only where its own pixel size is missing."""
    own = _found(_ZEISS_IMAGE.search(text), "Zeiss tag, Image Pixel Size")
    width = _found(_ZEISS_WIDTH.search(text), f"Zeiss tag, Width over {columns:g} columns", columns)
    return [own or width, _found(_ZEISS_LIVE.search(text), "Zeiss tag, Pixel Size")]


def _fei(text: str, columns: float) -> PixelScale | None:
    own = _found(_FEI.search(text), "FEI tag, PixelWidth")
    return own or _found(_FEI_WIDTH.search(text), f"FEI tag, HFW over {columns:g} columns", columns)


def _columns(tags: Mapping[int, object]) -> float:
    columns = tags.get(_COLUMNS_TAG)
    return float(columns) if isinstance(columns, int) and columns > 0 else math.inf


def columns_stored(tags: Mapping[int, object], picture: Path) -> set[int]:
    """Return how many columns the microscope says that the picture has; a picture with others was resized or cut."""
    texts = [_text(tags, ZEISS_TAG), _text(tags, FEI_TAG), *(_sidecar(name) for name in _sidecars(picture))]
    return {int(match[1]) for text in texts for pattern in _COLUMNS if (match := pattern.search(text))}


def _text(tags: Mapping[int, object], tag: int) -> str:
    value = tags.get(tag)
    if isinstance(value, tuple):
        value = value[0] if value else None
    if isinstance(value, bytes):
        value = value[:_MOST_TEXT].decode("latin-1")
    return value[:_MOST_TEXT].replace("\r", "") if isinstance(value, str) else ""


def _found(match: re.Match[str] | None, says: str, pixels: float = 1.0) -> PixelScale | None:
    """Return the scale of a match: the length of so many pixels, its unit in a second group; metres else."""
    if match is None:
        return None
    unit = match[2] if match.re.groups > 1 else "m"
    return _vendor(match[1], _METRES.get(unit.strip().lower(), 0.0) / pixels, says)


def from_unit(number: str, unit: str, says: str) -> PixelScale | None:
    """Return the scale of a number and the name of its unit as a file has them; None when they are none."""
    return _vendor(number, _METRES.get(unit.strip().lower(), 0.0), says)


def _imagej(tags: Mapping[int, object]) -> PixelScale | None:
    description = _text(tags, _DESCRIPTION_TAG)
    unit = _IMAGEJ_UNIT.search(description)
    try:
        per_unit = float(tags.get(_X_RESOLUTION_TAG, 0.0))  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not description.startswith("ImageJ=") or unit is None or not per_unit > 0.0:
        return None
    return _vendor("1", _METRES.get(unit[1].lower(), 0.0) / per_unit, "ImageJ's XResolution and unit")


def beside(picture: Path) -> list[PixelScale]:
    """Return the scales in the text files that Hitachi, JEOL and Tescan write beside a picture."""
    found = []
    for name in _sidecars(picture):
        if text := _sidecar(name):
            hitachi = _HITACHI.search(text)
            found.append(_vendor(hitachi[1], 1e-9, f"Hitachi file {name.name}, PixelSize") if hitachi else None)
            found.append(_jeol(text, name.name))
            found.append(_found(_TESCAN.search(text), f"Tescan file {name.name}, PixelSizeX"))
    return [scale for scale in found if scale]


def _sidecars(picture: Path) -> tuple[Path, ...]:
    """Return the files beside a picture that may speak of it, whatever the case of their ending."""
    names = (f"{picture.stem}.txt", f"{picture.name}.txt", f"{picture.stem}.hdr", f"{picture.name}.hdr")
    wanted = {name.lower() for name in (*names, f"{picture.stem}-{picture.suffix[1:]}.hdr")}
    try:
        return tuple(sorted(one for one in picture.parent.iterdir() if one.name.lower() in wanted))
    except OSError:
        return ()


def _sidecar(name: Path) -> str:
    try:
        raw = name.read_bytes()[:65536] if name.is_file() else b""
    except OSError:
        return ""
    return _decoded(raw).replace("\r", "")


def _decoded(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp932" if _SHIFT_JIS_MICRO in raw else "latin-1", "replace")


def _jeol(text: str, name: str) -> PixelScale | None:
    bar, marker = _JEOL_BAR.search(text), _JEOL_MARKER.search(text)
    if bar is None or marker is None:
        return None
    try:
        length = marker[1].replace("μ", "u").replace("µ", "u")
        scale = parse_scale(f"{length} = {bar[1]} px", f"JEOL file {name}, bar of {length} in {bar[1]} pixels")
    except (InputError, UnitError):
        return None
    return scale if scale.metres_per_pixel < _LONGEST_PIXEL else None


def _vendor(number: str, factor: float, says: str) -> PixelScale | None:
    try:
        length = float(number.replace(",", ".")) * factor
    except ValueError:
        return None
    if not 0 < length < _LONGEST_PIXEL:
        return None
    return PixelScale(length, ASSUMED_RELATIVE_ERROR, f"{says} (1 % error assumed)")
