"""Odd files of vendors that exist, written from a known truth: every number is right, or the file is refused with the reason."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cycread.generators import Rows, Truth, arbin_rows, land_header, land_rows, text_of, truth, write_xlsx

from ionweld.analyse.cycling import summarise
from ionweld.errors import FileFormatError
from ionweld.read.cycling import read_cycling_file

TRUTH = truth()
HALF_MAH = 2.5e-4 * 19 * 30.0 / 3.6  # of each half cycle: 19 intervals of 30 s
NAMES = "DataPoint,Cycle Index,Step Index,Step Type,Total Time,Current(mA),Voltage(V)"
WORDS = {"rest": "Rest", "charge": "CC Chg", "discharge": "CC DChg"}


def clock(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds // 60 % 60):02d}:{seconds % 60:06.3f}"


def neware(t: Truth, more: str, values: Callable[[int], list[Any]]) -> Rows:
    """Rows of a BTSDA table with these counters."""
    fixed = lambda i: [i + 1, t.cycle[i], t.step_count[i], WORDS[t.kind[i]], clock(t.time_s[i]), 1e3 * t.current_A[i]]  # noqa: E731
    return f"{NAMES},{more}".split(","), [[*fixed(i), t.voltage_V[i], *values(i)] for i in range(t.rows)]


def arbin(order: list[int]) -> str:
    header, rows = arbin_rows(TRUTH)
    return text_of((header, [rows[i] for i in order]))


def header_again() -> str:
    header, rows = arbin_rows(TRUTH)
    return text_of((header, rows[:70])) + text_of((header, rows[70:]))


def signed_pair() -> str:
    into, out = (1e3 * TRUTH.counter(way) for way in ("charge", "discharge"))
    return text_of(neware(TRUTH, "Chg. Cap.(mAh),DChg. Cap.(mAh)", lambda i: [into[i], -out[i]]))


def signed_steps() -> str:
    signed = 1e3 * np.sign(TRUTH.current_A) * TRUTH.step_capacity_Ah
    return text_of(neware(TRUTH, "Capacity(mAh)", lambda i: [signed[i]]))


def signed_land() -> str:
    rows = land_rows(TRUTH, "h", "mA", "mAh", signed=True)[1]
    for row, kind in zip(rows, TRUTH.kind, strict=True):
        row[4] *= -1.0 if kind == "discharge" else 1.0
    return text_of((land_header("h", "mA", "mAh"), rows))


def quoted(mark: str, thousands: str) -> str:
    """An export in which every number is quoted, later than a thousand seconds."""
    header, rows = arbin_rows(TRUTH)
    for row in rows:
        row[2] = f"{row[2] + 12345.5:,.1f}"
    swap = str.maketrans(",.", thousands + mark)
    lines = [",".join(f'"{_written(cell, swap)}"' for cell in row) for row in rows]
    return "\n".join([",".join(header), *lines, ""])


def _written(cell: Any, swap: dict[int, int]) -> str:
    if isinstance(cell, str):
        return cell.translate(swap) if "/" not in cell else cell
    return f"{cell:.10g}".translate(swap)


def minus(written: str) -> str:
    header, rows = arbin_rows(TRUTH)
    for row in rows:
        row[6] = written.format(abs(row[6])) if row[6] < 0.0 else row[6]
    return text_of((header, rows))


def layered(delimiter: str, words: dict[str, str], names: tuple[str, str, str]) -> str:
    """Rows of cycles, of steps and of records under each other, as BTSDA 7 writes them."""
    lines, cycle, step = [*names], 0, 0
    for i in range(TRUTH.rows):
        if TRUTH.cycle[i] != cycle:
            cycle = TRUTH.cycle[i]
            lines.append(f"{cycle},9.9,9.9,,,,,,")
        if TRUTH.step_count[i] != step:
            step = TRUTH.step_count[i]
            lines.append(f",{step},{words[TRUTH.kind[i]]},0:09:30.000,9.9,,,,")
        told = clock(TRUTH.step_time_s[i]), TRUTH.voltage_V[i], 1e3 * abs(TRUTH.current_A[i])
        lines.append(
            f",,{i + 1},{told[0]},{told[1]},{told[2]:.4f},{1e3 * TRUTH.step_capacity_Ah[i]:.8g},{TRUTH.clock[i]:%Y-%m-%d %H:%M:%S}"
        )
    return "\n".join([*lines, ""]).replace(",", delimiter)


LAYERS = (
    "Cycle ID,Cap_Chg(mAh),Cap_DChg(mAh),,,,,,",
    ",Step ID,Step Name,Step Time(H:M:S:ms),Step Capacity(mAh),,,,",
    ",,Record ID,Time(H:M:S:ms),Voltage(V),Current(mA),Capacity(mAh),Realtime",
)
CHINESE_LAYERS = (
    "循环号,充电容量(mAh),放电容量(mAh),,,,,,",
    ",工步号,工步名称,工步时间(h:min:s.ms),容量(mAh),,,,",
    ",,记录号,时间(h:min:s.ms),电压(V),电流(mA),容量(mAh),绝对时间",
)
CHINESE = {"rest": "搁置", "charge": "恒流充电", "discharge": "恒流放电"}
EVERY = list(range(TRUTH.rows))
ODD: dict[str, tuple[str, str]] = {
    "newest row first": (arbin(EVERY[::-1]), "put in the order of time"),
    "two blocks changed places": (arbin(EVERY[:40] + EVERY[80:120] + EVERY[40:80] + EVERY[120:]), "put in the order"),
    "last block first": (arbin(EVERY[100:] + EVERY[:100]), "put in the order of time"),
    "thousands between commas": (quoted(".", ","), ""),
    "decimal commas between commas": (quoted(",", "."), ""),
    "decimal commas, thousands apart": (quoted(",", " "), ""),
    "a minus as typesetters write it": (minus("\u2212{:.10g}"), ""),
    "brackets as ledgers write them": (minus("({:.10g})"), ""),
    "layers of cycles, steps and records": (layered(",", WORDS, LAYERS), ""),
    "the same in Chinese": (layered("\t", CHINESE, CHINESE_LAYERS), ""),
    "the header again": (header_again(), "1 row that repeats the header"),
    "a discharge counter with the current's sign": (signed_pair(), "counts downwards"),
    "a step's counter with the current's sign": (signed_steps(), "counts downwards"),
    "the same of LAND": (signed_land(), "counts downwards"),
}


def summed(path) -> tuple[list[float], list[float], list[str]]:
    test = read_cycling_file(path)
    cycles = summarise(test, "symmetric", "charge").cycles
    ways = ((1e3 * cycles[f"{way}_capacity_Ah"]).to_list() for way in ("charge", "discharge"))
    return *ways, list(test.ingest.said)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_has_its_capacities_and_says_what_was_odd(tmp_path, name):
    text, said = ODD[name]
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    into, out, told = summed(tmp_path / "x.csv")
    assert into == pytest.approx([HALF_MAH] * 3, rel=1e-6)
    assert out == pytest.approx([HALF_MAH] * 3, rel=1e-6)
    assert not said or [sentence for sentence in told if said in sentence]
    assert not [sentence for sentence in told if "no numbers" in sentence or "something else" in sentence]


@pytest.mark.parametrize(
    "order", [[2, 0, 1], [11, 0, 1, 10, 2, 3, 4, 5, 6, 7, 8, 9], [0, 9, 10, 11, 1, 2, 3, 4, 5, 6, 7, 8]]
)
def test_sheets_that_stand_in_any_order_are_one_test(tmp_path, order):
    header, rows = land_rows(TRUTH, "h", "mA", "mAh")
    cuts = np.array_split(np.arange(len(rows)), len(order))
    parts = [("Record" if k == 0 else f"Record_{k}", [rows[i] for i in cut]) for k, cut in enumerate(cuts)]
    parts[0] = ("Record", [header, *parts[0][1]])
    into, out, told = summed(write_xlsx(tmp_path / "x.xlsx", dict(parts[k] for k in order)))
    assert (into, out) == (pytest.approx([HALF_MAH] * 3, rel=1e-6),) * 2
    assert any(f"goes on over {len(order)} sheets: Record, Record_1, " in sentence for sentence in told)


@pytest.mark.parametrize("mixed", [False, True])
def test_two_channels_in_one_table_are_refused(tmp_path, mixed):
    header, one = arbin_rows(TRUTH)
    two = arbin_rows(truth(current_A=5e-4))[1]
    rows = [row for pair in zip(one, two, strict=True) for row in pair] if mixed else one + two
    (tmp_path / "x.csv").write_text(text_of((header, rows)))
    with pytest.raises(FileFormatError, match="holds several tests"):
        read_cycling_file(tmp_path / "x.csv")


def test_a_table_of_cycles_is_no_course_of_a_test_and_its_sheet_is_passed_over(tmp_path):
    header, rows = arbin_rows(TRUTH, underscores=True)
    cycles = [rows[at] for at in (59, 99, 139)]
    (tmp_path / "x.csv").write_text(text_of((header, cycles)))
    with pytest.raises(FileFormatError, match="one row per cycle"):
        read_cycling_file(tmp_path / "x.csv")
    book = {"StatisticByCycle": [header, *cycles], "Channel_1_1": [header, *rows]}
    assert read_cycling_file(write_xlsx(tmp_path / "x.xlsx", book)).table.height == TRUTH.rows


def test_time_that_starts_again_while_the_clock_goes_on_is_left_as_it_stands(tmp_path):
    header, rows = arbin_rows(TRUTH)
    for row in rows[70:]:
        row[2] -= 2100.0
    (tmp_path / "x.csv").write_text(text_of((header, rows)))
    test = read_cycling_file(tmp_path / "x.csv")
    assert test.table["Test Time / s"][70] == 0.0
    assert not [sentence for sentence in test.ingest.said if "order" in sentence]


@pytest.mark.parametrize(("scaled", "factor"), [("capacity", 1000), ("current", 1000), ("capacity", 3600), ("none", 0)])
def test_counter_and_current_in_different_units_are_told_from_leaks(tmp_path, scaled, factor):
    header, rows = land_rows(TRUTH, "h", "mA", "mAh")
    for row in rows:
        row[{"capacity": 4, "current": 3, "none": 0}[scaled]] /= factor or 1
    (tmp_path / "x.csv").write_text(text_of((header, rows)))
    told = summed(tmp_path / "x.csv")[2]
    assert bool([sentence for sentence in told if f"by a factor of {factor:g} throughout" in sentence]) == bool(factor)


@pytest.mark.parametrize(("sign", "cycles", "said"), [(1.0, 3, True), (-1.0, 3, True), (1.0, 1, False)])
def test_a_current_that_never_changes_its_sign_is_said(tmp_path, sign, cycles, said):
    rows = arbin_rows(truth(cycles=cycles))[1]
    for row in rows:
        row[6], row[8], row[9] = sign * abs(row[6]), "", ""
    (tmp_path / "x.csv").write_text(text_of((arbin_rows(TRUTH)[0], rows)))
    told = read_cycling_file(tmp_path / "x.csv").ingest.said
    assert bool([sentence for sentence in told if "one sign in all" in sentence]) == said
