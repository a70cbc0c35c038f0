"""What a column header of an impedance table means: quantity, sign and unit factor, taken from its words alone.

    "-Z'' (kΩ)"       imaginary part, times -1, times 1000
    "Z_real_ohm"      real part, times 1
    "Phase(Z)/deg"    phase, times pi/180

The words are those of the instruments and of the tables people make from them. A header that is not understood is
None; a known quantity with a unit that is not understood has no factor, so that whoever needs it can refuse it.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from math import pi
from typing import Literal

from ionweld.units import to_si

Role = Literal[
    "frequency", "real", "imaginary", "modulus", "phase", "temperature", "sweep", "conductance", "susceptance",
    "admittance", "series_resistance", "series_capacitance", "series_inductance", "parallel_resistance",
    "parallel_capacitance", "parallel_inductance", "dissipation", "quality", "sigma",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column's meaning: SI value = sign * factor * number + offset. factor is None when the unit is not known.

    decades: the number is a decadic logarithm: SI value = factor * 10^number.

    note says what was concluded without the header saying it, and is empty when the header said everything.
    per_area: an impedance times an area (ohm m2): it has to be divided by the cell's.
    """

    role: Role
    factor: float | None = 1.0
    sign: int = 1
    offset: float = 0.0
    note: str = ""
    per_area: bool = False
    decades: bool = False


_WORDS: dict[Role, str] = {
    "frequency": "freq frequency f frequenz fréquence frequence frequenza frecuencia frequência частота 频率 頻率 周波数 주파수",
    "real": "z' zs' z'a zr zre zreal rez realz re real zprime realimpedance impedancereal realpart zrealpart z1 "
    "r x' realteil zrealteil realteilz partieréelle partiereelle réel impédanceréelle 实部 实部阻抗 阻抗实部 z实部 実部 実数部 "
    "実部z 실수부 partereale partereal действительнаячасть resistancer 电阻 電阻 抵抗",
    "imaginary": "z'' zs'' z''b zi zim zimag zimg imz imagz im imag imaginary zimaginary zdoubleprime zprimeprime "
    "imaginaryimpedance impedanceimag impedanceimaginary imaginarypart zimaginarypart z2 x reactance reactancex "
    "imaginärteil imaginaerteil zimaginärteil partieimaginaire imaginaire impédanceimaginaire 虚部 虚部阻抗 阻抗虚部 z虚部 虚数部 "
    "虚部z 허수부 parteimmaginaria zimmaginaria parteimaginaria zimaginaria мнимаячасть 电抗 電抗 リアクタンス",
    "modulus": "|z| z mod zmod modz modulus magnitude absz ze zmagnitude zabs impedance impedancemagnitude betrag betragz "
    "impedanz scheinwiderstand module modulez impédance 模 模值 阻抗模 阻抗 阻抗模值 インピーダンス 絶対値 임피던스 "
    "impedenza impedancia impedância modulo módulo модуль импеданс",
    "phase": "phase phasez phaseofz zphz phaseangle theta thetaz theta-z thz th θ θz φ phi argz zphase impedancephase "
    "impedancephasedegrees phasenwinkel phasenverschiebung winkel 相位 相位角 相角 位相 位相角 위상 fase фаза",
    "temperature": "t temp temperature ambienttemperature surfacetemperature temperatur température 温度",
    "sweep": "sweep sweepnumber scan loop loopindex ns cyclenumber cyclecount",
    "conductance": "g y' rey yre yreal conductance gp",
    "susceptance": "b y'' imy yim yimag susceptance bp",
    "admittance": "|y| y ymod admittance",
    "series_resistance": "rs esr",
    "series_capacitance": "cs",
    "parallel_resistance": "rp",
    "parallel_capacitance": "cp",
    "series_inductance": "ls",
    "parallel_inductance": "lp",
    "quality": "q qualityfactor",
    "dissipation": "d df tand tanδ tandelta dissipationfactor",
    "sigma": "sigma sigmaz zsigma σ σz sd std stdev stderr standarddeviation standarderror uncertainty",
}
_ANGULAR = {"omega", "ω", "w", "angularfrequency"}
_NAMES: dict[str, Role] = {word: role for role, words in _WORDS.items() for word in words.split()}

