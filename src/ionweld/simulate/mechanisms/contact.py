"""Contact lost by stripping and won back by plating and creep: the descriptive law that the paper's cells are fitted with.

    state        what changes it                           what it becomes
    contact      stripping loses, plating restores fast    resistance of the interface, local current
    restorable   stripping leaves voids, creep heals       what plating can restore

At the interface that is plated, contact follows a known course whatever the current does (laws.contact.plated_contact).
Its states keep their values of the start of the half cycle until `settle` writes the end into them. So rewetting, the
fastest process, does not limit the integrator's steps.
"""

import numpy as np

from ionweld.laws import contact as laws
from ionweld.laws.assembly import joined_contact
from ionweld.laws.contact import closing_rate, healed_contact, lasting_loss_rate, plated_contact, stripping_contact_rate
from ionweld.laws.thermal import arrhenius
from ionweld.numerics.compiled import inner
from ionweld.simulate.bench import DECAYS, MOMENT, RATES, SETTLE, C, N, hook, plating_side, sides_of, view, whole
from ionweld.simulate.layout import NEGATIVE, POSITIVE, Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, RecordedSlot, Setting, Values

# all contacts can shrink to a thousandth of themselves, and are to be known then: hence 1e-3
_SIDE = {"sides": True, "scale": 1e-3, "together": True}
SLOTS = Slots(
    states=(
        Slot("touching", "1", "fraction that touches", **_SIDE),
        Slot("restorable", "1", "fraction that plating can restore", **_SIDE),
    ),
    numbers=(
        Slot("void_depth", "m", "depth of a void when it has lost contact"),
        Slot("replenishing", "A/m2", "current that creep resupplies"),
        Slot("closure", "1/s", "rate at which creep closes voids"),
        Slot("rewetting", "s", "time in which plating restores contact"),
        Slot("residual", "1", "part of the contact at assembly that is never lost"),
    ),
    columns=(
        Slot("permanent", "1", "part of the stripped contact that is lost for good", sides=True),
        Slot(
            "touching_now", "1", "contact of the moment, without what pressing has widened since assembly", sides=True
        ),
        Slot("restorable_now", "1", "restorable contact of the moment", sides=True),
    ),
)
Y, OWN, D = places(SLOTS.states), places(SLOTS.numbers), places(SLOTS.columns)
_NAMES = ("negative", "positive")


WETTED = 1e3  # full contact, whatever the spread of a column


def creep_rate(setting: Setting, T: float | None = None) -> float:
    """Return the strain rate of lithium at its reference stress (1/s). T: in place of the cell's temperature (K)."""
    lithium, at = setting.lithium, setting.temperature if T is None else T
    return arrhenius(lithium["creep_rate"], lithium["creep_activation_energy"], at, lithium["creep_temperature"])


def assembly(setting: Setting, extra_pressure: float = 0.0) -> float:
    """Return the contact that creep makes at formation and rest, before its spread; molten lithium wets all.

    extra_pressure: besides the stack's (Pa).
    """
    cell, n = setting.cell, setting.lithium["creep_exponent"]
    melts = setting.lithium.properties.get("melting_point")
    P, T = cell.stack_pressure.value, setting.temperature
    made = _pressed(setting, P + extra_pressure, cell.rest.value, T)
    for step in cell.formation:
        if melts is not None and step.temperature.value >= melts.value:
            return WETTED
        P, T = step.stack_pressure.value, step.temperature.value
        made = joined_contact(made, _pressed(setting, P + extra_pressure, step.time.value, T), n)
    return float(made)


def _pressed(setting: Setting, P: float, seconds: float, T: float) -> float:
    lithium = setting.lithium
    return laws.assembly_contact(P, seconds, creep_rate(setting, T), lithium["creep_exponent"], lithium["creep_stress"])


def _numbers(setting: Setting) -> Values:
    p, lithium, P = setting.parameters, setting.lithium, setting.cell.stack_pressure.value
    k_rep = p.rate_at("replenishing_current", "replenishing_activation_energy", setting.temperature)
    closure = laws.void_closure_rate(P, creep_rate(setting), lithium["creep_exponent"], lithium["creep_stress"])
    return {
        "void_depth": p["void_depth"],
        "replenishing": laws.replenishing_current(k_rep, P),
        # above some 5 MPa the power law gives milliseconds and makes the equations stiff: rewetting is the fastest process
        "closure": min(closure, 0.5 / p["rewetting_time"]),
        "rewetting": p["rewetting_time"],
        "residual": p["residual_contact"],
    }


def _columns(setting: Setting) -> Values:
    return {"permanent": np.array([_permanent(setting, name) for name in _NAMES[: len(setting.cell.sides)]])}


def _permanent(setting: Setting, name: str):
    p = setting.parameters
    X = setting.draws(f"residual depth {name}").exponential(size=setting.columns)
    return laws.permanent_fraction(p["permanent_loss"], laws.residual_depth(X, p["residual_depth_floor"]))


