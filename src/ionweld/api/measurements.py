"""Measurements, as an instrument or the twin gives them, and those made from arrays and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ionweld import __version__
from ionweld.api.keywords import passes_on
from ionweld.api.quantities import Place
from ionweld.api.result import Result, place_for
from ionweld.api.sample import SampleKeywords, Window, with_conditions, within
from ionweld.errors import Fault, InputError
from ionweld.measurement import impedance as impedance_
from ionweld.measurement.provenance import Provenance, hash_bytes
from ionweld.result import plain

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes

    from ionweld.report.glance import Glance


@dataclass(frozen=True, eq=False, repr=False)
class Measurement(Result):
    """One measurement, as an instrument or the twin gives it.

    Attributes
    ----------
    technique : str
        Its kind: cycling, eis, xrd, ftir, xps, sem or eds.
    data
        The typed arrays with their units, and where they come from (`provenance`).
    """

    technique: str
    data: Any

    @property
    def source(self) -> str:
        """The file, or the name of what was simulated."""
        return self.data.provenance.source

    @property
    def verdict(self) -> str:
        numbers = ", ".join(str(number) for number in self._glance().numbers)
        return f"{self.technique}, {self.source} ({self.data.provenance.kind}); {numbers}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader dropped or doubted, one sentence each."""
        ingest = self.data.ingest
        return () if ingest is None else (*ingest.dropped, *ingest.warnings)

    def table(self) -> "pl.DataFrame":
        """Return what was measured: of a cycling test all columns, else what its figure shows."""
        return self._glance().drawn

    def to_dict(self) -> dict[str, Any]:
        """Return where it comes from, what was seen and the numbers of the table."""
        numbers = self._glance().numbers
        return plain(
            {
                "kind": self.technique,
                "provenance": self.data.provenance,
                "numbers": numbers,
                "warnings": self.warnings,
                "columns": self.table().to_dict(as_series=False),
            }
        )

    def _glance(self) -> "Glance":
        from ionweld.report.glance import glance_at

        found = glance_at(self.technique, [self.data])
        if found is None:
            raise InputError(Fault(self.technique, "has no view", "Use `.data`"))
        return found

    def _draw(self, ax: "Axes") -> None:
        self._glance().draw(ax)


class Cycling(Measurement):
    """A cycling test; `table` has the columns of the Battery Data Format, and so have `to_csv` and `to_parquet`.

    Attributes
    ----------
    technique : str
        "cycling".
    data
        The table with what is known of the cell, and where it comes from.

    Examples
    --------
    >>> import ionweld as iw
    >>> table = {"Test Time / s": [0.0, 60.0], "Voltage / V": [0.05, 0.05], "Current / A": [1e-4, 1e-4]}
    >>> iw.Cycling.from_table(table).table().columns
    ['Test Time / s', 'Voltage / V', 'Current / A']
    """

    @classmethod
    def from_table(
        cls, table: Any, *, columns: Mapping[str, str] | None = None, label: str = "cycling test"
    ) -> "Cycling":
        """Return a test from a polars or pandas table, or a dictionary of arrays.

        Parameters
        ----------
        table
            Named columns of numbers; it is copied.
        columns : dict, optional
            Own name -> name of the Battery Data Format, which carries the unit. Wanted are "Test Time / s", "Voltage / V"
            and "Current / A" (positive while charging); "Cycle Count / 1", "Step Count / 1" and others are taken along.
        label : str
            How the test is called in tables and figures.

        Raises
        ------
        InputError
            For a wanted column that is missing, text in place of numbers, or a time that runs backwards.

        Examples
        --------
        >>> import ionweld as iw
        >>> test = iw.Cycling.from_table(
        ...     {"t": [0.0, 60.0, 120.0], "U": [0.05, 0.05, 0.05], "I": [1e-4, 1e-4, 1e-4]},
        ...     columns={"t": "Test Time / s", "U": "Voltage / V", "I": "Current / A"},
        ... )
        >>> test.table().shape
        (3, 3)
        """
        from ionweld.api.tables import cycling_of

        return cls("cycling", cycling_of(table, columns or {}, label))

    def table(self) -> "pl.DataFrame":
        return self.data.table

    def _write_table(self, path: Place, suffix: str) -> None:
        from ionweld.measurement.store import write_cycling

        write_cycling(place_for(path, suffix), self.data)  # so that provenance rides along in Parquet


