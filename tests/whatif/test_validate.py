"""The twin against other papers: rows as data, forecasts over what is not known, and a score that cannot be flattered."""

import json
from pathlib import Path

import command_line
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.stats import norm

import ionweld.api.studies
import ionweld.report.files
import ionweld.twin.pool
from ionweld.laws.contact import stripping_contact_rate
from ionweld.spec.cell import parse_cell
from ionweld.spec.library import Entry, entry
from ionweld.spec.quantity import Quantity
from ionweld.study.forecast import (
    READ_AT_ONCE,
    Forecast,
    ForecastTask,
    cell_document,
    forecast,
    stripping_current,
    surfaces,
)
from ionweld.study.ordered import OrderedPair, ordered_pairs
from ionweld.study.validate import ComparedRow, compare, judge, naive, score
from ionweld.study.validation_rows import MeasuredRow, ValidationPaper, validation_papers
from ionweld.twin.library_draws import common_draws

PRESSURE = Quantity(1e6, "Pa", "1 MPa", "assumed", low=1e5, high=1e7)


def row(name: str = "x", kind: str = "critical_current", value: str = "1 mA/cm^2", **more: object) -> MeasuredRow:
    known = {"id": name, "kind": kind, "relation": "=", "value": value, "where": "text", "material": "Li6PS5Cl"}
    return MeasuredRow.model_validate(known | more)


def paper(*rows: MeasuredRow, split: str = "held_out", class_: str = "argyrodite") -> ValidationPaper:
    about = {"citation": "A", "how_seen": "text", "class": class_, "split": split}
    return ValidationPaper.model_validate(about | {"row": [one.model_dump(exclude_defaults=True) for one in rows]})


def shown(*values: float, measured: str = "1 mA/cm^2", guess: float | None = None, **more: object) -> ComparedRow:
    """Return a row whose forecast has these draws (mA/cm2)."""
    one = row(value=measured, **more)
    return compare(paper(one), one, Forecast(10.0 * np.array(values)), None if guess is None else 10.0 * guess)


# --- rows


def test_every_paper_is_readable_and_its_rows_are_unlike() -> None:
    papers = validation_papers()
    rows = [one for each in papers for one in each.row]
    assert len(papers) >= 45
    assert len({one.id for one in rows}) == len(rows) >= 100
    assert {each.split for each in papers} == {"told", "held_out"}
    assert len({one.material for one in rows}) >= 10


def test_all_faults_of_all_files_are_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "validation"
    folder.mkdir()
    good = 'citation = "A"\nhow_seen = "text"\nclass = "garnet"\nsplit = "told"\n[[row]]\nid = "a"\nkind = "life"\n'
    good += 'relation = "="\nvalue = "10 h"\nwhere = "text"\nmaterial = "LLZO"\n'
    (folder / "a.toml").write_text(good.replace("10 h", "10 mA"))
    (folder / "b.toml").write_text(good.replace('split = "told"', 'split = "both"'))
    monkeypatch.setattr(ionweld.study.validation_rows, "files", lambda _: tmp_path)
    validation_papers.cache_clear()
    try:
        with pytest.raises(ionweld.study.validation_rows.SpecError) as caught:
            validation_papers()
    finally:
        validation_papers.cache_clear()
    assert {fault.where.split(":")[0] for fault in caught.value.faults} == {"a.toml", "b.toml"}


# --- forecasts


def test_what_a_paper_does_not_say_has_a_range_and_what_it_says_has_none() -> None:
    told = row(stack_pressure="5 MPa", thickness="0.7 mm", temperature="60 degC", relative_density=0.9)
    cell = parse_cell(cell_document(told))
    assert (cell.stack_pressure.value, cell.stack_pressure.low) == (5e6, None)
    assert cell.temperature.value == pytest.approx(333.15)
    assert cell.electrolyte.relative_density.value == pytest.approx(0.9)
    silent = parse_cell(cell_document(row()))
    assert silent.stack_pressure.status == "assumed"
    assert silent.stack_pressure.low is not None
    none_beyond_air = parse_cell(cell_document(row(stack_pressure="0 MPa")))
    assert none_beyond_air.stack_pressure.high == pytest.approx(1e5)


def test_a_current_told_of_plating_alone_loses_no_contact_and_lithium_is_attached_as_it_was() -> None:
    assert parse_cell(cell_document(row())).switches["contact_loss"]
    assert not parse_cell(cell_document(row(direction="plating"))).switches["contact_loss"]
    (pressed,) = parse_cell(cell_document(row(attached_at="265 MPa", stack_pressure="0 MPa"))).formation
    assert pressed.stack_pressure.value == pytest.approx(265e6)
    assert not parse_cell(cell_document(row(stack_pressure="5 MPa"))).formation


