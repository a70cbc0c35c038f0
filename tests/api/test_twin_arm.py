"""Cells, protocols and the twin from Python: the examples of the contract, and what is refused."""

from contextlib import nullcontext
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pint
import polars as pl
import pytest

import ionweld as iw
from ionweld.api import twin
from ionweld.errors import InputError, SpecError, UnitError
from ionweld.twin.pool import workers

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
SHORT = {"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 3}


@pytest.fixture(scope="module")
def welded() -> iw.Cell:
    return iw.Cell.load(str(EXAMPLES / "welded.toml"))


@pytest.fixture(scope="module")
def short() -> iw.Protocol:
    return iw.Protocol.symmetric(**SHORT)


def test_a_cell_from_its_file_and_from_its_fields_are_one(welded: iw.Cell) -> None:
    assert iw.Cell(**welded.to_dict()) == welded == iw.Cell.load(EXAMPLES / "welded.toml")
    assert repr(welded) == "<Cell: Li | Li2OHCl | Li, welded, 80 degC, 0.15 MPa>"
    assert "electrodes.negative.interface.gap" in welded._repr_html_()


def test_any_field_is_changed_by_its_path_or_an_ending_of_it(welded: iw.Cell) -> None:
    bare = welded.with_(**{"negative.interface.volume": "0 uL"})
    assert bare.spec.electrodes.negative.interface.volume.value == 0.0
    assert welded.spec.electrodes.negative.interface.volume.text == "3 uL", "the cell itself stays"
    both = welded.with_(stack_pressure="0.5 MPa", **{"electrolyte.diameter": "12 mm"})
    assert (both.spec.stack_pressure.value, both.spec.electrolyte.diameter.value) == (5e5, 0.012)
    assert welded.with_(filament=False).spec.switches["filament"] is False
    assert both != welded


def test_what_is_given_out_changes_nothing_inside(welded: iw.Cell) -> None:
    document = welded.to_dict()
    document["electrodes"]["negative"]["diameter"] = "1 mm"
    assert welded.with_(name="other").spec.electrodes.negative.diameter.value == 0.006


def test_a_quantity_of_pint_is_taken_and_a_bare_number_refused(welded: iw.Cell) -> None:
    units = pint.UnitRegistry()
    warm = welded.with_(stack_pressure=0.5 * units.MPa, temperature=units.Quantity(60.0, "degC"))
    assert (warm.spec.stack_pressure.value, warm.spec.temperature.value) == (5e5, 333.15)
    with pytest.raises(SpecError, match=r"stack_pressure.*no unit.*0\.5 MPa"):
        welded.with_(stack_pressure=0.5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"diameter": "7 mm"}, r"'diameter' may mean electrolyte.diameter, |may mean .*electrodes\.diameter"),
        ({"stack_presure": "1 MPa"}, "no field.*stack_pressure"),
        ({"stack_pressure": "1 mm"}, "wrong dimension"),
        ({"temperature": "-400 degC"}, "temperature"),
    ],
)
def test_a_change_that_cannot_be_is_refused(welded: iw.Cell, changes: dict[str, str], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        welded.with_(**changes)


def test_every_fault_is_said_at_once(welded: iw.Cell) -> None:
    with pytest.raises(SpecError) as refused:
        welded.with_(one_thing="1", another="2")
    assert len(refused.value.faults) == 2
    with pytest.raises(SpecError) as refused:
        iw.Cell(name="half described", temperature=80)
    assert len(refused.value.faults) >= 4


def test_protocols_in_code_are_those_of_files() -> None:
    loaded = iw.Protocol.load(str(EXAMPLES / "cycling.toml"))
    made = iw.Protocol.symmetric(**SHORT | {"cycles": 40}, voltage_limit="5 V", name=loaded.spec.name)
    assert made == loaded
    assert made.with_(cycles=2).spec.stages[0].cycles == 2
    full = iw.Protocol.load(EXAMPLES / "full_cell_cycling.toml")
    window = {name: full.to_dict()[name] for name in ("upper_voltage", "lower_voltage", "record_every")}
    assert iw.Protocol.full(c_rate="0.2 C", cycles=40, name=full.spec.name, **window) == full
    paused = iw.Protocol.symmetric(**SHORT, rest="5 min", first_half_cycle="discharge")
    assert (paused.spec.stages[0].rest.value, paused.spec.first_half_cycle) == (300.0, "discharge")


def test_a_ramp_rises_by_its_factor() -> None:
    ramp = iw.Protocol.ramp(start="0.05 mA/cm^2", factor=1.25, stop="5 mA/cm^2", half_cycle_time="0.5 h")
    currents = [0.1 * stage.current_density.value for stage in ramp.spec.stages]
    assert currents[:3] == pytest.approx([0.05, 0.0625, 0.078125])
    assert 5.0 / 1.25 < currents[-1] <= 5.0
    with pytest.raises(SpecError, match="factor"):
        iw.Protocol.ramp(start="0.05 mA/cm^2", stop="5 mA/cm^2", half_cycle_time="0.5 h")


def test_strip_moves_one_way_alone(welded: iw.Cell) -> None:
    strip = iw.Protocol.strip(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", steps=2)
    amps = iw.simulate(welded, strip).test.table()["Current / A"].to_numpy()
    assert amps.min() > 0.0


def test_a_run_shows_what_a_cycler_would_and_what_it_would_not(
    welded: iw.Cell, short: iw.Protocol, tmp_path: Path
) -> None:
    run = iw.simulate(welded, short, seed=1)
    assert run.outcome.startswith("completed")
    assert run.table().height == 3
    assert run.states.height == run.test.table().height
    assert "simulated" in repr(run)
    run.report(tmp_path / "report.html")
    assert "<svg" in (tmp_path / "report.html").read_text("utf-8")
    assert run.to_dict()["outcome"] == run.outcome
    area = np.pi * 0.003**2
    assert run.test.table()["Current / A"].max() == pytest.approx(1.0 * area)  # 0.1 mA/cm2 = 1 A/m2


def test_a_spectrum_is_taken_of_a_cell_at_a_moment(welded: iw.Cell, short: iw.Protocol) -> None:
    run = iw.simulate(welded, short, seed=1)
    spectrum = run.spectrum(after_cycle=2, rest="2 h", points=30)
    assert spectrum.frequency.shape == spectrum.impedance.shape == (30,)
    assert spectrum.temperature == pytest.approx(353.15)
    assert run.spectrum(after_cycle=2, rest="2 h", points=30).impedance.tolist() == spectrum.impedance.tolist()
    assert run.spectrum().data.label.endswith(", before the first current") or run.spectrum().data.label
    with pytest.raises(SpecError, match="rest"):
        run.spectrum(after_cycle=2, rest=2)
    with pytest.raises(SpecError, match="rest"):
        run.spectrum(after_cycle=2)


def test_an_ensemble_asks_for_so_many_workers_and_has_a_band(
    short: iw.Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That their number changes nothing is tested where they are (tests/twin/test_ensemble.py)."""
    bare, asked = EXAMPLES / "bare.toml", []
    with workers(1) as alone:
        monkeypatch.setattr(twin, "processes", lambda count: asked.append(count) or nullcontext(alone))
        several = iw.ensemble(bare, short, n=3, seed=4, workers=2)
    monkeypatch.undo()
    alone = iw.ensemble(bare, short, n=3, seed=4)
    assert asked == [2]
    assert alone.table().equals(several.table())
    assert iw.simulate(bare, short, seed=4).table().equals(alone.runs[0].cycles)
    assert not alone.band("overpotential").equals(iw.ensemble(bare, short, n=3, seed=5).band("overpotential"))
    band = alone.band("overpotential")
    values = sorted(member.cycles["overpotential_V"][0] for member in alone.runs)
    assert band["median"][0] == pytest.approx(values[1])
    assert band["n"].to_list() == [3, 3, 3]
    assert alone.survival()["surviving"].to_list() == [1.0, 1.0, 1.0]
    with pytest.raises(InputError, match=r"no number of a cycle.*overpotential_V"):
        alone.band("overpotentiel")


def test_survival_falls_where_a_test_ends() -> None:
    hard = iw.Protocol.symmetric(current_density="1 mA/cm^2", half_cycle_time="0.5 h", cycles=12)
    many = iw.ensemble(EXAMPLES / "bare.toml", hard.with_(voltage_limit="1 V"), n=4)
    lives = many.table()
    assert lives.filter(pl.col("outcome").str.starts_with("completed")).height < 4, "the protocol is too kind to tell"
    for cycle, share in many.survival().iter_rows():
        ended = pl.col("outcome").str.starts_with("completed").not_() & (pl.col("cycles") <= cycle)
        assert share == pytest.approx(1.0 - lives.filter(ended).height / 4)


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True])
def test_a_seed_is_a_whole_number(short: iw.Protocol, seed: object) -> None:
    with pytest.raises(InputError, match=r"seed.*whole number"):
        iw.simulate(EXAMPLES / "bare.toml", short, seed=seed)  # pyright: ignore[reportArgumentType]


def test_the_library_is_a_table() -> None:
    assert {"Li6PS5Cl", "Li2OHCl", "Li"} <= set(iw.materials()["name"])
    numbers = iw.material("Li6PS5Cl")
    conductivity = numbers.row(by_predicate=pl.col("property") == "conductivity", named=True)
    assert (conductivity["unit"], conductivity["status"]) == ("S/m", "literature")
    assert conductivity["source"]
    own = iw.material(EXAMPLES / "my_electrolyte.toml")
    assert own.columns == numbers.columns
    with pytest.raises(SpecError, match="not in the library"):
        iw.material("Li7P3S12")


def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="no path"):
        iw.Cell.load(3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="cannot be read"):
        iw.simulate("nowhere.toml", "nowhere.toml")


def test_unit_errors_name_the_argument() -> None:
    with pytest.raises(UnitError, match=r"temperature: 80 has no unit\. Write it as text"):
        iw.Spectrum(frequency=[1.0, 2.0, 3.0], impedance=[1.0, 1.0, 1.0], temperature=80)


def test_a_sweep_is_a_table_and_agrees_with_single_cells(welded: iw.Cell, short: iw.Protocol) -> None:
    found = iw.sweep(welded, short, {"stack_pressure": ["0.1 MPa", "1 MPa"]}, n=2, seed=3)
    table = found.table()
    assert table.height == 4
    assert sorted(set(table["stack_pressure / MPa"])) == [0.1, 1.0]
    one = iw.simulate(welded.with_(stack_pressure="1 MPa"), short, seed=3).table()["overpotential_V"].max()
    there = table.filter(pl.col("stack_pressure / MPa") == 1.0)["largest_overpotential_V"].to_list()
    assert one in there
    assert found.plot().get_ylabel() == "largest overpotential / mV"
    plt.close("all")


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ({"stack_pressure": [0.1, 1.0]}, r"^stack_pressure.*no unit"),
        ({"stack_pressure": "1 MPa"}, "no list of values"),
        ({"stack_presure": ["1 MPa"]}, r"^stack_presure.*no field"),
        ({"stack_pressure": ["100 kPa", "1 MPa"]}, "mixed"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(welded: iw.Cell, short: iw.Protocol, vary: dict, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        iw.sweep(welded, short, vary, n=1)
