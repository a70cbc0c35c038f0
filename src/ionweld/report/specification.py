"""Tables that say what went in: geometry that follows from a cell, assumptions with ranges, parameters with sources."""

from ionweld.report.page import Marked, table
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import Derived
from ionweld.spec.library import Entry
from ionweld.spec.protocol import AnyProtocol
from ionweld.spec.quantities import quantities
from ionweld.spec.quantity import Quantity


def derived_table(derived: Derived) -> str:
    """Return what follows from a cell by geometry and balance."""
    fill = derived.fills[0]
    rows = [
        ("pellet thickness", f"{1e3 * derived.pellet_thickness_m:.3f} mm", "mass / (density x area), or as given"),
        ("electrode area", f"{1e4 * derived.electrode_area_m2:.4f} cm2", "the area that current densities refer to"),
        ("pellet area", f"{1e4 * derived.pellet_area_m2:.4f} cm2", "wider than the electrode: the current spreads"),
        ("spreading factor", f"{derived.spreading_factor:.3f}", "resistance over that of a cylinder under the foil"),
        ("conductivity", f"{1e-2 * derived.conductivity_S_per_m:.2e} S/cm", "of the pellet at the cell's temperature"),
        (
            "bulk resistance",
            f"{1e4 * derived.bulk_resistance_ohm_m2:.1f} ohm cm2",
            "per electrode area, with spreading",
        ),
        ("columns", str(derived.columns), "electrode area / thickness^2: regions whose currents are independent"),
        ("gap volume", f"{1e9 * fill.gap_volume_m3:.3f} uL", "at the negative electrode"),
        ("liquid", f"{1e9 * fill.liquid_m3:.3f} uL", f"{100 * fill.spare:.0f} % of it has no room in the gap"),
        ("filled fraction chi", f"{fill.chi:.3f}", "the only difference between a bare and a welded cell"),
        ("dense layer", f"{1e9 * fill.dense_layer_m3:.4f} uL", "volume of the layer's solid in this gap"),
        ("porosity at start", f"{fill.start_porosity:.2f}", "of the filled gap, before anything solidified"),
    ]
    return table(("derived", "value", "how"), [*rows, *_cathode_rows(derived)])


def _cathode_rows(derived: Derived) -> list[tuple[str, str, str]]:
    cathode = derived.cathode
    if cathode is None:
        return []
    per_area = f"{cathode.theoretical_C_per_m2 / 3.6e4:.3f} mAh/cm2"
    return [
        ("active material", f"{1e6 * cathode.active_mass_kg:.3f} mg", "loading x area of the cathode"),
        *_coating_rows(cathode.coating_mass_kg),
        ("theoretical capacity", per_area, "loading x specific capacity of the library"),
        ("nominal capacity", f"{cathode.nominal_C_per_m2 / 3.6e4:.3f} mAh/cm2", "what 1 C refers to"),
    ]


def _coating_rows(mass_kg: float | None) -> list[tuple[str, str, str]]:
    how = "active material over its part of the slurry"
    return [("cathode coating", f"{1e6 * mass_kg:.3f} mg", how)] if mass_kg is not None else []


def assumptions(cell: CellSpec, protocol: AnyProtocol) -> list[tuple[str, Quantity]]:
    """Return everything in a cell and its protocol that nobody measured, with its path."""
    return [
        (path, known)
        for path, known in [*quantities(cell, ""), *quantities(protocol, "protocol.")]
        if known.status in ("assumed", "chosen", "derived")
    ]


def assumptions_table(listed: list[tuple[str, Quantity]]) -> str:
    """Return the assumptions with their ranges and reasons."""
    rows = [(path, known.text, known.status, known.range_text or "not stated", known.source) for path, known in listed]
    return table(("assumption", "value", "status", "range", "why"), rows)


def parameters_table(parameters: Entry) -> str:
    """Return all parameters of an interface with their status, range and source."""
    rows = [
        (
            name.replace("_", " "),
            parameters.symbols[name],
            Marked(known.text, "number"),
            known.status,
            known.range_text or "not stated",
            known.source,
        )
        for name, known in parameters.properties.items()
    ]
    return table(("parameter", "symbol", "value", "status", "range", "source"), rows)
