"""The least that a study needs, as a folder of a person's own: five files, two cycles of one cell."""

import shutil
from importlib.resources import files
from pathlib import Path

SMALL = Path(str(files("ionweld.study").joinpath("nasir2025")))


def write_study(folder: Path) -> Path:
    """Write the least that a study needs: five files."""
    for name in ("cells", "protocols"):
        (folder / name).mkdir(parents=True)
    shutil.copy(SMALL / "paper.toml", folder)
    (folder / "cells" / "cell.toml").write_text(
        'name = "mine"\ntemperature = "80 degC"\nstack_pressure = "0.15 MPa"\n'
        '[electrolyte]\nmaterial = "Li2OHCl"\nmass = "0.15 g"\ndiameter = "10 mm"\n'
        '[electrodes.negative]\nmaterial = "Li"\ndiameter = "6 mm"\nthickness = "100 um"\n'
        '[electrodes.negative.interface]\ngap = "10 um"\n'
    )
    (folder / "protocols" / "short.toml").write_text(
        'name = "two cycles"\nfirst_half_cycle = "charge"\nvoltage_limit = "5 V"\n'
        '[[stages]]\ncurrent_density = "0.1 mA/cm^2"\nhalf_cycle_time = "0.5 h"\ncycles = 2\n'
    )
    (folder / "study.toml").write_text(
        'title = "Mine"\n[[test]]\nname = "only"\ncell = "cell"\nprotocol = "short"\nmembers = 1\nwhat = "a cell"\n'
        '[[observable]]\nid = "first"\ntest = "only"\nquantity = "overpotential"\nstatistic = "value"\ncycle = 1\n'
    )
    (folder / "numbers.toml").write_text(
        'precision_rule = "none"\n[[number]]\nid = "volts"\nquantity = "overpotential"\nwhere = "Figure 1"\n'
        'quote = "more than 1 mV"\nrelation = ">"\nvalue = "1 mV"\nunit = "V"\nrole = "predicted"\nobservable = "first"\n'
    )
    return folder
