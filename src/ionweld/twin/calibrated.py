"""The kept result of a calibration: calibrated.toml in the folder of a study, and the parameters that it gives a cell."""

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from tomllib import loads

from pydantic import Field

from ionweld.measurement.store import write_whole
from ionweld.spec.cell import CellSpec, Part
from ionweld.spec.derived import interface_name, library_parameters
from ionweld.spec.faults import check
from ionweld.spec.library import Entry
from ionweld.spec.quantity import Quantity, parse_quantity
from ionweld.units import from_si, written_unit

KEPT = "calibrated.toml"


class FittedParameter(Part):
    """One calibrated parameter: its value, the factor of one standard deviation, and what the data taught."""

    value: str
    unit: str
    factor: float
    posterior_over_prior: float


class Calibrated(Part):
    """What calibrated.toml holds: the result of a calibration."""

    software: str
    interface: str
    cathode: str | None = None
    cost: float
    starts: int
    agreeing: int
    misfits: dict[str, float]
    parameters: dict[str, FittedParameter]
    carried: list[str]
    refused: int = Field(description="draws that were tried, and for which no fit to the rows was found")
    draws: list[list[float]] = Field(description="what the rows leave open, in prior spreads: parameters, then carried")


def with_calibrated(calibrated: Calibrated, base: Entry) -> Entry:
    """Return `base` with those of its numbers that were calibrated, each with status "fitted" and one deviation."""
    changed = {}
    for name in calibrated.parameters.keys() & base.properties.keys():
        fitted = calibrated.parameters[name]
        value = parse_quantity(fitted.value, fitted.unit).value
        changed[name] = replace(
            base.quantity(name),
            value=value,
            text=_as_written(value, base.quantity(name)),
            status="fitted",
            low=value / fitted.factor,
            high=value * fitted.factor,
            source=f"calibrated on the study's rows marked calibrated ({calibrated.software}); range: one sigma",
        )
    return base.updated(changed)


def _as_written(value: float, known: Quantity) -> str:
    """Return a calibrated value (SI) in the unit in which the number that it replaces is written."""
    unit = written_unit(known.text)
    return f"{value:.5g}" if unit == "1" else f"{from_si(value, known.unit, unit):.5g} {unit}"


@cache
def shipped() -> dict[str, Calibrated]:
    """Return the calibrations that come with ionweld, by the name of their study."""
    kept = {folder.name: folder.joinpath(KEPT) for folder in files("ionweld").joinpath("study").iterdir()}
    return {
        name: check(Calibrated, loads(item.read_text("utf-8")), KEPT)
        for name, item in sorted(kept.items())
        if item.is_file()
    }


def calibration_of(cell: CellSpec) -> tuple[str, Calibrated] | None:
    """Return the study whose calibration knows the interfaces of a cell, with its result; None where no study does."""
    name = interface_name(cell)
    return next(((study, one) for study, one in shipped().items() if one.interface == name), None)


def parameters_for(cell: CellSpec) -> Entry:
    """Return the parameters of a cell's interfaces: calibrated where a study of them was, else as assumed.

    What a calibration knows is of the very pairs that it was made on: it is lent to no other, nor put over a person's own.
    """
    found = calibration_of(cell)
    return library_parameters(cell, lambda plain: plain if found is None else _of_study(found[1], plain))


def _of_study(calibrated: Calibrated, plain: Entry) -> Entry:
    of_study = plain.name in (calibrated.interface, calibrated.cathode) and not plain.file
    return with_calibrated(calibrated, plain) if of_study else plain


def as_toml(calibrated: Calibrated) -> str:
    """Return a calibration's result as the text of calibrated.toml."""
    cathode = [] if calibrated.cathode is None else [f'cathode = "{calibrated.cathode}"']
    lines = [
        "# The result of `ionweld reproduce STUDY --recalibrate`. Written by the program, not by hand.",
        f'software = "{calibrated.software}"',
        f'interface = "{calibrated.interface}"',
        *cathode,
        f"cost = {calibrated.cost} # sum of squares: rows and priors",
        f"starts = {calibrated.starts}",
        f"agreeing = {calibrated.agreeing} # starts that ended at the same optimum",
        f"carried = {json.dumps(calibrated.carried)}",
        f"refused = {calibrated.refused} # draws that were tried, and for which no fit to the rows was found",
        "draws = [ # what the rows leave open, in prior spreads: the parameters below, then what is carried",
        *(f"  {draw}," for draw in calibrated.draws),
        "]",
        "\n[misfits] # in sigma, 0 where a bound holds",
        *(f'"{name}" = {value}' for name, value in calibrated.misfits.items()),
    ]
    for name, fitted in calibrated.parameters.items():
        lines += [f"\n[parameters.{name}]", f'value = "{fitted.value}"', f'unit = "{fitted.unit}"']
        lines += [f"factor = {fitted.factor} # one standard deviation, times or over"]
        lines += [f"posterior_over_prior = {fitted.posterior_over_prior} # 1: nothing was learnt"]
    return "\n".join(lines) + "\n"


def keep(calibrated: Calibrated, path: Path) -> Path:
    """Write a calibration's result."""
    return write_whole(path, as_toml(calibrated))
