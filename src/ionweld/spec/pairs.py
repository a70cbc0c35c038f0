"""What a file of the library says of two materials that touch: a metal or a cathode against a solid electrolyte.

The file names its two sides itself. The second side of a metal's pair may be a chemistry such as "sulfide", or "solid
electrolyte" for any: such a pair stands in where there is no file for the very two.
"""

from typing import Annotated, Literal

from pydantic import Field

from ionweld.spec.matter import (
    CathodeMaterial,
    Described,
    Interphase,
    LiquidElectrolyte,
    Metal,
    Numbers,
    SolidElectrolyte,
    some_of,
)
from ionweld.spec.quantity import Quantity
from ionweld.spec.sourced import Sourced


class AnodeNumbers(Numbers):
    """The numbers of a metal against a solid electrolyte, with or without liquid; rates at the reference temperature."""

    reference_temperature: Annotated[
        Quantity, Sourced("K", "T_0", "the temperature that rates and resistances here are meant at", exact=True)
    ]
    charge_transfer_resistance: Annotated[Quantity, Sourced("ohm*m^2", "R_t0", "per area that touches, as received")]
    charge_transfer_activation_energy: Annotated[Quantity, Sourced("J/mol", "E_t", "of its conductance")]
    interphase_growth: Annotated[Quantity, Sourced("ohm*m^2/s^0.5", "K", "in R = K sqrt(t); 0 where none grows")]
    reaction_activation_energy: Annotated[
        Quantity, Sourced("J/mol", "E_x", "of interphase growth, conversion and densification")
    ]
    replenishing_current: Annotated[
        Quantity, Sourced("A/m^2/Pa", "k_rep", "current that creep brings back to a stripping contact, per pressure")
    ]
    replenishing_activation_energy: Annotated[Quantity, Sourced("J/mol", "E_rep", "of the same")]
    void_depth: Annotated[Quantity, Sourced("m", "lambda", "of the voids that stripping leaves")]
    permanent_loss: Annotated[Quantity, Sourced("1", "f", "part of a lost contact that plating does not restore")]
    residual_depth_floor: Annotated[Quantity, Sourced("1", "phi_floor", "cut-off of the bearing-area curve")]
    residual_contact: Annotated[Quantity, Sourced("1", "theta_r", "part of the contact that is never lost for good")]
    rewetting_time: Annotated[Quantity, Sourced("s", "tau_rw", "of a contact under plating")]
    spot_radius: Annotated[Quantity, Sourced("m", "a", "of the spots that touch")]
    contact_modulus: Annotated[Quantity, Sourced("1", "m_w", "Weibull modulus of the contact over the columns")]
    critical_current: Annotated[Quantity, Sourced("A/m^2", "j_c", "local current above which filaments grow")]
    filament_focus: Annotated[Quantity, Sourced("1", "Gamma", "cross-section of a column over that of its filament")]
    flaw_modulus: Annotated[Quantity, Sourced("1", "m_s", "Weibull modulus of flaws")]
    flaw_floor: Annotated[Quantity, Sourced("1", "s_floor", "no flaw focuses more than its inverse")]
    short_spread: Annotated[Quantity, Sourced("1", "S_0", "scatter of ln conductance of the first bridge")]
    short_growth: Annotated[Quantity, Sourced("1/s", "k_g", "of ln conductance of a short")]
    short_noise: Annotated[Quantity, Sourced("1", "S_1", "random change of ln conductance per half cycle")]
    soft_short_growth: Annotated[Quantity, Sourced("S/m^2/s", "g_s", "of a short that is there from the start")]
    solid_content: Annotated[Quantity, Sourced("m", "delta", "thickness of the dense layer that the liquid leaves")]
    conversion_rate: Annotated[Quantity, Sourced("1/s", "k_x", "of the liquid")]
    densification_rate: Annotated[Quantity, Sourced("1/s", "k_p", "of the layer")]
    layer_solid_conductivity: Annotated[Quantity, Sourced("S/m", "sigma_d", "of the layer's solid")]
    layer_activation_energy: Annotated[Quantity, Sourced("J/mol", "E_L", "of conduction in the layer")]
    layer_permittivity: Annotated[Quantity, Sourced("1", "epsilon_L", "of the layer; for spectra")]
    interface_capacitance: Annotated[Quantity, Sourced("F/m^2", "C_i", "per area that is connected; for spectra")]
    interface_exponent: Annotated[Quantity, Sourced("1", "n_i", "of its constant-phase element; for spectra")]
    interphase_linear_growth: Annotated[
        Quantity | None, Sourced("ohm*m^2/s", "k", "of an interphase that conducts electrons and never stops")
    ] = None
    film_resistance: Annotated[
        Quantity | None, Sourced("ohm*m^2", "R_f", "of what lies between the two since assembly, per area that touches")
    ] = None
    interphase_under_liquid: Annotated[
        Quantity | None, Sourced("1", "f_K", "part of the interphase's growth that goes on under a liquid")
    ] = None
    spot_density: Annotated[Quantity | None, Sourced("1/m^2", "n_s", "of the spots that touch")] = None
    work_of_adhesion: Annotated[Quantity | None, Sourced("J/m^2", "W", "of the metal on the electrolyte")] = None
    coat_strength: Annotated[
        Quantity | None, Sourced("Pa", "sigma_c", "stress that breaks a brittle coat between metal and electrolyte")
    ] = None
    steady_resistance: Annotated[
        Quantity | None, Sourced("ohm*m^2", "R_i", "of the whole interface in good contact, as laboratories measure it")
    ] = None


