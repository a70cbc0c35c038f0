"""Cycling files of any known format -> ionweld.measurement.cycling.CyclingTest, recognised by content.

formats/ holds one file per format with its column table, found by being there; described takes the owner's word for any
csv; raw, workbook, parquet and archive get at the cells; convert, derive and checks make the measurement and its report.
"""

from ionweld.read.cycling.open import read_cycling_file
from ionweld.read.cycling.propose import propose_description

__all__ = ["propose_description", "read_cycling_file"]
