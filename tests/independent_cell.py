"""The symmetric cell a second time, from the written equations: lab units (mA/cm2, ohm cm2, h, um, S/cm2), scipy.

Nothing of the simulator's equations or laws is used; only what chance drew (contact at assembly, permanent fractions,
flaws, the short's random numbers) is taken over, because the two must be the same cell.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ionweld.spec.library import Entry

FARADAY, GAS = 96485.33212, 8.31446261815324
HOUR = 3600.0
Array = NDArray[np.float64]


@dataclass
class Numbers:
    """What the equations need, in lab units, at the cell's temperature of 80 degC (the reference of all parameters)."""

    p: Entry
    chi: float
    stack_pressure_MPa: float
    rest_h: float
    bulk: float  # ohm cm2
    sigma: float  # S/cm
    length_um: float
    assembly: Array  # (2, N)
    permanent: Array  # (2, N)
    flaw: Array  # (N,)
    v: float = field(init=False)  # um per mAh/cm2
    j_rep: float = field(init=False)
    k_c: float = field(init=False)

    def __post_init__(self) -> None:
        self.v = 13.02 / FARADAY * 3.6 * 1e4
        self.j_rep = 0.5 * self.stack_pressure_MPa
        A_c = 7.7e-3 * np.exp(-37e3 / GAS * (1 / 353.15 - 1 / 299.0)) * HOUR
        self.k_c = 1.5 * A_c * (3 * self.stack_pressure_MPa / (2 * 6.56)) ** 6.56


