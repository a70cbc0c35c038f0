"""The gap between lithium and electrolyte, and what fills it: liquid that is used up, and the solid that it becomes.

u is by how much the gap is wider than the layer that filled it at assembly. Stripping opens it where the stack does not
follow; liquid that is left flows in; the solid layer stretches to a limit and then tears. chi, the bridged fraction of
the gap, is all that tells a welded interface (1) from a bare one (0).
"""

import numpy as np

from ionweld.numerics.compiled import law


@law
def followed_share(P, P_half):
    """Return the part of a stripped thickness that the stack follows: P/(P + P_half).

    P: stack pressure, at least 0 (Pa); P_half: pressure at which it follows half (Pa). A free foil (0) stays where it
    is, a pressed one moves up. Source: descriptive; P_half is assumed.
    """
    return P / (P + P_half)


@law
def opening_rate(j, followed, v):
    """Return du/dt (m/s) of a gap: v j (1 - followed).

    j: current density through the interface, positive when lithium is stripped (A/m2); followed: from followed_share;
    v: volume of lithium per charge (m3/C). Linear, so that a gap returns when the lithium does; u below 0 means a foil
    that has grown, and a gap as thick as its layer. Source: lithium balance.
    """
    return v * j * (1.0 - followed)


@law
def liquid_left(volume, area, x, opening_taken):
    """Return the thickness of liquid that can still flow into a gap (m): (1 - x) max(0, volume/area - taken).

    volume of liquid at assembly (m3); area of the electrode (m2); x: its converted fraction; opening_taken: thickness
    that the filled gap holds (m). Valid: liquid beside the foil stays in reach. Source: volume balance.
    """
    return (1.0 - x) * np.maximum(0.0, volume / area - opening_taken)


@law
def bridged_fraction(chi_0, u, layer, strain, liquid):
    """Return chi, the bridged fraction of a gap: chi_0 min(1, [layer (1 + strain) + liquid]/[layer + u]).

    chi_0: filled at assembly (laws.interface.filled_fraction); u: opening (m), of which only what is above 0 counts;
    layer: thickness of the layer now (m); strain: to which it stretches before it tears (1); liquid: liquid_left (m).
    Stays chi_0 until the opening exceeds what stretching and liquid allow, then falls as 1/u. Bare: 0 for ever.
    Source: volume balance; the limiting strain of a polymer-rich layer is assumed.
    """
    bridging = layer * (1.0 + strain) + liquid
    return chi_0 * np.minimum(1.0, bridging / (layer + np.maximum(u, 0.0 * u)))


@law
def stretched_thickness(layer, u, strain):
    """Return the thickness of a layer that follows its gap (m): layer + min(max(u, 0), strain layer).

    layer: unstretched (m); u: opening (m); strain: limit (1). Source: volume balance at constant conductivity; the
    layer is longer and, in cross-section, thinner (see stretched_resistance).
    """
    return layer + np.minimum(np.maximum(u, 0.0 * u), strain * layer)


@law
def stretched_resistance(R_L, layer, stretched):
    """Return the area-specific resistance (ohm m2) of a stretched layer: R_L (stretched/layer)^2.

    R_L: unstretched (ohm m2); layer, stretched: thicknesses (m). Longer by the stretch and thinner in cross-section by
    the same, at constant volume and conductivity. Source: Ohm's law and volume balance.
    """
    return R_L * (stretched / layer) ** 2
