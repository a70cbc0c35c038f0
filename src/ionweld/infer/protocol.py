"""The protocol as it was measured: the steps of current that the cycler made drive the virtual cells."""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, inf
from typing import Literal

import numpy as np
import polars as pl

from ionweld.errors import Fault, InputError
from ionweld.infer.holds import LIKE_CURRENT, held_to
from ionweld.spec.cell import CellSpec
from ionweld.spec.derived import derive
from ionweld.spec.library import Entry, assumption
from ionweld.spec.protocol import AnyProtocol, HalfCycleProtocol, Stage, WindowProtocol, WindowStage
from ionweld.spec.quantity import Quantity

Direction = Literal["charge", "discharge"]
CellKind = Literal["symmetric", "full"]
LIKE_TIME = 0.10  # cycles of one stage differ by no more, and by LIKE_CURRENT
CUT = 0.9  # of the usual time: a last half cycle that is shorter was cut short
STORES_V = 0.02  # a cell whose charges and discharges both run above this stores energy
FIRST_CYCLES = 5
LEAST_LIMIT_V = 0.5  # a lower voltage at which a half cycle was cut is no limit of a cycler


@dataclass(frozen=True, slots=True)
class MeasuredStage:
    """Cycles of like current: of each half cycle current (A), time (s) and the rest after it (s).

    discharge_A: current of a full cell's discharges where it is another. hold_A: current down to which the voltage at the end of
    its charges is held, none where it is not. ways: 1 where all current runs one way, so that a
    cycle is one half cycle.
    """

    current_A: float
    half_cycle_s: float
    rest_s: float
    cycles: int
    discharge_A: float | None = None
    hold_A: float | None = None
    ways: int = 2

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return self.ways * self.cycles * (self.half_cycle_s + self.rest_s)

    def times(self, current: float, time: float) -> "MeasuredStage":
        """Return the stage with so many times its current, for so many times as long."""
        others = {name: getattr(self, name) for name in ("discharge_A", "hold_A")}
        scaled = {name: None if one is None else current * one for name, one in others.items()}
        return replace(self, current_A=current * self.current_A, half_cycle_s=time * self.half_cycle_s, **scaled)


@dataclass(frozen=True, slots=True)
class MeasuredProtocol:
    """What a cycler did. limits_V: of a full cell, lower and upper; of a symmetric one, 0 and the largest |V| allowed.

    to_short: the test is over at the first short.
    """

    stages: tuple[MeasuredStage, ...]
    first: Direction
    limits_V: tuple[float, float]
    every_s: float
    to_short: bool = False

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def half_cycles(self) -> int:
        """How many half cycles it has."""
        return sum(stage.ways * stage.cycles for stage in self.stages)

    @property
    def half_cycle_s(self) -> float:
        """How long a half cycle usually takes (s)."""
        return float(np.median([stage.half_cycle_s for stage in self.stages]))

    @property
    def one_way(self) -> bool:
        """Whether all current runs one way: one electrode is stripped on and on."""
        return all(stage.ways == 1 for stage in self.stages)

    def lasting(self, seconds: float) -> "MeasuredProtocol":
        """Return the same protocol cut off, or its last stage gone on with, after so long; whole cycles."""
        kept: list[MeasuredStage] = []
        left = seconds
        for stage in self.stages:
            whole = max(1, ceil(left / (stage.ways * (stage.half_cycle_s + stage.rest_s)) - 1e-9))
            last = whole <= stage.cycles or stage is self.stages[-1]
            kept.append(replace(stage, cycles=whole if last else stage.cycles))
            if last:
                break
            left -= stage.seconds
        return replace(self, stages=tuple(kept))

    def sparsely(self) -> "MeasuredProtocol":
        """Return the same protocol with no more recorded, and run no longer, than tells how a cell ends."""
        every_s = max(stage.half_cycle_s + stage.rest_s for stage in self.stages)
        return replace(self, every_s=every_s, to_short=True)

    def of(self, cell: CellSpec, parameters: Entry) -> AnyProtocol:
        """Return the protocol that gives a cell these currents: their density follows from its own area."""
        made = derive(cell, parameters)
        every = Quantity(self.every_s, "s", f"{self.every_s:g} s")
        lower, upper = (Quantity(volts, "V", f"{volts:g} V") for volts in self.limits_V)
        if made.cathode is None:
            stages = [_by_time(stage, stage.current_A / made.electrode_area_m2) for stage in self.stages]
            shared = {"name": "as measured", "first_half_cycle": self.first, "record_every": every}
            shared |= {"stop_at_short": self.to_short, "impedance": [], "one_way": self.one_way}
            return HalfCycleProtocol.model_construct(**shared, voltage_limit=upper, stages=stages)
        per_area = made.cathode.nominal_C_per_m2 * made.electrode_area_m2
        windows = [_by_window(stage, per_area) for stage in self.stages]
        shared = {"name": "as measured", "first_half_cycle": "charge", "record_every": every, "impedance": []}
        return WindowProtocol.model_construct(**shared, upper_voltage=upper, lower_voltage=lower, stages=windows)


