"""Cycling tests, measured or simulated alike: half cycles, cycles, and events with the evidence that fired them."""

from ionweld.analyse.cycling.cycles import cycles, cycles_of
from ionweld.analyse.cycling.diagnose import SHORTS, Finding, diagnose, first_of
from ionweld.analyse.cycling.differential_capacity import DifferentialCapacity, differential_capacity
from ionweld.analyse.cycling.events import Thresholds, events_in, find_events
from ionweld.analyse.cycling.half_cycles import Moments, counted_half_cycles, half_cycles, half_cycles_of
from ionweld.analyse.cycling.limits import Limits
from ionweld.analyse.cycling.program import Analysis, Subject
from ionweld.analyse.cycling.programs import analyses
from ionweld.analyse.cycling.programs.ramp import CriticalCurrent, critical_current
from ionweld.analyse.cycling.summary import DEFINITIONS, CyclingSummary, Kind, summarise, summarised_cycles

__all__ = [
    "DEFINITIONS",
    "SHORTS",
    "Analysis",
    "CriticalCurrent",
    "CyclingSummary",
    "DifferentialCapacity",
    "Finding",
    "Kind",
    "Limits",
    "Moments",
    "Subject",
    "Thresholds",
    "analyses",
    "counted_half_cycles",
    "critical_current",
    "cycles",
    "cycles_of",
    "diagnose",
    "differential_capacity",
    "events_in",
    "find_events",
    "first_of",
    "half_cycles",
    "half_cycles_of",
    "summarise",
    "summarised_cycles",
]
