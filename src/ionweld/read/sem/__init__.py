"""Readers of micrographs: pictures with the scale that a microscope or ImageJ wrote, or none."""

from ionweld.read.sem.picture import read_micrograph, with_scale
from ionweld.read.sem.scale import described, parse_scale

__all__ = ["described", "parse_scale", "read_micrograph", "with_scale"]
