"""What a person says of the sample of a spectrum, and which of its frequencies are used."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf, pi
from typing import Any, TypedDict

from ionweld.api.quantities import count, is_list, positive
from ionweld.errors import Fault, InputError
from ionweld.measurement.impedance import ImpedanceSpectrum

Window = str | tuple[Any, Any]


class SampleKeywords(TypedDict, total=False):
    """What a person says of a sample; quantities are text with a unit."""

    temperature: Any
    area: Any
    diameter: Any
    thickness: Any
    interfaces: int | None


def with_conditions(
    data: ImpedanceSpectrum,
    temperature: Any = None,
    area: Any = None,
    diameter: Any = None,
    thickness: Any = None,
    interfaces: int | None = None,
) -> ImpedanceSpectrum:
    """Return a sweep with what is known of its sample; None leaves what was known before. Raises InputError."""
    known = stated_area(area, diameter)
    if thickness is not None:
        known["thickness_m"] = positive(thickness, "m", "thickness")
    if interfaces is not None:
        known["interfaces"] = count(interfaces, "interfaces")
    T = positive(temperature, "K", "temperature")
    warm = {} if T is None else {"temperature_K": T, "temperature_from": "given"}
    return replace(data, geometry=replace(data.geometry, **known), **warm)


def stated_area(area: Any = None, diameter: Any = None) -> dict[str, Any]:
    """Return what of a sample's geometry is known by its area or its diameter. Raises InputError."""
    if area is not None and diameter is not None:
        raise InputError(Fault("area", "area and diameter are both given", "Give one of them"))
    if area is not None:
        return {"area_m2": positive(area, "m^2", "area"), "area_name": "given"}
    across = positive(diameter, "m", "diameter")
    return {} if across is None else {"area_m2": pi * across**2 / 4.0, "area_name": f"electrode, {diameter}"}


def within(data: ImpedanceSpectrum, window: Window | None, without: Sequence[Any] = ()) -> ImpedanceSpectrum:
    """Return a sweep between two frequencies and without the points nearest to some.

    window: ("1 Hz", "1 MHz"), where one end may be None, or in words: "1 Hz to 1 MHz", "from 10 Hz", "up to 100 kHz".
    Raises InputError for a window that is none, and where too few points are left.
    """
    low, high = (0.0, inf) if window is None else _ends(window)
    masked = [positive(one, "Hz", "without") or 0.0 for one in without]
    return data if window is None and not masked else data.within(low, high, masked)


def _ends(window: Window) -> tuple[float, float]:
    mend = 'Write ("1 Hz", "1 MHz"), or in words "1 Hz to 1 MHz", "from 10 Hz", "up to 100 kHz"'
    pair = _words(window.strip()) if isinstance(window, str) else window
    if not is_list(pair) or len(pair) != 2:
        raise InputError(Fault("window", f"{window!r} is no window of frequencies", mend))
    low, high = (positive(end, "Hz", "window") for end in pair)
    if not (low or 0.0) < (high or inf):
        raise InputError(Fault("window", f"{window!r} is no window of frequencies: it runs backwards", mend))
    return low or 0.0, high or inf


def _words(text: str) -> tuple[str | None, str | None] | None:
    """Return the ends that the words name, None for an open one; None for words that name no window."""
    if text.startswith("up to "):
        return None, text.removeprefix("up to ")
    low, between, high = text.removeprefix("from ").partition(" to ")
    if not between and not text.startswith("from "):
        return None
    return low or None, high or None
