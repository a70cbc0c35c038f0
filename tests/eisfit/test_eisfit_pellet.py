"""A real pellet at seven temperatures, against the published fits of the same files."""

import re
from pathlib import Path

import numpy as np
import pytest
from data_files import real_file

from ionweld.analyse.eis.arcs import name_arcs
from ionweld.analyse.eis.arrhenius import arrhenius
from ionweld.analyse.eis.drt import relaxation_times
from ionweld.analyse.eis.fit import CircuitFit, fit, parameters
from ionweld.analyse.eis.geometry import conduction
from ionweld.analyse.eis.kramers_kronig import kramers_kronig
from ionweld.measurement.impedance import ImpedanceSpectrum, SampleGeometry
from ionweld.measurement.provenance import Provenance

PELLET = SampleGeometry(np.pi * 0.4e-2**2, "pellet, 8 mm", 0.21e-2, 2)
CIRCUIT = "p(R1,CPE1)-p(R2,CPE2)-CPE3"
CELSIUS = range(140, 201, 10)
ZERO_CELSIUS = 273.0  # of the published report, so that its energies can be compared


def load(celsius: int) -> ImpedanceSpectrum:
    """Read one file of the series independently of the product's readers."""
    path = real_file(f"eis/pellet_series/s04147-{celsius}deg.txt")
    rows = np.loadtxt(path, skiprows=3)
    provenance = Provenance("measured", path.name, "", "test")
    return ImpedanceSpectrum(
        rows[:, 0], rows[:, 1] + 1j * rows[:, 2], provenance, celsius + ZERO_CELSIUS, "given", PELLET
    )


@pytest.fixture(scope="module")
def fits() -> list[CircuitFit]:
    return [fit(load(celsius), CIRCUIT) for celsius in CELSIUS]


def published() -> list[tuple[float, list[float], list[float]]]:
    """Return chi2, the eight values and their errors in percent of each published fit."""
    text = Path(real_file("eis/pellet_series/Example3_Batch_EISfit_Report.txt")).read_text("utf-8")
    chi2 = [float(value) for value in re.findall(r"^Chi-squared: (\S+)", text, re.MULTILINE)]
    rows = [[float(x) for x in row] for row in re.findall(r"^\w\d =\s+(\S+)\s+(\S+)\s+(\S+)$", text, re.MULTILINE)]
    per_fit = [rows[start : start + 8] for start in range(0, len(rows), 8)]
    return [(c, [r[0] for r in group], [r[2] for r in group]) for c, group in zip(chi2, per_fit, strict=True)]


def test_chi2_and_parameters_are_the_published_ones(fits: list[CircuitFit]) -> None:
    for found, (chi2, values, percents) in zip(fits, published(), strict=True):
        assert found.chi2 == pytest.approx(chi2, rel=1e-3)
        rows = parameters(found)
        assert [row.value for row in rows] == pytest.approx(values, rel=5e-3)
        assert [100 * (row.stderr or 0) / row.value for row in rows] == pytest.approx(percents, rel=0.01)


def test_activation_energies_and_conductivities(fits: list[CircuitFit]) -> None:
    series, _ = arrhenius(fits, conduction(PELLET))
    energies = {item.role: item.Ea_eV for item in series}
    assert energies == pytest.approx({"bulk": 0.5869, "grain boundary": 0.8919, "total": 0.8555}, abs=0.0005)
    errors = {item.role: item.stderr_eV for item in series}
    assert errors == pytest.approx({"bulk": 0.0163, "grain boundary": 0.0025, "total": 0.0006}, abs=1e-4)
    bulk = next(item for item in series if item.role == "bulk")
    assert bulk.sigma[0].S_per_cm == pytest.approx(2.857e-6, rel=1e-3)
    assert bulk.sigma[-1].S_per_cm == pytest.approx(1.860e-5, rel=1e-3)
    assert bulk.transition is not None
    assert bulk.transition.kind == "none"


def test_the_joint_fit_is_shown_beside_it(fits: list[CircuitFit]) -> None:
    series, joint = arrhenius(fits, conduction(PELLET), prefer_joint=True)
    bulk = next(item for item in series if item.role == "bulk")
    assert bulk.method.startswith("joint")
    assert len(bulk.methods) == 4
    # the topic document's independent calculation: 0.569 eV; the data allow some 0.02 eV
    assert bulk.Ea_eV == pytest.approx(0.569, abs=0.005)
    assert 0.01 < bulk.stderr_eV < 0.03
    separate = np.sqrt(fits[0].covariance[0, 0])
    assert np.sqrt(joint.covariance[0, 0]) < 0.8 * separate
    assert joint.link_p_value > 0.05


def test_effective_capacitances_and_their_ambiguity(fits: list[CircuitFit]) -> None:
    arcs = name_arcs(fits[0].circuit, fits[0].logs, fits[0].problem.omega, PELLET)
    assert [arc.role for arc in arcs] == ["bulk", "grain boundary"]
    assert [arc.C_eff_F for arc in arcs] == pytest.approx([6.996e-12, 1.741e-11], rel=1e-3)
    assert all(arc.warning and "ambiguous" in arc.warning for arc in arcs)


def test_the_series_is_kramers_kronig_consistent() -> None:
    for celsius in CELSIUS:
        assert kramers_kronig(load(celsius), limit_percent=3.0).passes  # at 180 degC a drift of 2 % is seen


def test_the_main_relaxation_is_that_of_the_fit(fits: list[CircuitFit]) -> None:
    largest = max(relaxation_times(load(140)).peaks, key=lambda peak: peak.R_ohm)
    arcs = name_arcs(fits[0].circuit, fits[0].logs, fits[0].problem.omega, PELLET)
    assert largest.tau_s == pytest.approx(arcs[1].tau_s, rel=0.2)
