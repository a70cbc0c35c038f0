"""The twin against other papers: the rows of the project's notes, their verdicts, and the law behind them."""

import json
from pathlib import Path

import command_line
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

import ionweld.report.files
from ionweld.laws.contact import replenishing_current, stripping_contact_rate
from ionweld.spec.library import entry
from ionweld.study.validate import _judge, contact_exponent, critical_current, load_table, validate

# The last column of section 5 of the project's notes on physics: calculated there, by other hands, with other code.
NOTES = {
    "Li6PS5Cl.60C.1MPa": "0.25", "Li6PS5Cl.80C.1MPa": "0.5", "Li6PS5Cl.80C.5MPa": "2.5", "Li6PS5Cl.25C.1MPa": "0.06",
    "Li6PS5Cl.25C.3MPa": "0.18", "Li6PS5Cl.25C.7MPa": "0.42", "Li6PS5Cl.25C.5MPa": "0.30", "LLZO.25C.0.4MPa": "0.024",
    "LLZO.25C.7.4MPa": "0.44", "contact.exponent": "-1.0",
}  # fmt: skip
MISSES = {"Li6PS5Cl.25C.7MPa", "LLZO.25C.0.4MPa", "LLZO.25C.7.4MPa", "contact.exponent"}


def test_the_rows_are_those_of_the_notes_and_misses_are_misses() -> None:
    rows = {row.about.id: row for row in validate(load_table())}
    decimals = {name: len(text.partition(".")[2]) for name, text in NOTES.items()}
    assert {name: f"{row.predicted:.{decimals[name]}f}" for name, row in rows.items()} == NOTES
    assert {name for name, row in rows.items() if row.status == "miss"} == MISSES
    assert {name for name, row in rows.items() if row.about.role == "calibrated"} == set(list(NOTES)[:2])
    assert all(row.predicted_low <= row.predicted <= row.predicted_high for row in rows.values())


def test_the_command_prints_one_document_and_says_what_was_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = json.loads(_said("--json", "--out", str(tmp_path)))
    contract = {"id", "source", "measured", "predicted", "ratio", "role", "status"}
    assert all(contract <= row.keys() for row in document["rows"])
    assert all(row["ratio"] == pytest.approx(row["predicted"] / row["measured"]) for row in document["rows"])
    assert {row["doi_checked"] for row in document["rows"]} == {True, False}
    assert all(Path(name).stat().st_size > 0 for name in document["files"])
    assert "could not be checked" in (tmp_path / "report.html").read_text()
    monkeypatch.setattr(ionweld.report.files, "png", lambda figure: b"drawn above")
    assert "not fully checked" in _said("--out", str(tmp_path))


def _said(*words: str) -> str:
    answer = command_line.ionweld("validate", *words)
    assert answer.status == 0
    return answer.out


@pytest.mark.parametrize(("share", "lasts"), [(0.9, True), (1.1, False)])
def test_the_critical_current_is_where_contact_is_lost(share: float, lasts: bool) -> None:
    """Integrate the law of contact itself, by another integrator, over a strip of 100 mAh/cm2."""
    j_rep, v, depth, theta_b = 5.0, 1.35e-10, 1e-5, 0.3

    def rate(_t: float, theta: np.ndarray) -> list[float]:
        return [float(stripping_contact_rate(theta[0], theta_b, share * j_rep, j_rep, v, depth))]

    def gone(_t: float, theta: np.ndarray) -> float:
        return theta[0] - 0.01 * theta_b

    gone.terminal = True  # pyright: ignore[reportFunctionMemberAccess]
    found = solve_ivp(rate, (0.0, 3.6e6 / (share * j_rep)), [theta_b], events=gone, rtol=1e-8)
    assert (found.t_events[0].size == 0) == lasts
    if lasts:
        assert found.y[0, -1] == pytest.approx(theta_b * (1.0 - share), rel=1e-3)


@given(st.floats(260.0, 400.0), st.floats(1e4, 1e7), st.floats(1.01, 10.0))
def test_more_pressure_and_more_heat_bear_more_current(T: float, P: float, factor: float) -> None:
    interface = entry("Li | Li6PS5Cl")
    base = critical_current(T, P, interface)
    assert critical_current(T, factor * P, interface) == pytest.approx(factor * base)
    assert critical_current(T + 1.0, P, interface) > base
    assert critical_current(353.15, P, interface) == pytest.approx(
        replenishing_current(interface["replenishing_current"], P)
    )


def test_full_contact_no_longer_depends_on_pressure() -> None:
    assert contact_exponent(298.15, 1e5, 36000.0) == pytest.approx(-1.0)
    assert contact_exponent(298.15, 1e7, 36000.0) == 0.0


@pytest.mark.parametrize(
    ("predicted", "measured", "relation", "holds"),
    [(1.4, 1.0, "=", True), (1.6, 1.0, "=", False), (0.6, 1.0, "=", False), (2.0, 1.0, ">", True),
     (0.9, 1.0, ">", False), (0.9, 1.0, "<", True), (1.1, 1.0, "<", False)],
)  # fmt: skip
def test_an_equality_holds_within_its_factor_and_a_bound_on_its_side(predicted, measured, relation, holds) -> None:
    assert _judge(predicted, measured, relation, 1.5)[0] is holds


def test_what_an_interface_takes_over_from_another_is_an_assumption() -> None:
    base, own = entry("Li | Li2OHCl"), entry("Li | Li6PS5Cl")
    assert own.properties.keys() >= base.properties.keys()
    assert own.quantity("void_depth").status == "assumed"
    assert "taken over from Li | Li2OHCl" in own.quantity("void_depth").source
    assert own.quantity("replenishing_current").status == "literature"
    assert {known.status for known in entry("Li | LLZO").properties.values()} == {"assumed"}
    assert not own.priors
