"""One symmetric cell with the laws of voids, fracture and gap a second time: lab units, numpy and scipy, no laws used.

Units: mA/cm2, ohm cm2, mV, h, um, MPa, K. Written from the equations (physics of voids that keep lithium, filaments as
cracks, a gap that opens); only `Numbers` is taken from a material, so that the simulator can be compared with it.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

GAS, FARADAY, LI_VOLUME = 8.31446261815324, 96485.33212, 13.02  # J/mol/K, C/mol, cm3/mol
V = LI_VOLUME / FARADAY * 3.6 * 1e4  # um of lithium per mAh/cm2
MV_PER_MPA = LI_VOLUME / FARADAY * 1e3  # cm3/mol MPa = J/mol
Array = NDArray[np.float64]


@dataclass
class Numbers:
    """What the equations take, at the temperature and pressure of the cell."""

    T: float  # K
    P: float  # MPa
    bulk: float  # ohm cm2
    sigma: float  # S/cm
    length: float  # um
    R_t: float  # ohm cm2, per contact area, at small current
    assembly: Array  # (2, N)
    flaw: Array  # (2, N), how weak each flaw is, over the mean: it sees as many times its local current
    depth: float = 10.0  # um
    skin: float = 0.03  # um
    lifting: float = 0.05
    residual: float = 1e-3
    j_rep: float = 0.0  # mA/cm2
    k_c: float = 0.0  # 1/h
    spots: float = 1e4  # 1/cm2
    strength: float = 100.0  # MPa, of the mean flaw
    width: float = 5.0  # um
    recovered: float = 0.9
    pressing: float = 0.0  # um/h, of lithium pressed into pores since assembly
    K: float = 0.0  # ohm cm2/h^0.5
    film: float = 0.0  # ohm cm2, per contact area, by Ohm's law
    rest: float = 10.0  # h
    chi_0: float = 0.0
    dense: float = 2.0  # um of solid in the welded layer
    porosity_0: float = 0.8
    k_x: float = 0.0  # 1/h
    k_p: float = 0.0
    sigma_liquid: float = 0.015  # S/cm
    sigma_solid: float = 1.1e-5
    strain: float = 1.0
    liquid: float = 0.0  # um beside the foil
    followed: float = 0.5
    N: int = field(init=False)

    def __post_init__(self) -> None:
        self.N = self.assembly.shape[1]


OPEN, CLOSED, MOMENT, FILAMENT = range(4)  # per side and column
X, POROSITY, OPENING, MOVED, LIFTED, RETURNED = range(6)  # per side; the last three are means over the columns, um


def straight(j_loc: Array, R_t: Array | float, T: float) -> Array:
    """Return the chord of Butler-Volmer: R_t asinh(z)/z."""
    thermal = 1e3 * GAS * T / FARADAY  # mV
    z = np.maximum(np.abs(j_loc) * R_t / (2 * thermal), 1e-9)
    return R_t * np.arcsinh(z) / z


class IndependentInterface:
    def __init__(self, numbers: Numbers) -> None:
        self.n = numbers
        self.chords = np.ones((2, 2, numbers.N))  # last solution over R_t, where the next iteration starts

    def start(self) -> Array:
        shared = np.zeros((2, 6))
        shared[:, POROSITY] = self.n.porosity_0
        return np.concatenate([np.zeros(8 * self.n.N), shared.ravel()])

    def split(self, y: Array) -> tuple[Array, Array]:
        return y[: 8 * self.n.N].reshape(2, 4, self.n.N), y[8 * self.n.N :].reshape(2, 6)

    def contact(self, h_open: Array) -> Array:
        h_open = np.maximum(h_open, 0.0)  # a trial step may go below
        rho, lost = self.n.residual, 1 - self.n.residual
        return self.n.assembly * (rho + lost * np.exp(-h_open / (lost * self.n.depth * self.n.assembly)))

    def layer(self, shared: Array) -> tuple[Array, Array]:
        """Return chi and the resistance of the layer, per side."""
        n, x = self.n, shared[:, X]
        plain = n.dense / (1 - shared[:, POROSITY])
        first = n.dense / (1 - n.porosity_0)
        left = (1 - x) * max(0.0, n.liquid - first)
        u = np.maximum(shared[:, OPENING], 0.0)
        chi = n.chi_0 * np.minimum(1.0, (plain * (1 + n.strain) + left) / (plain + u))
        stretched = plain + np.minimum(u, n.strain * plain)
        sigma = n.sigma_liquid * (1 - x) ** 6 + x * n.sigma_solid * (1 - shared[:, POROSITY]) ** 1.5
        return chi, 1e-4 * plain / sigma * (stretched / plain) ** 2

    def electrical(self, t: float, y: Array, j: float) -> tuple[float, Array, Array, Array]:
        """Return V (mV, of |j|), column currents, currents through contact (2, N), local current of contact (2, N)."""
        n = self.n
        columns, shared = self.split(y)
        theta = self.contact(columns[:, OPEN])
        chi, R_L = (a[:, None] for a in self.layer(shared))
        R_t0 = n.R_t + (1 - chi) * n.K * (np.sqrt(t + n.rest) - np.sqrt(n.rest))
        R_s = (1 - np.sqrt(theta)) ** 1.5 * np.sqrt(np.pi) / (4 * n.sigma * np.sqrt(n.spots * theta))
        contrast = chi * (R_t0 + chi * R_L) / (R_t0 + R_L)
        touching, filled = R_t0 * self.chords
        for _ in range(200):
            direct = 1 / ((touching + n.film + chi * R_L) / theta + R_s * (1 - contrast))
            gap = chi * (1 - theta) / (filled + n.film + R_L)
            R = n.bulk + (1 / (direct + gap)).sum(axis=0)
            volts = abs(j) / (1 / R).mean()
            j_i = volts / R
            share = direct / (direct + gap)
            local = j_i * share / theta
            local_gap = j_i * (1 - share) / np.maximum(chi * (1 - theta), 1e-12)
            new, new_gap = straight(local, R_t0, n.T), straight(local_gap, R_t0, n.T)
            done = np.abs(new / touching - 1).max() + np.abs(new_gap / filled - 1).max() < 1e-13
            touching, filled = new, new_gap
            if done:
                break
        self.chords = np.stack([touching, filled]) / R_t0
        return volts, j_i, j_i * share, local

    def rates(self, t: float, y: Array, j: float) -> Array:
        """j > 0 plates side 0 and strips side 1."""
        columns, _ = self.split(y)
        _, j_i, direct, local = self.electrical(t, y, j)
        d_columns, d_shared = np.zeros_like(columns), np.zeros((2, 6))
        theta = self.contact(columns[:, OPEN])
        for side in (0, 1):
            sign = 0.0 if j == 0 else (-1.0 if (j > 0) == (side == 0) else 1.0)  # +1: stripped
            self._voids(d_columns[side], d_shared[side], columns[side], theta[side], side, sign * direct[side])
            pressed = self.n.pressing * (t + self.n.rest)
            d_columns[side, FILAMENT] = self._filament(columns[side, FILAMENT], pressed, j_i, local[side], side, sign)
            d_shared[side, OPENING] = V * sign * j_i.mean() * (1 - self.n.followed)
            x, porosity = self.split(y)[1][side, :2]
            d_shared[side, X] = self.n.k_x * (1 - x)
            d_shared[side, POROSITY] = -self.n.k_p * x * porosity**3
        return np.concatenate([d_columns.ravel(), d_shared.ravel()])

    def _voids(self, dy: Array, d_shared: Array, y: Array, theta: Array, side: int, j: Array) -> None:
        n, (h_open, h_closed, moment) = self.n, np.maximum(y[:FILAMENT], 0.0)  # a trial step may go below
        h = h_open + h_closed
        stripped, plated = np.maximum(j, 0.0), np.maximum(-j, 0.0)
        cover = moment / np.maximum(h_closed, 1e-9 * n.skin)
        back = V * n.j_rep * (1 - theta / n.assembly[side])
        bridged = V * plated * h_open / n.skin
        filled = (1 - n.lifting) * V * plated / (h + n.skin)
        reopened = V * stripped * h_closed / (cover + n.skin)
        shrinking = reopened + filled * h_closed + n.k_c * h_closed
        dy[OPEN] = V * stripped + reopened - bridged - filled * h_open - back - n.k_c * h_open
        dy[CLOSED] = bridged - shrinking
        dy[MOMENT] = V * plated * h_closed - cover * shrinking
        d_shared[MOVED] = V * j.mean()
        d_shared[LIFTED] = (V * plated - filled * h).mean()
        d_shared[RETURNED] = (back + n.k_c * h).mean()

    def _filament(self, own: Array, pressed: float, j: Array, local: Array, side: int, sign: float) -> Array:
        """own: length beyond what the stack has pressed in, which stripping does not take: the stack refills it."""
        n = self.n
        gathered = 1 + (np.minimum(pressed + own, n.length) / n.width) ** 2
        if sign > 0:
            return -n.recovered * V * gathered * j * own / (own + 0.1 * n.width)
        above = np.clip(1 - self.critical() / np.maximum(n.flaw[side] * local, 1e-30), 0.0, None)
        return V * gathered * j * above * (sign < 0)

    def critical(self) -> float:
        """Return the critical local current of the mean flaw (mA/cm2)."""
        n, thermal = self.n, 1e3 * GAS * self.n.T / FARADAY
        eta = MV_PER_MPA * (n.strength + n.P)
        return 2 * thermal / n.R_t * np.sinh(eta / (2 * thermal))

    def advance(self, y: Array, t: float, j: float, hours: float, times: Array) -> tuple[Array, Array, float | None]:
        """Return V (mV) at `times` from the start of this step, the state at its end, and when a filament bridged."""

        def bridged(t: float, y: Array, _j: float) -> float:
            return self.split(y)[0][:, FILAMENT].max() + self.n.pressing * (t + self.n.rest) - self.n.length

        bridged.terminal = True
        solved = solve_ivp(
            self.rates, (t, t + hours), y, method="DOP853", args=(j,), events=[bridged], rtol=1e-8, atol=1e-10,
            dense_output=True,
        )  # fmt: skip
        if not solved.success:
            raise ArithmeticError(solved.message)
        inside = times[t + times <= solved.t[-1] * (1 + 1e-14)]
        seen = [self.electrical(t + s, solved.sol(t + s), j)[0] for s in inside]
        short = float(solved.t[-1]) if solved.t_events[0].size else None
        return np.array(seen), solved.y[:, -1], short

    def cycle(self, j: float, hours: float, cycles: int, times: Array) -> tuple[Array, Array, float | None]:
        """Return V of all half cycles (rows), the last state and the time of a short (h), if any."""
        y, rows, t = self.start(), [], 0.0
        for half in range(2 * cycles):
            seen, y, short = self.advance(y, t, j if half % 2 == 0 else -j, hours, times)
            if short is not None:
                return np.array(rows), y, short
            rows.append(seen)
            t += hours
        return np.array(rows), y, None

    def imbalance(self, y: Array) -> float:
        """Return by how much the books of lithium do not close, over what was moved (um/um)."""
        columns, shared = self.split(y)
        missing = (columns[:, OPEN] + columns[:, CLOSED]).mean(axis=1)
        left = missing - (shared[:, MOVED] + shared[:, LIFTED] - shared[:, RETURNED])
        return float(np.abs(left).max() / max(np.abs(shared[:, MOVED:]).max(), 1e-3))
