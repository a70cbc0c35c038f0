"""What is learnt from draws, on toys whose truth is known: odds, calibration, resemblance, posterior."""

from dataclasses import replace

import numpy as np
import pytest

from ionweld.infer.ablation import Fate
from ionweld.infer.causes import FADING, Tempering, calibrated, entropy_bits, learn_causes, ranked
from ionweld.infer.draws import DiagnosisDraw
from ionweld.infer.features import FIRST_RESISTANCE, LEVELS
from ionweld.infer.posterior import (
    bridged,
    kernel,
    learn_parameters,
    likely_ties,
    posterior,
    told,
    weighted_quantiles,
)
from ionweld.infer.resemblance import LEAST_SPREAD, NO_RUN, UNLIKE, cloud_of, distances, ranges_of, resemblance
from ionweld.infer.strata import LOOKS
from ionweld.infer.table import CAUSES, table_of
from ionweld.infer.trees import predicted, regressor

ALIVE = Fate(False, 1.0, 0.0)
RNG = np.random.default_rng(5)
N = 400


def toy(n=N, noise=1.0, seed=1):
    """Return draws of two causes that one feature tells apart with overlap, and a parameter behind another feature."""
    rng = np.random.default_rng(seed)
    cause = rng.random(n) < 0.5
    x, theta = cause * 2.0 + noise * rng.standard_normal(n), rng.normal(0.0, 1.0, n)
    y, z = theta + 0.3 * rng.standard_normal(n), rng.standard_normal(n)
    names = np.where(cause, "filament", "contact_loss")
    features = [{"x": a, "y": b, "z": c} for a, b, c in zip(x.tolist(), y.tolist(), z.tolist(), strict=True)]
    for one in features[::10]:
        del one["z"]  # missing evidence
    return [
        DiagnosisDraw(i, one, ALIVE, {}, str(name), {"critical_current": float(np.exp(t))})
        for i, (one, name, t) in enumerate(zip(features, names, theta, strict=True))
    ]


@pytest.fixture(scope="module")
def learnt():
    table = table_of(toy(), {})
    return table, learn_causes(table, map)


def test_odds_are_those_of_bayes(learnt):
    table, causes = learnt
    x = np.linspace(-1.0, 3.0, 21)
    true = 1.0 / (1.0 + np.exp(-2.0 * (x - 1.0)))  # two normals of one width, 2 apart
    odds = np.array([causes.odds(table.row({"x": one, "y": 0.0, "z": 0.0})) for one in x])
    assert np.abs(odds[:, CAUSES.index("filament")] - true).mean() < 0.1
    assert odds.sum(axis=1) == pytest.approx(1.0)


def test_odds_are_calibrated_on_draws_that_were_left_out(learnt):
    table, causes = learnt
    p = causes.held_out[:, CAUSES.index("filament")]
    truth = table.causes == CAUSES.index("filament")
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.0)):
        here = (p >= low) & (p < high)
        assert abs(p[here].mean() - truth[here].mean()) < 0.1


def test_a_cause_that_no_draw_has_gets_no_odds(learnt):
    table, causes = learnt
    mechanisms, undecided = ranked(causes.odds(table.row({"x": 1.0})))
    assert sum(one.odds for one in mechanisms) + undecided == pytest.approx(1.0)
    assert {one.mechanism for one in mechanisms if one.odds > 0.0} == {"filament", "contact_loss"}
    assert [one.odds for one in mechanisms] == sorted((one.odds for one in mechanisms), reverse=True)


def test_draws_of_one_cause_alone_leave_nothing_to_learn():
    draws = [DiagnosisDraw(i, {"x": float(i)}, ALIVE, {}, "none") for i in range(60)]
    table = table_of(draws, {})
    assert learn_causes(table, map).odds(table.row({"x": 3.0}))[CAUSES.index("none")] == pytest.approx(1.0)


