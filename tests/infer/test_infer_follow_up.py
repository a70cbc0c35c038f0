"""What follows a diagnosis: experiments ranked by what they teach, advice over the posterior, the report, parameter files."""

import tomllib
from dataclasses import replace
from math import log
from pathlib import Path
from types import SimpleNamespace

import held_results
import numpy as np
import pytest
from command_line import ionweld

import ionweld as iw
from ionweld.api.diagnosis import Diagnosis, sorted_measurements
from ionweld.cli.diagnosis_output import print_project
from ionweld.errors import InputError, SpecError
from ionweld.infer import experiments, follow_up, predictive, trees
from ionweld.infer.calibration import parameter_text, shared
from ionweld.infer.diagnosis import PosteriorRow
from ionweld.infer.engine import infer
from ionweld.infer.experiments import bits, possible
from ionweld.infer.follow_up import FollowedUp, followed_up, posterior_draws
from ionweld.infer.goal import parse_goal
from ionweld.infer.moments import SpectrumMoment
from ionweld.infer.observation import observe
from ionweld.infer.of_project import DiagnosedCell, ProjectDiagnosis, evidence_of, moment_of
from ionweld.infer.table import CAUSES
from ionweld.lab.cells import BuiltCell
from ionweld.lab.compare import Replicate, Swept
from ionweld.report.diagnosis import write_diagnosis
from ionweld.report.project_diagnosis import write_project_diagnosis
from ionweld.spec.cell import load_cell
from ionweld.spec.derived import interface_name
from ionweld.twin.own_parameters import parameters_from

EXAMPLES = Path(__file__).parents[2] / "examples"
GOAL = parse_goal("5 h at 0.1 mA/cm^2")


@pytest.fixture(scope="module")
def followed() -> FollowedUp:
    """A short test of a bare cell, diagnosed from a few draws, with few draws and trees for all that follows."""
    protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=4)
    cell = iw.Cell.load(EXAMPLES / "bare.toml")
    run = iw.simulate(cell, protocol, seed=3)
    seen = observe(cell.spec, [run.test.data], [], "charge")
    patch = pytest.MonkeyPatch()
    patch.setattr(experiments, "SETTLED_BITS", 0.0)
    patch.setattr(experiments, "LEAST_DRAWS", 10)
    patch.setattr(experiments, "DRAWS", 12)
    patch.setattr(predictive, "DRAWS", 10)
    patch.setattr(follow_up, "DRAWS", 3)
    patch.setattr(trees, "GROWN", 15)
    patch.setattr(trees, "ROUNDS", 20)
    found = infer(cell.spec, seen, map, lambda _title, _total: lambda: None, draws=40)
    made = followed_up(found, GOAL, map, lambda _title, _total: lambda: None)
    patch.undo()
    return made


def test_experiments_are_ranked_by_what_they_teach(followed) -> None:
    ranked = followed.diagnosis.experiments
    assert [one.bits for one in ranked] == sorted((one.bits for one in ranked), reverse=True)
    assert all(one.bits >= 0.0 and one.hours > 0.0 for one in ranked)
    assert {one.experiment for one in ranked} == {one.name for one in possible(followed.inference)}
    twice = next(one for one in ranked if one.experiment == "five more cycles at twice the current")
    assert twice.hours == pytest.approx(5.0, rel=0.01)
    full = next(one for one in ranked if one.experiment.startswith("a full cell"))
    assert full.hours == pytest.approx(24.0 + 100.0)


def test_advice_is_over_cells_that_stand_for_the_measured_one(followed) -> None:
    counsel = followed.diagnosis.counsel
    assert counsel is not None
    assert counsel.goal is GOAL
    assert counsel.as_it_is.draws <= 3
    assert {one.name for one in counsel.silent} >= {"liquid volume", "current density"}
    document = followed.diagnosis.to_dict()
    assert document["reachable"] in (True, False, None)
    assert {"change", "gain", "low", "high", "probability"} <= document["advice"][0].keys()


def test_draws_are_taken_by_their_weight_and_again_with_another_chance(followed) -> None:
    found = followed.inference
    many = posterior_draws(found, 200)
    numbers = [int(one.seed.split("/")[2]) for one in many]
    taken = {number: numbers.count(number) / 200.0 for number in set(numbers)}
    weights = dict.fromkeys((one.run for one in found.table.draws), 0.0)
    for one, weight in zip(found.table.draws, found.posterior.weights, strict=True):
        weights[one.run] += weight  # of both looks at a cell
    assert max(abs(share - weights[run]) for run, share in taken.items()) <= 2.0 / 200.0
    assert len({one.seed for one in many}) == 200
    assert posterior_draws(found, 5)[0].seed == posterior_draws(found, 5)[0].seed


