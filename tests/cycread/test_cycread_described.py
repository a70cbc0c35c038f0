"""A csv of any origin is read as its owner's few lines of TOML say, and every fault in them is named at once."""

import numpy as np
import pytest
from cycread.generators import Truth, truth

from ionweld.errors import FileFormatError, InputError, SpecError
from ionweld.measurement.cycling import CURRENT, CYCLE, STEP_TYPE, TIME, VOLTAGE
from ionweld.read.cycling import read_cycling_file

TRUTH = truth(cycles=2, points=8)
WORDS = {"rest": "Pause", "charge": "laden", "discharge": "entladen"}
GOOD = """
current_positive = "by state"

[columns]
"Zeit" = { as = "Test Time / s", unit = "min" }
"U" = { as = "Voltage / V", unit = "mV" }
"I" = { as = "Current / A", unit = "uA" }
"Zyklus" = { as = "Cycle Count / 1" }
"Modus" = { as = "Step Type" }

[states]
"laden" = "charge"
"entladen" = "discharge"
"Pause" = "rest"
"""


def _csv(t: Truth, sign: float = 0.0) -> str:
    """sign 0: the current without a sign."""
    lines = ["gemessen im Keller", "", "Zyklus;Modus;Zeit;U;I;Bemerkung"]
    for i in range(t.rows):
        current = 1e6 * (sign * t.current_A[i] if sign else abs(t.current_A[i]))
        cells = [t.cycle[i], WORDS[t.kind[i]], t.time_s[i] / 60, 1e3 * t.voltage_V[i], current, "gut"]
        lines.append(";".join(f"{cell}".replace(".", ",") for cell in cells))
    return "\r\n".join(lines)


@pytest.fixture
def files(tmp_path):
    csv, toml = tmp_path / "keller.dat", tmp_path / "keller.toml"
    csv.write_text(_csv(TRUTH), encoding="utf-8")
    toml.write_text(GOOD, encoding="utf-8")
    return csv, toml


def test_a_described_file_comes_back_as_the_truth(files):
    csv, toml = files
    measurement = read_cycling_file(csv, description=toml)
    for name, expected in ((TIME, TRUTH.time_s), (VOLTAGE, TRUTH.voltage_V), (CURRENT, TRUTH.current_A)):
        np.testing.assert_allclose(measurement.table[name].to_numpy(), expected, rtol=1e-9, atol=1e-12)
    assert measurement.table[CYCLE].to_list() == TRUTH.cycle.tolist()
    assert measurement.table["Bemerkung"].unique().to_list() == ["gut"]
    assert set(measurement.table[STEP_TYPE]) == {"REST", "ANY_CHG", "ANY_DCH"}
    report = measurement.ingest
    assert report is not None
    assert (report.decimal_mark, report.header_line) == (",", 3)
    assert report.columns_unmapped == ("Bemerkung",)
    assert measurement.provenance.details == {"description": "keller.toml"}


@pytest.mark.parametrize(("said", "sign"), [("charge", 1.0), ("discharge", -1.0)])
def test_the_sign_is_what_the_owner_says(files, said, sign):
    csv, toml = files
    csv.write_text(_csv(TRUTH, sign), encoding="utf-8")
    toml.write_text(GOOD.replace("by state", said), encoding="utf-8")
    measurement = read_cycling_file(csv, description=toml)
    np.testing.assert_allclose(measurement.table[CURRENT].to_numpy(), TRUTH.current_A, rtol=1e-9)


def test_every_fault_of_a_description_is_named_at_once(files):
    csv, toml = files
    toml.write_text(
        'current_positive = "up"\nspeed = 3\ndecimal_mark = "·"\nencoding = "klingon"\n[columns]\n'
        '"Zeit" = { as = "Test Time / s", unit = "parsec" }\n'
        '"U" = { as = "Spannung" }\n"I" = { as = "Current / A", x = 1 }\n',
        encoding="utf-8",
    )
    with pytest.raises(SpecError) as caught:
        read_cycling_file(csv, description=toml)
    message = str(caught.value)
    for part in (
        "current_positive",
        "speed",
        "decimal_mark",
        "klingon",
        "columns.Zeit: 'parsec' is no unit",
        "'Spannung'",
        "columns.I.x",
    ):
        assert part in message
    assert len(caught.value.faults) >= 7


@pytest.mark.parametrize("text", ["columns = [1]", "= ", 'decimal_mark = ","', 'states = { a = "charge" }'])
def test_a_description_that_is_none_is_refused(files, text):
    csv, toml = files
    toml.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"keller\.toml"):
        read_cycling_file(csv, description=toml)


@pytest.mark.parametrize(("positive", "sign"), [("charge", 1.0), ("discharge", -1.0)])
def test_the_direction_of_the_current_alone_describes_a_table_with_known_columns(tmp_path, positive, sign):
    csv, toml = tmp_path / "strip.csv", tmp_path / "strip.csv.toml"
    csv.write_text("Time (s),Voltage (V),Current (mA)\n" + "".join(f"{60 * n},0.05,0.2\n" for n in range(30)))
    with pytest.raises(FileFormatError, match="current_positive ="):
        read_cycling_file(csv)
    toml.write_text(f'current_positive = "{positive}"\n')
    measurement = read_cycling_file(csv)
    assert set(measurement.table[CURRENT]) == {sign * 2e-4}
    assert f"a positive current is {positive}" in "".join(measurement.ingest.said)
    toml.write_text(f'current_positive = "{positive}"\narea = "0.5 cm^2"\n')
    assert read_cycling_file(csv).context.area_m2 == pytest.approx(5e-5)


def test_states_said_alone_sign_a_table_that_has_them(tmp_path):
    csv, toml = tmp_path / "strip.csv", tmp_path / "strip.csv.toml"
    rows = [f"{60 * n},0.05,0.2,{'A' if n < 10 else 'B'}\n" for n in range(30)]
    csv.write_text("Time (s),Voltage (V),Current (mA),Status\n" + "".join(rows))
    toml.write_text('current_positive = "by state"\n[states]\nA = "charge"\nB = "discharge"\n')
    assert read_cycling_file(csv).table[CURRENT].to_list() == [2e-4] * 10 + [-2e-4] * 20


def test_a_missing_description_is_refused(files):
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_cycling_file(files[0], description=files[0].with_name("none.toml"))


def test_columns_that_the_file_does_not_have_are_named(files):
    csv, toml = files
    toml.write_text(GOOD.replace('"Zeit"', '"Uhr"'), encoding="utf-8")
    with pytest.raises(FileFormatError, match="'Uhr'"):
        read_cycling_file(csv, description=toml)


def test_the_example_in_the_documentation_is_a_valid_description(files):
    """Documented examples are run, so that they cannot rot."""
    import textwrap

    from ionweld.read.cycling import described

    csv, toml = files
    lines = (described.__doc__ or "").split("\n\n", 1)[1].rsplit("\n\nA unit", 1)[0]
    toml.write_text(textwrap.dedent(lines), encoding="utf-8")
    assert read_cycling_file(csv.rename(csv.with_suffix(".x")), description=toml).table.height == TRUTH.rows
