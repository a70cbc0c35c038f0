"""The full cell a second time, from the written equations: lab units (mA/cm2, ohm cm2, h, um, mAh/cm2), scipy.

It stands on the independent symmetric cell's numbers; only what chance drew is taken over from the simulator.
"""

from dataclasses import dataclass

import numpy as np
from independent_cell import Array, Numbers, constriction
from scipy.integrate import solve_ivp
from scipy.optimize import brentq


@dataclass
class Positive:
    """The cathode in lab units, at 80 degC."""

    R_c: float  # ohm cm2
    growth: float
    capacity: float  # mAh/cm2 usable
    sigma_e: float  # S/cm
    coat_um: float
    fade: float
    z_0: float
    current: float  # mA/cm2
    lower: float
    upper: float


class IndependentFullCell:
    """States: theta (N), theta_b (N), filament (N, um), x, porosity, charge leaked (mAh/cm2), z (N)."""

    def __init__(self, numbers: Numbers, positive: Positive) -> None:
        self.n, self.c, self.N = numbers, positive, numbers.flaw.size
        self.active = 1.0

    def start(self) -> Array:
        theta = self.n.assembly[0]
        z = np.full(self.N, self.c.z_0)
        return np.concatenate([theta, theta, np.zeros(self.N), [0.0, 0.8, 0.0], z])

    def electrical(self, t: float, y: Array, j: float) -> tuple[float, Array, Array, Array]:
        """Return V, the current density of each column (mA/cm2), the share of direct contact, and the leak (S/cm2)."""
        N, p, chi = self.N, self.n.p, self.n.chi
        theta, filament, x, porosity, z = y[:N], y[2 * N : 3 * N], y[3 * N], y[3 * N + 1], y[3 * N + 3 :]
        hour = np.sqrt(3600.0)
        grown = p["interphase_growth"] * 1e4 * hour * (np.sqrt(t + self.n.rest_h) - np.sqrt(self.n.rest_h))
        R_t = p["charge_transfer_resistance"] * 1e4 + (1 - chi) * grown
        sigma_L = 0.015 * (1 - x) ** 6 + x * p["layer_solid_conductivity"] / 100 * (1 - porosity) ** 1.5
        R_L = 2e-4 / (1 - porosity) / sigma_L
        part = (R_t + chi * R_L) / (R_t + R_L)
        direct = 1 / ((R_t + chi * R_L) / theta + constriction(theta, 1e-3, self.n.sigma) * (1 - chi * part))
        total = direct + chi * (1 - theta) / (R_t + R_L)
        U = 3.42 - 0.012 * np.log(z / (1 - z))
        g_e = self.c.sigma_e / (1e-4 * (self.n.length_um - filament + self.c.coat_um))

        def column_currents(V: float) -> Array:
            left = np.where(V > U, z, 1 - z)  # what is left in the direction in which the column itself goes
            return (V - U) / (self.n.bulk + 1 / total + self.c.R_c * (1 + self.c.growth / left))

        V = brentq(lambda V: (self.active * column_currents(V) + g_e * V).mean() - 1e-3 * j, -50, 50, xtol=1e-13)
        return V, 1e3 * column_currents(V), direct / total, g_e

    def rates(self, t: float, y: Array, j: float) -> Array:
        N, v, p = self.N, self.n.v, self.n.p
        theta, theta_b, x, porosity = y[:N], y[N : 2 * N], y[3 * N], y[3 * N + 1]
        V, j_i, share, g_e = self.electrical(t, y, j)
        per_time, assembly = v / (p["void_depth"] * 1e6), self.n.assembly[0]
        heal = self.n.k_c * (assembly - theta_b)
        d_filament = np.zeros(N)
        if j > 0:
            d_theta, d_theta_b = (theta_b - theta) * 3600.0 / p["rewetting_time"], heal
            local = j_i * share / theta
            if self.n.chi > 0:
                local = np.maximum(local, j_i * (1 - share) / (self.n.chi * (1 - theta)))
            focus = self.n.flaw * (j_i * local).sum() / j_i.sum()
            growth = np.clip(1 - p["critical_current"] / 10 / focus, 0.0, None)
            d_filament = v * p["filament_focus"] * j_i * growth
        else:
            j_d = np.maximum(0.0, -j_i) * share
            d_theta = per_time * (-j_d + self.n.j_rep * (1 - theta / theta_b))
            kept = 1 - p["residual_contact"] * assembly / theta_b
            d_theta_b = -self.n.permanent[0] * per_time * j_d * kept + heal
        k_x, k_p = p["conversion_rate"] * 3600.0, p["densification_rate"] * 3600.0
        tail = [k_x * (1 - x), -k_p * x * porosity**3, 1e3 * V * g_e.mean()]
        return np.concatenate([d_theta, d_theta_b, d_filament, tail, -j_i / self.c.capacity])

    def half_cycle(self, t: float, y: Array, j: float, longest_h: float) -> tuple[float, Array]:
        """Return when a half cycle or rest ends (h), and the state there."""

        def limit(time: float, state: Array) -> float:
            V = self.electrical(time, state, j)[0]
            return V - self.c.upper if j > 0 else self.c.lower - V

        limit.terminal, limit.direction = True, 1.0
        solved = solve_ivp(
            lambda time, state: self.rates(time, state, j), (t, t + longest_h), y, method="LSODA", rtol=1e-9,
            atol=1e-11, events=[limit] if j else None,
        )  # fmt: skip
        return float(solved.t[-1]), solved.y[:, -1]

    def run(self, cycles: int, rest_h: float) -> tuple[list[float], list[float], float]:
        """Return the ends (h) of the half cycles and rests, V there, and the charge leaked (mAh/cm2)."""
        t, y, ends, volts = 0.0, self.start(), [], []
        for _ in range(cycles):
            for j, span in ((self.c.current, 10.0), (0.0, rest_h), (-self.c.current, 10.0), (0.0, rest_h)):
                if span:
                    t, y = self.half_cycle(t, y, j, span)
                    ends.append(t)
                    volts.append(self.electrical(t, y, j)[0])
            self.active *= 1 - self.c.fade
        return ends, volts, float(y[3 * self.N + 2])
