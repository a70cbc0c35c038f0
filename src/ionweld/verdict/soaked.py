"""What the instruments say of a soaked portion: how much of the electrolyte it still is, and what it has become.

Which electrolyte, what it may become and which bands are whose stands in its material's file (`[appearance]`).
"""

from dataclasses import dataclass
from math import log10

import numpy as np

from ionweld.analyse.ftir import FtirResult, fit_infrared
from ionweld.analyse.xrd import XrdResult, fit_pattern
from ionweld.errors import Fault, InputError
from ionweld.measurement.infrared import InfraredSpectrum
from ionweld.measurement.pattern import Diffractogram
from ionweld.read.xrd.phases import phases_looked_for
from ionweld.spec.crystal import Phase
from ionweld.spec.entry import Entry, appearance_of
from ionweld.spec.infrared import bands
from ionweld.verdict.assumed import assumed


@dataclass(frozen=True, slots=True)
class Conductivity:
    """A conductivity (S/m) at one temperature, with its relative error."""

    value_S_m: float
    relative_stderr: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured on one portion; None = not measured."""

    name: str
    pattern: Diffractogram | None = None
    spectrum: InfraredSpectrum | None = None
    conductivity: Conductivity | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A value with its standard error."""

    value: float
    stderr: float


@dataclass(frozen=True, slots=True)
class SolventEvidence:
    """What the instruments say of one portion; None = nothing.

    xrd_share, ftir_share: of the electrolyte that is product. cell: mean pseudo-cubic length (angstrom). band: place of
    its band (cm-1), the first of several. log_conductivity: log10 of S/m. residues: solvent bands that were seen.
    unknown_lines_deg: 2 theta of lines that belong to no phase; unclear: instruments whose fit is too poor to count.
    unlisted_share: of the intensity of XRD that such lines have; None where they may be those of a salt left by the liquid.
    """

    name: str
    xrd_share: Number | None
    ftir_share: Number | None
    cell: Number | None
    band: Number | None
    log_conductivity: Number | None
    residues: tuple[str, ...]
    notes: tuple[str, ...]
    unknown_lines_deg: tuple[float, ...] = ()
    unclear: tuple[str, ...] = ()
    unlisted_share: Number | None = None


@dataclass(frozen=True, slots=True)
class SoakedElectrolyte:
    """What was soaked, as its file describes it. phases: its own first; products: those of the others that it becomes.

    bands, product_bands: names of its infrared bands, and of those of what it becomes that stand where these do.
    """

    phases: tuple[Phase, ...]
    products: frozenset[str]
    bands: tuple[str, ...]
    product_bands: tuple[str, ...]

    @property
    def phase(self) -> str:
        """The name of its own phase."""
        return self.phases[0].name


def electrolyte_soaked(entry: Entry) -> SoakedElectrolyte:
    """Return what a portion of this electrolyte shows. Raises SpecError where its file does not say."""
    appearance = appearance_of(entry)
    phases = tuple(phases_looked_for(entry))
    known = bands(entry).values()
    own = tuple(band for band in known if band.name in appearance.bands and band.family == "electrolyte")
    where = {band.region for band in own}
    product = tuple(band.name for band in known if band.family == "product" and band.region in where)
    products = frozenset(phase.name for phase in phases[1:]) - set(appearance.left_by_liquids)
    return SoakedElectrolyte(phases, products, tuple(band.name for band in own), product)


def evidence(sample: Sample, electrolyte: Entry) -> SolventEvidence:
    """Return what the analyses of XRD and FTIR find in one portion.

    Raises InputError when nothing was measured, and SpecError where the electrolyte's file does not say what they look for.
    """
    if sample.pattern is None and sample.spectrum is None and sample.conductivity is None:
        fault = Fault(
            sample.name, "nothing was measured on this sample", "Give at least one of xrd, ftir, conductivity"
        )
        raise InputError(fault)
    if sample.pattern is None and sample.spectrum is None:
        return weighed(sample)
    soaked = electrolyte_soaked(electrolyte)
    xrd = fit_pattern(sample.pattern, list(soaked.phases)) if sample.pattern else None
    return weighed(sample, soaked, xrd, fit_infrared(sample.spectrum, electrolyte) if sample.spectrum else None)


