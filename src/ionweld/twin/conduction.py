"""Activation energies of simulated pellets: through noisy spectra, fits and the Arrhenius analysis, like a measured series."""

from dataclasses import dataclass

from ionweld.analyse.eis.arrhenius import ArrheniusSeries, Convention, Energy, arrhenius
from ionweld.analyse.eis.fit import CircuitFit, fit
from ionweld.analyse.eis.geometry import Conduction, conduction
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.numerics.threads import one_thread
from ionweld.simulate.cell_spectra import pellet_spectrum
from ionweld.simulate.seeds import stream
from ionweld.simulate.spectra import FrequencySweep
from ionweld.spec.cell import PelletConduction
from ionweld.spec.pellet import Pellet
from ionweld.spec.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Thermometry:
    """At which temperatures (K) a series is taken, and how well they are known (standard deviation, K)."""

    temperatures_K: tuple[float, ...]
    thermostat_K: float


@dataclass(frozen=True, slots=True)
class PelletSeries:
    """A pellet's temperature series and its analysis. total: of grains and grain boundaries together."""

    pellet: Pellet
    spectra: tuple[ImpedanceSpectrum, ...]
    fits: tuple[CircuitFit, ...]
    geometry: Conduction
    series: tuple[ArrheniusSeries, ...]

    @property
    def total(self) -> ArrheniusSeries:
        """Return the analysis of the whole pellet's resistance."""
        return next(one for one in self.series if one.role == "total")

    @property
    def energy(self) -> Energy:
        """Return the activation energy of the whole pellet with its interval, by the analysis' own choice of road."""
        return next(one for one in self.total.methods if one.method == self.total.method)


def pellet_series(
    pellet: Pellet, at: Thermometry, sweep: FrequencySweep, circuit: str, seed: str, convention: Convention
) -> PelletSeries:
    """Return the series of a pellet: spectra at temperatures that are noted a little wrong, fits, Arrhenius analysis.

    Raises InputError for fewer than three temperatures or an impossible sweep.
    """
    return analysed(pellet, temperature_series(pellet, at, sweep, seed), circuit, convention)


def analysed(
    pellet: Pellet, spectra: tuple[ImpedanceSpectrum, ...], circuit: str, convention: Convention
) -> PelletSeries:
    """Return the analysis of a pellet's spectra. Raises InputError for fewer than three temperatures."""
    with one_thread():
        fits = tuple(fit(spectrum, circuit) for spectrum in spectra)
        geometry = conduction(spectra[0].geometry, pellet.electrolyte.diameter.value)
        found, _ = arrhenius(fits, geometry, convention=convention)
    return PelletSeries(pellet, spectra, fits, geometry, found)


def temperature_series(
    pellet: Pellet, at: Thermometry, sweep: FrequencySweep, seed: str
) -> tuple[ImpedanceSpectrum, ...]:
    """Return the spectra alone. The error of each temperature is drawn anew, from a stream of its own."""
    errors = at.thermostat_K * stream(seed, pellet.name, "thermostat").standard_normal(len(at.temperatures_K))
    return tuple(
        pellet_spectrum(pellet, T, sweep, seed=f"{seed}/{place}", true_temperature_K=T + float(error))
        for place, (T, error) in enumerate(zip(at.temperatures_K, errors, strict=True))
    )


def with_transition(pellet: Pellet, temperature: Quantity) -> Pellet:
    """Return the same pellet with its phase transition at another temperature."""
    known = pellet.conduction or PelletConduction.model_validate({})
    return pellet.model_copy(update={"conduction": known.model_copy(update={"transition_temperature": temperature})})


def evenly(low_K: float, high_K: float, count: int) -> tuple[float, ...]:
    """Return so many temperatures in equal steps."""
    step = (high_K - low_K) / (count - 1)
    return tuple(low_K + step * place for place in range(count))


def difference(one: Energy, other: Energy) -> tuple[float, float]:
    """Return how much larger the other activation energy is, and the standard error of that (eV)."""
    return other.Ea_eV - one.Ea_eV, (one.stderr_eV**2 + other.stderr_eV**2) ** 0.5
