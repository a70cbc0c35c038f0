"""What a file of the library says of each kind of material: which numbers, in which unit, and which of them must be there.

A number without a default must be there, or the file is refused; the others serve the features that their text names.
A file may hold numbers that stand in no schema, each with its own `unit`, for a mechanism of a person's own.
"""

from typing import Annotated, Any, Generic, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, create_model

from ionweld.spec.appearance import Appearance
from ionweld.spec.part import Part
from ionweld.spec.quantity import Quantity
from ionweld.spec.sourced import OwnNumber, Sourced

Chemistry = Literal["oxide", "phosphate", "sulfide", "halide", "anti-perovskite", "hydroborate", "polymer"]


class Numbers(BaseModel):
    """The numbers of an entry: those of its schema, and any others that say their unit themselves."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Annotated[Quantity, OwnNumber()]] = Field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride]

    def all(self) -> dict[str, Quantity]:
        """Return every number that is there, by its name, in the order of the schema."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: known for name, known in (named | (self.__pydantic_extra__ or {})).items() if known is not None}


def rule(numbers: type[Numbers], name: str) -> Sourced | None:
    """Return the rule of a number, or None for one that stands in no schema."""
    field = numbers.model_fields.get(name)
    return next((one for one in field.metadata if isinstance(one, Sourced)), None) if field is not None else None


def some_of(numbers: type[Numbers]) -> type[Numbers]:
    """Return a model of the same numbers of which none must be there: what changes on a treated surface."""
    fields: dict[str, Any] = {
        name: (Annotated[Quantity | None, rule(numbers, name)], None) for name in numbers.model_fields
    }
    return create_model(f"SomeOf{numbers.__name__}", __base__=Numbers, **fields)


Known = TypeVar("Known", bound=Numbers)


class Described(Part, Generic[Known]):
    """What every entry says: its name, its kind, what it is, and whose numbers it takes over where it has none."""

    name: str = Field(min_length=1, examples=['"Li6PS5Cl"'])
    about: str = Field(examples=['"Argyrodite, cold-pressed pellets"'])
    base: str | None = Field(
        None,
        description="another entry of this kind: what is not said here is taken over from it, and counted as borrowed",
    )
    properties: Known

    @classmethod
    def numbers(cls) -> type[Numbers]:
        """Return the model of the numbers that an entry of this kind has."""
        return cast(type[Numbers], cls.model_fields["properties"].annotation)


