"""The frame that all HTML reports share: one self-contained file, no outside request."""

from dataclasses import dataclass

from jinja2 import Environment

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }
h1 { margin-bottom: 0; } .subtitle { color: #555; margin-top: .2rem; }
table { border-collapse: collapse; margin: 1rem 0; } td, th { padding: .25rem .8rem; border-bottom: 1px solid #ddd; }
th { text-align: left; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { max-width: 100%; height: auto; } figcaption { color: #555; } .note { color: #7a3b00; }
</style></head><body>
<h1>{{ title }}</h1><p class="subtitle">{{ subtitle }}</p>
{% for section in sections %}<section><h2>{{ section.heading }}</h2>
{{ section.html | safe }}
</section>{% endfor %}
</body></html>
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: a heading, and its content as HTML."""

    heading: str
    html: str


def render_page(title: str, subtitle: str, sections: list[Section]) -> str:
    """Return one self-contained HTML document."""
    return Environment(autoescape=True).from_string(_PAGE).render(title=title, subtitle=subtitle, sections=sections)
