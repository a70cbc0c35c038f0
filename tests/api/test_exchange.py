"""To and from the neighbours: polars, pandas, the Battery Data Format, impedance.py, PyBaMM, and a cycler's own protocol."""

from pathlib import Path

import command_line
import numpy as np
import pandas
import polars as pl
import pytest

import ionweld as iw
from ionweld.errors import InputError

BARE = Path(__file__).parent.parent.parent / "examples" / "bare.toml"
OWN = {"t": "Test Time / s", "U": "Voltage / V", "I": "Current / A", "n": "Cycle Count / 1"}
ROWS = {
    "t": [60.0 * i for i in range(120)],
    "U": [0.05 if i % 60 < 30 else -0.05 for i in range(120)],
    "I": [1e-4 if i % 60 < 30 else -1e-4 for i in range(120)],
    "n": [i // 60 + 1 for i in range(120)],
}
F = np.geomspace(1e6, 1.0, 41)
W = 2j * np.pi * F


@pytest.mark.parametrize("table", [ROWS, pl.DataFrame(ROWS), pandas.DataFrame(ROWS)])
def test_a_test_is_taken_from_any_table(table: object, tmp_path: Path) -> None:
    test = iw.Cycling.from_table(table, columns=OWN, label="mine")
    assert test.table().equals(pl.DataFrame(ROWS).rename(OWN))
    assert iw.summarise(test, kind="symmetric", first="charge", area="1 cm^2").cycles.height == 2
    assert test == iw.Cycling.from_table(pl.DataFrame(ROWS).rename(OWN), label="mine")
    for name in ("mine.bdf.parquet", "mine.csv"):
        (test.to_parquet if name.endswith("parquet") else test.to_csv)(tmp_path / name)
        again = iw.read_one(tmp_path / name).table()
        assert again.select(test.table().columns).cast(pl.Float64).equals(test.table().cast(pl.Float64))
    assert iw.Cycling.from_table(test.to_pandas(), label="mine") == test


@pytest.mark.parametrize(
    ("table", "columns", "said"),
    [
        ({"t": [0.0, 1.0]}, OWN, r"columns\.U.*no column(.|\n)*Voltage / V: is missing"),
        (ROWS | {"U": ["a"] * 120}, OWN, "no number"),
        (ROWS | {"t": ROWS["t"][::-1]}, OWN, "does not run on"),
        (ROWS, {}, r"Test Time / s: is missing\. Say which"),
        (3, {}, "int has no columns"),
    ],
)
def test_a_table_that_is_no_test_is_refused(table: object, columns: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        iw.Cycling.from_table(table, columns=columns)


def test_a_measured_test_gives_its_protocol_back() -> None:
    test = iw.Cycling.from_table(ROWS, columns=OWN)
    with pytest.raises(InputError, match="area"):
        iw.Protocol.from_measured(test)
    found = iw.Protocol.from_measured(test, area="1 cm^2", voltage_limit="5 V")
    stage = found.spec.stages[0]
    assert (stage.cycles, found.spec.first_half_cycle) == (2, "charge")
    assert stage.current_density.value == pytest.approx(1.0)  # 0.1 mA/cm2
    assert stage.half_cycle_time.value == pytest.approx(1800.0, rel=0.05)
    assert iw.simulate(BARE, found).table().height == 2


def test_a_hundred_cells_are_a_short_loop() -> None:
    cell = iw.Cell.load(BARE)
    pressures = {}
    for number in range(100):
        one = cell.with_(name=f"cell {number}", stack_pressure=f"{0.1 + 0.01 * number:.2f} MPa")
        pressures[one.spec.name] = one.spec.stack_pressure.value
    assert len(pressures) == 100
    assert pressures["cell 99"] == pytest.approx(1.09e6)


def _fitted(circuit: str, Z: np.ndarray) -> "iw.api.impedance.Fit":  # pyright: ignore
    return iw.fit(iw.Spectrum(frequency=F, impedance=Z), circuit)


def test_a_fit_in_the_words_of_impedance_py(tmp_path: Path) -> None:
    Z = 100.0 + 1.0 / (1.0 / 1e3 + 1e-7 * W**0.9) + 30.0 * (1 - 1j) / np.sqrt(2 * np.pi * F)
    made = _fitted("Rb-p(Rgb,CPEgb{n=0.9})-W1", Z).to_impedance_py()
    assert made["circuit"] == "R0-p(R1,CPE0)-W0"
    assert made["constants"] == {"CPE0_1": 0.9}
    assert made["initial_guess"] == pytest.approx([100.0, 1e3, 1e-7, 30.0], rel=1e-4)
    with pytest.raises(InputError, match=r"impedance\.py has no HN"):
        _fitted("R0-HN1", 100.0 + 1e3 / (1.0 + W * 1e-4)).to_impedance_py()
    rows = "".join(f"{f},{z.real},{z.imag}\n" for f, z in zip(F, Z, strict=True))
    (tmp_path / "s.csv").write_text("frequency_Hz,Z_real_ohm,Z_imag_ohm\n" + rows)
    words = ("--circuit", "R0-p(R1,CPE1)-W1", "--out", tmp_path / "out")
    answer = command_line.ionweld("eis", "fit", tmp_path / "s.csv", *words)
    assert answer.status == 0, answer.err
    assert '"Circuit String": "R0-p(R1,CPE0)-W0"' in (tmp_path / "out" / "s.impedance_py.json").read_text()


def test_impedance_py_itself_finds_the_same_curve(tmp_path: Path) -> None:
    circuits = pytest.importorskip("impedance.models.circuits")
    circuit = "L0-R0-p(R1,CPE1)-ZARC2-Wo3-p(R4-W5,C4)-La6{n=0.8}-TLM7"
    Z = 10.0 + 1e2 / (1.0 + (W * 1e-5) ** 0.9) + 1e-6 * W + 50.0 / np.sqrt(W) / np.tanh(np.sqrt(W))
    fit = _fitted(circuit, Z)
    theirs = circuits.CustomCircuit(**fit.to_impedance_py()).predict(F, use_initial=True)
    assert theirs == pytest.approx(fit.solution.model_ohm, rel=1e-6)


def test_what_pybamm_found_is_a_spectrum() -> None:
    found = {"Frequency [Hz]": F, "Impedance [Ohm]": 100.0 + 0j * F}
    spectrum = iw.Spectrum.from_pybamm(found, temperature="80 degC")
    assert (spectrum.impedance == 100.0).all()
    assert spectrum.temperature == pytest.approx(353.15)
    with pytest.raises(InputError, match="no EISSolution"):
        iw.Spectrum.from_pybamm([1.0, 2.0])
