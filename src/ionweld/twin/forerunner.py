"""What the processes of a pool are copies of: the twin with its machine code, loaded once in a process of its own.

Imported there by its name, see `twin.pool`, and nowhere else.
"""

import gc
import os
import signal


def load() -> None:
    """Load what workers run, its machine code, and the table of units; none of it is looked through for garbage again."""
    from ionweld.simulate.course import machine_code
    from ionweld.twin import ensemble as ensemble
    from ionweld.units import to_si

    for one in machine_code():
        _ = one.code
    to_si("1 mm", "m")
    gc.freeze()


signal.signal(signal.SIGINT, lambda *_: os._exit(1))  # before all else: an interrupt ends this without a word
load()
