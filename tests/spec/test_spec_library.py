"""The library and a person's own files: complete or refused, borrowed numbers counted, each at its own temperature."""

import copy
import math
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from spine_cells import cell_document

from ionweld.errors import SpecError
from ionweld.spec.cell import load_cell, parse_cell
from ionweld.spec.derived import derive, electrolyte_entry, interface_name, library_parameters
from ionweld.spec.described import MODELS, entry_of
from ionweld.spec.library import Library, entry
from ionweld.spec.matter import rule

SHIPPED = {item.name: item for item in files("ionweld.spec.library").iterdir() if item.name.endswith(".toml")}


def document(name: str) -> dict[str, Any]:
    return tomllib.loads(SHIPPED[name].read_text("utf-8"))


def own(name: str, **changed: Any) -> dict[str, Any]:
    """Return a shipped file as a person would have changed it."""
    whole = copy.deepcopy(document(name))
    for key, value in changed.items():
        if value is None:
            del whole["properties"][key]
        else:
            whole["properties"][key] = value
    return whole


def faults(whole: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(SpecError) as caught:
        entry_of(whole, "x.toml", entry)
    return {fault.where.removeprefix("x.toml: "): f"{fault.seen}. {fault.mend}" for fault in caught.value.faults}


@pytest.mark.parametrize("file", sorted(name for name in SHIPPED if "properties" in document(name)))
def test_every_shipped_entry_is_whole(file: str) -> None:
    known = entry(document(file)["name"])
    assert known.kind in MODELS
    for name, number in known.properties.items():
        assert number.source
        assert math.isfinite(number.value)
        stated = rule(MODELS[known.kind].numbers(), name)
        ranged = number.status in ("assumed", "literature") and not (stated is not None and stated.exact)
        assert not ranged or number.low is not None, name


def test_a_file_that_leaves_numbers_out_is_refused_with_all_of_them() -> None:
    found = faults(own("LLZO.toml", grain_boundary_share=None, density=None))
    assert set(found) == {"properties.grain_boundary_share", "properties.density"}
    assert "is missing" in found["properties.density"]
    assert "of the dense solid" in found["properties.density"]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"value": "2 g/cm^3", "status": "assumed", "source": "s"}, "has no range"),
        ({"value": "2 g/cm^3", "status": "literature", "source": "s"}, "has no range"),
        ({"value": "2 g/cm^3", "status": "measured", "source": ""}, "has no source"),
        ({"value": "2 g/cm^3", "source": "s"}, "has no status"),
        ({"value": "2 g/cm^3", "status": "given", "source": "s"}, "'given' is not known"),
        ({"value": "2", "status": "measured", "source": "s"}, "has no unit"),
        ({"value": "2 g/cm^2", "status": "measured", "source": "s"}, "wrong dimension"),
        ({"value": "2 g/cm^3", "status": "measured", "source": "s", "unit": "S/m"}, "wrong dimension"),
        ({"value": "2 g/cm^3", "status": "measured", "source": "s", "rnage": []}, "unknown key 'rnage'"),
        ({"value": "2 g/cm^3", "status": "assumed", "range": ["3 g/cm^3", "4 g/cm^3"], "source": "s"}, "outside"),
        ("2 g/cm^3", "is no record"),
    ],
)
def test_a_faulty_number_is_refused(record: Any, said: str) -> None:
    found = faults(own("LLZO.toml", density=record))
    assert set(found) == {"properties.density"}
    assert said in found["properties.density"]


def test_a_number_of_ones_own_says_its_unit() -> None:
    record = {"value": "3 MPa", "status": "measured", "source": "s"}
    assert "add its SI unit" in faults(own("LLZO.toml", crack_stress=record))["properties.crack_stress"]
    known = entry_of(own("LLZO.toml", crack_stress=record | {"unit": "Pa", "symbol": "s_c"}), "x.toml", entry)
    assert known["crack_stress"] == 3e6
    assert known.symbols["crack_stress"] == "s_c"


def test_what_is_taken_over_is_counted_and_becomes_an_assumption() -> None:
    base, borrower = entry("Li | Li2OHCl"), entry("Li | Li6PS5Cl")
    given = document("Li_Li6PS5Cl.toml")["properties"]
    assert set(borrower.borrowed) == base.properties.keys() - given.keys()
    assert set(borrower.borrowed.values()) == {"Li | Li2OHCl"}
    assert {borrower.quantity(name).status for name in borrower.borrowed} == {"assumed"}
    assert not base.borrowed


