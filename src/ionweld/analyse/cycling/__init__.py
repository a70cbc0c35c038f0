"""Cycling tests, measured or simulated alike: half cycles, cycles, and events with the evidence that fired them."""

from ionweld.analyse.cycling.cycles import cycles
from ionweld.analyse.cycling.events import Thresholds, find_events
from ionweld.analyse.cycling.half_cycles import half_cycles

__all__ = ["Thresholds", "cycles", "find_events", "half_cycles"]