def weighed(
    sample: Sample,
    soaked: SoakedElectrolyte | None = None,
    xrd: XrdResult | None = None,
    ftir: FtirResult | None = None,
) -> SolventEvidence:
    """Return what two analyses that were made already say of a portion; None = not measured."""
    found = sample.conductivity
    log_sigma = Number(log10(found.value_S_m), found.relative_stderr / np.log(10.0)) if found else None
    return SolventEvidence(
        name=sample.name,
        xrd_share=_xrd_share(xrd, soaked) if xrd and soaked else None,
        ftir_share=_ftir_share(ftir, soaked) if ftir and soaked else None,
        cell=_cell(xrd, soaked) if xrd and soaked else None,
        band=_band(ftir, soaked) if ftir and soaked else None,
        log_conductivity=log_sigma,
        residues=_residues(ftir) if ftir else (),
        notes=_notes(xrd, ftir),
        unknown_lines_deg=xrd.quality.unexplained_lines_deg if xrd else (),
        unclear=tuple(
            name for name, poor in (("XRD", _unclear(xrd)), ("FTIR", ftir and ftir.verdict != "good")) if poor
        ),
        unlisted_share=_unlisted_share(xrd, ftir) if xrd else None,
    )


def _unclear(xrd: XrdResult | None) -> bool:
    return xrd is not None and xrd.quality.verdict not in ("good", "usable")


def _xrd_share(result: XrdResult, soaked: SoakedElectrolyte) -> Number | None:
    """Return the share of the mass that is product; None when the pattern matches neither host nor product."""
    if result.quality.verdict not in ("good", "usable"):
        return None
    share = variance = 0.0
    for item in result.phases:
        if item.phase in soaked.products and item.present and item.fraction is not None:
            share += item.fraction
            variance += (item.fraction_stderr or 0.0) ** 2
        elif item.phase in soaked.products and item.trace is not None and item.trace_stderr is not None:
            share += item.trace
            variance += item.trace_stderr**2
    variance += (assumed()["model_error"] * share * (1.0 - share)) ** 2
    return Number(share, float(np.sqrt(variance)))


def _unlisted_share(xrd: XrdResult, ftir: FtirResult | None) -> Number | None:
    """Return the share of the intensity in lines of no known phase; None when a salt left by the liquid may own them."""
    salt = ftir is not None and any(item.detected and item.family == "salt" for item in ftir.bands)
    if salt or (_unclear(xrd) and not xrd.quality.unexplained_lines_deg):
        return None
    return Number(xrd.quality.unlisted, assumed()["unlisted_error"])


def _ftir_share(result: FtirResult, soaked: SoakedElectrolyte) -> Number | None:
    """Return the share of the area of such bands that belongs to products; None when none of them is seen."""
    host = [item for item in result.bands if item.name in soaked.bands]
    products = [item for item in result.bands if item.name in soaked.product_bands]
    if not host or not any(item.detected for item in (*host, *products)):
        return None
    area, left = (sum(item.area or 0.0 for item in some) for some in (products, host))
    error, error_left = (np.hypot.reduce([item.area_stderr or 0.0 for item in some]) for some in (products, host))
    total = area + left
    spread = np.hypot(error * left, error_left * area)
    return Number(area / total, float(spread) / total**2)


def _cell(result: XrdResult, soaked: SoakedElectrolyte) -> Number | None:
    for item in result.phases:
        if item.phase == soaked.phase and item.present and item.cell_stderr is not None:
            length = float(np.prod(item.cell_angstrom)) ** (1.0 / 3.0)
            return Number(length, float(np.mean(item.cell_stderr)))  # the axes share the error of the displacement
    return None


def _band(result: FtirResult, soaked: SoakedElectrolyte) -> Number | None:
    for item in result.bands:
        if item.name in soaked.bands and item.position_cm1 is not None and item.stderr is not None:
            return Number(item.position_cm1, item.stderr)
    return None


def _residues(result: FtirResult) -> tuple[str, ...]:
    seen = [item.assignment for item in result.bands if item.detected and item.family in ("organic", "salt", "water")]
    return tuple(dict.fromkeys(seen))


def _notes(xrd: XrdResult | None, ftir: FtirResult | None) -> tuple[str, ...]:
    said = []
    if xrd is not None and xrd.quality.verdict not in ("good", "usable"):
        said.append(f"XRD: {xrd.quality.verdict}")
    if xrd is not None and xrd.quality.unexplained_lines_deg:
        said.append("XRD: lines that belong to no phase of the library")
    if ftir is not None and ftir.verdict != "good":
        said.append("FTIR: the fit is poor")
    return tuple(said)
