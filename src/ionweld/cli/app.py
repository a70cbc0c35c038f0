"""The tree of verbs. Each verb lives in a file of its own and registers itself here."""

from typing import Annotated

import typer

from ionweld import __version__
from ionweld.cli import compatibility, ftir, xrd

app = typer.Typer(
    name="ionweld",
    help="Digital twin and lab bench for solid-state lithium-metal cells and their interfaces.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ionweld {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Digital twin and lab bench for solid-state lithium-metal cells and their interfaces."""


app.command("compatibility")(compatibility.compatibility)
app.add_typer(ftir.app, name="ftir")
app.add_typer(xrd.app, name="xrd")