def test_a_treatment_would_have_been_said() -> None:
    def states(**more: str) -> list[str | None]:
        told = row(material="LLZO-Ta", **more)
        cells = [parse_cell(one) for one in surfaces(cell_document(told), told)]
        return [one.electrodes.negative.interface.surface for one in cells]

    assert states() == [None, "polished"]
    assert states(surface="heat_treated") == ["heat_treated"]
    assert states(liquid="ether") == [None]


def test_one_way_a_cell_ends_when_its_contact_is_lost() -> None:
    """0.2 mA/cm2 without pressure: voids take the contact long before 5 V or a short."""
    told = {"kind": "one_way_charge", "value": "20 mAh/cm^2", "current": "0.2 mA/cm^2", "stack_pressure": "0 MPa"}
    found = forecast(ForecastTask(row(**told, attached_at="265 MPa"), 3)).values
    assert (found < 0.5 * 3.0 * 20.0 * 36.0e3).all()


@pytest.mark.parametrize(
    ("more", "missing"),
    [({"interlayer": "moon dust"}, "moon dust"), ({"material": "cheese"}, "cheese"), ({"surface": "kissed"}, "kissed")],
)
def test_what_the_library_cannot_describe_is_not_predicted_and_says_why(more: dict, missing: str) -> None:
    found = forecast(ForecastTask(row(**more), 2))
    assert found.values.size == 0
    assert missing in found.why


def test_a_life_without_its_current_is_not_predicted() -> None:
    assert "current" in forecast(ForecastTask(row(kind="life", value="10 h"), 2)).why


def test_a_conductivity_is_the_librarys_at_the_rows_temperature() -> None:
    known = entry("Li6PS5Cl")
    found = forecast(ForecastTask(row(kind="conductivity", value="1 mS/cm", temperature="25 degC"), 400)).values
    quantity = known.quantity("conductivity")
    assert quantity.low is not None
    assert quantity.high is not None
    warm = forecast(ForecastTask(row(kind="conductivity", value="1 mS/cm", temperature="60 degC"), 400)).values
    assert np.median(warm) > 2.0 * np.median(found)
    at = forecast(
        ForecastTask(
            row(kind="conductivity", value="1 mS/cm", temperature=known.quantity("conductivity_temperature").text), 400
        )
    ).values
    assert quantity.low <= np.quantile(at, 0.05) < np.median(at) < np.quantile(at, 0.95) <= quantity.high


def test_simulated_numbers_are_possible_and_draws_differ() -> None:
    resistance = forecast(
        ForecastTask(row(kind="interface_resistance", value="10 ohm*cm^2", stack_pressure="5 MPa"), 6)
    )
    assert (resistance.values > 0.0).all()
    assert resistance.values.size == 6 * READ_AT_ONCE
    assert len(set(resistance.values)) > 0.9 * resistance.values.size, "but for those at an end of their range"
    short = forecast(ForecastTask(row(kind="life", value="10 h", current="50 mA/cm^2", half_cycle="0.5 h"), 3)).values
    assert ((short > 0.0) & (short < 60.0)).all(), "a cell that meets the voltage limit at once has not lived"
    long = forecast(ForecastTask(row(kind="life", value="1 h", current="1 uA/cm^2", half_cycle="0.5 h"), 3)).values
    assert long == pytest.approx(3.0 * 3600.0), "a life is simulated for a while only"
    charge = forecast(ForecastTask(row(kind="one_way_charge", value="1 mAh/cm^2", current="0.1 mA/cm^2"), 3)).values
    assert ((charge > 0.0) & (charge <= 3.0 * 36000.0 * (1.0 + 1e-9))).all()


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


@settings(max_examples=8)
@given(st.floats(0.5, 10.0), st.floats(1.1, 10.0))
def test_stripping_is_fed_in_proportion_to_pressure_down_to_what_diffusion_feeds(P: float, factor: float) -> None:
    def current(MPa: float) -> float:
        return stripping_current(parse_cell(cell_document(row(stack_pressure=f"{MPa} MPa"))), entry("Li | Li6PS5Cl"))

    assert current(factor * P) == pytest.approx(factor * current(P))
    assert current(1e-4) == current(1e-3) < current(P), "diffusion needs no pressure"
    assert current(1e-4) > 0.02 * current(10.0)


# --- score