def _by_time(stage: MeasuredStage, density: float) -> Stage:
    return Stage.model_construct(
        current_density=Quantity(density, "A/m^2", f"{0.1 * density:.6g} mA/cm^2"),
        half_cycle_time=Quantity(stage.half_cycle_s, "s", f"{stage.half_cycle_s:.6g} s"),
        cycles=stage.cycles,
        rest=Quantity(stage.rest_s, "s", f"{stage.rest_s:.6g} s"),
    )


def _by_window(stage: MeasuredStage, nominal_C: float) -> WindowStage:
    return WindowStage.model_construct(
        c_rate=c_rate(stage.current_A / nominal_C),
        discharge_c_rate=None if stage.discharge_A is None else c_rate(stage.discharge_A / nominal_C),
        hold_c_rate=None if stage.hold_A is None else c_rate(stage.hold_A / nominal_C),
        cycles=stage.cycles,
        rest=Quantity(stage.rest_s, "s", f"{stage.rest_s:.6g} s"),
        longest_half_cycle=None,
    )


def c_rate(per_s: float) -> Quantity:
    """Return a part of the nominal capacity per second as a protocol writes it."""
    return Quantity(per_s, "1/s", f"{3600.0 * per_s:.6g} 1/h")


def first_voltages(halves: pl.DataFrame) -> tuple[float, float] | None:
    """Return the mean voltage of the first charges and of the first discharges; None where a test has but one of them."""
    ways = [halves.filter(pl.col("direction") == way)["mean_voltage_V"].drop_nulls() for way in ("charge", "discharge")]
    if not all(len(way) for way in ways):
        return None
    into, out = (float(np.median(way.head(FIRST_CYCLES).to_numpy())) for way in ways)
    return into, out


def kind_of(volts: tuple[float, float]) -> CellKind:
    """Return which kind of cell charges and discharges at such mean voltages: in a full one they do not turn round."""
    return "full" if min(volts) > STORES_V else "symmetric"


def measured_protocol(halves: pl.DataFrame, kind: CellKind, first: Direction | None, where: str) -> MeasuredProtocol:
    """Return the protocol behind half cycles (of counted_half_cycles, those of a full cell with_holds); its records are still
    those of the cycler.

    first: which half cycle opens a cycle; the first of the file without it. Raises InputError for a test without current.
    """
    rows = halves.to_dicts()
    if first is not None:
        while rows and rows[0]["direction"] != first:
            rows = rows[1:]
    if not rows:
        seen = "has no half cycle under current" if first is None else f"has no {first}"
        raise InputError(Fault(where, seen, "Give a cycling test, and with --first which half cycle opens a cycle"))
    stages = _stages(rows, kind)
    if kind == "full" and (hold := held_to(halves, "charge")) is not None:
        stages = tuple(replace(one, hold_A=hold) if hold < one.current_A else one for one in stages)
    limits = _window(halves) if kind == "full" else (0.0, _voltage_limit(halves))
    return MeasuredProtocol(stages, first or rows[0]["direction"], limits, stages[0].half_cycle_s)


