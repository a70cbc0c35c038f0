"""Files on which events once cried wolf, and what stays an event beside them."""

from dataclasses import replace
from pathlib import Path

import pytest
from data_files import real_file

from ionweld.analyse.cycling import Finding, Kind, diagnose, summarise
from ionweld.read.cycling import read_cycling_file


def events(name: str, kind: Kind) -> tuple[Finding, ...]:
    found = read_cycling_file(Path(real_file(f"faults/cycling/{name}")))
    found = replace(found, context=replace(found.context, area_m2=1e-4))
    return diagnose(found, summarise(found, kind, "charge"), kind)


@pytest.mark.parametrize(
    "name",
    [
        "rate_test2.csv",  # 78 % at 1C is no end of life
        "rate_c10_1c_c10.csv",  # back at C/10 more comes out than went in at 1C: 117.6 % are no leak
        "formation_then_c3.csv",  # 79 % of the capacity at C/20 is the capacity at C/3
        "last_discharge_still_running.csv",  # 58 % came back so far
    ],
)
def test_healthy_cells_raise_no_alarm(name):
    assert events(name, "full") == ()


def test_a_void_in_a_ramp_is_found_with_its_density():
    (event,) = events("ccd_void_at_0p6.csv", "symmetric")
    assert (event.kind, event.sign, event.cycle) == ("contact loss", "voltage runs away", 6)
    assert event.numbers["current_density_mA_cm2"] == pytest.approx(0.6)
    assert "0.6 mA/cm2" in event.evidence
