"""The house stands as it was drawn: the order of the rooms, a light front door, the names of the errors."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import ionweld
from ionweld import errors

ROOT = Path(__file__).parent.parent
SOURCE = Path(ionweld.__file__).parent
HEAVY = (
    "fastapi",
    "fastexcel",
    "jinja2",
    "matplotlib",
    "numba",
    "numpy",
    "pint",
    "polars",
    "pydantic",
    "scipy",
    "uvicorn",
)


@cache
def _modules() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in SOURCE.rglob("*.py")}


def _python(code: str) -> str:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_imports_point_only_downwards() -> None:
    source = str(Path(ionweld.__file__).parent.parent)
    lint = "from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    code = f"import sys; sys.path.insert(0, {source!r}); {lint}"
    assert "0 broken" in _python(code)


def _name(path: Path) -> str:
    return ".".join(("ionweld", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")


def test_no_module_is_loaded_in_a_circle() -> None:
    modules = {_name(path): module for path, module in _modules().items()}
    loads: dict[str, set[str]] = {name: set() for name in modules}
    for name, module in modules.items():
        for node in module.body:
            if isinstance(node, ast.ImportFrom) and node.module in modules:
                named = (f"{node.module}.{one.name}" for one in node.names)
                loads[name] |= {one if one in modules else node.module for one in named} - {name}
    TopologicalSorter(loads).prepare()  # raises CycleError, which names the circle


def test_no_private_name_is_imported() -> None:
    found = [
        f"{path.name}:{node.lineno}"
        for path, module in _modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ionweld")
        if any(one.name.startswith("_") and not one.name.startswith("__") for one in node.names)
    ]
    assert found == []


def test_the_front_door_is_light() -> None:
    source = str(Path(ionweld.__file__).parent.parent)
    code = (
        f"import sys; sys.path.insert(0, {source!r}); import ionweld.cli.app; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert _python(code).strip() == "[]"


def test_the_errors_are_those_of_the_drawing() -> None:
    drawn = {name for name in errors.__doc__.split() if name.endswith("Error")}
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert kinds == drawn
    assert kinds == {
        "IonweldError", "InputError", "SpecError", "UnitError", "FileFormatError", "UnknownFormatError",
        "AreaUnknownError", "OutputError",
        "MissingExtraError", "ComputationError",
    }  # fmt: skip
    assert not issubclass(errors.ComputationError, errors.InputError)


def test_no_module_evaluates_text_or_swallows_every_exception() -> None:
    for path, module in _modules().items():
        for node in ast.walk(module):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            assert called not in ("eval", "exec"), f"{path}:{node.lineno}"
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                assert caught not in ("everything", "Exception", "BaseException"), f"{path}:{node.lineno}"


NAMES_OF_PAPERS = r"\b(yu|nasir) ?(et al\.? ?)?20\d\d|full_(bare|welded)|\bFig(ure|\.)s? ?\d|\bTable S?\d|\bfig\d[a-z]"
NAMES_OF_CELLS = r"""["'](bare|welded|wetted)["']"""
SIMULATING = ("twin", "study", "report", "simulate", "cli", "spec")  # a laboratory may call a treatment what it likes


def test_no_code_names_a_paper_its_cells_or_its_figures() -> None:
    """They stand in the folder of their study, which is data."""
    found = []
    for path in SOURCE.rglob("*.py"):
        room = path.relative_to(SOURCE).parts[0]
        words = f"{NAMES_OF_PAPERS}|{NAMES_OF_CELLS}" if room in SIMULATING else NAMES_OF_PAPERS
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if re.search(words, line, re.IGNORECASE):
                found.append(f"{path.relative_to(SOURCE)}:{number}: {line.strip()}")
    assert found == []


def test_every_study_is_a_folder_that_no_code_lists() -> None:
    studies = [path.parent.name for path in (SOURCE / "study").glob("*/paper.toml")]
    assert len(studies) >= 2
    text = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    assert [name for name in studies if name in text] == []


def test_a_class_name_means_one_thing() -> None:
    found: dict[str, list[str]] = {}
    for path, module in _modules().items():
        for node in module.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(f"{path.name}:{node.lineno}")
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def _functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, module in _modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count what a caller may give, by place or by name; a group of keywords is one."""
    a = function.args
    own = len(a.posonlyargs) + len(a.args) + len(a.kwonlyargs) - (bool(a.args) and a.args[0].arg in ("self", "cls"))
    return own + bool(a.vararg) + bool(a.kwarg)


def _is_verb(path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether a function is a verb, whose arguments are the options of the command line."""
    return path.parent.name == "cli" and not function.name.startswith("_")


COMPILED = {"njit"}  # a loop of machine code gets what it reads one by one


def test_no_function_takes_more_than_seven_arguments() -> None:
    found = [
        f"{path.name}:{function.lineno}: {function.name}"
        for path, function in _functions()
        if _arguments(function) > 7
        and not _is_verb(path, function)
        and not any(COMPILED & set(re.findall(r"\w+", ast.unparse(one))) for one in function.decorator_list)
    ]
    assert found == []


def test_functions_are_short() -> None:
    lengths = {f"{path.name}:{one.lineno}: {one.name}": _lines(one) for path, one in _functions()}
    assert sorted(lengths.values())[len(lengths) // 2] <= 10
    assert [name for name, lines in lengths.items() if lines > 60] == []


def test_files_are_short() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert {name: lines for name, lines in lengths.items() if lines > 350} == {}


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function has beside its docstring, which a public one cannot be short of."""
    said = function.body[0] if ast.get_docstring(function) else None
    return (function.end_lineno or 0) - function.lineno + 1 - ((said.end_lineno or 0) - said.lineno + 1 if said else 0)
