"""What is said of combinations of parameters: a product, a ratio, and what the data leave open."""

import numpy as np
import pytest

from ionweld.study.identifiability import combinations
from ionweld.twin.calibrated import Calibrated, FittedParameter, shipped


def calibrated(names: list[str], *slopes: list[float]) -> Calibrated:
    """Return a calibration whose draws have exactly the covariance that rows of these slopes leave."""
    fitted = {name: FittedParameter(value="1", unit="1", factor=1.0, posterior_over_prior=1.0) for name in names}
    A = np.array(slopes)
    root = np.linalg.cholesky(np.linalg.inv(A.T @ A + np.eye(A.shape[1]))).T
    draws = np.sqrt(len(root) - 0.5) * np.concatenate([root, -root])
    return shipped()["yu2021"].model_copy(update={"parameters": fitted, "draws": draws.tolist()})


@pytest.mark.parametrize(
    ("slope", "words"),
    [
        ([40.0, 30.0], "big one × other"),
        ([40.0, -30.0], "big one / other"),
        ([-40.0, 30.0], "big one / other"),
        ([40.0, 1.0], "big one"),
    ],
)
def test_a_product_a_ratio_and_a_small_weight(slope: list[float], words: str) -> None:
    assert combinations(calibrated(["big_one", "other"], slope))[0].words == words


def test_what_lies_across_what_is_known_is_left_to_the_prior() -> None:
    known, unknown = combinations(calibrated(["a", "b"], [40.0, 30.0]))
    assert (known.meaning, unknown.meaning) == ("fixed by the data", "not fixed: the prior speaks")
    assert known.left == pytest.approx(1.0 / 50.01, rel=1e-3)
    assert (unknown.words, unknown.left) == ("b / a", pytest.approx(1.0))


def test_more_than_one_below_the_line_is_put_in_brackets() -> None:
    assert combinations(calibrated(["a", "b", "c"], [40.0, -30.0, -35.0]))[0].words == "a / (c × b)"


@pytest.mark.parametrize(("slope", "meaning"), [(2.0, "narrowed"), (3.0, "fixed by the data"), (0.5, "not fixed")])
def test_the_words_follow_the_spread_that_is_left(slope: float, meaning: str) -> None:
    (found,) = combinations(calibrated(["a"], [slope]))
    assert found.left == pytest.approx(1.0 / (1.0 + slope**2) ** 0.5)
    assert found.meaning.startswith(meaning)


def test_what_is_carried_is_no_fitted_parameter() -> None:
    """The slopes of carried numbers stand behind those of the fitted ones, and are not among the combinations."""
    assert [one.words for one in combinations(calibrated(["a"], [3.0, 500.0]))] == ["a"]


def test_the_study_names_as_many_combinations_as_it_fits() -> None:
    kept = shipped()["yu2021"]
    found = combinations(kept)
    assert len(found) == len(kept.parameters)
    assert [one.left for one in found] == sorted(one.left for one in found)
