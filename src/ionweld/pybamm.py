"""The welded interface in PyBaMM: parameters of its lithium-metal half-cell models from a simulated cell (extra `pybamm`).

    import ionweld as iw
    import ionweld.pybamm
    import pybamm

    run = iw.simulate("examples/full_cell.toml", "examples/full_cell_cycling.toml")
    model = pybamm.lithium_ion.SPMe(ionweld.pybamm.OPTIONS)
    simulation = pybamm.Simulation(model, parameter_values=ionweld.pybamm.parameter_values(run))

PyBaMM's lithium metal is one even electrode behind one separator, so the pellet becomes the separator of a single-ion
conductor, the lithium interface a series resistance with, where the pair's charge transfer is Butler and Volmer's, an
exchange current, and the cathode particles that are always even, with our resistance of a half cycle in series.
"""

from typing import TYPE_CHECKING, Any

from scipy.constants import physical_constants

from ionweld.api.simulated import Run
from ionweld.errors import Fault, InputError, MissingExtraError
from ionweld.simulate.lumped import LumpedCathode, LumpedCell, lumped
from ionweld.spec.protocol import by_window

if TYPE_CHECKING:
    import pybamm  # pyright: ignore[reportMissingImports]

FARADAY = physical_constants["Faraday constant"][0]
OPTIONS = {"working electrode": "positive", "contact resistance": "true", "calculate discharge energy": "true"}
NOT_HELD = (
    "that columns of the interface differ, and what changes them: contact lost or won, an interphase that grows, voids",
    "filaments, leaks and shorts",
    "fading of the cathode",
    "storage of charge, so no spectrum",
)
_AT_ONCE = 1e8  # A/m2: an exchange current so large that its overpotential is nothing
_EVEN = 1e-6  # m2/s over a particle of 1 um: no gradient within it
_CONCENTRATION = 1000.0  # mol/m3: of a single-ion conductor, whose number has no effect


def lithium_interface(run: Run, *, after_cycle: int | None = None) -> dict[str, float]:
    """Return what a lithium interface and its pellet are in PyBaMM, to `update` a parameter set of one's own with.

    Parameters
    ----------
    run : Run
        Of `iw.simulate`, symmetric or full; of a symmetric cell both interfaces count.
    after_cycle : int, optional
        After which cycle; as assembled without it.

    Returns
    -------
    dict
        PyBaMM's names -> SI numbers; "Contact resistance [Ohm]" is that of the lithium interface alone.

    Raises
    ------
    InputError
        For what is no Run.

    Examples
    --------
    >>> import ionweld as iw
    >>> from ionweld.pybamm import lithium_interface
    >>> protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=1)
    >>> lithium_interface(iw.simulate("examples/bare.toml", protocol))["Cation transference number"]
    1.0
    """
    return _interface(_lumped(run, after_cycle))


def parameter_values(run: Run, *, after_cycle: int | None = None) -> "pybamm.ParameterValues":
    """Return a full cell as a parameter set of ``pybamm.lithium_ion.SPMe(OPTIONS)``, what is `NOT_HELD` left out.

    Parameters
    ----------
    run : Run
        Of a full cell.
    after_cycle : int, optional
        After which cycle; as assembled without it.

    Returns
    -------
    pybamm.ParameterValues
        SI units; the current is 1 C of discharge until it is told otherwise.

    Raises
    ------
    MissingExtraError
        With the line that installs it, where PyBaMM is not there.
    InputError
        For a symmetric cell: use `lithium_interface`.
    """
    cell = _lumped(run, after_cycle)
    if cell.cathode is None:
        mend = "Take ionweld.pybamm.lithium_interface(run) into a parameter set with a working electrode"
        raise InputError(Fault("run", "is a symmetric cell, which PyBaMM's half-cell models are not", mend))
    try:
        import pybamm  # pyright: ignore[reportMissingImports]
    except ImportError:
        mend = "Install it with: pip install 'ionweld[pybamm]'"
        raise MissingExtraError(Fault("ionweld.pybamm", "PyBaMM is not installed", mend)) from None
    window = by_window(run.found.recipe.protocol)
    limits = (window.lower_voltage.value, window.upper_voltage.value)
    return pybamm.ParameterValues(
        _interface(cell)
        | _conditions(cell, limits)
        | _cathode(cell.cathode)
        | {"Contact resistance [Ohm]": _series(pybamm, cell, cell.cathode)}
    )


