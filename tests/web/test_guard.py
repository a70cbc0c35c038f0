"""What a stranger, another page or a hostile file gets from the page: nothing."""

import json
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from starlette.websockets import WebSocketDisconnect
from web_page import ADDRESS, PORT, TOKEN, page, result

from ionweld.web import guard
from ionweld.web.desk import Desk

EVERYTHING = ["/", "/static/lab.js", "/screens/drop.js", "/api/house", "/api/events", "/api/drop/files"]


@pytest.mark.parametrize("path", EVERYTHING)
@pytest.mark.parametrize("token", [None, "", "another", TOKEN[:-1], TOKEN + "x", "ü"])
def test_without_the_token_nothing_is_answered(tmp_path: Path, path: str, token: str | None) -> None:
    with page(tmp_path, token=None) as client:
        headers = {} if token is None else {"X-Ionweld-Token": token.encode()}
        assert client.get(path, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", f"0.0.0.0:{PORT}", ""]
)
def test_another_host_is_refused_even_with_the_token(tmp_path: Path, host: str) -> None:
    with page(tmp_path) as client:
        assert client.get("/api/house", headers={"Host": host}).status_code == 403
        assert client.get("/", params={"token": TOKEN}, headers={"Host": host}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": f"https://127.0.0.1:{PORT}"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_another_page_is_refused_even_with_the_token(tmp_path: Path, headers: dict[str, str], method: str) -> None:
    with page(tmp_path) as client:
        assert client.request(method, "/api/house", headers=headers).status_code == 403


def test_the_printed_address_becomes_a_cookie_that_no_script_and_no_other_site_has(tmp_path: Path) -> None:
    with page(tmp_path, token=None) as client:
        answer = client.get("/", params={"token": TOKEN})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert client.get("/").status_code == 200
        assert client.get("/api/house", headers={"Origin": ADDRESS}).status_code == 200
        assert client.get("/", params={"token": "of another run"}).status_code == 403


def test_no_script_but_the_pages_own_may_run(tmp_path: Path) -> None:
    with page(tmp_path) as client:
        for path in ("/", "/api/house", "/api/none"):
            said = client.get(path).headers
            policy = dict(part.strip().split(" ", 1) for part in said["content-security-policy"].split(";"))
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["connect-src"] == "'self'"
            assert said["x-content-type-options"] == "nosniff"


OUTSIDE = [
    "../secret.csv",
    "/etc/passwd",
    "a/../../secret.csv",
    "..\\secret.csv",
    "link/secret.csv",
    "link",
    "a\0b",
    "~/x",
    "x" * 300,
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    for place in (outside, tmp_path):
        (place / "secret.csv").write_text("the secret")
    (inside / "link").symlink_to(outside)
    with page(inside) as client:
        answer = client.post("/api/drop/look", json={"names": [name]})
        assert answer.status_code == 422
        assert "the secret" not in answer.text
        assert client.get("/api/drop/files").json()["files"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/static/../desk.py",
        "/static/%2e%2e/desk.py",
        "/static/..%2fdesk.py",
        "/screens/../lab.js",
        "/screens/..%2f..%2fguard.js",
    ],
)
def test_no_address_leads_out_of_the_static_files(tmp_path: Path, path: str) -> None:
    with page(tmp_path) as client:
        assert client.get(path).status_code in (403, 404)


def test_what_is_too_large_is_refused_at_its_head_and_in_its_midst(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "LARGEST_UPLOAD_BYTES", 1000)
    monkeypatch.setattr(guard, "LARGEST_BODY_BYTES", 1000)
    with page(tmp_path) as client:
        for said in (b"x" * 1001, (b"x" * 100 for _ in range(11))):  # with its length, and without
            assert client.put("/api/drop/upload", params={"name": "a.csv"}, content=said).status_code == 413
        assert client.post("/api/drop/look", content=b" " * 1001).status_code == 413
        assert client.put("/api/drop/upload", params={"name": "a.csv"}, content=b"x" * 999).status_code == 200
    assert [path.name for path in (tmp_path / "dropped").iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../a.csv", "a.csv"), ("C:\\data\\a.csv", "a.csv"), (".bashrc", "bashrc"), ("a\n\x1b[2Jb.csv", "a[2Jb.csv"),
        ("a" * 500 + ".csv", "a" * 197 + ".csv"), ("<script>.csv", "script.csv"),
    ],
)  # fmt: skip
def test_a_dropped_file_gets_a_harmless_name(tmp_path: Path, name: str, kept: str) -> None:
    with page(tmp_path) as client:
        for expected in (kept, f"{Path(kept).stem} (2){Path(kept).suffix}"):
            assert (
                client.put("/api/drop/upload", params={"name": name}, content=b"1").json()["name"]
                == f"dropped/{expected}"
            )
        for nothing in ("", "..", "/", "  "):
            assert client.put("/api/drop/upload", params={"name": nothing}, content=b"1").status_code == 422


def test_a_zip_bomb_is_named_and_not_opened(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "bomb.zip", "w", ZIP_DEFLATED) as archive:
        archive.writestr("zeros.csv", b"0" * 80_000_000)
    with page(tmp_path) as client:
        (held,) = result(client, client.post("/api/drop/look", json={"names": ["bomb.zip"]}))["bomb.zip"]
    assert held["kind"] == "not read"
    assert "zip bomb" in held["warnings"][0]


def test_read_only_writes_nothing(tmp_path: Path) -> None:
    with page(tmp_path, read_only=True) as client:
        assert client.put("/api/drop/upload", params={"name": "a.csv"}, content=b"1").status_code == 422
        assert client.post("/api/drop/sample").status_code == 422
        assert client.get("/api/house").json()["read_only"] is True
    assert list(tmp_path.iterdir()) == []


def test_a_web_socket_is_closed_at_once(tmp_path: Path) -> None:
    with page(tmp_path) as client, pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/events"):
        pass


def test_no_page_of_ours_makes_markup_of_data() -> None:
    static = Path(guard.__file__).parent / "static"
    for path in [*static.glob("*.js"), *static.glob("lib/*.js"), *static.glob("screens/*.js")]:
        text = path.read_text("utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "srcdoc"):
            assert word not in text, f"{path.name}: {word}"
        assert "://" not in text.replace("http://www.w3.org", ""), f"{path.name} names an address"
    shell = (static / "index.html").read_text("utf-8")
    assert "://" not in shell
    assert " on" not in "".join(part.split(">")[0] for part in shell.split("<")[1:]).replace(" one", "")


def test_a_fault_says_what_and_how_to_mend_it(tmp_path: Path) -> None:
    with page(tmp_path) as client:
        error = client.post("/api/drop/look", json={"names": ["gone.csv"]}).json()["error"]
        assert error["faults"] == [
            {"where": "gone.csv", "seen": "is not there any more", "mend": "Look at the folder again"}
        ]
        assert client.post("/api/drop/look", json={"name": 1}).status_code == 422
        assert client.post("/api/drop/look", content=b"{").status_code == 422
        assert client.get("/api/jobs/none").status_code == 422
        assert json.loads(client.get("/api/nothing").text)["error"]["message"]


def test_a_fault_of_our_own_is_one_line_in_the_terminal_and_a_word_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(self: Desk) -> list[str]:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(Desk, "projects", broken)
    with page(tmp_path, forgiving=True) as client:
        answer = client.get("/api/house")
    assert (answer.status_code, "not yours" in answer.json()["error"]["message"]) == (500, True)
    said = capsys.readouterr().err
    assert "/api/house: ZeroDivisionError: by nothing" in said
    assert "Traceback" not in said + answer.text


DEEP = "a = " + "[" * 5000 + "]" * 5000


def test_a_file_that_unfolds_without_end_hides_no_screen(tmp_path: Path) -> None:
    (tmp_path / "deep.toml").write_text(DEEP)
    (tmp_path / "long.toml").write_text("a = " + "9" * 5000)
    with page(tmp_path) as client:
        for path in ("/api/house", "/api/drop/files", "/api/whatif/start", "/api/why/entries"):
            assert client.get(path).status_code == 200, path
