"""What compiled code sees of a cell: its arrays by address, and what every mechanism may read or fill of the cell.

A mechanism's compiled functions are hooks: functions of one signature, called by address, so that any set of mechanisms
makes a cell without compiling anything anew. `wiring` is an array of whole numbers that says where everything is; it
goes through the integrator untouched (Wiring in simulate.conditions writes it, `bench` reads it).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import carray, types  # pyright: ignore[reportPrivateImportUsage]
from numba.extending import intrinsic

from ionweld.numerics.borrowed import pointer
from ionweld.numerics.compiled import Deferred, callback, inner
from ionweld.simulate.layout import NEGATIVE, POSITIVE, Place, Slot, Slots, places

# Kinds of hooks, in the order in which a cell needs them
MOMENT = 0  # fills what the voltage depends on: contact, resistances of the interfaces, paths past the columns
RATES = 1  # fills rates of change, once the currents of the columns are known
SETTLE = 2  # writes what is known in closed form into the states, at the end of a half cycle
BRIDGE = 3  # what happens when a filament has crossed the pellet
AFTER = 4  # what happens between half cycles
# fills, in place of rates, how fast states decay by themselves (1/s), so that steps can be long; not of a state that holds
# lithium or charge, whose sum over states it would not keep
DECAYS = 5
CYCLE = 6  # what happens after each cycle, once what happens between half cycles has
HOOKS = 7

_SIDE = {"sides": True}
CELL = Slots(
    shared=(
        Slot("charge", "C/m2", "charge through the columns", scale="charge"),
        Slot("charge_past", "C/m2", "charge past the columns, by short and leak", scale="charge"),
        Slot("voltage_time", "V s", "integral of |V|", scale="voltage_time"),
        Slot("lithium", "m", "lithium added to each foil; at a cathode what it sent", scale=1e-6, **_SIDE),
        Slot("pressed_dose", "1", "creep dose of a harder or hotter stack in the test, over that at assembly"),
    ),
    numbers=(
        Slot("current", "A/m2", "applied current density, positive on charge; what flows where a voltage is held"),
        Slot("held", "V", "voltage that is held, 0 where the current is set"),
        Slot("cut_off", "A/m2", "current density at which the holding of a voltage ends"),
        Slot("started", "s", "when the half cycle began"),
        Slot("chi", "1", "filled fraction of each gap; a gap that opens changes it", **_SIDE),
        Slot("chi_start", "1", "filled fraction at assembly", **_SIDE),
        Slot("curved_at", "K", "temperature of a charge transfer that is curved; 0 where it is linear"),
        Slot("sides", "1", "lithium interfaces of a column: 2 in a symmetric cell, 1 in a full cell"),
        Slot("bulk", "ohm m2", "resistance of the pellet"),
        Slot("sigma", "S/m", "conductivity of the pellet"),
        Slot("length", "m", "thickness of the pellet"),
        Slot(
            "pressing",
            "1/s",
            "rate of the creep dose beyond that of the stack at assembly; 0 unless a program changes it",
        ),
        Slot("creep_exponent", "1", "stress exponent of the metal's creep"),
        Slot("v_li", "m3/C", "volume of lithium per charge"),
        Slot("contact_lost", "1", "part of the connected area at which contact counts as lost"),
        Slot("failure", "1", "part of the first resistance at which a symmetric cell has failed"),
        Slot("first_resistance", "ohm m2", "mean |V|/|j| of the first cycle, 0 before its end"),
        Slot("limit", "V", "voltage limit of a protocol by time"),
        Slot("upper", "V", "upper voltage limit"),
        Slot("lower", "V", "lower voltage limit"),
        Slot(
            "charged_from", "s", "when the charge began whose upper voltage is to be held; negative where there is none"
        ),
        Slot("growing", "1", "1 while filaments may grow; changes at events alone"),
        Slot("asks", "1", "1 where the half cycle that has ended is to be followed by Mechanism.between"),
        # worked out anew at every evaluation
        Slot("widened", "1", "contact by now over that at assembly, as pressing has made it"),
        Slot("voltage", "V", "of the cell"),
        Slot("conductance", "S/m2", "of all columns without their cathodes"),
        Slot("shunt", "S/m2", "conductance for electrons past all columns"),
        Slot("active", "1", "active fraction of the cathode"),
        Slot("longest", "1", "longest filament that may still bridge, over the thickness"),
        Slot("converted", "1", "converted part of the liquid in each gap", **_SIDE),
        Slot("layer_width", "m", "thickness of the layer in each gap", **_SIDE),
        Slot(
            "gradient", "V", "voltage of the electrolyte's salt at no current, positive on charge; 0 without a gradient"
        ),
        Slot("salt_left", "1", "salt at each electrode over its mean", **_SIDE),
        Slot("sunk", "m/s", "lithium taken from each foil by what is not its surface", **_SIDE),
    ),
    columns=(
        Slot("assembly", "1", "contact at assembly", **_SIDE),
        Slot("bridged", "1", "1 where a filament has crossed; changes at events alone"),
        # worked out anew at every evaluation
        Slot("pressed", "1", "contact that pressing has made, before any was lost", **_SIDE),
        Slot("contact", "1", "touching fraction", **_SIDE),
        Slot("transfer", "ohm m2", "charge transfer and what has grown since assembly, per connected area", **_SIDE),
        Slot("film", "ohm m2", "ohmic film that was there at assembly, per connected area", **_SIDE),
        Slot("layer", "ohm m2", "what stands in the gap, per connected area", **_SIDE),
        Slot("constriction", "ohm m2", "towards the spots of contact, per apparent area", **_SIDE),
        Slot("chord", "ohm m2", "charge transfer at the current of the contact", **_SIDE),
        Slot("chord_gap", "ohm m2", "charge transfer at the current of the filled gap", **_SIDE),
        Slot("argument", "1", "current of the contact over twice the exchange current", **_SIDE),
        Slot("bend", "1", "asinh of that", **_SIDE),
        Slot("trial", "1", "the argument at the currents of now"),
        Slot("moved", "1", "how far it lies from the last one, and what that changes"),
        Slot("slope", "S/m2", "conductance of an interface at its current, for small changes", **_SIDE),
        Slot("offset", "V", "voltage of an interface at no current, on its tangent", **_SIDE),
        Slot("slope_direct", "S/m2", "the same conductance of the direct contact alone", **_SIDE),
        Slot("offset_direct", "V", "the same voltage of the direct contact alone", **_SIDE),
        Slot("source", "V", "voltage of a column's interfaces at no current, on their tangents"),
        Slot("share", "1", "share of the direct contact in an interface's current", **_SIDE),
        Slot("series", "ohm m2", "pellet and lithium interfaces"),
        Slot("conducts", "S/m2", "one over that"),
        Slot("resistance", "ohm m2", "the whole column"),
        Slot("filament", "m", "length of the filament in this column"),
        Slot("leak", "S/m2", "conductance for electrons past this column"),
        Slot("flow", "A/m2", "current density in the direction of the half cycle, at least 0"),
        Slot("local", "A/m2", "current density, positive on charge"),
        Slot("potential", "V", "equilibrium voltage of the column's cathode"),
        Slot("charging", "ohm m2", "resistance of the cathode while its column is charged"),
        Slot("discharging", "ohm m2", "resistance of the cathode while its column is discharged"),
    ),
)
G, N, C = places(CELL.shared), places(CELL.numbers), places(CELL.columns)

_REAL, _WHOLE = types.CPointer(types.float64), types.CPointer(types.int64)


class Bench(NamedTuple):
    """A cell as hooks get it: addresses of its arrays, and their sizes."""

    y: Any
    dy: Any
    numbers: Any
    columns: Any
    n: int
    states: int


class View(NamedTuple):
    """The slots of one owner: states and their rates (rows, N), shared ones (m,), numbers (m,), columns (rows, N)."""

    states: Any
    rates: Any
    shared: Any
    shared_rates: Any
    numbers: Any
    columns: Any


_BENCH = types.NamedTuple((_REAL, _REAL, _REAL, _REAL, types.int64, types.int64), Bench)
HOOK = types.void(types.float64, types.NamedUniTuple(types.int64, len(Place._fields), Place), _BENCH)

# wiring: addresses of numbers and columns, N, rows of states, then where the entries of each kind of hook begin (and the last end); an entry is an address and a Place
W_NUMBERS, W_COLUMNS, W_N, W_STATES, W_HOOKS = range(5)
ENTRY = 1 + len(Place._fields)
_FAR = 1 << 20  # more than any array is long: views by address carry no bounds


def hook(function: Callable) -> Deferred:
    """Mark a function (t, at, bench) of a mechanism, to be compiled: time (s), where its slots begin, and the cell."""
    return Deferred(function, callback(HOOK))


@intrinsic
def _real_at(typingctx, address):
    """Return a whole number as the address of a float."""

    def codegen(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(_REAL))

    return _REAL(types.int64), codegen


@intrinsic
def _beyond(typingctx, address, count):
    """Return the address that lies so many numbers behind another one."""

    def codegen(context, builder, signature, args):
        return builder.gep(args[0], [args[1]])

    return _REAL(_REAL, types.int64), codegen


@intrinsic
def _call(typingctx, address, t, at, bench):
    """Call the hook at an address."""

    def codegen(context, builder, signature, args):
        kinds = [context.get_value_type(kind) for kind in HOOK.args]
        function = ir.FunctionType(ir.VoidType(), kinds)
        builder.call(builder.inttoptr(args[0], function.as_pointer()), args[1:])
        return context.get_dummy_value()

    return types.void(types.int64, *HOOK.args), codegen


@inner
def bench_of(y, dy, wiring):
    """Return the cell of a wiring, in the state y and with rates of change to be written to dy."""
    numbers, columns = _real_at(wiring[W_NUMBERS]), _real_at(wiring[W_COLUMNS])  # pyright: ignore[reportCallIssue]
    return Bench(pointer(y), pointer(dy), numbers, columns, wiring[W_N], wiring[W_STATES])


@inner
def view(at, bench):
    """Return the slots of the owner whose places begin at `at`."""
    n, first = bench.n, bench.states * bench.n + at.shared
    return View(  # by address: slices of arrays cost more, when they run and when they are compiled
        carray(_beyond(bench.y, at.states * n), (_FAR, n)),  # pyright: ignore[reportCallIssue]
        carray(_beyond(bench.dy, at.states * n), (_FAR, n)),  # pyright: ignore[reportCallIssue]
        carray(_beyond(bench.y, first), (_FAR,)),  # pyright: ignore[reportCallIssue]
        carray(_beyond(bench.dy, first), (_FAR,)),  # pyright: ignore[reportCallIssue]
        carray(_beyond(bench.numbers, at.numbers), (_FAR,)),  # pyright: ignore[reportCallIssue]
        carray(_beyond(bench.columns, at.columns * n), (_FAR, n)),  # pyright: ignore[reportCallIssue]
    )


@inner
def whole(bench):
    """Return the cell's own slots: G, N and C are their places. A function that is called gets the bench, and asks for this:
    a view is half a hundred numbers, which a call would copy.
    """
    return view(Place(0, 0, 0, 0), bench)


@inner
def run_hooks(kind, t, bench, wiring):
    """Call all hooks of a kind, in the order of the mechanisms."""
    for i in range(wiring[W_HOOKS + kind], wiring[W_HOOKS + kind + 1], ENTRY):
        at = Place(wiring[i + 1], wiring[i + 2], wiring[i + 3], wiring[i + 4])
        _call(wiring[i], t, at, bench)  # pyright: ignore[reportCallIssue]


@inner
def sides_of(cell):
    """Return how many lithium interfaces a column has: 2 in a symmetric cell, 1 in a full cell."""
    return int(cell.numbers[N.sides])


@inner
def has_cathode(cell):
    """Return whether a column ends in a cathode: then it has a voltage of its own."""
    return sides_of(cell) == 1


@inner
def plating_side(cell):
    """Return which lithium interface is plated, or -1: the negative one on charge, the positive one, if lithium, else."""
    if cell.numbers[N.current] == 0.0:
        return -1
    side = NEGATIVE if cell.numbers[N.current] > 0.0 else POSITIVE
    return side if side < sides_of(cell) else -1


@inner
def connected(contact, chi):
    """Return the mean connected fraction of an interface: touching, or bridged by the filled gap."""
    return np.mean(contact) + chi * (1.0 - np.mean(contact))
