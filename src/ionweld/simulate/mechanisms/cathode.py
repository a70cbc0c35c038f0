"""The composite cathode of a full cell: its potential, and a resistance that grows with the depth of the half cycle.

Its arc is charge transfer beside a double layer; what the ions meet on their way through a composite of powders is counted
into it, though a spectrum has that as a slope before the arc. What grows with depth is read as diffusion, in series with the
arc, and lies in the tail of a spectrum. A column that has lost its lithium contact has lost its part of the cathode too.

    state              what changes it            what it becomes
    lithiation         current of the column      the column's voltage, the depth of the half cycle
    active fraction    falls after each cycle     the current that a column takes, the charge it holds (cathode_fade)
    energies           power of each kind         the balance of energy
"""

import numpy as np

from ionweld.laws.cathode import cathode_resistance, composite_resistance, plateau_potential
from ionweld.simulate.bench import CYCLE, MOMENT, RATES, C, N, hook, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, RecordedSlot, Setting, Values
from ionweld.spec.composite import composite
from ionweld.spec.derived import conductivity

SLOTS = Slots(
    states=(Slot("lithiation", "1", "lithiated fraction z of what is usable", scale=1e-2),),
    shared=(
        Slot("active", "1", "active fraction of the cathode"),
        Slot("supplied", "J/m2", "energy supplied", scale="energy"),
        Slot("dissipated", "J/m2", "energy dissipated", scale="energy"),
        Slot("stored", "J/m2", "energy stored", scale="energy"),
        Slot("faded", "m", "lithium in what has faded of the cathode", scale=1e-6),
    ),
    numbers=(
        Slot("cathode_resistance", "ohm m2", "of the cathode's charge transfer"),
        Slot("cathode_growth", "1", "growth of its resistance with depth"),
        Slot("plateau", "V", "potential at half lithiation, against the negative electrode"),
        Slot("slope", "V", "its fall from empty to full"),
        Slot("edge", "V", "how its ends bend"),
        Slot("capacity", "C/m2", "usable charge of full lithiation"),
        Slot(
            "fade",
            "1",
            "part of what is active that is lost after each cycle; 0 unless cathode_fade is a part of the cell",
        ),
    ),
)
Z, Y, OWN = places(SLOTS.states), places(SLOTS.shared), places(SLOTS.numbers)


def _numbers(setting: Setting) -> Values:
    p, cathode, charge = setting.parameters, setting.cell.cathode, setting.derived.cathode
    assert cathode is not None
    assert charge is not None
    material, anode = setting.cell.library.entry(cathode.material), setting.lithium.properties.get("potential")
    return {
        "cathode_resistance": _resistance(setting) / charge.wider,
        "cathode_growth": p["cathode_growth"],
        "plateau": material["plateau_voltage"] - (anode.value if anode is not None else 0.0),
        "slope": material["plateau_slope"],
        "edge": material["plateau_edge"],
        "capacity": charge.theoretical_C_per_m2 * p["usable_fraction"],
    }


def _resistance(setting: Setting) -> float:
    """Return the resistance per area of the cathode: of charge transfer, which more powder shares, and of the ions' way."""
    p, cathode, powder = setting.parameters, setting.cell.cathode, composite(setting.cell, setting.parameters)
    assert cathode is not None
    transfer = p.resistance_at("cathode_resistance", "cathode_activation_energy", setting.temperature)
    if "usual_loading" in p.properties:
        transfer *= p["usual_loading"] / cathode.loading.value
    if powder is None:
        return transfer
    sigma = conductivity(setting.electrolyte, setting.temperature)
    return transfer + composite_resistance(powder.thickness_m, powder.electrolyte, p["ionic_tortuosity"], sigma)


def _states(setting: Setting, _drawn) -> Values:
    return {"active": 1.0, "lithiation": np.full(setting.columns, setting.parameters["initial_lithiation"])}


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    resistance, growth = own.numbers[OWN.cathode_resistance], own.numbers[OWN.cathode_growth]
    cell.numbers[N.active] = own.shared[Y.active]
    plateau, slope, edge = own.numbers[OWN.plateau], own.numbers[OWN.slope], own.numbers[OWN.edge]
    z, potential = own.states[Z.lithiation], cell.columns[C.potential]
    charging, discharging = cell.columns[C.charging], cell.columns[C.discharging]
    for i in range(bench.n):
        potential[i] = plateau_potential(z[i], plateau, slope, edge)
    for i in range(bench.n):  # apart from what calls a logarithm, so that a processor takes them in fours
        charging[i] = cathode_resistance(resistance, growth, z[i])
        discharging[i] = cathode_resistance(resistance, growth, 1.0 - z[i])


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    active, voltage, gradient, n = own.shared[Y.active], cell.numbers[N.voltage], cell.numbers[N.gradient], bench.n
    local, leak, resistance = cell.columns[C.local], cell.columns[C.leak], cell.columns[C.resistance]
    potential, emptied = cell.columns[C.potential], own.rates[Z.lithiation]
    dissipated, stored = 0.0, 0.0
    for i in range(n):
        # with what is lent to the salt's gradient, which fades into heat
        dissipated += active * local[i] * (local[i] * resistance[i] + gradient) + leak[i] * voltage**2
        stored += active * local[i] * potential[i]
    for i in range(n):
        emptied[i] = -local[i] / own.numbers[OWN.capacity]
    own.shared_rates[Y.supplied] = cell.numbers[N.current] * voltage
    own.shared_rates[Y.dissipated], own.shared_rates[Y.stored] = dissipated / n, stored / n


@hook
def _cycle(t, at, bench):
    own, cell, n, lithiation = view(at, bench), whole(bench), bench.n, 0.0
    lost = own.numbers[OWN.fade] * own.shared[Y.active]
    for i in range(n):
        lithiation += own.states[Z.lithiation, i]
    own.shared[Y.faded] += cell.numbers[N.v_li] * own.numbers[OWN.capacity] * lost * (lithiation / n)
    own.shared[Y.active] -= lost


def lithium_in_cathode(course) -> float:
    """Return the lithium in the active part of the cathode, as a thickness of metal (m)."""
    per_charge = course.number("v_li") * course.number("capacity")
    return float(per_charge * course.state("active")[0] * course.state("lithiation")[0].mean())


def _lithium(course) -> float:
    return lithium_in_cathode(course) + float(course.state("faded")[0])


MECHANISM = Mechanism(
    name="cathode",
    about="the composite cathode of a full cell",
    cells="full",
    slots=SLOTS,
    parameters={
        "cathode_resistance": "ohm*m^2",
        "cathode_activation_energy": "J/mol",
        "cathode_growth": "1",
        "usable_fraction": "1",
        "initial_lithiation": "1",
        "cathode_capacitance": "F/m^2",
        "cathode_exponent": "1",
    },
    numbers=_numbers,
    states=_states,
    hooks={MOMENT: _moment, RATES: _rates, CYCLE: _cycle},
    seen=(
        RecordedSlot("Lithiated fraction, mean / 1", "states", "lithiation", "mean"),
        RecordedSlot("Lithiated fraction, lowest / 1", "states", "lithiation", "min"),
        RecordedSlot("Lithiated fraction, highest / 1", "states", "lithiation", "max"),
        RecordedSlot("Active fraction of the cathode / 1", "shared", "active"),
    ),
    lithium=_lithium,
)
