"""Writers of every cycling format with a known truth, so that readers are tested against numbers that were put in.

They follow the files' published looks, not our readers: none of them imports a column table of ours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import xlsxwriter

START = datetime(2024, 4, 30, 14, 33, 19, tzinfo=UTC)
MASS_G = 0.002


@dataclass(frozen=True)
class Truth:
    """A test of a cell: what each row really holds, in SI but for capacity (Ah, per step) and energy (Wh, per step)."""

    time_s: np.ndarray
    step_time_s: np.ndarray
    current_A: np.ndarray
    voltage_V: np.ndarray
    cycle: np.ndarray
    step_id: np.ndarray
    step_count: np.ndarray
    kind: np.ndarray  # "rest", "charge", "discharge"
    step_capacity_Ah: np.ndarray

    @property
    def rows(self) -> int:
        return len(self.time_s)

    @cached_property
    def clock(self) -> list[datetime]:
        return [START + timedelta(seconds=float(second)) for second in np.round(self.time_s)]

    def counter(self, kind: str) -> np.ndarray:
        return np.where(self.kind == kind, self.step_capacity_Ah, 0.0)

    def running(self, kind: str) -> np.ndarray:
        """The same counter, never set to zero."""
        total, out = 0.0, np.empty(self.rows)
        for step in np.unique(self.step_count):
            here = self.step_count == step
            out[here] = total + self.counter(kind)[here]
            total = out[here][-1]
        return out


def truth(cycles: int = 3, points: int = 20, current_A: float = 2.5e-4, interval_s: float = 30.0) -> Truth:
    """A rest, then cycles of one charge and one discharge; the charge comes first, as in Li | LFP."""
    plan = [(0, 1, "rest")] + [(c, s, k) for c in range(1, cycles + 1) for s, k in ((2, "charge"), (3, "discharge"))]
    blocks = []
    for number, (cycle, step, kind) in enumerate(plan, start=1):
        tau = interval_s * np.arange(points)
        sign = {"rest": 0.0, "charge": 1.0, "discharge": -1.0}[kind]
        blocks.append(
            {
                "time_s": (number - 1) * interval_s * points + tau,
                "step_time_s": tau,
                "current_A": np.full(points, sign * current_A),
                "voltage_V": np.round(3.4 + sign * (0.05 + 0.02 * np.arange(points) / points), 4),
                "cycle": np.full(points, max(cycle, 1)),
                "step_id": np.full(points, step),
                "step_count": np.full(points, number),
                "kind": np.full(points, kind),
                "step_capacity_Ah": abs(sign) * current_A * tau / 3600.0,
            }
        )
    return Truth(**{name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]})


Rows = tuple[list[str], list[list[Any]]]


LAND_NAMES = (
    "Record,TestTime/T,StepTime/T,Current/I,Capacity/Q,SpeCap/mAh/g,SOC|DOD/%,Voltage/V,Energy/E,SpeEnergy/Wh/kg,"
    "AuxTemp/dC.,AuxVolt/V,SysTime,,Cycle-Index,Step-Index,Step-State"
)
LAND_NAMES_CHINESE = (
    "记录序号,测试时间/T,步骤时间/T,电流/I,容量/Q,比容量/mAh/g,SOC|DOD/%,电压/V,能量/E,比能量/Wh/kg,"
    "辅助温度/℃,辅助电压/V,系统时间,,循环序号,工步序号,工步状态"
)
LAND_STATES = {"rest": "R", "charge": "RateC", "discharge": "RateD"}
LAND_STATES_CHINESE = {"rest": "静置", "charge": "恒流充电", "discharge": "恒流放电"}
SECONDS = {"h": 3600.0, "Sec": 1.0, "": 1.0}
PREFIX = {"A": 1.0, "m": 1e-3, "u": 1e-6}


def land_header(time: str, current: str, capacity: str, *, chinese: bool = False) -> list[str]:
    names = LAND_NAMES_CHINESE if chinese else LAND_NAMES
    units = {"T": time, "I": current, "Q": capacity, "E": capacity.replace("Ah", "Wh")}
    for mark, unit in units.items():
        names = names.replace(f"/{mark},", f"/{unit}," if unit else ",")
    return names.split(",")


def land_rows(t: Truth, time: str, current: str, capacity: str, *, chinese: bool = False, signed: bool = False) -> Rows:
    """The units as LANDdt writes them behind the slash; without one for time, times are text (D HH:MM:SS)."""
    ampere, hours = PREFIX[current[0]], PREFIX[capacity[0]]
    words = LAND_STATES_CHINESE if chinese else LAND_STATES
    rows = []
    for i in range(t.rows):
        times = [s / SECONDS[time] if time else days(s) for s in (t.time_s[i], t.step_time_s[i])]
        flow = (t.current_A[i] if signed else abs(t.current_A[i])) / ampere
        charge = t.step_capacity_Ah[i]
        rows.append(
            [
                i + 1, *times, flow, charge / hours, charge * 1e3 / MASS_G, 0.0, t.voltage_V[i], charge * 3.4 / hours,
                0.0, "-", "-", t.clock[i], None, int(t.cycle[i]), int(t.step_id[i]), words[t.kind[i]],
            ]
        )  # fmt: skip
    return land_header(time, current, capacity, chinese=chinese), rows


LANHE_NAMES = "Cycle,Step,Record,WorkMode,TestTime,Voltage/V,Current/uA,Capacity/uAh,SpeCap/mAh/g,dQdV/uAh/V,SysTime"


def lanhe_rows(t: Truth) -> Rows:
    words = {"rest": "Rest", "charge": "CC_C", "discharge": "CC_D"}
    rows = [
        [
            int(t.cycle[i]), int(t.step_id[i]), i + 1, words[t.kind[i]], days(t.time_s[i], 3), t.voltage_V[i],
            abs(t.current_A[i]) * 1e6, t.step_capacity_Ah[i] * 1e6, t.step_capacity_Ah[i] * 1e3 / MASS_G, "-",
            t.clock[i],
        ]
        for i in range(t.rows)
    ]  # fmt: skip
    return LANHE_NAMES.split(","), rows


LANDT_US_NAMES = (
    "channel_index,cycle_index,step_index,date_time_iso_string,test_time_s,step_time_s,current_A,voltage_V,"
    "discharge_capacity_Ah,charge_capacity_Ah,Pressure_Psi,temperature_1_C,step_name"
)


def landt_us_rows(t: Truth) -> Rows:
    words = {"rest": "rest", "charge": "charge CC", "discharge": "discharge CC"}
    out, into = t.counter("discharge"), t.counter("charge")
    rows = [
        [
            i + 1, int(t.cycle[i]), int(t.step_id[i]), t.clock[i].strftime("%m/%d/%Y %H:%M:%S"), t.time_s[i],
            t.step_time_s[i], t.current_A[i], t.voltage_V[i], out[i], into[i], 0, 25.5, words[t.kind[i]],
        ]
        for i in range(t.rows)
    ]  # fmt: skip
    return LANDT_US_NAMES.split(","), rows


MACCOR_TIMES = {
    "text": ["TestTime", "StepTime"],
    "s": ["Test (Sec)", "Step (Sec)"],
    "landt": ["Test(Sec)", "Step(Sec)"],
}


def maccor_rows(t: Truth, times: str, *, milli: bool = False) -> Rows:
    """times: "text" for 0d 00:01:00.00, "s" for seconds, "landt" for seconds as Landt's copy spells them."""
    letter = {"rest": "R", "charge": "C", "discharge": "D"}
    factor, m = (1e3, "m") if milli else (1.0, "")
    header = ["Rec#", "Cyc#", "Step", *MACCOR_TIMES[times], f"{m}Amp-hr", f"{m}Watt-hr", f"{m}Amps", "Volts", "State"]
    header += ["ES", "DPt-Time" if times == "landt" else "DPt Time"]
    rows = []
    for i in range(t.rows):
        both = [
            f"  {days(s, 2).replace(' ', 'd ', 1)}" if times == "text" else s for s in (t.time_s[i], t.step_time_s[i])
        ]
        charge, flow = t.step_capacity_Ah[i] * factor, abs(t.current_A[i]) * factor
        stamp = t.clock[i].strftime("%m/%d/%Y %I:%M:%S %p")
        numbers = [*both, charge, charge * 3.4, flow, t.voltage_V[i], letter[t.kind[i]], 1, stamp]
        rows.append([i + 1, int(t.cycle[i]), int(t.step_id[i]), *numbers])
    return header, rows


