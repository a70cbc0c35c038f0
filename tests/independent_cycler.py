"""Cells as a cycler logs them, healthy or with a fault put in, by a generator that shares no code with the twin.

A full cell is a table of equilibrium voltages with a resistance that falls with temperature (0.3 to 0.6 eV) and rises with the
current, a capacity that grows by 0.5 % per kelvin, a side reaction that takes 0.1 % of each charge, and, where it is put
in, a path for electrons. A symmetric cell is a resistance with a small sawtooth. Both are logged with 0.2 mV and 0.1 % of
noise. What is drawn per cell: capacity, resistance, rates, number of cycles, phase and height of the day, where it is cut.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CellContext, CyclingTest
from ionweld.measurement.provenance import Provenance

DAY, KELVIN, BOLTZMANN = 86400.0, 298.15, 8.617e-5
LOW, HIGH = 3.0, 4.2
_z = np.linspace(0.0, 1.0, 401)
_U = 3.15 + 0.9 * _z + 0.03 * np.tanh(12.0 * (_z - 0.55)) - 0.5 * np.exp(-_z / 0.02) + 0.35 * np.exp((_z - 1.0) / 0.02)


@dataclass
class Room:
    """The temperature around a cell (K), a day's swing of which nobody may have logged."""

    swing: float = 0.0
    phase: float = 0.0
    logged: bool = False
    steps: tuple[
        tuple[float, float], ...
    ] = ()  # (moment in s, K that it is warmer from there on); the cell follows slowly
    lag_s: float = 900.0

    def at(self, t):
        t = np.asarray(t, dtype=float)
        day = KELVIN + self.swing * np.sin(2.0 * np.pi * t / DAY + self.phase)
        return day + sum(
            warmer * np.where(t > at, 1.0 - np.exp(-np.maximum(t - at, 0.0) / self.lag_s), 0.0)
            for at, warmer in self.steps
        )

    def thermometer(self, t):
        """What the chamber shows (K): it is there at once."""
        day = KELVIN + self.swing * np.sin(2.0 * np.pi * np.asarray(t) / DAY + self.phase)
        return day + sum(warmer * (np.asarray(t) > at) for at, warmer in self.steps)

    def factor(self, t, energy: float):
        return np.exp(energy / BOLTZMANN * (1.0 / self.at(t) - 1.0 / KELVIN))


@dataclass
class Press:
    """The stack pressure (Pa), logged; contact opens and closes with a power of it, within an hour."""

    first: float
    steps: tuple[tuple[float, float], ...] = ()
    power: float = 0.5

    def at(self, t):
        places = np.searchsorted([at for at, _ in self.steps], np.asarray(t), side="right")
        return np.array([self.first, *(value for _, value in self.steps)])[places]

    def factor(self, t):
        t, log = np.asarray(t, dtype=float), 0.0
        levels = [self.first, *(value for _, value in self.steps)]
        for (at, _), was, now in zip(self.steps, levels[:-1], levels[1:], strict=True):
            log = log - self.power * np.log(now / was) * np.where(t > at, 1.0 - 0.5 * np.exp(-(t - at) / 1800.0), 0.0)
        return np.exp(log)


@dataclass
class Log:
    """What a cycler has written so far."""

    rows: list = field(default_factory=list)
    now: float = 0.0
    step: int = 0

    def add(self, seconds, volts, amps, cycle: int, pause: float = 10.0) -> None:
        self.step += 1
        n = len(seconds)
        self.rows.append(
            (self.now + seconds, volts, np.broadcast_to(amps, n), np.full(n, cycle), np.full(n, self.step))
        )
        self.now += seconds[-1] + pause

    def measurement(self, rng, room: Room, noise_V: float = 2e-4, press: "Press | None" = None) -> CyclingTest:
        time, volts, amps, cycle, step = (np.concatenate(parts) for parts in zip(*self.rows, strict=True))
        columns = {
            bdf.TIME: time,
            bdf.VOLTAGE: np.round(volts + rng.normal(0.0, noise_V, time.size), 4),
            bdf.CURRENT: amps * (1.0 + rng.normal(0.0, 1e-3, time.size)),
            bdf.CYCLE: cycle,
            bdf.STEP: step,
        }
        if room.logged:
            columns[bdf.TEMPERATURE] = np.round(room.thermometer(time) - 273.15 + rng.normal(0.0, 0.05, time.size), 1)
        if press is not None:
            columns[bdf.PRESSURE] = press.at(time) * (1.0 + rng.normal(0.0, 0.005, time.size))
        return CyclingTest(
            pl.DataFrame(columns), Provenance("simulated", "independent", "", ""), CellContext(area_m2=1e-4)
        )


