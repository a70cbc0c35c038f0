"""What the docstrings of the public names say: every argument, what comes back, what is raised, and an example that runs."""

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Unpack, get_args, get_origin

import pytest

import ionweld as iw
from ionweld.api.result import Result

SECTION = re.compile(r"^(?P<title>[A-Z][a-z ]+)\n-{3,}$", re.MULTILINE)
NAMES = sorted(iw.PUBLIC)


def sections(thing: Any) -> dict[str, str]:
    """Return the sections of a docstring by their titles; "" is what stands before the first."""
    pieces = SECTION.split(inspect.getdoc(thing) or "")
    return {"": pieces[0]} | dict(zip(pieces[1::2], pieces[2::2], strict=True))


def arguments(function: Callable[..., Any]) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]


def named(text: str, argument: str) -> bool:
    return re.search(rf"(?<![\w.]){argument}(?!\w)", text) is not None


@pytest.mark.parametrize("name", [name for name in NAMES if not inspect.isclass(getattr(iw, name))])
def test_a_function_says_its_arguments_what_it_returns_and_raises_with_an_example(name: str) -> None:
    function = getattr(iw, name)
    said = sections(function)
    assert [title for title in list(said)[1:] if title != "Notes"] == [
        *(["Parameters"] if arguments(function) else []),
        "Returns",
        "Raises",
        "Examples",
    ]
    missing = [one for one in arguments(function) if not named(said["Parameters"], one)]
    assert not missing
    assert ">>> " in said["Examples"]


@pytest.mark.parametrize("name", [name for name in NAMES if inspect.isclass(getattr(iw, name))])
def test_a_class_says_what_it_is_made_of_with_an_example(name: str) -> None:
    said = sections(getattr(iw, name))
    assert {"Parameters", "Attributes"} & set(said)
    assert ">>> " in said["Examples"]


def _kinds(base: type) -> Iterator[type]:
    for kind in base.__subclasses__():
        yield from (kind, *_kinds(kind))


def _methods() -> Iterator[tuple[str, Any]]:
    """Return each public method and property of the public classes and of all results, where it is written."""
    for module in set(iw.PUBLIC.values()):
        import_module(f"ionweld.api.{module}")
    for kind in {Result, *_kinds(Result), *(one for one in map(iw.__getattr__, NAMES) if inspect.isclass(one))}:
        for name, value in vars(kind).items():
            if not name.startswith("_"):
                yield f"{kind.__name__}.{name}", value


def test_a_method_says_what_it_does_its_arguments_and_its_errors() -> None:
    faults = []
    for where, value in _methods():
        function = getattr(value, "__func__", None) or getattr(value, "fget", None) or getattr(value, "func", value)
        if not inspect.isfunction(function):
            continue
        text = inspect.getdoc(function) or inspect.getdoc(getattr(Result, function.__name__, None)) or ""
        if len(text) < 15:
            faults.append(f"{where} says nothing")
        faults += [f"{where}: {one} is not told" for one in arguments(function) if not named(text, one)]
        raising = re.search(
            r"\braise (?!NotImplemented)", inspect.getsource(function).partition('"""')[2].partition('"""')[2]
        )
        if raising and "Raises" not in text:
            faults.append(f"{where}: what it raises is not told")
    assert not faults


def test_a_typed_group_of_keywords_is_what_the_function_takes() -> None:
    """What type checkers see (the group) and what help, notebooks and the reference show (the signature) are the same."""
    seen = []
    for name in NAMES:
        thing = getattr(iw, name)
        function = thing.__init__ if inspect.isclass(thing) else thing
        code, shown = function.__code__, set(arguments(function))
        group = next(
            (get_args(kind)[0] for kind in function.__annotations__.values() if get_origin(kind) is Unpack), None
        )
        if group is not None:
            named_alone = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            assert shown - set(named_alone) == set(group.__annotations__), name
            seen.append(name)
    assert {"Spectrum", "arrhenius", "diagnose", "ensemble", "fit_xps", "summarise", "sweep"} <= set(seen)


def test_a_keyword_that_is_none_is_refused() -> None:
    for call in (
        lambda: iw.sweep("a.toml", "b.toml", {}, wokers=2),  # pyright: ignore[reportCallIssue]
        lambda: iw.ensemble("a.toml", "b.toml", wokers=2),  # pyright: ignore[reportCallIssue]
        lambda: iw.diagnose("a.toml", [], wokers=2),  # pyright: ignore[reportCallIssue]
        lambda: iw.summarise("a.csv", aera="1 cm^2"),  # pyright: ignore[reportCallIssue]
        lambda: iw.fit_xps("a.vms", specise=["LiF"]),  # pyright: ignore[reportCallIssue]
        lambda: iw.Spectrum(frequency=[1.0], impedance=[1.0], aera="1 cm^2"),  # pyright: ignore[reportCallIssue]
    ):
        with pytest.raises(TypeError, match="unexpected keyword argument"):
            call()
