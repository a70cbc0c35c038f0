"""What the processes of a pool are copies of: the twin with its machine code, loaded once in a process of its own.

Imported there by its name, see `twin.pool`, and nowhere else.
"""

import os
import signal


def load() -> None:
    """Load what workers run, and its machine code."""
    from ionweld.simulate.course import machine_code
    from ionweld.twin import ensemble as ensemble

    for one in machine_code():
        _ = one.code


signal.signal(signal.SIGINT, lambda *_: os._exit(1))  # before all else: an interrupt ends this without a word
load()
