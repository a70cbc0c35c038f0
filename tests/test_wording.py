"""Counts stand with their nouns as people write them."""

import pytest

from ionweld.wording import many


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 half cycles"), (1, "1 half cycle"), (2, "2 half cycles"), (11, "11 half cycles")]
)
def test_a_count_has_its_noun(count, said):
    assert many(count, "half cycle") == said


def test_a_plural_of_its_own_and_a_verb():
    assert many(1, "spectrum is", "spectra are") == "1 spectrum is"
    assert many(3, "spectrum is", "spectra are") == "3 spectra are"
