"""Headers as instruments write them: one spelling for comparison, and the unit that stands in the header."""

import re
import unicodedata
from functools import lru_cache

# Instrument spelling -> factor to the unit of the Battery Data Format column. Case counts only where it must (MPa).
_FACTORS: dict[str, dict[str, float]] = {
    "s": {
        "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "秒": 1.0, "sek": 1.0, "sekunden": 1.0, "ms": 1e-3, "min": 60.0,
        "minute": 60.0, "minutes": 60.0, "分": 60.0, "分钟": 60.0, "minuten": 60.0, "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "hours": 3600.0,
        "小时": 3600.0, "时": 3600.0, "std": 3600.0, "stunden": 3600.0, "d": 86400.0, "day": 86400.0, "days": 86400.0, "tage": 86400.0, "天": 86400.0,
        "с": 1.0, "сек": 1.0, "мин": 60.0, "ч": 3600.0, "час": 3600.0, "초": 1.0, "시간": 3600.0, "분": 60.0, "godz": 3600.0,
    },
    "V": {"v": 1.0, "mv": 1e-3, "uv": 1e-6, "volt": 1.0, "volts": 1.0, "伏": 1.0, "毫伏": 1e-3, "в": 1.0, "мв": 1e-3},
    "A": {"a": 1.0, "ma": 1e-3, "ua": 1e-6, "na": 1e-9, "amp": 1.0, "amps": 1.0, "mamp": 1e-3, "mamps": 1e-3, "安": 1.0,
          "毫安": 1e-3, "微安": 1e-6, "а": 1.0, "ма": 1e-3, "мка": 1e-6},
    "Ah": {"ah": 1.0, "a.h": 1.0, "mah": 1e-3, "ma.h": 1e-3, "uah": 1e-6, "ua.h": 1e-6, "c": 1 / 3600, "as": 1 / 3600},
    "Wh": {"wh": 1.0, "w.h": 1.0, "mwh": 1e-3, "mw.h": 1e-3, "uwh": 1e-6, "uw.h": 1e-6, "j": 1 / 3600},
    "W": {"w": 1.0, "mw": 1e-3, "uw": 1e-6},
    "ohm": {"ohm": 1.0, "ohms": 1.0, "ω": 1.0, "mohm": 1e-3, "mω": 1e-3},
    "degC": {"c": 1.0, "degc": 1.0, "°c": 1.0, "°": 1.0, "dc": 1.0, "dc.": 1.0, "celsius": 1.0, "deg": 1.0,
             "k": 1.0, "kelvin": 1.0, "f": 5 / 9, "degf": 5 / 9, "°f": 5 / 9, "fahrenheit": 5 / 9},
    "Pa": {"pa": 1.0, "kpa": 1e3, "MPa": 1e6, "bar": 1e5, "mbar": 1e2, "psi": 6894.757, "n/mm2": 1e6, "n/mm^2": 1e6,
           "kgf/cm2": 98066.5, "kgf/cm^2": 98066.5},
    "Hz": {"hz": 1.0, "khz": 1e3, "mhz": 1e-3},
    "deg": {"deg": 1.0, "°": 1.0},
    "1": {"1": 1.0, "#": 1.0},
}  # fmt: skip

# What is added after the factor, for scales that begin elsewhere.
_OFFSETS: dict[str, dict[str, float]] = {
    "degC": {"k": -273.15, "kelvin": -273.15} | dict.fromkeys(("f", "degf", "°f", "fahrenheit"), -32.0 * 5 / 9)
}

_PER_AREA = re.compile(r"(?P<unit>.+?)(?:/(?P<over>c?m)\^?2|[.*·]?(?P<times>c?m)\^?-2)", re.IGNORECASE)
_SHARED = ("A", "Ah", "W", "Wh")  # what a part of a cell has a part of

_ITSELF = ("s", "V", "A")  # "Seconds, Volts, mA": units that say by themselves what a column is
_LETTERS = ("a", "v")  # and no units, when small

