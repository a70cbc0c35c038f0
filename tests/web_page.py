"""A page over a folder, asked as a browser asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any

from fastapi.testclient import TestClient

from ionweld.web.application import create
from ionweld.web.crew import Crew
from ionweld.web.desk import Desk

PORT, TOKEN = 8471, "the-token-of-this-run"
ADDRESS = f"http://127.0.0.1:{PORT}"


@contextmanager
def page(
    folder: Path, *, read_only: bool = False, token: str | None = TOKEN, forgiving: bool = False
) -> Iterator[TestClient]:
    """Give a client of a page over the folder; token: what it knows, None for a stranger; forgiving: of our own faults."""
    application = create(Desk(folder.resolve(), read_only, Crew(1)), PORT, TOKEN)
    headers = {} if token is None else {"X-Ionweld-Token": token}
    how: dict[str, Any] = {"base_url": ADDRESS, "headers": headers, "follow_redirects": False}
    with TestClient(application, raise_server_exceptions=not forgiving, **how) as client:
        yield client


def result(client: TestClient, answer: Any) -> Any:
    """Wait for the job that an answer names, and return what it gives."""
    job = finished(client, answer)
    assert job["state"] == "done", job["error"]
    return job["result"]


def finished(client: TestClient, answer: Any) -> dict[str, Any]:
    """Wait for the job that an answer names, and return how it ended."""
    assert answer.status_code == 200, answer.text
    name = answer.json()["job"]["id"]
    for _ in range(2000):
        job = client.get(f"/api/jobs/{name}").json()
        if job["state"] in ("done", "failed", "stopped"):
            return job
        sleep(0.03)
    raise AssertionError(f"{name} did not end")
