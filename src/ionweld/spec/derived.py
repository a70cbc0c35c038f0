"""What follows from a cell's description by geometry and balance alone, each with the rule that gave it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ionweld.laws.interface import filled_fraction
from ionweld.laws.thermal import arrhenius, two_phase_conductivity
from ionweld.laws.transport import (
    bulk_resistance,
    disc_area,
    independent_columns,
    pellet_thickness,
    porous_conductivity,
    spreading_factor,
)
from ionweld.spec.cell import Cathode, CellSpec, Electrode, PelletConduction
from ionweld.spec.discs import size_text
from ionweld.spec.entry import Entry
from ionweld.spec.library import assumption
from ionweld.spec.pairs import AnodeNumbers
from ionweld.spec.pellet import Pellet

ANODE_NUMBERS = AnodeNumbers.model_fields.keys()
_LEAK_OF = {
    "electronic_leak": "electronic_conductivity",
    "leak_activation_energy": "electronic_activation_energy",
}


@dataclass(frozen=True, slots=True)
class Fill:
    """The liquid in one gap, so far as it faces the other electrode.

    chi is its filled fraction, spare the part of the liquid that the gap has no room for.
    """

    gap_m: float
    gap_volume_m3: float
    liquid_m3: float
    chi: float
    spare: float
    dense_layer_m3: float
    start_porosity: float


@dataclass(frozen=True, slots=True)
class Charge:
    """The cathode: masses, and the charge it could hold in theory and by its nominal capacity, per electrode area.

    coating_mass_kg: None where its recipe is not told; wider: its area over the electrode area, at least 1.
    """

    active_mass_kg: float
    coating_mass_kg: float | None
    wider: float
    theoretical_C_per_m2: float
    nominal_C_per_m2: float


@dataclass(frozen=True, slots=True)
class Derived:
    """A cell's geometry: pellet, areas, spreading of the current, the liquid in each lithium gap, and the cathode.

    electrode_area_m2: where the electrodes face each other, that of the smaller one. columns: that are worked out, of those
    that are independent.
    """

    pellet_thickness_m: float
    electrode_area_m2: float
    pellet_area_m2: float
    spreading_factor: float
    conductivity_S_per_m: float
    bulk_resistance_ohm_m2: float
    columns: int
    independent: int
    fills: tuple[Fill, ...]
    warnings: tuple[str, ...]
    cathode: Charge | None = None


def derive(cell: CellSpec, interface: Entry | None = None) -> Derived:
    """Return what follows from the cell; `interface` replaces the library's entry (calibrated parameters)."""
    electrolyte = electrolyte_entry(cell)
    parameters = interface or library_parameters(cell)
    thickness, diameter = pellet_thickness_of(cell), facing_disc(cell).diameter.value
    area = disc_area(diameter)
    spreading = spreading_factor(diameter / 2, thickness, cell.electrolyte.diameter.value / 2)
    sigma = conductivity(electrolyte, cell.temperature.value) * _pellet_share(cell, electrolyte)
    independent = int(independent_columns(area, thickness))
    columns = min(independent, int(assumption("most_columns").value))
    return Derived(
        pellet_thickness_m=thickness,
        electrode_area_m2=area,
        pellet_area_m2=disc_area(cell.electrolyte.diameter.value),
        spreading_factor=float(spreading),
        conductivity_S_per_m=sigma,
        bulk_resistance_ohm_m2=float(bulk_resistance(thickness, sigma, spreading)),
        columns=columns,
        independent=independent,
        fills=tuple(_fill(side, area, parameters) for side in cell.sides),
        warnings=(*_warnings(cell, electrolyte, thickness), *_coarser(independent, columns)),
        cathode=_charge(cell, cell.cathode, area) if cell.cathode is not None else None,
    )


def facing_disc(cell: CellSpec) -> Electrode | Cathode:
    """Return the smaller electrode: what reaches beyond it faces no electrode."""
    both = (cell.electrodes.negative, cell.electrodes.positive)
    return min((one for one in both if one is not None), key=lambda one: one.diameter.value)


def electrolyte_entry(described: CellSpec | Pellet) -> Entry:
    """Return the library's entry of the electrolyte, with what is known of this very pellet in its place."""
    of_library = described.library.entry(described.electrolyte.material)
    if described.conduction is None:
        return of_library
    known = {name: getattr(described.conduction, name) for name in PelletConduction.model_fields}
    return of_library.updated({name: value for name, value in known.items() if value is not None})


