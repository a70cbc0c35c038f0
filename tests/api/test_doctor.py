"""The doctor names what is missing with the line that installs it; a shell completes verbs."""

import os
import subprocess
import sys

import command_line
import pytest

import ionweld.cli.doctor


def test_the_doctor_says_how_a_missing_extra_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ionweld.cli.doctor, "installed", lambda name: None if name == "rosettasciio" else "1.0")
    monkeypatch.setattr(ionweld.cli.doctor, "_requirements", lambda: [("numpy", None), ("rosettasciio", "eds")])
    said = command_line.ionweld("doctor").out
    assert "rosettasciio     not installed (optional: pip install 'ionweld[eds]')" in said
    assert "numpy            1.0" in said


@pytest.mark.parametrize(("typed", "offered"), [("ionweld ei", "eis"), ("ionweld eis ar", "arrhenius")])
def test_a_shell_completes_verbs(typed: str, offered: str) -> None:
    words = {"_IONWELD_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    code = "from ionweld.cli import main; main()"
    environment = {**os.environ, **words}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [offered]


def test_the_twin_is_compiled_when_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ionweld.cli.doctor, "_twin_ready", lambda: 1.5)
    assert "`ionweld doctor --twin` does it now" in command_line.ionweld("doctor").out
    assert "ready after 1.5 s" in command_line.ionweld("doctor", "--twin").out
    assert command_line.ionweld("doctor", "--json").document["twin_ready_s"] is None
