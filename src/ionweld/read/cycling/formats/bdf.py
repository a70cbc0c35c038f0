"""Battery Data Format tables (csv or parquet), with the labels of ontology 1.3.0 or its machine-readable names.

"Voltage / V" or `voltage_volt`; the current is positive when the object is charged. Labels and meanings:
https://w3id.org/battery-data-alliance/ontology/battery-data-format
"""

from collections.abc import Iterable

from ionweld.measurement.cycling import STEP_TYPE
from ionweld.read.cycling.format import STEP_ID, Format, FormatColumn, Kind
from ionweld.read.cycling.spelling import spell, unit_of

_PLAIN_LABELS = (
    "Test Time / s", "Voltage / V", "Current / A", "Unix Time / s", "Cycle Count / 1", "Step Count / 1",
    "Ambient Temperature / degC", STEP_ID, STEP_TYPE, "Step Time / s", "Record Index / 1", "Power / W",
    "Internal Resistance / ohm", "Frequency / Hz", "Real Impedance / ohm", "Imaginary Impedance / ohm",
    "Absolute Impedance / ohm", "Phase / deg", "Applied Pressure / Pa", "Ambient Pressure / Pa",
    "Surface Temperature / degC", "Temperature T1 / degC", "Temperature T2 / degC", "Temperature T3 / degC",
    "Temperature T4 / degC", "Temperature T5 / degC",
)  # fmt: skip
_COUNTERS = tuple(
    f"{reset}{way} {quantity}"
    for reset in ("", "Step ", "Cycle ")
    for way in ("Charging", "Discharging", "Net", "Cumulative")
    for quantity in ("Capacity / Ah", "Energy / Wh")
)
LABELS = _PLAIN_LABELS + _COUNTERS

_MACHINE_UNITS = {
    "s": "_second", "V": "_volt", "A": "_ampere", "Ah": "_ah", "Wh": "_wh", "W": "_watt", "degC": "_celsius",
    "Pa": "_pa", "ohm": "_ohm", "Hz": "_hertz", "deg": "_degree", "1": "",
}  # fmt: skip
_OTHER_UNITS = {
    "s": {"ms": "millisecond", "min": "minute", "h": "hour"}, "V": {"mV": "millivolt"},
    "A": {"mA": "milliampere", "uA": "microampere"}, "Ah": {"mAh": "mah", "uAh": "uah"}, "Wh": {"mWh": "mwh"},
}  # fmt: skip


def kind_of(label: str) -> Kind:
    """Return what a column of this label holds."""
    if label == STEP_TYPE:
        return "words"
    return "count" if label == STEP_ID or unit_of(label) == "1" else "number"


def _columns(label: str) -> tuple[FormatColumn, ...]:
    unit = unit_of(label)
    base = spell(label.rpartition(" / ")[0] if unit else label)
    machine = base + _MACHINE_UNITS[unit] if unit else base
    own = FormatColumn(label, (base,), kind_of(label)), FormatColumn(label, (machine,), kind_of(label), unit)
    return own + tuple(
        FormatColumn(label, (f"{base}_{name}",), kind_of(label), other) for other, name in _other_units(unit)
    )


def _other_units(unit: str | None) -> Iterable[tuple[str, str]]:
    """Return units besides the ontology's with their machine-readable names, as converters write them."""
    return (_OTHER_UNITS.get(unit) or {}).items() if unit else ()


BDF = Format(
    name="Battery Data Format",
    columns=tuple(column for label in LABELS for column in _columns(label)),
    hallmarks=(
        frozenset({f"test_time_/_{unit}" for unit in ("s", "ms", "min", "h")})
        | {f"test_time_{unit}" for unit in ("second", *_OTHER_UNITS["s"].values())},
        frozenset({f"voltage_/_{unit}" for unit in ("v", "mv")})
        | {f"current_/_{unit}" for unit in ("a", "ma", "ua")}
        | {"voltage_volt", "current_ampere", "voltage_millivolt", "current_milliampere"},
    ),
    states={
        "charge": "ANY_CHG",
        "discharge": "ANY_DCH",
        "rest": "REST",
    },  # beside its own words, as converters write them
    says_what_is_missing=False,
)

FORMATS = (BDF,)
