"""Worker processes for what takes longer than an answer may: with progress, and stopped on demand.

A job is a function of the package with its arguments, sent to a process that stays warm between jobs. It may tell how far
it is by calling the argument `tell`, if it takes one. Stopping a running job ends its process, and a new one takes its
place; so a job that crashes takes nothing else with it.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from inspect import signature
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from secrets import token_hex
from threading import Condition, Thread
from typing import Any, Literal

from ionweld.errors import Fault, InputError, IonweldError

State = Literal["waiting", "running", "done", "failed", "stopped"]
ENDED = ("done", "failed", "stopped")
_MOST_REMEMBERED = 100
_MOST_WAITING = 500


@dataclass
class Job:
    """One piece of work. call: a function of a module; slot: a later job of the same slot takes the place of one that waits.

    then: called with the result, in the server.
    """

    title: str
    call: Callable[..., Any]
    arguments: dict[str, Any]
    slot: str | None = None
    then: Callable[[Any], None] | None = None
    id: str = field(default_factory=lambda: token_hex(8))
    state: State = "waiting"
    done: int = 0
    total: int = 0
    part: str = ""
    result: Any = None
    error: dict[str, Any] | None = None

    def shown(self) -> dict[str, Any]:
        """Return what every tab may know: all but the result, which its own tab asks for."""
        names = ("id", "title", "state", "done", "total", "part", "error")
        return {name: getattr(self, name) for name in names}


class JobFailedError(InputError):
    """A job that did not come to an end; `error` is what the page shows."""

    def __init__(self, error: dict[str, Any]) -> None:
        self.error = error
        super().__init__(Fault("", error["message"], ""))


class Crew:
    """The workers, the jobs, and who listens. prepared: modules that each worker imports before its first job."""

    def __init__(self, size: int, prepared: Sequence[str] = ()) -> None:
        self._size, self._prepared = size, tuple(prepared)
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: deque[Job] = deque()
        self._change = Condition()
        self._open = True
        self._workers: dict[str, _Worker] = {}  # by the id of the job that runs
        self._threads: list[Thread] = []
        self._listeners: dict[asyncio.Queue[dict[str, Any] | None], asyncio.AbstractEventLoop] = {}

    def start(
        self,
        title: str,
        call: Callable[..., Any],
        *,
        slot: str | None = None,
        then: Callable[[Any], None] | None = None,
        **arguments: Any,
    ) -> Job:
        """Put a job in the row and return it. Raises InputError when too many wait."""
        job = Job(title, call, arguments, slot, then)
        with self._change:
            if len(self._waiting) >= _MOST_WAITING:
                raise InputError(Fault(title, f"{_MOST_WAITING} jobs wait already", "Wait, or stop some"))
            replaced = [one for one in self._waiting if slot is not None and one.slot == slot]
            self._jobs[job.id] = job
            self._waiting.append(job)
            self._hire(len(self._workers) + len(self._waiting))
            self._forget()
            self._change.notify()
        for one in replaced:
            self.stop(one.id)
        self._tell(job)
        return job

    def job(self, name: str) -> Job:
        """Return a job. Raises InputError for one that is not known, as after a restart."""
        if name not in self._jobs:
            raise InputError(Fault("", "This job is not known any more", "Start it again"))
        return self._jobs[name]

    def jobs(self) -> list[Job]:
        """Return the jobs, the oldest first."""
        return list(self._jobs.values())

    def stop(self, name: str) -> Job:
        """Stop a job, waiting or running."""
        job = self.job(name)
        with self._change:
            if job.state == "waiting":
                self._waiting.remove(job)
                job.state = "stopped"
            elif job.state == "running" and name in self._workers:
                job.state = "stopped"
                self._workers[name].kill()
        self._tell(job)
        return job

    async def outcome(self, job: Job) -> Any:
        """Wait for a job and return its result. Raises JobFailedError with its fault where it did not come to an end."""
        queue = self.listen()
        try:
            while job.state not in ENDED and await queue.get() is not None:
                pass
        finally:
            self.leave(queue)
        if job.state == "done":
            return job.result
        raise JobFailedError(job.error or {"kind": "", "message": "It was stopped", "faults": []})

    def listen(self) -> "asyncio.Queue[dict[str, Any] | None]":
        """Return a queue that gets what is shown of each job whenever it changes, and None at the end."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(1000)
        self._listeners[queue] = asyncio.get_running_loop()
        return queue

    def leave(self, queue: "asyncio.Queue[dict[str, Any] | None]") -> None:
        """Listen no longer."""
        self._listeners.pop(queue, None)

    def warm(self) -> None:
        """Have one worker ready before the first job comes: what it imports takes seconds."""
        with self._change:
            self._hire(1)

    def hush(self) -> None:
        """Tell whoever listens that nothing more will come."""
        for queue in self._listeners:
            _put(queue, None)

    def close(self) -> None:
        """End all workers."""
        with self._change:
            self._open = False
            for worker in self._workers.values():
                worker.kill()
            self._change.notify_all()
        for thread in self._threads:
            thread.join(timeout=5.0)

    def _hire(self, needed: int) -> None:
        if self._open and len(self._threads) < min(self._size, needed):
            self._threads.append(Thread(target=self._attend, daemon=True, name=f"crew-{len(self._threads)}"))
            self._threads[-1].start()

    def _forget(self) -> None:
        for name in [one.id for one in self._jobs.values() if one.state in ENDED][:-_MOST_REMEMBERED]:
            del self._jobs[name]

    def _attend(self) -> None:
        """Give one worker job after job; a thread of its own does this, as waiting for a process blocks."""
        worker = _Worker(self._prepared)
        while (job := self._next(worker)) is not None:
            self._tell(job)
            worker.do(job, self._tell)
            with self._change:
                self._workers.pop(job.id, None)
            self._tell(job)
            if not worker.lives:
                worker = _Worker(self._prepared)
        worker.end()

    def _next(self, worker: "_Worker") -> Job | None:
        with self._change:
            while self._open and not self._waiting:
                self._change.wait()
            if not self._open:
                return None
            job = self._waiting.popleft()
            job.state = "running"
            self._workers[job.id] = worker
            return job

    def _tell(self, job: Job) -> None:
        for queue, loop in list(self._listeners.items()):
            if not loop.is_closed():
                loop.call_soon_threadsafe(_put, queue, job.shown())


