"""An instrument known from a standard, and several patterns in one call."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import ionweld

from ionweld.analyse.xrd import fit_pattern
from ionweld.analyse.xrd.instrument import instrument_of
from ionweld.errors import InputError
from ionweld.read.xrd.phases import phases_named
from ionweld.simulate.xrd import Diffractometer, PhaseAmount, as_xy, diffractogram

SET_UP = Diffractometer(
    two_theta_deg=(20.0, 110.0, 0.02), peak_counts=8000.0, hump_counts=0.0, zero_deg=0.04, width_deg=0.12
)
LIF, LICL = phases_named(["LiF", "LiCl"])
SIZE_DEG = 0.03


@pytest.fixture(scope="module")
def instrument():
    sample = [PhaseAmount(LIF, 1.0, size_width_deg=SIZE_DEG)]
    return instrument_of(diffractogram(sample, replace(SET_UP, displacement_deg=0.02), 1), LIF)


def test_the_instrument_comes_back_within_its_errors(instrument) -> None:
    for (value, error), truth in ((instrument.zero_deg, 0.04), (instrument.width_deg, 0.12)):
        assert abs(value - truth) < 3.0 * error
    assert instrument.zero_deg[1] < 0.02
    assert f"zero {instrument.zero_deg[0]:.4f} +- {instrument.zero_deg[1]:.4f} deg" in instrument.said


def test_with_it_a_cell_is_right_that_a_wrong_zero_would_spoil(instrument) -> None:
    true = LIF.cell[0] * 1.002
    cell = (true, true, true, 90.0, 90.0, 90.0)
    scan = diffractogram([PhaseAmount(LIF, 1.0, cell, SIZE_DEG)], replace(SET_UP, displacement_deg=-0.08), 2)
    found = fit_pattern(scan, [LIF], instrument.known).phases[0]
    without = fit_pattern(scan, [LIF]).phases[0]
    assert found.cell_stderr is not None
    assert without.cell_stderr is not None
    assert abs(found.cell_angstrom[0] - true) < 3.0 * found.cell_stderr[0]
    assert found.cell_stderr[0] < without.cell_stderr[0]
    assert abs(found.cell_angstrom[0] - true) < 0.5 * abs(without.cell_angstrom[0] - true)


def test_a_pattern_that_does_not_show_the_standard_is_refused() -> None:
    flat = diffractogram([PhaseAmount(LIF, 1.0)], SET_UP, 3)
    noise = np.random.default_rng(4).poisson(200.0, flat.counts.size).astype(float)
    with pytest.raises(InputError, match="shows no LiF"):
        instrument_of(replace(flat, counts=noise), LIF)


def test_several_patterns_are_a_series(tmp_path: Path) -> None:
    files = []
    for at, share in enumerate((0.2, 0.5)):
        sample = [PhaseAmount(LIF, share), PhaseAmount(LICL, 1.0 - share)]
        scan = diffractogram(sample, replace(SET_UP, two_theta_deg=(25.0, 75.0, 0.03), zero_deg=0.0), 5 + at)
        files.append(tmp_path / f"scan{at}.xy")
        files[-1].write_text(as_xy(scan, {}))
    common = ("xrd", "fit", *files, "--phases", "LiF,LiCl", "--wavelength", "Cu")
    status, out, err = ionweld(*common, "--at", "60 degC", "--at", "80 degC", "--json")
    assert status == 0, err
    found = json.loads(out)
    assert found["coordinate"] == "temperature / K"
    assert found["values"] == pytest.approx([333.15, 353.15])
    for result, share in zip(found["results"], (0.2, 0.5), strict=True):
        row = next(phase for phase in result["phases"] if phase["phase"] == "LiF")
        assert row["fraction"] == pytest.approx(share, abs=0.05)
    status, _, err = ionweld(*common, "--at", "60 degC")
    assert (status, "1 places for 2 patterns" in err) == (2, True)
    status, _, err = ionweld(*common, "--standard", files[0])
    assert (status, "--standard-cell" in err) == (2, True)
