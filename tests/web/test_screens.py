"""The screens say the numbers of the command line: the recipe below each panel gives what the panel shows."""

import json
import shlex
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest
from command_line import ionweld
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from web_page import page, result

import ionweld as iw
from ionweld.web.points import kept
from ionweld.web.screens import cell, drop, impedance, screens


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small sample in it."""
    folder = tmp_path_factory.mktemp("bench")
    made = drop.write_sample(str(folder / "sample"), cycles=4, replicates=1)
    assert made["cells"] == 4
    return folder


def told(said: dict[str, str]) -> Any:
    """Run the command line of a panel."""
    words = shlex.split(said["command"])
    assert words[0] == "ionweld"
    answer = ionweld(*words[1:], "--json")
    assert answer.status == 0, answer.err
    return answer.document


def run_python(said: dict[str, str]) -> None:
    compile(said["python"], "cell", "exec")  # the words of the API are held by its own tests


def test_every_screen_has_its_script_and_no_two_share_a_name() -> None:
    names = [screen.name for screen in screens()]
    assert names == sorted(set(names), key=names.index)
    assert {"drop", "cell", "impedance"} <= set(names)
    static = Path(drop.__file__).parent.parent / "static"
    for screen in screens():
        assert ((screen.scripts or static / "screens") / f"{screen.name}.js").is_file()


def test_a_cell_shows_the_cycles_of_the_command_line(sample: Path) -> None:
    with page(sample) as client:
        (project,) = client.get("/api/house").json()["projects"]
        listed = result(client, client.post("/api/cell/cells", json={}))
        assert project == listed["project"] == "sample/project"
        found = result(client, client.post("/api/cell/show", json={"project": project, "cell": "full bare 1"}))
    (test,) = found["tests"]
    area = next(one for one in test["origin"]["said"] if one["name"] == "area")
    assert "area" in Path(area["file"]).read_text("utf-8").splitlines()[area["line"] - 1]
    assert Path(test["origin"]["files"][0]).is_file()
    assert test["origin"]["meanings"]["discharge_capacity_Ah"].startswith("the charge of all steps")
    assert [last for _, last in test["rows"]] == sorted(last for _, last in test["rows"])
    assert test["rows"][0][0] == 1
    run_python(test["recipe"])
    theirs = told(test["recipe"])
    assert [one["cycle"] for one in test["cycles"]] == [one["cycle"] for one in theirs["cycles"]]
    for mine, other in zip(test["cycles"], theirs["cycles"], strict=True):
        for name, value in mine.items():
            assert value == (pytest.approx(other[name], rel=1e-9) if other[name] is not None else None), name
    assert [one["cycle"] for one in test["events"]] == [one["cycle"] for one in theirs["events"]]
    assert {one["state"] for one in found["spectra"]} == {"before cycling", "after cycling"}
    assert len(test["dqdv"]) == 2


def test_a_file_alone_asks_what_it_needs(sample: Path) -> None:
    place = str(sample / "sample/files/bare_1.xlsx")
    silent = cell.shown(place, None, {"at": 0})["tests"][0]
    assert silent["events"] == []
    said = {"at": 0, "kind": "symmetric", "first": "charge", "area": "0.28274 cm^2"}
    spoken = cell.shown(place, None, said)["tests"][0]
    theirs = told(spoken["recipe"])
    assert [one["asr_ohm_cm2"] for one in spoken["cycles"]] == pytest.approx(
        [one["asr_ohm_cm2"] for one in theirs["cycles"]]
    )


def test_a_fit_shows_the_parameters_of_the_command_line(sample: Path) -> None:
    place = str(sample / "sample/files/bare_1_before_eis.txt")
    (sweep,) = impedance.sweeps_of(place)
    masked = [f"{f:.6g} Hz" for f in sweep["frequency_Hz"][3:5]]
    made = impedance.fitted(place, sweep["at"], masked, ("10 Hz", None), None, "modulus")
    assert 1 <= len(made["fits"]) <= 2
    assert made["fits"][0]["odds"] == max(one["odds"] for one in made["proposed"][:2])
    for fit in made["fits"]:
        run_python(fit["recipe"])
        (theirs,) = told(fit["recipe"])["spectra"]
        assert [one["name"] for one in theirs["parameters"]] == [one["parameter"] for one in fit["parameters"]]
        for mine, other in zip(fit["parameters"], theirs["parameters"], strict=True):
            assert mine["value"] == pytest.approx(other["value"], rel=1e-6)
        assert len(fit["frequency_Hz"]) == len([f for f in sweep["frequency_Hz"] if f >= 10]) - 2


def test_a_sweep_is_tested_as_on_the_command_line(sample: Path) -> None:
    place = str(sample / "sample/files/bare_1_before_eis.txt")
    found = impedance.checked(place, 0, [], None)
    (theirs,) = told(found["recipe"])["spectra"]
    assert found["passes"] is theirs["kramers_kronig"]["passes"]
    assert len(found["residuals"]["frequency_Hz"]) == theirs["points"]
    assert found["processes"]
    json.dumps(found, allow_nan=False)


def test_a_long_curve_is_thinned_on_the_server_and_refetched_when_zoomed(sample: Path) -> None:
    place, said = str(sample / "sample/files/bare_1.xlsx"), {"at": 0}
    whole = cell.part_of_curve(place, None, said, 0, None, None, 10)
    part = cell.part_of_curve(place, None, said, 0, 1.0, 1.5, 1000)
    volts = iw.read_one(place).table()["Voltage / V"]
    assert len(whole["time_h"]) <= 40 < whole["rows"] == len(volts)
    assert (max(whole["voltage_V"]), min(whole["voltage_V"])) == (volts.max(), volts.min())
    assert part["time_h"][1] >= 1.0
    assert part["time_h"][-2] <= 1.5


@settings(max_examples=40)
@given(
    hnp.arrays(float, st.integers(1, 400), elements=st.floats(0, 1e6)),
    st.integers(1, 50),
    st.sampled_from([0.0, 0.2]),
    st.integers(0, 2**31),
)
def test_thinned_curves_keep_both_ends_and_every_extreme(
    times: np.ndarray, widths: int, gaps: float, seed: int
) -> None:
    x = np.sort(times)
    random = np.random.default_rng(seed)
    y = np.where(random.random(x.size) < gaps, np.nan, random.normal(size=x.size))
    at = kept(x, y, widths)
    assert np.all(np.diff(at) > 0)
    assert len(at) <= max(4 * widths, 1) + 4
    assert (at[0], at[-1]) == (0, x.size - 1)
    if np.isfinite(y).any():
        assert np.nanmax(y[at]) == np.nanmax(y)
        assert np.nanmin(y[at]) == np.nanmin(y)


def test_an_extreme_of_one_point_is_seen_wherever_it_stands() -> None:
    x, y = np.arange(100_000.0), np.zeros(100_000)
    for place in (0, 1, 49_999, 77_777, 99_999):
        y[place] = -5.0
        assert place in kept(x, y, 300)
        y[place] = 0.0
    inside = kept(x, y, 100, (500.0, 600.0))
    assert (x[inside[0]], x[inside[-1]]) == (499.0, 601.0)


def test_five_hundred_files_are_listed_at_once_and_copies_are_told(tmp_path: Path) -> None:
    for number in range(500):
        (tmp_path / f"{number:03}.csv").write_text(f"{number % 250},1,2\n")
    begun = monotonic()
    with page(tmp_path) as client:
        found = client.get("/api/drop/files").json()
    assert monotonic() - begun < 5
    assert len(found["files"]) == 500
    assert found["same"] == {f"{number:03}.csv": f"{number - 250:03}.csv" for number in range(250, 500)}
