"""A mechanism is one file, found by being there; it can be left out; a wrong layout cannot be built."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from full_cells import full_document, full_parameters, make_window
from spine_cells import WELDED, cell_document, make_protocol, parameters, voltages

from ionweld.errors import SpecError
from ionweld.infer import ablation
from ionweld.infer.diagnosis import switches_of
from ionweld.simulate import conditions, mechanisms
from ionweld.simulate.bench import DECAYS
from ionweld.simulate.cell import simulate
from ionweld.simulate.impedance import low_frequency_resistance
from ionweld.simulate.layout import Slot, SlotLayout, Slots, places
from ionweld.simulate.mechanisms import mechanism, mechanism_names
from ionweld.simulate.run import SimulatedTest
from ionweld.simulate.snapshot import BEFORE
from ionweld.spec.cell import CellSpec, parse_cell, switch_names
from ionweld.spec.library import Entry
from ionweld.spec.quantity import parse_quantity

TEN = make_protocol((0.1, 0.5, 10))

CRACKING = '''"""An interphase that cracks: at a contact that carries too much, its resistance grows by the charge."""

from ionweld.simulate.bench import MOMENT, RATES, C, hook, sides_of, view, whole
from ionweld.simulate.layout import Slot, Slots, places
from ionweld.simulate.mechanism import Mechanism, RecordedSlot

SLOTS = Slots(
    states=(Slot("cracked", "1", "cracked part of the interphase", sides=True),),
    numbers=(Slot("crack_rate", "m2/C", "cracking per charge"), Slot("crack_resistance", "ohm m2", "of a crack")),
)
Y, OWN = places(SLOTS.states), places(SLOTS.numbers)


@hook
def _moment(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    for side in range(sides_of(cell)):
        for i in range(bench.n):
            cell.columns[C.transfer + side, i] += own.numbers[OWN.crack_resistance] * own.states[Y.cracked + side, i]


@hook
def _rates(t, at, bench):
    own, cell = view(at, bench), whole(bench)
    for side in range(sides_of(cell)):
        for i in range(bench.n):
            left = 1.0 - own.states[Y.cracked + side, i]
            own.rates[Y.cracked + side, i] = own.numbers[OWN.crack_rate] * cell.columns[C.flow, i] * left


MECHANISM = Mechanism(
    name="cracking",
    about="an interphase that cracks",
    switch="cracking",
    slots=SLOTS,
    parameters={"crack_rate": "m^2/C", "crack_resistance": "ohm*m^2"},
    numbers=lambda setting: {name: setting.parameters[name] for name in ("crack_rate", "crack_resistance")},
    hooks={MOMENT: _moment, RATES: _rates},
    seen=(RecordedSlot("Cracked interphase / 1", "states", "cracked", "mean"),),
)
'''


def with_mechanisms(document: dict[str, Any], **switches: bool) -> CellSpec:
    return parse_cell(document | {"mechanisms": switches})


def run_of(cell: CellSpec, entry: Entry | None = None) -> SimulatedTest:
    return simulate(cell, TEN, entry or parameters(), "s0")


def test_a_mechanism_is_one_file_and_one_line_of_a_pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes voltage, impedance and what is recorded, in symmetric and in full cells; no other file knows of it.

    Its switch is a cause that a diagnosis weighs.
    """
    (tmp_path / "cracking.py").write_text(CRACKING)
    monkeypatch.setattr(mechanisms, "__path__", [*mechanisms.__path__, str(tmp_path)])
    monkeypatch.setattr(ablation, "SWITCHES", switches_of([*switch_names(), "cracking"]))
    numbers = {
        "crack_rate": parse_quantity("1e-5 m^2/C", "m^2/C"),
        "crack_resistance": parse_quantity("1 ohm*m^2", "ohm*m^2"),
    }
    for document, plain, protocol in (
        (cell_document(), parameters(), TEN),
        (full_document(), full_parameters(), make_window(cycles=2)),
    ):
        cell = parse_cell(document)
        pair = replace(plain, properties=plain.properties | numbers, mechanisms=(*plain.mechanisms, "cracking"))
        sound, cracked = simulate(cell, protocol, plain, "s0"), simulate(cell, protocol, pair, "s0")
        part = cracked.states["Cracked interphase / 1"].to_numpy()
        assert part[0] == 0.0
        assert part[-1] > 0.01
        assert cracked.charge_error < 1e-9
        last = len(cracked.snapshots) - 1
        assert low_frequency_resistance(cracked, BEFORE).total == low_frequency_resistance(sound, BEFORE).total
        assert low_frequency_resistance(cracked, last).lithium > 1.2 * low_frequency_resistance(sound, last).lithium
        assert sound.measurement.provenance.sha256 != cracked.measurement.provenance.sha256
        assert "cracking" in ablation.candidates(cell, pair)
        assert "cracking" not in ablation.candidates(cell, plain)