class ElectrolyteNumbers(Numbers):
    """The numbers of a solid electrolyte: how it conducts, what a spectrum shows of it, and how it breaks."""

    density: Annotated[Quantity, Sourced("kg/m^3", "rho", "of the dense solid")]
    conductivity: Annotated[Quantity, Sourced("S/m", "sigma", "for lithium ions, of the usual pellet as a whole")]
    conductivity_temperature: Annotated[
        Quantity, Sourced("K", "T_sigma", "the temperature that the conductivity is meant at", exact=True)
    ]
    conductivity_activation_energy: Annotated[Quantity, Sourced("J/mol", "E_a", "of the conductivity, not of sigma T")]
    permittivity: Annotated[Quantity, Sourced("1", "epsilon_r", "relative; for impedance spectra")]
    grain_boundary_share: Annotated[
        Quantity, Sourced("1", "f_gb", "part of the pellet's resistance that lies between grains; for spectra")
    ]
    grain_boundary_capacitance: Annotated[Quantity, Sourced("F/m", "C_gb", "times length over area; for spectra")]
    grain_boundary_exponent: Annotated[Quantity, Sourced("1", "n_gb", "of its constant-phase element; for spectra")]
    blocking_capacitance: Annotated[Quantity, Sourced("F/m^2", "C_bl", "against a metal that blocks; for spectra")]
    blocking_exponent: Annotated[Quantity, Sourced("1", "n_bl", "of its constant-phase element; for spectra")]
    transition_temperature: Annotated[
        Quantity | None, Sourced("K", "T_c", "of a change of phase; with transition_drop and the next")
    ] = None
    transition_drop: Annotated[
        Quantity | None, Sourced("1", "d_c", "conductivity above over that below the transition")
    ] = None
    orthorhombic_activation_energy: Annotated[
        Quantity | None, Sourced("J/mol", "E_o", "of the conductivity below the transition")
    ] = None
    electronic_conductivity: Annotated[
        Quantity | None, Sourced("S/m", "sigma_e", "for electrons, at the temperature of the conductivity; for leaks")
    ] = None
    electronic_activation_energy: Annotated[Quantity | None, Sourced("J/mol", "E_e", "of the same")] = None
    youngs_modulus: Annotated[Quantity | None, Sourced("Pa", "E", "for filaments that crack the pellet")] = None
    poisson_ratio: Annotated[Quantity | None, Sourced("1", "nu", "for the same")] = None
    fracture_toughness: Annotated[Quantity | None, Sourced("Pa*m^0.5", "K_IC", "for the same")] = None
    hardness: Annotated[Quantity | None, Sourced("Pa", "H", "for contact under pressure")] = None
    flaw_size: Annotated[Quantity | None, Sourced("m", "a", "half of the longest usual flaw; for filaments")] = None
    flaw_modulus: Annotated[Quantity | None, Sourced("1", "m", "Weibull modulus of the flaws; for filaments")] = None
    grain_size: Annotated[Quantity | None, Sourced("m", "d", "for filaments along grain boundaries")] = None
    typical_relative_density: Annotated[
        Quantity | None, Sourced("1", "f", "of the pellets that these numbers are of")
    ] = None
    highest_temperature: Annotated[Quantity | None, Sourced("K", "T_max", "above it decomposes, melts or softens")] = (
        None
    )
    salt_concentration: Annotated[Quantity | None, Sourced("mol/m^3", "c_0", "of the salt in a polymer")] = None
    transference_number: Annotated[
        Quantity | None, Sourced("1", "t_+", "of lithium in a polymer; one that has it is worked out as a polymer")
    ] = None
    reduction_potential: Annotated[Quantity | None, Sourced("V", "U_red", "against lithium")] = None
    oxidation_potential: Annotated[Quantity | None, Sourced("V", "U_ox", "against lithium")] = None


class SolidElectrolyte(Described[ElectrolyteNumbers]):
    """A solid electrolyte."""

    kind: Literal["solid electrolyte"]
    chemistry: Chemistry | None = Field(None, examples=['"sulfide"'])
    appearance: Appearance | None = Field(None, description="what XRD and FTIR of it look for")


class MetalNumbers(Numbers):
    """The numbers of an electrode's metal: how much room lithium takes in it, and how it flows."""

    molar_volume: Annotated[Quantity, Sourced("m^3/mol", "V_Li", "of the lithium in it")]
    creep_rate: Annotated[Quantity, Sourced("1/s", "A_c", "strain rate at creep_stress and creep_temperature")]
    creep_stress: Annotated[Quantity, Sourced("Pa", "P_ref", "the stress that creep_rate is meant at", exact=True)]
    creep_temperature: Annotated[
        Quantity, Sourced("K", "T_ref", "the temperature that creep_rate is meant at", exact=True)
    ]
    creep_exponent: Annotated[Quantity, Sourced("1", "n", "power of the stress")]
    creep_activation_energy: Annotated[Quantity, Sourced("J/mol", "Q_c", "of the creep rate")]
    melting_point: Annotated[Quantity | None, Sourced("K", "T_m", "above it there is no solid contact to lose")] = None
    yield_stress: Annotated[Quantity | None, Sourced("Pa", "sigma_y", "for lithium pressed into pores")] = None
    yield_stress_temperature: Annotated[Quantity | None, Sourced("K", "T_y", "of that stress", exact=True)] = None
    yield_stress_slope: Annotated[Quantity | None, Sourced("Pa/K", "s_y", "fall of that stress per kelvin")] = None
    youngs_modulus: Annotated[Quantity | None, Sourced("Pa", "E", "of the polycrystal")] = None
    shear_modulus: Annotated[Quantity | None, Sourced("Pa", "G", "of the polycrystal")] = None
    vacancy_diffusivity: Annotated[Quantity | None, Sourced("m^2/s", "D_v", "self-diffusion; resupply of voids")] = None
    vacancy_diffusivity_temperature: Annotated[Quantity | None, Sourced("K", "T_D", "of the same", exact=True)] = None
    vacancy_activation_energy: Annotated[Quantity | None, Sourced("J/mol", "E_v", "of the same")] = None
    boundary_diffusivity: Annotated[Quantity | None, Sourced("m^2/s", "D_gb", "along grain boundaries")] = None
    boundary_activation_energy: Annotated[Quantity | None, Sourced("J/mol", "E_gb", "of the same")] = None
    grain_size: Annotated[Quantity | None, Sourced("m", "d", "with boundary_diffusivity")] = None
    potential: Annotated[Quantity | None, Sourced("V", "U", "against lithium")] = None


