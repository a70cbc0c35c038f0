"""Many runs on several processes, with progress; one worker needs no pool."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any, Protocol, TypeVar

from ionweld.errors import ComputationError

_PATIENCE_S = 2.0  # with a pool that does not answer

Task = TypeVar("Task")
Result = TypeVar("Result")


class Mapper(Protocol):
    """A map over processes: results in the order of the tasks, or each as soon as it is there."""

    def __call__(self, function: Callable[[Task], Result], tasks: Iterable[Task], /) -> Iterable[Result]:
        """Yield what the function gives for each task."""
        ...


def worker_count() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def workers(count: int | None = None, *, ordered: bool = True) -> Iterator[Mapper]:
    """Give a map over `count` processes (all processors by default); an interrupt ends them at once.

    ordered: results come in the order of the tasks; otherwise each comes as soon as it is there. Raises ComputationError
    when a process is killed from outside.
    """
    count = count or worker_count()
    if count == 1:
        yield lambda function, tasks: map(function, tasks)
        return
    pool = ProcessPoolExecutor(count, _beginnings(), initializer=_belong_to_the_parent)
    try:
        yield _in_order(pool) if ordered else _as_they_come(pool, 4 * count)
        pool.shutdown()
    except BrokenProcessPool:
        raise ComputationError(_why_broken()) from None
    finally:
        left = list((pool._processes or {}).values())
        _forget_what_waits(pool)
        for process in left:
            process.terminate()


def _why_broken() -> str:
    """Return why no worker answers: each begins by reading the script that is run, which must not start workers again."""
    script = Path(getattr(sys.modules["__main__"], "__file__", None) or "")
    if script.suffix == ".py" and script.is_file() and "__main__" not in script.read_text("utf-8", "replace"):
        return f'{script.name} starts processes as it is read: put what it runs under `if __name__ == "__main__":`, or use one worker'
    return "a worker process was ended from outside, perhaps for want of memory"


def _beginnings() -> Any:
    """Return how processes begin: on Linux as copies of one that has loaded the twin, once for all pools of a program.

    On a fresh machine the twin is compiled before any of them begins, or each would compile it for itself.
    """
    if sys.platform == "linux":
        made = get_context("forkserver")
        made.set_forkserver_preload(["ionweld.twin.forerunner"])
        return made
    from ionweld.simulate.course import machine_code

    for one in machine_code():
        _ = one.code
    return get_context("spawn")


def _forget_what_waits(pool: ProcessPoolExecutor) -> None:
    """Shut a pool, and wait until it has dropped the tasks that no process has begun.

    The end of a process is to a pool the failure of every task that it still holds, and it cannot tell that to a task that
    was cancelled: a traceback of its own thread.
    """
    manager: Any = pool._executor_manager_thread
    patience = monotonic() + _PATIENCE_S
    pool.shutdown(wait=False, cancel_futures=True)
    while manager is not None and manager.is_alive() and monotonic() < patience:
        if all(held.future.running() for held in list(manager.pending_work_items.values())):
            return
        sleep(0.005)


def _in_order(pool: ProcessPoolExecutor) -> Mapper:
    return lambda function, tasks: pool.map(function, tasks, chunksize=1)


def _as_they_come(pool: ProcessPoolExecutor, waiting: int) -> Mapper:
    """Return a map that asks for the next task when a worker is about to be free, so that tasks may be endless."""

    def mapped(function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        coming, running = iter(tasks), set()
        while True:
            running |= {pool.submit(function, task) for task in islice(coming, waiting - len(running))}
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()

    return mapped


def _belong_to_the_parent() -> None:
    """Leave interrupts to the parent, and end when it is gone: a killed parent cannot end its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()
