"""Readers of micrographs: pictures with the scale that Hitachi, Zeiss and FEI write, or none."""

from ionweld.read.sem.picture import read_micrograph
from ionweld.read.sem.scale import parse_scale

__all__ = ["parse_scale", "read_micrograph"]
