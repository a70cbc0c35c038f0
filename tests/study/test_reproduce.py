"""What counts as a hit."""

import math

import pytest

from ionweld.study.impedance import study_impedance
from ionweld.study.model import load_study
from ionweld.study.reproduce import judge, target
from ionweld.study.text import Number
from ionweld.twin.ensemble import Band


def number(relation: str, value: str, precision: str | None = None) -> Number:
    return Number(
        id="x", quantity="x", where="x", quote="x", relation=relation, value=value, unit="V",  # pyright: ignore[reportArgumentType]
        precision=precision, role="predicted",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("relation", "median", "holds"),
    [(">", 0.16, True), (">", 0.15, False), (">", 0.14, False), ("<", 0.14, True), ("<", 0.15, False)],
)
def test_a_bound_holds_by_the_median(relation: str, median: float, holds: bool) -> None:
    wide = Band(median, 0.0, 0.1, 0.2, 1.0, 10, 10)
    assert judge(number(relation, "150 mV"), wide)[0] is holds


def test_an_equality_holds_within_the_printed_precision_or_the_band() -> None:
    told = number("=", "50 mV", "5 mV")
    nowhere = math.nan
    assert judge(told, Band(0.0549, nowhere, nowhere, nowhere, nowhere, 1, 1))[0]
    assert not judge(told, Band(0.0551, nowhere, nowhere, nowhere, nowhere, 1, 1))[0]
    assert judge(told, Band(0.07, 0.049, 0.06, 0.08, 0.09, 10, 10))[0]
    assert not judge(told, Band(0.07, 0.051, 0.06, 0.08, 0.09, 10, 10))[0]
    assert not judge(told, Band(*(nowhere,) * 5, n=0, total=10))[0]


def test_what_cannot_be_computed_yet_is_never_a_hit() -> None:
    study = load_study("yu2021")
    waiting = study.targets()[0].model_copy(update={"needs": "time machine"})
    row = target(waiting, {}, study_impedance(study))
    assert (row.status, row.holds, row.twin) == ("not yet", False, None)


def test_activation_energies_are_read_off_spectra() -> None:
    study = load_study("yu2021")
    pellets, rows = study_impedance(study), [one for one in study.targets() if one.id.startswith("fig1d")]
    assert [round(target(one, {}, pellets).twin or 0.0, 2) for one in rows] == [0.6, 0.61]
    assert all(target(one, {}, pellets).holds for one in rows)
