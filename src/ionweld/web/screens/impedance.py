"""Impedance: is a sweep consistent, how many processes does it show, which circuits describe it, and Arrhenius."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ionweld.web.asked import AskedFile, Quantity
from ionweld.web.desk import Desk, DeskHere
from ionweld.web.measured import measurements, spectra
from ionweld.web.origin import given, origin
from ionweld.web.recipe import call, recipe
from ionweld.web.screens import Screen
from ionweld.wording import many

if TYPE_CHECKING:
    from ionweld.api.impedance import Fit
    from ionweld.api.measurements import Spectrum

router = APIRouter()
SCREEN = Screen(
    "impedance", "Impedance", "Test a sweep, count its processes, compare circuits, and go on to Arrhenius.", 40, router
)
_MOST_MASKED = 400
_MOST_CIRCUITS = 2
Text = Annotated[str, Field(max_length=200)]


class AskedSweep(AskedFile):
    """One sweep of a file. without: frequencies (Hz) of points to leave out; low, high: ends of the window, with units."""

    at: int = 0
    without: list[float] = Field(default_factory=list, max_length=_MOST_MASKED)
    low: Quantity | None = None
    high: Quantity | None = None

    def chosen(self, desk: Desk) -> dict[str, Any]:
        """Return what a job needs to know."""
        window = None if self.low is None and self.high is None else (self.low or None, self.high or None)
        masked = [f"{f:.6g} Hz" for f in self.without]
        return {"place": str(desk.place(self.file)), "at": self.at, "without": masked, "window": window}


class SizedFile(AskedFile):
    """A file whose impedance is per area, and that area, as text."""

    area: Quantity


class AskedFit(AskedSweep):
    """A fit. circuit: None for those that the sweep proposes."""

    circuit: Text | None = None
    weights: Literal["modulus", "unit", "robust"] = "modulus"


class AskedSeries(BaseModel):
    """Sweeps of one sample at several temperatures. temperature: as text, None where the file says it."""

    files: Annotated[list[Text], Field(min_length=1, max_length=60)]
    temperatures: Annotated[list[Quantity | None], Field(max_length=60)]
    circuit: Text
    thickness: Quantity
    diameter: Quantity


@router.post("/sweeps")
def sweeps(asked: AskedFile, desk: DeskHere) -> dict[str, Any]:
    """List the sweeps of a file with their points."""
    return {"job": desk.crew.start(f"Reading {asked.file}", sweeps_of, place=str(desk.place(asked.file))).shown()}


def sweeps_of(place: str) -> list[dict[str, Any]]:
    """Return each sweep of a file: what it is, its points."""
    return [_sweep(at, one) for at, one in spectra(place)]


def _sweep(at: int, one: "Spectrum") -> dict[str, Any]:
    warm = None if one.temperature is None else one.temperature - 273.15
    return {
        "at": at,
        "label": one.data.label or f"sweep {at + 1}",
        "temperature_degC": warm,
        "frequency_Hz": one.frequency.tolist(),
        "real_ohm": one.impedance.real.tolist(),
        "minus_imaginary_ohm": (-one.impedance.imag).tolist(),
        "warnings": list(one.warnings),
    }


@router.post("/sized")
def sized(asked: SizedFile, desk: DeskHere) -> dict[str, Any]:
    """Write beside a file of impedances per area how large its electrode is."""
    desk.refuse_read_only()
    job = desk.crew.start(
        f"Reading {asked.file} with its area", sized_sweeps, place=str(desk.place(asked.file)), area=asked.area
    )
    return {"job": job.shown()}


def sized_sweeps(place: str, area: str) -> dict[str, Any]:
    """Describe a file's area; return how many sweeps are read with it."""
    from ionweld.api.describing import describe_area

    return {"sweeps": len(describe_area(place, area))}


@router.post("/check")
def check(asked: AskedSweep, desk: DeskHere) -> dict[str, Any]:
    """Test a sweep, and count its processes."""
    return {"job": desk.crew.start(f"Testing {asked.file}", checked, slot="check", **asked.chosen(desk)).shown()}


def checked(place: str, at: int, without: list[str], window: tuple[str | None, str | None] | None) -> dict[str, Any]:
    """Return the Kramers-Kronig test and the distribution of relaxation times of a sweep."""
    import ionweld as iw
    from ionweld.result import plain

    spectrum = _chosen(place, at, without, window)
    test, relaxation = iw.check(spectrum), iw.drt(spectrum)
    found = relaxation.found
    return plain(
        {
            "passes": test.passes,
            "said": test.outcome.said,
            "noise_percent": test.outcome.noise_percent,
            "residuals": {
                "frequency_Hz": spectrum.frequency,
                "real_percent": test.outcome.residuals.real,
                "imaginary_percent": test.outcome.residuals.imag,
            },
            "processes": relaxation.table().to_dicts(),
            "relaxation_said": found.said,
            "distribution": {"tau_s": found.tau_s, "gamma_ohm": found.gamma_ohm},
            "origin": origin("drt", "calculated", [place], _said(without, window)),
            "recipe": recipe(
                ["eis", "check", place],
                _python_of(place, at),
                *_without_points(without, window),
                "iw.check(spectrum)",
                "iw.drt(spectrum)",
            ),
        }
    )


@router.post("/fit")
def fit(asked: AskedFit, desk: DeskHere) -> dict[str, Any]:
    """Fit the circuit that is asked for, or those that the sweep proposes."""
    chosen = asked.chosen(desk) | {"circuit": asked.circuit, "weights": asked.weights}
    return {"job": desk.crew.start(f"Fitting {asked.file}", fitted, slot="fit", **chosen).shown()}


