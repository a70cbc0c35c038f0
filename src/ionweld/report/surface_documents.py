"""Analyses of the interface's instruments, and what joins them, as the JSON documents of the command line."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ionweld.measurement.provenance import said_of_reading

if TYPE_CHECKING:  # so that one technique does not load the others
    from ionweld.analyse.eds.profile import EdsResult
    from ionweld.analyse.ftir import FtirResult
    from ionweld.analyse.sem.layers import Layer, SemResult
    from ionweld.analyse.xps.fit import XpsFit
    from ionweld.analyse.xrd import XrdResult
    from ionweld.measurement.infrared import InfraredSpectrum
    from ionweld.measurement.micrograph import Micrograph
    from ionweld.measurement.pattern import Diffractogram
    from ionweld.measurement.photoelectron import Photoelectron
    from ionweld.verdict.interface import Evidence, InterfaceVerdict

_UM = 1e6


def xrd_json(pattern: "Diffractogram", result: "XrdResult") -> dict[str, Any]:
    """Return the JSON document of a fit."""
    radiation = pattern.radiation
    return {
        "file": pattern.provenance.source,
        "reader": pattern.ingest.reader if pattern.ingest else None,
        "points": len(pattern.counts),
        "wavelength_angstrom": [radiation.kalpha1, radiation.kalpha2] if radiation else None,
        "wavelength_from": radiation.origin if radiation else None,
        "phases": [asdict(item) for item in result.phases],
        "quality": result.quality,
        "symmetry": {"cubic_odds": result.cubic_odds},
        "displacement_deg": result.displacement_deg,
        "displacement_stderr_deg": result.displacement_stderr_deg,
        "hump_deg": result.hump_deg,
        "hump_stderr_deg": result.hump_stderr_deg,
        "warnings": [*result.warnings, *said_of_reading(pattern.ingest)],
        "ingest": pattern.ingest,
    }


def ftir_json(spectrum: "InfraredSpectrum", result: "FtirResult") -> dict[str, Any]:
    """Return the JSON document of a fit."""
    return {
        "file": spectrum.provenance.source,
        "reader": spectrum.ingest.reader if spectrum.ingest else None,
        "recorded_as": spectrum.recorded_as,
        "points": len(spectrum.absorbance),
        "bands": list(result.bands),
        "lioh_share_of_OH": result.lioh_share,
        "quality": {
            "verdict": result.verdict,
            "regions": [
                {"name": region.name, "noise": region.noise, "misfit": region.misfit} for region in result.regions
            ],
        },
        "warnings": [*said_of_reading(spectrum.ingest), *result.warnings],
        "ingest": spectrum.ingest,
    }


def xps_json(measurement: "Photoelectron", result: "XpsFit") -> dict[str, Any]:
    """Return the JSON document of a fit."""
    shift = result.charge_shift_eV
    shown = ("line", "area", "area_stderr", "peak_eV", "both_partners", "atoms", "atoms_stderr", "seen", "counted")
    return {
        "file": measurement.provenance.source,
        "kind": measurement.provenance.kind,
        "charge_shift_eV": shift.value if shift else None,
        "charge_shift_stderr_eV": shift.stderr if shift else None,
        "species": result.species,
        "elements": result.elements,
        "lines": result.lines,
        "whole_lines": [{name: getattr(one, name) for name in shown} for one in result.whole_lines],
        "quality": result.quality,
        "flags": result.flags,
        "background": result.background,
        "sensitivity_set": result.sensitivity_set,
        "warnings": [*said_of_reading(measurement.ingest), *result.flags],
        "ingest": measurement.ingest,
    }


def sem_json(picture: "Micrograph", result: "SemResult") -> dict[str, Any]:
    """Return the JSON document of a measurement; the first layer's numbers also stand at the top."""
    across = picture.grey.shape[1 if result.upright else 0]
    layers = [_layer(layer, across) for layer in result.layers]
    return {
        "file": picture.provenance.source,
        "kind": picture.provenance.kind,
        **layers[0],
        "layers": layers,
        "orientation": "upright" if result.upright else "flat",
        "scale": {"nm_per_pixel": result.metres_per_pixel * 1e9, "from": result.scale_says},
        "warnings": result.warnings,
        "ingest": picture.ingest,
    }


def _layer(layer: "Layer", across: int) -> dict[str, Any]:
    return {
        "thickness_um": layer.thickness_m * _UM,
        "stderr_um": layer.stderr_m * _UM,
        "edges_stderr_um": layer.edges_stderr_m * _UM,
        "scale_stderr_um": layer.scale_stderr_m * _UM,
        "roughness_um": layer.roughness_m * _UM,
        "edge_roughness_um": [layer.first_roughness_m * _UM, layer.second_roughness_m * _UM],
        "edges": layer.edges,
        "edge_width_um": [width * _UM for width in layer.edge_width_m],
        "by_edge_level_um": {
            "innermost": layer.innermost_m * _UM,
            "steepest": layer.steepest_m * _UM,
            "outermost": layer.outermost_m * _UM,
        },
        "tilt_deg": layer.tilt_deg,
        "grey": layer.kind,
        "position": [float(layer.first_px.mean()) / across, float(layer.second_px.mean()) / across],
        "rows_used": len(layer.rows_px),
        "rows_given_up": layer.rows_given_up,
    }


def eds_json(result: "EdsResult") -> dict[str, Any]:
    """Return the JSON document of the profiles."""
    return {
        "layer_px": result.layer_px,
        "position_px": result.position_px,
        "position_um": None if result.position_m is None else result.position_m * 1e6,
        "lines": result.profiles,
        "warnings": result.warnings,
    }


def interface_json(evidence: "Evidence", verdict: "InterfaceVerdict", snippet: str | None) -> dict[str, Any]:
    """Return the JSON document of a verdict."""
    sigma = verdict.conductivity_S_per_m
    return {
        "name": verdict.name,
        "verdict": verdict.verdict,
        "temperature_K": evidence.temperature_K,
        "thickness": evidence.thickness,
        "resistance": evidence.resistance,
        "conductivity_S_per_cm": None
        if sigma is None or sigma.stderr is None or sigma.low is None or sigma.high is None
        else {
            "value": sigma.value / 100,
            "stderr": sigma.stderr / 100,
            "ci95": [sigma.low / 100, sigma.high / 100],
        },
        "candidates": verdict.candidates,
        "species": evidence.xps.species if evidence.xps else None,
        "agreements": verdict.agreements,
        "contradictions": verdict.contradictions,
        "cautions": verdict.cautions,
        "next": verdict.next_measurement,
        "twin": snippet,
    }