def test_an_unknown_mechanism_is_refused_with_those_there_are() -> None:
    with pytest.raises(SpecError, match="voids"):
        mechanism("gremlins")


@pytest.mark.parametrize("name", mechanism_names())
def test_a_mechanism_says_what_it_is_and_which_numbers_it_takes(name: str) -> None:
    one = mechanism(name)
    assert one.name == name
    assert one.about
    assert all(slot.unit and slot.meaning for kind in one.slots.__slots__ for slot in getattr(one.slots, kind))


def test_a_layout_that_does_not_fit_cannot_be_built() -> None:
    slot = Slot("contact", "1", "a fraction")
    with pytest.raises(ValueError, match="twice"):
        places((slot, slot))
    with pytest.raises(ValueError, match="contact"):
        SlotLayout({"one": Slots(states=(slot,)), "other": Slots(shared=(slot,))})
    layout = SlotLayout(
        {"one": Slots(states=(Slot("a", "1", "", sides=True), Slot("b", "1", "")), shared=(Slot("c", "1", ""),))}
    )
    assert [layout.state(name, 4) for name in "abc"] == [slice(0, 8), slice(8, 12), slice(12, 13)]
    assert layout.states(4) == 13
    with pytest.raises(ValueError, match="no slot"):
        layout.place("states", "d")


# switches


def test_a_cell_has_the_switches_that_mechanisms_state_and_no_other() -> None:
    stated = {mechanism(name).switch for name in mechanism_names()} - {None}
    assert set(parse_cell(cell_document()).switches) == stated


def test_contact_that_is_not_lost_stays_as_it_was_made() -> None:
    run = run_of(with_mechanisms(cell_document(), contact_loss=False))
    assert np.ptp(run.states["Contact, negative / 1"].to_numpy()) == 0.0
    assert np.array_equal(
        run.conditions.column("assembly"), run_of(parse_cell(cell_document())).conditions.column("assembly")
    )


def test_an_interphase_that_does_not_grow_leaves_the_voltage_lower() -> None:
    grown = parameters(interphase_growth=1e-4)
    with_it, without = (run_of(with_mechanisms(cell_document(), interphase=on), grown) for on in (True, False))
    assert abs(voltages(without)[-1]) < 0.95 * abs(voltages(with_it)[-1])


def test_without_filaments_there_is_no_short() -> None:
    fast = parameters(filament_focus=1e4)
    assert run_of(parse_cell(cell_document()), fast).events
    assert run_of(with_mechanisms(cell_document(), filament=False), fast).events == ()


def test_a_layer_without_resistance_and_a_short_that_is_off() -> None:
    welded = run_of(parse_cell(cell_document(WELDED)))
    ideal = run_of(with_mechanisms(cell_document(WELDED), layer=False))
    assert low_frequency_resistance(ideal, BEFORE).layer == 0.0
    assert abs(voltages(ideal)[-1]) < abs(voltages(welded)[-1])
    leaky = parameters(soft_short_growth=1e-6)
    assert np.array_equal(
        voltages(run_of(with_mechanisms(cell_document(), soft_short=False), leaky)),
        voltages(run_of(parse_cell(cell_document()))),
    )


def test_a_cathode_that_does_not_fade() -> None:
    def active(fades: bool) -> np.ndarray:
        cell = with_mechanisms(full_document(WELDED), cathode=fades)
        return simulate(cell, make_window(cycles=3), full_parameters(), "s0").state("active")[:, 0]

    assert (active(False) == 1.0).all()
    assert active(True)[-1] == pytest.approx(0.99**2, rel=1e-9)


def test_a_switch_that_there_is_not_is_refused() -> None:
    with pytest.raises(SpecError, match="contact_loss"):
        with_mechanisms(cell_document(), contacts=False)


def test_how_fast_states_decay_says_how_long_steps_are_and_changes_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """Creep that resupplies thousands of times as fast as it does makes contact stiff, as that of an aged cell is."""
    cell, protocol = parse_cell(cell_document(WELDED)), make_protocol((0.4, 0.5, 3))
    fast = parameters(replenishing_current=3000.0 * parameters()["replenishing_current"])
    quick = simulate(cell, protocol, fast, "stiff")
    without = [
        replace(one, hooks={k: h for k, h in one.hooks.items() if k != DECAYS}) for one in quick.conditions.mechanisms
    ]
    monkeypatch.setattr(conditions, "mechanisms_of", lambda *_of: tuple(without))
    plain = simulate(cell, protocol, fast, "stiff")
    assert voltages(quick) == pytest.approx(voltages(plain), rel=1e-5)
    assert quick.snapshots == pytest.approx(plain.snapshots, rel=1e-4, abs=1e-7)
    assert quick.work["right_hand_sides"] < 0.6 * plain.work["right_hand_sides"]
