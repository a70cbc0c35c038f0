"""The characterisation figures of a study: samples simulated as its text names them, measured, checked row by row.

The samples are made by `simulate`, go through the same analysis as measured ones, and are set beside what the paper
prints. That an amount comes back confirms the analysis alone: it was put in. What can be checked about the paper are
its thicknesses against the analysis's resolution, and its peak positions against the references of other works.
"""

from dataclasses import dataclass

from ionweld.analyse.eds.profile import EdsResult, eds_profile
from ionweld.analyse.sem.layers import SemResult, measure_layers
from ionweld.analyse.xps.fit import XpsFit, fit_xps
from ionweld.analyse.xps.flags import Claim, check_claim
from ionweld.measurement.micrograph import Micrograph
from ionweld.measurement.photoelectron import Photoelectron
from ionweld.simulate.eds import simulate_maps
from ionweld.simulate.sem import CrossSection, simulate_cross_section
from ionweld.simulate.surface import atomic_percent, surface_peaks, surface_scans
from ionweld.simulate.xps import simulate_xps
from ionweld.spec.photoelectron import species_table
from ionweld.study.interface import Joined, join
from ionweld.study.published import Study
from ionweld.study.settings import MapSample, PeakClaim, Samples, SectionSample, SurfaceSample
from ionweld.study.soaking import Soaking, soak
from ionweld.study.soaking import document as soaking_document
from ionweld.study.text import CheckedRow, PaperNumber
from ionweld.twin.ensemble import DrawnCells
from ionweld.twin.pool import Mapper
from ionweld.units import to_si

_PICTURE = (240, 400)  # rows, columns


@dataclass(frozen=True, slots=True)
class SimulatedMicrograph:
    """A simulated micrograph and what was measured on it."""

    micrograph: Micrograph
    result: SemResult


@dataclass(frozen=True, slots=True)
class Spectra:
    """Simulated spectra, their fit, and the composition that was put in, in percent of all atoms but hydrogen."""

    measurement: Photoelectron
    fit: XpsFit
    truth_percent: dict[str, float]


@dataclass(frozen=True, slots=True)
class Characterisation:
    """The simulated equivalents of the paper's characterisation figures."""

    samples: Samples
    pictures: dict[str, SimulatedMicrograph]
    eds: EdsResult
    spectra: dict[str, Spectra]
    soaking: Soaking
    joined: Joined
    rows: tuple[CheckedRow, ...]


def characterise(study: Study, samples: Samples, cells: DrawnCells, mapper: Mapper = map) -> Characterisation:
    """Simulate, measure and check the characterisation of a study; cells: those whose interface is joined."""
    numbers = {number.id: number for number in study.numbers}
    pictures = {name: _picture(one, numbers[one.number]) for name, one in samples.sem.items()}
    spectra = {name: _spectra(one) for name, one in samples.xps.items()}
    soaking = soak(samples.soaking, numbers, mapper)
    rows = (
        *soaking.rows,
        *(_thickness_row(numbers[one.number], pictures[name].result) for name, one in samples.sem.items()),
        *(_peak_row(numbers[one.number], one, spectra, study.paper.doi) for one in samples.claim),
    )
    eds = _maps(samples.eds, pictures[samples.eds.section].result)
    asked = samples.interface
    joined = join(
        asked,
        spectra[asked.surface].fit,
        eds,
        pictures[asked.section].result,
        cells,
        round(numbers[asked.cycles].value_si),
    )
    return Characterisation(samples, pictures, eds, spectra, soaking, joined, rows)


def _picture(sample: SectionSample, number: PaperNumber) -> SimulatedMicrograph:
    section = CrossSection(
        number.value_si, to_si(sample.pixel, "m"), sample.greys, *_PICTURE,
        roughness_m=to_si(sample.roughness, "m"), correlation_m=to_si(sample.correlation, "m"),
    )  # fmt: skip
    micrograph = simulate_cross_section(section, sample.seed)
    return SimulatedMicrograph(micrograph, measure_layers(micrograph))


