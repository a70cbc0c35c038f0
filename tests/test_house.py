"""The house stands as it was drawn: the order of the rooms, a light front door, the names of the errors."""

import ast
import subprocess
import sys
from pathlib import Path

import ionweld
from ionweld import errors

ROOT = Path(__file__).parent.parent
HEAVY = ("fastexcel", "jinja2", "matplotlib", "numba", "numpy", "pint", "polars", "pydantic", "scipy")


def _python(code: str) -> str:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_imports_point_only_downwards() -> None:
    source = str(Path(ionweld.__file__).parent.parent)
    lint = "from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    code = f"import sys; sys.path.insert(0, {source!r}); {lint}"
    assert "0 broken" in _python(code)


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
        "IonweldError", "InputError", "SpecError", "UnitError", "FileFormatError", "OutputError", "MissingExtraError",
        "ComputationError",
    }  # fmt: skip
    assert not issubclass(errors.ComputationError, errors.InputError)


def test_no_module_evaluates_text_or_swallows_every_exception() -> None:
    for path in Path(ionweld.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            assert called not in ("eval", "exec"), f"{path}:{node.lineno}"
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                assert caught not in ("everything", "Exception"), f"{path}:{node.lineno}"
