"""Every block of code on the site's pages runs as it stands, in its order, in an empty folder.

The guides (`docs/*.md`) have tests of their own, which also look at what is answered; here are all other pages, but for those
of code cells: they and the notebooks are executed by `.ci/site`, which builds the site and stops where one of them fails.
"""

import re
import shlex
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from command_line import ionweld

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCED = re.compile(r"^```\{?([\w-]+)\}?.*?\n(.*?)^```", re.DOTALL | re.MULTILINE)
RUN = ("console", "python", "toml")
BUILT = "code-cell"
SHOWN = ("text", "toctree", "glossary", "include")  # nothing to run: a picture in letters, install lines, directives


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return the blocks of a page, each with its kind."""
    return FENCED.findall(page.read_text("utf-8"))


PAGES = sorted([*DOCS.glob("[!_g]*/*.md"), *DOCS.glob("gallery/*.md"), *DOCS.glob("guides/*.md")])
WITH_CODE = [page for page in PAGES if any(kind in RUN for kind, _ in blocks(page))]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], None]:
    """Return what makes a sample project here: several pages begin with the same one, which is simulated once."""
    kept: dict[tuple[str, ...], Path] = {}

    def sample(words: list[str]) -> None:
        name, *options = words
        if tuple(options) not in kept:
            place = tmp_path_factory.mktemp("sample") / "lab"
            assert ionweld("sample", place, *options).status == 0
            kept[tuple(options)] = place
        shutil.copytree(kept[tuple(options)], name)

    return sample


def one_cell(words: list[str]) -> list[str]:
    """Return the command with one cell in place of several: a page's command must run, and is not read for its numbers."""
    return [("1" if before == "--replicates" else word) for before, word in zip(["", *words], words, strict=False)]


@pytest.fixture
def shell(samples: Callable[[list[str]], None]) -> Callable[[str], None]:
    """Return what runs one line of a shell."""

    def run(line: str) -> None:
        command, *words = shlex.split(line)
        if command == "cp":
            shutil.copy(*words)
        elif words[0] == "sample":
            samples(words[1:])
        else:
            assert command == "ionweld", line
            answer = ionweld(*(one_cell(words) if words[0] == "simulate" else words))
            assert answer.status == 0, f"{line}\n{answer.err}"

    return run


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_every_block_of_a_page_runs(
    page: Path, undrawn: None, shell: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    with mpl.rc_context({"backend": "agg", "figure.max_open_warning": 0}):
        for kind, text in blocks(page):
            if kind == "console":
                for line in text.replace("\\\n", " ").splitlines():
                    shell(line)
            elif kind == "toml":
                read_or_keep(text)
            elif kind == "python":
                exec(compile(text, str(page), "exec"), names)  # noqa: S102
        plt.close("all")


def read_or_keep(text: str) -> None:
    """Write a file that its first line names; what names none is TOML at least."""
    named = re.match(r"# (\S+\.toml)\n", text)
    if named:
        Path(named[1]).write_text(text, "utf-8")
    assert tomllib.loads(text)


@pytest.mark.parametrize(
    "page", [*PAGES, *sorted(DOCS.glob("*.md"))], ids=lambda page: f"{page.parent.name}/{page.stem}"
)
def test_no_block_is_of_a_kind_that_nothing_runs(page: Path) -> None:
    kinds = {kind for kind, _ in blocks(page)}
    assert kinds <= {*RUN, *SHOWN, BUILT}
    assert BUILT not in kinds or not kinds & set(RUN), (
        "a page is run here, or executed when the site is built, not both"
    )


def test_every_guide_with_commands_has_a_test_of_its_own() -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    guides = [page for page in DOCS.glob("*.md") if page.name != "index.md" and blocks(page)]
    assert [page.name for page in guides if page.name not in tests] == []
