"""Drop: what lies in the opened folder and what is dragged in, each file with what it holds."""

import os
from asyncio import to_thread
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from ionweld.errors import Fault, InputError
from ionweld.web.asked import AskedFile, Quantity
from ionweld.web.desk import DROPPED, Desk, DeskHere
from ionweld.web.measured import stamp
from ionweld.web.progress import Tell, by_parts, unheard
from ionweld.web.recipe import call, recipe
from ionweld.web.screens import Screen

router = APIRouter()
SCREEN = Screen("drop", "Drop", "Every file of the folder, told by its content: drag more in.", 10, router)
_MOST_FILES = 5000
_MOST_DROPPED = 2000
_LONGEST_NAME = 200
_CHUNK = 2**20
_SAMPLE = "sample"
Text = Annotated[str, Field(max_length=500)]


@router.get("/files")
def files(desk: DeskHere) -> dict[str, Any]:
    """Return what lies in the folder: names, sizes, and which files are the same."""
    found = list(_below(desk.folder, desk))
    shown = found[:_MOST_FILES]
    return {
        "files": [{"name": desk.name_of(path), "size": path.stat().st_size} for path in shown],
        "same": _same(shown, desk),
        "left": len(found) - len(shown),
        "recipe": recipe(["look", desk.folder], call("iw.look", str(desk.folder))),
    }


def _below(folder: Path, desk: Desk) -> Iterator[Path]:
    """Yield the files below a folder: no hidden ones, nothing that a link brings in from outside, no project's store."""
    for here, below, names in os.walk(folder):
        place = Path(here)
        if (place / "raw").is_dir() and (place / "project.toml").is_file():
            below.clear()
            continue
        below[:] = sorted(name for name in below if name[0] != "." and not (place / name).is_symlink())
        for path in (place / name for name in sorted(names) if name[0] != "."):
            if path.is_file() and path.resolve().is_relative_to(desk.folder):
                yield path


def _same(found: list[Path], desk: Desk) -> dict[str, str]:
    """Return for each file whose bytes came before under another name that name."""
    by_size: dict[int, list[Path]] = {}
    for path in found:
        by_size.setdefault(path.stat().st_size, []).append(path)
    first: dict[str, str] = {}
    same = {}
    for path in (path for alike in by_size.values() if len(alike) > 1 for path in alike):
        name = desk.name_of(path)
        before = first.setdefault(_hash(path), name)
        if before != name:
            same[name] = before
    return same