def test_what_is_borrowed_through_two_files_is_borrowed_from_the_first() -> None:
    whole = document("Li_Li6PS5Cl.toml") | {"name": "Li | Y", "sides": ["Li", "Y"], "base": "Li | Li6PS5Cl"}
    del whole["properties"]["replenishing_current"]
    known = entry_of(whole, "x.toml", entry)
    assert known.borrowed["replenishing_current"] == "Li | Li6PS5Cl"
    assert known.borrowed["void_depth"] == "Li | Li2OHCl"


def test_a_number_that_is_replaced_is_borrowed_no_longer() -> None:
    known = entry("Li | LLZO")
    changed = known.updated({"void_depth": entry("Li | Li2OHCl").quantity("void_depth")})
    assert known.borrowed.keys() - changed.borrowed.keys() == {"void_depth"}


def test_a_borrowed_resistance_keeps_its_temperature_where_the_borrower_has_another_reference() -> None:
    whole = document("Li_LLZO.toml") | {"base": "Li | Li2OHCl"}
    usual = {"value": "25 degC", "status": "chosen", "source": "usual"}
    own = {
        "value": "0.5 mA/cm^2/MPa",
        "status": "assumed",
        "range": ["0.1 mA/cm^2/MPa", "2 mA/cm^2/MPa"],
        "source": "x",
    }
    whole["properties"] = {"reference_temperature": usual, "replenishing_current": own}
    known, base = entry_of(whole, "x.toml", entry), entry("Li | Li2OHCl")
    names = ("charge_transfer_resistance", "charge_transfer_activation_energy")
    assert known.meant_at("charge_transfer_resistance") == pytest.approx(353.15)
    assert known.resistance_at(*names, 353.15) == pytest.approx(base["charge_transfer_resistance"], rel=1e-12)
    assert known.resistance_at(*names, 298.15) > 10.0 * base["charge_transfer_resistance"]
    assert known.meant_at("replenishing_current") == pytest.approx(298.15)


def test_a_base_of_another_kind_or_of_no_name_is_refused() -> None:
    assert "of another kind" in faults(own("LLZO.toml") | {"base": "Li"})["base"]
    assert "not in the library" in faults(own("LLZO.toml") | {"base": "LLZ0"})["base"]
    assert "is no kind" in faults(own("LLZO.toml") | {"kind": "solid"})["kind"]


# a person's own files


