"""A simulated cell for other programs: BPX, held against its own package; PyBaMM, held against its own solve where it is installed."""

import json
import sys
import warnings
from math import pi
from pathlib import Path

import numpy as np
import pytest

import ionweld as iw
from ionweld.api.simulated import Run
from ionweld.errors import InputError, MissingExtraError, OutputError
from ionweld.pybamm import NOT_HELD, OPTIONS, lithium_interface, parameter_values

EXAMPLES = Path(__file__).parents[2] / "examples"
SWITCHES = ("contact_loss", "interphase", "layer", "filament", "soft_short")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One cycle of a full cell in which nothing changes but its cathode, and no electron leaks."""
    tight = tmp_path_factory.mktemp("tight") / "parameters.toml"
    tight.write_text(
        'software = "by hand"\ninterface = "Li | Li2OHCl"\ncells = ["tight"]\n[parameters.electronic_leak]\nvalue = "1e-16 S/cm"\n'
    )
    protocol = iw.Protocol.load(EXAMPLES / "full_cell_cycling.toml").with_(cycles=1, record_every="60 s")
    cell = iw.Cell.load(EXAMPLES / "full_cell.toml").with_(**{f"mechanisms.{name}": False for name in SWITCHES})
    return iw.simulate(cell, protocol, parameters=tight)


@pytest.fixture(scope="module")
def symmetric() -> Run:
    protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=1)
    return iw.simulate(EXAMPLES / "bare.toml", protocol)


def test_a_bpx_file_is_read_by_its_own_package_and_says_what_it_cannot_hold(full, tmp_path) -> None:
    left_out = full.to_bpx(tmp_path / "cell.json")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bpx says pyparsing's names of yesterday
        from bpx import parse_bpx_file

        read = parse_bpx_file(tmp_path / "cell.json")
    assert all(one in read.header.description for one in left_out)
    assert any("lithium metal" in one for one in left_out)
    cell = read.parameterisation.cell
    assert cell.electrode_area == pytest.approx(pi * 3e-3**2)
    assert cell.nominal_cell_capacity == pytest.approx(2e-3 * pi * 0.3**2 * 0.17, rel=0.1)  # 2 mg/cm2 at some 170 mAh/g
    assert (cell.lower_voltage_cutoff, cell.upper_voltage_cutoff) == (2.5, 4.0)
    own = json.loads((tmp_path / "cell.json").read_text())["Parameterisation"]["User-defined"]
    middle = own["Positive electrode OCP [V]"]
    assert middle["y"][middle["x"].index(0.5)] == pytest.approx(3.42)
    with pytest.raises(OutputError, match=r"does not end in \.json"):
        full.to_bpx(tmp_path / "cell.bpx")


def test_a_symmetric_cell_is_none_for_bpx_and_no_half_cell(symmetric, tmp_path) -> None:
    with pytest.raises(InputError, match="symmetric, and BPX holds full cells alone"):
        symmetric.to_bpx(tmp_path / "cell.json")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match="lithium_interface"):
        parameter_values(symmetric)
    with pytest.raises(InputError, match="no Run"):
        lithium_interface("welded.toml")  # pyright: ignore[reportArgumentType]


def test_the_interface_and_the_pellet_are_what_a_slow_current_meets(symmetric) -> None:
    known = lithium_interface(symmetric)
    pellet = known["Separator thickness [m]"] / known["Electrolyte conductivity [S.m-1]"] / (pi * 3e-3**2)
    slow = symmetric.spectrum(lowest_frequency="1 uHz", noise="0 %").impedance[-1].real
    assert pellet + known["Contact resistance [Ohm]"] == pytest.approx(slow, rel=1e-3)
    later = lithium_interface(symmetric, after_cycle=1)["Contact resistance [Ohm]"]
    assert later > known["Contact resistance [Ohm]"]


def test_without_pybamm_the_line_that_installs_it_is_said(full, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pybamm", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ionweld\[pybamm\]'"):
        parameter_values(full)


def test_pybamm_solves_the_same_cell_to_the_same_voltage(full) -> None:
    pybamm = pytest.importorskip("pybamm", reason="PyBaMM is an extra of its own: pip install 'ionweld[pybamm]'")
    values = parameter_values(full)
    current = 0.2 * values["Nominal cell capacity [A.h]"]
    steps = (f"Charge at {current} A until 4.0 V", f"Discharge at {current} A until 2.5 V")
    model = pybamm.lithium_ion.SPMe(OPTIONS)
    experiment = pybamm.Experiment([steps], period="60 s")
    solved = pybamm.Simulation(model, parameter_values=values, experiment=experiment).solve().cycles[0].steps
    table = full.test.table()
    time, volts, signs = (table[name].to_numpy() for name in ("Test Time / s", "Voltage / V", "Current / A"))
    for step, sign in zip(solved, (1.0, -1.0), strict=True):
        ours = np.sign(signs) == sign
        theirs = step["Time [s]"].entries
        span = theirs[-1] - theirs[0]
        assert time[ours][-1] - time[ours][0] == pytest.approx(span, abs=0.5)
        moments = np.linspace(0.02, 0.95, 40) * span
        known = np.interp(moments, time[ours] - time[ours][0], volts[ours])
        assert np.interp(moments, theirs - theirs[0], step["Voltage [V]"].entries) == pytest.approx(known, abs=2e-4)
    assert NOT_HELD
