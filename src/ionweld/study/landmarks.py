"""Where the cells of a published study lie among the fields that a sweep varies, and over what range it calibrated."""

from dataclasses import dataclass
from typing import Any

from ionweld.spec.cell import CellSpec
from ionweld.spec.conditions import placed
from ionweld.spec.derived import interface_name
from ionweld.spec.fields import Field
from ionweld.spec.library import Entry, entry
from ionweld.spec.protocol import AnyProtocol
from ionweld.spec.quantity import Quantity
from ionweld.spec.variation import Variation
from ionweld.study.calibration import problem
from ionweld.study.model import load_study
from ionweld.twin.calibrated import calibration_of, with_calibrated
from ionweld.units import from_si

Place = float | str | None


@dataclass(frozen=True, slots=True)
class Landmark:
    """A cell of a study: its place on each varied field, in the field's written unit; None where it has no such field."""

    name: str
    place: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Landmarks:
    """The cells of the study that calibrated an interface; for each varied field the range that they span together.

    A range runs over the values of the cells, widened to the ranges that the study states for them. A condition that the
    calibration fitted stands where it was fitted, with one standard deviation either way.
    """

    study: str
    cells: tuple[Landmark, ...]
    ranges: tuple[tuple[float, float] | None, ...]


def landmarks(variations: list[Variation], cell: CellSpec) -> Landmarks | None:
    """Return the landmarks of the study that calibrated this cell's interface; None where no study did."""
    known_by = calibration_of(cell)
    study = load_study(known_by[0]) if known_by is not None else None
    if known_by is None or study is None or study.calibration is None:
        return None
    parameters = with_calibrated(known_by[1], entry(interface_name(cell)))
    fitted = with_calibrated(known_by[1], problem(study, study.calibration).prior)
    found, spans = [], [[] for _ in variations]
    for test in study.tests:
        described, program = study.described(test)
        if (described.cathode is None) != (cell.cathode is None):
            continue
        own, protocol = placed(described, fitted), placed(program, fitted)
        known = [_value(one.fields[0], own, protocol, parameters) for one in variations]
        places = [_written(value, one) for value, one in zip(known, variations, strict=True)]
        found.append(Landmark(f"{study.name}: {test.cell.replace('_', ' ')} cell", tuple(places)))
        for span, value, one in zip(spans, known, variations, strict=True):
            span += _span(value, one)
    ranges = tuple((min(span), max(span)) if span else None for span in spans)
    return Landmarks(study.name, tuple(found), ranges)


def _value(field: Field, cell: CellSpec, protocol: AnyProtocol, parameters: Entry) -> Any:
    """Return what stands at a field's path, or None."""
    root, *parts = field.path.split(".")
    if root == "parameters":
        return parameters.quantity(parts[0]) if parts[0] in parameters.properties else None
    place: Any = cell if root == "cell" else protocol
    for part in parts:
        if isinstance(place, list):
            place = place[int(part)] if int(part) < len(place) else None
        else:
            place = getattr(place, part, None)
    if place is None and parts[-1] == "volume":  # no liquid is none of it
        return Quantity(0.0, field.unit, "0")
    return place


def _written(value: Any, variation: Variation) -> Place:
    if isinstance(value, Quantity):
        return _number(value.value, value, variation)
    return float(value) if isinstance(value, int) else value


def _number(number: float, known: Quantity, variation: Variation) -> float:
    """Return an SI value of a quantity in the written unit of the field."""
    per_hour = variation.fields[0].c_rate and variation.unit == "C"  # to a table of units, C is a coulomb
    return from_si(number, known.unit, "1/h" if per_hour else variation.unit)


def _span(value: Any, variation: Variation) -> list[float]:
    if not isinstance(value, Quantity):
        return []
    edges = [value.value, *(edge for edge in (value.low, value.high) if edge is not None)]
    return [_number(edge, value, variation) for edge in edges]
