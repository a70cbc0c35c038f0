"""The server of the local page: a port of this machine alone, a token in the address, and the browser opened on it."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from secrets import token_urlsafe

import uvicorn

from ionweld.errors import Fault, InputError
from ionweld.web.application import create
from ionweld.web.crew import Crew
from ionweld.web.desk import Desk

HOST = "127.0.0.1"
FIRST_PORT = 8471
_FEWEST, _MOST = 2, 4


def serve(folder: Path, port: int | None, read_only: bool, ready: Callable[[str], None]) -> None:
    """Serve the page until it is interrupted; ready: called with the address as soon as it answers.

    Raises InputError when the folder is none, or the port is taken.
    """
    if not folder.is_dir():
        raise InputError(Fault(str(folder), "is no folder", "Name the folder of your files"))
    with _listening(port) as listener:
        number, token = listener.getsockname()[1], token_urlsafe(24)
        crew = Crew(min(max(os.cpu_count() or 1, _FEWEST), _MOST))
        application = create(Desk(folder.resolve(), read_only, crew), number, token)
        config = uvicorn.Config(
            application, log_level="warning", access_log=False, timeout_graceful_shutdown=1, server_header=False
        )
        _Server(config, crew, lambda: ready(f"http://{HOST}:{number}/?token={token}")).run([listener])


def _listening(port: int | None) -> socket.socket:
    """Return a socket of this machine alone: on the port asked for, or the usual one, or any that is free."""
    for asked in (FIRST_PORT, 0) if port is None else (port,):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, asked))
        except OSError:
            listener.close()
        else:
            return listener
    raise InputError(Fault("--port", f"{port} is taken or not allowed", "Name another, or none: one is found"))


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
