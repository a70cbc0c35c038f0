"""`ionweld diagnose CELL.toml [MOMENT=]FILE...`: why this cell fails, which experiment decides, and what to change."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ionweld.cli.output import DrawSeed, GoalOption, JsonFlag, OutFolder, emit_json, fresh_folder, say, started

if TYPE_CHECKING:
    from ionweld.infer.goal import Goal

Described = Annotated[
    Path | None, typer.Argument(metavar="CELL.toml", help="What is known of the cell; ranges are allowed.")
]
Given = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[MOMENT=]FILE...",
        help="A cycling file; a spectrum with its moment: before=a.csv after=b.csv cycle:20=c.csv before@100degC=d.csv.",
    ),
]
First = Annotated[Literal["charge", "discharge"] | None, typer.Option(help="Which half cycle opens a cycle.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; all processors without it.")]
Draws = Annotated[
    int | None, typer.Option(min=100, max=100_000, help="Virtual cells, in place of what the test's length gives.")
]
ProjectFolder = Annotated[
    Path | None, typer.Option("--project", help="All cells of a project folder, in place of files.")
]
OneCell = Annotated[str | None, typer.Option("--cell", help="With --project: this cell alone.")]


def diagnose(
    cell: Described = None,
    files: Given = None,
    first: First = None,
    goal: GoalOption = None,
    project: ProjectFolder = None,
    one: OneCell = None,
    out: OutFolder = None,
    draws: Draws = None,
    seed: DrawSeed = 0,
    workers: Workers = None,
    as_json: JsonFlag = False,
) -> None:
    """Say why a cell fails: the mechanism with its odds, the experiment that decides, and what to change."""
    from ionweld.infer.goal import parse_goal

    aim = None if goal is None else parse_goal(goal)
    if project is not None:
        _refuse_files(cell)
        _of_project(project, one, aim, out, (draws, seed, workers), as_json)
        return
    _of_files(cell, files or [], first, aim, out, (draws, seed, workers), as_json)


Chance = tuple[int | None, int, int | None]  # draws, seed, workers


def _of_files(
    cell: Path | None,
    files: list[str],
    first: Literal["charge", "discharge"] | None,
    aim: "Goal | None",
    out: Path | None,
    chance: Chance,
    as_json: bool,
) -> None:
    from ionweld.cli.diagnosis_output import print_diagnosis
    from ionweld.errors import Fault, InputError
    from ionweld.infer.engine import infer
    from ionweld.infer.follow_up import followed_up
    from ionweld.infer.kept import KeptDraws, user_cache
    from ionweld.infer.moments import given_files
    from ionweld.infer.observation import observe, read_files
    from ionweld.report.diagnosis import write_diagnosis
    from ionweld.spec.cell import load_cell
    from ionweld.twin.pool import workers as processes

    if cell is None:
        raise InputError(Fault("CELL.toml", "no cell is given", "Give its file, then what was measured; or --project"))
    described = load_cell(cell)
    tests, spectra = read_files(given_files(files), described)
    observation = observe(described, tests, spectra, first)
    folder = fresh_folder(out, Path(f"ionweld-{cell.stem}")) if out is not None else None
    place, (draws, seed, workers) = user_cache() if folder is None else folder / "draws", chance
    with ExitStack() as bars, processes(workers) as mapper:
        start, kept = started(bars), lambda key: KeptDraws(place, key)
        found = infer(described, observation, mapper, start, seed=seed, kept=kept, draws=draws)
        followed = followed_up(found, aim, mapper, start)
    document = followed.diagnosis.to_dict() if folder is None else write_diagnosis(folder, followed)
    for warning in followed.diagnosis.warnings if as_json else ():
        say(f"note: {warning}")
    emit_json(document) if as_json else print_diagnosis(followed.diagnosis, folder)


def _refuse_files(cell: Path | None) -> None:
    from ionweld.errors import Fault, InputError

    if cell is not None:
        mend = "Give --project alone, with --cell NAME for one of its cells"
        raise InputError(Fault("project", f"{cell} is given besides", mend))


def _of_project(
    project: Path, only: str | None, aim: "Goal | None", out: Path | None, chance: Chance, as_json: bool
) -> None:
    from ionweld.cli.diagnosis_output import print_project
    from ionweld.infer.engine import infer
    from ionweld.infer.follow_up import followed_up
    from ionweld.infer.kept import KeptDraws, user_cache
    from ionweld.infer.of_project import DiagnosedCell, ProjectDiagnosis, evidence
    from ionweld.lab.catalog import lay_out
    from ionweld.lab.folder import open_project
    from ionweld.report.project_diagnosis import write_project_diagnosis
    from ionweld.twin.pool import workers as processes

    home, (draws, seed, workers) = open_project(project), chance
    laid = lay_out(home)
    cells, left_out = evidence(laid, only)
    for name, why in left_out.items():
        say(f"note: {name} is left out: {why}")
    folder = fresh_folder(out, home.folder / "diagnosis")
    done, place = [], user_cache()  # sisters with the same test share their draws
    with ExitStack() as bars, processes(workers) as mapper:
        for one in cells:
            say(one.name)
            start, kept = started(bars), lambda key: KeptDraws(place, key)
            found = infer(one.cell, one.observation, mapper, start, seed=seed, kept=kept, draws=draws)
            done.append(DiagnosedCell(one.name, one.treatment, followed_up(found, aim, mapper, start)))
    whole = ProjectDiagnosis(laid.description.name, tuple(done), left_out)
    document = write_project_diagnosis(folder, whole)
    emit_json(document) if as_json else print_project(document, folder)
