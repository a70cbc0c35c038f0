"""Names of photoelectron lines, as instruments and people write them."""

import re

_LINE = re.compile(r"\b([A-Z][a-z]?)[\s_]*([1-7][spdf])(?![a-z])")
_SURVEY = re.compile(r"\b(?:wide|survey|su1s)\b", re.IGNORECASE)


def line_name(text: str) -> str:
    """Return "C 1s" for "C1s", "C_1s" or "InPET_C 1s"; "survey" for a survey scan; "" when no line is named."""
    if _SURVEY.search(text):
        return "survey"
    match = _LINE.search(text.replace("_", " "))
    return f"{match[1]} {match[2]}" if match else ""
