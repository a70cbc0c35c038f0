"""The frame that all HTML reports share: one self-contained file, no outside request."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from jinja2 import Environment

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
:root { --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --hit: #0072B2; --miss: #b03a00; --wait: #6e7781; }
body { font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; max-width: 66rem; margin: 2.5rem auto;
  padding: 0 1.2rem; color: var(--ink); }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; } .subtitle { color: var(--soft); margin: .4rem 0 2rem; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .6rem; padding-top: 1rem; border-top: 1px solid var(--line); }
nav { font-size: .9rem; color: var(--soft); } nav a { color: inherit; margin-right: 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-size: .88rem; width: 100%; }
td, th { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; } th.number { text-align: right; } td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.hit { color: var(--hit); font-weight: 600; } .miss { color: var(--miss); font-weight: 600; }
.wait { color: var(--wait); } .note { color: var(--miss); } .table { overflow-x: auto; }
figure { margin: 1.4rem 0; } svg { width: 100%; max-width: 54rem; height: auto; display: block; }
figcaption { color: var(--soft); font-size: .9rem; max-width: 52rem; margin-top: .3rem; }
@media print { body { max-width: none; margin: 0; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
</style></head><body>
{% if said_first %}<p class="note">{{ said_first }}.</p>
{% endif %}<h1>{{ title }}</h1><p class="subtitle">{{ subtitle }}</p>
{% if sections | length > 3 %}<nav>{% for section in sections %}
<a href="#part{{ loop.index }}">{{ section.heading }}</a>{% endfor %}</nav>{% endif %}
{% for section in sections %}<section id="part{{ loop.index }}"><h2>{{ section.heading }}</h2>
{{ section.html | safe }}
</section>{% endfor %}
</body></html>
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: a heading, and its content as HTML."""

    heading: str
    html: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A table cell with a class of its own: "number", "hit", "miss", "wait"."""

    text: str
    kind: str


def render_page(title: str, subtitle: str, sections: list[Section], said_first: str = "") -> str:
    """Return one self-contained HTML document; said_first: what a reader must know before all else."""
    page = Environment(autoescape=True).from_string(_PAGE)
    return page.render(title=title, subtitle=subtitle, sections=sections, said_first=said_first)


def table(header: Sequence[str], rows: Sequence[Sequence[str | Marked]]) -> str:
    """Return an HTML table; every text is escaped."""
    numbers = {
        place for row in rows for place, cell in enumerate(row) if isinstance(cell, Marked) and cell.kind == "number"
    }
    right = ' class="number"'
    head = "".join(f"<th{right if place in numbers else ''}>{escape(name)}</th>" for place, name in enumerate(header))
    body = "".join("<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in rows)
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(value: str | Marked) -> str:
    if isinstance(value, Marked):
        return f'<td class="{value.kind}">{escape(value.text)}</td>'
    return f"<td>{escape(value)}</td>"


def figure(drawing: str, caption: str) -> str:
    """Return an inline SVG with its caption, which says what is measured and what is simulated."""
    return f"<figure>{drawing}<figcaption>{escape(caption)}</figcaption></figure>"


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def items(texts: Sequence[str]) -> str:
    """Return a list of plain texts."""
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"