def test_a_feature_that_only_the_measured_cell_has_breaks_nothing():
    wider = table_of(toy(80), {"w": 3.0})
    seen = wider.row({"x": 3.5, "y": 0.0, "z": 0.0, "w": 3.0})
    odds = learn_causes(wider, map).odds(seen)
    assert odds[CAUSES.index("filament")] > odds[CAUSES.index("contact_loss")]
    assert np.isfinite(regressor(wider.features, wider.parameter("critical_current")).predict(seen[None, :])).all()


def test_overconfident_logs_are_softened_and_calibrated_ones_left():
    true = RNG.uniform(0.05, 0.95, 4000)
    causes = (RNG.random(4000) > true).astype(np.int64)
    logs, shares = np.log(np.stack([true, 1 - true], axis=1)), np.array([0.5, 0.5])
    near, counts = np.zeros(4000), np.ones(4000)
    assert np.exp(calibrated(logs, causes, shares, near, counts).a) == pytest.approx(1.0, abs=0.15)
    again = calibrated(3.0 * logs, causes, shares, near, counts).of(3.0 * logs, near, shares)
    assert np.abs(again[:, 0] - true).mean() < 0.04


def test_odds_that_are_wrong_far_from_the_draws_are_softened_there_alone():
    true = RNG.uniform(0.05, 0.95, 4000)
    away = RNG.exponential(2.0, 4000)
    guessed = away > 2.0  # there the trees know nothing
    causes = (RNG.random(4000) > np.where(guessed, 0.5, true)).astype(np.int64)
    logs, shares = np.log(np.stack([true, 1 - true], axis=1)), np.array([0.5, 0.5])
    found = calibrated(logs, causes, shares, away, np.ones(4000)).of(logs, away, shares)
    assert np.abs(found[guessed, 0] - 0.5).mean() < 0.75 * np.abs(true[guessed] - 0.5).mean()
    assert np.abs(found[away < 0.5, 0] - true[away < 0.5]).mean() < 0.06


def test_odds_fade_to_the_shares_as_a_cell_leaves_the_draws():
    logs, shares = np.log(np.array([[0.98, 0.02]])), np.array([0.4, 0.6])
    soft = Tempering(0.0, FADING, -3.0, FADING)
    odds = [soft.of(logs, np.array([far]), shares)[0, 0] for far in (0.0, 5.0, 50.0, 500.0)]
    assert odds == sorted(odds, reverse=True)
    assert odds[-1] == pytest.approx(0.45, abs=0.01)  # even trees that know nothing, half mixed with the shares


def test_a_draw_that_counts_twice_is_two_draws():
    draws = toy(200)
    heavy = [replace(one, weight=2.0) if one.number % 4 < 2 else one for one in draws]
    shares = table_of(heavy, {}).shares
    doubled = table_of([*draws, *(one for one in draws if one.number % 4 < 2)], {}).shares
    assert shares == pytest.approx(doubled)
    assert shares.sum() == pytest.approx(1.0)


def test_a_cause_that_could_be_and_no_draw_had_is_rare_and_not_impossible():
    draws = [replace(one, without={"layer": ALIVE}) for one in toy(90)]
    shares = table_of(draws, {}).shares
    assert shares[CAUSES.index("layer")] == pytest.approx(0.5 / (len({one.run for one in draws}) + 3 * 0.5))
    assert shares[CAUSES.index("cathode")] == 0.0
    assert shares.sum() == pytest.approx(1.0)


def test_entropy():
    assert entropy_bits(np.array([0.5, 0.5])) == pytest.approx(1.0)
    assert entropy_bits(np.array([1.0, 0.0])) == 0.0