def _put(queue: "asyncio.Queue[dict[str, Any] | None]", said: dict[str, Any] | None) -> None:
    if queue.full():  # whoever does not listen in time hears the newest only
        queue.get_nowait()
    queue.put_nowait(said)


class _Worker:
    """A process and the pipe to it."""

    def __init__(self, prepared: tuple[str, ...]) -> None:
        context = get_context("spawn")  # the server has threads: a fork would copy their locks
        self._pipe, far = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_serve, args=(far, prepared), daemon=False, name="ionweld-worker"
        )
        self._process.start()
        far.close()
        self.lives = True

    def do(self, job: Job, tell: Callable[[Job], None]) -> None:
        """Have a job done, and put its outcome into it."""
        try:
            self._pipe.send((job.call.__module__, job.call.__qualname__, job.arguments))
            while job.state == "running":
                what, *said = self._pipe.recv()
                if what == "progress":
                    job.done, job.total, job.part = said
                    tell(job)
                else:
                    job.result, job.error = said
                    if job.then is not None and what == "done":
                        job.then(job.result)
                    job.state = what
        except (EOFError, OSError):
            self.lives = False
            if job.state == "running":
                job.state, job.error = "failed", _fault("", "The worker process ended in the midst of it")
        if not self.lives or job.state == "stopped":
            self.end()

    def kill(self) -> None:
        """Stop the process in the midst of its work: whoever waits for it is told by the pipe."""
        self._process.kill()

    def end(self) -> None:
        """End the process and clear up behind it."""
        self.lives = False
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _serve(pipe: Connection, prepared: tuple[str, ...]) -> None:
    """Do one job after the other, in the worker process, until the pipe closes."""
    from signal import SIG_IGN, SIGINT, signal

    signal(SIGINT, SIG_IGN)  # Ctrl-C is for the server, which ends its workers
    for module in prepared:
        import_module(module)
    while True:
        try:
            module, name, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_outcome(getattr(import_module(module), name), arguments, pipe))


def _outcome(call: Callable[..., Any], arguments: dict[str, Any], pipe: Connection) -> tuple[str, Any, Any]:
    if "tell" in signature(call).parameters:
        arguments |= {"tell": lambda *how_far: pipe.send(("progress", *how_far))}
    try:
        return "done", call(**arguments), None
    except IonweldError as error:
        return "failed", None, told(error)
    except _FAILURES as error:
        return "failed", None, _fault(type(error).__name__, f"{type(error).__name__}: {error}")


_FAILURES = (
    ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError, ImportError,
)  # fmt: skip


def told(error: IonweldError) -> dict[str, Any]:
    """Return an error as the page shows it."""
    faults = error.faults if isinstance(error, InputError) else ()
    shown = [{"where": fault.where, "seen": fault.seen, "mend": fault.mend} for fault in faults]
    return _fault(type(error).__name__, str(error)) | {"faults": shown}


def _fault(kind: str, message: str) -> dict[str, Any]:
    return {"kind": kind, "message": message, "faults": []}
