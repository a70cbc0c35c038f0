"""What if, why, compare, spectra: each shows what the public functions say, and refuses what cannot be."""

import json
from base64 import b64decode
from pathlib import Path
from shutil import copy
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from web_page import page, result

import ionweld as iw
from ionweld.errors import InputError
from ionweld.infer import advice as advising
from ionweld.infer.predictive import Predictive
from ionweld.web.screens import compare, diagnose, drop, spectra, whatif
from ionweld.web.sliders import SLIDERS

EXAMPLES = Path("examples")
LIQUID = "1 M LiPF6 in EC:DEC:FEC 45:45:10"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small sample and two files of cells in it."""
    folder = tmp_path_factory.mktemp("bench")
    drop.write_sample(str(folder / "sample"), cycles=4, replicates=2)
    for name in ("welded", "full_cell"):
        copy(EXAMPLES / f"{name}.toml", folder)
    return folder


def made_of(liquid: str = LIQUID) -> dict[str, str]:
    return {"electrolyte": "Li2OHCl", "liquid": liquid}


@pytest.fixture(scope="module")
def band() -> dict[str, Any]:
    return whatif.band_of(None, ".", made_of(), {"stack_pressure": "1 MPa"}, 3)


def test_the_band_is_that_of_the_ensemble_under_the_sliders(band: dict[str, Any]) -> None:
    said: dict[str, Any] = {"iw": iw}
    exec(band["recipe"]["python"].replace("found.plot()", ""), said)  # noqa: S102 - what a person would paste
    theirs = said["found"].band("overpotential")
    assert said["cell"].spec.stack_pressure.value == pytest.approx(1e6)
    assert [row["median"] for row in band["band"]] == pytest.approx((1e3 * theirs["median"]).to_list())
    assert [row["p95"] for row in band["band"]] == pytest.approx((1e3 * theirs["p95"]).to_list())
    assert band["verdict"] == said["found"].verdict
    assert band["says"] == said["found"].to_dict()["says"]
    assert (band["borrowed"]["count"], band["borrowed"]["sentence"]) == (0, "")
    assert band["trace"]["x"][-1] == pytest.approx(3.0)
    assert band["picture"]["frames"][-1]["time_h"] == pytest.approx(3.0)
    json.dumps(band, allow_nan=False)


def test_what_is_borrowed_is_counted_and_said() -> None:
    found = whatif.band_of(None, ".", {"electrolyte": "LLZO", "liquid": ""}, {}, 1)["borrowed"]
    assert 0 < found["count"] < found["total"]
    assert found["sentence"].startswith(f"{found['count']} of {found['total']} parameters are borrowed from")


def test_every_slider_moves_its_own_field_and_nothing_else() -> None:
    plain = whatif.cell_of(None, ".", made_of(), {}).spec
    for slider in SLIDERS:
        value = f"{slider.steps[-1]:g} {slider.unit}"
        cell, (protocol, _) = (
            whatif.cell_of(None, ".", made_of(), {slider.name: value}).spec,
            whatif.protocol_of({slider.name: value}, 2),
        )
        assert (repr(cell) != repr(plain)) == bool(slider.path), slider.name
        assert (repr(protocol.spec) != repr(whatif.protocol_of({}, 2)[0].spec)) != bool(slider.path), slider.name
        assert slider.start in slider.shown()["steps"]
        assert len(slider.help()) > 10, slider.name


def test_a_cell_of_the_folder_stays_as_it_is_but_for_what_is_moved(bench: Path) -> None:
    place = str(bench / "welded.toml")
    assert whatif.cell_of(place, str(bench), made_of(""), {}) == iw.Cell.load(place)
    thin = whatif.cell_of(place, str(bench), made_of(""), {"thickness": "0.2 mm"}).spec
    assert (thin.electrolyte.mass, thin.electrolyte.thickness.value) == (None, pytest.approx(2e-4))
    with pytest.raises(InputError, match="is a full cell"):
        whatif.cell_of(str(bench / "full_cell.toml"), str(bench), made_of(""), {})


def test_a_bare_cell_has_no_liquid_to_move() -> None:
    assert "volume" not in json.dumps(whatif.cell_of(None, ".", made_of(""), {"volume": "1 uL"}).document)


def test_the_page_asks_what_there_is_and_refuses_what_is_no_step(bench: Path) -> None:
    with page(bench) as client:
        known = client.get("/api/whatif/start").json()
        sample = [
            f"sample/cells/{treatment}.toml"
            for treatment in ("full bare", "full welded", "symmetric bare", "symmetric welded")
        ]
        assert known["cells"] == sorted(["full_cell.toml", "welded.toml", *sample])
        assert {"Li2OHCl", "LLZO"} <= set(known["electrolytes"])
        assert LIQUID in known["liquids"]
        refused = client.post("/api/whatif/band", json={"moved": {"temperature": "5000 degC"}})
        assert refused.status_code == 422
        assert "no step" in refused.json()["error"]["message"]
        assert client.post("/api/whatif/band", json={"cell": "../x.toml"}).status_code == 422


def test_a_measured_curve_is_the_summary_of_its_file(bench: Path) -> None:
    place = str(bench / "sample/files/bare_1.xlsx")
    theirs = iw.summarise(place, kind="symmetric", first="charge").cycles
    mine = whatif.measured_of(place)
    assert mine["y"] == pytest.approx((1e3 * theirs["overpotential_V"].drop_nulls()).to_list())
    assert mine["name"] == "bare_1.xlsx"


def test_why_names_file_and_line_of_every_number(bench: Path) -> None:
    with page(bench) as client:
        listed = client.get("/api/why/entries").json()
        assert "welded.toml" in listed["cells"]
        rows = client.post("/api/why/numbers", json={"material": "Li | LLZO"}).json()["rows"]
        borrowed = next(row for row in rows if row["property"] == "void_depth")
        assert borrowed["borrowed_from"] == "Li | Li2OHCl"
        folder = Path(iw.__file__).parent / "spec"
        for row in rows:
            line = (folder / row["file"]).read_text("utf-8").splitlines()[row["line"] - 1]
            assert row["property"] in line
        cell = client.post("/api/why/numbers", json={"cell": "welded.toml"}).json()["rows"]
        pressure = next(row for row in cell if row["path"] == "stack_pressure")
        assert (pressure["status"], pressure["range"]) == ("assumed", "0.02 to 1 MPa")
        assert (
            (bench / pressure["file"])
            .read_text("utf-8")
            .splitlines()[pressure["line"] - 1]
            .startswith("stack_pressure")
        )
        rest = next(row for row in cell if row["path"] == "rest")  # nobody wrote it: the library's assumption
        assert "rest" in (folder / rest["file"]).read_text("utf-8").splitlines()[rest["line"] - 1]
        assert client.post("/api/why/numbers", json={"material": "unobtainium"}).status_code == 422


def test_compare_says_what_the_project_says(bench: Path) -> None:
    place = str(bench / "sample/project")
    found = compare.compared(place, None)
    theirs = iw.Project.open(place).comparison()
    assert [row["value"] for row in found["effects"]] == pytest.approx(theirs.table()["value"].to_list())
    assert found["treatments"] == ["bare", "welded"]
    assert all(row["n"] == 2 for row in found["cells"])
    assert "Welch" in found["methods"]
    assert theirs.verdict == found["verdict"]
    assert compare.compared(place, ("bare", "welded"))["effects"] == found["effects"]
    with pytest.raises(InputError, match="no cell is 'wet'"):
        compare.compared(place, ("bare", "wet"))


@pytest.mark.parametrize(("width", "kind", "begins"), [(88, "svg", b"<svg"), (180, "png", b"\x89PNG")])
def test_the_effects_are_drawn_for_print(bench: Path, width: int, kind: str, begins: bytes) -> None:
    made = compare.drawn(str(bench / "sample/project"), None, width, kind)
    assert made["name"] == f"effects_{width}mm.{kind}"
    assert b64decode(made["content"]).startswith(begins)


FITS = [
    ("bare_1_xrd.xy", "xrd", {"electrolyte": "Li2OHCl"}),
    ("bare_1_ftir.csv", "ftir", {"electrolyte": "Li2OHCl"}),
    ("bare_1_xps.csv", "xps", {"species": "LiOH, Li2CO3"}),
    ("bare_1_sem.tif", "sem", {}),
    ("bare_1_F_Ka.csv", "eds", {"layer": "0,4; 0,6"}),
]


@pytest.mark.parametrize(("file", "technique", "options"), FITS)
def test_a_spectrum_shows_its_fit_with_figure_and_every_number(
    bench: Path, file: str, technique: str, options: dict[str, str]
) -> None:
    place = str(bench / "sample/files" / file)
    found = spectra.fitted(place, technique, 0, spectra.typed(options))
    assert found["origin"]["files"] == [place]
    assert found["figure"]["svg"].startswith("<svg")
    assert found["figure"]["csv"].startswith("panel,series,x,y")
    theirs: dict[str, Any] = {"iw": iw}
    exec(found["recipe"]["python"].replace("found.plot()", ""), theirs)  # noqa: S102 - what a person would paste
    assert found["verdict"] == theirs["found"].verdict
    assert len(found["rows"]) == theirs["found"].table().height > 0
    json.dumps(found, allow_nan=False)


def test_a_fit_is_asked_of_the_page(bench: Path) -> None:
    with page(bench) as client:
        asked = {"file": "sample/files/bare_1_sem.tif", "technique": "sem", "options": {"edges": "steepest"}}
        assert result(client, client.post("/api/spectra/fit", json=asked))["rows"]
        outside = {"file": "../x.tif", "technique": "sem"}
        assert client.post("/api/spectra/fit", json=outside).status_code == 422


def test_a_joined_verdict_is_that_of_its_fits(bench: Path) -> None:
    files = bench / "sample/files"
    parts = [(str(files / f"welded_1_{name}"), technique, 0, options) for name, technique, options in [
        ("sem.tif", "sem", {}), ("F_Ka.csv", "eds", {"layer": "0.4, 0.6"}),
    ]]  # fmt: skip
    found = spectra.joined_of(parts, {"name": "the interface", "temperature": "80 degC"})
    theirs: dict[str, Any] = {"iw": iw}
    lines = found["recipe"]["python"].splitlines()
    exec("\n".join([*lines[:-1], f"joined = {lines[-1]}"]), theirs)  # noqa: S102 - what a person would paste
    assert found["verdict"] == theirs["joined"].verdict
    assert found["origin"]["files"] == [place for place, *_ in parts]
    assert found["rows"]


def test_a_layer_is_a_pair_of_numbers() -> None:
    with pytest.raises(InputError, match="is no pair of numbers"):
        spectra.fitted("x", "eds", 0, {"layer": "middle"})


class Found:
    """A diagnosis as the public function gives it, without its minutes."""

    verdict = "contact loss kills this cell (odds 0.70); rival: a filament (0.30)"
    odds = {"contact_loss": 0.7, "filament": 0.3, "undecided": 0.0}  # noqa: RUF012
    warnings = ("9 of 30 are borrowed",)

    followed = SimpleNamespace(
        curves=Predictive("overpotential", "mV", np.array([40.0, 45.0]), np.array([[39.0, np.nan], [43.0, 50.0]]))
    )

    def to_dict(self) -> dict[str, Any]:
        return {
            "explained": True,
            "posterior": [],
            "experiments": [],
            "advice": [],
            "misfit": [],
            "seconds": float("nan"),
        }


def test_a_diagnosis_is_asked_as_the_person_said_it_and_shown_as_it_was_found(
    bench: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def diagnose_(*values: Any, **named: Any) -> Found:
        asked.append((*values, named))
        return Found()

    monkeypatch.setitem(iw.__dict__, "diagnose", diagnose_)
    files = [str(bench / "sample/files/bare_1.xlsx"), f"after={bench / 'sample/files/bare_1_after_eis.txt'}"]
    found = diagnose.diagnosed(str(bench / "welded.toml"), files, "charge", "200 cycles")
    assert asked[0][:2] == (str(bench / "welded.toml"), files)
    assert (asked[0][2]["first"], asked[0][2]["goal"]) == ("charge", "200 cycles")
    assert found["curves"]["measured"] == [40.0, 45.0]
    wide, middle = found["curves"]["bands"]
    assert (wide["share"], middle["share"]) == (0.9, 0.5)
    assert wide["low"] == pytest.approx([39.2, 50.0])
    assert wide["low"][0] < middle["low"][0] < middle["high"][0] < wide["high"][0]
    assert found["bars"][0] == {"name": "contact loss", "odds": 0.7}
    assert (found["verdict"], list(found["warnings"])) == (Found.verdict, list(Found.warnings))
    assert found["seconds"] is None
    assert found["recipe"]["command"].startswith("ionweld diagnose ")
    with page(bench) as client:
        outside = {"cell": "welded.toml", "measured": [{"file": "../x.csv"}]}
        assert client.post("/api/diagnose/show", json=outside).status_code == 422
        assert client.post("/api/diagnose/show", json={"cell": "welded.toml", "measured": []}).status_code == 422


def test_a_goal_is_answered_with_levers_and_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advising, "DRAWS", 2)
    heard: list[tuple[int, int, str]] = []
    found = whatif.advice_for(None, ".", made_of(), {}, 2, "3 cycles", lambda *said: heard.append(said))
    assert found["goal"]["text"] == "3 cycles"
    assert found["advice"]
    assert {"change", "gain", "low", "high", "probability", "unit", "lab"} <= found["advice"][0].keys()
    parts = {part: [done for done, _, named in heard if named == part] for _, _, part in heard}
    assert parts
    assert all(steps == list(range(len(steps))) for steps in parts.values())
    done, total, part = heard[-1]
    assert done == total
    assert part
    assert "--goal '3 cycles'" in found["recipe"]["command"]


def test_a_goal_that_says_nothing_is_refused_before_any_work(tmp_path: Path) -> None:
    with page(tmp_path) as client:
        refused = client.post("/api/whatif/advice", json={"goal": "make it good"})
        assert refused.status_code == 422
        assert client.get("/api/house").status_code == 200
