"""Reads what a soaking study names, as samples for the verdict."""

from pathlib import Path

from ionweld.measurement.pattern import Radiation
from ionweld.read.ftir import parse_ordinate, read_infrared
from ionweld.read.xrd import read_diffractogram
from ionweld.read.xrd.wavelength import parse_radiation
from ionweld.spec.soaking import SoakedPortion, read_soaking_study
from ionweld.verdict.soaked import Conductivity, Sample


def load_samples(path: Path) -> tuple[str, list[Sample]]:
    """Return what was soaked, and the samples of a study file, the pristine one first. Raises SpecError with every fault."""
    study = read_soaking_study(path)
    radiation = parse_radiation(study.wavelength, "wavelength") if study.wavelength else None
    portions = (study.pristine, *study.treated)
    return study.electrolyte, [_measured(portion, radiation, study.ordinate) for portion in portions]


def _measured(portion: SoakedPortion, radiation: Radiation | None, ordinate: str) -> Sample:
    sigma, error = portion.conductivity, portion.conductivity_error
    return Sample(
        name=portion.name,
        pattern=read_diffractogram(portion.xrd, radiation) if portion.xrd else None,
        spectrum=read_infrared(portion.ftir, parse_ordinate(ordinate, "ordinate")) if portion.ftir else None,
        conductivity=Conductivity(sigma.value, error.value) if sigma is not None and error is not None else None,
    )
