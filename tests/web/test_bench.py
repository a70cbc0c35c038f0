"""The bench of the page: what is said is written, two tabs lose nothing, and what is undone stands as before."""

from pathlib import Path

import pytest
from project_bench import write_cycling_file
from web_page import page, result

import ionweld as iw

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files of a cycler, nothing stored yet."""
    write_cycling_file(tmp_path / "one.csv", seed=1)
    write_cycling_file(tmp_path / "two.csv", seed=2)
    return tmp_path


def test_the_way_of_a_cell_across_the_bench(folder: Path) -> None:
    with page(folder) as client:
        assert client.post("/api/bench/sheet", json={}).json() == {"project": "project", "begun": False}
        taken = result(client, client.post("/api/bench/take", json={"files": ["one.csv", "two.csv"]}))
        assert [one["answer"] for one in taken["files"]] == ["stored", "stored"]
        sheet = client.post("/api/bench/sheet", json={}).json()
        assert sheet["begun"] is True
        assert {one["name"] for one in sheet["files"]} == {"one.csv", "two.csv"}

        def change(*edits: dict, version: str | None = None) -> dict:
            said = {"version": version or sheet["version"], "edits": list(edits)}
            return client.post("/api/bench/change", json=said)

        add = {"do": "add", "cell": HOSTILE, "treatment": "bare"}
        after = change(add, {"do": "assign", "file": "one.csv", "cell": HOSTILE}).json()
        assert (after["cells"][0]["name"], after["undoable"]) == (HOSTILE, 1)
        assert "area" in after["cells"][0]["asks"]

        late = change({"do": "remove", "cell": HOSTILE})  # of the version before
        assert late.status_code == 409
        assert "another tab" in late.json()["error"]["message"]

        area = {"do": "set", "cell": HOSTILE, "key": "area", "value": "28,3 mm^2"}
        filled = change(area, version=after["version"]).json()
        assert filled["cells"][0]["area"] == "28.3 mm^2"
        assert iw.Project.open(folder / "project").sheet()["cells"][0]["area"] == "28.3 mm^2"

        wrong = change({**area, "value": "28.3"}, version=filled["version"])
        assert wrong.status_code == 422
        assert wrong.json()["error"]["faults"][0]["mend"].startswith("Write the unit")

        for expected in (after["version"], sheet["version"]):
            undone = client.post("/api/bench/undo", json={"version": filled["version"]})
            filled = undone.json()
            assert filled["version"] == expected
        assert client.post("/api/bench/undo", json={"version": filled["version"]}).status_code == 422

        rows = "file\tcell\ttreatment\tarea (mm^2)\none.csv\tx\tbare\t28,3\ntwo.csv\ty\twelded\t28,3\n"
        pasted = client.post("/api/bench/paste", json={"text": rows}).json()
        assert [(one["name"], one["area"]) for one in pasted["cells"]] == [("x", "28.3 mm^2"), ("y", "28.3 mm^2")]
        assert pasted["undoable"] == 1


def test_read_only_changes_nothing(folder: Path) -> None:
    with page(folder, read_only=True) as client:
        asked = {"version": "x", "edits": [{"do": "add", "cell": "a", "treatment": "b"}]}
        for path, said in (
            ("take", {"files": ["one.csv"]}), ("change", asked), ("paste", {"text": "x"}), ("undo", {"version": "x"}),
        ):  # fmt: skip
            answer = client.post(f"/api/bench/{path}", json=said)
            assert answer.status_code == 422
            assert "only reads" in answer.json()["error"]["message"]
    assert sorted(path.name for path in folder.iterdir()) == ["one.csv", "two.csv"]


def test_no_project_outside_of_the_folder(folder: Path) -> None:
    with page(folder) as client:
        for path, said in (
            ("sheet", {}),
            ("take", {"files": ["one.csv"]}),
            ("change", {"version": "x", "edits": [{"do": "remove", "cell": "a"}]}),
        ):
            assert client.post(f"/api/bench/{path}", json=said | {"project": "../other"}).status_code == 422
