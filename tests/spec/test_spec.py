"""Cells and protocols as people write them: right, wrong, and anything at all."""

import contextlib
import copy
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spine_cells import LIQUID, cell_document, make_cell

from ionweld.errors import FileFormatError, SpecError, UnitError
from ionweld.spec.cell import CellSpec, load_cell, parse_cell
from ionweld.spec.derived import derive
from ionweld.spec.faults import read_toml
from ionweld.spec.protocol import HalfCycleProtocol, parse_protocol
from ionweld.units import to_si

PROTOCOL = {
    "name": "p",
    "first_half_cycle": "charge",
    "voltage_limit": "5 V",
    "stages": [{"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 3}],
}
DESIGN = """
name = "Li | Li2OHCl | Li, welded"
temperature = "80 degC"
stack_pressure = { assumed = "0.1 MPa", range = ["0.02 MPa", "1 MPa"], why = "not reported" }

[electrolyte]
material = "Li2OHCl"
mass = "0.15 g"
diameter = "10 mm"

[electrodes.negative]
material = "Li"
diameter = "6 mm"
thickness = "100 um"

[electrodes.negative.interface]
gap = "10 um"
liquid = "1 M LiPF6 in EC:DEC:FEC 45:45:10"
volume = "3 uL"
"""


def changed(path: str, value: Any, document: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the document with the value at a dotted path replaced, or removed where it is None."""
    whole = copy.deepcopy(document if document is not None else cell_document("3 uL"))
    *folders, last = path.split(".")
    table = whole
    for folder in folders:
        table = table[folder]
    if value is None:
        del table[last]
    else:
        table[last] = value
    return whole


def faults(document: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong: path -> what was seen and how to mend it."""
    with pytest.raises(SpecError) as caught:
        parse_cell(document, "cell.toml")
    found = caught.value.faults
    assert all(fault.mend and fault.seen and fault.where.startswith("cell.toml: ") for fault in found)
    return {fault.where.removeprefix("cell.toml: "): f"{fault.seen}. {fault.mend}" for fault in found}


# right


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("0.785 cm2", "m^2", 7.85e-5), ("0.785cm2", "m^2", 7.85e-5), ("0.1 mA/cm2", "A/m^2", 1.0), ("0.1 mA cm-2", "A/m^2", 1.0),
        ("0.1 mA cm\u22122", "A/m^2", 1.0), ("1 mAh/cm2", "C/m^2", 36000.0), ("5 kg m-3", "kg/m^3", 5.0), ("2 um2", "m^2", 2e-12),
        ("20 ohm cm2", "ohm*m^2", 2e-3),
    ],
)  # fmt: skip
def test_powers_may_be_written_as_papers_write_them(text, unit, value):
    assert to_si(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("text", ["9 cm9", "1 cm22", "1 cm2.5", "1 H2O", "1 cm-4"])
def test_what_only_looks_like_a_power_is_no_unit(text):
    with pytest.raises(UnitError):
        to_si(text, "m^2")


def test_the_cell_of_the_design_document(tmp_path) -> None:
    path = tmp_path / "cell.toml"
    path.write_text(DESIGN, "utf-8")
    cell = load_cell(path)
    derived = derive(cell)
    by_hand = 0.15e-3 / (0.9 * 1840.0 * math.pi * 0.005**2)
    assert derived.pellet_thickness_m == pytest.approx(by_hand)
    assert derived.pellet_thickness_m == pytest.approx(1.153e-3, abs=0.5e-6)
    assert derived.spreading_factor == pytest.approx(0.850, abs=5e-4)
    assert derived.bulk_resistance_ohm_m2 * 1e4 == pytest.approx(284.5, abs=0.5)
    assert derived.electrode_area_m2 == pytest.approx(0.2827e-4, rel=1e-3)
    assert derived.columns == 21
    for fill in derived.fills:
        assert fill.chi == 1.0
        assert fill.spare == pytest.approx(0.906, abs=5e-4)
        assert fill.start_porosity == pytest.approx(0.8)
        assert fill.gap_volume_m3 * 1e9 == pytest.approx(0.2827, rel=1e-3)
    pressure = cell.stack_pressure
    assert (pressure.value, pressure.low, pressure.high) == pytest.approx((1e5, 2e4, 1e6))
    assert (pressure.status, pressure.source) == ("assumed", "not reported")
    assert cell.rest.status == cell.electrolyte.relative_density.status == "assumed"


def test_a_thickness_may_be_given_in_place_of_a_mass() -> None:
    document = changed("electrolyte.thickness", "1 mm", changed("electrolyte.mass", None))
    assert derive(parse_cell(document)).pellet_thickness_m == pytest.approx(1e-3)


def test_half_of_the_gap_can_be_filled() -> None:
    fill = derive(make_cell("0.14137167 uL")).fills[0]
    assert fill.chi == pytest.approx(0.5, rel=1e-6)
    assert fill.spare == 0.0


# wrong


def test_five_faults_are_reported_at_once() -> None:
    document = cell_document("3 uL")
    document["temperatur"] = document.pop("temperature")
    document["stack_pressure"] = "0.15"
    document["electrolyte"]["mass"] = "0.15 mm"
    document["electrodes"]["negative"]["thickness"] = "-100 um"
    document["electrodes"]["negative"]["diameter"] = "12 mm"
    found = faults(document)
    assert "Did you mean 'temperature'" in found["temperatur"]
    assert 'temperature = "80 degC"' in found["temperature"]
    assert "has no unit" in found["stack_pressure"]
    assert "MPa" in found["stack_pressure"]
    assert "wrong dimension" in found["electrolyte.mass"]
    assert "must be positive" in found["electrodes.negative.thickness"]
    assert "wider than the pellet" in found["electrodes.negative.diameter"]
    assert len(found) == 6  # the misspelt key is unknown, and the right one is missing


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("electrolyte.material", "LATPO", "Known: LAGP, LATP, LLZO-Al"),
        ("electrodes.negative.material", "Na", "Known: Cu, Li-In, Li"),
        ("electrodes.negative.interface.liquid", "water", LIQUID),
        ("electrolyte.relative_density", "110 %", "above 100 %"),
        ("electrolyte.diameter", "0 mm", "must be positive"),
        ("electrodes.negative.interface.volume", "-3 uL", "must be not negative"),
        ("temperature", "-300 degC", "must be positive"),
        ("temperature", 80, "has no unit"),
        ("temperature", True, "no number with a unit"),
        ("stack_pressure", {"assumed": "2 MPa", "range": ["0.1 MPa", "1 MPa"]}, "outside its own range"),
        ("stack_pressure", {"assumed": "2 MPa", "range": ["3 MPa", "1 MPa"]}, "runs backwards"),
        ("stack_pressure", {"assumed": "2 MPa", "range": ["3 MPa"]}, "no pair"),
        ("stack_pressure", {"guess": "2 MPa"}, "unknown key 'guess'"),
        ("stack_pressure", {"assumed": "2 MPa", "measured": "2 MPa"}, "neither or several"),
        ("name", None, "is missing"),
        ("name", 7, "7 is no text. Put it into quotes"),
        ("mechanisms", [], "[] is no table. Write [mechanisms]"),
        ("mechanisms", {"filament": "no"}, "'no' is neither true nor false. Write true or false"),
        ("formation", 3, "3 is no list. Write [[formation]]"),
        ("formation", ["3 h"], "'3 h' is no table. Write [[formation]]"),
    ],
)
def test_one_fault_is_named_with_its_mend(path: str, value: Any, said: str) -> None:
    found = faults(changed(path, value))
    assert [where.removesuffix(".filament").removesuffix(".0") for where in found] == [path]
    assert said in next(iter(found.values()))


