"""Look through a built site: every local link leads to a file and a place in it, and no page fetches from elsewhere."""

import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src")}  # what a browser loads by itself


class Links(HTMLParser):
    """Where a page leads to, what it fetches, and which places in it have a name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.fetched: set[str] = set()
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a tag says of links and names."""
        said = {name: value or "" for name, value in attrs}
        self.places |= {said[name] for name in ("id", "name") if name in said}
        if tag == "a" and "href" in said:
            self.targets.add(said["href"])
        sheet = tag == "link" and "stylesheet" in said.get("rel", "")
        self.fetched |= {said["href"]} if sheet else set()
        self.fetched |= {said[name] for kind, name in FETCHED if kind == tag and name in said}


@cache
def links(page: Path) -> Links:
    """Return the links of a page."""
    return Links(page.read_text("utf-8"))


def faults(site: Path) -> list[str]:
    """Return what is wrong, a sentence each."""
    found = []
    pages = [
        page for page in sorted(site.rglob("*.html")) if "_static" not in page.parts
    ]  # those are a theme's templates
    for page in pages:
        seen = links(page)
        found += [f"{page}: fetches {one}" for one in sorted(seen.fetched) if urlsplit(one).netloc]
        for target in sorted(seen.targets | seen.fetched):
            found += _broken(page, target)
    return found


def _broken(page: Path, target: str) -> list[str]:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return []
    place = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    place = place / "index.html" if place.is_dir() else place
    if not place.exists():
        return [f"{page}: {target} leads nowhere"]
    wanted = unquote(parts.fragment)
    if wanted and place.suffix == ".html" and wanted not in links(place).places:
        return [f"{page}: {target} names no place"]
    return []


if __name__ == "__main__":
    sys.exit("\n".join(faults(Path(sys.argv[1]))) or 0)
