"""Materials that the library knows each by itself, but not against each other, are a fault of the cell's file."""

import pytest
from full_cells import full_document

from ionweld.errors import SpecError
from ionweld.spec.cell import parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.library import material_names


@pytest.mark.parametrize("material", ["LLZO", "Li6PS5Cl"])
def test_a_cathode_that_is_not_known_against_the_electrolyte_is_refused_with_the_known_pairs(material: str) -> None:
    document = full_document()
    document["electrolyte"]["material"] = material
    with pytest.raises(SpecError) as raised:
        parse_cell(document, "cell.toml")
    (fault,) = raised.value.faults
    assert fault.where == "cell.toml: electrodes.positive.material"
    assert f"{material} with LiFePO4" in fault.seen
    assert "Li2OHCl with LiFePO4" in fault.mend


def test_every_cell_that_is_accepted_has_its_parameters() -> None:
    """Whatever the library holds of electrolytes: a cell is refused, or its interfaces are described."""
    accepted = []
    for material in material_names("solid electrolyte"):
        for positive in (False, True):
            document = full_document()
            document["electrolyte"]["material"] = material
            if not positive:
                del document["electrodes"]["positive"]
            try:
                cell = parse_cell(document)
            except SpecError:
                continue
            assert library_parameters(cell).properties
            accepted.append((material, positive))
    assert ("Li2OHCl", True) in accepted
    assert ("LLZO", False) in accepted
