"""A temperature series of spectra: conductivities and activation energies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import polars as pl

from ionweld.analyse.eis import arrhenius as analysis
from ionweld.analyse.eis import fit as fitting
from ionweld.analyse.eis.arrhenius import ArrheniusSeries, energies_said
from ionweld.analyse.eis.geometry import Conduction, conduction
from ionweld.analyse.eis.joint import JointFit
from ionweld.api.impedance import Weights
from ionweld.api.keywords import passes_on
from ionweld.api.measurements import Measurement
from ionweld.api.progress import Progress, unseen
from ionweld.api.quantities import Place, each, positive, text_of
from ionweld.api.reading import sweep_of
from ionweld.api.result import Result
from ionweld.api.sample import SampleKeywords, with_conditions
from ionweld.errors import Fault, InputError
from ionweld.measurement.impedance import ImpedanceSpectrum
from ionweld.result import plain
from ionweld.spec.circuit import circuit as compiled
from ionweld.wording import many

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Arrhenius(Result):
    """Conductivities and activation energies of a temperature series.

    Attributes
    ----------
    series : tuple
        One per resistance of the circuit, and their sum: role, Ea_eV, stderr_eV, method, sigma by temperature.
    fits : tuple
        The fit of each spectrum.
    """

    fits: tuple[fitting.CircuitFit, ...]
    series: tuple[ArrheniusSeries, ...]
    geometry: Conduction
    convention: analysis.Convention
    together: JointFit

    @property
    def verdict(self) -> str:
        return f"{many(len(self.fits), 'spectrum', 'spectra')}; {energies_said(self.series)}"

    @property
    def warnings(self) -> tuple[str, ...]:
        found = [text for one in self.series for text in one.warnings]
        return tuple(dict.fromkeys([*found, *(text for one in self.fits for text in one.warnings)]))

    def table(self) -> pl.DataFrame:
        """Return one row per resistance and temperature: conductivity and its standard error (S/cm)."""
        rows = [(one.role, p.T_K, p.S_per_cm, p.stderr) for one in self.series for p in one.sigma]
        numbers = dict.fromkeys(("T_K", "sigma_S_per_cm", "stderr_S_per_cm"), pl.Float64)
        return pl.DataFrame(rows, schema={"role": pl.String} | numbers, orient="row")

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.eis_documents import fit_json

        document = {
            "series": self.series,
            "convention": f"Ea from the slope of ln({self.convention}) against 1/T",
            "geometry": self.geometry,
            "joint_links": self.together.links,
            "joint_link_p_value": self.together.link_p_value,
            "spectra": [fit_json(one, "Hsu-Mansfeld") for one in self.fits],
        }
        return plain(document)

    def _page(self) -> str:
        from ionweld.report.eis import render_arrhenius

        return render_arrhenius(self.fits, self.series, self.geometry)

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.eis import draw_arrhenius

        draw_arrhenius(ax, self.series)


class PelletKeywords(SampleKeywords, total=False):
    """What a person says of a pellet that was measured at several temperatures."""

    pellet_diameter: Any


@passes_on(with_conditions)
def _pellets(
    spectra: Sequence[Measurement | Place], pellet_diameter: Any = None, **sample: Unpack[SampleKeywords]
) -> tuple[list[ImpedanceSpectrum], Conduction]:
    """Return the sweeps with what is said of their sample, and how current flows through it."""
    known = [with_conditions(sweep_of(one, "spectra"), **sample) for one in each(spectra, "spectra")]
    if not known:
        raise InputError(Fault("spectra", "there are none", "Give three or more"))
    return known, conduction(known[0].geometry, positive(pellet_diameter, "m", "pellet_diameter"))


@passes_on(_pellets)
def arrhenius(
    spectra: Sequence[Measurement | Place],
    circuit: str,
    *,
    convention: analysis.Convention = "sigma T",
    weights: Weights = "modulus",
    joint: bool = False,
    progress: Progress | None = None,
    **sample: Unpack[PelletKeywords],
) -> Arrhenius:
    """Return conductivities and activation energies of spectra of one sample at three or more temperatures.

    Parameters
    ----------
    spectra : list of Spectrum or paths
        Each with its temperature (`Spectrum.with_`, or told by its file).
    circuit : str
        Such as "p(Rb,CPEb)-p(Rgb,CPEgb)-CPE3".
    convention : {"sigma T", "sigma"}
        What is plotted: ln(sigma T) or ln(sigma).
    weights, progress : optional
        As for `fit` and `reproduce`.
    joint : bool
        Take the values of the joint fit as the headline.
    pellet_diameter : str, optional
        Of a pellet wider than its electrode: the current spreads.
    temperature, area, diameter, thickness, interfaces : optional
        Of all spectra, as of `Spectrum`: the thickness ("1.15 mm") and diameter ("10 mm") or area are needed.

    Returns
    -------
    Arrhenius
        Activation energy of each resistance (eV), conductivity by temperature (S/cm), each with its standard error.

    Raises
    ------
    InputError
        When a temperature, the thickness or the area is not known, or there are fewer than three temperatures.

    Examples
    --------
    >>> import numpy as np
    >>> import ionweld as iw
    >>> f = np.geomspace(1e6, 1.0, 31)
    >>> def pellet(T):  # 0.6 eV in sigma T, by its own formula
    ...     R = 1e3 * T / 350.0 * np.exp(0.6 / 8.617333e-5 * (1.0 / T - 1.0 / 350.0))
    ...     return iw.Spectrum(frequency=f, impedance=R / (1.0 + 2e-8j * np.pi * f * R), temperature=f"{T} K")
    >>> found = iw.arrhenius([pellet(330), pellet(350), pellet(370)], "p(R1,C1)", thickness="1 mm", diameter="10 mm")
    >>> round(found.series[0].Ea_eV, 3)
    0.6
    """
    if convention not in ("sigma T", "sigma"):
        raise InputError(Fault("convention", f"{convention!r} is none", "Choose of sigma T, sigma"))
    known, geometry = _pellets(spectra, **sample)
    fits = _fitted(known, circuit, weights, (progress or unseen)(f"fitting {circuit}", len(known)))
    series, together = analysis.arrhenius(fits, geometry, convention=convention, prefer_joint=joint)
    return Arrhenius(tuple(fits), series, geometry, convention, together)


def _fitted(
    spectra: Sequence[ImpedanceSpectrum], circuit: str, weights: Weights, done: Callable[[], None]
) -> list[fitting.CircuitFit]:
    """Fit each spectrum by itself; done: called after each."""
    made = compiled(text_of(circuit, "circuit", "p(R1,CPE1)-CPE2"))
    found: list[fitting.CircuitFit] = []
    for one in spectra:
        found.append(fitting.fit(one, made, weighting=weights))
        done()
    return found