def test_a_key_in_the_wrong_table_is_sent_to_its_own_and_a_missing_table_is_written_as_one() -> None:
    with pytest.raises(SpecError) as caught:
        parse_protocol({"current_density": "0.1 mA/cm^2", "cyles": 3}, "test.toml")
    found = {fault.where.removeprefix("test.toml: "): fault.mend for fault in caught.value.faults}
    assert found["current_density"].startswith("It belongs in [[stages]]. Known here: name")
    assert found["cyles"].startswith("Known here: name")
    assert found["stages"] == "Add [[stages]]"


@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        ({"electrolyte.mass": None}, "electrolyte", "neither mass nor thickness"),
        ({"electrolyte.thickness": "1 mm"}, "electrolyte", "both given"),
        ({"electrodes.negative.interface.liquid": None}, "electrodes.negative.interface", "no liquid"),
        ({"electrodes.negative.interface.volume": None}, "electrodes.negative.interface", "no volume"),
    ],
)
def test_faults_between_the_fields(change: dict[str, Any], where: str, said: str) -> None:
    found = faults(changed(*next(iter(change.items()))))
    assert said in found[where]


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("first_half_cycle", "up", "first_half_cycle"),
        ("voltage_limit", "5", "voltage_limit"),
        ("stages", [], "stages"),
        ("stages", PROTOCOL["stages"][0], "stages"),
        ("stages", [{**PROTOCOL["stages"][0], "cycles": 0}], "stages.0.cycles"),
        ("stages", [{**PROTOCOL["stages"][0], "cycles": 4.5}], "stages.0.cycles"),
        ("stages", [{**PROTOCOL["stages"][0], "current_density": "0.1 mA"}], "stages.0.current_density"),
        ("stages", [{**PROTOCOL["stages"][0], "curent_density": "1 A/m^2"}], "stages.0.curent_density"),
        ("stages", [{**PROTOCOL["stages"][0], "half_cycle_time": "0 h"}], "stages.0.half_cycle_time"),
    ],
)
def test_protocol_faults_have_their_path(path: str, value: Any, where: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_protocol(changed(path, value, PROTOCOL), "p.toml")
    assert [fault.where for fault in caught.value.faults] == [f"p.toml: {where}"]
    assert all(fault.mend for fault in caught.value.faults)


@pytest.mark.parametrize(
    "raw", [b"name = ", b"\xff\xfe\x00", b"a = 1\na = 2", b"a = " + b"9" * 5000, b"a = " + b"[" * 5000]
)
def test_a_file_that_is_no_toml(tmp_path, raw: bytes) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(raw)
    with pytest.raises(FileFormatError, match=r"broken\.toml"):
        read_toml(path)


def test_a_file_that_is_not_there(tmp_path) -> None:
    with pytest.raises(FileFormatError, match="cannot be read"):
        load_cell(tmp_path / "none.toml")


# anything at all

texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["80 degC", "1 mm", "3 uL", "0.1 MPa", "5", "-1 mm", "1e999 m", "1e308 km", "1 parsec", "Li", LIQUID]
    ),
    st.builds("{} {}".format, st.integers(-5, 5), st.sampled_from(["mm", "K", "m/m", "degF", "%", "", "g^2", "//"])),
)
leaves = st.one_of(texts, st.integers(), st.floats(), st.booleans(), st.dates())
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["assumed", "range", "why", "x"]), inner)
    ),
    max_leaves=6,
)
CELL_PATHS = [
    "name", "temperature", "stack_pressure", "rest", "electrolyte", "electrolyte.material", "electrolyte.mass",
    "electrolyte.diameter", "electrolyte.thickness", "electrolyte.relative_density", "electrodes",
    "electrodes.negative", "electrodes.positive", "electrodes.negative.diameter", "electrodes.negative.interface",
    "electrodes.negative.interface.gap", "electrodes.negative.interface.liquid", "electrodes.negative.interface.volume",
]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(CELL_PATHS), values, min_size=1, max_size=4))
def test_any_document_gives_a_cell_or_its_faults(changes: dict[str, Any]) -> None:
    document = cell_document("3 uL")
    for path in sorted(changes, key=len, reverse=True):  # the deepest first, so that every path still exists
        document = changed(path, changes[path], document)
    cell = None
    with contextlib.suppress(SpecError):
        cell = parse_cell(document)
    if cell is not None:
        assert isinstance(cell, CellSpec)
        assert all(math.isfinite(quantity.value) for quantity in (cell.temperature, cell.stack_pressure, cell.rest))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*PROTOCOL, "record_every", "x"]), values | st.lists(values), min_size=1))
