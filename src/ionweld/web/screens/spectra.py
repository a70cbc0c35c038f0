"""Spectra: diffraction, infrared, photoelectrons, micrographs and element maps, each with its fit, its limits and its flags."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ionweld.web.asked import Quantity, with_points
from ionweld.web.desk import DeskHere
from ionweld.web.measured import measurement
from ionweld.web.origin import given, origin
from ionweld.web.recipe import call, recipe
from ionweld.web.screens import Screen

if TYPE_CHECKING:
    from ionweld.api.result import Result

router = APIRouter()
SCREEN = Screen("spectra", "Spectra", "What is in it, how much of it, and what would be missed.", 50, router)
Text = Annotated[str, Field(max_length=300)]
Technique = Literal["xrd", "ftir", "xps", "sem", "eds"]
# technique -> its function, its verb, and the options that a person may say
_FITS: dict[str, tuple[str, list[str], tuple[str, ...]]] = {
    "xrd": ("fit_xrd", ["xrd", "fit"], ("electrolyte", "phases", "wavelength")),
    "ftir": ("fit_ftir", ["ftir", "fit"], ("electrolyte",)),
    "xps": ("fit_xps", ["xps", "fit"], ("species", "background", "region")),
    "sem": ("measure_sem", ["sem", "measure"], ("scale", "edges")),
    "eds": ("profile_eds", ["eds", "profile"], ("layer", "scale")),
}
_LISTS = ("phases", "species")
_QUANTITIES = ("wavelength", "scale", "layer")
_HELP = {
    "electrolyte": "Whose phases or bands are looked for",
    "phases": "Names of the library or .cif files, with commas",
    "wavelength": "Where the file does not say it",
    "species": "Kept in the fit, with commas; without them the data choose",
    "background": "shirley, tougaard or linear",
    "region": "Line of a region without a name",
    "scale": "Where the file does not say it",
    "edges": "What is called an edge: steepest, or first and second with a comma",
    "layer": "From and to across the picture, in parts of it, with a comma",
}
_EXAMPLES = {
    "electrolyte": "Li2OHCl", "phases": "Li2OHCl, LiOH", "wavelength": "1.5406 angstrom", "species": "LiF, Li2CO3",
    "background": "shirley", "region": "C 1s", "scale": "100 nm/px", "edges": "steepest", "layer": "0.4, 0.6",
}  # fmt: skip
_NEEDED = {"ftir": {"electrolyte": "Li2OHCl"}, "xrd": {"electrolyte": "Li2OHCl"}, "eds": {"layer": "0.4, 0.6"}}


class AnalysedFile(BaseModel):
    """A file, what it was told to hold, and what a person says of it."""

    file: Text
    technique: Technique
    at: int = 0
    options: dict[Text, Text] = {}


class AskedInterface(BaseModel):
    """Analysed files of one interface, and what impedance says of it: quantities as text, "" where not known."""

    parts: Annotated[list[AnalysedFile], Field(min_length=1, max_length=3)]
    temperature: Quantity
    resistance: Quantity = ""
    resistance_error: Quantity = ""
    gap: bool = False


@router.get("/techniques")
def techniques() -> dict[str, Any]:
    """Return of each technique what can be said."""
    return {
        name: [
            {"name": one, "help": _HELP[one], "example": _EXAMPLES[one], "start": _NEEDED.get(name, {}).get(one, "")}
            for one in options
        ]
        for name, (_, _, options) in _FITS.items()
    }


@router.post("/fit")
def fit(asked: AnalysedFile, desk: DeskHere) -> dict[str, Any]:
    """Fit one file."""
    job = desk.crew.start(
        f"Fitting {asked.file}", fitted, slot="spectra", place=str(desk.place(asked.file)), technique=asked.technique,
        at=asked.at, options=typed(asked.options),
    )  # fmt: skip
    return {"job": job.shown()}


@router.post("/joined")
def joined(asked: AskedInterface, desk: DeskHere) -> dict[str, Any]:
    """Join what was analysed of one interface."""
    parts = [(str(desk.place(one.file)), one.technique, one.at, typed(one.options)) for one in asked.parts]
    evidence: dict[str, Any] = {"name": "the interface", "temperature": asked.temperature}
    if asked.resistance or asked.resistance_error:
        evidence["resistance"] = (asked.resistance, asked.resistance_error)
    if asked.gap:
        evidence["gap"] = True
    return {"job": desk.crew.start("Joining the evidence", joined_of, parts=parts, evidence=evidence).shown()}


def joined_of(parts: list[tuple[str, str, int, dict[str, str]]], evidence: dict[str, Any]) -> dict[str, Any]:
    """Return what all of the evidence says together."""
    import ionweld as iw

    found, lines, names = dict(evidence), [], {}
    for place, technique, at, options in parts:
        name, _, known = _FITS[technique]
        said = {key: _value(key, options[key]) for key in known if key in options}
        found[technique] = _fit(place, technique, at, said)
        lines.append(f"{technique} = {call(f'iw.{name}', place, **said)}")
        names[technique] = technique
    words = ", ".join(
        [*(f"{key!r}: {value!r}" for key, value in evidence.items()), *(f"{one!r}: {one}" for one in names)]
    )
    python = [*lines, f"iw.interface_verdict({{{words}}})"]
    made = recipe("ionweld interface verdict STUDY.toml", *python)
    known = given({key: value for key, value in evidence.items() if key != "name"})
    source = origin("interface_verdict", "calculated", [place for place, *_ in parts], known)
    return _shown(iw.interface_verdict(found), "joined", made) | {"origin": source}


def typed(options: dict[str, str]) -> dict[str, str]:
    """Return what was typed, without empty fields, with a point for each decimal comma of a quantity."""
    written = {key: value.strip() for key, value in options.items() if value.strip()}
    return {key: with_points(value) if key in _QUANTITIES else value for key, value in written.items()}


def _fit(place: str, technique: str, at: int, said: dict[str, Any]) -> "Result":
    import ionweld as iw

    return getattr(iw, _FITS[technique][0])(measurement(place, technique, at), **said)


def fitted(place: str, technique: str, at: int, options: dict[str, str]) -> dict[str, Any]:
    """Return the fit of a file: verdict, flags, figure, and every number with its limit."""
    name, verb, known = _FITS[technique]
    said = {key: _value(key, options[key]) for key in known if key in options}
    python = [f"found = {call(f'iw.{name}', place, **said)}", "found.plot()"]
    made = recipe([*verb, place, *_words(options, known)], *python)
    source = origin(name, "fitted", [place], given(options))
    return _shown(_fit(place, technique, at, said), Path(place).stem, made) | {"origin": source}


def _shown(found: "Result", name: str, made: dict[str, str]) -> dict[str, Any]:
    from ionweld.report.shown import drawing
    from ionweld.result import plain

    drawn = drawing(lambda ax: found.plot(ax), name)
    table = found.table()
    return plain(
        {
            "verdict": found.verdict,
            "warnings": found.warnings,
            "figure": {"svg": drawn.svg, "said": drawn.said, "csv": drawn.csv, "name": name},
            "columns": table.columns,
            "rows": table.to_dicts(),
            "recipe": made,
        }
    )


def _value(key: str, text: str) -> Any:
    """Return an option as the function takes it. Raises InputError for what is no pair of numbers."""
    from ionweld.errors import Fault, InputError

    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    if key == "layer":
        try:
            first, last = map(float, parts)
        except ValueError:
            raise InputError(Fault(key, f"{text!r} is no pair of numbers", "Write for example 0.4, 0.6")) from None
        return first, last
    return parts if key in _LISTS else text


def _words(options: dict[str, str], known: tuple[str, ...]) -> list[str]:
    return [word for key in known if key in options for word in (f"--{key}", options[key])]
