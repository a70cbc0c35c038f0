"""The tree of verbs. Each verb lives in a file of its own and registers itself here."""

from typing import Annotated

import typer

from ionweld import __version__
from ionweld.cli import compatibility, eds, eis, ftir, interface, project, sem, xps, xrd
from ionweld.cli.cycling import cycling
from ionweld.cli.doctor import doctor
from ionweld.cli.reproduce import reproduce
from ionweld.cli.schema import schema
from ionweld.cli.simulate import simulate
from ionweld.cli.sweep import sweep
from ionweld.cli.validate import validate

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


app.command()(reproduce)
app.command()(simulate)
app.command()(sweep)
app.command()(validate)
app.add_typer(eis.app, name="eis")
app.add_typer(cycling)
app.add_typer(xrd.app, name="xrd")
app.add_typer(ftir.app, name="ftir")
app.add_typer(xps.app, name="xps")
app.add_typer(sem.app, name="sem")
app.add_typer(eds.app, name="eds")
app.command("compatibility")(compatibility.compatibility)
app.command("interface")(interface.interface)
project.register(app)
app.command()(schema)
app.command()(doctor)