def test_a_cell_like_the_draws_is_explained_and_one_outside_is_not():
    table = table_of(toy(), {})
    cloud = cloud_of(table)
    inside = resemblance(cloud, table.row({"x": 1.0, "y": 0.1, "z": 0.0}))
    outside = resemblance(cloud, table.row({"x": 1.0, "y": 0.1, "z": 30.0}))
    assert inside.explained
    assert not inside.misfit
    assert not outside.explained
    assert outside.misfit[0].feature == "z"
    assert outside.misfit[0].value == 30.0
    assert -3.0 < outside.misfit[0].low < outside.misfit[0].high < 3.0


def test_what_reaches_beyond_all_other_cells_counts_in_lengths_of_the_tail():
    runs = np.array([0, 0, *range(1, 21)])
    points = np.stack([[0.0, 20.0, *range(1, 20), 5.0], [0.0] * 22, [1.0, *[np.nan] * 21]], axis=1)
    ranges = ranges_of(points, runs)  # of the first feature 20, 19, 18 upwards: nine in ten reach 18
    rows = np.array([[24.0, 0.0, 50.0], [20.0, 0.0, 0.0], [3.0, 2.05, 0.0]])
    none, least = np.full(3, NO_RUN), LEAST_SPREAD
    upwards = (4.0 - least) / (2.0 + least)
    assert ranges.outside(rows, none) == pytest.approx([upwards, 0.0, 40.0])
    assert ranges.outside(rows, np.array([NO_RUN, 0, 1]))[1] == pytest.approx((1.0 - least) / (1.0 + least))
    assert ranges.outside(-rows, none)[2] == pytest.approx(40.0 + (3.0 - least) / (2.0 + least))


def test_one_feature_that_no_draw_has_is_enough_not_to_be_explained():
    """As a liquid's resistance: that of any solid is far from it, while much else is spread widely, so that single cells stand apart."""
    rng = np.random.default_rng(3)
    names = [FIRST_RESISTANCE, *(f"f{place}" for place in range(60))]
    values = rng.standard_t(3, (150, 61))
    values[:, 0] = rng.uniform(-1.0, 1.0, 150)
    draws = [
        DiagnosisDraw(LOOKS * i, dict(zip(names, row.tolist(), strict=True)), ALIVE, {}, "none")
        for i, row in enumerate(values)
    ]
    cloud = cloud_of(table_of(draws, {}))
    usual = dict.fromkeys(names, 0.0)
    assert resemblance(cloud, cloud.table.row(usual)).explained
    for far in (-3.0, 3.0):
        assert not resemblance(cloud, cloud.table.row(usual | {FIRST_RESISTANCE: far})).explained


def test_what_the_test_fixes_for_all_draws_is_no_misfit_by_its_rounding():
    rounding = RNG.standard_normal(N) * 1e-9
    draws = [replace(one, features=one.features | {"w": -10.5 + r}) for one, r in zip(toy(), rounding, strict=True)]
    cloud = cloud_of(table_of(draws, {}))
    seen = {"x": 1.0, "y": 0.1, "z": 0.0}
    rounded, other = (resemblance(cloud, cloud.table.row(seen | {"w": w})) for w in (-10.5004, -11.5))
    assert rounded.explained
    assert not rounded.misfit
    assert [one.feature for one in other.misfit] == ["w"]
    assert not other.explained


def test_the_share_of_cells_of_the_prior_that_are_refused_is_small():
    table = table_of(toy(), {})
    cloud = cloud_of(table)
    shares = np.array([cloud.place(table.row(one.features)).share for one in toy(400, seed=9)])
    assert np.mean(shares < UNLIKE) == pytest.approx(UNLIKE, abs=0.04)
    assert np.mean(shares < 0.5) == pytest.approx(0.5, abs=0.08)


def test_a_cell_counts_among_the_draws_as_one_simulated_cell_more():
    draws = [replace(one, number=LOOKS * one.number) for one in toy(60)]
    cloud = cloud_of(table_of(draws, {}))
    assert cloud.place(cloud.table.row({"x": 50.0, "y": 50.0, "z": 50.0})).share == pytest.approx(1.0 / 61.0)
    again = [replace(one, number=one.number + 1) for one in draws]  # a second look at each is no other cell
    doubled = cloud_of(table_of([*draws, *again], {}))
    assert doubled.place(doubled.table.row({"x": 50.0, "y": 50.0, "z": 50.0})).share == pytest.approx(1.0 / 61.0)


