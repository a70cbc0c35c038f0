"""What the analyses of the interface's instruments have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ionweld.api.result import Result
from ionweld.measurement.provenance import said_of_reading


@dataclass(frozen=True, eq=False, repr=False)
class Analysed(Result):
    """An analysis of one measurement.

    Attributes
    ----------
    data
        The measurement.
    found
        What the analysis returned, with all of its numbers.
    """

    data: Any
    found: Any

    @property
    def source(self) -> str:
        """The file, or the name of what was simulated."""
        return self.data.provenance.source

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader and the analysis want looked at."""
        return (*said_of_reading(self.data.ingest), *self._own_warnings())

    def _own_warnings(self) -> Sequence[str]:
        return self.found.warnings