ARBIN_NAMES = (
    "Data Point,Date Time,Test Time (s),Step Time (s),Cycle Index,Step Index,Current (A),Voltage (V),"
    "Charge Capacity (Ah),Discharge Capacity (Ah),ACR (Ohm),dV/dt (V/s),Aux_Temperature_1 (C)"
)


def arbin_rows(t: Truth, *, underscores: bool = False, resets: bool = False) -> Rows:
    """resets: the program sets the counters to zero with each step."""
    names = ARBIN_NAMES.replace(" (", "(").replace(" ", "_") if underscores else ARBIN_NAMES
    into, out = (t.counter(way) if resets else t.running(way) for way in ("charge", "discharge"))
    rows = [
        [
            i + 1, t.clock[i].strftime("%m/%d/%Y %H:%M:%S.000"), t.time_s[i], t.step_time_s[i], int(t.cycle[i]),
            int(t.step_id[i]), t.current_A[i], t.voltage_V[i], into[i], out[i], 0.0, 0.0, 25.0,
        ]
        for i in range(t.rows)
    ]  # fmt: skip
    return names.split(","), rows


def nova_rows(t: Truth) -> Rows:
    header = ["Time (s)", "WE(1).Potential (V)", "WE(1).Current (A)", "Index", "Current range"]
    return header, [[t.time_s[i], t.voltage_V[i], t.current_A[i], i + 1, "1 mA"] for i in range(t.rows)]


