"""Infrared spectra: which bands are there, where, how large, and what stays below the limit of detection."""

from ionweld.analyse.ftir.fit import fit_infrared
from ionweld.analyse.ftir.result import BandResult, FtirResult, RegionFit

__all__ = ["BandResult", "FtirResult", "RegionFit", "fit_infrared"]
