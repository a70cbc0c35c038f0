"""How the page is started: on this machine alone, and with a word where it cannot be."""

import json
import os
import socket
from pathlib import Path

import pytest
from command_line import ionweld

from ionweld.web import server


def test_what_is_no_folder_and_a_port_that_is_taken_are_said(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text("1")
    answer = ionweld("lab", tmp_path / "file.csv", "--no-browser")
    assert (answer.status, "is no folder" in answer.err) == (2, True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        answer = ionweld("lab", tmp_path, "--no-browser", "--port", number)
    assert (answer.status, f"{number} is taken" in answer.err) == (2, True)


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Start no server: note where it would have listened."""
    found: list[str] = []

    class Still(server._Server):
        def run(self, sockets: list[socket.socket] | None = None) -> None:
            assert sockets is not None
            self._ready()
            found.append(sockets[0].getsockname()[0])

    monkeypatch.setattr(server, "_Server", Still)
    monkeypatch.setattr(server, "user_state_path", lambda name: tmp_path / "state" / name)
    return found


def test_port_and_token_of_a_folder_stay_and_no_other_person_may_read_them(tmp_path: Path, started: list[str]) -> None:
    addresses: list[str] = []
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for name in ("a", "a", "b"):
        server.serve(tmp_path / name, None, False, addresses.append)
    assert set(started) == {"127.0.0.1"}
    assert addresses[0] == addresses[1]
    assert addresses[0].partition("token=")[2] != addresses[2].partition("token=")[2]
    kept = list((tmp_path / "state/ionweld/lab").iterdir())
    assert len(kept) == 2
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


@pytest.mark.parametrize(
    "said", ["", "{}", '{"port": "x", "token": "short"}', "[1]", json.dumps({"port": 1, "token": "x"})]
)
def test_a_damaged_memory_counts_for_nothing(tmp_path: Path, started: list[str], said: str) -> None:
    addresses: list[str] = []
    server.serve(tmp_path, None, False, addresses.append)
    (kept,) = (tmp_path / "state/ionweld/lab").iterdir()
    kept.write_text(said)
    server.serve(tmp_path, None, False, addresses.append)
    assert addresses[0].partition("token=")[2] != addresses[1].partition("token=")[2]


@pytest.mark.skipif(os.name != "posix", reason="other systems have other rights")
def test_a_token_that_others_could_read_is_used_no_more(tmp_path: Path, started: list[str]) -> None:
    addresses: list[str] = []
    server.serve(tmp_path, None, False, addresses.append)
    (kept,) = (tmp_path / "state/ionweld/lab").iterdir()
    kept.chmod(0o644)
    server.serve(tmp_path, None, False, addresses.append)
    assert addresses[0] != addresses[1]
