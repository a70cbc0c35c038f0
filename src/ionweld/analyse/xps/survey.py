"""Elements that a person names, to be counted whole: in a survey, else in the narrow scans of their lines.

Of a survey a window is taken around the commonest line of each element. Which elements there are is not told: lines of several
stand in most places of a survey, Auger lines among them.
"""

from dataclasses import replace

from ionweld.errors import Fault, InputError
from ionweld.measurement.photoelectron import Photoelectron, Region
from ionweld.spec.photoelectron import CoreLine, SurfaceTables, core_lines

_WIDEST_REGION_EV = 80.0  # wider scans are surveys: too coarse for a fit of lines
_BESIDE_EV = 12.0  # on both sides of a line: charging, shifts of compounds, and some background
_PARTNERS_EV = 30.0  # doublets that are wider are counted by their stronger partner


def scans_of_elements(measurement: Photoelectron, elements: list[str], tables: SurfaceTables) -> Photoelectron:
    """Return the measurement with nothing but the windows of its survey or the narrow scans, each named by the line in it.

    Raises InputError for several surveys, and for elements of which no line was measured.
    """
    surveys = [one for one in measurement.regions if is_survey(one)]
    if len(surveys) > 1:
        seen = f"{len(surveys)} surveys are there, and elements were named to be counted in one"
        raise InputError(Fault(measurement.provenance.source, seen, "Give the file of one survey"))
    if surveys:
        lines = {name: _first(surveys[0], name, tables) for name in dict.fromkeys(elements)}
        found = {name: [_window(surveys[0], line)] if line else [] for name, line in lines.items()}
    else:
        found = {
            name: [one for one in measurement.regions if one.label.split()[:1] == [name]]
            for name in dict.fromkeys(elements)
        }
    faults = [
        Fault("elements", f"{name!r}: no line of it was measured whose place and sensitivity are known", "Leave it out")
        for name, regions in found.items()
        if not regions
    ]
    if faults:
        raise InputError(faults)
    return replace(measurement, regions=tuple(region for regions in found.values() for region in regions))


def is_survey(region: Region) -> bool:
    """Say whether a region is a survey: called one, or too wide for a fit of lines."""
    return (
        region.label == "survey"
        or float(region.binding_energy_eV.max() - region.binding_energy_eV.min()) > _WIDEST_REGION_EV
    )


def _first(survey: Region, element: str, tables: SurfaceTables) -> CoreLine | None:
    """Return the line of an element that is commonly used, of those in the survey that have a sensitivity factor."""
    low, high = survey.binding_energy_eV.min() + _BESIDE_EV, survey.binding_energy_eV.max() - _BESIDE_EV
    inside = [one for one in core_lines().values() if one.element == element and low <= one.at_eV[0] <= high]
    return next((one for one in inside if one.name in tables.sensitivity.value), None)


def _window(survey: Region, line: CoreLine) -> Region:
    last = line.at_eV[-1] if line.at_eV[-1] - line.at_eV[0] <= _PARTNERS_EV else line.at_eV[0]
    energy = survey.binding_energy_eV
    kept = (energy >= line.at_eV[0] - _BESIDE_EV) & (energy <= last + _BESIDE_EV)
    transmission = None if survey.transmission is None else survey.transmission[kept]
    return replace(
        survey,
        label=line.name,
        binding_energy_eV=energy[kept],
        intensity=survey.intensity[kept],
        transmission=transmission,
    )
