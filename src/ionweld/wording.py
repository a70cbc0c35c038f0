"""A count with its noun, as a person writes it."""


def many(count: int, one: str, more: str | None = None) -> str:
    """Return "1 row" or "3 rows". more: where the plural is no s at the end, or a verb follows ("row has", "rows have")."""
    return f"{count} {one if count == 1 else more or f'{one}s'}"
