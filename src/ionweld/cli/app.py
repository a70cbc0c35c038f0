"""The tree of verbs. A verb is a file in this room: it is found by looking, and imported when it is called.

A file `NAME.py`, one word, is the verb NAME when it holds a typer.Typer called `app`, or a function or typer.Typer of
its own name; anything else in the room helps verbs (`output.py`, `eis_input.py`). Packages from outside bring theirs
(see ionweld.rooms).
"""

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ionweld import __version__, rooms


class Verbs(TyperGroup):
    """Verbs by name, each imported only when it is called or when all are listed."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override] - a click.Context to typer
        """Return the names of all verbs."""
        return [name for name in _one_word_names() if _verb(name) is not None]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """Return the verb of this name, or None."""
        return _command(cmd_name) if cmd_name in _one_word_names() else None

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        """Return the verb that the words begin with; for an unknown one, the parser suggests of all names."""
        if args and args[0] not in _one_word_names():
            self.commands = dict.fromkeys(self.list_commands(ctx))  # type: ignore[assignment] - only names are needed
        return super().resolve_command(ctx, args)  # type: ignore[arg-type]


def _one_word_names() -> list[str]:
    return [name for name in rooms.names("cli") if "_" not in name]


def _verb(name: str) -> typer.Typer | Callable[..., Any] | None:
    """Return what a file of this room has to say for itself: None when it is no verb."""
    module = rooms.part("cli", name)
    found = getattr(module, "app", None) or getattr(module, name, None)
    return found if found is not app and (isinstance(found, typer.Typer) or callable(found)) else None


def _command(name: str) -> Any:
    """Return a verb as the parser knows it."""
    verb = _verb(name)
    if verb is None:
        return None
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.callback()(root)  # with it a single verb stays a verb among others
    if isinstance(verb, typer.Typer):
        alone.add_typer(verb, name=name)
    else:
        alone.command(name)(verb)
    return typer.main.get_group(alone).commands[name]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ionweld {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="ionweld",
    cls=Verbs,
    help="Digital twin and lab bench for solid-state lithium-metal cells and their interfaces.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Digital twin and lab bench for solid-state lithium-metal cells and their interfaces."""
