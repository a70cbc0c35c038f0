"""Full cells by current densities: the same test as by C rates, whichever way its currents are written."""

import pytest

import ionweld as iw
from ionweld.errors import SpecError

CELL = iw.Cell(
    name="full",
    temperature="25 degC",
    stack_pressure="2 MPa",
    electrolyte={"material": "Li6PS5Cl", "diameter": "10 mm", "thickness": "0.5 mm"},
    electrodes={
        "negative": {"material": "Li", "diameter": "8 mm", "thickness": "50 um"},
        "positive": {"material": "NMC811", "diameter": "10 mm", "loading": "5 mg/cm^2"},
    },
)
LIMITS = {"lower_voltage": "2.8 V", "upper_voltage": "4.2 V", "cycles": 2}


def nominal() -> float:
    """Return the charge that 1 C means, per area of the smaller electrode (mAh/cm2)."""
    return 5e-3 * CELL.spec.cathode.nominal_capacity.value / 3.6e3 * (10.0 / 8.0) ** 2


def densities(**rates: float) -> iw.Protocol:
    return iw.Protocol.full(**LIMITS, **{name: f"{rate * nominal():.12g} mA/cm^2" for name, rate in rates.items()})


def test_a_current_density_is_a_part_of_the_nominal_charge() -> None:
    rates = iw.simulate(CELL, iw.Protocol.full(**LIMITS, c_rate="0.2 C", discharge_c_rate="0.1 C"), seed=1)
    same = iw.simulate(CELL, densities(current_density=0.2, discharge_current_density=0.1), seed=1)
    tables = [run.test.table() for run in (rates, same)]
    assert tables[0].height == tables[1].height
    for name in ("Test Time / s", "Voltage / V", "Current / A"):
        assert tables[1][name].to_numpy() == pytest.approx(tables[0][name].to_numpy(), rel=1e-6)


def test_what_a_stage_says_beside_its_c_rate_enters_the_identity_of_a_run() -> None:
    protocols = [
        densities(current_density=0.2),
        densities(current_density=0.2, discharge_current_density=0.1),
        densities(current_density=0.21),
    ]
    assert len({iw.simulate(CELL, one, seed=1).test.data.provenance.sha256 for one in protocols}) == 3


@pytest.mark.parametrize(
    ("currents", "said"),
    [
        ({}, "neither c_rate nor current_density is given"),
        ({"c_rate": "1 C", "current_density": "1 mA/cm^2"}, "c_rate and current_density are both given"),
        (
            {"c_rate": "1 C", "discharge_c_rate": "1 C", "discharge_current_density": "1 mA/cm^2"},
            "discharge_c_rate and discharge_current_density are both given",
        ),
    ],
)
def test_a_current_is_said_once(currents: dict[str, str], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        iw.Protocol.full(**LIMITS, **currents)
