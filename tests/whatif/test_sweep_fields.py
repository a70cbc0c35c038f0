"""What a sweep may vary: fields by their paths and endings, ranges and lists, and clear words for what is wrong."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spine_cells import LIQUID, cell_document

from ionweld.errors import SpecError
from ionweld.spec.fields import Field, fields, find, replaced
from ionweld.spec.library import entry
from ionweld.spec.variation import Variation, parse_variation, parse_variations
from ionweld.twin.grid import Base, grid

STAGE = {"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 2}
PROTOCOL = {"name": "test", "first_half_cycle": "charge", "voltage_limit": "5 V", "stages": [STAGE]}


def two_sided() -> dict:
    document = cell_document("3 uL")
    document["electrodes"]["positive"] = dict(document["electrodes"]["negative"])
    return document


KNOWN = fields(two_sided(), PROTOCOL | {"stages": [STAGE, STAGE]}, entry("Li | Li2OHCl"))


def vary(text: str) -> Variation:
    return parse_variation(text, KNOWN)


def paths(asked: str) -> list[str]:
    return [field.path for field in find(asked, KNOWN)]


def test_an_ending_names_a_field_and_both_electrodes_where_it_names_no_side() -> None:
    assert paths("stack_pressure") == ["cell.stack_pressure"]
    both = ["cell.electrodes.negative.interface.volume", "cell.electrodes.positive.interface.volume"]
    assert paths("interface.volume") == paths("volume") == both
    assert paths("negative.interface.volume") == both[:1]
    assert len(paths("electrodes.diameter")) == 2
    assert paths("relative_density") == ["cell.electrolyte.relative_density"]  # left out in the document, yet a field
    assert paths("stages.1.cycles") == ["protocol.stages.1.cycles"]
    assert paths("void_depth") == ["parameters.void_depth"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("diameter=5,6mm", "may mean cell.electrolyte.diameter, cell.electrodes.diameter"),
        ("rest=1,2h", "cell.rest, protocol.stages.0.rest"),
        ("stack_presure=1,2MPa", "Near it: cell.stack_pressure"),
        ("ssure=1,2MPa", "is no field"),
        ("positive.coat=1,2um", "A part that the files leave out"),
        ("stack_pressure", "is no FIELD=VALUES"),
        ("stack_pressure=1,2", "has no unit"),
        ("stack_pressure=1,2kg", "wrong dimension"),
        ("electrolyte.diameter=0:10:5mm", "must be positive"),
        ("stack_pressure=1,2kPa,3MPa", "mixed"),
        ("stack_pressure=2:1:0.1MPa", "does not run upwards"),
        ("stack_pressure=1:2:0MPa", "does not run upwards"),
        ("stack_pressure=1:2MPa", "no START:STOP:STEP"),
        ("stack_pressure=1:2:1e-9MPa", "more than 10000 values"),
        ("stack_pressure=1,1.0MPa", "stands there twice"),
        ("stack_pressure=1,,2MPa", "is no number"),
        ("stages.0.cycles=1,2.5", "no whole number"),
        ("stages.0.cycles=1,2h", "no whole number"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=r"^vary") as caught:
        vary(text)
    assert said in str(caught.value)


def test_all_faults_of_all_texts_are_listed_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        parse_variations(["volume=1,2uL", "negative.interface.volume=1uL", "nothing=1", "gap=1,2kg"], KNOWN)
    said = [str(fault) for fault in caught.value.faults]
    assert len(said) == 3
    assert any("varied twice" in one for one in said)


def test_a_range_is_counted_in_decimals_and_holds_both_ends() -> None:
    values = vary("interface.volume=0:3:0.25uL").values
    assert [value.text for value in values][:4] == ["0 uL", "0.25 uL", "0.5 uL", "0.75 uL"]
    assert (len(values), values[-1].text) == (13, "3 uL")
    assert [value.number for value in vary("temperature=25:80:20degC").values] == [25.0, 45.0, 65.0, 80.0]
    assert [value.number for value in vary("temperature=-10:0:10degC").values] == [-10.0, 0.0]


def test_a_step_beyond_the_range_gives_its_two_ends_and_says_so() -> None:
    one = vary("stack_pressure=0.05:1:8MPa")
    assert [value.text for value in one.values] == ["0.05 MPa", "1 MPa"]
    assert "larger than the range" in one.remark
    assert not vary("stack_pressure=0.05:1:0.95MPa").remark


@given(st.decimals("0.001", "10", places=3), st.decimals("0.001", "10", places=3), st.decimals("0.01", "5", places=3))
def test_every_range_rises_by_its_step_from_start_to_stop(start: Decimal, length: Decimal, step: Decimal) -> None:
    stop = start + length
    numbers = [Decimal(value.text.split()[0]) for value in vary(f"gap={start}:{stop}:{step}um").values]
    gaps = [after - before for before, after in pairwise(numbers)]
    assert (numbers[0], numbers[-1]) == (start, stop)
    assert all(gap == step for gap in gaps[:-1])
    assert 0 < gaps[-1] <= step


def test_values_reach_the_specification() -> None:
    names = ["volume=0,3uL", "temperature=60degC", "void_depth=20um", "stages.0.cycles=3", "first_half_cycle=discharge"]
    base = Base("x", two_sided(), PROTOCOL, lambda cell: entry("Li | Li2OHCl"))
    variations = parse_variations(names, fields(base.cell, base.protocol, entry("Li | Li2OHCl")))
    first, second = grid(base, variations, 1)
    assert first.recipe is not None
    assert second.recipe is not None
    assert [side.interface.volume.value for side in first.recipe.cell.sides] == [0.0, 0.0]
    assert [side.interface.volume.value for side in second.recipe.cell.sides] == pytest.approx([3e-9, 3e-9])
    assert first.recipe.cell.temperature.value == pytest.approx(333.15)
    assert first.recipe.cell.temperature.status == "chosen"
    assert first.recipe.parameters["void_depth"] == pytest.approx(2e-5)
    assert first.recipe.protocol.stages[0].cycles == 3
    assert first.recipe.protocol.first_half_cycle == "discharge"
    assert base.cell == two_sided(), "the documents of the person stay as they were"


def test_a_point_that_cannot_be_has_a_reason_and_only_a_whole_grid_of_them_is_refused() -> None:
    base = Base("x", cell_document(), PROTOCOL, lambda cell: entry("Li | Li2OHCl"))
    known = fields(base.cell, base.protocol, entry("Li | Li2OHCl"))
    good, bad = grid(base, parse_variations(["electrodes.diameter=6,60mm"], known), 1)
    assert good.recipe is not None
    assert bad.recipe is None
    assert "wider than the pellet" in bad.reason
    with pytest.raises(SpecError, match="no liquid"):
        grid(base, parse_variations(["interface.volume=1,3uL"], known), 1)
    with pytest.raises(SpecError, match="are more than"):
        grid(base, parse_variations(["gap=1:20:0.01um"], known), 1000)


def test_replacing_leaves_the_original_alone() -> None:
    document = {"stages": [{"cycles": 1}, {"cycles": 2}]}
    assert replaced(document, "protocol.stages.1.cycles", 5) == {"stages": [{"cycles": 1}, {"cycles": 5}]}
    assert document["stages"][1]["cycles"] == 2
    assert find("liquid", KNOWN)[0] == Field("cell.electrodes.negative.interface.liquid", "text")
    assert vary(f"liquid={LIQUID}").values[0].text == LIQUID


def test_the_fields_of_a_part_that_may_be_left_out_are_varied_too() -> None:
    base = Base("x", cell_document(), PROTOCOL, lambda cell: entry("Li | Li2OHCl"))
    assert "conduction" not in base.cell
    known = fields(base.cell, base.protocol, entry("Li | Li2OHCl"))
    points = grid(base, parse_variations(["conduction.transition_temperature=35,60degC"], known), 1)
    found = [point.recipe.cell.conduction for point in points if point.recipe is not None]
    assert [one.transition_temperature.value for one in found if one and one.transition_temperature] == pytest.approx(
        [308.15, 333.15]
    )
    assert "conduction" not in base.cell
    with pytest.raises(SpecError, match="belong together"):
        grid(base, parse_variations(["conduction.conductivity=1e-4,1e-3S/cm"], known), 1)


@pytest.mark.parametrize("asked", ["boo", "zzzzzzzz", "e"])
def test_only_a_few_names_are_offered_in_place_of_an_unknown_one(asked: str) -> None:
    with pytest.raises(SpecError) as caught:
        find(asked, KNOWN)
    offered = caught.value.faults[0].mend.removeprefix("Near it: ").split(". A part")[0].split(", ")
    assert set(offered) <= {field.path for field in KNOWN}
    assert 1 <= len(offered) <= 5
