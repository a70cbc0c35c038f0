"""Wall clocks are set forward and back an hour in the night to a Sunday; a test goes on meanwhile."""

import numpy as np
from numpy.typing import NDArray

_HOUR_S, _DAY_S = 3600.0, 86400.0
_UNTIL_H = 3  # local time: by then the clocks of all countries that do so are changed
_MONTHS = (3, 4, 9, 10, 11)  # of both hemispheres
_USUAL_INTERVALS = 10.0  # beside the hour, at most so much time passes from record to record


def changes_of_hour(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much the clock was set at each row, s, shape (n,): 3600 forward, -3600 back, else 0.

    moments: local clock times as s since 1970, shape (n,), NaN where unknown. A fall of up to an hour, or one hour that no
    record is of, counts only where the rest of the step is an interval of this file, in a night to Sunday in which clocks
    are changed.
    """
    changed = np.zeros(len(moments))
    known = np.flatnonzero(np.isfinite(moments))
    steps = np.diff(moments[known])
    suspect = np.flatnonzero((steps < 0.0) | (steps > _HOUR_S))  # few rows of a million
    if not suspect.size or not (steps > 0.0).any():
        return changed
    most = _USUAL_INTERVALS * float(np.median(steps[steps > 0.0]))
    steps, before, after = steps[suspect], moments[known[suspect]], known[suspect + 1]
    back = (steps < 0.0) & (steps + _HOUR_S >= 0.0) & (steps + _HOUR_S <= most)
    whole_hour = _HOUR_S * np.ceil((before + 1e-3) / _HOUR_S)
    skipped = (before + steps >= whole_hour + _HOUR_S) & (steps - _HOUR_S > 0.0) & (steps - _HOUR_S <= most)
    night = _in_such_a_night(before)
    changed[after[back & night]] = -_HOUR_S
    changed[after[skipped & night]] = _HOUR_S
    return changed


def _in_such_a_night(moments: NDArray[np.float64]) -> NDArray[np.bool_]:
    days = np.floor(moments / _DAY_S)
    hour = (moments - days * _DAY_S) / _HOUR_S
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12 + 1
    sunday = days % 7 == 3  # 1970-01-01 was a Thursday
    return sunday & (hour < _UNTIL_H) & np.isin(month, _MONTHS)
