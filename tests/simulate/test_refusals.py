"""What is refused before anything is simulated, because cell and protocol do not go together."""

import pytest
from full_cells import make_full, make_window, window_document
from spine_cells import make_cell, make_protocol, parameters

from ionweld.errors import SpecError
from ionweld.simulate.cell import simulate
from ionweld.simulate.refusals import MOST_RECORDS, refuse_the_impossible
from ionweld.spec.derived import library_parameters
from ionweld.spec.protocol import parse_protocol


def test_a_full_cell_that_records_too_often_is_refused_before_memory_runs_out() -> None:
    often = parse_protocol(window_document() | {"record_every": "0.1 ms"})
    with pytest.raises(SpecError, match="record_every"):
        refuse_the_impossible(make_full(), often)
    with pytest.raises(SpecError, match="record_every"):
        simulate(make_full(), often, library_parameters(make_full()), "often")


def test_the_bound_on_records_counts_all_half_cycles_at_their_longest() -> None:
    """3 cycles at 0.2 C last at most 6 x 10 h: the bound lies where the records of that time pass it."""
    seconds = 6.0 * 36000.0 / MOST_RECORDS
    for factor, refused in ((1.01, False), (0.99, True)):
        protocol = parse_protocol(window_document() | {"record_every": f"{factor * seconds} s"})
        if refused:
            with pytest.raises(SpecError, match="record_every"):
                refuse_the_impossible(make_full(), protocol)
        else:
            refuse_the_impossible(make_full(), protocol)


@pytest.mark.parametrize("temperature", ["1 K", "-101 degC", "181 degC", "900 degC"])
def test_no_law_covers_a_frozen_or_a_molten_cell(temperature: str) -> None:
    for cell, protocol in (
        (make_cell(temperature=temperature), make_protocol((0.1, 0.5, 1))),
        (make_full(temperature=temperature), make_window()),
    ):
        with pytest.raises(SpecError, match=r"cell: temperature.*-100 degC and 180 degC"):
            refuse_the_impossible(cell, protocol)


@pytest.mark.parametrize("temperature", ["-99 degC", "179 degC"])
def test_a_cell_inside_the_range_is_not_refused(temperature: str) -> None:
    refuse_the_impossible(make_full(temperature=temperature), make_window())


def test_the_temperature_of_a_named_point_is_held_to_the_same_range() -> None:
    point = {"when": "before", "temperature": "900 degC"}
    protocol = parse_protocol(window_document() | {"impedance": [{"when": "before"} | point]})
    with pytest.raises(SpecError, match=r"impedance\.0\.temperature"):
        refuse_the_impossible(make_full(), protocol)


def test_every_fault_is_told_at_once() -> None:
    """A foil of 100 um, of which half a year of 10 mA/cm2 would strip more; and far too cold."""
    cold = make_cell(temperature="1 K")
    with pytest.raises(SpecError) as caught:
        simulate(cold, make_protocol((10.0, 4000.0, 1)), parameters(), "all")
    assert {fault.where for fault in caught.value.faults} == {"cell: temperature", "protocol: stages[0]"}


def test_a_cell_above_the_melting_point_of_lithium_is_refused_with_the_reason() -> None:
    with pytest.raises(SpecError, match=r"Li melts at 180\.5 degC"):
        refuse_the_impossible(make_cell(temperature="190 degC"), make_protocol((0.1, 0.5, 1)))


def test_steps_one_way_strip_one_after_the_other_and_half_cycles_each_anew() -> None:
    """1 mAh/cm2 is 4.86 um of lithium: twice 12 steps of it are 117 um of a foil of 100."""
    protocol = make_protocol((1.0, 1.0, 12), (1.0, 1.0, 12))
    refuse_the_impossible(make_cell(), protocol)
    with pytest.raises(SpecError, match="takes 117 um of lithium") as caught:
        refuse_the_impossible(make_cell(), protocol.model_copy(update={"one_way": True}))
    assert [fault.where for fault in caught.value.faults] == ["protocol: stages[1]"]