def dissolves_salt(electrolyte: Entry) -> bool:
    """Whether an electrolyte is a polymer with a salt, of which anions move too: one that has a transference number."""
    return "transference_number" in electrolyte.properties


def interface_entry(cell: CellSpec) -> Entry:
    """Return what the library knows of this cell's metal against its electrolyte."""
    return _pair(cell, cell.electrodes.negative.material, cell.electrolyte.material)


def interface_name(cell: CellSpec) -> str:
    """Return the name of that entry."""
    return interface_entry(cell).name


def library_parameters(cell: CellSpec, fitted: Callable[[Entry], Entry] = lambda plain: plain) -> Entry:
    """Return the library's parameters of a cell: of its lithium interface and, in a full cell, of its cathode.

    fitted: what a calibration makes of an entry of the library, before a treatment of the surface changes it.
    """
    lithium = treated(cell, fitted(interface_entry(cell)))
    return lithium.joined(fitted(cathode_parameters(cell, cell.cathode))) if cell.cathode is not None else lithium


def treated(cell: CellSpec, pair: Entry) -> Entry:
    """Return the numbers of a cell's interfaces with what its surface treatment, its interlayer and its liquid change."""
    interface = cell.electrodes.negative.interface
    if interface.surface is not None:
        pair = pair.treated(f"surface {interface.surface.replace('_', ' ')}", pair.surfaces[interface.surface])
    if interface.interlayer is not None:
        layer = cell.library.entry(interface.interlayer)
        known = layer.properties | layer.on.get(cell.electrolyte.material, {})
        pair = pair.treated(f"with {layer.name}", {name: one for name, one in known.items() if name in ANODE_NUMBERS})
    if interface.liquid is not None and pair.under_liquid:
        pair = pair.treated("under liquid", pair.under_liquid)
    return pair


def cathode_parameters(cell: CellSpec, cathode: Cathode) -> Entry:
    """Return the library's parameters of a cathode against the electrolyte of its cell.

    Where the pair would borrow how electrons leak, and the electrolyte's own file says it, that holds, at the temperature
    of its conductivity for ions.
    """
    pair = _pair(cell, cell.electrolyte.material, cathode.material)
    electrolyte = cell.library.entry(cell.electrolyte.material)
    meant_at = electrolyte["conductivity_temperature"]
    return pair.updated(
        {
            leak: replace(electrolyte.properties[own], at=electrolyte.properties[own].at or meant_at)
            for leak, own in _LEAK_OF.items()
            if leak in pair.borrowed and own in electrolyte.properties
        }
    )


def _pair(cell: CellSpec, one: str, other: str) -> Entry:
    known = cell.library.pair(one, other)
    assert known is not None  # the spec was checked
    return known


def _charge(cell: CellSpec, cathode: Cathode, area: float) -> Charge:
    """Return what a cathode holds. One that is wider than its lithium gives all of its charge through what faces it."""
    own = disc_area(cathode.diameter.value)
    mass, wider = float(cathode.loading.value * own), float(own / area)
    loading = cathode.loading.value * wider
    return Charge(
        active_mass_kg=mass,
        coating_mass_kg=mass / cathode.slurry.active.value if cathode.slurry is not None else None,
        wider=wider,
        theoretical_C_per_m2=loading * cell.library.entry(cathode.material)["specific_capacity"],
        nominal_C_per_m2=loading * cathode.nominal_capacity.value,
    )


def nominal_charge(cell: CellSpec) -> float:
    """Return the charge that 1 C means in an hour, per area of the smaller electrode (C/m2); 0 without a cathode."""
    if cell.cathode is None:
        return 0.0
    return _charge(cell, cell.cathode, disc_area(facing_disc(cell).diameter.value)).nominal_C_per_m2


def pellet_thickness_of(described: CellSpec | Pellet) -> float:
    """Return the thickness of a pellet (m): as given, or from its mass."""
    pellet = described.electrolyte
    if pellet.thickness is not None:
        return pellet.thickness.value
    mass = pellet.mass.value if pellet.mass is not None else 0.0  # one of the two is there: the spec was checked
    density = described.library.entry(pellet.material)["density"]
    return float(pellet_thickness(mass, pellet.diameter.value, density, pellet.relative_density.value))


def conductivity(electrolyte: Entry, temperature: float) -> float:
    """Return the conductivity of an electrolyte (S/m) at a temperature (K), of the phase that is stable there."""
    sigma, energy, at = (electrolyte[f"conductivity{name}"] for name in ("", "_activation_energy", "_temperature"))
    if "transition_temperature" not in electrolyte.properties:
        return float(arrhenius(sigma, energy, temperature, at))
    T_c, drop = electrolyte["transition_temperature"], electrolyte["transition_drop"]
    below = electrolyte["orthorhombic_activation_energy"]
    return float(two_phase_conductivity(sigma, energy, at, T_c, drop, below, temperature))


