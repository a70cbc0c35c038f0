"""Voids between lithium and the electrolyte, with books: what stripping takes is missing until lithium comes back.

    state     what changes it                                   what it becomes
    open      stripping makes it, resupply and creep close it   lost contact
    closed    plating covers it, stripping reaches it again     nothing, until it is open again
    cover     how deep, on the mean, plating has buried it      the charge after which stripping loses contact again
    deposit   lithium plated through the contact so far         the course of the three above, in closed form

    moved, lifted, returned   the books: open + closed = moved + lifted - returned, to the last atom

At the interface that is plated, the voids follow a known course of the lithium that has come (laws.voids.plated_*), so
that the thinnest skin costs the integrator nothing; `settle` writes the end into the states. Creep during plating is
counted there too. Nothing heals by waiting but what creep and diffusion bring.
"""

import numpy as np

from ionweld.laws import contact as creep
from ionweld.laws.assembly import adhesion_pressure
from ionweld.laws.resupply import (
    creep_current,
    diffusion_current,
    effective_diffusivity,
    resupplied_current,
    strengthened_stress,
)
from ionweld.laws.thermal import arrhenius
from ionweld.laws.voids import (
    lifted_share,
    plated_cover,
    plated_missing,
    plated_open,
    reopening_rate,
    returned_rate,
    void_contact,
)
from ionweld.simulate.bench import MOMENT, RATES, SETTLE, C, N, hook, plating_side, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, RecordedSlot, Setting, Values
from ionweld.simulate.mechanisms.contact import assembly, creep_rate

FASTEST_CLOSURE = 0.02  # 1/s: creep that is faster closes voids within a minute, and is as good as at once
_SIDE = {"sides": True, "scale": 1e-6}  # a micrometre of lithium: a tenth of a void
SLOTS = Slots(
    states=(
        Slot("open", "m", "lithium missing in open voids, per apparent area", **_SIDE),
        Slot("closed", "m", "lithium missing in occluded voids", **_SIDE),
        Slot("cover", "m", "mean depth of occluded voids", **_SIDE),
        Slot("deposit", "m", "lithium plated through the contact in this half cycle", **_SIDE),
    ),
    shared=(
        Slot("moved", "m", "lithium stripped less plated through the contact", **_SIDE),
        Slot("lifted", "m", "plated lithium that moved the foil instead of filling voids", **_SIDE),
        Slot("returned", "m", "lithium that creep and diffusion brought back", **_SIDE),
    ),
    numbers=(
        Slot("void_depth", "m", "depth of a void when it has lost contact"),
        Slot("skin", "m", "thickness of lithium that bridges a void"),
        Slot("lifting", "1", "part of plated lithium that lifts the foil although there are voids"),
        Slot("resupply", "A/m2", "current that diffusion and creep resupply"),
        Slot("closure", "1/s", "rate at which creep closes voids"),
        Slot("residual", "1", "part of the contact at assembly that is never lost"),
    ),
)
Y, B, OWN = places(SLOTS.states), places(SLOTS.shared), places(SLOTS.numbers)


def yield_stress(setting: Setting) -> float:
    """Return the yield stress of lithium at the cell's temperature (Pa)."""
    known, T = setting.lithium, setting.temperature
    return max(
        0.1 * known["yield_stress"],  # near the melting point a straight line would go below nothing
        known["yield_stress"] - known["yield_stress_slope"] * (T - known["yield_stress_temperature"]),
    )


def resupply(setting: Setting) -> float:
    """Return the current density that diffusion and creep can bring back for ever (A/m2)."""
    metal, T = setting.lithium, setting.temperature
    at = metal["vacancy_diffusivity_temperature"]
    lattice = arrhenius(metal["vacancy_diffusivity"], metal["vacancy_activation_energy"], T, at)
    boundary = arrhenius(metal["boundary_diffusivity"], metal["boundary_activation_energy"], T, at)
    D = effective_diffusivity(lattice, boundary, setting.known("boundary_width"), metal["grain_size"])
    by_diffusion = diffusion_current(
        D, setting.known("vacancy_supersaturation"), setting.known("diffusion_distance"), metal["molar_volume"]
    )
    k_rep = setting.parameters.rate_at("replenishing_current", "replenishing_activation_energy", T)
    return float(resupplied_current(by_diffusion, creep_current(k_rep, setting.cell.stack_pressure.value)))


def closure_rate(setting: Setting) -> float:
    """Return the rate at which creep closes voids (1/s): small volumes of lithium are stronger than bulk."""
    metal, depth = setting.lithium, setting.parameters["void_depth"]
    size, power = setting.known("strengthening_size"), setting.known("strengthening_exponent")
    stress = strengthened_stress(metal["creep_stress"], depth, size, power)
    P, n = setting.cell.stack_pressure.value, metal["creep_exponent"]
    return float(min(creep.void_closure_rate(P, creep_rate(setting), n, stress), FASTEST_CLOSURE))


def _assembly(setting: Setting) -> float:
    """Return the contact at assembly: adhesion presses besides the stack, so that there is some without pressure."""
    W, roughness = setting.known("work_of_adhesion"), setting.known("interface_roughness")
    return assembly(setting, float(adhesion_pressure(W, roughness)))


