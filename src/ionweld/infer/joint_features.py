"""What cycling and the spectrum before it say only together: what was added in cycling, beside what an interface had at first.

    below f   Re Z at the lowest frequency less Re Z at f, of the cell as assembled: what relaxes below f, interfaces above all
    added     resistance that cycling has added over what is below f
    drives    (below f + added) times the current before the first sudden drop: the voltage that opens flaws

A growth of the whole resistance tells these badly where most of it is the pellet's.
"""

import numpy as np

from ionweld.infer.features import FIRST_RESISTANCE, LAST_CURRENT, LAST_GROWTH, Features
from ionweld.infer.spectrum_features import GRID_HZ

ABOVE_HZ = GRID_HZ[:7:2]  # 1 MHz to 1 kHz: below one of them lies the interface of any pair
AGREEMENT = "ln(resistance at first in cycling over that at "
LEAST = 1e-3  # of the whole: less is noise


def joint_features(test: Features, before: dict[float, complex]) -> Features:
    """Return what the features of a test and a spectrum on the grid, taken before it, say together."""
    if FIRST_RESISTANCE not in test or LAST_GROWTH not in test or len(before) < 2:
        return {}
    first, whole = np.exp(test[FIRST_RESISTANCE]), before[min(before)].real
    added = first * np.expm1(test[LAST_GROWTH])
    found = {f"{AGREEMENT}{min(before):.3g} Hz before)": np.log(first / whole)} if whole > 0.0 else {}
    for f in (one for one in ABOVE_HZ if one in before and one != min(before)):
        below = max(whole - before[f].real, LEAST * abs(whole))
        found[f"ln(resistance below {f:.3g} Hz before / ohm)"] = np.log(below)
        found[f"added in cycling over what is below {f:.3g} Hz before"] = added / below
        if LAST_CURRENT in test:
            drives = np.log(max(below + added, LEAST * below)) + test[LAST_CURRENT]
            found[f"ln(voltage over what is below {f:.3g} Hz, before the first sudden drop / V)"] = drives
    return {name: float(value) for name, value in found.items() if np.isfinite(value)}