_LONGEST_NAME = 200  # letters
_REMEMBERED = 2**12  # texts, of which most files have some ten
_BRACKET = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_AVERAGED = re.compile(r"<([^<>/]+)/([^<>]+)>")  # <Ewe/V>, as EC-Lab writes the averages of some exports
_AGAINST = re.compile(r"\s*\bvs\b.*")  # "V vs. Li/Li+": what a potential refers to is no part of its unit
_LAST_WORD = re.compile(r"(?P<name>.+?)(?:,| in)? (?P<unit>\S+)")  # "Zeit in h", "Voltage, V", "Current mA"
_SEPARATORS = re.compile(r"[\s_\-]+")


def plain(text: str) -> str:
    """Return `text` with full-width and look-alike characters replaced, and the micro sign written as u."""
    return unicodedata.normalize("NFKC", text.strip().lstrip("\ufeff")).replace("\u03bc", "u").strip()


@lru_cache(_REMEMBERED)
def spell(text: str) -> str:
    """Return the one spelling under which names are compared: small letters, and one _ between words."""
    return _SEPARATORS.sub("_", plain(text).casefold()).strip("_")


@lru_cache(_REMEMBERED)
def is_unit(text: str) -> bool:
    """Return whether a text is a unit of any column."""
    return any(one(text, target) is not None for target in _FACTORS for one in (factor, factor_per_area))


def factor(unit: str, target_unit: str) -> float | None:
    """Return what a number in `unit`, as an instrument spells it, is multiplied by; None for an unknown unit."""
    return _number_of(unit, _FACTORS.get(target_unit, {}))


def offset(unit: str, target_unit: str) -> float:
    """Return what is added to a number after its factor: 0 but for temperatures that are not counted from freezing water."""
    return _number_of(unit, _OFFSETS.get(target_unit, {})) or 0.0


def _number_of(unit: str, known: dict[str, float]) -> float | None:
    written = _AGAINST.sub("", plain(unit)).replace(" ", "")
    bare = written.casefold()
    return known.get(written, known.get(bare, known.get(bare.rstrip("."))))


def factor_per_area(unit: str, target_unit: str) -> float | None:
    """Return what a number in a unit per area ("mA cm-2") is multiplied by, for the target unit per m2; else None."""
    written = _PER_AREA.fullmatch(plain(unit).replace("\u2212", "-").replace(" ", ""))
    if written is None or target_unit not in _SHARED:
        return None
    known = factor(written["unit"], target_unit)
    length = written["over"] or written["times"]
    return None if known is None else known * (1e4 if length.casefold() == "cm" else 1.0)


def unit_of(target: str) -> str | None:
    """Return the unit in the name of a Battery Data Format column ("Voltage / V"), or None when it has none."""
    return target.rpartition(" / ")[2] if " / " in target else None


def itself(target_unit: str) -> str:
    """Return the name under which `readings` has a column that is called by its unit alone, one of s, V and A."""
    return f"({target_unit.casefold()})"


@lru_cache(_REMEMBERED)
def readings(header: str) -> tuple[tuple[str, str | None], ...]:
    """Return every way to read a header as (name, unit): "SpeCap/mAh/g" is (SpeCap, mAh/g) or (SpeCap/mAh, g) ..."""
    if len(header) > _LONGEST_NAME:  # of a file that is no table: not worth the square of its length
        return ((header[:_LONGEST_NAME], None),)
    text = _AVERAGED.sub(r"<\1>/\2", plain(header))
    found: list[tuple[str, str | None]] = [(spell(text), None)]
    slashes = (position for position, letter in enumerate(text) if letter == "/")
    found += [(spell(text[:position]), text[position + 1 :].strip()) for position in slashes]
    brackets = _BRACKET.finditer(text)
    found += [
        (spell(_AGAINST.sub("", text[: match.start()] + text[match.end() :])), match[1].strip()) for match in brackets
    ]
    name, underscore, unit = text.rpartition("_")
    if underscore:
        found.append((spell(name), unit))
    apart = _LAST_WORD.fullmatch(text)
    if apart is not None and is_unit(apart["unit"]):
        found.append((spell(apart["name"]), apart["unit"]))
    found += [(itself(target), text) for target in _ITSELF if factor(text, target) is not None and text not in _LETTERS]
    return tuple(found)