def test_the_posterior_is_drawn_over_what_was_measured(followed) -> None:
    curves = followed.curves
    test = followed.inference.observation.test
    assert curves.measured[:4] == pytest.approx(1e3 * np.array(predictive.by_cycle(test, "symmetric", "charge")))
    low, high = curves.band(0.9)
    inner_low, inner_high = curves.band(0.5)
    assert (low <= inner_low).all()
    assert (inner_high <= high).all()


def test_the_report_says_the_verdict_first_and_brings_its_figures(followed, tmp_path) -> None:
    document = write_diagnosis(tmp_path / "out", followed)
    names = {Path(name).name for name in document["files"]}
    assert {
        "report.html",
        "results.json",
        "parameters.toml",
        "verdict.png",
        "odds.csv",
        "experiments.svg",
        "advice.csv",
    } <= names
    page = (tmp_path / "out" / "report.html").read_text()
    assert followed.diagnosis.verdict in page
    assert page.index(followed.diagnosis.verdict) < page.index("The deciding experiment") < page.index("What to change")
    assert "None" not in (tmp_path / "out" / "figures" / "advice.csv").read_text()


def test_parameters_of_own_cells_are_taken_by_simulate(followed, tmp_path) -> None:
    place = tmp_path / "own.toml"
    place.write_text(parameter_text(followed.inference))
    cell = load_cell(EXAMPLES / "bare.toml")
    own = parameters_from(place)(cell)
    rows = {row.parameter: row for row in followed.diagnosis.posterior}
    assert own["void_depth"] == pytest.approx(1e-6 * rows["void_depth"].median, rel=1e-3)
    assert own.quantity("void_depth").status == "fitted"
    assert "own cells" in own.quantity("void_depth").source
    assert tomllib.loads(place.read_text())["interface"] == interface_name(cell)


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ('interface = "Li | Li2OHCl"', 'interface = "Li | LLZO"', "the cell is of Li | Li2OHCl"),
        ("[parameters.void_depth]", "[parameters.depth]", "is no number of this interface"),
        ("[files]", "[fils]", "unknown key"),
        ('value = "', 'value = "high ', "is not a number with a unit"),
    ],
)
def test_a_parameter_file_with_faults_is_refused(followed, tmp_path, before, after, seen) -> None:
    place = tmp_path / "own.toml"
    text = parameter_text(followed.inference)
    assert before in text
    place.write_text(text.replace(before, after))
    with pytest.raises(SpecError, match="own") as caught:
        parameters_from(place)(load_cell(EXAMPLES / "bare.toml"))
    assert seen in str(caught.value)


def test_simulate_says_what_is_wrong_with_a_parameter_file(tmp_path) -> None:
    done = ionweld(
        "simulate", EXAMPLES / "bare.toml", EXAMPLES / "cycling.toml", "--parameters", tmp_path / "none.toml"
    )
    assert done.status == 2
    assert "none.toml" in done.err


CAUSE = np.array([0, 1] * 40)
FOLD = np.arange(80) // 2 % 5
EVEN = np.full(80, 1.0 / 80.0)


def _odds(first: float) -> np.ndarray:
    known = np.full((80, len(CAUSES)), 1e-6)
    known[:, 0], known[:, 1] = first, 1.0 - first
    return known


def test_an_outcome_that_tells_the_cause_is_worth_the_whole_bit_and_noise_nothing() -> None:
    rng = np.random.default_rng(0)
    tells = CAUSE[:, None] + 0.01 * rng.standard_normal((80, 1))
    noise = rng.standard_normal((80, 3))
    assert bits(_odds(0.5), tells, CAUSE, FOLD, EVEN).bits == pytest.approx(1.0, abs=0.1)
    assert bits(_odds(0.5), noise, CAUSE, FOLD, EVEN).bits < 0.05
    assert bits(_odds(0.5), np.full((80, 1), np.nan), CAUSE, FOLD, EVEN).bits == 0.0


