"""Which area a resistance is divided by, said aloud, and what follows: conductivity and area-specific resistance."""

from dataclasses import dataclass

import numpy as np

from ionweld.errors import Fault, InputError
from ionweld.laws import impedance as law
from ionweld.laws.transport import spreading_factor
from ionweld.measurement.impedance import SampleGeometry

S_PER_CM = 1e-2  # one S/m in S/cm
OHM_CM2 = 1e4  # one ohm m2 in ohm cm2


@dataclass(frozen=True, slots=True)
class Conduction:
    """The geometry that conductivities and area-specific resistances use, and the sentences that say so."""

    thickness_m: float
    area_m2: float
    electrode_area_m2: float
    interfaces: int | None
    said: tuple[str, ...]

    def conductivity(self, resistance_ohm: float) -> float:
        """Return sigma in S/cm."""
        return float(law.conductivity(resistance_ohm, self.thickness_m, self.area_m2)) * S_PER_CM

    def area_specific(self, resistance_ohm: float) -> float | None:
        """Return the area-specific resistance of one interface in ohm cm2, or None when their number is not known."""
        if self.interfaces is None:
            return None
        return resistance_ohm * self.electrode_area_m2 * OHM_CM2 / self.interfaces


def conduction(geometry: SampleGeometry, pellet_diameter_m: float | None = None) -> Conduction:
    """Return the geometry to divide by. Raises InputError when thickness or area is missing.

    The current of an electrode that is smaller than its pellet spreads to r_eff = r + (ln 2/pi) L, at most to the
    pellet's radius; without a pellet diameter the electrode is taken to cover the pellet, and that is said.
    """
    if not geometry.thickness_m or not geometry.area_m2:
        missing = " and ".join(
            name for name, value in (("thickness", geometry.thickness_m), ("area", geometry.area_m2)) if not value
        )
        raise InputError(Fault("geometry", f"{missing} must be known", "Give --thickness and --area with their units"))
    name = geometry.area_name or "electrode"
    said = [f"area of the {name}: {geometry.area_m2 * 1e4:.4g} cm2, thickness {geometry.thickness_m * 1e3:.4g} mm"]
    area = geometry.area_m2
    if pellet_diameter_m is None:
        said.append("the electrode is taken to cover the whole pellet; if it does not, give --pellet-diameter")
    else:
        area, sentence = _spread(geometry.area_m2, geometry.thickness_m, pellet_diameter_m)
        said.append(sentence)
    return Conduction(geometry.thickness_m, area, geometry.area_m2, geometry.interfaces, tuple(said))


def _spread(area_m2: float, thickness_m: float, pellet_diameter_m: float) -> tuple[float, str]:
    radius, wall = np.sqrt(area_m2 / np.pi), pellet_diameter_m / 2
    if radius > wall * (1 + 1e-6):
        seen = (
            f"the electrode ({2e3 * radius:.4g} mm across) is wider than the pellet ({1e3 * pellet_diameter_m:.4g} mm)"
        )
        raise InputError(Fault("geometry", seen, "Check --area and --pellet-diameter"))
    effective = radius / np.sqrt(spreading_factor(radius, thickness_m, wall))
    said = (
        f"the current spreads from radius {1e3 * radius:.4g} mm into the pellet to r_eff = r + (ln 2/pi) L "
        f"= {1e3 * effective:.4g} mm{' (the rim)' if effective > wall * (1 - 1e-9) else ''}: conductivities use "
        f"{np.pi * effective**2 * 1e4:.4g} cm2, area-specific resistances the electrode's own area"
    )
    return float(np.pi * effective**2), said
