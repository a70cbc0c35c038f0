"""The text of a paper in JATS XML, and where in it the numbers stand."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

# Digits that belong to a name and not to a quantity
NAMES = (
    r"\b1,3-dioxolane", r"\b1,2-dimethoxyethane", r"\bCR 2032", r"\bSU8010", r"\biS50", r"\bPHI 5000",
    r"\b302F", r"\b2001A", r"\bEmp3", r"PDF#52-1159", r"\b1s\b", r"\b2p\b", r"\bLi2OHCl/",
)  # fmt: skip
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


class Text:
    """Abstract and body with single spaces; `plain` says for each character that it is neither reference nor index."""

    def __init__(self, path: Path) -> None:
        root = ElementTree.parse(path).getroot()  # noqa: S314, the file is the tester's own copy of the paper
        self._pieces: list[tuple[str, bool]] = []
        for paragraph in (p for part in ("front//abstract", "body") for p in root.find(part).iter("p")):
            self._collect(paragraph, True)
            self._pieces.append((" ", True))
        letters = [(letter, plain) for piece, plain in self._pieces for letter in piece]
        spaced = [(" " if letter.isspace() else letter, plain) for letter, plain in letters]
        kept = [
            pair for before, pair in zip([(" ", True), *spaced], spaced, strict=False) if pair[0] + before[0] != "  "
        ]
        self.letters = "".join(letter for letter, _ in kept)
        self.plain = [plain for _, plain in kept]

    def _collect(self, element: ElementTree.Element, plain: bool) -> None:
        """Citations and figure numbers stand in <xref>, the indices of formulae in <sub>, exponents in <sup>."""
        self._pieces.append((element.text or "", plain))
        for child in element:
            self._collect(child, plain and child.tag not in ("xref", "sub", "sup"))
            self._pieces.append((child.tail or "", plain))

    def numbers(self) -> list[tuple[int, int]]:
        """Return where the numbers begin and end that are quantities."""
        named = [match.span() for name in NAMES for match in re.finditer(name, self.letters)]
        spans = (match.span() for match in NUMBER.finditer(self.letters))
        return [span for span in spans if self.plain[span[0]] and not _inside(span, named)]

    def uncovered(self, quotes: list[str]) -> list[str]:
        """Return the numbers, with their surroundings, that stand in none of the quotes."""
        covered = [match.span() for quote in quotes for match in re.finditer(re.escape(quote), self.letters)]
        return [self.letters[max(0, a - 40) : b + 20] for a, b in self.numbers() if not _inside((a, b), covered)]


def _inside(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(begin <= span[0] and span[1] <= end for begin, end in others)


def one_spaced(text: str) -> str:
    return " ".join(text.split())
