"""Powder diffraction: which phases, how much, with which cell, and how sure."""

from ionweld.analyse.xrd.fit import fit_pattern
from ionweld.analyse.xrd.result import PatternQuality, PhaseResult, XrdResult

__all__ = ["PatternQuality", "PhaseResult", "XrdResult", "fit_pattern"]