@dataclass
class Full:
    """A full cell. capacity (Ah), ohms; leak: of a current of 1C, from leak_from on; settling: of the resistance at first."""

    capacity: float = 2e-3
    ohms: float = 40.0
    z: float = 0.02
    fade: float = 2e-4
    side: float = 1e-3
    leak: float = 0.0
    leak_from: int = 10**9
    settling: float = 0.0
    energy: float = 0.35
    relaxes: float = 0.0  # V, of the voltage at rest

    def half(
        self, log: Log, room: Room, cycle: int, sign: float, c_rate: float, until_A: float | None, part: float = 1.0
    ) -> None:
        """Run one half cycle; until_A: hold the voltage down to this current; part: of it that is run before it is cut."""
        capacity = self.capacity * (1.0 - self.fade) ** cycle * (1.0 + 0.005 * (room.at(log.now) - KELVIN))
        ohms = (
            self.ohms
            * room.factor(log.now, self.energy)
            * (1.0 + self.settling * np.exp(-cycle / 6.0))
            * (1.0 + 0.02 * c_rate)
        )
        amps = c_rate * self.capacity
        inside = np.linspace(self.z, 1.0, 160) if sign > 0 else np.linspace(self.z, 0.0, 160)
        U = np.interp(inside, _z, _U)
        V = U + sign * amps * ohms
        limit = HIGH if sign > 0 else LOW
        current = np.where(sign * (V - limit) < 0.0, amps, sign * (limit - U) / ohms)
        least = amps * 0.999 if until_A is None else until_A
        ran = max(2, int(np.argmax(current < least)) if np.any(current < least) else current.size)
        ran = max(2, round(part * ran))
        U, current, inside = U[:ran], current[:ran], inside[:ran]
        lost = self.leak * self.capacity if cycle >= self.leak_from else 0.0
        stored = current - sign * lost - (self.side * current if sign > 0 else 0.0)
        dt = 3600.0 * np.abs(np.diff(inside)) * capacity / ((stored[1:] + stored[:-1]) / 2.0)
        log.add(np.concatenate([[0.0], np.cumsum(dt)]), U + sign * current * ohms, sign * current, cycle)
        self.z = float(inside[-1])

    def rest(self, log: Log, cycle: int, seconds: float) -> None:
        t = np.linspace(0.0, seconds, 12)
        log.add(t, np.interp(self.z, _z, _U) + self.relaxes * np.exp(-t / 900.0), 0.0, cycle)


