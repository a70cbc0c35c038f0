"""What the impedance verbs take: files, conditions as quantities with units, parameters as text."""

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ionweld.cli.numbers import positive
from ionweld.cli.output import progress, say

if TYPE_CHECKING:
    from ionweld.measurement.impedance import SampleGeometry, Spectrum

Files = Annotated[list[Path], typer.Argument(help="Impedance files; a file may hold several sweeps.")]
CircuitOption = Annotated[
    list[str] | None,
    typer.Option("--circuit", help='Such as "R0-p(R1,CPE1)-CPE2" or "R(RQ)Q"; repeat to compare. Without: proposed.'),
]
OneCircuit = Annotated[str, typer.Option("--circuit", help='Such as "p(Rb,CPEb)-p(Rgb,CPEgb)-CPE3" or "(RQ)(RQ)Q".')]
Temperature = Annotated[
    list[str] | None, typer.Option("--temperature", help='Such as "80 degC": once for all, or once per sweep in order.')
]
Area = Annotated[str | None, typer.Option("--area", help='Electrode area, such as "0.283 cm^2".')]
Diameter = Annotated[str | None, typer.Option("--diameter", help='Electrode diameter instead of its area: "6 mm".')]
Thickness = Annotated[str | None, typer.Option("--thickness", help='Pellet thickness, such as "1.15 mm".')]
PelletDiameter = Annotated[
    str | None, typer.Option("--pellet-diameter", help="Of a pellet wider than its electrode: the current spreads.")
]
Columns = Annotated[
    str | None,
    typer.Option("--columns", help='Of tables without names: "f,re,-im", "f,mod,phase_deg", "f_kHz,re,im,-".'),
]
Window = Annotated[
    str | None, typer.Option("--window", help='Frequencies to use: "1 Hz to 1 MHz", "from 10 Hz", "up to 100 kHz".')
]
Without = Annotated[list[str] | None, typer.Option("--without", help='A point to leave out: "50 Hz"; repeat for more.')]
Sigma = Annotated[
    str | None,
    typer.Option(
        "--sigma", help='Standard deviation of Re Z and Im Z: "0.5 %", "2 ohm", "0.5 % + 0.1 ohm"; weighs the fit.'
    ),
]
Interfaces = Annotated[int | None, typer.Option("--interfaces", min=1, help="How many electrode interfaces in series.")]
ReportFile = Annotated[Path | None, typer.Option("--report", help="Write an HTML report to this file.")]
_MANY = 4


@dataclass(frozen=True, slots=True)
class StatedConditions:
    """The user's own statements about the sample, as text."""

    temperature: list[str] | None = None
    area: str | None = None
    diameter: str | None = None
    thickness: str | None = None
    interfaces: int | None = None
    columns: str | None = None
    window: str | None = None
    without: list[str] | None = None
    sigma: str | None = None

    def noise(self) -> tuple[float, float] | None:
        """Return sigma as a share of |Z| and as a constant (ohm). Raises InputError for what is no sigma."""
        from ionweld.errors import Fault, InputError, UnitError
        from ionweld.units import to_si

        if self.sigma is None:
            return None
        share = constant = 0.0
        for text in self.sigma.split("+"):
            try:
                share = to_si(text.strip(), "1", "--sigma")
            except UnitError:
                constant = to_si(text.strip(), "ohm", "--sigma")
        if not (share >= 0 and constant >= 0 and share + constant > 0):
            raise InputError(Fault("--sigma", f"{self.sigma!r} is not positive", 'Write "0.5 % + 0.1 ohm"'))
        return share, constant

    def frequencies(self) -> tuple[float, float]:
        """Return the lowest and the highest frequency to use (Hz). Raises InputError for a window that is none."""
        from ionweld.errors import Fault, InputError
        from ionweld.units import to_si

        if self.window is None:
            return 0.0, float("inf")
        text = self.window.strip()
        low, between, high = (
            text.removeprefix("from ").partition(" to ") if "up to" not in text else ("", " to ", text[6:])
        )
        ends = to_si(low, "Hz", "--window") if low else 0.0, to_si(high, "Hz", "--window") if high else float("inf")
        if not ends[0] < ends[1] or not (between or text.startswith("from ")):
            mend = 'Write "1 Hz to 1 MHz", "from 10 Hz" or "up to 100 kHz"'
            raise InputError(Fault("--window", f"{self.window!r} is no window of frequencies", mend))
        return ends

    def geometry(self) -> "SampleGeometry":
        """Return the geometry in SI units. Raises UnitError, or InputError when area and diameter are both given."""
        from math import pi

        from ionweld.errors import Fault, InputError
        from ionweld.measurement.impedance import SampleGeometry
        from ionweld.units import to_si

        if self.area and self.diameter:
            raise InputError(Fault("--area", "area and diameter are both given", "Give one of them"))
        thickness = positive(self.thickness, "m", "--thickness")
        if self.diameter:
            across = to_si(self.diameter, "m", "--diameter")
            positive(self.diameter, "m", "--diameter")
            return SampleGeometry(pi * across**2 / 4, f"electrode, {self.diameter}", thickness, self.interfaces)
        return SampleGeometry(positive(self.area, "m^2", "--area"), None, thickness, self.interfaces)