def _maps(sample: MapSample, section: SemResult) -> EdsResult:
    """Measure the maps across the layer whose edges the micrograph gave."""
    layer = section.layers[0]
    columns = _PICTURE[1]
    edges = (float(layer.first_px.mean()) / columns, float(layer.second_px.mean()) / columns)
    maps = simulate_maps(
        sample.layer, sample.outside, sample.seed, edges, (_PICTURE[0] // 2, _PICTURE[1] // 2),
        metres_per_pixel=2.0 * to_si(sample.pixel, "m"),
    )  # fmt: skip
    return eds_profile(maps, edges, background_from="continuum")


def _spectra(sample: SurfaceSample) -> Spectra:
    peaks, scans = surface_peaks(sample.amounts), surface_scans(sample.regions, to_si(sample.fwhm, "eV"))
    measurement = simulate_xps(peaks, scans, to_si(sample.charge_shift, "eV"), sample.seed)
    return Spectra(measurement, fit_xps(measurement), atomic_percent(sample.amounts))


def _thickness_row(number: PaperNumber, result: SemResult) -> CheckedRow:
    layer, um = result.layers[0], 1e6
    off, allowed = abs(layer.thickness_m - number.value_si), 1.96 * layer.stderr_m + (number.precision_si or 0.0)
    says = "what was put into the picture against what was measured on it, errors of the scale and of the text included"
    return CheckedRow(
        number.id, number.quantity, number.where, "um", um * number.value_si, um * layer.thickness_m,
        um * layer.stderr_m, "", "agrees" if off <= allowed else "flagged", says,
    )  # fmt: skip


def _peak_row(number: PaperNumber, assigned: PeakClaim, spectra: dict[str, Spectra], doi: str) -> CheckedRow:
    """Set a binding energy of the paper beside the references and the line that the fit of the first surface found."""
    claim = Claim(assigned.species, assigned.line, number.value_si)
    checked = check_claim(claim)
    reference = next(one for one in species_table()[claim.species].lines if one.line == claim.line)
    found = [
        one.binding_energy_eV
        for sample in spectra.values()
        for one in sample.fit.lines
        if (one.species, one.line) == (claim.species, claim.line)
    ]
    verdict, says = "agrees" if checked.agrees else "flagged", checked.says
    if doi in reference.source:
        others = [one for one in reference.source.split(",") if doi not in one]
        verdict = verdict if others else "paper only"
        says += "; the range holds the paper's own value" if others else "; no other reference was found"
    return CheckedRow(
        number.id, number.quantity, number.where, "eV", number.value_si, found[0].value if found else None,
        found[0].stderr if found else None, f"{reference.low_eV:g} to {reference.high_eV:g}", verdict, says,
    )  # fmt: skip


def document(found: Characterisation) -> dict[str, object]:
    """Return the part of the JSON document that holds the characterisation."""
    return {
        "kind": "simulated",
        "composition": found.samples.status,
        "rows": found.rows,
        "sem": {
            name: {"thickness_um": 1e6 * one.thickness_m, "stderr_um": 1e6 * one.stderr_m, "grey": one.kind}
            for name, picture in found.pictures.items()
            for one in picture.result.layers[:1]
        },
        "soaking": soaking_document(found.soaking),
        "interface": {
            "verdict": found.joined.verdict, "thickness": found.joined.evidence.thickness,
            "resistance": found.joined.evidence.resistance, "states_ohm": found.joined.states,
        },
        "eds": [
            {"line": one.line, "ratio": one.ratio, "ratio_stderr": one.ratio_stderr, "verdict": one.verdict}
            for one in found.eds.profiles
        ],
        "xps": {
            name: {"species": one.fit.species, "truth_percent": one.truth_percent, "quality": one.fit.quality,
                   "flags": one.fit.flags}
            for name, one in found.spectra.items()
        },
    }  # fmt: skip