def test_an_outcome_that_is_known_already_teaches_nothing() -> None:
    known = _odds(0.5)
    known[CAUSE == 0, :2], known[CAUSE == 1, :2] = (0.999, 0.001), (0.001, 0.999)
    assert bits(known, CAUSE[:, None].astype(float), CAUSE, FOLD, EVEN).bits < 0.02


def test_a_half_informative_outcome_is_worth_what_its_errors_leave() -> None:
    """A test that errs once in five: 1 - H(0.2) = 0.278 bits."""
    rng = np.random.default_rng(1)
    cause, fold = rng.integers(0, 2, 1000), np.arange(1000) % 5
    seen = np.where(rng.random(1000) < 0.2, 1 - cause, cause)[:, None].astype(float)
    known = np.full((1000, len(CAUSES)), 1e-6)
    known[:, :2] = 0.5
    assert bits(known, seen, cause, fold, np.full(1000, 1e-3)).bits == pytest.approx(0.278, abs=0.05)


def test_the_interval_of_the_bits_holds_the_true_ones_and_narrows_as_the_root_of_the_draws() -> None:
    """Each draw gains 1 + log2(0.8) or 1 + log2(0.2) bits: a standard deviation of 0.8, over the root of their number."""
    widths = []
    for count in (100, 1600):
        rng = np.random.default_rng(2)
        cause, fold = rng.integers(0, 2, count), np.arange(count) % 5
        seen = np.where(rng.random(count) < 0.2, 1 - cause, cause)[:, None].astype(float)
        known = np.full((count, len(CAUSES)), 1e-6)
        known[:, :2] = 0.5
        found = bits(known, seen, cause, fold, np.full(count, 1.0 / count))
        assert found.low < 0.278 < found.high
        assert found.high - found.low == pytest.approx(4.0 * 0.8 / count**0.5, rel=0.2)
        widths.append(found.high - found.low)
    assert widths[0] / widths[1] == pytest.approx(4.0, rel=0.2)
    assert found.at_most(0.1).high == 0.1


def _row(prior: tuple[float, float], low: float, high: float) -> PosteriorRow:
    return PosteriorRow("void_depth", "um", prior, low, (low * high) ** 0.5, high)


def test_two_cells_know_more_than_one_and_a_silent_one_adds_nothing() -> None:
    wide, told = (1e-3, 1e3), _row((1e-3, 1e3), 5.0, 20.0)
    (two,) = shared([[told], [told]])
    prior = (log(4.0) / log(1e6)) ** 2  # its precision over that of one cell's posterior: counted once, not twice
    assert log(two.high / two.low) == pytest.approx(log(4.0) / (2.0 - prior) ** 0.5, rel=1e-6)
    assert two.median == pytest.approx(10.0 ** (2.0 / (2.0 - prior)), rel=1e-6)
    (one,) = shared([[told], [_row(wide, *wide)]])
    assert (one.low, one.median, one.high) == pytest.approx((5.0, 10.0, 20.0), rel=0.01)
    (alone,) = shared([[told]])
    assert (alone.low, alone.high) == (5.0, 20.0)


@pytest.mark.parametrize(
    ("state", "moment"),
    [
        ("before", SpectrumMoment("before")),
        ("as assembled", SpectrumMoment("before")),
        ("Fresh", SpectrumMoment("before")),
        ("after cycling", SpectrumMoment("after")),
        ("cycle 20", SpectrumMoment("cycle", 20)),
        ("cycle:20", SpectrumMoment("cycle", 20)),
        ("after 40 cycles", SpectrumMoment("cycle", 40)),
        ("blue", None),
        (None, None),
    ],
)
def test_the_state_of_a_spectrum_says_its_moment(state, moment) -> None:
    assert moment_of(state) == moment


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ([], "no cell is given"),
        ([EXAMPLES / "bare.toml"], "no cycling test"),
        ([EXAMPLES / "bare.toml", "--goal", "soon"], "--goal"),
        ([EXAMPLES / "bare.toml", "--project", "."], "--project"),
        (["--project", EXAMPLES], "project"),
    ],
)
def test_a_diagnosis_that_lacks_something_says_what(words, seen) -> None:
    done = ionweld("diagnose", *words)
    assert done.status == 2
    assert seen in done.err