def _stages(rows: list[dict], kind: CellKind) -> tuple[MeasuredStage, ...]:
    stages: list[MeasuredStage] = []
    like_time = LIKE_TIME if kind == "symmetric" else inf  # in a full cell the voltage ends a half cycle
    for cycle in _cycles(rows, kind):
        before = stages[-1] if stages else None
        if before is not None and _goes_on(before, cycle, like_time):
            stages[-1] = replace(before, cycles=before.cycles + 1)
        else:
            stages.append(cycle)
    return tuple(_last_is_cut(stages))


def _cycles(rows: list[dict], kind: CellKind) -> list[MeasuredStage]:
    """Return the test cycle by cycle: two half cycles of opposite direction, or one that stands alone."""
    ways = 1 if kind == "symmetric" and len({row["direction"] for row in rows}) == 1 else 2
    rests = [max(0.0, b["start_s"] - a["start_s"] - a["duration_s"]) for a, b in pairwise(rows)] + [0.0]
    found, at = [], 0
    while at < len(rows):
        pair = at + 1 < len(rows) and rows[at]["direction"] != rows[at + 1]["direction"]
        part = rows[at : at + 1 + pair]
        current, discharge = _currents(part, kind)
        time = float(np.mean([row["duration_s"] for row in part]))
        if current > 0.0 and time > 0.0:
            found.append(MeasuredStage(current, time, _rest(rests[at], time), 1, discharge, ways=ways))
        at += len(part)
    return found


def _currents(cycle: list[dict], kind: CellKind) -> tuple[float, float | None]:
    """Return the current of a cycle, and that of the discharge of a full cell where it is another (A)."""
    amps = {row["direction"]: abs(row["current_A"]) for row in cycle}
    if kind == "full" and len(amps) == 2 and amps["charge"] > 0.0:
        charge, discharge = amps["charge"], amps["discharge"]
        if abs(discharge / charge - 1.0) > LIKE_CURRENT:
            return charge, discharge
    return float(np.mean(list(amps.values()))), None


def _rest(seconds: float, half_cycle_s: float) -> float:
    """Return the rest after a half cycle: what is shorter than a hundredth of it is the distance of two records."""
    return seconds if seconds > 0.01 * half_cycle_s else 0.0


def _goes_on(stage: MeasuredStage, cycle: MeasuredStage, like_time: float) -> bool:
    current = abs(cycle.current_A / stage.current_A - 1.0) <= LIKE_CURRENT
    current &= (stage.discharge_A is None) == (cycle.discharge_A is None)
    if stage.discharge_A is not None and cycle.discharge_A is not None:
        current &= abs(cycle.discharge_A / stage.discharge_A - 1.0) <= LIKE_CURRENT
    return current and abs(cycle.half_cycle_s / stage.half_cycle_s - 1.0) <= like_time


def _last_is_cut(stages: list[MeasuredStage]) -> list[MeasuredStage]:
    """Return the stages with a last cycle that was cut short put to those of its current: the test was to go on."""
    if len(stages) < 2 or stages[-1].cycles > 1:
        return stages
    before, last = stages[-2:]
    alike = abs(last.current_A / before.current_A - 1.0) <= LIKE_CURRENT and last.half_cycle_s < before.half_cycle_s
    return [*stages[:-2], replace(before, cycles=before.cycles + 1)] if alike else stages


def _window(halves: pl.DataFrame) -> tuple[float, float]:
    ends = {way: halves.filter(pl.col("direction") == way)["end_V"].to_numpy() for way in ("charge", "discharge")}
    lower, upper = (float(np.median(ends[way])) if ends[way].size else 0.0 for way in ("discharge", "charge"))
    return min(lower, upper), max(lower, upper)


def _voltage_limit(halves: pl.DataFrame) -> float:
    """Return the voltage at which the cycler stops: where it cut the last half cycle short, or as is usual."""
    usual = assumption("voltage_limit").value
    times, ends = halves["duration_s"].to_numpy(), halves["end_V"].to_numpy()
    cut = times.size > 1 and times[-1] < CUT * np.median(times) and ends[-1] >= max(LEAST_LIMIT_V, float(np.max(ends)))
    return float(ends[-1]) if cut else max(usual, float(np.max(ends)))
