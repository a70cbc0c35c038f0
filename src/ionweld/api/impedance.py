"""Impedance spectra: fit a circuit, test a sweep, count its processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import polars as pl

from ionweld.analyse.eis import fit as fitting
from ionweld.analyse.eis.drt import relaxation_times
from ionweld.analyse.eis.kramers_kronig import KramersKronig, consistency, kramers_kronig
from ionweld.analyse.eis.processes import Processes
from ionweld.analyse.eis.propose import Proposal, propose
from ionweld.api.measurements import Measurement
from ionweld.api.quantities import Place, positive, text_of
from ionweld.api.reading import sweep_of
from ionweld.api.result import Result
from ionweld.api.sample import Window, within
from ionweld.errors import Fault, InputError
from ionweld.measurement import impedance
from ionweld.numerics.threads import one_thread
from ionweld.result import plain
from ionweld.spec.circuit import circuit as compiled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Weights = Literal["modulus", "unit", "robust", "sigma"]


@dataclass(frozen=True, eq=False, repr=False)
class Fit(Result):
    """A circuit fitted to a spectrum.

    Attributes
    ----------
    solution
        The fit with its covariance, residuals and model.
    proposals : tuple
        Where no circuit was given: those that the spectrum proposes, best first, with their odds.
    """

    solution: fitting.CircuitFit
    proposals: tuple[Proposal, ...] = ()

    @property
    def circuit(self) -> str:
        """The circuit, with the names of its elements."""
        return self.solution.circuit.text

    def __getitem__(self, name: str) -> float:
        """Return a parameter by its name, in its SI unit. Raises InputError for a name that the circuit has not."""
        names = self.solution.circuit.values(self.solution.logs)
        if name not in names:
            raise InputError(Fault(self.circuit, f"has no parameter {name!r}", f"It has {', '.join(names)}"))
        return names[name]

    @property
    def verdict(self) -> str:
        said = f"{self.circuit} to {self.solution.spectrum.where}, chi2 {self.solution.chi2:.3g}, "
        odds = f", odds {self.proposals[0].odds:.2f} among those proposed" if self.proposals else ""
        return f"{said}{self.solution.starts_agreeing} of {self.solution.starts} starts agree{odds}"

    @property
    def warnings(self) -> tuple[str, ...]:
        spectrum = self.solution.spectrum
        return (*spectrum.ingest_lines, *self.solution.warnings, *consistency(spectrum))

    def table(self) -> pl.DataFrame:
        """Return the parameters: name, value, unit, standard error, 95 % interval (null: not known, or open)."""
        rows = [
            (p.name, p.value, p.unit, p.stderr, *(p.ci95 or (None, None)))
            for p in fitting.parameters(self.solution, profiles=True)
        ]
        kinds = {"parameter": pl.String, "value": pl.Float64, "unit": pl.String}
        errors = dict.fromkeys(("stderr", "ci95_low", "ci95_high"), pl.Float64)
        return pl.DataFrame(rows, schema=kinds | errors, orient="row")

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.eis_documents import fit_json

        proposed = [{"circuit": one.circuit, "odds": one.odds} for one in self.proposals]
        return plain(fit_json(self.solution, "Hsu-Mansfeld") | ({"proposed": proposed} if proposed else {}))

    def to_impedance_py(self) -> dict[str, Any]:
        """Return circuit, initial_guess and constants for ``impedance.models.circuits.CustomCircuit(**...)``, SI units.

        Raises InputError for an element that impedance.py has not.
        """
        from ionweld.report.impedance_py import impedance_py

        return impedance_py(self.solution)

    def _page(self) -> str:
        from ionweld.report.eis import render_fits

        return render_fits([self.solution], proposals=[self.proposals] if self.proposals else ())

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.eis_files import draw_fit

        draw_fit(ax, self.solution)


@dataclass(frozen=True, eq=False, repr=False)
class Check(Result):
    """The Kramers-Kronig test of a spectrum. outcome: with the residuals and every fault."""

    spectrum: impedance.ImpedanceSpectrum
    outcome: KramersKronig

    @property
    def passes(self) -> bool:
        """Whether no fault is both surer than noise and larger than the limit."""
        return self.outcome.passes

    @property
    def verdict(self) -> str:
        return f"{self.spectrum.where} {'passes' if self.passes else 'FAILS'}; {self.outcome.said}"

    @property
    def warnings(self) -> tuple[str, ...]:
        return self.spectrum.ingest_lines

    def table(self) -> pl.DataFrame:
        """Return what the consistent model leaves, by frequency (% of |Z|)."""
        Z, left = self.spectrum.impedance_ohm, self.outcome.residuals
        return pl.DataFrame(
            {
                "frequency / Hz": self.spectrum.frequency_Hz,
                "Re Z / ohm": Z.real.copy(),
                "Im Z / ohm": Z.imag.copy(),
                "residual of Re / % of |Z|": left.real.copy(),
                "residual of Im / % of |Z|": left.imag.copy(),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.eis_documents import kramers_kronig_json, spectrum_json

        return plain(spectrum_json(self.spectrum) | {"kramers_kronig": kramers_kronig_json(self.outcome)})

    def _page(self) -> str:
        from ionweld.report.eis_checks import render_checks

        return render_checks([self.spectrum], [self.outcome])

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.eis_checks import draw_residuals

        draw_residuals(ax, self.spectrum, self.outcome)


@dataclass(frozen=True, eq=False, repr=False)
class Relaxation(Result):
    """The processes of a spectrum by their time constants. found: with the distribution and what stands beside it."""

    spectrum: impedance.ImpedanceSpectrum
    found: Processes

    @property
    def verdict(self) -> str:
        return f"{self.spectrum.where}: {self.found.said}"

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self.spectrum.ingest_lines, *consistency(self.spectrum))

    def table(self) -> pl.DataFrame:
        """Return one row per process: time constant, resistance with 95 % interval, exponent, capacitance."""
        rows = [
            (p.tau_s, p.R_ohm, *p.R_ci95, p.n, p.C_F, p.inside) for p in self.found.peaks
        ]  # inside False: its top lies outside of the window
        numbers = dict.fromkeys(("tau_s", "R_ohm", "R_ci95_low", "R_ci95_high", "exponent", "C_F"), pl.Float64)
        return pl.DataFrame(rows, schema=numbers | {"inside_window": pl.Boolean}, orient="row")

    def to_dict(self) -> dict[str, Any]:
        from ionweld.report.eis_documents import relaxation_json, spectrum_json

        return plain(spectrum_json(self.spectrum) | relaxation_json(self.spectrum, self.found))

    def _page(self) -> str:
        from ionweld.report.eis_checks import render_distributions

        return render_distributions([self.spectrum], [self.found])

    def _draw(self, ax: "Axes") -> None:
        from ionweld.report.eis_checks import draw_distribution

        draw_distribution(ax, self.spectrum, self.found)


def fit(
    spectrum: Measurement | Place,
    circuit: str | None = None,
    *,
    window: Window | None = None,
    without: Sequence[Any] = (),
    weights: Weights = "modulus",
) -> Fit:
    """Fit a circuit to a spectrum; start values are not needed. Without a circuit, circuits are proposed.

    Parameters
    ----------
    spectrum : Spectrum or path
    circuit : str, optional
        Such as "R0-p(R1,CPE1)-CPE2" or "R(RQ)Q"; a CPE is Z = 1/(Q (j omega)^n).
    window : (str, str) or str, optional
        Lowest and highest frequency to use: ("1 Hz", "1 MHz"), or "1 Hz to 1 MHz", "from 10 Hz", "up to 100 kHz".
    without : list of str, optional
        Points to leave out: those nearest to these frequencies.
    weights : {"modulus", "unit", "robust", "sigma"}
        1/\\|Z\\|, equal, 1/\\|Z\\| with stray points counted less, or the file's own standard deviations.

    Returns
    -------
    Fit
        One row per parameter: value, unit (SI), standard error, 95 % interval; residuals and model at each frequency.

    Raises
    ------
    InputError
        For a circuit that cannot be read, a window that leaves too few points, a bare number for a frequency.

    Examples
    --------
    >>> import numpy as np
    >>> import ionweld as iw
    >>> f = np.geomspace(1e6, 1.0, 31)
    >>> spectrum = iw.Spectrum(frequency=f, impedance=100.0 + 1e3 / (1.0 + 2e-4j * np.pi * f))
    >>> round(iw.fit(spectrum, "R0-p(R1,C1)")["R1"], 3)
    1000.0
    """
    if weights not in get_args(Weights):
        raise InputError(Fault("weights", f"{weights!r} is none", f"Choose of {', '.join(get_args(Weights))}"))
    data = within(sweep_of(spectrum, "spectrum"), window, without)
    if circuit is not None:
        return Fit(fitting.fit(data, compiled(text_of(circuit, "circuit", "R0-p(R1,CPE1)")), weighting=weights))
    with one_thread():
        proposals = propose(data, weights)
    return Fit(proposals[0].fit, proposals)


def check(spectrum: Measurement | Place, *, limit: Any = "1 %") -> Check:
    """Test a spectrum for linearity, causality and stability (Kramers-Kronig); name spikes, steps and drift.

    Parameters
    ----------
    spectrum : Spectrum or path
    limit : str
        Faults below this part of \\|Z\\| pass.

    Returns
    -------
    Check
        Whether it passes, every fault by its frequency, and what the consistent model leaves (% of \\|Z\\|), shape (n,).

    Raises
    ------
    InputError
        For a file that holds no spectrum or several, and a limit without unit.

    Examples
    --------
    >>> import numpy as np
    >>> import ionweld as iw
    >>> f = np.geomspace(1e6, 1.0, 31)
    >>> iw.check(iw.Spectrum(frequency=f, impedance=100.0 + 1e3 / (1.0 + 2e-4j * np.pi * f))).passes
    True
    """
    part = positive(limit, "1", "limit") or 0.0
    data = sweep_of(spectrum, "spectrum")
    with one_thread():
        return Check(data, kramers_kronig(data, limit_percent=100.0 * part))


def drt(spectrum: Measurement | Place) -> Relaxation:
    """Return how many processes a spectrum shows, by their time constants, before any circuit.

    Parameters
    ----------
    spectrum : Spectrum or path

    Returns
    -------
    Relaxation
        One row per process: time constant (s), resistance with its 95 % interval (ohm), exponent, capacitance (F).

    Raises
    ------
    InputError
        For a file that holds no spectrum or several.

    Examples
    --------
    >>> import numpy as np
    >>> import ionweld as iw
    >>> f = np.geomspace(1e6, 1.0, 31)
    >>> found = iw.drt(iw.Spectrum(frequency=f, impedance=100.0 + 1e3 / (1.0 + 2e-4j * np.pi * f)))
    >>> found.table().height
    1
    """
    data = sweep_of(spectrum, "spectrum")
    with one_thread():
        return Relaxation(data, relaxation_times(data))
