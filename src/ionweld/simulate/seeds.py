"""Random numbers by name: the same name gives the same cell, whoever draws first and on however many workers."""

from hashlib import sha256

import numpy as np


def stream(*names: str | int) -> np.random.Generator:
    """Return the random generator that belongs to these names, such as ("my cell", 17, "contact")."""
    digest = sha256("\x1f".join(str(name) for name in names).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
