"""The command line: one file per verb, no science inside.

Results go to standard output, progress and messages to standard error. Exit status: 0 done; 1 the computation
failed; 2 the input is wrong; 130 interrupted. Heavy imports happen inside the verbs.
"""

import sys

from ionweld.errors import ComputationError, InputError

INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with its exit status; no traceback reaches a user."""
    sys.exit(_run())


def _run() -> int:
    from ionweld.cli.app import app
    from ionweld.cli.output import as_flags, say

    try:
        status = app(prog_name="ionweld")
    except InputError as error:
        say(f"error: {as_flags(error, sys.argv)}")
        return 2
    except ComputationError as error:
        say(f"failed: {error}")
        return 1
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            say("interrupted; nothing was left half-written")
        raise
    return int(status or 0)
