"""Kinds of events are one enumeration: each with its word, its meaning, and nowhere else as a bare string."""

import json
import re
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path

import pytest

import ionweld
from ionweld.result import Event, EventKind

SOURCE = Path(ionweld.__file__).parent


@pytest.mark.parametrize("kind", list(EventKind))
def test_a_kind_is_its_word_and_has_a_meaning(kind):
    assert f"{kind}" == kind.value
    assert EventKind(kind.value) is kind
    assert deepcopy(kind) is kind
    assert json.dumps(asdict(Event(kind, 1, 0.0, ""))["kind"]) == f'"{kind.value}"'
    assert len(kind.meaning) > 20


def test_no_two_kinds_mean_the_same():
    assert len({kind.meaning for kind in EventKind}) == len(EventKind)


def test_no_kind_stands_as_a_bare_string_in_the_code():
    """The word alone in quotation marks would be a second way to name a kind: a typo in it breaks silently."""
    words = "|".join(re.escape(kind.value) for kind in EventKind if " " in kind.value)
    bare = re.compile(rf"""(["'])({words})\1""")
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if bare.search(line)
    }
    # names of signs and of rival readings, which are no kinds of events
    assert found - {"result.py"} == {
        "analyse/cycling/rivals.py",
        "twin/observables.py",  # the word as a study writes it
        "analyse/cycling/programs/ramp.py",  # a cause, of which there are three
        "infer/diagnosis.py",  # a mechanism, as a person reads it
    }
