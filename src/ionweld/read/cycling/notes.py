"""What the report of a cycling file will say, collected while it is read."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class IngestNotes:
    """Columns, rows and rules, in the words of the report. counter_guessed: what the counter means was not stated."""

    mapped: dict[str, str] = field(default_factory=dict)
    factors: dict[str, float] = field(default_factory=dict)
    unmapped: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    derived: dict[str, str] = field(default_factory=dict)
    counter_guessed: bool = False
    current_resolution_A: float | None = None
