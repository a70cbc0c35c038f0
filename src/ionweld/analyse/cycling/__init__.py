"""Cycling tests, measured or simulated alike: half cycles, cycles, and events with the evidence that fired them."""

from ionweld.analyse.cycling.cycles import cycles
from ionweld.analyse.cycling.events import Thresholds, find_events
from ionweld.analyse.cycling.half_cycles import counted_half_cycles, half_cycles
from ionweld.analyse.cycling.summary import DEFINITIONS, Kind, Summary, summarise

__all__ = [
    "DEFINITIONS",
    "Kind",
    "Summary",
    "Thresholds",
    "counted_half_cycles",
    "cycles",
    "find_events",
    "half_cycles",
    "summarise",
]
