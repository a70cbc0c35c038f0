"""Spectra: diffraction, infrared, photoelectrons, micrographs and element maps, each with its fit, its limits and its flags."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ionweld.web.desk import DeskHere
from ionweld.web.measured import measurement
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


class Spectrum(BaseModel):
    """A file, what it was told to hold, and what a person says of it."""

    file: Text
    technique: Technique
    at: int = 0
    options: dict[Text, Text] = {}


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
def fit(asked: Spectrum, desk: DeskHere) -> dict[str, Any]:
    """Fit one file."""
    said = {key: value.strip() for key, value in asked.options.items() if value.strip()}
    job = desk.crew.start(
        f"Fitting {asked.file}", fitted, slot="spectra", place=str(desk.place(asked.file)), technique=asked.technique,
        at=asked.at, options=said,
    )  # fmt: skip
    return {"job": job.shown()}


def fitted(place: str, technique: str, at: int, options: dict[str, str]) -> dict[str, Any]:
    """Return the fit of a file: verdict, flags, figure, and every number with its limit."""
    import ionweld as iw
    from ionweld.report.shown import drawing
    from ionweld.result import plain

    name, verb, known = _FITS[technique]
    said = {key: _value(key, options[key]) for key in known if key in options}
    found: Result = getattr(iw, name)(measurement(place, technique, at), **said)
    drawn = drawing(lambda ax: found.plot(ax), technique)
    table = found.table()
    return plain(
        {
            "verdict": found.verdict,
            "warnings": found.warnings,
            "figure": {"svg": drawn.svg, "said": drawn.said, "csv": drawn.csv, "name": Path(place).stem},
            "columns": table.columns,
            "rows": table.to_dicts(),
            "recipe": recipe(
                [*verb, place, *_words(options, known)], f"found = {call(f'iw.{name}', place, **said)}", "found"
            ),
        }
    )


def _value(key: str, text: str) -> Any:
    """Return an option as the function takes it. Raises InputError for what is no pair of numbers."""
    from ionweld.errors import Fault, InputError

    parts = [part.strip() for part in text.split(",") if part.strip()]
    if key == "layer":
        try:
            first, last = map(float, parts)
        except ValueError:
            raise InputError(Fault(key, f"{text!r} is no pair of numbers", "Write for example 0.4, 0.6")) from None
        return first, last
    return parts if key in _LISTS else text


def _words(options: dict[str, str], known: tuple[str, ...]) -> list[str]:
    return [word for key in known if key in options for word in (f"--{key}", options[key])]
