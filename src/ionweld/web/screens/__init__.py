"""The screens of the page, one file each, found by looking.

A module `NAME.py` of this folder, or `screens` of a package from outside, has

    SCREEN = Screen("name", "Title", "one sentence", order=30, router=APIRouter())

whose routes answer under `/api/NAME/`. What is shown is `static/screens/NAME.js`, a module with `export async function
show(view)`.
"""

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter

from ionweld import rooms


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen: its name in addresses, its title and what it is for; its place in the row; its routes.

    scripts: the folder of NAME.js where it is not the page's own.
    """

    name: str
    title: str
    purpose: str
    order: int
    router: APIRouter
    scripts: Path | None = None


def screens() -> list[Screen]:
    """Return every screen in the order of the row."""
    modules = (rooms.part("web.screens", name) for name in rooms.names("web.screens"))
    found = [screen for module in modules if isinstance(screen := getattr(module, "SCREEN", None), Screen)]
    return sorted(found, key=lambda screen: (screen.order, screen.name))
