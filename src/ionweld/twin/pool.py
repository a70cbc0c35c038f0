"""Many runs on several processes, in the order they were asked for, with progress; one worker needs no pool."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
Mapper = Callable[[Callable[[Task], Result], Sequence[Task]], Iterable[Result]]


def worker_count() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def workers(count: int | None = None) -> Iterator[Mapper]:
    """Give a map over `count` processes (all processors by default); an interrupt ends them at once."""
    count = count or worker_count()
    if count == 1:
        yield lambda function, tasks: map(function, tasks)
        return
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    try:
        yield lambda function, tasks: pool.map(function, tasks, chunksize=1)
        pool.shutdown()
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