def _pellet_share(cell: CellSpec, electrolyte: Entry) -> float:
    """Return the conductivity of this pellet over the library's: as its density is to that of usual pellets.

    What was measured of this very pellet is left as it is, as is an electrolyte of whose usual pellets nothing is known.
    """
    measured = cell.conduction is not None and cell.conduction.conductivity is not None
    return 1.0 if measured else conductivity_share(electrolyte, cell.electrolyte.relative_density.value)


def conductivity_share(electrolyte: Entry, relative_density: float) -> float:
    """Return the conductivity of a pellet of some relative density over that of usual ones, where these are known."""
    usual = electrolyte.properties.get("typical_relative_density")
    return float(porous_conductivity(1.0, relative_density, usual.value)) if usual is not None else 1.0


def _fill(electrode: Electrode, area: float, parameters: Entry) -> Fill:
    gap, liquid = electrode.interface.gap.value, electrode.interface.volume
    volume = liquid.value * float(area / disc_area(electrode.diameter.value)) if liquid is not None else 0.0
    layer = electrode.interface.layer
    content = layer.value if layer is not None else parameters["solid_content"]
    solid = min(content, 0.99 * gap)  # a gap thinner than the layer's solid starts nearly dense
    return Fill(
        gap_m=gap,
        gap_volume_m3=gap * area,
        liquid_m3=volume,
        chi=float(filled_fraction(volume, gap, area)),
        spare=max(0.0, 1.0 - gap * area / volume) if volume > 0.0 else 0.0,
        dense_layer_m3=solid * area,
        start_porosity=1.0 - solid / gap,
    )


def _warnings(cell: CellSpec, electrolyte: Entry, thickness: float) -> tuple[str, ...]:
    found = [*_phase(cell, electrolyte), *_unlike_discs(cell)]
    if thickness > facing_disc(cell).diameter.value:
        found.append("the pellet is thicker than the electrode is wide: the spreading of the current is only rough")
    if electrolyte.chemistry == "polymer" and not dissolves_salt(electrolyte):
        found.append(
            'it has no transference number, so its filaments are taken for cracks in a brittle solid, and a polymer is none: shorts of this cell are not to be believed (its entry could start from base = "PEO-LiTFSI")'
        )
    if cell.electrodes.positive is None:
        found.append("no positive electrode is given: it is taken as a copy of the negative one (symmetric cell)")
    return tuple(found)


def _unlike_discs(cell: CellSpec) -> list[str]:
    """Return a warning where one electrode reaches beyond the other."""
    negative, positive = cell.electrodes.negative, cell.electrodes.positive or cell.electrodes.negative
    if negative.diameter.value == positive.diameter.value:
        return []
    sizes = f"{size_text(negative)} and {size_text(positive)}"
    said = f"the electrodes differ in size ({sizes}): all current is taken to cross the smaller one"
    rim = "; the rim of the cathode is taken to charge and discharge with the rest, as it does at low currents"
    return [said + (rim if facing_disc(cell) is negative and cell.cathode is not None else "")]


def _coarser(independent: int, columns: int) -> list[str]:
    """Return a warning where geometry gives more independent columns than are worked out."""
    if columns == independent:
        return []
    said = (
        f"the pellet is so thin that {independent:,} of its columns are independent; {columns:,} are worked out, each"
    )
    return [f"{said} standing for {independent / columns:.3g}, the one with the weakest flaw of all among them"]


def _phase(cell: CellSpec, electrolyte: Entry) -> list[str]:
    """Return a warning where the uncertain transition temperature decides which phase conducts."""
    transition, T = electrolyte.properties.get("transition_temperature"), cell.temperature.value
    if transition is None:
        return []
    low, high = transition.low or transition.value, transition.high or transition.value
    if high <= T:
        return []
    below = transition.value > T
    taken, other = ("orthorhombic", "cubic") if below else ("cubic", "orthorhombic")
    said = f"{cell.temperature.text} is taken to lie {'below' if below else 'above'} the phase transition of "
    said += f"{electrolyte.name} ({transition.text}): the conductivity is that of the {taken} phase"
    if low < T:
        said += f"; sources put it at 35 to 72 degC, so it may be the {other} one"
    return [said]
