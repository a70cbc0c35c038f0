"""A format of cycling files is one file: dropped into the package of formats, it is found; no list is edited."""

import pytest

from ionweld.read.cycling import formats, read_cycling_file
from ionweld.read.cycling.spelling import spell

DROPPED = """
from ionweld.measurement.cycling import CURRENT, TIME, VOLTAGE
from ionweld.read.cycling.format import Format, FormatColumn

BRAND_NEW = Format(
    name="Brand new",
    columns=(
        FormatColumn(TIME, ("moment",)), FormatColumn(VOLTAGE, ("tension",)), FormatColumn(CURRENT, ("flow",)),
    ),
    hallmarks=(frozenset({"moment"}), frozenset({"flow"})),
)
FORMATS = (BRAND_NEW,)
"""


@pytest.fixture
def dropped(tmp_path, monkeypatch):
    (tmp_path / "brand_new.py").write_text(DROPPED)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    formats.known_formats.cache_clear()
    yield
    formats.known_formats.cache_clear()


@pytest.mark.usefixtures("dropped")
def test_a_new_format_dropped_into_the_package_is_found(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("moment/s,tension/mV,flow/mA\n0,3300,0.1\n60,3310,0.1\n")
    measurement = read_cycling_file(path)
    assert measurement.provenance.software.startswith("Brand new")
    assert measurement.table["Current / A"].to_list() == [1e-4, 1e-4]
    assert measurement.table["Voltage / V"].to_list() == pytest.approx([3.3, 3.31])


def test_every_file_of_the_package_brings_formats_with_names_of_their_own():
    names = [form.name for form in formats.known_formats()]
    assert len(names) == len(set(names)) >= 10
    assert names == sorted(names)


def test_what_formats_compare_with_is_spelled_and_their_words_for_steps_are_known():
    """A name or a word as the instrument writes it ("CHRG") would never be met: it is compared as spell writes it."""
    for form in formats.known_formats():
        names = [name for column in form.columns for name in column.names] + [*form.states]
        names += [name for group in form.hallmarks for name in group]
        assert [name for name in names if spell(name) != name] == [], form.name
        assert [word for word in form.states.values() if not word.endswith(("_CHG", "_DCH", "REST", "OCV"))] == []
