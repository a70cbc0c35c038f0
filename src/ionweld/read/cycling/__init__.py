"""Cycling files of any known format -> ionweld.measurement.cycling.Cycling, recognised by content.

One file per format with its column table (land, landt_us, maccor, arbin, nova, biologic, biologic_mpr, neware, bdf,
described); raw, workbook and archive get at the cells; convert, derive and checks make the measurement and its report.
"""

from ionweld.read.cycling.open import read_cycling_file

__all__ = ["read_cycling_file"]