class IndependentCell:
    """States: theta (2 N), theta_b (2 N), filament (N, um), x, porosity, integral of |V| (V h)."""

    def __init__(self, numbers: Numbers) -> None:
        self.n, self.N = numbers, numbers.flaw.size
        p = numbers.p
        self.R_t0, self.K = p["charge_transfer_resistance"] * 1e4, p["interphase_growth"] * 1e4 * np.sqrt(HOUR)
        self.k_x, self.k_p = p["conversion_rate"] * HOUR, p["densification_rate"] * HOUR
        self.sigma_solid, self.sigma_liquid = p["layer_solid_conductivity"] / 100, 0.015
        self.spot_cm, self.depth_um, self.tau = (
            p["spot_radius"] * 100,
            p["void_depth"] * 1e6,
            p["rewetting_time"] / HOUR,
        )
        self.j_c, self.Gamma = p["critical_current"] / 10, p["filament_focus"]
        self.residual = p["residual_contact"]
        self.short, self.growing, self.first_resistance = 0.0, True, 0.0

    def start(self) -> Array:
        contact = self.n.assembly.ravel()
        return np.concatenate([contact, contact, np.zeros(self.N), [0.0, 0.8, 0.0]])

    def split(self, y: Array) -> tuple[Array, Array, Array, float, float]:
        N = self.N
        return y[: 2 * N].reshape(2, N), y[2 * N : 4 * N].reshape(2, N), y[4 * N : 5 * N], y[5 * N], y[5 * N + 1]

    def electrical(self, t: float, y: Array, j: float) -> tuple[float, Array, Array]:
        """Return |V| (V), |j| of each column (mA/cm2) and the share of direct contact (2, N)."""
        theta, _, _, x, porosity = self.split(y)
        chi = self.n.chi
        R_t = self.R_t0 + (1 - chi) * self.K * (np.sqrt(t + self.n.rest_h) - np.sqrt(self.n.rest_h))
        sigma_L = self.sigma_liquid * (1 - x) ** 6 + x * self.sigma_solid * (1 - porosity) ** 1.5
        R_L = 2e-4 / (1 - porosity) / sigma_L
        touching = (R_t + chi * R_L) / theta
        R_s = constriction(theta, self.spot_cm, self.n.sigma) * (1 - chi * (R_t + chi * R_L) / (R_t + R_L))
        g_direct = 1 / (touching + R_s)
        g_gap = chi * (1 - theta) / (R_t + R_L)
        R = self.n.bulk + (1 / (g_direct + g_gap)).sum(axis=0)
        volts = 1e-3 * abs(j) / ((1 / R).mean() + self.short)
        return volts, 1e3 * volts / R, g_direct / (g_direct + g_gap)

    def rates(self, t: float, y: Array, j: float) -> Array:
        theta, theta_b, _, x, porosity = self.split(y)
        volts, j_i, share = self.electrical(t, y, j)
        j_d = j_i * share
        per_time = self.n.v / self.depth_um
        d_theta = per_time * (-j_d + self.n.j_rep * (1 - theta / theta_b))
        loss = self.n.permanent * per_time * j_d * (1 - self.residual * self.n.assembly / theta_b)
        d_theta_b = -loss + self.n.k_c * (self.n.assembly - theta_b)
        d_filament = np.zeros(self.N)
        if j != 0.0:
            side = 0 if j > 0 else 1  # charge plates the negative electrode
            d_theta[side] = (theta_b[side] - theta[side]) / self.tau
            d_theta_b[side] = self.n.k_c * (self.n.assembly[side] - theta_b[side])
            if self.growing:
                d_filament = self.filament(theta[side], j_i, share[side])
        d_porosity = -self.k_p * x * porosity**3
        tail = [self.k_x * (1 - x), d_porosity, volts]
        return np.concatenate([d_theta.ravel(), d_theta_b.ravel(), d_filament, tail])

    def filament(self, theta: Array, j_i: Array, share: Array) -> Array:
        local = j_i * share / theta
        if self.n.chi > 0:
            local = np.maximum(local, j_i * (1 - share) / (self.n.chi * (1 - theta)))
        focus = self.n.flaw * (j_i * local).sum() / j_i.sum()
        return self.n.v * self.Gamma * j_i * np.clip(1 - self.j_c / focus, 0.0, None)

    def run(self, segments: Array, sample_times: list[Array], normals: Array) -> tuple[list[float], dict[str, float]]:
        """Return |V| at the sample times (h) of each segment (mA/cm2, h, h, cycle), and the times of the events."""
        y, seen, events = self.start(), [], {}
        loaded = 0.0
        for number, (j, t, t_end, _cycle) in enumerate(segments):
            begin, times = t, sample_times[number]
            while True:
                got, t, y, what = self.advance(t, t_end, y, j, times)
                seen += got
                times = times[len(got) :]
                if what is None:
                    break
                events[what] = t
                if what == "failure":
                    return seen, events
                R = self.electrical(t, y, j)[0] / (1e-3 * abs(j))
                self.short, self.growing = np.exp(self.n.p["short_spread"] * normals[0]) / R, False
            if self.short and j:
                grown = self.n.p["short_growth"] * HOUR * (t_end - begin)
                self.short *= np.exp(grown + self.n.p["short_noise"] * normals[1 + number])
            loaded += abs(j) * (t_end - begin)
            last = number + 1 == len(segments) or segments[number + 1][3] > 1
            if last and not self.first_resistance:
                self.first_resistance = y[-1] / loaded
        return seen, events

    def advance(
        self, t: float, t_end: float, y: Array, j: float, times: Array
    ) -> tuple[list[float], float, Array, str | None]:
        def bridged(_t: float, y: Array) -> float:
            return y[4 * self.N : 5 * self.N].max() - self.n.length_um if self.growing else -1.0

        def failed(t: float, y: Array) -> float:
            return 0.1 * self.first_resistance * abs(j) - self.electrical(t, y, j)[0]

        if j and self.first_resistance and failed(t, y) >= 0.0:
            return [], t, y, "failure"
        bridged.terminal = failed.terminal = True
        bridged.direction = failed.direction = 1.0
        watched = [bridged] if not (j and self.first_resistance) else [bridged, failed]
        solved = solve_ivp(
            self.rates, (t, t_end), y, method="DOP853", args=(j,), t_eval=None, events=[_without(w) for w in watched],
            rtol=1e-10, atol=1e-13, dense_output=True,
        )  # fmt: skip
        stop = solved.t[-1]
        inside = times[times <= stop * (1 + 1e-15)]
        seen = [self.electrical(s, solved.sol(s), j)[0] for s in inside]
        names = ("first short", "failure")
        what = next((name for name, found in zip(names, solved.t_events, strict=False) if found.size), None)
        return seen, stop, solved.y[:, -1], what


def _without(event):
    """Let an event take (and ignore) the current that the rates take."""

    def taken(t: float, y: Array, _j: float) -> float:
        return event(t, y)

    taken.terminal, taken.direction = event.terminal, event.direction
    return taken


def constriction(theta: Array, spot_cm: float, sigma: float) -> Array:
    return np.pi * spot_cm * (1 - np.sqrt(theta)) ** 1.5 / (4 * sigma * theta)
