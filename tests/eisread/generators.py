"""Files as the instruments write them, from known spectra: the tests' own knowledge of each format.

Each function takes sweeps, a list of (frequency, impedance), and returns the text of a file. Numbers are written with
enough digits that reading them back gives the spectrum to 1e-6.
"""

from collections.abc import Callable

import numpy as np

Sweep = tuple[np.ndarray, np.ndarray]


def spectrum(points: int = 31, scale: float = 1.0, start: float = 1e6, stop: float = 0.1) -> Sweep:
    """A resistor, two arcs and a blocking tail: Im Z < 0 everywhere, and no two values alike."""
    f = np.geomspace(start, stop, points)
    w = 2j * np.pi * f
    Z = 40 + 300 / (1 + 300 * 2e-9 * w) + 900 / (1 + (900 * 3e-6 * w) ** 0.85) + 1 / (2e-4 * w**0.7)
    return f, scale * Z


def _point(value: float) -> str:
    return f"{value:.7E}"


def _write(decimal: str) -> Callable[[float], str]:
    return lambda value: _point(value).replace(".", decimal)


def nova(sweeps: list[Sweep], decimal: str = ",", delimiter: str = ";", ohm: str = "\u03a9", minus: str = "-") -> str:
    """Nova 2: minus = "" writes the imaginary part and the phase themselves, and says so in the header."""
    sign, write = -1 if minus else 1, _write(decimal)
    names = (
        "Index",
        "Frequency (Hz)",
        f"Z' ({ohm})",
        f"{minus}Z'' ({ohm})",
        f"Z ({ohm})",
        f"{minus}Phase (°)",
        "Time (s)",
    )
    lines = [delimiter.join(names)]
    for f, Z in sweeps:
        for n, (fi, Zi) in enumerate(zip(f, Z, strict=True), start=1):
            phase = sign * np.degrees(np.angle(Zi))
            row = (str(n), *map(write, (fi, Zi.real, sign * Zi.imag, abs(Zi), phase, 1.5 * n)))
            lines.append(delimiter.join(row))
    return "\n".join(lines) + "\n"


def fra(sweeps: list[Sweep], header: str | None = None, signature: str = "Z60W Data File: Version 1.1") -> str:
    """Autolab FRA; header = "" leaves the line of names out, as some programs do."""
    (f, Z) = sweeps[0]
    usual = "\"  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\""
    lines = [f'"{signature}"', *['""'] * 7, "0,2,0,1,0.1,100000", str(len(f))]
    lines += [usual if header is None else header] if header != "" else []
    lines += [f"{_point(a)},0,0,0,{_point(b.real)},{_point(b.imag)},0,0,0" for a, b in zip(f, Z, strict=True)]
    return "\n".join(lines) + "\n"