@pytest.mark.parametrize(
    ("low", "high", "relation", "holds"),
    [(0.5, 2.0, "=", True), (1.1, 2.0, "=", False), (0.1, 0.9, "=", False), (0.5, 2.0, ">", True), (0.1, 0.9, ">", False),
     (5.0, 9.0, ">", True), (0.1, 0.9, "<", True), (1.1, 2.0, "<", False)],
)  # fmt: skip
def test_a_number_holds_inside_its_band_and_a_bound_where_the_band_reaches(low, high, relation, holds) -> None:
    assert judge(low, high, 1.0, relation)[0] is holds


def test_the_score_of_a_hand_made_table() -> None:
    """Two held-out rows: one inside, 0.3 decades off; one outside, a decade off. A bound and a told row do not count."""
    near, far = shown(*[10**-0.3] * 10, 0.1, 10.0, guess=10.0), shown(*[0.1] * 20, guess=10.0)
    bound = shown(0.1, 0.1, relation=">")
    unseen = shown(0.1, 0.1, value_checked=False)
    one = row()
    told = compare(paper(one, split="told"), one, Forecast(np.array([1e3, 1e3])), None)
    found = score([near, far, bound, unseen, told], [])
    assert (found.rows, found.inside_90) == (2, 0.5)
    assert found.median_abs_log10_ratio == pytest.approx(0.65, abs=1e-6)
    assert found.skill["all"] == pytest.approx(1.0 - 0.65, abs=1e-6), "the naive forecast is a decade off in both"
    assert found.skill.keys() == {"all", "critical_current"}
    assert bound.status == "miss"


def pairs_of(*rows: tuple[MeasuredRow, list[float]]) -> list[OrderedPair]:
    made = paper(row())
    return ordered_pairs([(made, one) for one, _ in rows], [Forecast(10.0 * np.array(drawn)) for _, drawn in rows])


def test_pairs_that_differ_in_one_condition_are_put_in_order() -> None:
    low = row("low", value="1 mA/cm^2", relative_density=0.8), [1.0, 1.0]
    right = row("right", value="3 mA/cm^2", relative_density=0.9), [2.0, 2.0]
    wrong = row("wrong", value="2 mA/cm^2", relative_density=0.8, interlayer="Au"), [0.5, 0.5]
    found = pairs_of(low, right, wrong)
    assert [(one.lower, one.higher, one.condition, one.right) for one in found] == [
        ("low", "right", "relative_density", True),
        ("low", "wrong", "interlayer", False),
    ], "the third pair differs in two conditions"
    scored = score([], found)
    assert (scored.ordered_pairs, scored.right_order, scored.told_pairs) == (2, 0.5, 0)


def test_the_order_is_that_of_the_draws_one_by_one_not_of_their_medians() -> None:
    """Draws that spread over a decade, each of which rises by a tenth; and a median that rises while most draws fall."""
    spread = np.logspace(-1, 1, 11)
    cold, warm = row("cold", temperature="25 degC"), row("warm", value="2 mA/cm^2", temperature="60 degC")
    (found,) = pairs_of((cold, spread.tolist()), (warm, (1.1 * spread).tolist()))
    assert (found.share, found.right) == (1.0, True)
    (found,) = pairs_of((cold, [1.0, 2.0, 3.0, np.nan]), (warm, [0.9, 1.9, 9.0, 1.0]))
    assert (found.share, found.right) == (pytest.approx(1 / 3), False)
    (found,) = pairs_of((cold, [1.0, 1.0]), (warm, [1.0, 1.0]))
    assert (found.share, found.right) == (0.5, False), "a tie is not the right order"


def test_what_outlives_the_simulated_time_of_either_number_is_a_tie() -> None:
    """Lives of 10 and 100 h are simulated to 30 and 300 h: that the second lived longer was put in."""
    short, long = (row(name, kind="life", value=f"{name} h", temperature=f"{name} degC") for name in ("10", "100"))
    (found,) = pairs_of((short, [10800.0, 1800.0]), (long, [108000.0, 108000.0]))
    assert found.share == 0.75


def test_cells_of_one_material_are_drawn_together() -> None:
    """A condition that one cell draws and the other does not leaves all other draws as they are."""
    known = entry("Li | Li6PS5Cl")
    more = known.joined(Entry("x", "x", "", {"stack_pressure": PRESSURE}, {"stack_pressure": "x"}, {}))
    plain, wider = common_draws(known, 8, "a"), common_draws(more, 8, "a")
    assert [one["void_depth"] for one in plain] == [one["void_depth"] for one in wider]
    assert len({one["stack_pressure"] for one in wider}) == 8
    other = common_draws(known, 8, "b")
    assert [one["void_depth"] for one in plain] != [one["void_depth"] for one in other]


