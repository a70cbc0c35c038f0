"""Every electrolyte of the library makes a cell: its pair is known, or borrowed and counted."""

import pytest
from full_cells import full_document

from ionweld.errors import SpecError
from ionweld.spec.cell import parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.library import material_names


@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("material", material_names("solid electrolyte"))
def test_a_pair_that_is_not_known_is_borrowed_and_counted(material: str, positive: bool) -> None:
    document = full_document()
    document["electrolyte"]["material"] = material
    if not positive:
        del document["electrodes"]["positive"]
    known = library_parameters(parse_cell(document))
    assert ("cathode_resistance" in known.properties) == positive
    assert ("cathode_resistance" in known.borrowed) == (positive and material != "Li2OHCl")
    assert bool(known.borrowed) == (material != "Li2OHCl")


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
