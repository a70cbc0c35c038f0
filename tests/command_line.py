"""The command line as a user calls it, in this process."""

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any, NamedTuple
from unittest.mock import patch

from ionweld.cli import _run


class Answer(NamedTuple):
    """What the command line gave back."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


def ionweld(*words: object) -> Answer:
    """Run `ionweld` with these words."""
    out, err = StringIO(), StringIO()
    with patch.object(sys, "argv", ["ionweld", *map(str, words)]), redirect_stdout(out), redirect_stderr(err):
        try:
            status = _run()
        except SystemExit as leave:  # the parser's own way out
            status = leave.code
    return Answer(int(status or 0), out.getvalue(), err.getvalue())
