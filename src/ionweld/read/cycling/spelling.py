"""Headers as instruments write them: one spelling for comparison, and the unit that stands in the header."""

import re
import unicodedata
from functools import cache

# Instrument spelling -> factor to the unit of the Battery Data Format column. Case counts only where it must (MPa).
_FACTORS: dict[str, dict[str, float]] = {
    "s": {
        "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "秒": 1.0, "ms": 1e-3, "min": 60.0,
        "minute": 60.0, "minutes": 60.0, "分": 60.0, "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "hours": 3600.0,
        "小时": 3600.0, "d": 86400.0, "day": 86400.0, "days": 86400.0,
    },
    "V": {"v": 1.0, "mv": 1e-3, "uv": 1e-6, "volt": 1.0, "volts": 1.0},
    "A": {"a": 1.0, "ma": 1e-3, "ua": 1e-6, "na": 1e-9, "amp": 1.0, "amps": 1.0},
    "Ah": {"ah": 1.0, "a.h": 1.0, "mah": 1e-3, "ma.h": 1e-3, "uah": 1e-6, "ua.h": 1e-6, "c": 1 / 3600, "as": 1 / 3600},
    "Wh": {"wh": 1.0, "w.h": 1.0, "mwh": 1e-3, "mw.h": 1e-3, "uwh": 1e-6, "uw.h": 1e-6, "j": 1 / 3600},
    "W": {"w": 1.0, "mw": 1e-3, "uw": 1e-6},
    "ohm": {"ohm": 1.0, "ohms": 1.0, "ω": 1.0, "mohm": 1e-3, "mω": 1e-3},
    "degC": {"c": 1.0, "degc": 1.0, "°c": 1.0, "°": 1.0, "dc": 1.0, "dc.": 1.0, "celsius": 1.0},
    "Pa": {"pa": 1.0, "kpa": 1e3, "MPa": 1e6, "bar": 1e5, "mbar": 1e2},
    "Hz": {"hz": 1.0, "khz": 1e3, "mhz": 1e-3},
    "deg": {"deg": 1.0, "°": 1.0},
    "1": {"1": 1.0, "#": 1.0},
}  # fmt: skip

_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_AVERAGED = re.compile(r"<([^<>/]+)/([^<>]+)>")  # <Ewe/V>, as EC-Lab writes the averages of some exports
_AGAINST = re.compile(r"\s*\bvs\b.*")  # "V vs. Li/Li+": what a potential refers to is no part of its unit
_SEPARATORS = re.compile(r"[\s_\-]+")


def plain(text: str) -> str:
    """Return `text` with full-width and look-alike characters replaced, and the micro sign written as u."""
    return unicodedata.normalize("NFKC", text.strip().lstrip("\ufeff")).replace("\u03bc", "u").strip()


@cache
def spell(text: str) -> str:
    """Return the one spelling under which names are compared: small letters, and one _ between words."""
    return _SEPARATORS.sub("_", plain(text).casefold()).strip("_")


def is_unit(text: str) -> bool:
    """Return whether a text is a unit of any column."""
    return any(factor(text, target) is not None for target in _FACTORS)


def factor(unit: str, target_unit: str) -> float | None:
    """Return what a number in `unit`, as an instrument spells it, is multiplied by; None for an unknown unit."""
    known = _FACTORS.get(target_unit, {})
    written = _AGAINST.sub("", plain(unit)).replace(" ", "")
    return known.get(written, known.get(written.casefold()))


def unit_of(target: str) -> str | None:
    """Return the unit in the name of a Battery Data Format column ("Voltage / V"), or None when it has none."""
    return target.rpartition(" / ")[2] if " / " in target else None


@cache
def readings(header: str) -> tuple[tuple[str, str | None], ...]:
    """Return every way to read a header as (name, unit): "SpeCap/mAh/g" is (SpeCap, mAh/g) or (SpeCap/mAh, g) ..."""
    text = _AVERAGED.sub(r"<\1>/\2", plain(header))
    found: list[tuple[str, str | None]] = [(spell(text), None)]
    slashes = (position for position, letter in enumerate(text) if letter == "/")
    found += [(spell(text[:position]), text[position + 1 :].strip()) for position in slashes]
    brackets = _BRACKET.finditer(text)
    found += [(spell(text[: match.start()] + text[match.end() :]), match[1].strip()) for match in brackets]
    name, underscore, unit = text.rpartition("_")
    if underscore:
        found.append((spell(name), unit))
    return tuple(found)
