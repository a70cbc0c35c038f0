"""What every infrared reader checks before it hands a spectrum on."""

import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.infrared import InfraredSpectrum, Ordinate
from ionweld.measurement.provenance import IngestReport
from ionweld.read.text import RawFile, provenance_of

FEWEST_POINTS = 50
LARGEST_SPECTRUM = 2_000_000
_PERCENT_ABOVE = 3.0  # a transmittance whose upper range lies above this is written in per cent
_LINEAR = 2.5  # absorbance: one part in 300 of the light comes through, and stray light is as much
_DARKEST_ABSORBANCE = 12.0  # no detector sees so little light
HOW_TO_SAY = 'Say it: --as absorbance or --as transmittance; in a study, ordinate = "absorbance"'
_ABSORBANCE = re.compile(r"absorb|assorb|extin[kc]t|optical density|log\s*\(?\s*1\s*/|\batr units|吸光|흡광|поглощ")
_TRANSMITTANCE = re.compile(r"tr?ansmi|trasmi|durchl|透[过過射光]|투과|пропуск")
_NEITHER = re.compile(r"kubelka|raman|deriv|\bd2|single beam|volt|interferogram|\bm(?:abs|au)\b|phot[oa]acoust")
_DARKEST = 1e-5  # of transmittance; at and below zero light nothing can be said


def refuse(source: RawFile, seen: str, mend: str = "Export the spectrum again, as csv or JCAMP-DX") -> FileFormatError:
    """Return the error that says what is wrong with this file."""
    return FileFormatError(Fault(str(source.path), seen, mend))


def ordinate_of(text: str) -> Ordinate | None:
    """Return what a header or unit calls the numbers: absorbance, transmittance, or None."""
    low = text.lower()
    if _ABSORBANCE.search(low) or low.strip() in ("a", "abs", "a.u."):
        return "absorbance"
    if _TRANSMITTANCE.search(low) or low.strip() in ("%t", "t", "t%", "%t."):
        return "transmittance"
    return None


def is_neither(text: str) -> bool:
    """Return whether a header calls the numbers something that nobody can take for absorbance or transmittance."""
    return bool(_NEITHER.search(text.lower()))


def make_spectrum(
    source: RawFile,
    wavenumber: NDArray[np.float64],
    values: NDArray[np.float64],
    ordinate: Ordinate | None,
    report: IngestReport,
    label: str = "",
) -> InfraredSpectrum:
    """Return the spectrum with rising wavenumbers, as absorbance; what is left out is counted in the report."""
    if ordinate is None:
        raise refuse(source, "does not say whether its numbers are absorbance or transmittance", HOW_TO_SAY)
    if len(wavenumber) != len(values) or len(values) > LARGEST_SPECTRUM:
        raise refuse(source, f"has {len(wavenumber)} wavenumbers and {len(values)} values")
    good = np.isfinite(wavenumber) & np.isfinite(values)
    report = report.without(int(np.sum(~good)), "rows without two numbers")
    wavenumber, values = wavenumber[good], values[good]
    if ordinate == "transmittance" and len(values):
        wavenumber, values, report = _to_absorbance(wavenumber, values, report)
    if len(values) < FEWEST_POINTS:
        raise refuse(source, f"has {len(values)} points with numbers; a spectrum needs {FEWEST_POINTS}")
    if wavenumber[0] > wavenumber[-1]:
        wavenumber, values = wavenumber[::-1], values[::-1]
    if np.any(np.diff(wavenumber) <= 0.0):
        raise refuse(source, "its wavenumbers do not run one way: it holds several spectra, or is damaged")
    if wavenumber[0] < 10.0 or wavenumber[-1] > 20_000.0 or np.abs(values).max() > _DARKEST_ABSORBANCE:
        seen = f"{wavenumber[0]:g} to {wavenumber[-1]:g} with absorbance up to {np.abs(values).max():g} is no spectrum"
        raise refuse(
            source,
            seen,
            "The first column must be the wavenumber in 1/cm, the second the spectrum; per cent are --as transmittance",
        )
    if values.max() > _LINEAR:
        said = f"the absorbance reaches {values.max():.2g}: detectors are not linear there, and strong bands come out too small"
        report = replace(report, warnings=(*report.warnings, said))
    return InfraredSpectrum(
        wavenumber_cm1=np.ascontiguousarray(wavenumber),
        absorbance=np.ascontiguousarray(values),
        recorded_as=ordinate,
        provenance=provenance_of(report),
        label=label or source.path.stem,
        ingest=report,
    )


def _to_absorbance(
    wavenumber: NDArray[np.float64], values: NDArray[np.float64], report: IngestReport
) -> tuple[NDArray[np.float64], NDArray[np.float64], IngestReport]:
    """Return wavenumbers and -log10 T; points with no light are left out, for their absorbance is unknown."""
    percent = float(np.percentile(values, 95)) > _PERCENT_ABOVE
    transmittance = values / 100.0 if percent else values
    lit = transmittance > _DARKEST
    report = report.without(int(np.sum(~lit)), "points with no light")
    factors = {"transmittance": 0.01 if percent else 1.0}
    return wavenumber[lit], -np.log10(transmittance[lit]), replace(report, unit_factors=factors)
