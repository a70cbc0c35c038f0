"""What the impedance verbs take: files, conditions as quantities with units, parameters as text."""

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ionweld.cli.output import progress, say

if TYPE_CHECKING:
    from ionweld.measurement.impedance import ImpedanceSpectrum

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


def read_all(files: list[Path], conditions: StatedConditions) -> list["ImpedanceSpectrum"]:
    """Return all sweeps of all files, in order, with the given temperatures and geometry.

    A file that cannot be read costs that file: it is said on standard error, and the others go on.
    Raises InputError when two files hold the same measurement: counted twice, it would make every error too small; and
    what the files' refusals say when not one of them can be read.
    """
    from ionweld.api.sample import with_conditions, within
    from ionweld.errors import Fault, InputError

    spectra: list[ImpedanceSpectrum] = []
    seen: dict[str, Path] = {}
    for path, found in _readable(files, conditions):
        first = seen.setdefault(found[0].provenance.sha256, path)
        if first is not path:
            raise InputError(Fault(str(path), f"holds the same bytes as {first}", "Give each measurement once"))
        spectra.extend(found)
    said, noise = conditions, conditions.noise()
    used = [within(spectrum, said.window, said.without or ()) for spectrum in spectra]
    used = [spectrum.with_sigma(*noise) for spectrum in used] if noise else used
    return [
        with_conditions(spectrum, T, said.area, said.diameter, said.thickness, said.interfaces)
        for spectrum, T in zip(used, _temperatures(said.temperature, len(used)), strict=True)
    ]


def _readable(files: list[Path], said: StatedConditions) -> list[tuple[Path, list["ImpedanceSpectrum"]]]:
    """Return the sweeps of each file that can be read; say which cannot, and refuse when none can."""
    from ionweld.api.sample import stated_area
    from ionweld.errors import FileFormatError
    from ionweld.measurement.impedance import SampleGeometry
    from ionweld.read.eis import read_spectra

    geometry = SampleGeometry(**stated_area(said.area, said.diameter))
    found: list[tuple[Path, list[ImpedanceSpectrum]]] = []
    refusals: list[FileFormatError] = []
    with progress("reading", len(files)) if len(files) >= _MANY else nullcontext() as bar:
        for path in files:
            try:
                found.append((path, read_spectra(path, geometry=geometry, columns=said.columns)))
            except FileFormatError as refusal:
                refusals.append(refusal)
            if bar:
                bar.advance()
    if not found:
        raise FileFormatError([fault for refusal in refusals for fault in refusal.faults])
    for refusal in refusals:
        say(f"left out: {refusal}")
    return found


def _temperatures(texts: list[str] | None, count: int) -> list[str | None]:
    from ionweld.errors import Fault, InputError

    if not texts or len(texts) == 1:
        return [texts[0] if texts else None] * count
    if len(texts) != count:
        seen = f"{len(texts)} temperatures for {count} sweeps"
        raise InputError(Fault("temperature", seen, "Give one for all, or one per sweep in their order"))
    return list(texts)