def test_away_grows_on_beyond_the_farthest_draw():
    table = table_of(toy(), {})
    cloud = cloud_of(table)
    at = [cloud.place(table.row({"x": 1.0, "y": y, "z": 0.0})).away for y in (0.0, 3.0, 5.0, 7.0)]
    assert at == sorted(at)
    assert at[-1] > at[-2] > 3.0


def test_only_draws_of_the_exact_laws_explain_a_cell():
    far = [replace(one, number=1000 + one.number, features=one.features | {"z": 30.0}, exact=False) for one in toy(100)]
    cloud = cloud_of(table_of([*toy(), *far], {}))
    place = cloud.place(cloud.table.row({"x": 1.0, "y": 0.1, "z": 30.0}))
    assert place.share < UNLIKE
    assert place.away > 4.0
    assert (cloud.away[~cloud.exact] > 4.0).all()  # so that calibration learns what odds are worth there
    assert np.average(cloud.away[cloud.exact] > 3.0, weights=cloud.table.weights[cloud.exact]) < 2 * np.exp(-3.0)
    assert cloud.place(cloud.table.row({"x": 1.0, "y": 0.1, "z": 0.0})).share > UNLIKE


def test_looks_at_one_cell_are_no_neighbours_of_each_other():
    draws = [DiagnosisDraw(i, {"x": float(i // 2)}, ALIVE, {}, "none") for i in range(40)]
    cloud = cloud_of(table_of(draws, {}))
    assert (cloud.away < 3.0).all()
    assert cloud.place(cloud.table.row({"x": 40.0})).away > 3.0


def test_distances_count_what_one_has_and_the_other_lacks():
    one, other = np.array([[0.0, np.nan]]), np.array([[0.0, 1.0], [3.0, np.nan], [0.0, np.nan]])
    assert distances(one, other)[0] == pytest.approx([np.sqrt(2.0), np.sqrt(4.5), 0.0])


def test_the_posterior_finds_the_parameter_and_says_how_well():
    table = table_of(toy(), {})
    learnt, n = learn_parameters(table, map), len(table.draws)
    flat = np.full((n, len(CAUSES)), 1.0 / len(CAUSES))
    row = table.row({"x": 1.0, "y": 1.0, "z": 0.0})
    found = posterior(learnt, table, row, flat, flat[0])
    (one,) = found.rows
    # theta | y is normal: y/(1 + 0.09), and 0.3/sqrt(1.09) wide
    mean, width = 1.0 / 1.09, 0.3 / np.sqrt(1.09)
    assert np.log(one.median) == pytest.approx(mean, abs=0.2)
    assert 2 * 1.96 * width < np.log(one.high) - np.log(one.low) < 2.2 * 2 * 1.96 * width
    assert one.prior[0] < one.low < one.median < one.high
    assert found.weights.sum() == pytest.approx(1.0)
    near = np.array([abs(np.log(draw.parameters["critical_current"]) - mean) for draw in table.draws])
    assert (found.weights * near).sum() < 0.6 * near.mean()


def test_intervals_hold_what_they_say():
    """Simulation-based calibration: of cells from the prior, 95 % lie in their 95 % interval."""
    table = table_of(toy(600), {})
    (one,) = learn_parameters(table, map)
    others = toy(200, seed=21)
    rows = np.array([table.row(draw.features) for draw in others])
    expected = np.mean([predicted(fold, rows) for fold in one.folds], axis=0)
    inside = []
    for draw, at in zip(others, expected.tolist(), strict=True):
        low, _, high = told(one, at)[1]
        inside.append(low <= np.log(draw.parameters["critical_current"]) <= high)
    assert 0.89 <= np.mean(inside) <= 1.0


def test_what_data_say_nothing_of_is_neither_less_nor_much_more_certain_after_them():
    blind = [replace(draw, features={"z": draw.features.get("z", 0.0)}) for draw in toy(200)]
    (one,) = learn_parameters(table_of(blind, {}), map)
    pairs = [told(one, at) for at in one.held_out.tolist()]
    assert all(before[0] <= after[0] and after[-1] <= before[-1] for before, after in pairs)
    assert np.median([np.ptp(after) / np.ptp(before) for before, after in pairs]) > 0.85


def test_draws_that_stand_for_a_cell_are_like_it_in_the_levels_of_its_curve():
    levels = np.random.default_rng(3).standard_normal(N)  # which tell neither cause nor parameter
    draws = [
        replace(one, features=one.features | {LEVELS[0]: r}) for one, r in zip(toy(), levels.tolist(), strict=True)
    ]
    table, flat = table_of(draws[10:], {}), np.full((N - 10, len(CAUSES)), 1.0 / len(CAUSES))
    row = table.row({"x": 1.0, "y": 0.0, "z": 0.0, LEVELS[0]: 1.5})
    weights = posterior((), table, row, flat, flat[0]).weights
    middle = weights @ levels[10:]
    assert middle == pytest.approx(1.5, abs=0.3)
    assert weights @ (levels[10:] - middle) ** 2 < 0.25 * levels.var()
    row[table.names.index(LEVELS[0])] = np.nan  # a measured cell that lacks the level is like all draws
    assert posterior((), table, row, flat, flat[0]).weights == pytest.approx(table.weights)


def test_weighted_quantiles_of_equal_weights_are_quantiles():
    values = RNG.standard_normal(2001)
    found = weighted_quantiles(values, np.ones(values.size))
    assert found == pytest.approx(np.quantile(values, [0.025, 0.5, 0.975], method="hazen"), abs=1e-9)
    assert kernel(np.array([0.0, 1.0, 2.0, 3.0])).argmax() == 0


def test_the_odds_of_a_tie_are_a_part_of_what_is_undecided():
    died, lasts = Fate(True, 10.0, 0.5), Fate(False, 20.0, 0.5)
    pair = {"filament": lasts, "interphase": lasts, "contact_loss": died}
    alone = {"filament": lasts, "contact_loss": died}
    three = {"filament": lasts, "layer": lasts, "cathode": lasts}
    made = (("undecided", pair), ("undecided", three), ("filament", alone), ("filament", alone))
    draws = [DiagnosisDraw(i, {"x": 1.0}, died, one, cause) for i, (cause, one) in enumerate(made)]
    odds = np.zeros(len(CAUSES))
    odds[[CAUSES.index(name) for name in ("undecided", "filament")]] = 0.3, 0.7
    (tie,) = likely_ties(table_of(draws, {}), np.array([0.6, 0.2, 0.1, 0.1]), odds)
    assert tie.mechanisms == ("filament", "interphase")
    assert tie.odds == pytest.approx(0.3 * 0.6 / 0.8)  # of what is undecided alone, whatever the draws weigh


def test_a_filament_crosses_as_often_as_in_the_draws_of_each_cause_by_its_odds():
    limits = ("contact_loss", "contact_loss", "none", "none")
    draws = [
        DiagnosisDraw(i, {"x": 1.0}, ALIVE, {}, cause, bridged=crossed)
        for i, (cause, crossed) in enumerate(zip(limits, (True, False, True, False), strict=True))
    ]
    odds = np.zeros(len(CAUSES))
    odds[[CAUSES.index(name) for name in ("contact_loss", "none")]] = 0.9, 0.1
    share = bridged(table_of(draws, {}), np.array([0.3, 0.1, 0.0, 0.6]), odds)
    assert share == pytest.approx(0.9 * 0.75)
