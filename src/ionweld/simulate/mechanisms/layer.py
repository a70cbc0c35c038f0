"""The welded layer: liquid in the gap converts to a solid, which grows denser.

    state       what changes it                    what it becomes
    converted   first order in the liquid left     less liquid that conducts, more solid
    porosity    closes as solid forms              thickness and conductivity of the layer

Its resistance lies in series with the charge transfer of the contact that it fills, with its own dielectric.
"""

import numpy as np

from ionweld.laws.interface import (
    conversion_rate,
    densification_rate,
    layer_conductivity,
    layer_resistance,
    layer_thickness,
)
from ionweld.laws.small_signal import dielectric_capacitance
from ionweld.laws.thermal import arrhenius
from ionweld.simulate.bench import MOMENT, RATES, C, N, hook, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, RecordedSlot, Setting, Storage, Values
from ionweld.spec.cell import CellSpec
from ionweld.spec.library import Entry

SLOTS = Slots(
    shared=(
        Slot("converted", "1", "part of the liquid that has become solid", sides=True),
        Slot("porosity", "1", "volume of the layer not yet filled by solid", sides=True),
    ),
    numbers=(
        Slot("conversion", "1/s", "rate of conversion"),
        Slot("densification", "1/s", "rate of densification"),
        Slot("sigma_liquid", "S/m", "conductivity of the liquid"),
        Slot("sigma_solid", "S/m", "conductivity of the dense solid"),
        Slot("dense", "m", "thickness of the layer when dense", sides=True),
    ),
)
Y, OWN = places(SLOTS.shared), places(SLOTS.numbers)


def _liquid(cell: CellSpec, pair: Entry) -> Entry:
    """Return the liquid in the gaps; in a bare cell that of the pair, whose filled fraction is 0."""
    named = [side.interface.liquid for side in cell.sides if side.interface.liquid is not None]
    return cell.library.entry(next(filter(None, [*named, pair.liquid, *cell.library.names("liquid electrolyte")])))


def _liquid_conductivity(liquid: Entry, T: float) -> float:
    sigma, energy, at = (liquid[f"conductivity{name}"] for name in ("", "_activation_energy", "_temperature"))
    return float(arrhenius(sigma, energy, T, at))


def _numbers(setting: Setting) -> Values:
    p, T, area = setting.parameters, setting.temperature, setting.derived.electrode_area_m2
    E_x, E_L = "reaction_activation_energy", "layer_activation_energy"
    return {
        "conversion": p.rate_at("conversion_rate", E_x, T),
        "densification": p.rate_at("densification_rate", E_x, T),
        "sigma_liquid": _liquid_conductivity(_liquid(setting.cell, p), T),
        "sigma_solid": p.rate_at("layer_solid_conductivity", E_L, T),
        "dense": np.array([fill.dense_layer_m3 / area for fill in setting.derived.fills]),
    }


def _states(setting: Setting, _drawn) -> Values:
    return {"porosity": np.array([fill.start_porosity for fill in setting.derived.fills])}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    for side in range(sides_of(cell)):
        x, porosity = own.shared[Y.converted + side], own.shared[Y.porosity + side]
        sigma = layer_conductivity(own.numbers[OWN.sigma_liquid], own.numbers[OWN.sigma_solid], x, porosity)
        thickness = layer_thickness(own.numbers[OWN.dense + side], porosity)
        cell.numbers[N.converted + side], cell.numbers[N.layer_width + side] = x, thickness
        resistance = layer_resistance(thickness, sigma)
        for i in range(bench.n):
            cell.columns[C.layer + side, i] += resistance


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    for side in range(sides_of(cell)):
        x, porosity = own.shared[Y.converted + side], own.shared[Y.porosity + side]
        own.shared_rates[Y.converted + side] = conversion_rate(x, own.numbers[OWN.conversion])
        own.shared_rates[Y.porosity + side] = densification_rate(porosity, x, own.numbers[OWN.densification])


def _storage(seen, side: int) -> Storage:
    thickness = layer_thickness(seen.number("dense", side), seen.state("porosity")[side])
    return Storage(dielectric_capacitance(seen.parameters["layer_permittivity"], thickness), 1.0)


MECHANISM = Mechanism(
    name="layer",
    about="the liquid in the gap becomes a solid layer, which grows denser",
    switch="layer",
    slots=SLOTS,
    parameters={
        "conversion_rate": "1/s",
        "densification_rate": "1/s",
        "layer_solid_conductivity": "S/m",
        "layer_activation_energy": "J/mol",
        "reaction_activation_energy": "J/mol",
        "layer_permittivity": "1",
    },
    numbers=_numbers,
    states=_states,
    hooks={MOMENT: _moment, RATES: _rates},
    seen=(
        RecordedSlot("Converted fraction / 1", "shared", "converted"),
        RecordedSlot("Layer porosity / 1", "shared", "porosity"),
    ),
    storage=_storage,
    stores_in="layer",
)
