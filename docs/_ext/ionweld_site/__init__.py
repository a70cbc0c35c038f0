"""The pages that are computed: each chapter is a module of this package with `pages()`, document name -> its text.

They are written into `docs/generated/` before Sphinx looks for its sources, and what no chapter writes any more is removed.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

FOLDER = "generated"
_HANDS = 8


def chapters() -> Iterator[Any]:
    """Yield the modules that have pages to write."""
    for info in iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        if hasattr(module, "pages"):
            yield module


def write_pages(source: Path) -> None:
    """Write what all chapters have to say below `source`; leave alone what is as it was, so that builds stay quick."""
    folder = source / FOLDER
    texts = {folder / name: text for chapter in chapters() for name, text in chapter.pages(source).items()}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
    for old in set(folder.rglob("*.*")) - set(texts):
        if old.is_file():
            old.unlink()


def as_plain_text(_app: Any, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """Let |Z| in a docstring be what it says: bars are absolute values there, never substitutions."""
    lines[:] = [re.sub(r"(?<![`\\])\|(?=\S)", r"\|", line) for line in lines]


def deal(_app: Any, _env: Any, names: list[str]) -> None:
    """Deal the pages out: Sphinx gives each process a run of neighbours, and the pages that are executed are neighbours."""
    names[:] = [name for hand in range(_HANDS) for name in names[hand::_HANDS]]


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", lambda app, _: write_pages(Path(app.srcdir)))
    app.connect("env-before-read-docs", deal)
    app.connect("autodoc-process-docstring", as_plain_text)
    return {"version": "1", "parallel_read_safe": True}
