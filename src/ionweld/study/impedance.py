"""The impedance of a study: the Arrhenius plots of its pellets, and the Nyquist plots of pellets and full cells."""

from dataclasses import dataclass

from scipy.special import stdtrit

from ionweld.analyse.eis.arrhenius import Energy
from ionweld.laws.constants import F
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.simulate.cell_spectra import pellet_spectrum
from ionweld.spec.pellet import Pellet
from ionweld.study.published import Study
from ionweld.study.settings import ImpedanceSettings, TransitionSource
from ionweld.twin.conduction import (
    PelletSeries,
    analysed,
    difference,
    pellet_series,
    temperature_series,
    with_transition,
)
from ionweld.twin.ensemble import Band

FEWEST_BELOW = 3  # temperatures below a transition, for an activation energy of their own
JOULE_PER_MOL = F  # of one eV per particle


@dataclass(frozen=True, slots=True)
class TransitionCase:
    """What the analysis reports if the transition of the pristine pellet lies where a source puts it.

    series: of the whole range; None when the transition lies below it, because then nothing changes. below: of the
    temperatures below the transition alone, with an arc for the grains, where there are enough of them.
    """

    source: TransitionSource
    series: PelletSeries | None
    below: PelletSeries | None


@dataclass(frozen=True, slots=True)
class ImpedanceStudy:
    """Pellets before and after soaking. difference_eV: after minus before, with its standard error.

    shown: their spectra at the temperature that is drawn.
    """

    settings: ImpedanceSettings
    before: PelletSeries
    after: PelletSeries
    difference_eV: tuple[float, float]
    transitions: tuple[TransitionCase, ...]
    shown: tuple[ImpedanceSpectrum, ImpedanceSpectrum]

    def observe(self, pellet: str) -> Band:
        """Return the activation energy of a pellet in J/mol, with the band of its standard error."""
        series = {self.settings.before: self.before, self.settings.after: self.after}[pellet]
        return _band(series.energy, self.settings.temperatures - 2)


def _band(energy: Energy, freedom: int) -> Band:
    quantiles = stdtrit(freedom, [0.5, 0.05, 0.16, 0.84, 0.95])
    return Band(*(JOULE_PER_MOL * (energy.Ea_eV + float(q) * energy.stderr_eV) for q in quantiles), n=1, total=1)


def study_impedance(study: Study, settings: ImpedanceSettings) -> ImpedanceStudy:
    """Return the analysis of a study's pellets: spectra with noise, fits, activation energies with intervals."""
    before, after = (
        pellet_series(
            study.pellets[name],
            settings.thermometry,
            settings.sweep,
            settings.circuit,
            settings.seed,
            settings.convention,
        )
        for name in (settings.before, settings.after)
    )
    pristine = study.pellets[settings.before]
    T, sweep = settings.shown_temperature.value, settings.sweep
    shown = [
        pellet_spectrum(study.pellets[name], T, sweep, seed=settings.seed) for name in (settings.before, settings.after)
    ]
    return ImpedanceStudy(
        settings,
        before,
        after,
        difference(before.energy, after.energy),
        tuple(_transition(pristine, source, settings) for source in settings.transition),
        (shown[0], shown[1]),
    )


def _transition(pellet: Pellet, source: TransitionSource, settings: ImpedanceSettings) -> TransitionCase:
    T_c = source.temperature.value
    if settings.lowest_temperature.value >= T_c:
        return TransitionCase(source, None, None)
    changed = with_transition(pellet, source.temperature)
    spectra = temperature_series(changed, settings.thermometry, settings.sweep, settings.seed)
    cold = tuple(spectrum for spectrum in spectra if (spectrum.temperature_K or 0.0) < T_c)
    enough = len(cold) >= FEWEST_BELOW
    return TransitionCase(
        source,
        analysed(changed, spectra, settings.circuit, settings.convention),
        analysed(changed, cold, settings.cold_circuit, settings.convention) if enough else None,
    )