def _hash(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class Names(BaseModel):
    """Files of the folder."""

    names: Annotated[list[Text], Field(max_length=200)]


@router.post("/look")
def look(asked: Names, desk: DeskHere) -> dict[str, Any]:
    """Look at some files: what each holds, its numbers, and a small picture."""
    places = {name: desk.place(name) for name in asked.names}
    stamps = {name: (name, *stamp(path)) for name, path in places.items()}
    known = {name: desk.seen[stamp] for name, stamp in stamps.items() if stamp in desk.seen}
    new = {name: str(path) for name, path in places.items() if name not in known}
    if not new:
        return known

    def keep(found: dict[str, Any]) -> None:
        desk.seen.update({stamps[name]: held for name, held in found.items() if name in new})

    title = f"Looking at {len(new)} files" if len(new) != 1 else f"Looking at {next(iter(new))}"
    return {"job": desk.crew.start(title, look_at_files, then=keep, places=new, known=known).shown()}


def look_at_files(places: dict[str, str], known: dict[str, Any]) -> dict[str, Any]:
    """Return what the files hold, by the name they are asked by, with what is known already; a job of the crew."""
    return known | {name: _seen(place) for name, place in places.items()}


def _seen(place: str) -> list[dict[str, Any]]:
    import ionweld as iw

    try:
        return [_shown(one) for one in iw.look(place)]
    except InputError as error:
        return [{"path": place, "kind": "not read", "numbers": [], "warnings": [str(fault) for fault in error.faults]}]


def _shown(seen: Any) -> dict[str, Any]:
    picture = seen.thumbnail()
    image = None if picture is None else f"data:image/png;base64,{b64encode(picture).decode()}"
    return seen.to_dict() | {"name": seen.name, "picture": image}


@router.put("/upload")
async def upload(request: Request, desk: DeskHere, name: Annotated[str, Query(max_length=1000)]) -> dict[str, Any]:
    """Take one file that was dragged in; it goes into a folder of its own below the opened one."""
    folder = desk.new_place(DROPPED)
    await to_thread(_make_room, folder)
    target, size = _free(folder, _harmless(name)), 0
    arriving = target.with_name(f".{target.name}.arriving")
    try:
        with arriving.open("wb") as out:
            async for chunk in request.stream():
                size += len(chunk)
                await to_thread(out.write, chunk)
        arriving.replace(target)
    finally:
        arriving.unlink(missing_ok=True)
    return {"name": desk.name_of(target), "size": size}


def _make_room(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    if sum(1 for _ in folder.iterdir()) >= _MOST_DROPPED:
        mend = "Move some of them into folders of their own"
        raise InputError(Fault(DROPPED, f"holds {_MOST_DROPPED} files already", mend))


def _harmless(name: str) -> str:
    """Return the last part of a name without anything that a disk or a terminal could take for more."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(" .")
    if not kept:
        raise InputError(Fault(repr(name), "is no name for a file", "Rename it, and drag it in again"))
    stem, dot, suffix = kept.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(suffix)]}{dot}{suffix}" if dot else kept[:_LONGEST_NAME]


def _free(folder: Path, name: str) -> Path:
    path, number = folder / name, 2
    while path.exists():
        path, number = folder / f"{Path(name).stem} ({number}){Path(name).suffix}", number + 1
    return path


class SaidColumn(BaseModel):
    """What a column of an unknown table is: a name of the Battery Data Format, and the unit where it is another."""

    name: Text
    target: Text
    unit: Text = ""


class SaidTable(AskedFile):
    """What the owner of a table says of it."""

    columns: Annotated[list[SaidColumn], Field(max_length=200)]
    current_positive: Text
    decimal_mark: Literal[".", ","] | None = None
    states: dict[Text, Literal["charge", "discharge", "rest"]] = Field(default_factory=dict)
    area: Quantity | None = None


@router.post("/table")
def table(asked: AskedFile, desk: DeskHere) -> dict[str, Any]:
    """Show the beginning of a table that no format knows."""
    return {"job": desk.crew.start(f"Reading {asked.file}", table_of, place=str(desk.place(asked.file))).shown()}


def table_of(place: str) -> dict[str, Any]:
    """Return names, first rows, what the names may mean, and what a column can be."""
    from ionweld.api.describing import QUANTITIES, unknown_table

    seen = unknown_table(place)
    return {
        "names": seen.names,
        "rows": seen.rows,
        "guesses": seen.guesses,
        "words": seen.words,
        "quantities": QUANTITIES,
    }


@router.post("/describe")
def describe(asked: SaidTable, desk: DeskHere) -> dict[str, Any]:
    """Write beside a table what its columns are, if it can be read so."""
    desk.refuse_read_only()
    columns = {one.name: (one.target, one.unit) for one in asked.columns}
    job = desk.crew.start(
        f"Reading {asked.file} as described",
        described,
        place=str(desk.place(asked.file)),
        columns=columns,
        current_positive=asked.current_positive,
        decimal_mark=asked.decimal_mark,
        states=dict(asked.states),
        area=asked.area or None,
    )
    return {"job": job.shown()}


def described(
    place: str,
    columns: dict[str, tuple[str, str]],
    current_positive: str,
    decimal_mark: str | None,
    states: dict[str, str] | None = None,
    area: str | None = None,
) -> dict[str, Any]:
    """Describe a table; return how many rows are read of it."""
    from ionweld.api.describing import describe_table

    how = {"current_positive": current_positive, "decimal_mark": decimal_mark, "states": states, "area": area}
    found = describe_table(place, columns, **how)
    return {"rows": found.table().height, "recipe": recipe(["look", place], call("iw.read_one", place))}


@router.post("/sample")
def sample(desk: DeskHere) -> dict[str, Any]:
    """Write the sample project into the folder."""
    place = desk.new_place(_SAMPLE)
    job = desk.crew.start("Simulating the cells of the sample project", write_sample, place=str(place))
    return {"job": job.shown()}


def write_sample(place: str, tell: Tell = unheard, **how: int) -> dict[str, Any]:
    """Write the sample; a job of the crew. tell: hears how far it is."""
    import ionweld as iw

    project = iw.Project.sample(place, progress=by_parts(tell), **how)
    return {"cells": project.cells().height, "files": project.measurements().height}
