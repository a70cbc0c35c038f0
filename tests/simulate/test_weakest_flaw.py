"""The weakest flaw of a film: of all its columns, also of those that are not worked out."""

from dataclasses import replace

import numpy as np
import pytest
from spine_cells import cell_document

from ionweld.simulate.conditions import conditions
from ionweld.simulate.mechanism import Setting
from ionweld.spec.cell import parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.protocol import parse_protocol

MODULUS = 4.0
PROTOCOL = parse_protocol({
    "name": "one", "first_half_cycle": "charge", "stages": [{"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 1}],
})  # fmt: skip


def film(thickness: str, columns: int | None = None) -> Setting:
    pellet = {"material": "Li2OHCl", "diameter": "10 mm", "thickness": thickness}
    cell = parse_cell(cell_document() | {"electrolyte": pellet})
    return conditions(cell, PROTOCOL, library_parameters(cell), "a", columns).setting


def drawn(setting: Setting, seeds: int) -> np.ndarray:
    return np.array([replace(setting, seed=f"{seed}").flaws(MODULUS, "flaw") for seed in range(seeds)])


def test_the_weakest_is_that_of_all_and_the_others_are_as_drawn() -> None:
    """The least of N numbers of a Weibull distribution of mean 1 has the mean N^(-1/m)."""
    setting, seeds = film("0.05 mm"), 400
    assert setting.derived.independent > 20 * setting.columns
    least = drawn(setting, seeds).min(axis=1)
    spread = 0.28  # of Weibull numbers of this modulus
    assert least.mean() * setting.derived.independent ** (1.0 / MODULUS) == pytest.approx(
        1.0, abs=4 * spread / seeds**0.5
    )
    assert least.std() / least.mean() == pytest.approx(spread, rel=0.15)
    changed = setting.flaws(MODULUS, "flaw") != setting.weibull(MODULUS, "flaw")
    assert np.count_nonzero(changed) <= 1


def test_where_all_columns_are_worked_out_none_is_put_in() -> None:
    pellet, few = film("0.5 mm"), film("0.05 mm", 7)
    for setting in (pellet, few):
        assert setting.flaws(MODULUS, "flaw").tolist() == setting.weibull(MODULUS, "flaw").tolist()
    assert pellet.derived.independent == pellet.columns


def test_fewer_columns_make_no_other_first_short() -> None:
    """The strength of the weakest flaw decides; how many others are worked out beside it does not."""
    setting = film("0.05 mm")
    fewer = replace(setting, columns=100, derived=replace(setting.derived, columns=100))
    many, few = drawn(setting, 300).min(axis=1), drawn(fewer, 300).min(axis=1)
    assert np.log(few).mean() == pytest.approx(np.log(many).mean(), abs=0.06)
    assert replace(fewer, derived=setting.derived).flaws(MODULUS, "flaw").min() > few.mean()  # as if these were all