def read_all(files: list[Path], conditions: StatedConditions) -> list["Spectrum"]:
    """Return all sweeps of all files, in order, with the given temperatures and geometry.

    A file that cannot be read costs that file: it is said on standard error, and the others go on.
    Raises InputError when two files hold the same measurement: counted twice, it would make every error too small; and
    what the files' refusals say when not one of them can be read.
    """
    from dataclasses import replace

    from ionweld.errors import Fault, InputError

    spectra: list[Spectrum] = []
    seen: dict[str, Path] = {}
    for path, found in _readable(files, conditions):
        first = seen.setdefault(found[0].provenance.sha256, path)
        if first is not path:
            raise InputError(Fault(str(path), f"holds the same bytes as {first}", "Give each measurement once"))
        spectra.extend(found)
    given = _temperatures(conditions.temperature, len(spectra))
    ends = conditions.frequencies()
    masked = [positive(text, "Hz", "--without") or 0.0 for text in conditions.without or ()]
    spectra = [spectrum.within(*ends, masked) for spectrum in spectra]
    noise = conditions.noise()
    spectra = [spectrum.with_sigma(*noise) for spectrum in spectra] if noise else spectra
    return [
        replace(s, temperature_K=T, temperature_from="given") if T is not None else s
        for s, T in zip(spectra, given, strict=True)
    ]


def _readable(files: list[Path], conditions: StatedConditions) -> list[tuple[Path, list["Spectrum"]]]:
    """Return the sweeps of each file that can be read; say which cannot, and refuse when none can."""
    from ionweld.errors import FileFormatError
    from ionweld.read.eis import read_spectra

    geometry, found = conditions.geometry(), []
    refusals: list[FileFormatError] = []
    with progress("reading", len(files)) if len(files) >= _MANY else nullcontext() as bar:
        for path in files:
            try:
                found.append((path, read_spectra(path, geometry=geometry, columns=conditions.columns)))
            except FileFormatError as refusal:
                refusals.append(refusal)
            if bar:
                bar.advance()
    if not found:
        raise FileFormatError([fault for refusal in refusals for fault in refusal.faults])
    for refusal in refusals:
        say(f"left out: {refusal}")
    return found


def _temperatures(texts: list[str] | None, count: int) -> list[float | None]:
    from ionweld.errors import Fault, InputError

    if not texts:
        return [None] * count
    values = [positive(text, "K", "--temperature") for text in texts]
    if len(values) == 1:
        return values * count
    if len(values) != count:
        seen = f"{len(values)} temperatures for {count} sweeps"
        raise InputError(Fault("--temperature", seen, "Give one for all, or one per sweep in their order"))
    return values
