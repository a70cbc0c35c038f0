"""`ionweld lab [FOLDER]`: the bench and the twin as a page in the browser, on one's own machine."""

from pathlib import Path
from typing import Annotated

import typer

from ionweld.cli.output import emit, say


def lab(
    folder: Annotated[
        Path, typer.Argument(help="Folder of your files, or of a project; the current one if left out.")
    ] = Path(),
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of this machine; a free one if left out.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser: the address is printed.")] = False,
    read_only: Annotated[bool, typer.Option("--read-only", help="Write nothing, whatever is clicked.")] = False,
) -> None:
    """Open your files in the browser: no account, no network, nothing leaves this machine. Ctrl-C ends it."""
    import sys
    import webbrowser

    from ionweld.web.server import serve

    def ready(address: str) -> None:
        emit(address)
        sys.stdout.flush()
        say("the page is open to this machine alone; Ctrl-C ends it")
        if not no_browser:
            webbrowser.open(address)

    serve(folder, port, read_only, ready)
