"""Powder diffraction: which phases, how much, with which cell, and how sure."""

from ionweld.analyse.xrd.fit import fit_pattern
from ionweld.analyse.xrd.result import PhaseResult, Quality, XrdResult

__all__ = ["PhaseResult", "Quality", "XrdResult", "fit_pattern"]
