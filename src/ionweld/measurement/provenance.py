"""Where a measurement comes from, and what a reader did to get it."""

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Literal

SIMULATED = "# simulated by ionweld"  # how the first line of a simulated file begins, so that readers can say so


@dataclass(frozen=True, slots=True)
class Provenance:
    """The origin of a measurement: an instrument's file, or a simulation with its seed.

    source: the file's name, or the name of the simulated cell and protocol.
    sha256: the hash of the raw bytes (measured) or of the spec and seed (simulated).
    software: the reader or simulator with its version.
    """

    kind: Literal["measured", "simulated"]
    source: str
    sha256: str
    software: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CounterCheck:
    """The charge of one half cycle: what the cycler counted, and what its current integrates to. The counter counts."""

    cycle: int
    direction: Literal["charge", "discharge"]
    counter_Ah: float
    integral_Ah: float


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a reader saw and did: nothing is renumbered, dropped or guessed without a line here.

    columns_mapped: column of the file -> column of the measurement, with the factor applied.
    dropped: one sentence per kind of row that was left out of the measurement, with the count.
    warnings: what a person should look at, one sentence each.
    derived: column that is not in the file, or was changed -> the rule that made it.
    counters: the cycler's counter against the integral of its current, per cycle and direction.
    simulated: the file itself says that it was simulated.
    """

    reader: str
    file: str
    sha256: str
    encoding: str | None = None
    decimal_mark: str | None = None
    header_line: int | None = None
    columns_mapped: dict[str, str] = field(default_factory=dict)
    columns_unmapped: tuple[str, ...] = ()
    columns_empty: tuple[str, ...] = ()
    columns_missing: tuple[str, ...] = ()
    unit_factors: dict[str, float] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    derived: dict[str, str] = field(default_factory=dict)
    counters: tuple[CounterCheck, ...] = ()
    simulated: bool = False

    @property
    def said(self) -> tuple[str, ...]:
        """What was left out and what is doubtful, a sentence each: what every output has to show."""
        return (*(f"left out: {text}" for text in self.dropped), *self.warnings)

    def without(self, count: int, what: str) -> "IngestReport":
        """Return the report with a sentence on so many rows that were left out; the same where there are none."""
        return replace(self, dropped=(*self.dropped, f"{count} {what}")) if count else self


def said_of_reading(report: IngestReport | None) -> tuple[str, ...]:
    """Return what a reader left out or doubted; nothing for what was not read from a file."""
    return report.said if report else ()


def hash_bytes(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return sha256(data).hexdigest()
