"""The public names: which there are, that they load nothing before they are used, and that type checkers see the same."""

import ast
import doctest
import importlib
import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import ionweld as iw

ROOT = Path(iw.__file__).parent
NAMES = {
    "Cell", "Cycling", "Project", "Protocol", "Spectrum", "advise", "arrhenius", "check", "compatibility", "diagnose", "drt", "ensemble", "fit", "fit_ftir", "fit_xps", "fit_xps_levels", "fit_xrd", "fit_xrd_series", "interface_verdict", "look", "measure_sem",
    "material", "materials", "profile_eds", "read", "read_one", "reproduce", "simulate", "summarise", "sweep", "validate",
}  # fmt: skip


def test_the_names_are_these() -> None:
    assert set(iw.PUBLIC) == NAMES
    assert set(iw.__all__) == NAMES | {"__version__"}
    assert set(dir(iw)) >= NAMES


def test_type_checkers_see_the_same() -> None:
    lines = ast.parse((ROOT / "__init__.pyi").read_text("utf-8")).body
    seen = {alias.asname: line.module for line in lines if isinstance(line, ast.ImportFrom) for alias in line.names}
    assert seen == {name: f"ionweld.api.{module}" for name, module in iw.PUBLIC.items()}
    assert (ROOT / "py.typed").exists()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_name_is_there_and_says_what_it_does(name: str) -> None:
    found = getattr(iw, name)
    assert found is getattr(importlib.import_module(f"ionweld.api.{iw.PUBLIC[name]}"), name)
    assert len(found.__doc__) > 60
    assert pickle.loads(pickle.dumps(found)) is found  # noqa: S301


def test_importing_loads_nothing_and_takes_no_time() -> None:
    code = (
        "import sys, time; before, t = set(sys.modules), time.process_time(); import ionweld; "
        "print(time.process_time() - t, sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    seconds, _, loaded = said.partition(" ")
    assert float(seconds) < 0.05
    assert not {"numpy", "polars", "pydantic", "scipy", "numba", "matplotlib", "pint"} & set(ast.literal_eval(loaded))


def test_a_room_of_the_same_name_takes_no_name_away() -> None:
    for room in ("ionweld.read", "ionweld.simulate"):
        assert isinstance(importlib.import_module(room), ModuleType)
        assert importlib.import_module(room) is sys.modules[room]
    assert iw.read.__module__ == "ionweld.api.reading"
    assert iw.simulate.__module__ == "ionweld.api.twin"


def test_a_name_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'sumarise'.*summarise"):
        iw.sumarise  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("module", sorted(set(iw.PUBLIC.values())))
def test_the_examples_of_the_docstrings_run(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT.parent.parent)
    assert doctest.testmod(importlib.import_module(f"ionweld.api.{module}")).failed == 0
