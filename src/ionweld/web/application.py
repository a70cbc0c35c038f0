"""The page put together: its guard, its screens, its files, and what it answers when something is wrong."""

import json
import sys
from asyncio import wait_for
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from ionweld import __version__
from ionweld.errors import ComputationError, Fault, InputError, IonweldError
from ionweld.web.crew import Crew, JobFailedError, told
from ionweld.web.desk import Desk, DeskHere
from ionweld.web.guard import Guard
from ionweld.web.screens import Screen, screens

STATIC = Path(__file__).parent / "static"
_HEARTBEAT_S = 10.0
_LONGEST_SAID = 500
_STALE = "StaleVersionError"  # of ionweld.lab.edit, which is not loaded for its name


def create(desk: Desk, port: int, token: str) -> Guard:
    """Return the whole application, guarded."""
    app = FastAPI(openapi_url=None, lifespan=_closing(desk.crew))
    app.state.desk, app.state.run = desk, token_hex(8)
    app.state.screens = screens()
    _answer_faults(app)
    _frame(app)
    for screen in app.state.screens:
        app.include_router(screen.router, prefix=f"/api/{screen.name}")
    app.mount("/static", StaticFiles(directory=STATIC))
    return Guard(app, port, token)


def _closing(crew: Crew) -> Any:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        crew.close()

    return lifespan


def _frame(app: FastAPI) -> None:
    """Add what belongs to no screen: the page, what it knows of the house, jobs."""

    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @app.get("/screens/{name}.js")
    async def script(name: str) -> FileResponse:
        screen = next((one for one in app.state.screens if one.name == name), None)
        if screen is None:
            raise HTTPException(404, "There is no such screen")
        return FileResponse((screen.scripts or STATIC / "screens") / f"{screen.name}.js", media_type="text/javascript")

    @app.get("/api/house")
    def house(desk: DeskHere) -> dict[str, Any]:
        return {
            "run": app.state.run,
            "version": __version__,
            "folder": str(desk.folder),
            "read_only": desk.read_only,
            "projects": desk.projects(),
            "screens": [_shown(screen) for screen in app.state.screens],
        }

    @app.get("/api/jobs/{name}")
    async def outcome(name: str, desk: DeskHere) -> dict[str, Any]:
        job = desk.crew.job(name)
        return job.shown() | {"result": job.result}

    @app.delete("/api/jobs/{name}")
    async def stop(name: str, desk: DeskHere) -> dict[str, Any]:
        return desk.crew.stop(name).shown()

    @app.get("/api/events")
    async def events(desk: DeskHere) -> StreamingResponse:
        stream = _events(desk.crew, app.state.run)
        return StreamingResponse(stream, media_type="text/event-stream")


def _shown(screen: Screen) -> dict[str, Any]:
    return {"name": screen.name, "title": screen.title, "purpose": screen.purpose}


async def _events(crew: Crew, run: str) -> AsyncIterator[str]:
    """Tell a tab which run of the server this is, and every change of a job."""
    queue = crew.listen()
    try:
        yield _event("hello", {"run": run, "jobs": [job.shown() for job in crew.jobs()]})
        while True:
            try:
                said = await wait_for(queue.get(), _HEARTBEAT_S)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if said is None:
                return
            yield _event("job", said)
    finally:
        crew.leave(queue)


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _answer_faults(app: FastAPI) -> None:
    """Answer each error with what was seen and how to mend it; no traceback reaches a page."""

    @app.exception_handler(JobFailedError)
    async def unfinished(_: Request, failed: JobFailedError) -> JSONResponse:
        changed_meanwhile = failed.error["kind"] == _STALE
        return _fault(409 if changed_meanwhile else 422, failed.error)

    @app.exception_handler(InputError)
    async def wrong(_: Request, error: InputError) -> JSONResponse:
        return _fault(422, told(error))

    @app.exception_handler(ComputationError)
    async def failed(_: Request, error: IonweldError) -> JSONResponse:
        return _fault(500, told(error))

    @app.exception_handler(RequestValidationError)
    async def misspelt(_: Request, error: RequestValidationError) -> JSONResponse:
        faults = [
            Fault(".".join(map(str, one["loc"][1:])), one["msg"], "Send what the page sends") for one in error.errors()
        ]
        return _fault(422, told(InputError(faults)))

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return _fault(error.status_code, {"message": str(error.detail), "faults": []})

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> JSONResponse:
        _say(f"a fault of ionweld at {request.url.path}: {_where(error)}")
        said = f"This is a fault of ionweld, not yours ({type(error).__name__}). The terminal says more"
        return _fault(500, {"message": said, "faults": []})


def _fault(status: int, error: dict[str, Any]) -> JSONResponse:
    return JSONResponse({"error": error}, status)


def _where(error: Exception) -> str:
    """Return what failed and where, in one line, to be sent to whoever mends it."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    at = f" ({place.tb_frame.f_code.co_filename}:{place.tb_lineno})" if place is not None else ""
    return f"{type(error).__name__}: {str(error)[:_LONGEST_SAID]}{at}"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