class Spectrum(Measurement):
    """An impedance spectrum, from arrays.

    Parameters
    ----------
    frequency : array_like, shape (n,)
        Frequencies in Hz, positive, in any order.
    impedance : array_like of complex, shape (n,)
        Impedances in ohm; a capacitor has a negative imaginary part.
    temperature, area, diameter, thickness : str, optional
        Of the sample, each a quantity with a unit ("80 degC", "0.28 cm^2", "6 mm", "1.15 mm"). Give area or diameter.
    interfaces : int, optional
        How many electrode interfaces lie in series.
    label : str, optional
        How the spectrum is called in tables and figures.

    Raises
    ------
    InputError
        When the arrays do not fit together, or hold what is no number; UnitError for a quantity without a unit.

    Examples
    --------
    >>> import numpy as np
    >>> import ionweld as iw
    >>> f = np.geomspace(1e6, 1.0, 31)
    >>> Z = 100.0 + 1e3 / (1.0 + 2j * np.pi * f * 1e3 * 1e-7)
    >>> iw.Spectrum(frequency=f, impedance=Z, temperature="80 degC").impedance.shape
    (31,)
    """

    @passes_on(with_conditions)
    def __init__(
        self,
        *,
        frequency: ArrayLike,
        impedance: ArrayLike,
        label: str = "spectrum",
        **sample: Unpack[SampleKeywords],
    ) -> None:
        f, Z = _sweep(frequency, impedance)
        origin = Provenance("measured", label, hash_bytes(f.tobytes() + Z.tobytes()), f"ionweld {__version__}")
        made = impedance_.ImpedanceSpectrum(f, Z, origin)
        super().__init__("eis", with_conditions(made, **sample))

    @classmethod
    def of(cls, data: impedance_.ImpedanceSpectrum) -> "Spectrum":
        """Return the data of a reader or of the twin as a spectrum."""
        made = cls.__new__(cls)
        Measurement.__init__(made, "eis", data)
        return made

    @classmethod
    def from_pybamm(cls, solution: Any, **sample: Unpack[SampleKeywords]) -> "Spectrum":
        """Return what a `pybamm.EISSimulation` found as its solution (`EISSolution`); sample: as of `Spectrum`. Raises InputError.

        For the ``f, Z`` of impedance.py no such step is needed: ``iw.Spectrum(frequency=f, impedance=Z)``.
        """
        try:
            f, Z = solution["Frequency [Hz]"], solution["Impedance [Ohm]"]
        except (KeyError, TypeError, IndexError):
            mend = "Give what pybamm.EISSimulation(...).solve(frequencies) returns"
            raise InputError(Fault("solution", f"{type(solution).__name__} is no EISSolution", mend)) from None
        return cls(frequency=f, impedance=Z, label="PyBaMM", **sample)

    @property
    def frequency(self) -> NDArray[np.float64]:
        """Frequencies (Hz), shape (n,)."""
        return self.data.frequency_Hz

    @property
    def impedance(self) -> NDArray[np.complex128]:
        """Impedances (ohm), shape (n,)."""
        return self.data.impedance_ohm

    @property
    def temperature(self) -> float | None:
        """Temperature (K); None where nobody said it."""
        return self.data.temperature_K

    @passes_on(with_conditions)
    def with_(self, **sample: Unpack[SampleKeywords]) -> "Spectrum":
        """Return the spectrum with what is known of its sample: temperature, area or diameter, thickness, interfaces in series.

        Quantities are text with a unit, as of `Spectrum`. Raises InputError.
        """
        return Spectrum.of(with_conditions(self.data, **sample))

    def within(self, window: Window | None = None, without: Sequence[Any] = ()) -> "Spectrum":
        """Return the spectrum between two frequencies, without some points; its warnings say how many were left out.

        window: ("1 Hz", "1 MHz"), either None for an open end, or "1 Hz to 1 MHz"; without: frequencies of points.
        Raises InputError.
        """
        return Spectrum.of(within(self.data, window, without))


def _sweep(frequency: ArrayLike, values: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Return the arrays of a sweep. Raises InputError with every fault."""
    try:
        f, Z = np.array(frequency, dtype=np.float64), np.array(values, dtype=np.complex128)
    except (TypeError, ValueError):
        seen = "holds what is no number"
        raise InputError(Fault("frequency, impedance", seen, "Give arrays of Hz and of complex ohm")) from None
    faults: list[Fault] = []
    if f.ndim != 1 or f.shape != Z.shape:
        faults.append(Fault("frequency, impedance", f"have shapes {f.shape} and {Z.shape}", "Give both as (n,)"))
    if not f.size or not (np.isfinite(f).all() and (f > 0.0).all()):
        faults.append(Fault("frequency", "is not positive throughout", "Give frequencies in Hz"))
    if not np.isfinite(Z).all():
        faults.append(Fault("impedance", "has a value that is no finite number", "Leave such points out"))
    if faults:
        raise InputError(faults)
    return f, Z
