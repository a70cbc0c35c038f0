"""The frame that all HTML reports share: one self-contained file, no outside request, the verdict first."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from gzip import compress
from html import escape
from importlib.resources import files

from jinja2 import Environment

from ionweld.report.drawing import Drawing

_NAVIGATED = 3  # more sections than this get a list of contents
_PACKED = 60_000  # bytes of csv: more is compressed
_LEVEL = 6  # of compression: a quarter of the time of 9, which packs numbers 3 % tighter
_FEW_WORDS, _SENTENCE = 18, 40  # characters of a column's longest text


@dataclass(frozen=True, slots=True)
class PageHead:
    """What stands first. verdict: one sentence; about: what was measured or simulated; said_first: to know before all else."""

    title: str
    verdict: str
    about: str
    said_first: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: a heading, and its content as HTML; folded: closed until a reader opens it, in print too."""

    heading: str
    html: str
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A table cell with a class of its own: "number", "hit", "miss", "wait"."""

    text: str
    kind: str


def render_page(head: PageHead, sections: Sequence[Section], lead: str = "") -> str:
    """Return one self-contained HTML document. lead: the figure that shows the verdict, as HTML."""
    room = files("ionweld.report") / "frame"
    page = Environment(autoescape=True).from_string((room / "page.html").read_text("utf-8"))
    style, script = ((room / name).read_text("utf-8") for name in ("page.css", "page.js"))
    listed = sections if len(sections) > _NAVIGATED else ()
    return page.render(head=head, lead=lead, sections=sections, listed=listed, style=style, script=script)


def table(header: Sequence[str], rows: Sequence[Sequence[str | Marked]]) -> str:
    """Return an HTML table; every text is escaped."""
    numbers = {
        place for row in rows for place, cell in enumerate(row) if isinstance(cell, Marked) and cell.kind == "number"
    }
    right = ' class="number"'
    head = "".join(
        f'<th scope="col"{right if place in numbers else ""}>{escape(name)}</th>' for place, name in enumerate(header)
    )
    widths = [_width([row[place] for row in rows]) for place in range(len(header))]
    body = "".join("<tr>" + "".join(map(_cell, row, widths)) + "</tr>" for row in rows)
    return f'<div class="table" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _width(column: Sequence[str | Marked]) -> str:
    """Return the class of a column's cells: sentences need room, and a few words stay on one line."""
    longest = max((len(one.text if isinstance(one, Marked) else one) for one in column), default=0)
    return "long" if longest > _SENTENCE else "brief" if longest < _FEW_WORDS else ""


def _cell(value: str | Marked, width: str) -> str:
    text, kind = (value.text, value.kind) if isinstance(value, Marked) else (value, "")
    named = f"{kind} {width}".strip()
    return f'<td class="{named}">{escape(text)}</td>' if named else f"<td>{escape(text)}</td>"


def figure(drawn: Drawing, caption: str) -> str:
    """Return an inline SVG with its caption, which says what is measured and what is simulated, and its numbers as csv."""
    told = f'<svg role="img" aria-label="{escape(drawn.said or caption)}" '
    return (
        f'<figure><div class="drawn" tabindex="0">{drawn.svg.replace("<svg ", told, 1)}</div>'
        f"<figcaption>{escape(caption)} {_numbers(drawn)}</figcaption></figure>"
    )


def _numbers(drawn: Drawing) -> str:
    """Return the link to a figure's numbers, which the page holds itself; packed where they are many."""
    content, kind, end = drawn.csv.encode(), "text/csv", "csv"
    if len(content) > _PACKED:
        content, kind, end = compress(content, _LEVEL, mtime=0), "application/gzip", "csv.gz"
    name = f"{escape(drawn.name)}.{end}"
    return f'<a download="{name}" href="data:{kind};base64,{b64encode(content).decode()}">{name}</a>'


def folded(summary: str, html: str) -> str:
    """Return content that is closed until a reader opens it."""
    return f"<details><summary>{escape(summary)}</summary>{html}</details>" if html else ""


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def items(texts: Sequence[str]) -> str:
    """Return a list of plain texts."""
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"
