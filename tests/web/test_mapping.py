"""A table that no format knows: its owner clicks what the columns are, and every door reads it from then on."""

import re
from pathlib import Path

import pytest
from command_line import ionweld
from web_page import finished, page, result

import ionweld as iw

ROWS = "".join(
    f"{60 * i},0;{'' if i % 6 < 3 else '-'}0,0{50 + i % 3};{'' if i % 6 < 3 else '-'}0,10;{i // 6 + 1}\n"
    for i in range(30)
)
COLUMNS = [
    {"name": "Zeit", "target": "Test Time / s"}, {"name": "Spannung U12", "target": "Voltage / V"},
    {"name": "Strom X", "target": "Current / A", "unit": "mA"}, {"name": "Zyklusnr", "target": "Cycle Count / 1"},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one table in it."""
    (tmp_path / "own.csv").write_text(f"Probe 7 vom 3.5.2024\nZeit;Spannung U12;Strom X;Zyklusnr\n{ROWS}")
    return tmp_path


def test_what_the_owner_says_lies_beside_the_table_and_every_door_reads_it(folder: Path) -> None:
    with page(folder) as client:
        look = {"names": ["own.csv"]}
        (before,) = result(client, client.post("/api/drop/look", json=look))["own.csv"]
        assert before["kind"] == "not read"
        seen = result(client, client.post("/api/drop/table", json={"file": "own.csv"}))
        assert seen["names"] == ["Zeit", "Spannung U12", "Strom X", "Zyklusnr"]
        assert seen["rows"][0] == ["0,0", "0,050", "0,10", "1"]
        said = {"file": "own.csv", "columns": COLUMNS, "current_positive": "charge"}
        assert result(client, client.post("/api/drop/describe", json=said))["rows"] == 30
        (after,) = result(client, client.post("/api/drop/look", json=look))["own.csv"]
        assert after["kind"] == "cycling"
        taken = result(client, client.post("/api/bench/take", json={"files": ["own.csv"]}))
        assert taken["files"][0]["answer"] == "stored"
    test = iw.read_one(folder / "own.csv")
    assert test.table()["Current / A"].to_list()[:4] == pytest.approx([1e-4, 1e-4, 1e-4, -1e-4])
    told = ionweld("cycling", "read", folder / "own.csv", "--json")
    assert told.status == 0, told.err
    assert ionweld("project", "verify", "--project", folder / "project").status == 0
    assert list((folder / "project" / "descriptions").glob("*.toml")) != []


def test_an_area_that_is_typed_reaches_the_reader(folder: Path) -> None:
    with page(folder) as client:
        (folder / "own.csv").write_text(
            "Time (s),Voltage (V),Current density (mA/cm2)\n"
            + "".join(f"{60 * i},{sign}0.05,{sign}0.1\n" for i in range(30) for sign in ["-" * (i % 6 > 2)])
        )
        (before,) = result(client, client.post("/api/drop/look", json={"names": ["own.csv"]}))["own.csv"]
        assert (before["kind"], before["technique"]) == ("not read", "cycling")  # the page leads to where it is asked
        shown = result(client, client.post("/api/cell/show", json={"file": "own.csv", "area": "0,5 cm^2"}))
        assert max(shown["tests"][0]["curve"]["current_mA"]) == pytest.approx(0.05)
        names = (("Time (s)", "Test Time / s", ""), ("Voltage (V)", "Voltage / V", ""))
        names = (*names, ("Current density (mA/cm2)", "Current / A", "mA/cm^2"))
        columns = [{"name": name, "target": target, "unit": unit} for name, target, unit in names]
        said = {"file": "own.csv", "columns": columns, "current_positive": "charge", "area": "0.5 cm^2"}
        assert result(client, client.post("/api/drop/describe", json=said))["rows"] == 30
    assert iw.read_one(folder / "own.csv").table()["Current / A"].max() == pytest.approx(5e-5)


def test_an_area_that_is_typed_makes_an_impedance_per_area_one_of_the_cell(folder: Path) -> None:
    rows = "".join(f"{10.0 ** (6 - n / 4):.6g},{100.0 + n},{5.0 + n}\n" for n in range(20))
    (folder / "own.csv").write_text("f/Hz,Z' (ohm cm2),-Z'' (ohm cm2)\n" + rows)
    with page(folder) as client:
        (before,) = result(client, client.post("/api/drop/look", json={"names": ["own.csv"]}))["own.csv"]
        assert (before["kind"], before["technique"]) == ("not read", "eis")  # the page leads to where it is asked
        job = finished(client, client.post("/api/impedance/sweeps", json={"file": "own.csv"}))
        assert job["error"]["kind"] == "AreaUnknownError"
        said = {"file": "own.csv", "area": "0,5 cm^2"}
        assert result(client, client.post("/api/impedance/sized", json=said)) == {"sweeps": 1}
        (sweep,) = result(client, client.post("/api/impedance/sweeps", json={"file": "own.csv"}))
        assert sweep["real_ohm"][0] == pytest.approx(200.0)
    assert iw.read_one(folder / "own.csv").impedance.real[0] == pytest.approx(200.0)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"columns": COLUMNS[:2]}, "no column is described as Current / A"),
        ({"current_positive": "?"}, "current_positive"),
        ({"columns": [*COLUMNS[:2], {"name": "gone", "target": "Current / A"}]}, "gone"),
        (
            {"columns": [*COLUMNS[:2], {"name": "Strom X", "target": "Current / A", "unit": "mV"}]},
            "is no unit of Current / A",
        ),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_written(folder: Path, change: dict, fault: str) -> None:
    from ionweld.web.screens import drop

    said = {"columns": COLUMNS, "current_positive": "charge"} | change
    columns = {one["name"]: (one["target"], one.get("unit", "")) for one in said["columns"]}
    with pytest.raises(iw.errors.InputError, match=re.escape(fault)):
        drop.described(str(folder / "own.csv"), columns, said["current_positive"], None)
    assert [path.name for path in folder.iterdir()] == ["own.csv"]


def test_a_current_without_sign_is_told_by_a_column_of_states(tmp_path: Path) -> None:
    steps = (("0.1", "laden"), ("0", "ruhen"), ("0.1", "entladen"))
    rows = "".join(f"{60 * i};0.05;{amps};{state}\n" for i in range(30) for amps, state in [steps[i // 2 % 3]])
    (tmp_path / "own.csv").write_text(f"Zeit;Spannung U12;Strom X;Modus\n{rows}")
    columns = [*COLUMNS[:3], {"name": "Modus", "target": "Step Type"}]
    said = {"file": "own.csv", "columns": columns, "current_positive": "by state"}
    meant = {"laden": "charge", "entladen": "discharge", "ruhen": "rest"}
    with page(tmp_path) as client:
        seen = result(client, client.post("/api/drop/table", json={"file": "own.csv"}))
        assert seen["words"] == {"Modus": ["laden", "ruhen", "entladen"]}
        assert result(client, client.post("/api/drop/describe", json=said | {"states": meant}))["rows"] == 30
        refused = client.post("/api/drop/describe", json=said | {"states": {"laden": "up"}})
        assert refused.status_code == 422
    amps = iw.read_one(tmp_path / "own.csv").table()["Current / A"].to_list()
    assert amps[:6] == pytest.approx([1e-4, 1e-4, 0.0, 0.0, -1e-4, -1e-4])
