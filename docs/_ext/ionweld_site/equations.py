"""Equations of docstrings, which are plain text there, as MathML: browsers typeset it by themselves, nothing is loaded.

    theta_e = (P / 3 P_ref) (n creep_rate t_rest)^(1/n)

Names side by side are multiplied. A fraction takes all that is multiplied before its slash, and after it a group alone, or a
number and names up to the next group. What is no equation in this sense is left as it is: `parsed` gives None.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from typing import Any

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "Gamma": "Γ", "delta": "δ", "Delta": "Δ", "epsilon": "ε", "eta": "η", "theta": "θ",
    "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "omega": "ω",
}  # fmt: skip
FUNCTIONS = ("exp", "ln", "sqrt", "sinh", "asinh", "tanh", "coth", "sin", "cos", "max", "min")
RELATIONS = {"=": "=", ">=": "≥", "<=": "≤", ">": "&gt;", "<": "&lt;"}
_CLOSING = {"(": ")", "[": "]"}
_UNIT = re.compile(r" \((?=s\^n|[^()]*\b(?:ohm|m2)\b)")
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*)|([A-Za-z][A-Za-z0-9_]*'?)|(>=|<=|[-+/^=<>()\[\],|]))")


class NoEquationError(Exception):
    """The text is no equation that can be typeset."""


@dataclass(frozen=True)
class Node:
    """A part of an equation. kind: number, name, call, group, bars, product, fraction, power, sum, relation."""

    kind: str
    text: str = ""
    parts: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Token:
    """A piece of the text. close: that nothing stands between it and the one before."""

    text: str
    close: bool

    @property
    def is_name(self) -> bool:
        return self.text[:1].isalpha()


def parsed(text: str, words: Collection[str] = ()) -> Node | None:
    """Return an equation as a tree; None where it is none. words: names of more than a letter that may stand in it."""
    try:
        reader = Reader(_tokens(text), words)
        return reader.relation()
    except NoEquationError:
        return None


def _tokens(text: str) -> list[Token]:
    found, end = [], 0
    while text[end:].strip():
        match = _TOKEN.match(text, end)
        if match is None:
            raise NoEquationError(text)
        piece = match[1] or match[2] or match[3]
        found.append(Token(piece, match.end() - len(piece) == end and end > 0))
        end = match.end()
    return found


class Reader:
    """Reads an equation from left to right."""

    def __init__(self, tokens: list[Token], words: Collection[str]) -> None:
        self.tokens, self.words, self.at = tokens, words, 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else Token("", False)

    def take(self, *texts: str) -> str:
        """Return the next token if it is one of these, and go on; "" if it is none."""
        if self.next.text not in texts or not self.next.text:
            return ""
        self.at += 1
        return self.tokens[self.at - 1].text

    def relation(self) -> Node:
        """Read `a = b`, or several of them in a row, to the end of the text."""
        parts: list[Any] = [self.sum()]
        while sign := self.take(*RELATIONS):
            parts += [sign, self.sum()]
        if self.next.text or len(parts) < 3:
            raise NoEquationError(self.next.text)
        return Node("relation", parts=tuple(parts))

    def sum(self) -> Node:
        parts: list[Any] = [self.take("-"), self.product()]
        while sign := self.take("+", "-"):
            parts += [sign, self.product()]
        return parts[1] if len(parts) == 2 and not parts[0] else Node("sum", parts=tuple(parts))

    def product(self) -> Node:
        factors = [self.power()]
        while True:
            if self.take("/"):
                above = factors[0] if len(factors) == 1 else Node("product", parts=tuple(factors))
                factors = [Node("fraction", parts=(above, self.denominator()))]
            elif self.next.is_name or self.next.text[:1].isdigit() or self.next.text in _CLOSING:
                factors.append(self.power())
            else:
                return factors[0] if len(factors) == 1 else Node("product", parts=tuple(factors))

    def denominator(self) -> Node:
        factors = [self.power()]
        while factors[0].kind not in ("group", "power") and self.next.is_name and self.next.text not in FUNCTIONS:
            factors.append(self.power())
        return factors[0] if len(factors) == 1 else Node("product", parts=tuple(factors))

    def power(self) -> Node:
        base = self.primary()
        if not self.take("^"):
            return base
        sign = self.take("-")
        raised = self.primary()
        return Node("power", parts=(base, Node("sum", parts=("-", raised)) if sign else raised))

    def primary(self) -> Node:
        token = self.next
        self.at += 1
        if token.text in _CLOSING:
            return Node("group", token.text, self._within(_CLOSING[token.text]))
        if token.text == "|":
            inner = self.sum()
            if not self.take("|"):
                raise NoEquationError("|")
            return Node("bars", parts=(inner,))
        if token.text[:1].isdigit():
            return Node("number", token.text)
        if not token.is_name or not self._allowed(token.text):
            raise NoEquationError(token.text)
        if self.next.close and self.next.text in _CLOSING:
            opening = self.take(*_CLOSING)
            return Node("call", token.text, (opening, *self._within(_CLOSING[opening])))
        if token.text in FUNCTIONS:
            return Node("call", token.text, ("", self.power()))
        return Node("name", token.text)

    def _within(self, closing: str) -> tuple[Node, ...]:
        parts = [self.sum()]
        while self.take(","):
            parts.append(self.sum())
        if not self.take(closing):
            raise NoEquationError(closing)
        return tuple(parts)

    def _allowed(self, name: str) -> bool:
        """Say whether a name may be a symbol, and is no word of a sentence."""
        head = name.rstrip("'").partition("_")[0].rstrip("0123456789")
        short = len(head) == 1 or head in GREEK or (len(head) == 2 and (head[0] == "d" or head.isupper()))
        return short or name in FUNCTIONS or head in self.words or name in self.words


def mathml(node: Node, text: str) -> str:
    """Return an equation as a block of MathML; text: how it is written in the docstring, for those who hear or copy it."""
    return f'<div class="equation"><math display="block" alttext="{escape(text)}">{_ml(node)}</math></div>'


def _ml(node: Node) -> str:
    return _DRAWN[node.kind](node)


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _name(node: Node) -> str:
    name, prime = node.text.rstrip("'"), "<mo>′</mo>" if node.text.endswith("'") else ""
    head, _, below = name.partition("_")
    plain = head.rstrip("0123456789")
    if len(plain) > 2 and plain not in GREEK:
        return f"<mtext>{escape(name.replace('_', ' '))}</mtext>"
    below = head[len(plain) :] + below
    if len(plain) == 2 and plain not in GREEK:
        drawn = _row(*(f'<mi mathvariant="normal">{one}</mi>' if one == "d" else f"<mi>{one}</mi>" for one in plain))
    else:
        drawn = f"<mi>{GREEK.get(plain, plain)}</mi>"
    drawn += prime
    return f"<msub>{_row(drawn)}<mtext>{escape(below.replace('_', ' '))}</mtext></msub>" if below else drawn


def _call(node: Node) -> str:
    opening, *inner = node.parts
    said = "<mo>,</mo>".join(map(_ml, inner))
    if not opening:
        return _row(f"<mi>{node.text}</mi>", '<mspace width="0.17em"/>', said)
    if node.text == "sqrt":
        return f"<msqrt>{said}</msqrt>"
    head = f"<mi>{node.text}</mi>" if node.text in FUNCTIONS else _name(Node("name", node.text))
    return _row(head, f"<mo>{opening}</mo>", said, f"<mo>{_CLOSING[opening]}</mo>")


def _group(node: Node) -> str:
    return _row(f"<mo>{node.text}</mo>", "<mo>,</mo>".join(map(_ml, node.parts)), f"<mo>{_CLOSING[node.text]}</mo>")


def _fraction(node: Node) -> str:
    return f"<mfrac>{''.join(_ml(_bare(one)) for one in node.parts)}</mfrac>"


def _bare(node: Node) -> Node:
    """Return what stands in a group that a fraction or a power makes superfluous."""
    return node.parts[0] if node.kind == "group" and len(node.parts) == 1 else node


def _power(node: Node) -> str:
    base, raised = node.parts
    return f"<msup>{_row(_ml(base))}{_row(_ml(_bare(raised)))}</msup>"


def _signed(node: Node) -> str:
    signs = {"-": "<mo>−</mo>", "+": "<mo>+</mo>", "": ""}
    return _row(*(signs[one] if isinstance(one, str) else _ml(one) for one in node.parts))


def _related(node: Node) -> str:
    return _row(*(f"<mo>{RELATIONS[one]}</mo>" if isinstance(one, str) else _ml(one) for one in node.parts))


_DRAWN = {
    "number": lambda node: f"<mn>{node.text}</mn>",
    "name": _name,
    "call": _call,
    "group": _group,
    "bars": lambda node: _row("<mo>|</mo>", _ml(node.parts[0]), "<mo>|</mo>"),
    "product": lambda node: _row('<mspace width="0.17em"/>'.join(map(_ml, node.parts))),
    "fraction": _fraction,
    "power": _power,
    "sum": _signed,
    "relation": _related,
}


def typeset(text: str, words: Collection[str] = ()) -> str | None:
    """Return lines of equations as MathML, what stands beside them as text; None where a line holds no equation."""
    drawn = []
    for line in text.strip().splitlines():
        pieces = [piece.strip(" ,") for piece in re.split(r",?\s{2,}", line.strip()) if piece.strip(" ,")]
        found = [(parsed(piece, words), piece) for piece in pieces]
        if not pieces or found[0][0] is None:
            return None
        drawn += [mathml(node, piece) if node else f"<p>{escape(piece)}</p>" for node, piece in found]
    return "\n".join(drawn)


def stated(prose: str, words: Collection[str] = ()) -> str | None:
    """Return what the first sentence of a docstring states, "Return Z = R in ohm" or "...: U = a - b."; None for nothing."""
    match = re.search(r"(?:: |^Return )(\S+(?: \S+){0,2}? = .*)", prose.replace("\n", " "))
    if match is None:
        return None
    sentence = _UNIT.split(re.split(r"\.(?:\s|$)|: |;", match[1])[0])[0]
    drawn = []
    for piece in re.split(r",? with |,? where |, (?=\S+ = )", sentence):
        known = next((cut for cut in _cuts(piece) if _defines(parsed(cut, words))), None)
        node = parsed(known, words) if known else None
        if node is None or known is None:
            break
        drawn.append(mathml(node, known))
    return "\n".join(drawn) or None


def _cuts(piece: str) -> list[str]:
    """Return a text, and what is left of it without its last words."""
    ends = [found.start() for found in re.finditer(r",? (?:in|for|that|of|which|, )(?= )|,", piece)]
    return [piece, *(piece[:end] for end in reversed(ends))]


def _defines(node: Node | None) -> bool:
    return node is not None and node.parts[0].kind in ("name", "call", "bars")
