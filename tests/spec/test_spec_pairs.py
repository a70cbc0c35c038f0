"""Every electrolyte of the library makes a cell: its pair is known, or borrowed and counted."""

from dataclasses import replace

import pytest
from full_cells import full_document

from ionweld.errors import SpecError
from ionweld.spec.cell import parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.library import Library, entry, material_names


@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("material", material_names("solid electrolyte"))
def test_a_pair_that_is_not_known_is_borrowed_and_counted(material: str, positive: bool) -> None:
    document = full_document()
    document["electrolyte"]["material"] = material
    if not positive:
        del document["electrodes"]["positive"]
    known = library_parameters(parse_cell(document))
    assert ("cathode_resistance" in known.properties) == positive
    own = {
        "Li2OHCl",
        *(one for one in material_names("solid electrolyte") if entry(one).chemistry in ("polymer", "phosphate")),
    }
    assert ("cathode_resistance" in known.borrowed) == (positive and material not in own)
    assert bool(known.borrowed) == (material != "Li2OHCl")


@pytest.mark.parametrize("material", material_names("solid electrolyte"))
def test_electrons_leak_as_the_electrolytes_own_file_says(material: str) -> None:
    document = full_document()
    document["electrolyte"]["material"] = material
    known, own = library_parameters(parse_cell(document)), entry(material).properties
    leak = known.quantity("electronic_leak")
    assert ("electronic_leak" in known.borrowed) == (material != "Li2OHCl" and "electronic_conductivity" not in own)
    if "electronic_conductivity" in own:
        assert (leak.value, leak.source) == (
            own["electronic_conductivity"].value,
            own["electronic_conductivity"].source,
        )
        assert leak.at == own["conductivity_temperature"].value
        assert known.rate_at("electronic_leak", "leak_activation_energy", leak.at) == leak.value


def test_a_pair_that_says_how_electrons_leak_goes_before_its_electrolyte() -> None:
    document = full_document()
    document["electrolyte"]["material"] = "Li6PS5Cl"
    plain = parse_cell(document)
    pair = library_parameters(plain).quantity("electronic_leak")
    of_pair = entry("Li2OHCl | LiFePO4")
    own = replace(of_pair, name="mine", sides=("Li6PS5Cl", "LiFePO4"), file="mine.toml")
    mine = library_parameters(plain.of(Library({"mine": own})))
    assert mine["electronic_leak"] == of_pair["electronic_leak"] != pair.value


def test_a_metal_that_no_electrolyte_is_known_against_is_refused_with_the_known_pairs(monkeypatch) -> None:
    document = full_document()
    del document["electrodes"]["positive"]
    monkeypatch.setattr("ionweld.spec.library._pairs", dict)
    with pytest.raises(SpecError) as raised:
        parse_cell(document, "cell.toml")
    (fault,) = raised.value.faults
    assert fault.where == "cell.toml: electrodes.negative.material"
    assert "Li with Li2OHCl" in fault.seen
    assert 'sides = ["Li", "Li2OHCl"]' in fault.mend
