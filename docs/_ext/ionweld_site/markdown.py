"""Docstrings and values as Markdown."""

import re
from collections.abc import Collection, Iterable, Sequence
from inspect import cleandoc, getdoc
from textwrap import dedent
from typing import Any

from ionweld_site.equations import stated, typeset

_SPECIAL = re.compile(r"([\\*_<>|$\[\]{}#~^])")
_CODE = re.compile(r"(`+[^`]+`+)")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s,;)]*[^\s,;).]")
_PARTS = re.compile(r"(?<=[.)\]]) (?=(?:Source|Valid|Raises|Arguments as)\b)|\n(?=(?:Source|Valid)\b)")


def escaped(text: str) -> str:
    """Return plain text as Markdown that shows it; `code` stays code, a DOI becomes a link."""
    return "".join(part if part.startswith("`") else _plain(part) for part in _CODE.split(text))


def _plain(text: str) -> str:
    pieces, end = [], 0
    for found in _DOI.finditer(text):
        pieces += [_SPECIAL.sub(r"\\\1", text[end : found.start()]), f"[{found[0]}](https://doi.org/{found[0]})"]
        end = found.end()
    return "".join([*pieces, _SPECIAL.sub(r"\\\1", text[end:])])


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table; cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def _cell(value: Any) -> str:
    return re.sub(r"\s+", " ", "" if value is None else str(value)).strip()


def page(title: str, *parts: str) -> str:
    """Return a page of parts."""
    return "\n\n".join([f"# {title}", *(part.strip("\n") for part in parts if part.strip())]) + "\n"


def fenced(text: str, language: str = "text") -> str:
    """Return text as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def doc(thing: Any) -> str:
    """Return the docstring of something, without its margin."""
    return cleandoc(getdoc(thing) or "")


def blocks(text: str, words: Collection[str] = ()) -> list[str]:
    """Return the paragraphs of a docstring as Markdown: prose, equations, tables and examples as what they are.

    words: names of more than a letter that may stand in its equations.
    """
    parts = [part for part in re.split(r"\n\s*\n", text.strip("\n")) if part.strip()]
    found = [_block(part, words) for part in parts]
    return [found[0], stated(parts[0], words) or "", *found[1:]] if parts and words else found


def _block(part: str, words: Collection[str]) -> str:
    lines = part.splitlines()
    if all(line.startswith("|") for line in lines):
        return part
    if _is_columns(lines):
        return _of_columns([line.strip() for line in lines], dedent(part).splitlines())
    if is_equation(part) or all(line.startswith("    ") for line in lines):
        return typeset(dedent(part), words) or fenced(dedent(part))
    return "\n\n".join(escaped(piece).replace("\n", " ") for piece in _PARTS.split(part))


def is_equation(part: str) -> bool:
    """Say whether a paragraph of a docstring is an equation: it states an equality and is no sentence."""
    return "=" in part and len(part.splitlines()) <= 2 and not part.rstrip().endswith(".") and ": " not in part


def _is_columns(lines: Sequence[str]) -> bool:
    """Say whether lines are a table in columns: at least two of them, each parted by wide gaps."""
    return len(lines) >= 3 and sum(len(re.split(r"\s{2,}", line.strip())) >= 2 for line in lines) >= len(lines) - 1


def _of_columns(stripped: Sequence[str], lines: Sequence[str]) -> str:
    """Return a table in columns as a table; what stands below a gap goes on with the row above."""
    starts = [found.start() for found in re.finditer(r"(?:^|(?<=\s\s))\S", lines[0])]
    if any(line[at - 1 : at].strip() for at in starts[1:] for line in lines):
        return fenced("\n".join(lines))  # columns that are not under their heads
    edges = list(zip(starts, [*starts[1:], None], strict=True))
    rows = [[escaped(line[a:b].strip()) for a, b in edges] for line in lines]
    joined: list[list[str]] = []
    for row in rows:
        if joined and not row[0]:
            joined[-1] = [f"{above} {more}".strip() for above, more in zip(joined[-1], row, strict=True)]
        else:
            joined.append(row)
    return table(joined[0], joined[1:])
