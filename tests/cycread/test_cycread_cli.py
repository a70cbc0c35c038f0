"""`ionweld cycling read`: one JSON document, a table for people, a Parquet file that carries its origin."""

import json

import pytest
from command_line import ionweld
from cycread.generators import FORMATS, truth

from ionweld.measurement.store import read_cycling

SMALL = truth(cycles=2, points=6)


@pytest.fixture
def land(tmp_path):
    return FORMATS["land english xlsx"][0](tmp_path / "cell 7.xlsx", SMALL)


def test_json_is_one_document_with_the_ingest_report(land):
    status, out, err = ionweld("cycling", "read", str(land), "--json")
    document = json.loads(out)
    assert (status, err) == (0, "")
    assert document["rows"] == SMALL.rows
    assert document["reader"].startswith("LAND CT2001A")
    assert document["ingest"]["columns_mapped"]["Current/mA"] == "Current / A"
    assert document["ingest"]["unit_factors"]["Current/mA"] == 1e-3
    assert document["ingest"]["columns_empty"] == ["AuxTemp/dC.", "AuxVolt/V", "column 14"]
    assert {check["direction"] for check in document["ingest"]["counters"]} == {"charge", "discharge"}


def test_people_see_columns_rules_counters_and_warnings(land):
    status, out, _ = ionweld("cycling", "read", str(land))
    assert status == 0
    for part in (
        "Current/mA",
        "(times 0.001)",
        "derived: Current / A",
        "cycle     1 charge",
        "look at: The test goes on",
    ):
        assert part in out


def test_the_written_table_carries_its_origin_and_reads_back_the_same(land, tmp_path):
    out = tmp_path / "cell7.bdf.parquet"
    status, text, _ = ionweld("cycling", "read", str(land), "--out", str(out), "--json")
    assert (status, json.loads(text)["files"]) == (0, [str(out)])
    stored = read_cycling(out)
    assert stored.provenance.source == "cell 7.xlsx"
    status, text, _ = ionweld("cycling", "read", str(out), "--json")
    again = json.loads(text)
    assert (status, again["rows"]) == (0, SMALL.rows)
    assert again["reader"] == stored.provenance.software
    assert again["ingest"]["counters"]


@pytest.mark.parametrize("name", ["missing.csv", "notes.txt"])
def test_what_is_no_cycling_file_ends_with_status_2_and_a_way_out(tmp_path, name):
    (tmp_path / "notes.txt").write_text("buy milk, eggs, lithium\n")
    status, out, err = ionweld("cycling", "read", str(tmp_path / name), "--json")
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {tmp_path / name}")
    assert "Traceback" not in err


def test_a_description_goes_through_the_door(tmp_path):
    (tmp_path / "x.csv").write_text("t,u,i\n0,3,1\n1,3.1,1\n")
    columns = '[columns]\nt={as="Test Time / s"}\nu={as="Voltage / V"}\ni={as="Current / A",unit="mA"}\n'
    (tmp_path / "x.toml").write_text('current_positive="discharge"\n' + columns)
    words = ("cycling", "read", str(tmp_path / "x.csv"), "--description", str(tmp_path / "x.toml"), "--json")
    status, out, _ = ionweld(*words)
    assert status == 0
    assert json.loads(out)["ingest"]["unit_factors"]["i"] == -1e-3


def test_a_place_that_cannot_be_written_is_named(land, tmp_path):
    (tmp_path / "file").write_text("")
    status, _, err = ionweld("cycling", "read", str(land), "--out", str(tmp_path / "file" / "x.parquet"))
    assert status == 2
    assert "cannot be written" in err


def test_describe_prints_a_draft(tmp_path):
    (tmp_path / "x.csv").write_text("t/s,U/mV,I/mA\n0,3300,1\n60,3310,1\n")
    status, out, _ = ionweld("cycling", "describe", str(tmp_path / "x.csv"))
    assert status == 0
    assert '"U/mV" = { as = "Voltage / V", unit = "mV" }' in out
    (tmp_path / "y.txt").write_text("buy milk\n")
    assert ionweld("cycling", "describe", str(tmp_path / "y.txt"))[0] == 2


def test_a_warning_of_the_reader_stands_in_text_and_json(tmp_path):
    (tmp_path / "x.csv").write_text("Test Time / s,Voltage / V,Current / A\n0,3300,1\n60,3310,1\n120,3310,1\n")
    for verb in ("read", "summary"):
        _, out, _ = ionweld("cycling", verb, str(tmp_path / "x.csv"))
        assert "are they millivolts?" in out
        _, out, _ = ionweld("cycling", verb, str(tmp_path / "x.csv"), "--json")
        assert any("are they millivolts?" in said for said in json.loads(out)["ingest"]["warnings"])
