"""One thread for small linear algebra: matrices of ten columns are slower on many threads, and far slower on a busy
machine, where the threads wait for each other (a pattern fit took 12 s instead of 1.5 s)."""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Return a context in which the linear algebra library uses one thread."""
    return _controller().limit(limits=1, user_api="blas")


@cache
def _controller() -> Any:
    import numpy.linalg  # noqa: F401 - the library must be loaded before it can be found
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