class Metal(Described[MetalNumbers]):
    """A metal that takes up and gives lithium."""

    kind: Literal["metal"]


class CathodeNumbers(Numbers):
    """The numbers of a cathode's active material."""

    specific_capacity: Annotated[Quantity, Sourced("C/kg", "q", "in theory, per mass of active material")]
    plateau_voltage: Annotated[Quantity, Sourced("V", "U", "against lithium, half lithiated")]
    plateau_slope: Annotated[
        Quantity, Sourced("V", "g", "fall of the voltage from empty to full of what is usable; 0 for two phases")
    ]
    plateau_edge: Annotated[Quantity, Sourced("V", "s", "how soon its ends bend, in U - g (z - 1/2) - s ln[z/(1 - z)]")]
    usual_nominal_capacity: Annotated[
        Quantity | None, Sourced("C/kg", "q_n", "what 1 C means where the cell does not say")
    ] = None
    density: Annotated[Quantity | None, Sourced("kg/m^3", "rho", "of the dense solid")] = None


class CathodeMaterial(Described[CathodeNumbers]):
    """The active material of a cathode."""

    kind: Literal["cathode material"]


class LiquidNumbers(Numbers):
    """The numbers of a liquid electrolyte that is put into a gap."""

    concentration: Annotated[Quantity, Sourced("mol/m^3", "c", "of the salt", exact=True)]
    conductivity: Annotated[Quantity, Sourced("S/m", "sigma_LE", "at conductivity_temperature")]
    conductivity_temperature: Annotated[Quantity, Sourced("K", "T_LE", "that it is meant at", exact=True)]
    conductivity_activation_energy: Annotated[Quantity, Sourced("J/mol", "E_LE", "of the same")]
    density: Annotated[Quantity | None, Sourced("kg/m^3", "rho", "of the liquid")] = None
    viscosity: Annotated[Quantity | None, Sourced("Pa*s", "eta", "of the liquid")] = None
    highest_temperature: Annotated[Quantity | None, Sourced("K", "T_max", "above it boils or decomposes")] = None


class LiquidElectrolyte(Described[LiquidNumbers]):
    """A liquid electrolyte."""

    kind: Literal["liquid electrolyte"]


class InterphaseNumbers(Numbers):
    """The numbers of a substance that layers are made of."""

    conductivity: Annotated[Quantity, Sourced("S/m", "sigma", "for lithium ions")]


class Interphase(Described[InterphaseNumbers]):
    """A substance found in the layers between lithium and an electrolyte."""

    kind: Literal["interphase"]


class Assumptions(Described[Numbers]):
    """What a cell or protocol may leave out: numbers that say their units themselves."""

    kind: Literal["assumptions"]
