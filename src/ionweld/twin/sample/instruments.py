"""Files as instruments write them, from runs of the twin: LAND workbook, csv and Chinese text, Autolab Nova text.

Written from what is known of the formats, with the noise and the resolution of a cycler of 5 V range.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import numpy as np
import polars as pl
import xlsxwriter

from ionweld.measurement import cycling as bdf
from ionweld.measurement.cycling import CyclingTest

_START = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
_ENGLISH = (
    "Record", "TestTime/h", "StepTime/h", "Current/mA", "Capacity/mAh", "SpeCap/mAh/g", "SOC|DOD/%", "Voltage/V", "Energy/mWh",
    "SpeEnergy/Wh/kg", "AuxTemp/dC.", "AuxVolt/V", "SysTime", "", "Cycle-Index", "Step-Index", "Step-State",
)  # fmt: skip
_CHINESE = (
    "记录序号", "测试时间/Sec", "步骤时间/Sec", "电流/A", "容量/Ah", "比容量/mAh/g", "SOC|DOD/%", "电压/V", "能量/Wh", "比能量/Wh/kg",
    "辅助温度/℃", "辅助电压/V", "系统时间", "", "循环序号", "工步序号", "工步状态",
)  # fmt: skip
_STATES = {"charge": ("RateC", "恒流充电"), "discharge": ("RateD", "恒流放电")}
_STATED_MASS_G = 1e-3  # what the program of the cycler was told; nobody may trust it


def as_measured(
    test: CyclingTest, seed: int, noise_V: float = 2e-4, resolution_V: float = 1e-4, current_share: float = 1e-3
) -> CyclingTest:
    """Return the test as a cycler of 5 V range logs it: white noise of 0.2 mV, 0.1 mV steps, 0.1 % of the current."""
    rng = np.random.default_rng(seed)
    volts = test.table[bdf.VOLTAGE].to_numpy() + rng.normal(0.0, noise_V, test.table.height)
    amps = test.table[bdf.CURRENT].to_numpy() * (1.0 + rng.normal(0.0, current_share, test.table.height))
    columns = [
        pl.Series(bdf.VOLTAGE, np.round(volts / resolution_V) * resolution_V),
        pl.Series(bdf.CURRENT, np.round(amps / 1e-8) * 1e-8),
    ]
    return replace(test, table=test.table.with_columns(columns))


def land_workbook(table: pl.DataFrame) -> bytes:
    """Return a LAND workbook: a title above the header, and a second sheet that goes on without one."""
    rows = _land_rows(table, 0)
    half = len(rows) // 2
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, part in {"Record": [["第1循环"], _ENGLISH, *rows[:half]], "Record_1": rows[half:]}.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(part):
                for c, value in enumerate(row):
                    if isinstance(value, datetime):
                        sheet.write_datetime(r, c, value.replace(tzinfo=None), stamp)
                    elif value is not None:
                        sheet.write(r, c, value)
    return buffer.getvalue()


def land_csv(table: pl.DataFrame) -> bytes:
    """Return a LAND csv in English, UTF-8 with a byte-order mark."""
    return _text(_ENGLISH, _land_rows(table, 0), ",").encode("utf-8-sig")


def land_chinese_text(table: pl.DataFrame) -> bytes:
    """Return a LAND text in Chinese, GB 18030, tabs between the columns."""
    return _text(_CHINESE, _land_rows(table, 1), "\t").encode("gb18030")


LAND: tuple[tuple[str, Callable[[pl.DataFrame], bytes]], ...] = (
    (".xlsx", land_workbook), (".csv", land_csv), (".txt", land_chinese_text)
)  # fmt: skip


def _land_rows(table: pl.DataFrame, language: int) -> list[list[Any]]:
    """Return the rows: currents without a sign, and a counter that the step sets to zero. language: 0 English, 1 Chinese."""
    hour, milli = (3600.0, 1e-3) if language == 0 else (1.0, 1.0)
    time, own, amps, volts = (table[name].to_numpy() for name in (bdf.TIME, bdf.STEP_TIME, bdf.CURRENT, bdf.VOLTAGE))
    charge = (table[bdf.CHARGING_CAPACITY] + table[bdf.DISCHARGING_CAPACITY]).to_numpy()
    cycle, step = table[bdf.CYCLE].to_list(), table[bdf.STEP].to_list()
    return [
        [
            i + 1, float(time[i] / hour), float(own[i] / hour), float(abs(amps[i]) / milli), float(charge[i] / milli),
            float(1e3 * charge[i] / _STATED_MASS_G), 0.0, float(volts[i]), float(3.4 * charge[i] / milli), 0.0, "-", "-",
            _START + timedelta(seconds=round(float(time[i]))), None, cycle[i], 2 + (step[i] + 1) % 2,
            _STATES["charge" if amps[i] > 0 else "discharge"][language],
        ]
        for i in range(table.height)
    ]  # fmt: skip


def _text(head: Sequence[str], rows: list[list[Any]], mark: str) -> str:
    return "\n".join([mark.join(head), *(mark.join(map(_written, row)) for row in rows)]) + "\n"


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def nova_text(frequency_Hz: np.ndarray, impedance_ohm: np.ndarray) -> str:
    """Return an Autolab Nova 2 export: semicolons, decimal commas, imaginary part and phase negated in the header."""
    names = ("Index", "Frequency (Hz)", "Z' (Ω)", "-Z'' (Ω)", "Z (Ω)", "-Phase (°)", "Time (s)")
    lines = [";".join(names)]
    for n, (f, z) in enumerate(zip(frequency_Hz, impedance_ohm, strict=True), start=1):
        values = (f, z.real, -z.imag, abs(z), -np.degrees(np.angle(z)), 1.5 * n)
        lines.append(";".join([str(n), *(f"{value:.7E}".replace(".", ",") for value in values)]))
    return "\n".join(lines) + "\n"