_OF_Z: tuple[Role, ...] = ("real", "imaginary", "modulus", "phase")
_TYPESET = (
    ("\\g(W)", "Ω"),
    ("\\Omega", "Ω"),
    ("$", ""),
    ("&#39;", "'"),
    ("&quot;", '"'),
)  # plotting programs and web pages
_TICKS = str.maketrans({"’": "'", "‘": "'", "′": "'", "´": "'", "`": "'", "″": "''", "”": "''", "“": "''", '"': "''"})
_PREAMBLE = re.compile(r"^(?:data|meas(?:ured)?)\s*:\s*", re.IGNORECASE)
_LABEL = re.compile(r"[\u4e00-\u9fff]+\s*(?=[-|A-Za-z])")  # a Chinese or Japanese word before the symbol
_MINUS = re.compile(r"^(?:[-\u2212\u2013]\s*(?:1\s*[*×]\s*)?|neg(?:ative)?[ _.]+|minus[ _.]+)")
_DECADES = re.compile(
    r"(?:log|lg)(?:10|_10)?(?:\s*\((?P<of>.+)\)|\s*\[(?P<also>.+)\]|[\s_]+(?P<after>.+))", re.IGNORECASE
)
_NAME_AND_UNIT = (
    re.compile(r"(?P<name>.+?)\s*\[(?P<unit>[^\[\]]*)\]"),
    re.compile(r"(?P<name>.+?)\s*\((?P<unit>[^()]*)\)"),
    re.compile(r"(?P<name>.+?)\s+in\s+(?P<unit>.+)"),
    re.compile(r"(?P<name>[^/]+?)\s*/\s*(?P<unit>.+)"),
    re.compile(r"(?P<name>.+?)[_ ,]+(?P<unit>\w*(?:ohms?|Ω)[_ .*·]?[cm]?m\^?[2²])", re.IGNORECASE),
    re.compile(r"(?P<name>.+?)[_ ,]+(?P<unit>[^_ ,]+)"),
)
_RADIANS_PER_SECOND = ("rad/s", "rads-1", "rad*s-1", "rads^-1")
_PREFIX = {"": 1.0, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_SIEMENS = re.compile(r"([numkKMG]?)\s*(?:S|siemens|Siemens|mho|ohm-1|1/ohm|ohm\^-1)")
_FARAD = re.compile(r"([pnumkKMG]?)\s*(?:F|farad|Farad)")
_HENRY = re.compile(r"([pnumkKMG]?)\s*(?:H|henry|Henry)")
_OHM = re.compile(r"([numkKMGT]?)\s*(?:[oO][hH][mM]s?|OHMS)")
_OHM_AREA = re.compile(_OHM.pattern + r"\s*[_ .*·⋅×-]?\s*([cm]?)m\s*\^?\s*[2²]")
_SQUARE_METRES = {"": 1.0, "c": 1e-4, "m": 1e-6}
_HERTZ = re.compile(r"([umkKMG]?)\s*[hH][zZ]")
_UNITS: dict[Role, re.Pattern[str]] = {
    "frequency": _HERTZ, "conductance": _SIEMENS, "susceptance": _SIEMENS, "admittance": _SIEMENS,
    "series_capacitance": _FARAD, "parallel_capacitance": _FARAD, "series_inductance": _HENRY,
    "parallel_inductance": _HENRY,
}  # fmt: skip
_OHM_SIGNS = (
    "\u03a9",
    "\u2126",
    "Î©",
    "â„¦",
    "\ufffd",
    "?",
)  # both code points, both mojibakes, and both kinds of loss
_CYRILLIC = (("Гц", "Hz"), ("Ом", "ohm"), ("к", "k"), ("М", "M"), ("м", "m"))
_DEGREE_SIGNS = ("°", "º", "Â°", "Âº", "\ufffd", "?", "deg", "degree", "degrees", "Deg")
_CELSIUS = ("°C", "ºC", "Â°C", "\ufffdC", "?C", "degC", "deg C", "C", "℃", "celsius", "Celsius")
_KELVIN_AT_ZERO_CELSIUS = to_si("0 degC", "K")


_FREQUENCY = re.compile(
    "|".join(
        re.escape(word) if len(word) > 2 else f"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])"
        for word in (*_WORDS["frequency"].split(), "hz", "khz", *sorted(_ANGULAR))
    ),
    re.IGNORECASE,
)


def may_name_frequency(line: str) -> bool:
    """Return whether a word for the frequency stands somewhere in a line: quick, where most lines are no header."""
    return _FREQUENCY.search(line) is not None


@lru_cache(maxsize=4096)
def understand(header: str, unit_below: str = "") -> Column | None:
    """Return what a header means, or None. unit_below: the unit, when it stands in a row of its own below."""
    text = _PREAMBLE.sub("", _plain(header).translate(_TICKS))
    if role := _role(text):
        return _column(role, _plain(unit_below))
    if (label := _LABEL.match(text)) and (symbol := understand(text[label.end() :], unit_below)):
        return symbol
    if minus := _MINUS.match(text):
        rest = understand(text[minus.end() :], unit_below)
        return _negated(rest) if rest and rest.role in ("real", "imaginary", "phase") else None
    for match in filter(None, (pattern.fullmatch(text) for pattern in _NAME_AND_UNIT)):
        unit = match["unit"].strip()
        if _key(match["name"]) in _ANGULAR and unit.replace(" ", "") in _RADIANS_PER_SECOND:
            return Column("frequency", 1 / (2 * pi))
        if role := _role(match["name"]):
            return _column(role, unit)
    if logarithm := _DECADES.fullmatch(text):
        return _logarithmic(understand(next(filter(None, logarithm.groups())), unit_below))
    if unit_alone := _HERTZ.fullmatch(text):
        return Column("frequency", _PREFIX[unit_alone[1]])
    return Column("frequency", None) if _key(text) in _ANGULAR else None


def _logarithmic(of: Column | None) -> Column | None:
    return replace(of, decades=True) if of and of.role in ("frequency", "modulus") and of.sign > 0 else None


def _plain(header: str) -> str:
    for theirs, ours in _TYPESET:
        header = header.replace(theirs, ours)
    return header.strip()


def _role(name: str) -> Role | None:
    """Return what a name means; "Z実部" and "Partie réelle Z" are the words for a part, beside the Z that they are of."""
    key = _key(name)
    if role := _NAMES.get(key):
        return role
    bare = _NAMES.get(key.removeprefix("z")) or _NAMES.get(key.removesuffix("z"))
    return bare if bare in _OF_Z else None


def _negated(column: Column) -> Column:
    return replace(column, sign=-column.sign)


def _key(name: str) -> str:
    """Return the letters of a name; "Re(Zwe-ce)" is "rez": between which terminals a Z was measured is another matter."""
    plain = re.sub(r"[\s_.()\[\]]+", "", name).lower()
    return re.sub(r"(?<=z)(?:we-ce|we-re|we|ce)(?=\||$)", "", plain)


def _column(role: Role, unit: str) -> Column:
    if role == "sweep":
        return Column(role)
    if role == "temperature":
        return _temperature(unit)
    if not unit:
        return _without_unit(role)
    if role in ("dissipation", "quality"):
        return Column(role, 0.01 if unit == "%" else 1.0)
    if role in _UNITS:
        return Column(role, _scaled(_spell_ohm(unit), _UNITS[role]))
    if role == "phase":
        factor = pi / 180 if unit in _DEGREE_SIGNS else 1.0 if unit == "rad" else None
        return Column(role, factor)
    note = "the ohm sign was lost in the export" if "?" in unit or "\ufffd" in unit else ""
    if shared := _OHM_AREA.fullmatch(_spell_ohm(unit).strip()):
        return Column(role, _PREFIX[shared[1]] * _SQUARE_METRES[shared[2]], note=note, per_area=True)
    return Column(role, _scaled(_spell_ohm(unit), _OHM), note=note)


def _without_unit(role: Role) -> Column:
    if role in ("dissipation", "quality"):
        return Column(role)
    if role in _UNITS and role != "frequency":
        return Column(role, None)  # nF or F, mS or S: nobody can tell
    if role == "phase":
        return Column(role, None)  # degrees or radians: nobody can tell
    unit = "Hz" if role == "frequency" else "ohm"
    return Column(role, 1.0, note=f"no unit is given; read as {unit}")


def _temperature(unit: str) -> Column:
    if unit in _CELSIUS:
        return Column("temperature", 1.0, offset=_KELVIN_AT_ZERO_CELSIUS)
    return Column("temperature", 1.0 if unit in ("K", "Kelvin", "kelvin") else None)


def _spell_ohm(unit: str) -> str:
    for sign in _OHM_SIGNS:
        unit = unit.replace(sign, "ohm")
    for theirs, ours in _CYRILLIC:
        unit = unit.replace(theirs, ours)
    return unit.replace("\u00b5", "u").replace("\u03bc", "u")


def _scaled(unit: str, pattern: re.Pattern[str]) -> float | None:
    match = pattern.fullmatch(unit.strip().strip("."))
    return _PREFIX[match[1]] if match else None
