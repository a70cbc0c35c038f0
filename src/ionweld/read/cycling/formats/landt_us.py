"""Landt Instruments (US): the csv with names such as `current_A`, and the txt that copies Maccor's.

csv: six lines of preamble, then
    channel_index,cycle_index,step_index,date_time_iso_string,test_time_s,step_time_s,current_A,voltage_V,
    discharge_capacity_Ah,charge_capacity_Ah,...,step_name
Rows carry one trailing comma more than the header; the date is month first although the name says iso;
`channel_index` is the number of the record; capacities start again with each step.

txt: Rec#, Cyc#, Step, Test(Sec), Step(Sec), Amp-hr, Watt-hr, Amps, Volts, State, ES, DPt-Time. Current has no sign.
"""

from ionweld.measurement.cycling import (
    CHARGING_CAPACITY,
    CURRENT,
    CYCLE,
    DISCHARGING_CAPACITY,
    PRESSURE,
    STEP_TYPE,
    TIME,
    VOLTAGE,
)
from ionweld.read.cycling.counters import Counter
from ionweld.read.cycling.format import RECORD, STEP_ID, STEP_TIME, UNIX_TIME, Format, FormatColumn
from ionweld.read.cycling.formats.maccor import MACCOR
from ionweld.read.cycling.words import LANDT_US as STATES

LANDT_US_CSV = Format(
    name="Landt US csv",
    columns=(
        FormatColumn(RECORD, ("channel_index",), "count", "1"),
        FormatColumn(CYCLE, ("cycle_index",), "count", "1"),
        FormatColumn(STEP_ID, ("step_index",), "count", "1"),
        FormatColumn(UNIX_TIME, ("date_time_iso_string",), "clock"),
        FormatColumn(TIME, ("test_time",)),
        FormatColumn(STEP_TIME, ("step_time",)),
        FormatColumn(CURRENT, ("current",)),
        FormatColumn(VOLTAGE, ("voltage",)),
        FormatColumn(DISCHARGING_CAPACITY, ("discharge_capacity",)),
        FormatColumn(CHARGING_CAPACITY, ("charge_capacity",)),
        FormatColumn("Step Discharging Energy / Wh", ("discharge_energy",)),
        FormatColumn("Step Charging Energy / Wh", ("charge_energy",)),
        FormatColumn("Temperature T1 / degC", ("temperature_1",)),
        FormatColumn("Temperature T2 / degC", ("temperature_2",)),
        FormatColumn("Temperature T3 / degC", ("temperature_3",)),
        FormatColumn(PRESSURE, ("pressure",)),
        FormatColumn(STEP_TYPE, ("step_name",), "words"),
    ),
    hallmarks=(frozenset({"test_time_s"}), frozenset({"date_time_iso_string", "channel_index", "step_name"})),
    sign="signed",
    states=STATES,
    counter=Counter("step", "zero", "seen in files"),
    clock_formats=("%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"),
)

LANDT_US_TXT = Format(
    name="Landt US txt",
    columns=MACCOR.columns,
    hallmarks=(frozenset({"rec#"}), frozenset({"test(sec)"})),
    sign="by state",
    states=MACCOR.states,
    counter=MACCOR.counter,
    clock_formats=MACCOR.clock_formats,
)

FORMATS = (LANDT_US_CSV, LANDT_US_TXT)
