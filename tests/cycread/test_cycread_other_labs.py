"""Tables as other laboratories publish them: several cells in one, and currents whose sign is the other way round."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ionweld.errors import FileFormatError
from ionweld.measurement.cycling import CURRENT, TIME, VOLTAGE
from ionweld.read.cycling import counters, read_cycling_file

MINUTE_S, AMPERE = 60.0, 0.5
CHARGE = [(AMPERE, 3.5 + 0.01 * n) for n in range(30)]
DISCHARGE = [(-AMPERE, 3.6 - 0.01 * n) for n in range(30)]
RECORDS = [*CHARGE, *DISCHARGE, *CHARGE, *DISCHARGE]
PLAIN = "{cell},{t},{v:.4f},{i},{cycle}\n"
SEVERAL = {
    "a tester's cell number": ("Cell,Total Time (s),Voltage (V),Current (A),Cycle", PLAIN, (1, 2)),
    "a column of names": ("Battery_ID,Time [s],Voltage [V],Current [A],Cycle", PLAIN, ("B0005", "B0006", "B0018")),
    "Arbin's channels": (
        "Channel,Test Time (s),Voltage (V),Current (A),Cycle Index,Step Index,Data Point",
        "{cell},{t},{v:.4f},{i},{cycle},{step},{n}\n",
        (7, 8),
    ),
}


def table(folder: Path, head: str, row: str, cells: Sequence[object], sign: float = 1.0, each_s: float = 0.0) -> Path:
    """Write the records of each cell one below the other; each_s: how much later every cell begins."""
    lines = [
        row.format(
            cell=cell, n=n, t=MINUTE_S * n + turn * each_s, v=v, i=sign * i, cycle=n // 60 + 1, step=n // 30 + 1,
            charged=_counted(n, 1), discharged=_counted(n, -1), word="charge" if i > 0 else "discharge",
        )
        for turn, cell in enumerate(cells)
        for n, (i, v) in enumerate(RECORDS)
    ]  # fmt: skip
    path = folder / "published.csv"
    path.write_text(head + "\n" + "".join(lines))
    return path


def _counted(n: int, way: int) -> float:
    return AMPERE * MINUTE_S / 3600.0 * sum(i * way > 0 for i, _ in RECORDS[1 : n + 1])


@pytest.mark.parametrize(("head", "row", "cells"), SEVERAL.values(), ids=SEVERAL)
def test_several_cells_in_one_table_are_not_added_up(head: str, row: str, cells: tuple, tmp_path: Path) -> None:
    with pytest.raises(
        FileFormatError, match=rf"{len(cells)} cells one below the other: '\w+' is {cells[0]}, {cells[1]}"
    ):
        read_cycling_file(table(tmp_path, head, row, cells))
    (tmp_path / "published.csv").unlink()
    assert read_cycling_file(table(tmp_path, head, row, cells[:1])).table.height == len(RECORDS)


def test_a_cell_that_went_on_on_another_channel_is_one(tmp_path: Path) -> None:
    head, row, channels = SEVERAL["Arbin's channels"]
    path = table(tmp_path, head, row, channels, each_s=MINUTE_S * len(RECORDS))
    assert read_cycling_file(path).table.height == 2 * len(RECORDS)


OTHER_WAY = {
    "counters of a converter": (
        "Test Time / h,Current / A,Voltage / V,Cycle Count / 1,Step Index / 1,Charge Capacity / Ah,Discharge Capacity / Ah",
        "{t},{i},{v:.4f},{cycle},{step},{charged:.6f},{discharged:.6f}\n",
    ),
    "Arbin's counters": (
        "Data_Point,Test_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V),Charge_Capacity(Ah),Discharge_Capacity(Ah)",
        "{n},{t},{step},{cycle},{i},{v:.4f},{charged:.6f},{discharged:.6f}\n",
    ),
    "words of the steps": (
        "Test Time / s,Current / A,Voltage / V,Cycle Count / 1,Step Type",
        "{t},{i},{v:.4f},{cycle},{word}\n",
    ),
}


@pytest.mark.parametrize(("head", "row"), OTHER_WAY.values(), ids=OTHER_WAY)
def test_a_sign_that_the_file_itself_and_the_voltage_contradict_is_changed(head: str, row: str, tmp_path: Path) -> None:
    right = read_cycling_file(table(tmp_path, head, row, [1]))
    turned = read_cycling_file(table(tmp_path, head, row, [1], sign=-1.0))
    for name in (TIME, VOLTAGE, CURRENT):
        assert_frame_equal(turned.table.select(name), right.table.select(name))
    assert turned.ingest is not None
    assert right.ingest is not None
    assert any("sign of the current was changed" in said for said in turned.ingest.warnings)
    assert not any("sign" in said for said in right.ingest.warnings)
    assert np.sign(right.table[CURRENT][0]) == 1.0


def test_a_sign_that_only_the_counters_contradict_is_left_and_said(tmp_path: Path) -> None:
    """The voltage rises when the current turns positive: the counters are called the wrong way round, not the current."""
    head, row = OTHER_WAY["Arbin's counters"]
    swapped = head.replace("Discharge", "Other").replace("Charge", "Discharge").replace("Other", "Charge")
    read = read_cycling_file(table(tmp_path, swapped, row, [1]))
    assert read.table[CURRENT].sign().to_list() == pl.Series([i for i, _ in RECORDS]).sign().to_list()
    assert read.ingest is not None
    assert any("other sign than the file's own counters" in said for said in read.ingest.warnings)


def test_arbins_names_without_units_are_in_its_units(tmp_path: Path) -> None:
    head = "data_point,test_time,step_index,cycle_index,current,voltage,charge_capacity,discharge_capacity"
    row = "{n},{t},{step},{cycle},{i},{v:.4f},{charged:.6f},{discharged:.6f}\n"
    bare = read_cycling_file(table(tmp_path, head, row, [1]))
    full = read_cycling_file(table(tmp_path, *OTHER_WAY["Arbin's counters"], [1]))
    for name in (TIME, VOLTAGE, CURRENT, "Charging Capacity / Ah"):
        assert_frame_equal(bare.table.select(name), full.table.select(name))
    assert bare.ingest is not None
    assert any("names no units" in said for said in bare.ingest.warnings)
    assert full.ingest is not None
    assert not any("names no units" in said for said in full.ingest.warnings)


def test_a_mode_says_which_way_an_unsigned_current_goes(tmp_path: Path) -> None:
    path = table(tmp_path, "Total Time(Sec),Mode,Voltage(V),Current(A)", "{t},CC {word},{v:.4f},{i}\n", [1])
    path.write_text(path.read_text().replace(",-", ","))
    assert read_cycling_file(path).table[CURRENT].to_list() == [i for i, _ in RECORDS]


@pytest.mark.parametrize("moved", [[0.0, np.nan, 0.0], [0.0, 1e-15, 1e-15]])
def test_a_damaged_counter_counts_nothing_at_rest(moved: list[float]) -> None:
    """Found by damaging binary files: no row stands out, so that there is no first one to name."""
    assert counters._counted_at_rest(pl.Series(moved), pl.Series([0, 0, 0])) == []
