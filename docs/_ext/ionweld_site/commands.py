"""Reference: the command line, from the tree of verbs itself; the examples are those of the guides, which the tests run."""

import re
from enum import Enum
from pathlib import Path
from typing import Any

import typer

from ionweld.cli.app import app
from ionweld_site.markdown import escaped, fenced, page, table

_BLOCK = re.compile(r"^```(?:console)?\n(.*?)^```", re.DOTALL | re.MULTILINE)
_MOST_EXAMPLES = 6


def pages(source: Path) -> dict[str, str]:
    """Return an overview and one page per verb."""
    group = typer.main.get_command(app)
    context = typer.Context(group, info_name="ionweld")
    verbs = {name: group.get_command(context, name) for name in group.list_commands(context)}
    shown = examples(source)
    return {"commands/index.md": _overview(verbs)} | {
        f"commands/{name}.md": _page(name, verb, shown) for name, verb in verbs.items()
    }


def examples(source: Path) -> list[tuple[str, Path]]:
    """Return every command of the guides with its page."""
    found = []
    for path in sorted([*source.glob("*.md"), *source.glob("[!_g]*/*.md")]):
        for block in _BLOCK.findall(path.read_text("utf-8")):
            lines = block.replace("\\\n", " ").splitlines()
            found += [(re.sub(r"\s+", " ", line), path) for line in lines if line.startswith("ionweld ")]
    return found


def _overview(verbs: dict[str, Any]) -> str:
    rows = [[f"[`ionweld {name}`]({name}.md)", escaped(_first(verb))] for name, verb in verbs.items()]
    return page(
        "Command line",
        "Results go to standard output, progress and messages to standard error. `--json` prints exactly one JSON document. "
        "Exit status: 0 done; 1 the computation failed, and says why; 2 the input is wrong, and says where and how to mend "
        "it.",
        table(["command", "what it does"], rows),
        "```{toctree}\n:hidden:\n\n" + "\n".join(verbs) + "\n```",
    )


def _first(command: Any) -> str:
    return (command.help or "").strip().split("\n\n")[0]


def _page(name: str, verb: Any, shown: list[tuple[str, Path]]) -> str:
    below = getattr(verb, "commands", {})
    if not below:
        return page(f"ionweld {name}", *_command(f"ionweld {name}", verb, shown))
    parts = [escaped(verb.help or "")]
    for child, command in below.items():
        parts += [f"## ionweld {name} {child}", *_command(f"ionweld {name} {child}", command, shown)]
    return page(f"ionweld {name}", *parts)


def _command(words: str, command: Any, shown: list[tuple[str, Path]]) -> list[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    usage = " ".join([words, *(_placeholder(one) for one in arguments), *(["[OPTIONS]"] if options else [])])
    parts = [escaped(part.replace("\n", " ")) for part in (command.help or "").split("\n\n")] + [fenced(usage)]
    rows = [[f"`{_placeholder(one)}`", escaped(one.help or "")] for one in arguments]
    rows += [[f"`{', '.join(one.opts + one.secondary_opts)}`", _about(one)] for one in options]
    return [*parts, table(["", "meaning"], rows), *_examples(words, shown)]


def _placeholder(one: Any) -> str:
    name = one.metavar or (one.name or "").upper()
    return f"{name}{'...' if one.nargs == -1 and not name.endswith('...') else ''}"


def _about(one: Any) -> str:
    said = [escaped(one.help or "")]
    kind = one.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        said.append("One of " + ", ".join(f"`{choice.value}`" for choice in kind) + ".")
    if isinstance(one.default, (int, float, str)) and not isinstance(one.default, bool) and one.default != "":
        said.append(f"Otherwise `{getattr(one.default, 'value', one.default)}`.")
    return " ".join(said)


def _examples(words: str, shown: list[tuple[str, Path]]) -> list[str]:
    """Return the first examples of a command, each once, and the guides that they stand in."""
    mine = {line: path for line, path in reversed(shown) if line == words or line.startswith(f"{words} ")}
    if not mine:
        return []
    first = list(reversed(mine.items()))[:_MOST_EXAMPLES]
    folders = dict.fromkeys(path for _, path in first)
    links = ", ".join(
        f"[{path.stem}](/{path.parent.name + '/' if path.parent.name != 'docs' else ''}{path.name})" for path in folders
    )
    return [fenced("\n".join(line for line, _ in first)), f"From {links}."]