def _lumped(run: Run, after_cycle: int | None) -> LumpedCell:
    if not isinstance(run, Run):
        raise InputError(Fault("run", f"{type(run).__name__} is no Run", "Give what iw.simulate returns"))
    return lumped(run.found.typical, after_cycle)


def _interface(cell: LumpedCell) -> dict[str, Any]:
    return {
        "Separator thickness [m]": cell.thickness,
        "Separator porosity": 1.0,
        "Separator Bruggeman coefficient (electrolyte)": 0.0,
        "Separator Bruggeman coefficient (electrode)": 0.0,
        "Electrolyte conductivity [S.m-1]": cell.conductivity,
        "Electrolyte diffusivity [m2.s-1]": _EVEN,
        "Cation transference number": 1.0,
        "Thermodynamic factor": 1.0,
        "Initial concentration in electrolyte [mol.m-3]": _CONCENTRATION,
        "Exchange-current density for lithium metal electrode [A.m-2]": cell.exchange_current or _AT_ONCE,
        "Contact resistance [Ohm]": cell.interface / cell.area,
    }


def _conditions(cell: LumpedCell, limits: tuple[float, float]) -> dict[str, Any]:
    assert cell.cathode is not None
    nominal = cell.cathode.nominal * cell.area / 3600.0
    temperatures = dict.fromkeys(("Ambient", "Reference", "Initial"), cell.temperature)
    ends = {"Lower voltage cut-off [V]": limits[0], "Open-circuit voltage at 0% SOC [V]": limits[0]}
    ends |= {"Upper voltage cut-off [V]": limits[1], "Open-circuit voltage at 100% SOC [V]": limits[1]}
    return {
        "Electrode height [m]": cell.area**0.5,
        "Electrode width [m]": cell.area**0.5,
        "Nominal cell capacity [A.h]": nominal,
        "Current function [A]": nominal,
        "Number of electrodes connected in parallel to make a cell": 1.0,
        "Number of cells connected in series to make a battery": 1.0,
        "Negative electrode thickness [m]": 1e-4,
        "Negative electrode conductivity [S.m-1]": 1.07e7,
        "Negative electrode OCP [V]": 0.0,
        "Negative electrode OCP entropic change [V.K-1]": 0.0,
        "Lithium metal partial molar volume [m3.mol-1]": 1.3e-5,
        **{f"{name} temperature [K]": T for name, T in temperatures.items()},
        **ends,
    }


def _cathode(cathode: LumpedCathode) -> dict[str, Any]:
    """Return particles that are always even, in a layer of no thickness to speak of: only charge and potential are told."""
    layer, share = 1e-7, 0.5
    most = cathode.capacity / (FARADAY * layer * share)
    return {
        "Positive electrode thickness [m]": layer,
        "Positive electrode porosity": 1.0 - share,
        "Positive electrode active material volume fraction": share,
        "Positive electrode conductivity [S.m-1]": 1e6,
        "Positive electrode Bruggeman coefficient (electrolyte)": 0.0,
        "Positive electrode Bruggeman coefficient (electrode)": 0.0,
        "Maximum concentration in positive electrode [mol.m-3]": most,
        "Initial concentration in positive electrode [mol.m-3]": most * cathode.lithiation,
        "Positive particle radius [m]": 1e-6,
        "Positive particle diffusivity [m2.s-1]": _EVEN,
        "Positive electrode OCP [V]": cathode.potential,
        "Positive electrode OCP entropic change [V.K-1]": 0.0,
        "Positive electrode exchange-current density [A.m-2]": _AT_ONCE,
    }


def _series(pybamm: Any, cell: LumpedCell, cathode: LumpedCathode) -> Any:
    """Return the series resistance as PyBaMM takes it, a function of the temperature: it follows the charge that has passed."""
    whole = cathode.capacity * cell.area / 3600.0

    def resistance(_temperature: Any) -> Any:
        z = cathode.lithiation + pybamm.Variable("Discharge capacity [A.h]") / whole
        current = pybamm.FunctionParameter("Current function [A]", {"Time [s]": pybamm.t})
        left = pybamm.sigmoid(current, 0.0, 1e9) * z + pybamm.sigmoid(0.0, current, 1e9) * (1.0 - z)
        grown = cathode.resistance * (1.0 + cathode.growth / pybamm.maximum(left, 1e-6))
        return (cell.interface + grown) / cell.area

    return resistance
