"""What is no text, no list and no quantity is refused where it was given, by every public name: types are not held in a notebook."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ionweld as iw
from ionweld.errors import InputError

BARE = Path(__file__).parents[2] / "examples" / "bare.toml"
F = np.geomspace(1e6, 1.0, 31)
ARC = iw.Spectrum(frequency=F, impedance=100.0 + 1e3 / (1.0 + 2e-4j * np.pi * F), temperature="350 K")
PROTOCOL = BARE.with_name("cycling.toml")
WRONG: dict[str, Callable[[Any], object]] = {
    "wavelength": lambda wrong: iw.fit_xrd("a.xy", phases=["LiOH"], wavelength=wrong),
    "phases": lambda wrong: iw.fit_xrd("a.xy", phases=wrong),
    "electrolyte": lambda wrong: iw.fit_ftir("a.csv", electrolyte=wrong),
    "scale": lambda wrong: iw.measure_sem("a.tif", scale=wrong),
    "edges": lambda wrong: iw.measure_sem("a.tif", edges=wrong),
    "claims": lambda wrong: iw.fit_xps("a.csv", claims=wrong),
    "goal": lambda wrong: iw.diagnose(BARE, [], goal=wrong),
    "measurements": lambda wrong: iw.diagnose(BARE, wrong),
    "circuit": lambda wrong: iw.fit(ARC, wrong),
    "window": lambda wrong: iw.fit(ARC, "R0-p(R1,C1)", window=wrong),
    "spectra": lambda wrong: iw.arrhenius(wrong, "R0-p(R1,C1)"),
    "vary": lambda wrong: iw.sweep(BARE, PROTOCOL, wrong),
    "samples": lambda wrong: iw.compatibility([wrong, wrong]),
    "temperature": lambda wrong: ARC.with_(temperature=wrong),
    "path": lambda wrong: iw.read(wrong),
}


@pytest.mark.parametrize("wrong", [3, 1.54, b"text"], ids=repr)
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_refused_under_its_name(name: str, wrong: object) -> None:
    with pytest.raises(InputError) as refused:
        WRONG[name](wrong)
    assert all(name in fault.where for fault in refused.value.faults)
    assert all(fault.mend for fault in refused.value.faults)


def test_the_goal_of_advice_too() -> None:
    with pytest.raises(InputError, match=r"goal: 400 is no text\. Write it as text, such as"):
        iw.advise(BARE, PROTOCOL, goal=400)  # pyright: ignore[reportArgumentType]