def fitted(
    place: str,
    at: int,
    without: list[str],
    window: tuple[str | None, str | None] | None,
    circuit: str | None,
    weights: Literal["modulus", "unit", "robust"],
) -> dict[str, Any]:
    """Return the fits of a sweep side by side, each with its recipe."""
    import ionweld as iw

    spectrum = _chosen(place, at, without, window)
    first = iw.fit(spectrum, circuit, weights=weights)
    others = [iw.fit(spectrum, one.circuit, weights=weights) for one in first.proposals[1:_MOST_CIRCUITS]]
    odds = {one.circuit: one.odds for one in first.proposals}
    made = []
    for one in (first, *others):
        python = [
            _python_of(place, at),
            call("iw.fit", "=spectrum", one.circuit, window=window, without=without or None, weights=weights),
        ]
        said = recipe(_command(place, one.circuit, without, window, weights), *python)
        known = _said(without, window) + given({"circuit": circuit or "proposed by the sweep", "weights": weights})
        told = {"odds": odds.get(one.circuit), "recipe": said, "origin": origin("fit", "fitted", [place], known)}
        made.append(_fit(one) | told)
    return {"fits": made, "proposed": [{"circuit": name, "odds": value} for name, value in odds.items()]}


def _fit(one: "Fit") -> dict[str, Any]:
    from ionweld.result import plain

    found = one.solution
    left = 100.0 * (found.model_ohm - found.spectrum.impedance_ohm) / abs(found.spectrum.impedance_ohm)
    return plain(
        {
            "circuit": one.circuit,
            "verdict": one.verdict,
            "warnings": one.warnings,
            "parameters": one.table().to_dicts(),
            "chi2_reduced": found.reduced_chi2,
            "frequency_Hz": found.spectrum.frequency_Hz,
            "model": {"real_ohm": found.model_ohm.real, "minus_imaginary_ohm": -found.model_ohm.imag},
            "residuals": {"real_percent": left.real, "imaginary_percent": left.imag},
        }
    )


@router.post("/arrhenius")
def arrhenius(asked: AskedSeries, desk: DeskHere) -> dict[str, Any]:
    """Fit sweeps at several temperatures, and give activation energies."""
    places = [str(desk.place(file)) for file in asked.files]
    job = desk.crew.start(
        f"Arrhenius of {many(len(places), 'file')}",
        energies,
        places=places,
        temperatures=[text or None for text in asked.temperatures],
        circuit=asked.circuit,
        thickness=asked.thickness,
        diameter=asked.diameter,
    )
    return {"job": job.shown()}


def energies(
    places: list[str], temperatures: list[str | None], circuit: str, thickness: str, diameter: str
) -> dict[str, Any]:
    """Return conductivities by temperature and the activation energy of each resistance with its interval."""
    import ionweld as iw
    from ionweld.result import plain

    series: list[Any] = []
    for place, warm in zip(places, temperatures, strict=True):
        series += [one.with_(temperature=warm) for _, one in spectra(place)]
    found = iw.arrhenius(series, circuit, thickness=thickness, diameter=diameter)
    each = [word for text in temperatures if text for word in ("--temperature", text)]
    command = ["eis", "arrhenius", *places, "--circuit", circuit, "--thickness", thickness, "--diameter", diameter]
    many = [
        f"iw.read_one({place!r}).with_(temperature={warm!r})" for place, warm in zip(places, temperatures, strict=True)
    ]
    python = f"iw.arrhenius([{', '.join(many)}], {circuit!r}, thickness={thickness!r}, diameter={diameter!r})"
    warmth = {f"temperature of {Path(place).name}": warm for place, warm in zip(places, temperatures, strict=True)}
    known = given({"circuit": circuit, "thickness": thickness, "diameter": diameter} | warmth)
    return plain(
        {
            "verdict": found.verdict,
            "warnings": found.warnings,
            "origin": origin("arrhenius", "fitted", places, known),
            "sigma": found.table().to_dicts(),
            "series": [
                {"role": one.role, "Ea_eV": one.Ea_eV, "stderr_eV": one.stderr_eV, "transition": one.transition}
                for one in found.series
            ],
            "recipe": recipe([*command, *each], python),
        }
    )


def _chosen(place: str, at: int, without: list[str], window: tuple[str | None, str | None] | None) -> "Spectrum":
    """Return a sweep of a file without the points that a person masked."""
    found = dict(spectra(place))
    one = found.get(at, next(iter(found.values())))
    return one.within(window, without) if without or window else one


def _said(without: list[str], window: tuple[str | None, str | None] | None) -> list[dict[str, Any]]:
    low, high = window or (None, None)
    return given({"from": low, "up to": high, "points left out": ", ".join(without)})


def _python_of(place: str, at: int) -> str:
    many = len(measurements(place)) > 1
    return f"spectrum = {call('iw.read', place)}[{at}]" if many else f"spectrum = {call('iw.read_one', place)}"


def _without_points(without: list[str], window: tuple[str | None, str | None] | None) -> list[str]:
    return [f"spectrum = spectrum.within({window!r}, {without!r})"] if without or window else []


def _command(
    place: str, circuit: str, without: list[str], window: tuple[str | None, str | None] | None, weights: str
) -> list[str]:
    words = ["eis", "fit", place, "--circuit", circuit]
    if window is not None:
        low, high = window
        words += ["--window", f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"]
    for point in without:
        words += ["--without", point]
    return words if weights == "modulus" else [*words, "--weights", weights]
