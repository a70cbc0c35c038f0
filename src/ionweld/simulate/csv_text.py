"""Simulated measurements as columns of text, under a header that says what they are and what was put in."""

import json
from collections.abc import Mapping, Sequence

from numpy.typing import NDArray

from ionweld import __version__
from ionweld.measurement.provenance import SIMULATED


def header(about: Mapping[str, object]) -> list[str]:
    """Return comment lines: that the file is simulated and by which version, then one line for each thing to say."""
    said = [f"# {name}: {json.dumps(value, ensure_ascii=False)}" for name, value in about.items()]
    return [f"{SIMULATED} {__version__}; this is no measurement", *said]


def rows(*columns: NDArray, mark: str = ",") -> list[str]:
    """Return columns of numbers, each of shape (n,), as lines of ten digits at most, `mark` between them."""
    return [mark.join(f"{number:.10g}" for number in row) for row in zip(*columns, strict=True)]


def text(lines: Sequence[str]) -> str:
    """Return lines as the text of a file."""
    return "\n".join([*lines, ""])
