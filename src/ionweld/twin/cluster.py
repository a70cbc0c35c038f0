"""The one door to Dask: the map of twin.pool over the workers of a cluster that runs already."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from ionweld.errors import ComputationError, Fault, InputError, MissingExtraError
from ionweld.twin.pool import Mapper, Result, Task

PATIENCE = "10 s"  # a scheduler that does not answer within this time is taken to be absent


@contextmanager
def cluster(address: str) -> Iterator[Mapper]:
    """Give a map over the workers of the scheduler at `address`, such as "tcp://10.0.0.1:8786".

    Results come as soon as they are there. Raises MissingExtraError without dask.distributed, InputError when no
    scheduler answers, ComputationError when the cluster is lost.
    """
    try:
        from distributed import Client, KilledWorker, as_completed  # pyright: ignore[reportMissingImports]
    except ImportError:
        mend = "Install it with: pip install 'ionweld[dask]', or leave --scheduler out"
        raise MissingExtraError(Fault("--scheduler", "this needs the package dask.distributed", mend)) from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        mend = "Give the address that dask-scheduler prints, for example tcp://10.0.0.1:8786"
        raise InputError(Fault(f"--scheduler {address}", f"no scheduler answers: {error}", mend)) from None

    def mapped(function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        futures = client.map(function, list(tasks), pure=False)
        for future in as_completed(futures, loop=client.loop):
            yield future.result()

    try:
        yield mapped
    except (KilledWorker, OSError, TimeoutError) as error:
        raise ComputationError(f"the cluster was lost: {error}; run the same sweep again to go on") from None
    finally:
        client.close()