def mpt_rows(t: Truth) -> Rows:
    header = ["mode", "ox/red", "Ns", "time/s", "Ewe/V", "<I>/mA", "(Q-Qo)/mA.h", "half cycle", "cycle number", "P/W"]
    net = t.running("charge") - t.running("discharge")
    rows = [
        [
            1, int(t.current_A[i] > 0), int(t.step_id[i]), t.time_s[i], t.voltage_V[i], t.current_A[i] * 1e3,
            net[i] * 1e3, 0, f"{float(t.cycle[i]):.15E}", 0.0,
        ]
        for i in range(t.rows)
    ]  # fmt: skip
    return header, rows


def bdf_frame(t: Truth) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Test Time / s": t.time_s, "Voltage / V": t.voltage_V, "Current / A": t.current_A,
            "Cycle Count / 1": t.cycle, "Step Count / 1": t.step_count,
            "Step Charging Capacity / Ah": t.counter("charge"),
            "Step Discharging Capacity / Ah": t.counter("discharge"),
        }
    )  # fmt: skip


def days(seconds: float, decimals: int = 0) -> str:
    """Write seconds as LAND does: D HH:MM:SS."""
    whole, fraction = divmod(round(float(seconds), 3), 1.0)
    day, rest = divmod(int(whole), 86400)
    tail = f"{fraction:.{decimals}f}"[1:] if decimals else ""
    return f"{day} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}{tail}"


def text_of(
    rows: Rows, delimiter: str = ",", decimal: str = ".", ends: str = "\n", above: Sequence[str] = (), tail: str = ""
) -> str:
    header, body = rows
    lines = [*above, delimiter.join(header)]
    lines += [delimiter.join(_cell(value, decimal) for value in row) + tail for row in body]
    return ends.join(lines) + ends


def _cell(value: Any, decimal: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, float | np.floating):
        return f"{value:.10g}".replace(".", decimal)
    return str(value)


def write_xlsx(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    """Write each sheet's rows as they are; datetimes and durations as Excel has them."""
    with xlsxwriter.Workbook(str(path)) as book:
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, datetime):
                        sheet.write_datetime(r, c, value.replace(tzinfo=None), stamp)
                    elif value is not None:
                        sheet.write(r, c, value.item() if isinstance(value, np.generic) else value)
    return path


LANDT_PREAMBLE = ["cell model:,,,", "cell id: ,,,", "test: ,,,", "checkpoint: ,,,", "Nominal:Ah,,,", "Nominal: Wh,,,"]
MACCOR_PREAMBLE = ["Today''s Date\t03/28/2022", "", "Date of Test:\t08/23/2021", ""]
MPT_PREAMBLE = ["EC-Lab ASCII FILE", "Nb header lines : 7", "", "Galvanostatic Cycling", "Température : 25 °C", ""]