def test_any_protocol_gives_a_protocol_or_its_faults(changes: dict[str, Any]) -> None:
    with contextlib.suppress(SpecError):
        assert isinstance(parse_protocol({**PROTOCOL, **changes}), HalfCycleProtocol)


# units


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("0.1 mA/cm^2", "A/m^2", 1.0),
        ("0.1 mA cm^-2", "A/m^2", 1.0),
        ("80 degC", "K", 353.15),
        ("80 °C", "K", 353.15),
        ("-5degC", "K", 268.15),
        ("353.15 K", "K", 353.15),
        ("10 um", "m", 1e-5),
        ("10 µm", "m", 1e-5),
        ("10 μm", "m", 1e-5),
        ("500 Ω cm^2", "ohm*m^2", 0.05),
        ("500 Ω*cm^2", "ohm*m^2", 0.05),
        ("3 uL", "m^3", 3e-9),
        ("90 %", "1", 0.9),
        ("0.9", "1", 0.9),
        ("0.605 eV", "J/mol", 58373.63),
        ("58.37363 kJ/mol", "J/mol", 58373.63),
        ("1e-3 S/cm", "S/m", 0.1),
        ("1.E2 mV", "V", 0.1),
        (".5 h", "s", 1800.0),
        ("0.9 ohm*cm^2/h^0.5", "ohm*m^2/s^0.5", 0.9e-4 / 60.0),
        ("1 mAh/cm^2", "C/m^2", 3.6e4),
    ],
)
def test_text_becomes_si(text: str, unit: str, value: float) -> None:
    assert to_si(text, unit) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("5", "m", "no unit"),
        ("5 kg", "m", "wrong dimension"),
        ("5 frogs", "m", "not known"),
        ("m", "m", "not a number"),
        ("", "1", "not a number"),
        ("nan m", "m", "not a number"),
        ("1e999 m", "m", "too large"),
        ("1e308 km", "m", "too large"),
        ("1,5 m", "m", "not known"),
        ("20 degF", "K", "not known"),
        ("25 degree_Celsius / 2", "K", ""),
        ("10 dB", "1", "not known"),
        ("1 (m/mm)^999", "1", ""),
        ("1 m/0", "m", ""),
        ("1 9^9^9", "1", ""),
    ],
)
def test_what_is_no_quantity_is_refused(text: str, unit: str, said: str) -> None:
    with pytest.raises(UnitError, match=r"cell\.toml: gap") as caught:
        to_si(text, unit, "cell.toml: gap")
    assert said in str(caught.value)
    assert caught.value.faults[0].mend


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.text(max_size=12), st.text("0123456789.eE+-*/^() mkgsAKCdeg%", max_size=10).map("1 {}".format)),
    st.sampled_from(["m", "1", "K", "J/mol", "A/m^2"]),
)
def test_any_text_gives_a_finite_number_or_a_unit_error(text: str, unit: str) -> None:
    with contextlib.suppress(UnitError):
        assert math.isfinite(to_si(text, unit))


@given(st.floats(1e-6, 1e6), st.sampled_from([("mm", "m", 1e-3), ("h", "s", 3600.0), ("kohm", "ohm", 1e3)]))
def test_conversion_is_a_factor(number: float, case: tuple[str, str, float]) -> None:
    written, unit, factor = case
    assert to_si(f"{number!r} {written}", unit) == pytest.approx(number * factor, rel=1e-12)


# --- a thin pellet


@pytest.mark.parametrize(("thickness", "columns"), [("0.02 mm", 400), ("0.265 mm", 400), ("0.267 mm", 397)])
def test_a_thin_pellet_has_a_bounded_number_of_columns_and_says_so(thickness: str, columns: int) -> None:
    document = cell_document("3 uL")
    document["electrolyte"] = {"material": "Li2OHCl", "diameter": "10 mm", "thickness": thickness}
    derived = derive(parse_cell(document))
    assert derived.columns == columns
    said = [text for text in derived.warnings if "columns are independent" in text]
    assert len(said) == (columns == 400)
    if thickness == "0.02 mm":
        assert "70,686" in said[0]
        assert "400 are worked out, each standing for 177" in said[0]
