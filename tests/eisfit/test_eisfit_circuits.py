"""Circuits: two notations, fixed and shared parameters, messages that point at the character, analytic derivatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionweld.errors import SpecError
from ionweld.report.circuit_drawing import draw_circuit
from ionweld.spec.circuit import circuit

OMEGA = 2 * np.pi * np.geomspace(1e6, 0.1, 30)


@pytest.mark.parametrize(
    ("string", "code"),
    [
        ("R1-p(R2,CPE1)-p(R3,CPE2)-CPE3", "R(RQ)(RQ)Q"),
        ("R1-p(C1,R2-W1)", "R(C[RW])"),
        ("R1-p(C1,R2-W1)", "R(C(RW))"),
        ("L1-R1-p(CPE1,R2-p(R3,CPE2))-Wo1", "LR(Q[R(RQ)])T"),
        ("R1-Ws1-G1-TLM1", "R O G TLM"),
    ],
)
def test_two_notations_are_one_circuit(string: str, code: str) -> None:
    left, right = circuit(string), circuit(code)
    logs = dict(zip(left.names, np.linspace(-0.9, -0.1, len(left.names)), strict=True))
    assert sorted(left.names) == sorted(right.names)
    ordered = [np.array([logs[name] for name in made.names]) for made in (left, right)]
    assert left.impedance(OMEGA, ordered[0]) == pytest.approx(right.impedance(OMEGA, ordered[1]), rel=1e-12)


def test_labels_of_the_field() -> None:
    assert circuit("Rb-p(Rgb,CPEgb)-p(Ri,CPEi)").names == ("Rb", "Rgb", "CPEgb.Q", "CPEgb.n", "Ri", "CPEi.Q", "CPEi.n")
    assert circuit("Rb(RgbQgb)").names == ("Rb", "Rgb", "CPEgb.Q", "CPEgb.n")


def test_a_circuit_by_hand() -> None:
    made = circuit("R0-p(R1,C1)-L1")
    logs = np.log([10.0, 100.0, 1e-6, 1e-5])
    expected = 10 + 100 / (1 + 1j * OMEGA * 100 * 1e-6) + 1j * OMEGA * 1e-5
    assert made.impedance(OMEGA, logs) == pytest.approx(expected, rel=1e-12)


def test_fixed_and_shared_parameters() -> None:
    made = circuit("R0{12.5}-p(R1,CPE1{n=0.9})-p(R2{R=R1},CPE2{Q=1e-6, n=CPE1.n})")
    assert made.names == ("R1", "CPE1.Q")
    values = made.values(np.log([100.0, 1e-5]))
    assert values == pytest.approx(
        {"R0": 12.5, "R1": 100, "CPE1.Q": 1e-5, "CPE1.n": 0.9, "R2": 100, "CPE2.Q": 1e-6, "CPE2.n": 0.9}
    )
    free = circuit("R0-p(R1,CPE1)-p(R2,CPE2)")
    logs = np.log([values[name] for name in free.names])
    assert made.impedance(OMEGA, np.log([100.0, 1e-5])) == pytest.approx(free.impedance(OMEGA, logs), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("", 0, "no circuit"),
        ("R0--R1", 3, "starts no element"),
        ("R0-p(R1,CPE1", 12, "was expected"),
        ("R(RQ", 4, "was expected"),
        ("R0-X1", 3, "Known elements"),
        ("R0-R0", 3, "used twice"),
        ("R0-CPE1{m=3}", 8, "no such parameter"),
        ("R0-CPE1{n=1.2}", 8, "between 0 and 1"),
        ("R0{-5}-C1", 3, "must be positive"),
        ("R0-R1{R=R7}", 6, "no parameter R7"),
        ("R1{R=R2}-R2{R=R1}", 12, "shared with itself"),
        ("R0-C1{C=R0}", 6, "not of one kind"),
        ("R{5}", 0, "every parameter is fixed"),
        ("(" * 5000 + "R", 30, "nested too deeply"),
        ("p(" * 5000 + "R", 60, "nested too deeply"),
    ],
)
def test_messages_point_at_the_character(text: str, column: int, says: str) -> None:
    with pytest.raises(SpecError, match=says) as caught:
        circuit(text)
    lines = str(caught.value).splitlines()
    if len(text) < 100:
        assert lines[-1].index("^") - 2 == column
        assert lines[-2] == f"  {text}"


@settings(max_examples=400)
@given(st.text(alphabet="RCLQWGTOpo0123(),-[]{}=.bgin e", max_size=25) | st.text(max_size=15))
def test_any_text_is_a_circuit_or_a_spec_error(text: str) -> None:
    try:
        made = circuit(text)
    except SpecError:
        return
    assert made.names
    assert draw_circuit(made).startswith("<svg")


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> str:
    if depth >= 3 or draw(st.booleans()):
        return draw(st.sampled_from(["R", "C", "CPE", "W", "Wo", "Ws", "G", "TLM", "L"])) + "#"
    parts = draw(st.lists(trees(depth=depth + 1), min_size=2, max_size=3))
    return "-".join(parts) if draw(st.booleans()) else f"p({','.join(parts)})"


@settings(max_examples=60)
@given(trees(), st.integers(0, 2**31))
def test_slopes_of_any_circuit_equal_differences(template: str, seed: int) -> None:
    pieces = template.split("#")
    made = circuit("".join(f"{piece}{place}" for place, piece in enumerate(pieces[:-1])) + pieces[-1])
    rng = np.random.default_rng(seed)
    logs = rng.normal(0, 0.5, (3, len(made.names)))
    logs[:, [kind == "exponent" for kind in made.kinds]] = -0.2
    omega = np.geomspace(0.1, 10, 5)
    Z, slopes = made.slopes(omega, logs)
    assert pytest.approx(made.impedance(omega, logs), rel=1e-13) == Z
    for place in range(len(made.names)):
        step = np.zeros(len(made.names))
        step[place] = 1e-5
        difference = (made.impedance(omega, logs + step) - made.impedance(omega, logs - step)) / 2e-5
        # an L and a C in one loop can resonate, where the impedance is steep
        assert slopes[:, place] == pytest.approx(difference, rel=1e-4, abs=1e-5 * np.abs(Z).max())


def test_agrees_with_impedance_py() -> None:
    circuits = pytest.importorskip("impedance.models.circuits", reason="the [oracle] extra is not installed")
    text = "R0-p(R1-Wo1,CPE1)-p(R2,C2)-Ws2-G1-TLMQ1-L1-CPE3"
    made = circuit(text)
    rng = np.random.default_rng(0)
    values = np.array([0.8 if kind == "exponent" else rng.uniform(0.1, 2) for kind in made.kinds])
    with pytest.warns(UserWarning, match="initial parameters"):
        theirs = circuits.CustomCircuit(text, initial_guess=list(values)).predict(OMEGA / (2 * np.pi), use_initial=True)
    assert made.impedance(OMEGA, np.log(values)) == pytest.approx(theirs, rel=1e-10)


def test_drawing_names_every_element_once() -> None:
    drawing = draw_circuit(circuit("Rb-p(Rgb,CPEgb)-p(Ri-Wo1,CPEi)"))
    for name in ("Rb", "Rgb", "CPEgb", "Ri", "Wo1", "CPEi"):
        assert drawing.count(f">{name}</text>") == 1