def mpt(sweeps: list[Sweep], decimal: str = ".", rests: bool = False) -> str:
    """EC-Lab text (write it as latin-1); rests adds the rows at 0 Hz that stand between sweeps."""
    write = _write(decimal)
    names = ["freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "|Z|/Ohm", "Phase(Z)/deg", "time/s", "<Ewe>/V", "Cs/\u00b5F"]
    names += ["cycle number", "I Range"]
    settings = [
        "Run on channel : 6 (SN 10611)",
        "Electrode surface area : 1,131 cm\u00b2",
        "Va (mV)             10,0   ",
    ]
    lines = ["EC-Lab ASCII FILE", f"Nb header lines : {len(settings) + 4}", *settings, ""]
    lines.append("\t".join(names) + "\t")
    for cycle, (f, Z) in enumerate(sweeps, start=1):
        for n, (fi, Zi) in enumerate(zip(f, Z, strict=True)):
            values = (fi, Zi.real, -Zi.imag, abs(Zi), np.degrees(np.angle(Zi)), n, 0.05, 12.5, cycle)
            lines.append("\t".join((*map(write, values), "11")))
        if rests:
            lines.append("\t".join((*map(write, (0, 0, 0, 0, 0, len(f), 0.05, 0, cycle)), "11")))
    return "\n".join(lines) + "\n"


def gamry(sweeps: list[Sweep], decimal: str = ".", ending: str = "\r\n", drift: bool = False) -> str:
    """Gamry Explain data with an open-circuit table before the curves; one ZCURVE per sweep.

    drift adds the columns of the drift correction, which are not what was measured.
    """
    write = _write(decimal)
    lines = [
        "EXPLAIN",
        "TAG\tEISPOT",
        "TITLE\tLABEL\tPotentiostatic EIS\tTest &Identifier",
        "NOTES\tNOTES\t1\t&Notes...",
    ]
    lines += ["\tLi | Li2OHCl | Li", "AREA\tQUANT\t1.00000E+000\t&Area (cm^2)", "OCVCURVE\tTABLE\t2"]
    lines += ["\tPt\tT\tVf\tVm\tAch\tOver\tTemp", "\t#\ts\tV vs. Ref.\tV\tV\tbits\tdeg C"]
    rest = "\t".join((write(-0.3), write(-0.3), write(0), "..........a", f"-327{decimal}67"))
    lines += [f"\t{n}\t{write(0.25 * n)}\t{rest}" for n in (0, 1)]
    lines.append("EOC\tQUANT\t" + write(-0.34) + "\tOpen Circuit (V)")
    corrected = "\tZrealDrCor\tZimagDrCor\tZmodDrCor\tZphzDrCor" if drift else ""
    corrected_units = "\tohm\tohm\tohm\t\u00b0" if drift else ""
    for f, Z in sweeps:
        lines += ["ZCURVE\tTABLE", f"\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz{corrected}\tIdc\tVdc\tIERange"]
        lines.append(f"\t#\ts\tHz\tohm\tohm\tV\tohm\t\u00b0{corrected_units}\tA\tV\t#")
        for n, (fi, Zi) in enumerate(zip(f, Z, strict=True)):
            values = [fi, Zi.real, Zi.imag, 1, abs(Zi), np.degrees(np.angle(Zi))]
            values += [2 * Zi.real, 3 * Zi.imag, abs(Zi), 0] * drift + [-2e-6, 0.34]
            lines.append("\t".join(("", str(n), str(n + 1), *map(write, values), "7")))
    return ending.join(lines) + ending


def zplot(sweeps: list[Sweep], decimal: str = ".", delimiter: str = "\t") -> str:
    """ZPlot 3, with comments that try to end the header early."""
    (f, Z), write = sweeps[0], _write(decimal)
    lines = ["ZPLOT2 ASCII", "  Measured Data, ZPlot:       3.2c", "  Begin User Comments:        1", "pellet, 0.15 g"]
    lines += [
        "  End User Comments:          1",
        "  Begin Information:          Cell Information",
        "    Surface Area:             1",
    ]
    lines += [f"  Data Points:                {len(f)}"]
    lines += ["  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange", "End Comments"]
    for n, (fi, Zi) in enumerate(zip(f, Z, strict=True)):
        row = (*map(write, (fi, 0.01, 0, n, Zi.real, Zi.imag, 0)), "0", "3")
        lines.append(delimiter.join(row))
    return "\n".join(lines) + "\n"


def fixed_values(sweeps: list[Sweep], title: str = "pellet", fixed: str = "AC Volt  [Vrms]=3.5000e-02  ") -> str:
    (f, Z) = sweeps[0]
    lines = [title, f"Fixed value(s) :  {fixed}", "   Freq.[Hz]   \tZs'[ohm]  \tZs''[ohm]"]
    lines += [f" {_point(a)}\t{b.real: .7e}\t{b.imag: .7e}" for a, b in zip(f, Z, strict=True)]
    return "\n".join(lines) + "\n"


def plain(sweeps: list[Sweep], columns: dict[str, Callable], decimal: str = ".", delimiter: str = ",") -> str:
    """A table with any header: columns maps a header to the function of (f, Z) that its numbers are."""
    write = _write(decimal)
    lines = [delimiter.join(columns)]
    for f, Z in sweeps:
        lines += [delimiter.join(write(column(a, b)) for column in columns.values()) for a, b in zip(f, Z, strict=True)]
    return "\n".join(lines) + "\n"


OWN = {"frequency_Hz": lambda f, Z: f, "Z_real_ohm": lambda f, Z: Z.real, "Z_imag_ohm": lambda f, Z: Z.imag}

# Every layout that the readers know, under a name; each is written in the encoding its program uses.
EVERY_LAYOUT: dict[str, Callable[[list[Sweep]], bytes]] = {
    "nova, semicolons and decimal commas": lambda s: nova(s).encode(),
    "nova, tabs and points, ohm sign": lambda s: nova(s, ".", "\t", "\u2126").encode("utf-8-sig"),
    "nova, commas and points, sign of ohm lost": lambda s: nova(s, ".", ",", "?").encode("cp1252"),
    "nova, utf-8 taken for cp1252": lambda s: nova(s).encode().decode("cp1252").encode(),
    "nova, imaginary part not negated": lambda s: nova(s, minus="").encode("utf-16"),
    "fra": lambda s: fra(s).encode("utf-8-sig"),
    "fra, bare header": lambda s: fra(s, "Freq (Hz) Ampl Time(Sec); Z'(a) Z''(b) GD Err Range ").encode(),
    "fra, no header": lambda s: fra(s, "").encode(),
    "zplotw, a comment that is a number": lambda s: fra(s, signature='ZPlotW Data File: Version 3.1"\n12\n"').encode(),
    "mpt": lambda s: mpt(s).encode("latin-1"),
    "mpt, decimal commas and rests": lambda s: mpt(s, ",", rests=True).encode("latin-1"),
    "gamry": lambda s: gamry(s).encode("cp1252"),
    "gamry, drift corrected": lambda s: gamry(s, drift=True).encode("cp1252"),
    "gamry, decimal commas": lambda s: gamry(s, ",", "\n").encode("cp1252"),
    "zplot": lambda s: zplot(s).encode(),
    "zplot, decimal commas": lambda s: zplot(s, ",").encode(),
    "zview, commas": lambda s: zplot(s, ".", ", ").encode(),
    "fixed values": lambda s: fixed_values(s).encode(),
    "our own csv": lambda s: plain(s, OWN).encode(),
    "own words, semicolons and decimal commas": lambda s: plain(s, OWN, ",", ";").encode("utf-16"),
}
# Layouts that can hold several sweeps.
MANY_SWEEPS = [name for name in EVERY_LAYOUT if not name.startswith(("fra", "zplot", "zview", "fixed"))]
