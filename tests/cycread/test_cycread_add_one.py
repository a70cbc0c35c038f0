"""A format of cycling files is one file: dropped into the package of formats, it is found; no list is edited."""

import pytest

from ionweld.read.cycling import formats, read_cycling_file

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
