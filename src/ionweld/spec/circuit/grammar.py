"""Text of a circuit -> tree of elements. Two notations, recognised by their punctuation.

    impedance.py strings       Rb-p(Rgb,CPEgb)-p(Ri,CPEi)-Wo1      "-" in series, p( , ) in parallel
    circuit description codes  R(RQ)(RQ)Q   R(C[RW])               side by side in series, ( ) parallel, [ ] series

An element is its symbol (R C L La CPE or Q, ZARC, HN, W, Wo, Ws, Wog, Wsg, G, Gf, TLM, TLMR, NR, NC; in codes T for Wo and
O for Ws) and a label of the user's choice: R0, Rgb, CPE_i;
in a description code a label is lower-case letters and digits, and elements without one are numbered. As in Boukamp's
codes, a ( ) directly inside a ( ) is a series. Braces fix or share parameters, in both notations:

    CPE1{n=0.9}       n of CPE1 is fixed at 0.9 (SI units: ohm, s^n/ohm, F, H, s)
    CPE2{n=CPE1.n}    n of CPE2 is the same unknown as n of CPE1
    R1{100}           the only parameter of R1 is fixed at 100 ohm
"""

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from ionweld.errors import Fault, SpecError
from ionweld.spec.circuit.elements import ALIASES, SYMBOLS, Element, element

