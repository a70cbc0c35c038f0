"""Spectra of cells and pellets as an instrument returns them: a window, noise, and where all of it comes from."""

from dataclasses import asdict

import numpy as np

from ionweld import __version__
from ionweld.laws.small_signal import phase_element_at, shunted
from ionweld.laws.transport import bulk_resistance, disc_area, spreading_factor
from ionweld.measurement.impedance import ImpedanceSpectrum, SampleGeometry
from ionweld.measurement.provenance import Provenance, hash_bytes
from ionweld.simulate.impedance import area_specific_impedance, network, pellet_arcs
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.seeds import stream
from ionweld.simulate.snapshot import Moment, at_temperature, moment
from ionweld.simulate.spectra import FrequencySweep, shaken
from ionweld.spec.derived import conductivity, electrolyte_entry, pellet_thickness_of
from ionweld.spec.discs import size_text
from ionweld.spec.pellet import Pellet
from ionweld.spec.quantity import Quantity

_OMEGA_0 = 1.0  # rad/s, at which the library means the capacitance of a blocking electrode


def cell_spectrum(
    run: SimulatedTest,
    half_cycle: int,
    sweep: FrequencySweep,
    *,
    rest_s: float = 0.0,
    temperature: Quantity | None = None,
    seed: str = "spectrum",
) -> ImpedanceSpectrum:
    """Return the spectrum of a cell after a half cycle of its test.

    half_cycle: from 0, rests count; moments.BEFORE for the cell as assembled; rest_s: without current, after it;
    temperature: of the spectrum, if not that of the cell; seed: of the noise, besides that of the cell.
    Raises InputError for a sweep that cannot be made, ComputationError when the integration of the rest stalls.
    """
    seen = moment(run, half_cycle, rest_s)
    return spectrum_of(run, seen if temperature is None else at_temperature(seen, temperature), sweep, seed)


def spectrum_of(run: SimulatedTest, seen: Moment, sweep: FrequencySweep, seed: str = "spectrum") -> ImpedanceSpectrum:
    """Return the spectrum of a cell at a moment of its test."""
    f, made, origin = sweep.grid(), network(seen), run.measurement.provenance
    exact = area_specific_impedance(made, 2.0 * np.pi * f) / made.area_m2
    Z = shaken(exact, sweep.noise, stream(origin.sha256, seen.said, seed))
    context, derived = run.measurement.context, run.conditions.derived
    area = SampleGeometry(context.area_m2, context.area_name, derived.pellet_thickness_m, context.interfaces)
    details = origin.details | {"moment": seen.said, "noise seed": seed} | _about(sweep)
    digest = hash_bytes(repr((origin.sha256, seen.said, seen.temperature, sorted(details.items()))).encode())
    about = Provenance("simulated", origin.source, digest, f"ionweld {__version__}", details)
    return ImpedanceSpectrum(f, Z, about, seen.temperature, "given", area, f"{run.conditions.cell.name}, {seen.said}")


def pellet_spectrum(
    pellet: Pellet,
    temperature_K: float,
    sweep: FrequencySweep,
    *,
    seed: str = "spectrum",
    true_temperature_K: float | None = None,
) -> ImpedanceSpectrum:
    """Return the spectrum of a bare pellet between electrodes that block lithium.

    temperature_K: what the instrument says, true_temperature_K: what the pellet has, if not the same.
    Raises InputError for a sweep that cannot be made.
    """
    known, L = electrolyte_entry(pellet), pellet_thickness_of(pellet)
    d, d_pellet = pellet.electrode.diameter.value, pellet.electrolyte.diameter.value
    spreading, area = float(spreading_factor(d / 2.0, L, d_pellet / 2.0)), float(disc_area(d))
    sigma = conductivity(known, true_temperature_K or temperature_K)
    arcs = pellet_arcs(known, float(bulk_resistance(L, sigma, spreading)), spreading * L)
    f = sweep.grid()
    omega = 2.0 * np.pi * f
    n = known["blocking_exponent"]
    blocking = shunted(omega, 0.0, phase_element_at(known["blocking_capacitance"], _OMEGA_0, n), n)
    exact = (sum(arc.impedance(omega) for arc in arcs) + 2.0 * blocking) / area
    Z = shaken(exact, sweep.noise, stream(pellet.name, repr(temperature_K), seed))
    details = {"temperature_K": repr(true_temperature_K or temperature_K), "seed": seed} | _about(sweep)
    digest = hash_bytes(repr((pellet, known.properties, temperature_K, sorted(details.items()))).encode())
    about = Provenance("simulated", pellet.name, digest, f"ionweld {__version__}", details)
    geometry = SampleGeometry(area, f"blocking electrode, {size_text(pellet.electrode)}", L, 2)
    return ImpedanceSpectrum(
        f, Z, about, temperature_K, "given", geometry, f"{pellet.name}, {temperature_K - 273.15:g} degC"
    )


def _about(sweep: FrequencySweep) -> dict[str, str]:
    return {name: repr(value) for name, value in asdict(sweep).items()}
