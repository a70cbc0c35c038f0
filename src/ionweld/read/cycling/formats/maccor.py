"""Maccor text, csv and xlsx exports. The operator chooses names and units; two generations of names are known.

    Rec#, Cyc#, Step, TestTime | Test (Sec), StepTime | Step (Sec), Amp-hr | mAmp-hr, Watt-hr, Amps | mAmps, Volts,
    State, ES, DPt Time
    Rec, Cycle P, Cycle C, Step, Test Time, Step Time, Capacity (Ah), Energy (Wh), Current (A), Voltage (V), MD, ES,
    DPT Time

Current has no sign: the state (C charge, D discharge, R rest, P pause, S suspended) gives it. Amp-hr counts up without
a sign within a step, or on from CC to CV and over other steps of one direction: the program says which. Times may be
text ("0d 00:01:00.00"). A row in which a step was suspended ends an interval of that step: it counts to it.
"""

from dataclasses import replace

import polars as pl

from ionweld.measurement.cycling import CURRENT, CYCLE, SENSOR, STEP_TYPE, TIME, VOLTAGE
from ionweld.read.cycling.counters import Counter
from ionweld.read.cycling.format import (
    RECORD,
    STEP_CUMULATIVE_CAPACITY,
    STEP_CUMULATIVE_ENERGY,
    STEP_ID,
    STEP_TIME,
    UNIX_TIME,
    Format,
    FormatColumn,
)
from ionweld.read.cycling.raw import RawTable
from ionweld.read.cycling.spelling import spell
from ionweld.read.cycling.words import MACCOR as STATES
from ionweld.wording import many

_STATES, _STEPS, _SUSPENDED = ("state", "md"), ("step", "step#"), "S"


def _suspended_rows_count_to_their_step(raw: RawTable) -> RawTable:
    named = {spell(name): name for name in raw.frame.columns}
    states, steps = (next((named[name] for name in names if name in named), None) for names in (_STATES, _STEPS))
    if states is None or steps is None or raw.frame[states].dtype != pl.String:
        return raw
    state, step = raw.frame[states].str.strip_chars(), raw.frame[steps]
    suspended = state == _SUSPENDED
    before, same = (
        pl.select(pl.lit(column.set(suspended, None)).forward_fill()).to_series() for column in (state, step)
    )
    inside = suspended & (same == step) & before.is_in(("C", "D"))
    if not inside.any():
        return raw
    said = f"{many(int(inside.sum()), 'row')} in which a step was suspended (state S): taken to that step"
    frame = raw.frame.with_columns(before.zip_with(inside, state).alias(states))
    return replace(raw, frame=frame, warnings=(*raw.warnings, said))


MACCOR = Format(
    name="Maccor",
    columns=(
        FormatColumn(RECORD, ("rec#", "rec"), "count", "1"),
        FormatColumn(CYCLE, ("cyc#", "cycle_p", "cycle"), "count", "1"),
        FormatColumn(STEP_ID, ("step", "step#"), "count", "1"),
        FormatColumn(TIME, ("testtime", "test_time", "test"), "duration"),
        FormatColumn(STEP_TIME, ("steptime", "step_time", "step"), "duration"),
        FormatColumn(STEP_CUMULATIVE_CAPACITY, ("amp_hr",), unit="Ah"),
        FormatColumn(STEP_CUMULATIVE_CAPACITY, ("mamp_hr",), unit="mAh"),
        FormatColumn(STEP_CUMULATIVE_CAPACITY, ("capacity", "cap.")),
        FormatColumn(STEP_CUMULATIVE_ENERGY, ("watt_hr",), unit="Wh"),
        FormatColumn(STEP_CUMULATIVE_ENERGY, ("mwatt_hr",), unit="mWh"),
        FormatColumn(STEP_CUMULATIVE_ENERGY, ("energy", "ener.")),
        FormatColumn(CURRENT, ("amps",), unit="A"),
        FormatColumn(CURRENT, ("mamps",), unit="mA"),
        FormatColumn(CURRENT, ("current",)),
        FormatColumn(VOLTAGE, ("volts",), unit="V"),
        FormatColumn(VOLTAGE, ("voltage",)),
        FormatColumn(SENSOR, ("temp_1", "temp1", "temp", "temperature"), unit="degC"),
        FormatColumn(STEP_TYPE, ("state", "md"), "words"),
        FormatColumn(UNIX_TIME, ("dpt_time",), "clock"),
    ),
    hallmarks=(frozenset({"rec#", "rec"}), frozenset({"state", "md"})),
    sign="by state",
    states=STATES,
    tidy=_suspended_rows_count_to_their_step,
    counter=Counter("program", "zero", "documented"),
    clock_formats=("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%d-%b-%y %I:%M:%S %p"),
)

FORMATS = (MACCOR,)
