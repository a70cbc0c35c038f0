"""What papers that were told teach about forecasts: how far off they are, and how much laboratories differ.

log10(measured) = log10(forecast) + shift + e

for each kind of number, and from there for each class of electrolytes that was told of. e: what is not in the draws,
because the library does not know it (pellets, surfaces, hands); it is spread as Student's t with FREEDOM degrees of
freedom, so that a few papers that are far off do not widen all forecasts. The two numbers, shift and the scale of e,
are learned from told rows under a prior of PRIOR decades each (normal, half-normal); what stays uncertain about them
after few rows widens the forecasts too. Held-out papers have no part in them. PRIOR and FREEDOM were chosen by leaving
out one told paper at a time: of 0.06, 0.1, 0.15 and 0.3 decades and 4 or 10 degrees these have the least interval score
of the 90 % band (Gneiting and Raftery 2007, 10.1198/016214506000001437). Source: robust regression with t-distributed
errors, Lange, Little and Taylor 1989, 10.1080/01621459.1989.10478852.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

Real = NDArray[np.float64]
PRIOR = 0.15  # decades: what shift and scale are about before anything is told
FREEDOM = 4.0  # the usual choice where errors have outliers
SHIFTS = np.linspace(-1.2, 1.2, 161)
SCALES = (np.arange(40) + 0.5) / 40 * 0.9
OFFSETS = np.linspace(-4.0, 4.0, 401)  # decades
NEGLIGIBLE = 1e-6  # of the greatest belief: what is as unlikely is left out
LEVELS = (np.arange(25) + 0.5) / 25  # of shift + e, laid over each draw


@dataclass(frozen=True, slots=True)
class Told:
    """A told number beside its forecast. decades: log10 of measured over forecast; spread: of the draws (decades)."""

    decades: float
    spread: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """How all forecasts of one kind of number are moved and widened (decades), learned from so many rows.

    shift, scale: the mean of what is believed of them; offsets: quantiles of shift + e, at LEVELS.
    """

    told: int
    shift: float
    scale: float
    offsets: tuple[float, ...]

    def applied(self, values: Real) -> Real:
        """Return draws (any unit, positive), moved and widened."""
        return (np.asarray(values)[:, None] * 10.0 ** np.array(self.offsets)[None, :]).ravel()


def learned(rows: list[Told], centre: float = 0.0) -> Lesson | None:
    """Return what told numbers teach; None where there are none. centre: the shift that is expected before (decades)."""
    if not rows:
        return None
    shift, scale = (grid.ravel() for grid in np.meshgrid(SHIFTS, SCALES, indexing="ij"))
    belief = -0.5 * ((shift - centre) ** 2 + scale**2) / PRIOR**2
    for row in rows:
        wide = np.hypot(scale, row.spread)
        away = (row.decades - shift) / wide  # Student's t, but for its constant
        belief = belief - 0.5 * (FREEDOM + 1.0) * np.log1p(away**2 / FREEDOM) - np.log(wide)
    weight = np.exp(belief - belief.max())
    likely = weight > NEGLIGIBLE
    weight, shift, scale = weight[likely] / weight[likely].sum(), shift[likely], scale[likely]
    below = np.array([weight @ stdtr(FREEDOM, (offset - shift) / scale) for offset in OFFSETS])
    offsets = tuple(float(offset) for offset in np.interp(LEVELS, below, OFFSETS))
    return Lesson(len(rows), float(weight @ shift), float(weight @ scale), offsets)