def _states(setting: Setting, drawn) -> Values:
    return {"touching": drawn("assembly"), "restorable": drawn("assembly")}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    plating = plating_side(cell)
    for side in range(sides_of(cell)):
        for i in range(bench.n):
            own.columns[D.touching_now + side, i] = own.states[Y.touching + side, i]
            own.columns[D.restorable_now + side, i] = own.states[Y.restorable + side, i]
    if plating >= 0:
        k_c, tau, elapsed = own.numbers[OWN.closure], own.numbers[OWN.rewetting], t - cell.numbers[N.started]
        creep, rewetting = np.exp(-k_c * elapsed), np.exp(-elapsed / tau)
        for i in range(bench.n):
            theta, theta_b = own.states[Y.touching + plating, i], own.states[Y.restorable + plating, i]
            theta_a = cell.columns[C.assembly + plating, i]
            touching = plated_contact(theta, theta_b, theta_a, k_c, tau, creep, rewetting)
            own.columns[D.touching_now + plating, i] = touching
            own.columns[D.restorable_now + plating, i] = healed_contact(theta_b, theta_a, creep)
    for side in range(sides_of(cell)):
        for i in range(bench.n):
            cell.columns[C.contact + side, i] = min(
                1.0, cell.numbers[N.widened] * own.columns[D.touching_now + side, i]
            )


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    v, depth, j_rep = (
        cell.numbers[N.v_li] / cell.numbers[N.widened],
        own.numbers[OWN.void_depth],
        own.numbers[OWN.replenishing],
    )
    plating = plating_side(cell)
    for side in range(sides_of(cell)):
        if side == plating:  # keeps its state until it is settled
            continue
        for i in range(bench.n):
            theta, theta_b = own.states[Y.touching + side, i], own.states[Y.restorable + side, i]
            theta_a = cell.columns[C.assembly + side, i]
            j_d = cell.columns[C.flow, i] * cell.columns[C.share + side, i]
            own.rates[Y.touching + side, i] = stripping_contact_rate(theta, theta_b, j_d, j_rep, v, depth)
            fraction, theta_r = own.columns[D.permanent + side, i], own.numbers[OWN.residual] * theta_a
            lost = lasting_loss_rate(theta_b, theta_r, j_d, fraction, v, depth)
            own.rates[Y.restorable + side, i] = lost + closing_rate(theta_b, theta_a, own.numbers[OWN.closure])


@inner
def _drawn_back(cell, side, i):
    """Return by how much the current of a direct contact changes with it (A/m2), at the voltage of its column."""
    theta, share, columns = cell.columns[C.contact + side, i], cell.columns[C.share + side, i], cell.columns
    direct, gap = share / theta, (1.0 - share) / (1.0 - theta) if share < 1.0 else 0.0
    part = 1.0 / (columns[C.slope + side, i] * columns[C.resistance, i])  # of the column's resistance
    return columns[C.flow, i] * ((1.0 - share) * direct + share * gap + share * part * (direct - gap))


@hook
def _decays(t, at, bench):
    """A contact that is stripped or rests comes to where creep resupplies what the current takes from it."""
    own, cell = view(at, bench), whole(bench)
    depth = own.numbers[OWN.void_depth] * cell.numbers[N.widened]
    per_charge, j_rep = cell.numbers[N.v_li] / depth, own.numbers[OWN.replenishing]
    plating = plating_side(cell)
    for side in range(sides_of(cell)):
        if side == plating:
            continue
        for i in range(bench.n):
            resupplied = j_rep / own.states[Y.restorable + side, i]
            own.rates[Y.touching + side, i] = per_charge * (resupplied + _drawn_back(cell, side, i))


@hook
def _settle(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    for side in range(sides_of(cell)):
        for i in range(bench.n):
            own.states[Y.touching + side, i] = own.columns[D.touching_now + side, i]
            own.states[Y.restorable + side, i] = own.columns[D.restorable_now + side, i]


MECHANISM = Mechanism(
    name="contact",
    about="stripping loses contact, plating and creep win it back",
    switch="contact_loss",
    electrolytes="ceramic",
    slots=SLOTS,
    parameters={
        "void_depth": "m",
        "replenishing_current": "A/m^2/Pa",
        "replenishing_activation_energy": "J/mol",
        "rewetting_time": "s",
        "residual_contact": "1",
        "permanent_loss": "1",
        "residual_depth_floor": "1",
    },
    numbers=_numbers,
    columns=_columns,
    assembly=assembly,
    states=_states,
    hooks={MOMENT: _moment, RATES: _rates, SETTLE: _settle, DECAYS: _decays},
    seen=(
        RecordedSlot("Restorable contact, negative / 1", "columns", "restorable_now", "mean", NEGATIVE),
        RecordedSlot("Restorable contact, positive / 1", "columns", "restorable_now", "mean", POSITIVE),
    ),
)