@pytest.mark.parametrize("count", [4, 13])
def test_of_each_number_one_draw_falls_in_each_equally_probable_part(count: int) -> None:
    drawn = np.sort([one["stack_pressure"] for one in common_draws(entry("Li | Li6PS5Cl").joined(
        Entry("x", "x", "", {"stack_pressure": PRESSURE}, {"stack_pressure": "x"}, {})), count, "a")])  # fmt: skip
    place = norm.cdf(2.0 * np.log(drawn / 1e6) / np.log(10.0))  # a range is two standard deviations to either side
    assert (np.floor(count * place) == np.arange(count)).all()


def test_draws_that_stall_are_counted_and_said_and_a_row_of_them_alone_is_not_predicted() -> None:
    some, none = shown(1.0, np.nan, 2.0, np.nan), shown(np.nan, np.nan)
    assert (some.predicted, some.status) == (pytest.approx(1.5), "miss")
    assert "2 of 4 draws could not be simulated" in some.why
    assert (none.predicted, none.status) == (None, "not predicted")
    assert "none of 2 draws" in none.why


def test_a_table_in_which_nothing_counts_has_no_score() -> None:
    found = score([], [])
    assert (found.rows, found.inside_90, found.median_abs_log10_ratio, found.skill) == (0, None, None, {"all": None})


def test_the_naive_forecast_knows_what_was_told_alone_and_prefers_the_same_class() -> None:
    papers = (
        paper(row("a", value="1 mA/cm^2"), row("b", value="3 mA/cm^2"), split="told"),
        paper(row("c", value="100 mA/cm^2"), split="held_out"),
        paper(row("d", value="9 mA/cm^2"), split="told", class_="garnet"),
        paper(row("e", value="50 mA/cm^2", relation=">"), split="told"),
    )
    assert naive(papers, "argyrodite", row()) == pytest.approx(20.0)
    assert naive(papers, "garnet", row()) == pytest.approx(90.0)
    assert naive(papers, "polymer", row()) == pytest.approx(30.0)
    assert naive(papers, "garnet", row(kind="life", value="1 h")) is None


def test_the_command_prints_one_document_and_draws_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On six papers: of each kind one row at least, told and held out."""
    names = {"schlenker2020", "han2017", "singh2022", "spencerjolly2021", "constriction2025", "flatscher2020"}
    whole = validation_papers()
    few = tuple(one for one in whole if any(each.id.split(".")[0] in names for each in one.row))
    monkeypatch.setattr(ionweld.api.studies, "validation_papers", lambda: few)  # where it is called
    monkeypatch.setattr(ionweld.twin.pool, "worker_count", lambda: 1)
    monkeypatch.setattr(ionweld.report.files, "png", lambda figure: b"not drawn")
    answer = command_line.ionweld("validate", "--json", "--draws", "2", "--out", str(tmp_path))
    assert answer.status == 0, answer.err
    document = answer.document
    assert len(document["rows"]) == sum(len(one.row) for one in few)
    contract = {"id", "source", "measured", "predicted", "ratio", "role", "status", "low", "high", "split"}
    assert all(contract <= one.keys() for one in document["rows"])
    assert {"inside_90", "median_abs_log10_ratio", "skill"} <= document["score"].keys()
    assert document["score_of_physics_alone"].keys() == document["score"].keys()
    assert {one["quantity"] for one in document["told"]} >= {"critical_current", "interface_resistance"}
    assert document == json.loads((tmp_path / "results.json").read_text())
    assert all(
        one["ratio"] == pytest.approx(one["predicted"] / one["measured"]) for one in document["rows"] if one["ratio"]
    )
    page = (tmp_path / "report.html").read_text("utf-8")
    assert all(one["id"] in page for one in document["rows"])
    assert ('class="miss' in page) == (document["misses"] > 0)
    assert "LLZO" in document["borrowed"]
    assert page.index("borrowed from") < page.index("<h1>") < page.index("<svg")


def test_what_an_interface_takes_over_from_another_is_an_assumption() -> None:
    base, own = entry("Li | Li2OHCl"), entry("Li | Li6PS5Cl")
    assert own.properties.keys() >= base.properties.keys()
    assert own.quantity("void_depth").status == "assumed"
    assert "taken over from Li | Li2OHCl" in own.quantity("void_depth").source
    assert own.quantity("replenishing_current").status == "literature"
    assert {known.status for known in entry("Li | LLZO").properties.values()} == {"assumed"}
    assert not own.priors
