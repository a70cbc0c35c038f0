"""The impedance of a cell from the states that give its voltage.

Columns in parallel, each a series of

    element                          resistance (of the equations)        what it stores charge in
    grains of the pellet             R_b (1 - f)                          dielectric capacitance
    grain boundaries                 R_b f                                constant-phase element
    each lithium interface
       charge transfer, interphase   R_t + R_f per connected area         constant-phase element, per connected area
       welded layer                  R_L per connected area               dielectric capacitance
       constriction                  R_s, in series with the contact      the plate capacitance of the voids beside it
    cathode, its active part a_c     R_c                                  constant-phase element
       in series with diffusion      R_c b/(1 - y)                        capacity over the slope of its potential
    cathode, the part that faded     none: it blocks                      the same constant-phase element

with the electrons' leak or a short beside them. What a slow current meets is the resistance of the equations, and no
more: only the storage is new, and all of it is an assumption of the library. That what grows with the depth y of the
half cycle is diffusion, and so lies in the tail and not in the arc, is a reading of the equations' descriptive term;
y is that of the last half cycle, because a few millivolts move no reaction front. Contact has no part in the linear
response: at zero current its rates are even in the current.

The laws of the interface are those of the equations, taken at complex resistances. So lost contact shows twice: less area
for the double layer, and a constriction that voids bridge at high frequency, as in the networks of Eckhardt, Klar, Janek
and Heiliger 2022 (PubMed 35878322, from its abstract): "a charge transfer step and a geometric constriction contribution".
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ionweld.laws.interface import direct_conductance, gap_conductance
from ionweld.laws.small_signal import (
    boundary_capacitance,
    bounded_diffusion,
    dielectric_capacitance,
    limiting_capacitance,
    phase_element,
    shunted,
)
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import Moment, moment
from ionweld.spec.derived import electrolyte_entry
from ionweld.spec.library import Entry

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]
VACUUM = 1.0  # relative permittivity of an empty gap


@dataclass(frozen=True, slots=True)
class ParallelArc:
    """A resistance beside a constant-phase element, per electrode area: R (ohm m2), Q (s^n/(ohm m2)), exponent n.

    R and Q: numbers, or one per column, shape (N,).
    """

    R: Real
    Q: Real
    n: float

    def impedance(self, omega: Real) -> Complex:
        """Return Z (ohm m2), shape (M, N) or (M, 1), for omega of shape (M, 1)."""
        return shunted(omega, 1.0 / self.R, self.Q, self.n)


@dataclass(frozen=True, slots=True)
class LithiumInterface:
    """One lithium interface of all columns, per electrode area.

    transfer: charge transfer with its interphase, per connected area; layer: what the liquid left, per connected area;
    contact: fraction of each column that touches (N,); constriction: towards it (ohm m2), (N,); filled: part of the gap
    that liquid filled; void: capacitance of the empty gap per its own area (F/m2).
    """

    transfer: ParallelArc
    layer: ParallelArc
    contact: Real
    constriction: Real
    filled: float
    void: float

    def impedance(self, omega: Real) -> Complex:
        """Return Z (ohm m2), shape (M, N), for omega of shape (M, 1)."""
        conducting = self._conductance(self.transfer.impedance(omega), self.layer.impedance(omega), self.constriction)
        empty = (1.0 - self.filled) * (1.0 - self.contact)
        return 1.0 / (conducting + 1j * omega * empty * self.void)

    @property
    def resistance(self) -> Real:
        """What a slow current meets in each column (ohm m2), shape (N,)."""
        return 1.0 / self._conductance(self.transfer.R, self.layer.R, self.constriction)

    @property
    def parts(self) -> tuple[float, float, float]:
        """All contact in parallel (ohm m2): charge transfer alone, what the layer adds, what constriction adds."""
        nothing = 0.0 * self.constriction
        bare = _parallel(1.0 / self._conductance(self.transfer.R, nothing, nothing))
        layered = _parallel(1.0 / self._conductance(self.transfer.R, self.layer.R, nothing))
        return bare, layered - bare, _parallel(self.resistance) - layered

    def _conductance(self, Z_t: Any, Z_L: Any, R_s: Real) -> Any:
        """Return the sum of the paths through contact and filled gap (S/m2)."""
        direct = direct_conductance(self.contact, Z_t, Z_L, R_s, self.filled)
        return direct + gap_conductance(self.contact, Z_t, Z_L, self.filled)


@dataclass(frozen=True, slots=True)
class CathodePart:
    """A cathode: arc of charge transfer, resistance and capacitance of diffusion (N,), and active fraction."""

    transfer: ParallelArc
    diffusion: Real
    capacitance: Real
    active: float


@dataclass(frozen=True, slots=True)
class Network:
    """A cell as a network per electrode area. beside: conductance of leak or short (S/m2)."""

    grains: ParallelArc
    boundaries: ParallelArc
    interfaces: tuple[LithiumInterface, ...]
    cathode: CathodePart | None
    beside: float
    area_m2: float

    @property
    def columns(self) -> Real:
        """Return the resistance of each column without diffusion (ohm m2), shape (N,)."""
        R = self.grains.R + self.boundaries.R + sum(side.resistance for side in self.interfaces)
        return R if self.cathode is None else R + self.cathode.transfer.R

    @property
    def active(self) -> float:
        """Return the part of the columns that carries a slow current."""
        return 1.0 if self.cathode is None else self.cathode.active


def pellet_arcs(electrolyte: Entry, R_b: float, spread_length: float) -> tuple[ParallelArc, ParallelArc]:
    """Return the arcs of grains and of grain boundaries: one resistance R_b (ohm m2), split by an assumed share.

    spread_length: thickness times spreading factor (m).
    """
    share, n = electrolyte["grain_boundary_share"], electrolyte["grain_boundary_exponent"]
    dielectric = dielectric_capacitance(electrolyte["permittivity"], spread_length)
    between = boundary_capacitance(electrolyte["grain_boundary_capacitance"], spread_length)
    R_gb = np.array([share * R_b])
    return (
        ParallelArc(np.array([R_b]) - R_gb, np.array([dielectric]), 1.0),
        ParallelArc(R_gb, phase_element(R_gb, between, n), n),
    )


def network(seen: Moment) -> Network:
    """Return the network of a cell at a moment: the resistances are those that the equations work out."""
    derived, electrolyte = seen.conditions.derived, electrolyte_entry(seen.conditions.cell)
    bulk = seen.number("bulk")
    grains, boundaries = pellet_arcs(electrolyte, bulk, bulk * seen.number("sigma"))
    interfaces = tuple(_interface(seen, side) for side in range(len(derived.fills)))
    cathode = _cathode(seen) if seen.is_full else None
    beside = float(np.mean(seen.column("leak")[0])) if seen.is_full else seen.number("shunt")
    return Network(grains, boundaries, interfaces, cathode, beside, derived.electrode_area_m2)


def _interface(seen: Moment, side: int) -> LithiumInterface:
    """Return one lithium interface of all columns: what its mechanisms add, each with the charge that it stores."""
    theta, gap = seen.column("contact")[side], seen.conditions.derived.fills[side].gap_m
    return LithiumInterface(
        transfer=_arc(seen, "transfer", seen.column("transfer")[side] + seen.column("film")[side], side),
        layer=_arc(seen, "layer", seen.column("layer")[side], side),
        contact=theta,
        constriction=seen.column("constriction")[side],
        filled=seen.number("chi", side),
        void=float(dielectric_capacitance(VACUUM, gap)),
    )


def _arc(seen: Moment, place: str, R: Real, side: int) -> ParallelArc:
    """Return what stands at a place of an interface as one arc of a resistance; without it it stores nothing."""
    stored = [
        one.storage(seen, side)
        for one in seen.conditions.mechanisms
        if one.stores_in == place and one.storage is not None
    ]
    Q, n = stored[0] if stored else (0.0, 1.0)
    return ParallelArc(R, np.array([Q]), n)


def _cathode(seen: Moment) -> CathodePart:
    p, z, exponent = seen.parameters, seen.state("lithiation")[0], seen.parameters["cathode_exponent"]
    R_c = seen.number("cathode_resistance")
    depleted = seen.column("discharging" if seen.came_from < 0.0 else "charging")[0] - R_c
    transfer = ParallelArc(
        np.array([R_c]), phase_element(np.array([R_c]), p["cathode_capacitance"], exponent), exponent
    )
    stored = limiting_capacitance(seen.number("capacity"), z, seen.number("slope"), seen.number("edge"))
    return CathodePart(transfer, depleted, stored, seen.number("active"))


def area_specific_impedance(made: Network, omega: Real) -> Complex:
    """Return Z (ohm m2) at angular frequencies omega (rad/s), shape (M,)."""
    w = omega[:, None]
    series = made.grains.impedance(w) + made.boundaries.impedance(w)
    series = series + sum(side.impedance(w) for side in made.interfaces)
    return 1.0 / (_columns_admittance(made.cathode, series, w) + made.beside)


def _columns_admittance(cathode: CathodePart | None, series: Complex, w: Real) -> Complex:
    if cathode is None:
        return np.mean(1.0 / series, axis=1)
    transfer = cathode.transfer
    faradaic = transfer.R + bounded_diffusion(w, cathode.diffusion, cathode.capacitance)
    active = np.mean(1.0 / (series + shunted(w, 1.0 / faradaic, transfer.Q, transfer.n)), axis=1)
    blocked = np.mean(1.0 / (series + shunted(w, 0.0, transfer.Q, transfer.n)), axis=1)
    return cathode.active * active + (1.0 - cathode.active) * blocked


@dataclass(frozen=True, slots=True)
class Resistances:
    """The parts of a cell's resistance at a moment (ohm, whole cell), leak or short left out.

    grains, boundaries, cathode: as if the current were even; lithium: charge transfer with its interphase, all contact
    in parallel, both interfaces of a symmetric cell; layer, constriction: what they add to it. spread: what the columns
    add by being unequal and apart; fading: what a faded cathode adds, because the current must crowd into its active
    part, through the pellet too. diffusion: what a slow current meets besides; it lies in the tail of a spectrum.
    """

    grains: float
    boundaries: float
    lithium: float
    layer: float
    constriction: float
    cathode: float
    spread: float
    fading: float
    diffusion: float
    area_m2: float

    @property
    def total(self) -> float:
        """Return what a person reads off a Nyquist plot as the total impedance: the real axis before the tail (ohm)."""
        interface = self.lithium + self.layer + self.constriction
        return self.grains + self.boundaries + interface + self.cathode + self.spread + self.fading

    @property
    def area_specific_total(self) -> float:
        """Return the same per electrode area (ohm m2)."""
        return self.total * self.area_m2


def resistances(made: Network) -> Resistances:
    """Return the parts of a cell's resistance."""
    cathode, per_area = made.cathode, 1.0 / made.area_m2
    together = _parallel(made.columns)
    slow = together if cathode is None else _parallel(made.columns + cathode.diffusion)
    grains, boundaries = float(made.grains.R[0]), float(made.boundaries.R[0])
    lithium, layer, constriction = (sum(part) for part in zip(*(side.parts for side in made.interfaces), strict=True))
    transfer = 0.0 if cathode is None else float(cathode.transfer.R[0])
    return Resistances(
        grains=per_area * grains,
        boundaries=per_area * boundaries,
        lithium=per_area * lithium,
        layer=per_area * layer,
        constriction=per_area * constriction,
        cathode=per_area * transfer,
        spread=per_area * (together - grains - boundaries - lithium - layer - constriction - transfer),
        fading=per_area * together * (1.0 / made.active - 1.0),
        diffusion=per_area * (slow - together) / made.active,
        area_m2=made.area_m2,
    )


def _parallel(R: Real) -> float:
    """Return the area-specific resistance of columns in parallel (ohm m2)."""
    return float(1.0 / np.mean(1.0 / R))


def low_frequency_resistance(run: SimulatedTest, half_cycle: int, rest_s: float = 0.0) -> Resistances:
    """Return the resistance of a cell after a half cycle (from 0; moments.BEFORE: as assembled) in closed form."""
    return resistances(network(moment(run, half_cycle, rest_s)))
