"""How a person says when a spectrum was taken, and what is refused, each with the way to mend it."""

import pytest

from ionweld.errors import InputError
from ionweld.infer.moments import SpectrumMoment, given_file, given_files


@pytest.mark.parametrize(
    ("text", "moment", "path"),
    [
        ("before=a.csv", SpectrumMoment("before"), "a.csv"),
        ("after=b=c.csv", SpectrumMoment("after"), "b=c.csv"),
        ("cycle:20=c.csv", SpectrumMoment("cycle", 20), "c.csv"),
        ("before@100degC=d.csv", SpectrumMoment("before", None, 373.15), "d.csv"),
        ("cycle:3@350 K=d.csv", SpectrumMoment("cycle", 3, 350.0), "d.csv"),
        ("plain.csv", None, "plain.csv"),
        ("folder/run=7.csv", None, "folder/run=7.csv"),
        ("run7 x=1.csv", None, "run7 x=1.csv"),
    ],
)
def test_a_file_with_and_without_its_moment(text, moment, path):
    found = given_file(text)
    assert found.moment == moment
    assert str(found.path) == path


def test_the_name_of_a_moment_is_what_a_person_writes():
    for text in ("before", "after", "cycle:20", "before@100degC", "cycle:7@-20degC"):
        assert given_file(f"{text}=x.csv").moment.name == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("befor=a.csv", "no moment"),
        ("during=a.csv", "no moment"),
        ("cycle=a.csv", "no moment"),
        ("cycle:x=a.csv", "no moment"),
        ("cycle:0=a.csv", "from 1"),
        ("before@100=a.csv", "no unit"),
        ("before@hot=a.csv", "not a number"),
        ("before@-300degC=a.csv", "absolute zero"),
        ("before@3mm=a.csv", "mm"),
    ],
)
def test_what_is_no_moment_is_refused_with_a_mend(text, said):
    with pytest.raises(InputError, match=said):
        given_file(text)


def test_all_faults_at_once():
    with pytest.raises(InputError) as caught:
        given_files(["befor=a.csv", "ok.csv", "cycle:0=b.csv"])
    assert len(caught.value.faults) == 2


def test_a_file_that_is_there_is_a_file_whatever_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old=new.csv").write_text("x")
    assert given_file("old=new.csv").moment is None