_LABEL = re.compile(r"[A-Za-z0-9_]*")
_SHORT_LABEL = re.compile(r"[a-z0-9_]*")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z]+)?")
_OF_CODES_ONLY = ("T", "O")  # in impedance.py T is a porous electrode of four parameters, and O is nothing
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class StatedValue:
    """What braces say about one parameter: a fixed value, or the name of the parameter that it equals."""

    symbol: str
    value: float | str
    column: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """One element in the circuit, with its full name (R0, CPEgb) and its settings."""

    element: Element
    name: str
    settings: tuple[StatedValue, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Branch:
    """Elements or branches in series or in parallel."""

    kind: Literal["series", "parallel"]
    children: tuple["Leaf | Branch", ...]


Node = Leaf | Branch


def fault(text: str, column: int, seen: str, mend: str) -> NoReturn:
    """Raise a SpecError that shows the text and points at the character `column` (from 0)."""
    shown = text.replace("\n", " ").replace("\t", " ")
    raise SpecError(Fault("circuit", f"{seen} (character {column + 1})", f"{mend}.\n  {shown}\n  {' ' * column}^"))


def parse(text: str) -> Branch:
    """Return the circuit that `text` describes, as a series of its terms. Raises SpecError with a caret."""
    code = not ("-" in re.sub(r"\{[^}]*\}", "", text) or re.search(r"p\s*\(", text) or "," in text)
    reader = _Reader(text, code)
    reader.skip()
    if reader.at_end():
        fault(text, 0, "there is no circuit", 'Write one such as "R0-p(R1,CPE1)-CPE2" or "R(RQ)Q"')
    node = reader.code_series("") if code else reader.series()
    if not reader.at_end():
        fault(text, reader.at, f"{reader.peek()!r} does not belong here", reader.hint())
    _refuse_twins(text, node)
    return node if isinstance(node, Branch) and node.kind == "series" else Branch("series", (node,))


def leaves(node: Node) -> list[Leaf]:
    """Return the elements of a tree in the order they are written."""
    return [node] if isinstance(node, Leaf) else [leaf for child in node.children for leaf in leaves(child)]


def _refuse_twins(text: str, node: Node) -> None:
    seen: set[str] = set()
    for leaf in leaves(node):
        if leaf.name in seen:
            fault(text, leaf.column, f"the name {leaf.name} is used twice", "Give each element a label of its own")
        seen.add(leaf.name)


def _join(kind: Literal["series", "parallel"], children: list[Node]) -> Node:
    """Return the children as one node: a single child is itself, and like branches are merged."""
    if len(children) == 1:
        return children[0]
    flat: list[Node] = []
    for child in children:
        flat.extend(child.children if isinstance(child, Branch) and child.kind == kind else [child])
    return Branch(kind, tuple(flat))


class _Reader:
    """A cursor over the text; each method reads one construct and stops behind it."""

    def __init__(self, text: str, code: bool) -> None:
        self.text, self.code, self.at, self.depth = text, code, 0, 0
        self.counts: dict[str, int] = {}

    def skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def at_end(self) -> bool:
        return self.at >= len(self.text)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, mark: str) -> bool:
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            self.skip()
            return True
        return False

    def expect(self, mark: str, why: str) -> None:
        if not self.take(mark):
            seen = repr(self.peek()) if self.peek() else "the end of the text"
            fault(self.text, self.at, f"{mark!r} was expected, {seen} was found", why)

    def hint(self) -> str:
        if self.code:
            return "Elements stand side by side, ( ) holds parallel and [ ] series branches"
        return 'Join elements in series with "-" and in parallel with p( , )'

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            fault(self.text, self.at, "the circuit is nested too deeply", f"Use at most {_DEEPEST} levels")

    def series(self) -> Node:
        """Read `term - term - ...` of an impedance.py string."""
        children = [self.term()]
        while self.take("-"):
            children.append(self.term())
        return _join("series", children)

    def term(self) -> Node:
        match = re.compile(r"p\s*\(").match(self.text, self.at)
        if match is None:
            return self.leaf()
        self.at = match.end()
        self.skip()
        self.deeper()
        branches = [self.series()]
        while self.take(","):
            branches.append(self.series())
        self.expect(")", "Close each p( with a )")
        self.depth -= 1
        return _join("parallel", branches)

    def code_series(self, closing: str) -> Node:
        """Read elements side by side up to `closing`; ( ) in them is parallel."""
        children: list[Node] = []
        while not self.at_end() and self.peek() != closing and self.peek() not in ")]":
            children.append(self.code_term(inside_parallel=False))
        if not children:
            fault(self.text, self.at, "an element is missing", self.hint())
        return _join("series", children)

    def code_term(self, inside_parallel: bool) -> Node:
        if self.peek() not in ("[", "("):
            return self.leaf()
        self.deeper()
        if self.take("["):
            return self.closed(self.code_series("]"), "]")
        self.take("(")
        if inside_parallel:
            return self.closed(self.code_series(")"), ")")
        branches: list[Node] = []
        while not self.at_end() and self.peek() not in ")]":
            branches.append(self.code_term(inside_parallel=True))
        if not branches:
            fault(self.text, self.at, "an element is missing", self.hint())
        return self.closed(_join("parallel", branches), ")")

    def closed(self, node: Node, mark: str) -> Node:
        self.expect(mark, "Close each bracket with its like")
        self.depth -= 1
        return node

    def leaf(self) -> Leaf:
        start = self.at
        symbol = next((symbol for symbol in SYMBOLS if self.text.startswith(symbol, start)), None)
        if symbol is None:
            seen = f"{self.peek()!r} starts no element" if self.peek() else "an element is missing"
            fault(self.text, start, seen, f"Known elements: {', '.join(sorted(SYMBOLS))}")
        if symbol in _OF_CODES_ONLY and not self.code:
            seen = f"{symbol!r} means one thing in circuit description codes and another in impedance.py"
            fault(self.text, start, seen, f"Write {ALIASES[symbol]} for a {element(symbol).name}")
        self.at += len(symbol)
        label = (_SHORT_LABEL if self.code else _LABEL).match(self.text, self.at)
        assert label is not None  # both patterns match the empty text
        self.at = label.end()
        canonical = ALIASES.get(symbol, symbol)
        name = canonical + (label[0] or self.number(canonical))
        settings = self.settings(element(symbol))
        self.skip()
        return Leaf(element(symbol), name, settings, start)

    def number(self, symbol: str) -> str:
        """Number the unlabelled elements of a description code; an impedance.py string keeps its bare symbol."""
        if not self.code:
            return ""
        self.counts[symbol] = self.counts.get(symbol, 0) + 1
        return str(self.counts[symbol])

    def settings(self, kind: Element) -> tuple[StatedValue, ...]:
        self.skip()
        if not self.take("{"):
            return ()
        found = [self.setting(kind)]
        while self.take(","):
            found.append(self.setting(kind))
        self.expect("}", "Close each { with a }")
        return tuple(found)

    def setting(self, kind: Element) -> StatedValue:
        column = self.at
        symbols = [parameter.symbol for parameter in kind.parameters]
        symbol = next((s for s in symbols if re.compile(rf"{s}\s*=").match(self.text, column)), None)
        if symbol is not None:
            self.at = self.text.index("=", column) + 1
            self.skip()
        elif len(symbols) == 1 and _NUMBER.match(self.text, column):
            symbol = symbols[0]
        else:
            known = ", ".join(f"{s}=..." for s in symbols)
            fault(self.text, column, f"{kind.symbol} has no such parameter", f"Write one of: {known}")
        return StatedValue(symbol, self.value(), column)

    def value(self) -> float | str:
        column = self.at
        if number := _NUMBER.match(self.text, column):
            self.at = number.end()
            self.skip()
            if not 0 < (value := float(number[0])) < float("inf"):
                fault(self.text, column, "a fixed value must be positive and finite", "Leave the element out for zero")
            return value
        if name := _NAME.match(self.text, column):
            self.at = name.end()
            self.skip()
            return name[0]
        return fault(self.text, column, "a value is missing", "Write a number in SI units or a name such as CPE1.n")