def _land_xlsx(path: Path, t: Truth) -> Path:
    header, rows = land_rows(t, "h", "mA", "mAh")
    half = len(rows) // 2
    first = [["第1循环"], header, *rows[:half]]
    return write_xlsx(path, {"Cycle": [["Cycle", "CapC/mAh"]], "Record": first, "Record_1": rows[half:]})


def _land_chinese_xlsx(path: Path, t: Truth) -> Path:
    header, rows = land_rows(t, "Sec", "A", "Ah", chinese=True)
    return write_xlsx(path, {"记录表": [header, *rows], "其他": [header[:2]]})


def _lanhe_xlsx(path: Path, t: Truth) -> Path:
    header, rows = lanhe_rows(t)
    info = [["Test name", "Active material"], ["cell 7", "Active material: 2.00 mg"]]
    others = {"Test information": info, "Ch1_Proc": [["Order", "Mode"]], "Log": [["Time"]]}
    return write_xlsx(path, {**others, "DefaultGroup_1": [header, *rows]})


def _arbin_xlsx(path: Path, t: Truth) -> Path:
    header, rows = arbin_rows(t, underscores=True)
    return write_xlsx(path, {"Global_Info": [["TEST REPORT"]], "Channel_1-008": [header, *rows]})


def _text(encoding: str, make: Callable[[Truth], Rows], *layout: Any, **more: Any) -> Callable[[Path, Truth], Path]:
    def write(path: Path, t: Truth) -> Path:
        path.write_bytes(text_of(make(t), *layout, **more).encode(encoding))
        return path

    return write


def _bdf_csv(path: Path, t: Truth) -> Path:
    bdf_frame(t).write_csv(path)
    return path


def _parquet(path: Path, t: Truth) -> Path:
    bdf_frame(t).write_parquet(path)
    return path


def land_text_times(t: Truth) -> Rows:
    return land_rows(t, "", "mA", "mAh")


def land_micro(t: Truth) -> Rows:
    return land_rows(t, "Sec", "uA", "uAh", signed=True)


def land_chinese(t: Truth) -> Rows:
    return land_rows(t, "Sec", "A", "Ah", chinese=True)


def maccor_milli(t: Truth) -> Rows:
    return maccor_rows(t, "text", milli=True)


def maccor_plain(t: Truth) -> Rows:
    return maccor_rows(t, "s")


def landt_txt(t: Truth) -> Rows:
    return maccor_rows(t, "landt")


# name -> (how it is written, the reader that must recognise it)
FORMATS: dict[str, tuple[Callable[[Path, Truth], Path], str]] = {
    "land english xlsx": (_land_xlsx, "LAND CT2001A"),
    "land chinese xlsx": (_land_chinese_xlsx, "LAND CT2001A"),
    "land gb18030 txt": (_text("gb18030", land_chinese, "\t", ".", "\r\n", ["第1循环"]), "LAND CT2001A"),
    "land utf-16 txt": (_text("utf-16", land_text_times, "\t", ".", "\r\n"), "LAND CT2001A"),
    "land utf-8 bom csv": (_text("utf-8-sig", land_micro), "LAND CT2001A"),
    "lanhe xlsx": (_lanhe_xlsx, "LAND LANHE"),
    "landt us csv": (_text("utf-8", landt_us_rows, ",", ".", "\r\n", LANDT_PREAMBLE, tail=","), "Landt US csv"),
    "landt us txt": (_text("utf-8", landt_txt, "\t"), "Landt US txt"),
    "maccor txt": (_text("latin-1", maccor_milli, "\t", above=MACCOR_PREAMBLE), "Maccor"),
    "maccor comma csv": (_text("utf-8", maccor_plain, ";", ","), "Maccor"),
    "arbin csv": (_text("utf-8-sig", arbin_rows), "Arbin"),
    "arbin xlsx": (_arbin_xlsx, "Arbin"),
    "nova comma txt": (_text("utf-8", nova_rows, ";", ",", "\r\n"), "Autolab Nova"),
    "nova point txt": (_text("utf-16", nova_rows, "\t"), "Autolab Nova"),
    "mpt": (_text("latin-1", mpt_rows, "\t", ",", "\r\n", MPT_PREAMBLE), "BioLogic mpt"),
    "bdf csv": (_bdf_csv, "Battery Data Format"),
    "bdf parquet": (_parquet, "Battery Data Format"),
}
