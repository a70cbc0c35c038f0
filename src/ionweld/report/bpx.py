"""A full cell as a BPX file (Battery Parameter eXchange 1.0, Model "Partial"), and what BPX cannot hold of it.

BPX describes two porous electrodes with particles in a liquid electrolyte. Of a cell of lithium metal and a solid electrolyte
it holds the cell, the pellet as its separator, and its state; the potential of the cathode, conductivity and resistances
go into its section for a user's own, where other programs may find them by their names with units. What has no place at
all is said in the file's description.
"""

import json
from typing import Any

import numpy as np

from ionweld import __version__
from ionweld.errors import Fault, InputError
from ionweld.simulate.lumped import LumpedCathode, LumpedCell
from ionweld.spec.protocol import AnyProtocol, WindowProtocol, by_window

VERSION = "1.0.0"
NOT_HELD = (
    "the negative electrode: lithium metal has no particles, and BPX no other electrode; its resistance is user-defined",
    "the electrolyte: a single-ion conductor has no diffusivity, which BPX asks for; its conductivity is user-defined",
    "the positive electrode: its thickness, porosity and particles are not known to the twin; its potential is user-defined",
    "that the resistance of the cathode grows with the depth of a half cycle, but as a number: R = R_c [1 + b/(1 - y)]",
    "what changes the interface: contact, voids, interphase, the welded layer, filaments, leaks and shorts; fading",
)
_POINTS = 99  # of the potential, evenly over the lithiated fraction


def bpx_document(cell: LumpedCell, protocol: AnyProtocol) -> dict[str, Any]:
    """Return the document; the protocol gives the limits of the voltage. Raises InputError for a symmetric cell."""
    if cell.cathode is None:
        mend = "Give a cell with a cathode"
        raise InputError(Fault("to_bpx", f"{cell.name} is symmetric, and BPX holds full cells alone", mend))
    return {
        "Header": {
            "BPX": VERSION,
            "Title": f"{cell.name}, {cell.said}",
            "Description": f"Made by ionweld {__version__}. Not held: {'; '.join(NOT_HELD)}.",
            "Model": "Partial",
        },
        "Parameterisation": {
            "Cell": _cell(cell, cell.cathode, by_window(protocol)),
            "Separator": {"Thickness [m]": cell.thickness, "Porosity": 1.0, "Transport efficiency": 1.0},
            "User-defined": _own(cell, cell.cathode),
        },
        "State": {
            "Initial conditions": {"Initial temperature [K]": cell.temperature},
            "Thermal environment": {"Ambient temperature [K]": cell.temperature},
        },
    }


def bpx_text(cell: LumpedCell, protocol: AnyProtocol) -> str:
    """Return the file. Raises InputError for a symmetric cell."""
    return json.dumps(bpx_document(cell, protocol), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _cell(cell: LumpedCell, cathode: LumpedCathode, window: WindowProtocol) -> dict[str, Any]:
    return {
        "Electrode area [m2]": cell.area,
        "Number of electrode pairs connected in parallel to make a cell": 1,
        "Lower voltage cut-off [V]": window.lower_voltage.value,
        "Upper voltage cut-off [V]": window.upper_voltage.value,
        "Nominal cell capacity [A.h]": cathode.nominal * cell.area / 3600.0,
        "Reference temperature [K]": cell.temperature,
    }


def _own(cell: LumpedCell, cathode: LumpedCathode) -> dict[str, Any]:
    z = np.linspace(0.0, 1.0, _POINTS + 2)[1:-1]
    kinetics = (
        {} if cell.exchange_current is None else {"Lithium exchange-current density [A.m-2]": cell.exchange_current}
    )
    return {
        "description": f"Li | solid electrolyte | {cathode.material}; resistances per electrode area, at the temperature of the state",
        "Electrolyte conductivity [S.m-1]": cell.conductivity,
        "Cation transference number": 1.0,
        "Lithium interface resistance [Ohm.m2]": cell.interface,
        **kinetics,
        "Positive electrode OCP [V]": {"x": z.tolist(), "y": cathode.potential(z).tolist()},
        "Positive electrode usable capacity [A.h]": cathode.capacity * cell.area / 3600.0,
        "Positive electrode initial stoichiometry": cathode.lithiation,
        "Positive electrode resistance R_c [Ohm.m2]": cathode.resistance,
        "Positive electrode growth b of its resistance": cathode.growth,
    }
