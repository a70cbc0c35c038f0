"""The server of the local page: a port of this machine alone, a token in the address, and the browser opened on it."""

import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe

import uvicorn
from platformdirs import user_state_path

from ionweld.errors import Fault, InputError
from ionweld.web.application import create
from ionweld.web.crew import Crew
from ionweld.web.desk import Desk

HOST = "127.0.0.1"
FIRST_PORT = 8471
_FEWEST, _MOST = 2, 4
# what most jobs need
_PREPARED = ("ionweld.api.looking", "ionweld.api.impedance", "ionweld.api.cycling", "ionweld.api.project")
_TOKEN_LENGTH = len(token_urlsafe(24))


def serve(folder: Path, port: int | None, read_only: bool, ready: Callable[[str], None]) -> None:
    """Serve the page until it is interrupted; ready: called with the address as soon as it answers.

    Raises InputError when the folder is none, or the port is taken.
    """
    if not folder.is_dir():
        raise InputError(Fault(str(folder), "is no folder", "Name the folder of your files"))
    memory = _memory(folder.resolve())
    usual, token = _remembered(memory)
    with _listening((port,) if port is not None else (usual, FIRST_PORT, 0)) as listener:
        number = listener.getsockname()[1]
        _remember(memory, number, token)
        crew = Crew(min(max(os.cpu_count() or 1, _FEWEST), _MOST), _PREPARED)
        application = create(Desk(folder.resolve(), read_only, crew), number, token)
        config = uvicorn.Config(
            application, log_level="critical", access_log=False, timeout_graceful_shutdown=2, server_header=False
        )
        _Server(config, crew, lambda: ready(f"http://{HOST}:{number}/?token={token}")).run([listener])


def _listening(ports: tuple[int, ...]) -> socket.socket:
    """Return a socket of this machine alone on the first of these ports that is free; 0 stands for any."""
    for asked in ports:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, asked))
        except OSError:
            listener.close()
        else:
            return listener
    raise InputError(Fault("--port", f"{ports[0]} is taken or not allowed", "Name another, or none: one is found"))


def _memory(folder: Path) -> Path:
    """Return where port and token of a folder are kept, so that open pages go on after a restart."""
    return user_state_path("ionweld") / "lab" / f"{sha256(str(folder).encode()).hexdigest()[:16]}.json"


def _remembered(memory: Path) -> tuple[int, str]:
    """Return port and token of the last run, or new ones; a file that others may read counts for nothing."""
    try:
        if os.name != "posix" or not memory.stat().st_mode & 0o077:
            said = json.loads(memory.read_text("utf-8"))
            if isinstance(said["port"], int) and isinstance(said["token"], str) and len(said["token"]) == _TOKEN_LENGTH:
                return said["port"], said["token"]
    except (OSError, ValueError, LookupError, TypeError):
        pass  # nothing is remembered: a new run like the first
    return FIRST_PORT, token_urlsafe(24)


def _remember(memory: Path, port: int, token: str) -> None:
    """Keep port and token for this person alone; a disk that cannot be written keeps nothing."""
    with suppress(OSError):
        memory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        memory.unlink(missing_ok=True)
        with os.fdopen(os.open(memory, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump({"port": port, "token": token}, out)


class _Server(uvicorn.Server):
    """A server that says when it answers, and tells the tabs when it ends."""

    def __init__(self, config: uvicorn.Config, crew: Crew, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._crew, self._ready = crew, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()
        self._crew.warm()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._crew.hush()
        await super().shutdown(sockets)
