"""Maccor text, csv and xlsx exports. The operator chooses names and units; two generations of names are known.

    Rec#, Cyc#, Step, TestTime | Test (Sec), StepTime | Step (Sec), Amp-hr | mAmp-hr, Watt-hr, Amps | mAmps, Volts,
    State, ES, DPt Time
    Rec, Cycle P, Cycle C, Step, Test Time, Step Time, Capacity (Ah), Energy (Wh), Current (A), Voltage (V), MD, ES,
    DPT Time

Current has no sign: the state (C charge, D discharge, R rest, P pause, S suspended) gives it. Amp-hr counts up without
a sign within a step, or on from CC to CV and over other steps of one direction: the program says which. Times may be
text ("0d 00:01:00.00").
"""

from ionweld.measurement.cycling import CURRENT, CYCLE, STEP_TYPE, TIME, VOLTAGE
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
from ionweld.read.cycling.words import MACCOR as STATES

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
        FormatColumn(STEP_TYPE, ("state", "md"), "words"),
        FormatColumn(UNIX_TIME, ("dpt_time",), "clock"),
    ),
    hallmarks=(frozenset({"rec#", "rec"}), frozenset({"state", "md"})),
    sign="by state",
    states=STATES,
    counter=Counter("program", "zero", "documented"),
    clock_formats=("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%d-%b-%y %I:%M:%S %p"),
)

FORMATS = (MACCOR,)