SomeOfAnode = some_of(AnodeNumbers)
# the numbers that belong to a liquid as much as to the two sides
LAYER = (
    "solid_content", "conversion_rate", "densification_rate", "layer_solid_conductivity", "layer_activation_energy",
    "layer_permittivity",
)  # fmt: skip


class AnodeInterface(Described[AnodeNumbers]):
    """A metal against a solid electrolyte."""

    kind: Literal["anode interface"]
    sides: tuple[str, str] = Field(examples=['["Li", "Li6PS5Cl"]'], description="the metal, and the electrolyte")
    liquid: str | None = Field(None, description="the liquid that its numbers of a welded layer are of")
    deposit: str | None = Field(
        None,
        examples=['"Li"'],
        description="the metal that is plated on a bare collector: numbers that are not said here are those of it against the same electrolyte",
    )
    mechanisms: list[str] = Field(
        default_factory=list,
        description='what happens at the interface, by the names of the simulator\'s mechanisms; none: the ordinary ones, for which "ordinary" stands',
    )
    surfaces: dict[str, SomeOfAnode] = Field(  # pyright: ignore[reportInvalidTypeForm]
        default_factory=dict, description="what changes on a treated surface, by the name of the treatment"
    )
    under_liquid: SomeOfAnode | None = Field(  # pyright: ignore[reportInvalidTypeForm]
        None, description="what changes where a liquid lies between the two, whatever the surface was"
    )


class InterlayerNumbers(SomeOfAnode):  # pyright: ignore[reportGeneralTypeIssues, reportUntypedBaseClass]
    """The numbers of a dry layer between metal and electrolyte; those of a pair take the place of the pair's own."""

    thickness: Annotated[Quantity, Sourced("m", "d", "usual")]
    conductivity: Annotated[Quantity | None, Sourced("S/m", "sigma", "for lithium ions, through it")] = None


class Interlayer(Described[InterlayerNumbers]):
    """A dry layer that is put between the metal and the electrolyte."""

    kind: Literal["interlayer"]
    on: dict[str, SomeOfAnode] = Field(  # pyright: ignore[reportInvalidTypeForm]
        default_factory=dict, description="what differs on one electrolyte, by its name"
    )


class CathodeSideNumbers(Numbers):
    """The numbers of a composite cathode on a pellet, and of the electrons that leak to it."""

    cathode_resistance: Annotated[Quantity, Sourced("ohm*m^2", "R_c", "of a charged-up contact with the pellet")]
    cathode_activation_energy: Annotated[Quantity, Sourced("J/mol", "E_c", "of its conductance")]
    cathode_growth: Annotated[Quantity, Sourced("1", "b", "of R_c [1 + b/(1 - y)] at the depth y of a half cycle")]
    usable_fraction: Annotated[Quantity, Sourced("1", "u_0", "part of the active material that is connected")]
    initial_lithiation: Annotated[Quantity, Sourced("1", "z_0", "at assembly")]
    capacity_fade: Annotated[Quantity, Sourced("1", "k_c'", "part that each cycle disconnects")]
    electronic_leak: Annotated[Quantity, Sourced("S/m", "sigma_e", "of the pellet, for electrons")]
    leak_activation_energy: Annotated[Quantity, Sourced("J/mol", "E_e", "of the same, and of a coat")]
    coat_electronic_conductivity: Annotated[
        Quantity | None, Sourced("S/m", "sigma_coat", "of a polymer coat, for electrons; none: as of the pellet")
    ] = None
    burn_back_probability: Annotated[Quantity, Sourced("1", "p_b", "that a bridge has burnt back after a half cycle")]
    cathode_capacitance: Annotated[Quantity, Sourced("F/m^2", "C_c", "per area of the cathode; for spectra")]
    cathode_exponent: Annotated[Quantity, Sourced("1", "n_c", "of its constant-phase element; for spectra")]
    usual_loading: Annotated[
        Quantity | None,
        Sourced("kg/m^2", "m_0", "the loading that R_c is meant at, which falls as 1/loading", exact=True),
    ] = None
    ionic_tortuosity: Annotated[
        Quantity | None,
        Sourced("1", "tau", "of the electrolyte in a composite; without it R_c holds all of its resistance"),
    ] = None
    composite_porosity: Annotated[Quantity | None, Sourced("1", "p", "of the composite; with the same")] = None
    usual_active_share: Annotated[
        Quantity | None, Sourced("1", "w_a", "mass of active material over that and electrolyte, of an untold recipe")
    ] = None


class CathodeInterface(Described[CathodeSideNumbers]):
    """A solid electrolyte against the active material of a cathode."""

    kind: Literal["cathode interface"]
    sides: tuple[str, str] = Field(examples=['["Li2OHCl", "LiFePO4"]'], description="the electrolyte, and the material")


Pair = Annotated[AnodeInterface | CathodeInterface, Field(discriminator="kind")]
Material = Annotated[
    SolidElectrolyte | Metal | CathodeMaterial | LiquidElectrolyte | Interphase | Interlayer,
    Field(discriminator="kind"),
]
