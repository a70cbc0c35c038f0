"""Contact of a polymer with lithium: it yields to the metal's roughness and follows what is stripped, so none is lost."""

from ionweld.laws.assembly import adhesion_pressure, face_slope, soft_contact
from ionweld.simulate.mechanism import Mechanism, Setting


def _assembly(setting: Setting) -> float:
    roughness = setting.known("interface_roughness")
    P = setting.cell.stack_pressure.value + adhesion_pressure(setting.known("work_of_adhesion"), roughness)
    slope = face_slope(roughness, setting.known("spot_density"))
    E, nu = setting.of_electrolyte("youngs_modulus"), setting.of_electrolyte("poisson_ratio")
    return float(soft_contact(P, E, nu, slope))


MECHANISM = Mechanism(
    name="soft_contact",
    about="a polymer yields to the roughness of lithium, and follows what is stripped",
    electrolytes="polymer",
    parameters={"work_of_adhesion": "J/m^2", "interface_roughness": "m", "spot_density": "1/m^2"},
    assembly=_assembly,
)