def written(folder: Path, file: str, whole: dict[str, Any]) -> Path:
    """Write a document as the TOML that a person would write."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {_toml(value)}" for key, value in whole.items() if not isinstance(value, dict)]
    lines += ["[properties]", *(f"{name} = {_toml(record)}" for name, record in whole["properties"].items())]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def cell_file(folder: Path, material: str) -> Path:
    """Write a cell of one material into a folder."""
    whole = cell_document()
    whole["electrolyte"]["material"] = material
    lines = [f"{key} = {_toml(value)}" for key, value in whole.items()]
    path = folder / "cell.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


MINE = {"name": "Mine", "chemistry": "halide"}


def test_a_cell_names_an_electrolyte_by_its_file(tmp_path: Path) -> None:
    density = {"value": "2.5 g/cm^3", "status": "measured", "source": "pycnometer"}
    written(tmp_path, "lab/mine.toml", own("LLZO.toml", density=density) | MINE)
    cell = load_cell(cell_file(tmp_path, "./lab/mine.toml"))
    assert cell.electrolyte.material == "Mine"
    assert electrolyte_entry(cell)["density"] == pytest.approx(2500.0)
    lighter = parse_cell(cell_document())
    ratio = derive(lighter).pellet_thickness_m / derive(cell).pellet_thickness_m
    assert ratio == pytest.approx(2500.0 / entry("Li2OHCl")["density"])
    assert interface_name(cell) == "Li | solid electrolyte"
    assert len(library_parameters(cell).borrowed) == len(library_parameters(cell).properties)


def test_a_folder_beside_the_cell_adds_a_material_and_its_pair(tmp_path: Path) -> None:
    resistance = {"value": "7 ohm*cm^2", "status": "measured", "source": "this bench", "at": "25 degC"}
    pair = {
        "name": "Li | Mine",
        "kind": "anode interface",
        "sides": ["Li", "Mine"],
        "base": "Li | Li2OHCl",
        "about": "x",
    }
    written(tmp_path, "materials/mine.toml", own("Li6PS5Cl.toml") | MINE)
    written(tmp_path, "materials/pair.toml", pair | {"properties": {"charge_transfer_resistance": resistance}})
    known = library_parameters(load_cell(cell_file(tmp_path, "Mine")))
    assert known.name == "Li | Mine"
    assert known["charge_transfer_resistance"] == pytest.approx(7e-4)
    assert known.meant_at("charge_transfer_resistance") == pytest.approx(298.15)
    assert "charge_transfer_resistance" not in known.borrowed
    assert len(known.borrowed) == len(known.properties) - 1


def test_a_file_takes_the_place_of_a_shipped_entry_of_its_name(tmp_path: Path) -> None:
    density = {"value": "2 g/cm^3", "status": "measured", "source": "s"}
    mine = {"name": "Li2OHCl", "kind": "solid electrolyte", "base": "Li2OHCl", "about": "our batch"}
    written(tmp_path, "materials/ours.toml", mine | {"properties": {"density": density}})
    cell = load_cell(cell_file(tmp_path, "Li2OHCl"))
    assert electrolyte_entry(cell)["density"] == pytest.approx(2000.0)
    assert electrolyte_entry(cell)["conductivity"] == entry("Li2OHCl")["conductivity"]
    assert entry("Li2OHCl")["density"] == pytest.approx(1840.0)
    assert repr(cell) != repr(parse_cell(cell_document()))


def test_a_pair_of_a_chemistry_stands_in_for_its_members(tmp_path: Path) -> None:
    pair = {"name": "Li | halides", "kind": "anode interface", "sides": ["Li", "halide"], "base": "Li | Li2OHCl"}
    written(tmp_path, "materials/mine.toml", own("Li6PS5Cl.toml") | MINE)
    written(tmp_path, "materials/pair.toml", pair | {"about": "x", "properties": {}})
    assert interface_name(load_cell(cell_file(tmp_path, "Mine"))) == "Li | halides"
    assert interface_name(load_cell(cell_file(tmp_path, "LLZO"))) == "Li | LLZO"


def test_a_metal_of_ones_own_needs_its_pair_too(tmp_path: Path) -> None:
    metal = {"name": "Na", "kind": "metal", "base": "Li", "about": "mine"}
    written(tmp_path, "materials/metal.toml", metal | {"properties": {}})
    path = cell_file(tmp_path, "Li2OHCl")
    path.write_text(path.read_text("utf-8").replace('material = "Li"', 'material = "Na"'), "utf-8")
    with pytest.raises(SpecError, match="no electrode of Na against any electrolyte: its laws are those of lithium"):
        load_cell(path)


def test_faults_of_a_file_and_of_its_cell_come_together(tmp_path: Path) -> None:
    written(tmp_path, "mine.toml", own("Li6PS5Cl.toml", density=None, permittivity=None) | MINE)
    path = cell_file(tmp_path, "./mine.toml")
    path.write_text(path.read_text("utf-8").replace("80 degC", "80 V"), "utf-8")
    with pytest.raises(SpecError) as caught:
        load_cell(path)
    assert {fault.where for fault in caught.value.faults} == {
        "mine.toml: properties.density", "mine.toml: properties.permittivity", "cell.toml: temperature",
    }  # fmt: skip


def test_a_file_that_is_not_there_is_said_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"missing\.toml: cannot be read"):
        load_cell(cell_file(tmp_path, "./missing.toml"))


def test_two_files_of_one_name_and_files_based_on_each_other_are_refused(tmp_path: Path) -> None:
    written(tmp_path, "materials/a.toml", own("Li6PS5Cl.toml") | MINE)
    written(tmp_path, "materials/b.toml", own("LLZO.toml") | MINE)
    with pytest.raises(SpecError, match=r"is the name of .*\.toml too"):
        load_cell(cell_file(tmp_path, "Mine"))
    written(tmp_path, "materials/a.toml", own("Li6PS5Cl.toml") | {"name": "A", "base": "B"})
    written(tmp_path, "materials/b.toml", own("LLZO.toml") | {"name": "B", "base": "A"})
    with pytest.raises(SpecError, match="not in the library"):
        load_cell(cell_file(tmp_path, "A"))


def test_own_entries_go_first_and_the_others_stay() -> None:
    mine = entry_of(own("LLZO.toml") | {"name": "LLZO", "about": "mine"}, "x.toml", entry)
    library = Library({"LLZO": mine})
    assert library.entry("LLZO").about == "mine"
    assert library.entry("Li") is entry("Li")
    assert sorted(library.names("solid electrolyte")) == sorted(Library().names("solid electrolyte"))
    assert library.digest()
    assert not Library().digest()