def _numbers(setting: Setting) -> Values:
    p = setting.parameters
    return {
        "void_depth": p["void_depth"],
        "skin": setting.known("void_skin"),
        "lifting": lifted_share(
            setting.known("lifting_free"), setting.cell.stack_pressure.value, yield_stress(setting)
        ),
        "resupply": resupply(setting),
        "closure": closure_rate(setting),
        "residual": p["residual_contact"],
    }


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    plating, skin, lifting = plating_side(cell), own.numbers[OWN.skin], own.numbers[OWN.lifting]
    depth, residual = own.numbers[OWN.void_depth], own.numbers[OWN.residual]
    for side in range(sides_of(cell)):
        open_, closed, deposit = own.states[Y.open + side], own.states[Y.closed + side], own.states[Y.deposit + side]
        pressed, contact = cell.columns[C.pressed + side], cell.columns[C.contact + side]
        for i in range(bench.n):
            h_open = open_[i]
            if side == plating:
                missing, d = h_open + closed[i], deposit[i]
                h_open = plated_open(h_open, missing, plated_missing(missing, d, lifting, skin), d, skin)
            contact[i] = void_contact(pressed[i], h_open, depth, residual)


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    v, j_rep, k_c, skin = (
        cell.numbers[N.v_li],
        own.numbers[OWN.resupply],
        own.numbers[OWN.closure],
        own.numbers[OWN.skin],
    )
    plating, n = plating_side(cell), bench.n
    for side in range(sides_of(cell)):
        moved, returned = 0.0, 0.0
        for i in range(n):
            j_d = cell.columns[C.flow, i] * cell.columns[C.share + side, i]
            if side == plating:
                own.rates[Y.deposit + side, i] = v * j_d
                moved -= v * j_d / n
                continue
            h_open, h_closed = own.states[Y.open + side, i], own.states[Y.closed + side, i]
            reopened = reopening_rate(h_closed, j_d, own.states[Y.cover + side, i], skin, v)
            theta, theta_a = cell.columns[C.contact + side, i], cell.columns[C.pressed + side, i]
            back = returned_rate(theta, theta_a, j_rep, v)
            own.rates[Y.open + side, i] = v * j_d + reopened - back - k_c * h_open
            own.rates[Y.closed + side, i] = -reopened - k_c * h_closed
            moved += v * j_d / n
            returned += (back + k_c * (h_open + h_closed)) / n
        own.shared_rates[B.moved + side], own.shared_rates[B.returned + side] = moved, returned


@hook
def _settle(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    side, skin, lifting = plating_side(cell), own.numbers[OWN.skin], own.numbers[OWN.lifting]
    if side < 0:
        return
    kept = np.exp(-own.numbers[OWN.closure] * (t - cell.numbers[N.started]))
    for i in range(bench.n):
        h_open, d = own.states[Y.open + side, i], own.states[Y.deposit + side, i]
        missing = h_open + own.states[Y.closed + side, i]
        left = plated_missing(missing, d, lifting, skin)
        still_open = plated_open(h_open, missing, left, d, skin)
        own.states[Y.cover + side, i] = plated_cover(own.states[Y.cover + side, i], h_open, missing, d, skin)
        own.states[Y.open + side, i], own.states[Y.closed + side, i] = kept * still_open, kept * (left - still_open)
        own.states[Y.deposit + side, i] = 0.0
        own.shared[B.lifted + side] += (d - (missing - left)) / bench.n
        own.shared[B.returned + side] += (1.0 - kept) * left / bench.n


def _imbalance(course) -> float:
    """Return by how much the books do not close (m)."""
    missing = (course.state("open") + course.state("closed")).mean(axis=1)
    booked = course.state("moved") + course.state("lifted") - course.state("returned")
    return float(np.abs(missing - booked).max())


MECHANISM = Mechanism(
    name="voids",
    about="stripping leaves voids; plating, diffusion and creep bring back what is missing, to the last atom",
    switch="contact_loss",
    electrolytes="ceramic",
    slots=SLOTS,
    parameters={
        "void_depth": "m",
        "residual_contact": "1",
        "replenishing_current": "A/m^2/Pa",
        "replenishing_activation_energy": "J/mol",
        "work_of_adhesion": "J/m^2",
        "interface_roughness": "m",
        "void_skin": "m",
        "lifting_free": "1",
        "vacancy_supersaturation": "1",
        "diffusion_distance": "m",
        "boundary_width": "m",
        "strengthening_size": "m",
        "strengthening_exponent": "1",
    },
    numbers=_numbers,
    assembly=_assembly,
    hooks={MOMENT: _moment, RATES: _rates, SETTLE: _settle},
    seen=(
        RecordedSlot("Open voids, negative / m", "states", "open", "mean", 0),
        RecordedSlot("Open voids, positive / m", "states", "open", "mean", 1),
        RecordedSlot("Occluded voids, negative / m", "states", "closed", "mean", 0),
        RecordedSlot("Occluded voids, positive / m", "states", "closed", "mean", 1),
    ),
    imbalance=_imbalance,
)