def full_cell(program: str, seed: int, leak: float = 0.0, kelvin: float = 3.0) -> CyclingTest:
    """Return a full cell that ran a program.

    "rate", "formation", "several currents", "unfinished", "days", "activation", "cv", "power cut", "rests", "thermal steps",
    "missing rows", "time restarts".
    """
    rng = np.random.default_rng([seed, len(program)])
    days = program == "days"
    room = Room(kelvin if days else 0.1, rng.uniform(0.0, 2.0 * np.pi), bool(rng.integers(2)))
    cell = Full(rng.uniform(1e-3, 5e-3), 0.0, fade=rng.uniform(0.0, 6e-4))
    cell.ohms = rng.uniform(0.03, 0.2) / cell.capacity  # volts at 1C
    cell.energy = rng.uniform(0.3, 0.6)
    cell.settling = rng.uniform(0.5, 2.0) if program == "activation" else 0.0
    rates = _rates(program, rng)
    if program == "thermal steps":
        hours = np.cumsum([2.1 / rate for rate in rates])
        at = sorted(rng.uniform(0.15, 0.85, size=2) * hours[-1] * 3600.0)
        room = Room(
            0.3, 0.0, logged=True, steps=tuple(zip(at, rng.uniform(10.0, 35.0) * np.array([1.0, -1.0]), strict=True))
        )
    cell.relaxes = rng.uniform(-0.05, 0.05) if program == "rests" else 0.0
    cv = program == "cv" or bool(rng.integers(2))
    if leak:
        cell.leak, cell.leak_from = leak * rates[-1], max(12, len(rates) // 2)
    log, cut = Log(), _cut(program, rng, len(rates))
    for cycle, rate in enumerate(rates, start=1):
        hold = 0.05 * cell.capacity if cv and rate > 0.07 else None
        shares = cut.get(cycle, (1.0, 1.0))
        if shares[0] > 0.0:
            cell.half(log, room, cycle, 1.0, rate, hold, shares[0])
        if shares[1] > 0.0:
            if program == "rests" or (program != "power cut" and rng.integers(2)):
                cell.rest(log, cycle, rng.uniform(600.0, 20000.0) if program == "rests" else 600.0)
            cell.half(log, room, cycle, -1.0, rate, None, shares[1])
        log.now += 6.0 * 3600.0 * (program == "power cut" and cycle in cut)
    return _as_logged(program, log.measurement(rng, room), rng)


def _as_logged(program: str, test: CyclingTest, rng) -> CyclingTest:
    """Return a test as a poor cycler logs it: rows lost here and there, or a time that starts again with each step."""
    table = test.table
    if program == "missing rows":
        keep = rng.uniform(size=table.height) > rng.uniform(0.02, 0.3)
        for start in rng.integers(0, table.height, size=4):
            keep[start : start + int(rng.integers(5, 60))] = False
        return replace(test, table=table.filter(pl.Series(keep)))
    if program == "time restarts":
        since = pl.col(bdf.TIME) - pl.col(bdf.TIME).first().over(bdf.STEP)
        return replace(test, table=table.with_columns(since.alias(bdf.TIME)))
    return test


def _rates(program: str, rng) -> list[float]:
    base = rng.choice([0.2, 1.0 / 3.0, 0.5, 1.0])
    count = int(rng.integers(35, 70))
    if program == "rate":
        each, steps = int(rng.integers(3, 11)), [0.1, 0.2, 0.5, 1.0, 2.0, 0.2]
        return [rate for rate in steps for _ in range(each)]
    if program == "formation":
        return [0.05] * int(rng.integers(1, 4)) + [base] * count
    if program == "several currents":
        steps = [(0.02, 1), (0.05, 2), (0.1, 3), (0.2, 2)]
        return [rate for rate, most in steps for _ in range(int(rng.integers(1, most + 1)))] + [base] * count
    return [base] * count


def _cut(program: str, rng, last: int) -> dict[int, tuple[float, float]]:
    """Return the share of charge and discharge that was run, of cycles that were cut."""
    if program == "unfinished":
        at = rng.uniform(0.05, 1.95)
        return {last: (at, 0.0) if at < 1.0 else (1.0, at - 1.0)}
    if program == "power cut":
        cycles = rng.choice(np.arange(8, last - 2), size=int(rng.integers(1, 4)), replace=False)
        return {
            int(c): (rng.uniform(0.1, 0.9), 1.0) if rng.integers(2) else (1.0, rng.uniform(0.1, 0.9)) for c in cycles
        }
    return {}


@dataclass
class Symmetric:
    """A symmetric cell under constant currents. All shares are of the resistance; half cycles are counted from 0."""

    ohms: float = 400.0
    sawtooth: float = 0.01
    settling: float = 0.0
    settling_halves: float = 15.0
    kinetics: float = 0.0  # of the resistance at small currents, by Butler and Volmer: b asinh(j / j0), b = 103 mV
    energy: float = 0.4
    short_from: int = 10**9
    short: float = 0.0  # conductance of the path times the resistance, at once
    growing: float = 0.0  # the same, per half cycle
    void_from: int = 10**9
    void: float = 0.0  # growth within a half cycle

    press: Press | None = None

    def half(self, log: Log, room: Room, number: int, amps: float, seconds: float, part: float = 1.0) -> None:
        t = np.linspace(0.0, seconds, 61)[: max(2, int(61 * part))]
        sign = 1.0 if number % 2 == 0 else -1.0
        own = self.ohms * room.factor(log.now + t, self.energy)
        own = own * (1.0 + self.settling * np.exp(-number / self.settling_halves)) * (1.0 + self.sawtooth * t / seconds)
        j = amps * self.kinetics * self.ohms / 0.103
        own = own * (1.0 - self.kinetics + self.kinetics * (np.arcsinh(j) / j if j else 1.0))
        if self.press is not None:
            own = own * self.press.factor(log.now + t)
        if number >= self.void_from:
            own = own * (1.0 + self.void * (t / seconds) ** 2)
        path = self.short * (number >= self.short_from) + self.growing * max(0, number - self.short_from)
        log.add(t, sign * amps * own / (1.0 + path), sign * amps, 1 + number // 2, 1.0)


def symmetric_cell(program: str, seed: int, kelvin: float = 3.0, **fault: float) -> CyclingTest:
    """Return a symmetric cell; fault: see Symmetric.

    "steady", "days", "activation", "unfinished", "power cut", "ramp", "several currents", "rests", "thermal steps",
    "pressure steps", "missing rows", "time restarts".
    """
    rng = np.random.default_rng([seed, len(program), 7])
    room = Room(kelvin if program == "days" else 0.1, rng.uniform(0.0, 2.0 * np.pi), bool(rng.integers(2)))
    cell = Symmetric(rng.uniform(50.0, 2000.0), rng.uniform(0.0, 0.03), energy=rng.uniform(0.25, 0.6))
    cell.kinetics = rng.uniform(0.0, 0.6) if program == "ramp" else 0.0
    if program == "activation":
        cell.settling, cell.settling_halves = rng.uniform(0.3, 3.0), rng.uniform(4.0, 30.0)
    cell = replace(cell, **fault)
    seconds = float(rng.choice([1800.0, 3600.0]))
    each = int(rng.choice([2, 2, 4, 6]))
    levels = np.repeat(np.arange(1, int(rng.integers(6, 14))), each)
    amps = 1e-4 * levels if program == "ramp" else np.full(int(rng.integers(60, 160)), 10.0 ** rng.uniform(-4.0, -3.0))
    if program == "several currents":
        amps = amps * np.repeat([1.0, 2.0, 5.0, 1.0, 3.0], -(-amps.size // 5))[: amps.size]
    span, log = amps.size * seconds, Log()
    at = sorted(rng.uniform(0.1, 0.9, size=2) * span)
    if program == "thermal steps":
        room = Room(
            0.3, 0.0, logged=True, steps=tuple(zip(at, rng.uniform(10.0, 40.0) * np.array([1.0, -1.0]), strict=True))
        )
    if program == "pressure steps":
        cell.press = Press(
            2e6, tuple(zip(at, 10.0 ** rng.uniform(5.0, 7.5, size=2), strict=True)), rng.uniform(0.2, 1.0)
        )
    for number, current in enumerate(amps):
        part = 1.0
        if (program == "unfinished" or (program == "ramp" and not fault)) and number == amps.size - 1:
            part = float(rng.uniform(0.0, 1.0))
        if program == "power cut" and number in (20, 41):
            part = float(rng.uniform(0.05, 0.9))
            log.now += 8.0 * 3600.0
        cell.half(log, room, number, float(current), seconds, part)
        if program == "rests":
            pause = np.linspace(0.0, float(rng.uniform(300.0, 7200.0)), 20)
            last = log.rows[-1][1][-1]
            log.add(pause, 0.1 * last * np.exp(-pause / 600.0), 0.0, 1 + number // 2, 1.0)
    return _as_logged(program, log.measurement(rng, room, press=cell.press), rng)