def test_measurements_in_hand_are_sorted_as_files_are(followed) -> None:
    """The public door takes what `simulate` and `read_one` give; the test's currents drive the virtual cells."""
    found = Diagnosis(followed)
    assert found.advice == followed.diagnosis.advice
    assert found.reachable == followed.diagnosis.to_dict()["reachable"]
    assert "verdict" not in found.to_dict() or found.verdict == found.to_dict()["verdict"]
    run = iw.simulate(EXAMPLES / "bare.toml", EXAMPLES / "cycling.toml", seed=3)
    tests, spectra = sorted_measurements(
        [run.test, ("after", run.spectrum()), run.spectrum(after_cycle=2, rest="2 h")],
        load_cell(EXAMPLES / "bare.toml"),
    )
    assert len(tests) == 1
    assert [moment.name for moment, _ in spectra] == ["after", "cycle:2"]


def test_a_diagnosis_draws_reports_and_hands_on_its_parameters(followed, tmp_path) -> None:
    found = Diagnosis(followed)
    assert found.plot().get_xlabel() == "cycle"
    held_results.shows_itself(found)
    held_results.reports_on_one_page(found, tmp_path)
    assert found.verdict in (tmp_path / "report.html").read_text()
    (tmp_path / "table").mkdir()
    held_results.is_written_and_read_back(found, tmp_path / "table")
    held_results.is_equal_to_what_pickle_gives_back(found)
    found.to_parameters(tmp_path / "own.toml")
    assert parameters_from(tmp_path / "own.toml")(load_cell(EXAMPLES / "bare.toml")).properties
    assert found.verdict in found._repr_html_()


def _built(name: str) -> BuiltCell:
    about = {"name": name, "treatment": "bare", "replicate": 1, "kind": "symmetric", "first_half_cycle": "charge"}
    return BuiltCell.model_validate(about)


def test_a_cell_of_a_project_brings_its_description_and_its_moments(tmp_path) -> None:
    run = iw.simulate(EXAMPLES / "bare.toml", EXAMPLES / "cycling.toml", seed=3)
    spectrum = run.spectrum().data
    swept = tuple(Swept("z.txt", state, spectrum) for state in ("after cycling", "blue"))
    measured = Replicate("bare 1", 1, (SimpleNamespace(measurement=run.test.data),), swept, (), ())  # pyright: ignore
    with pytest.raises(InputError, match="no description for the twin") as caught:
        evidence_of(tmp_path, _built("bare 1"), measured)
    assert str(tmp_path / "cells" / "bare 1.toml") in str(caught.value)
    (tmp_path / "cells").mkdir()
    (tmp_path / "cells" / "bare.toml").write_text((EXAMPLES / "bare.toml").read_text())
    found = evidence_of(tmp_path, _built("bare 1"), measured)
    assert [moment.name for moment, _ in found.observation.spectra] == ["after"]
    assert any("'blue'" in text for text in found.observation.warnings)
    assert found.cell == load_cell(EXAMPLES / "bare.toml")
    inside = tmp_path / "project"  # descriptions beside the project count too, as those of the sample
    inside.mkdir()
    assert evidence_of(inside, _built("bare 1"), measured).cell == found.cell
    with pytest.raises(InputError, match="no cycling test"):
        evidence_of(tmp_path, _built("bare 1"), replace(measured, tests=()))


def test_a_project_is_told_by_treatment(followed, tmp_path, capsys) -> None:
    cells = tuple(DiagnosedCell(name, "bare", followed) for name in ("bare 1", "bare 2"))
    found = ProjectDiagnosis("weld", cells, {"bare 3": "no test"})
    document = write_project_diagnosis(tmp_path / "out", found)
    (group,) = document["treatments"]
    assert (group["group"], group["treatment"], group["n"]) == ("bare, symmetric", "bare", 2)
    assert {one["group"] for one in document["cells"]} == {"bare, symmetric"}
    assert sum(one["odds"] for one in group["mechanisms"]) + group["undecided"] == pytest.approx(1.0)
    assert {one["name"] for one in document["cells"]} == {"bare 1", "bare 2"}
    page = (tmp_path / "out" / "report.html").read_text()
    assert "no test" in page
    print_project(document, tmp_path / "out")
    assert f"bare 2: {followed.diagnosis.verdict}" in capsys.readouterr().out
    own = parameters_from(tmp_path / "out" / "data" / "parameters_bare__symmetric.toml")(
        load_cell(EXAMPLES / "bare.toml")
    )
    assert own.quantity("void_depth").status == "fitted"
