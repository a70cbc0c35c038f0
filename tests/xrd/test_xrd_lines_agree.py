"""How lines that disagree make one amount, and what phases that hide behind their limits do to every share."""

import numpy as np
import pytest
from independent_diffraction import Bench, Portion, host, lioh, measured

from ionweld.analyse.xrd import fit_pattern, weak
from ionweld.analyse.xrd.weak import over_lines
from ionweld.spec.crystal import phases_of
from ionweld.spec.library import entry


def agreed(monkeypatch, amplitudes, errors):
    numbers = np.array(amplitudes), np.array(errors), np.ones(len(amplitudes))
    monkeypatch.setattr(weak, "by_group", lambda *_: numbers)
    return over_lines(None, 0)  # type: ignore[arg-type]


def test_lines_that_agree_are_weighed_by_their_errors_and_add_none(monkeypatch):
    value, scatter = agreed(monkeypatch, [1.0, 1.03, 0.97, 1.1], [0.1, 0.1, 0.1, 0.2])
    assert value == pytest.approx((1.0 + 1.03 + 0.97 + 1.1 / 4) / 3.25)
    assert scatter == 0.0


def test_a_line_that_is_merely_precise_weighs_little_more_than_the_others(monkeypatch):
    value, scatter = agreed(monkeypatch, [0.5, 1.25, 1.35, 1.3, 1.3], [0.005, 0.02, 0.02, 0.02, 0.02])
    assert value == pytest.approx(np.mean([0.5, 1.25, 1.35, 1.3, 1.3]), abs=0.03)
    plain = np.std([0.5, 1.25, 1.35, 1.3, 1.3], ddof=1) / np.sqrt(5)
    assert plain < scatter < 2 * plain  # the method counts the scatter around the precise line, which lies aside


def test_lines_that_nobody_can_see_have_no_say(monkeypatch):
    seen = agreed(monkeypatch, [1.0, 1.2, 0.9, 1.0], [0.01] * 4)
    assert agreed(monkeypatch, [1.0, 1.2, 0.9, 1.0, 9.0, 5.0], [*[0.01] * 4, 0.6, 0.0]) == seen
    assert agreed(monkeypatch, [1.0, 1.2, 0.9], [0.01] * 3) == (1.0, 0.0)


def test_what_hides_counts_in_every_share():
    sample = [Portion(host(3.91), 0.6, 0.1), Portion(lioh(), 0.4, 0.1)]
    pattern = measured(sample, Bench(seed=1, span=(15.0, 60.0, 0.05)))
    few = [phase for phase in phases_of(entry("Li2OHCl")) if phase.name in ("Li2OHCl", "LiOH")]
    many = phases_of(entry("Li2OHCl"))
    alone = {one.phase: one for one in fit_pattern(pattern, few).phases}
    beside = {one.phase: one for one in fit_pattern(pattern, many).phases}
    limits = [one.upper_limit_95 for one in beside.values() if not one.present]
    hidden = np.sqrt(sum(limit**2 for limit in limits)) / 1.96
    for name, share in (("Li2OHCl", 0.6), ("LiOH", 0.4)):
        before, after = alone[name].fraction_stderr, beside[name].fraction_stderr
        assert after == pytest.approx(np.hypot(before, beside[name].fraction * hidden), rel=0.05)
        assert abs(beside[name].fraction - share) < 2.5 * after
